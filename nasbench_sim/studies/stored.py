"""Finished runs read back: from a comparison's folder, a study's folder, or a study file."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.oracle import Budget, Task, Trajectories
from nasbench_sim.oracle.record import Record, joined
from nasbench_sim.studies.comparison import Comparison
from nasbench_sim.studies.export import TRAJECTORIES
from nasbench_sim.studies.record_file import read_record
from nasbench_sim.studies.store import Store
from nasbench_sim.studies.trajectories_file import read_trajectories
from nasbench_sim.tables import Table


def read_runs(path: Path, *, table: Table | None = None, folder: Path | None = None) -> Comparison:
    """Read finished runs.

    Parameters
    ----------
    path
        The folder that `Comparison.save` wrote, the folder of a study, or a study file (TOML).
    table
        The table that the runs are of; by default the installed or embedded one of that name.
    folder
        Where a study file's results are kept; by default ``results/`` and the file's name.

    Raises
    ------
    RequestError
        For a folder of something else, a table other than the one that the runs are of, a study that is not
        finished, and tasks that this version of the package reads otherwise than they were run.
    FileFormatError
        For files that cannot be read.
    """
    if path.is_file():
        return _of_study_file(path, folder)
    if (path / "manifest.json").is_file():
        return _named(_of_comparison(path, _Tasks(table)))
    if (path / "store.json").is_file():
        return _named(_of_store(path, _Tasks(table)))
    if not path.is_dir():
        raise RequestError(f"there is no {path}")
    raise RequestError(f"{path} is no folder of a comparison (manifest.json) or of a study (store.json)")


def _named(found: Iterator[tuple[str, Trajectories]]) -> Comparison:
    names, runs = zip(*found, strict=True)
    return Comparison(runs, names)


class _Tasks:
    """Tasks from their descriptions, each made once, on the table that is named or the one of that name."""

    def __init__(self, table: Table | None) -> None:
        self._table = table
        self._made: dict[str, Task] = {}

    def of(self, described: Mapping[str, Any]) -> Task:
        key = json.dumps(described)
        if key not in self._made:
            self._made[key] = Task.from_json(described, self._table)
        return self._made[key]


def _of_study_file(path: Path, folder: Path | None) -> Comparison:
    from nasbench_sim.studies.study_file import read_study

    declared = read_study(path)
    if declared.study is None:
        raise RequestError(f"{path} declares correlations only: there are no runs to report")
    return declared.study.results(folder or Path("results") / path.stem)


def _of_comparison(folder: Path, tasks: _Tasks) -> Iterator[tuple[str, Trajectories]]:
    try:
        described = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["runs"]
        names = [run.get("task_name", run["task"]["dataset"]) for run in described]
        made = [tasks.of(run["task"]) for run in described]
        wall = _wall_seconds(folder / "summary.csv")
        timed = [
            {**run, "wall_seconds": wall[name, run["searcher"]]}
            for name, run in zip(names, described, strict=True)
        ]
        yield from zip(names, read_trajectories(folder / TRAJECTORIES, timed, made), strict=True)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        if isinstance(error, RequestError):
            raise
        raise FileFormatError(f"{folder} cannot be read as a comparison: {error!r}") from error


def _wall_seconds(summary: Path) -> dict[tuple[str, str], float]:
    """Read how long each run took: apart from what it gave, which is the same each time."""
    with summary.open(encoding="utf-8", newline="") as file:
        return {
            (row.get("task") or row["dataset"], row["searcher"]): float(row["wall_seconds"])
            for row in csv.DictReader(file)
        }


def _of_store(folder: Path, tasks: _Tasks) -> Iterator[tuple[str, Trajectories]]:
    """Give what the pieces of a study's folder hold, all pieces of a searcher on a task together."""
    named: dict[tuple[str, str], Path] = {}
    seconds = Store(folder).journal().seconds
    for setting in sorted(path for path in (folder / "pieces").glob("*/*") if path.is_dir()):
        read = [read_record(piece) for piece in sorted(setting.glob("[!.]*.h5"))]
        if not read:
            continue
        about = read[0][1].about
        name = (setting.parent.name, about["searcher"])
        if name in named:
            raise RequestError(
                f"{folder} has results of {about['searcher']} on {setting.parent.name} from two states of "
                "the study: name the study file, which says which is meant"
            )
        named[name] = setting
        read.sort(key=lambda one: one[1].about["seeds"][0])
        seeds = [seed for _, header in read for seed in header.about["seeds"]]
        wall = sum(
            seconds.get(piece.relative_to(folder / "pieces").as_posix(), math.nan)
            for piece in sorted(setting.glob("[!.]*.h5"))
        )
        record = joined([record for record, _ in read])
        yield setting.parent.name, _trajectories(record, about, seeds, tasks, wall)
    if not named:
        raise RequestError(f"{folder} has no finished piece: run the study first")


def _trajectories(
    record: Record, about: Mapping[str, Any], seeds: list[int], tasks: _Tasks, wall_seconds: float
) -> Trajectories:
    return Trajectories(
        record,
        task=tasks.of(about["task"]),
        budget=Budget(**about["budget"]),
        searcher=about["searcher"],
        hyperparameters=about["hyperparameters"],
        seeds=seeds,
        wall_seconds=wall_seconds,
        attributes=about.get("attributes"),
    )
