"""Kills every command that writes, and fills the disk under it: what it writes is there whole, or not at all.

``python tests/cli/whole_or_nothing.py --moments 20`` kills each command at 20 random moments and at 20 random
writes, and fills a small disk under each; it prints the counts. The tests do a few of each.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from nasbench_sim.cli import main

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "shutil.rmtree")
_STUDY = """
[study]
title = "two"
seeds = 4
budget = { evaluations = 10 }
[[tasks]]
table = "nas-bench-201"
dataset = ["cifar10", "cifar100"]
[[searchers]]
name = "random_search"
[[searchers]]
name = "local_search"
"""


class Case(NamedTuple):
    """A command, and where its output appears."""

    command: list[str]
    output: Path
    alone: bool = True
    """Whether nothing else lies beside the output."""


def quiet(command: list[str]) -> int:
    """Run a command in this process, and give its exit code."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main(command)


def cases(folder: Path) -> dict[str, Callable[[Path], Case]]:
    """Prepare what the commands read, and give for each the command that writes into a folder."""
    (folder / "two.toml").write_text(_STUDY)
    assert quiet(["study", "run", str(folder / "two.toml"), "--folder", str(folder / "two")]) == 0
    small = ["--table", "nas-bench-201", "--datasets", "cifar10"]
    compare = ["compare", *small, "--searchers", "random_search", "--replicates", "3", "--evaluations", "9"]
    assert quiet([*compare, "--output", str(folder / "compared")]) == 0
    table = ["--table", _devices(folder)]

    def plain(command: list[str], name: str = "new") -> Callable[[Path], Case]:
        return lambda within: Case([*command, "--output", str(within / name)], within / name)

    def reported(within: Path) -> Case:
        """Report a study whose pieces lie on the disk that is filled."""
        if not (within / "two").exists():
            shutil.copytree(folder / "two", within / "two")
        command = ["study", "report", str(folder / "two.toml"), "--folder", str(within / "two")]
        return Case(command, within / "two" / "report", alone=False)

    return {
        "compare": plain(compare),
        "correlate": plain(["correlate", *small, "--of", "params", "flops", "--against", "val_accuracy"]),
        "pareto": plain(["pareto", *small, "--costs", "flops", "params"]),
        "hardware": plain(["hardware", *table]),
        "report": plain(["report", str(folder / "compared")], "page.html"),
        "study report": reported,
        "study export": plain(["study", "export", str(folder / "two.toml"), "--folder", str(folder / "two")]),
    }


def _devices(folder: Path) -> str:
    """Make a table with the latency of two devices."""
    import numpy as np

    import nasbench_sim as nbs
    from nasbench_sim.tables import Column, Table
    from nasbench_sim.tables.store import save_table

    of = nbs.space("nas-bench-201")
    known = nbs.load_table("nas-bench-201")
    accuracy = known.values("val_accuracy", dataset="cifar10")
    flops = known.values("flops", dataset="cifar10")
    columns: list[Any] = [
        (
            Column(metric="val_accuracy", dataset="cifar10", trained_on="train", schedule=200, source="x"),
            accuracy,
        )
    ]
    for at, device in enumerate(("one", "two")):
        latency = flops + np.arange(of.size) % (7 + at)
        columns.append((Column(metric="latency", dataset="cifar10", device=device, source="x"), latency))
    return str(save_table(Table("devices", of, columns), folder / "devices.h5", 1))


