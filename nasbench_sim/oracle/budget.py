"""How much a search may spend, and what happens to the evaluation that overshoots."""

from __future__ import annotations

import dataclasses
import math
import operator
from typing import Literal

import numpy as np

from nasbench_sim.errors import RequestError, unknown


@dataclasses.dataclass(frozen=True, kw_only=True)
class Budget:
    """What each replicate may spend: evaluations, or seconds on the simulated clock.

    Parameters
    ----------
    evaluations
        Number of evaluations.
    seconds
        Simulated seconds. A search goes on while its clock is below them, as in the published protocols.
    overshoot
        ``"keep"``: the evaluation during which the seconds run out counts, with its full cost, as in the
        published protocols. ``"drop"``: it does not count, and the clock stops before it.
    workers
        How many simulated machines evaluate at the same time, on one clock. A searcher that proposes one
        architecture and waits for its value keeps one of them busy: local search, say, or a Gaussian process.
        Random search, evolution and the like keep all busy (`Searcher.overlaps`).
    target
        A replicate also ends with the evaluation that reaches it, by which its incumbent is as good or
        better, in the direction that counts.
    target_of
        What is compared with it: what is ``"reported"`` of the incumbent, or what it ``"observed"``.
    mode
        Of several workers. ``"asynchronous"``: each begins its next evaluation when it has ended one.
        ``"synchronous"``: all wait for the slowest, then begin together.

    Raises
    ------
    RequestError
        For none or both of the two, zero, negative or NaN; fewer than one worker.

    Examples
    --------
    >>> Budget(seconds=12_000)
    Budget(seconds=12000)
    >>> print(Budget(seconds=12_000, workers=8))
    12,000 simulated seconds on 8 asynchronous workers
    >>> print(Budget(evaluations=500, target=94.37))
    500 evaluations or 94.37 reported
    """

    evaluations: int | None = None
    seconds: float | None = None
    overshoot: Literal["keep", "drop"] = "keep"
    workers: int = 1
    mode: Literal["asynchronous", "synchronous"] = "asynchronous"
    target: float | None = None
    target_of: Literal["reported", "observed"] = "reported"

    def __post_init__(self) -> None:
        """Check that exactly one positive amount is given."""
        if (self.evaluations is None) == (self.seconds is None):
            raise RequestError("a budget is either evaluations=... or seconds=...: exactly one of them")
        if self.evaluations is not None:
            self._keep_whole("evaluations")
        if self.seconds is not None and (not _is_number(self.seconds) or self.seconds <= 0):
            raise RequestError(f"seconds is a finite number above 0, not {self.seconds!r}")
        if self.target is not None and not _is_number(self.target):
            raise RequestError(f"target is a finite number, not {self.target!r}")
        for name in ("seconds", "target"):
            if isinstance(number := getattr(self, name), np.number):
                object.__setattr__(self, name, number.item())
        if self.target_of not in ("reported", "observed"):
            raise unknown("what a target is of", self.target_of, ("reported", "observed"))
        self._keep_whole("workers")
        if self.mode not in ("asynchronous", "synchronous"):
            raise unknown("mode of the workers", self.mode, ("asynchronous", "synchronous"))
        if self.overshoot not in ("keep", "drop"):
            raise RequestError(f"overshoot is 'keep' or 'drop', not {self.overshoot!r}")

    def _keep_whole(self, name: str) -> None:
        """Keep a field as a plain integer, numpy's too, or raise the error for what is none of 1 or more."""
        given = getattr(self, name)
        try:
            number = 0 if isinstance(given, bool) else operator.index(given)
        except TypeError:
            number = 0
        if number < 1:
            raise RequestError(f"{name} is a whole number of 1 or more, not {given!r}")
        object.__setattr__(self, name, number)

    def __str__(self) -> str:
        """In words, such as "200 evaluations"."""
        shared = "" if self.workers == 1 else f" on {self.workers} {self.mode} workers"
        if self.target is not None:
            shared += f" or {self.target:g} {self.target_of}"
        if self.seconds is None:
            return f"{self.evaluations:,} evaluations{shared}"
        return f"{self.seconds:,g} simulated seconds{shared}"

    def __repr__(self) -> str:
        """Only what was said."""
        said = [
            f"{field.name}={getattr(self, field.name)!r}"
            for field in dataclasses.fields(self)
            if getattr(self, field.name) != field.default
        ]
        return f"Budget({', '.join(said)})"


def _is_number(value: object) -> bool:
    plain = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    return plain and math.isfinite(value)  # type: ignore[arg-type]
