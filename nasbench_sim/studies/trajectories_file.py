"""The file of a comparison: the trajectories of all its runs in one HDF5 file, some bytes an evaluation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nasbench_sim.errors import FileFormatError
from nasbench_sim.interrupts import uninterrupted
from nasbench_sim.oracle import Budget, Task, Trajectories
from nasbench_sim.studies.arrays import facts, little, read
from nasbench_sim.studies.packing import packed, unpacked
from nasbench_sim.tables.container import Kind, created, opened, write_header

KIND = Kind("comparison", schema=1)
_CHUNK = 2**17  # numbers that are packed together
_LEVEL = 4  # of deflate: 9 takes three times as long for 2 %


def save_trajectories(runs: Sequence[Trajectories], path: Path) -> None:
    """Write the trajectories of several runs: what was evaluated, and what the tasks do not know of it.

    Parameters
    ----------
    runs
        What is written. The tasks are not: `read_trajectories` is given them.
    path
        The file; what was there is replaced. Equal runs give equal bytes.
    """
    described = []
    with uninterrupted(), created(path, KIND) as (file, _):
        for place, one in enumerate(runs):
            arrays = {f"{place}/{name}": little(array) for name, array in packed(one).items()}
            for name, array in arrays.items():
                how: dict[str, Any] = {}
                if array.size:
                    chunk = (min(len(array), _CHUNK), *array.shape[1:])
                    how = {"chunks": chunk, "compression": _LEVEL, "shuffle": True}
                file.create_dataset(name, data=array, track_times=False, **how)
            described.append([facts(name, array) for name, array in arrays.items()])
        write_header(file, KIND, json.dumps(described, separators=(",", ":")).encode())


def read_trajectories(
    path: Path, described: Sequence[Mapping[str, Any]], tasks: Sequence[Task]
) -> Iterator[Trajectories]:
    """Read the runs of a file that `save_trajectories` wrote, bit for bit.

    Parameters
    ----------
    path
        The file.
    described
        `Trajectories.describe` of each run, as plain JSON types, and its ``wall_seconds``.
    tasks
        The task of each run.

    Raises
    ------
    FileFormatError
        For a file that is missing, truncated, foreign, hostile, damaged, or of other runs.
    """
    with opened(path, KIND) as (file, text):
        listed = json.loads(text)
        if len(listed) != len(described):
            raise FileFormatError(f"{path} has {len(listed)} runs, and the manifest {len(described)}")
        for arrays, about, task in zip(listed, described, tasks, strict=True):
            found = {one["name"].partition("/")[2]: read(file, one) for one in arrays}
            yield Trajectories(
                unpacked(found, task),
                task=task,
                budget=Budget(**about["budget"]),
                searcher=about["searcher"],
                hyperparameters=about["hyperparameters"],
                seeds=seeds_of(about["seeds"]),
                wall_seconds=about["wall_seconds"],
                attributes=about.get("attributes"),
            )


def seeds_of(listed: str) -> list[int]:
    """Read the seeds of a list such as "0-4, 7".

    Examples
    --------
    >>> seeds_of("0-2, 7")
    [0, 1, 2, 7]
    """
    found: list[int] = []
    for part in listed.split(","):
        first, _, last = part.strip().partition("-")
        found += np.arange(int(first), int(last or first) + 1).tolist()
    return found
