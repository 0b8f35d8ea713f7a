"""How the sections of the page measure, and how they write it down."""

from __future__ import annotations

import dataclasses
import json
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

RUNS = 5


@dataclasses.dataclass(frozen=True)
class Times:
    """Seconds of several runs of one thing."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of them."""
        return statistics.median(self.seconds)

    def scaled(self, factor: float) -> Times:
        """Give the same for that many times the work."""
        return Times(tuple(one * factor for one in self.seconds))

    def __str__(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        unit, factor = next(((u, f) for u, f in _UNITS if self.median * f >= 1), _UNITS[-1])
        return f"{_plain(self.median * factor)} {unit} ({_plain(low * factor)} to {_plain(high * factor)})"


_UNITS = (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9))


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def times(
    call: Callable[[], object], runs: int = RUNS, clock: Callable[[], float] = time.process_time
) -> Times:
    """Call it once, then several times; processor time unless said otherwise."""
    call()
    taken = []
    for _ in range(runs):
        began = clock()
        call()
        taken.append(clock() - began)
    return Times(tuple(taken))


def alternately(
    calls: Sequence[Callable[[], object]], runs: int = RUNS, clock: Callable[[], float] = time.process_time
) -> list[Times]:
    """Measure several things in turn, so that what else the machine does falls on all of them."""
    measured = [[times(call, 1, clock).median for call in calls] for _ in range(runs)]
    return [Times(column) for column in zip(*measured, strict=True)]


def ratio(ours: Times, other: Times) -> str:
    """Say who is faster, and by how much."""
    factor = other.median / ours.median
    if factor >= 1.05:
        return f"{_plain(factor)} x faster"
    return f"{_plain(1 / factor)} x **slower**" if factor <= 0.95 else "equal"


def row(what: str, ours: Times, name: str, other: Times, checked: str) -> list[str]:
    """Give a row of a table of `COMPARED`."""
    return [what, str(ours), f"{name}: {other}", ratio(ours, other), checked]


COMPARED = ("work", "nasbench_sim", "compared with", "", "checked")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Write a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def answer_of(command: Sequence[str | Path]) -> Any:
    """Run a program, and give the JSON that it prints last."""
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