def child(case: Case, within: Path, at: int | None = None, seconds: float | None = None) -> tuple[int, int]:
    """Run a command in a copy of this process, killed at a write or after some time: exit code and writes."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        seen = 0

        def watch(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal seen
            opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES
            if (opened or event in _CHANGES) and str(arguments[0]).startswith(str(within)):
                seen += 1
                if seen == at:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        code = 70
        with contextlib.suppress(BaseException):
            code = quiet(case.command)
        os.write(writer, str(seen).encode())
        os._exit(code)
    os.close(writer)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with os.fdopen(reader, "rb") as counted:
        return code, int(counted.read() or b"0")


def names(path: Path) -> list[str]:
    """Give what an output consists of."""
    if not path.is_dir():
        return [path.name] if path.exists() else []
    return sorted(str(one.relative_to(path)) for one in path.rglob("*"))


def remove(path: Path) -> None:
    """Take an output away."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def leftovers(case: Case) -> list[str]:
    """Give what lies beside an output that is no part of it."""
    beside = [path.name for path in case.output.parent.iterdir() if path != case.output]
    return beside if case.alone else [name for name in beside if name.startswith(".")]


def killed(case: Case, within: Path, moments: int, draw: random.Random) -> dict[str, int]:
    """Kill a command at random writes and at random moments; afterwards the same command has to finish."""
    counts = {"kills": 0, "nothing": 0, "whole": 0}
    before = time.monotonic()
    code, writes = child(case, within)
    seconds = time.monotonic() - before
    assert (code, leftovers(case)) == (0, []), (case.command, code, leftovers(case))
    whole = names(case.output)
    assert whole
    at = [(draw.randint(1, writes), None) for _ in range(moments)]
    for write, after in [*at, *[(None, draw.uniform(0, seconds)) for _ in range(moments)]]:
        remove(case.output)
        child(case, within, write, after)
        found = names(case.output)
        assert found in ([], whole), (case.command, write, after, found)
        counts["kills"] += 1
        counts["whole" if found else "nothing"] += 1
        remove(case.output)
        assert child(case, within)[0] == 0
        assert names(case.output) == whole
        assert leftovers(case) == [], leftovers(case)
    remove(case.output)
    return counts


def filled(make: Callable[[Path], Case], disk: Path, draw: random.Random, times: int) -> int:
    """Fill a small disk under a command, some of its bytes free; with room the same command has to finish."""
    free = 8 * 2**20
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={free}", "tmpfs", str(disk)], check=True)
    full = 0
    try:
        case = make(disk)
        assert child(case, disk)[0] == 0
        whole = names(case.output)
        used = sum(path.stat().st_size for path in disk.rglob("*") if path.is_file())
        mine = sum(p.stat().st_size for p in [case.output, *case.output.rglob("*")] if p.is_file())
        for _ in range(times):
            remove(case.output)
            room = used - mine + draw.randint(4096, max(8192, mine - 4096))
            pages = shutil.disk_usage(disk).free - (room - (used - mine))
            (disk / ".filler").write_bytes(bytes(max(0, pages)))
            code, _ = child(case, disk)
            (disk / ".filler").unlink()
            assert (code == 0) == (names(case.output) == whole), (case.command, code)
            assert code == 0 or names(case.output) == [], (case.command, names(case.output))
            full += code != 0
            remove(case.output)
            assert child(case, disk)[0] == 0
            assert names(case.output) == whole
            assert leftovers(case) == [], leftovers(case)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return full


def can_mount(folder: Path) -> bool:
    """Tell whether this user may mount a small disk."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=65536", "tmpfs", str(folder)], capture_output=True
    )
    return done.returncode == 0 and subprocess.run(["umount", str(folder)]).returncode == 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=2)
    parser.add_argument("--fills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / "read").mkdir()
        (Path(made) / "disk").mkdir()
        (Path(made) / "installed").mkdir()
        os.environ["NASBENCH_SIM_DATA"] = str(Path(made) / "installed")
        mounts = can_mount(Path(made) / "disk")
        for name, make in cases(Path(made) / "read").items():
            if options.only and name not in options.only:
                continue
            draw = random.Random(f"{options.seed} {name}")
            within = Path(made) / name.replace(" ", "-")
            within.mkdir()
            counts = killed(make(within), within, options.moments, draw)
            counts["full disks"] = filled(make, Path(made) / "disk", draw, options.fills) if mounts else -1
            print(json.dumps({"command": name, **counts}), flush=True)
