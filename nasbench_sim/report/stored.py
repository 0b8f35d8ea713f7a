"""Finished runs read back: from a comparison's folder, a study's folder, or a study file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.oracle import Budget, Task, Trajectories
from nasbench_sim.oracle.record import Record, joined
from nasbench_sim.studies import Comparison
from nasbench_sim.studies.record_file import read_record
from nasbench_sim.tables import Table, load_table

if TYPE_CHECKING:
    import pandas as pd

_TRAINED = re.compile(r".+ at epoch (\d+) of (\d+)")


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
        finished, and tasks that their description does not define (costs aside).
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
    """Tasks from their descriptions, each made once, on tables that are compared by their hash."""

    def __init__(self, table: Table | None) -> None:
        self._table = table
        self._made: dict[str, Task] = {}

    def of(self, described: Mapping[str, Any]) -> Task:
        key = json.dumps(described, sort_keys=True)
        if key not in self._made:
            self._made[key] = _task(described, self._table or load_table(described["table"]))
        return self._made[key]


def _task(described: Mapping[str, Any], table: Table) -> Task:
    """Make a task again, but for what evaluations cost, which the record has."""
    if table.hash != described["table_hash"]:
        raise RequestError(
            f"the runs are of table {described['table']!r} with content {described['table_hash'][:12]}, but "
            f"{table.name!r} has {table.hash[:12]}: name the file of that table"
        )
    optional = ("schedule", "epoch", "trained_on", "repeats", "infeasible", "constraints")
    asked = {name: described[name] for name in optional if described.get(name) is not None}
    levels = [_level(one["fidelity"]) for one in described.get("fidelities", ())]
    if levels:  # True is what resume is by default
        asked |= {"fidelities": levels, "epoch": None, "resume": described["resume"] and None}
    task = Task(
        table,
        dataset=described["dataset"],
        objective=_directions(described),
        noise=described["noise"],
        report=described["report"],
        cost=_any_costs(table, len(levels)),
        **asked,
    )
    own, wanted = _without_costs(task.describe()), _without_costs(described)
    differing = sorted(key for key in {*own, *wanted} if own.get(key) != wanted.get(key))
    if differing:
        raise RequestError(
            f"the description of the task on {described['dataset']} does not define it "
            f"({', '.join(differing)}): name the study file, or write the report from Python"
        )
    return task


def _any_costs(table: Table, levels: int) -> NDArray[np.float64] | None:
    """Give costs for a task that evaluates nothing any more."""
    if not table.space.listed:
        return None
    return np.ones((levels, table.space.size) if levels else table.space.size)


def _directions(described: Mapping[str, Any]) -> dict[str, Any]:
    """Give the objectives in their order, each with its direction."""
    return {one["objective"]: one["better"] for one in described.get("objectives", [described])}


def _level(label: str) -> tuple[int, int] | str:
    """Give what a fidelity is asked for by, from its label."""
    trained = _TRAINED.fullmatch(label)
    return (int(trained[2]), int(trained[1])) if trained else label


def _without_costs(described: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in described.items() if key not in ("cost", "costs_sha256")}
    if "fidelities" in kept:
        kept["fidelities"] = [one["fidelity"] for one in kept["fidelities"]]
    return kept


def _of_study_file(path: Path, folder: Path | None) -> Comparison:
    from nasbench_sim.studies.study_file import read_study

    declared = read_study(path)
    if declared.study is None:
        raise RequestError(f"{path} declares correlations only: there are no runs to report")
    return declared.study.results(folder or Path("results") / path.stem)


def _of_comparison(folder: Path, tasks: _Tasks) -> Iterator[tuple[str, Trajectories]]:
    import pandas as pd

    try:
        described = json.loads((folder / "manifest.json").read_text())["runs"]
        # Text at first: not all versions of pandas read floats to the last bit; Python does.
        rows: Any = pd.read_csv(folder / "trajectories.csv.gz", dtype=str)
        for column in ("seed", "evaluation", "index"):  # indices of some spaces have more than 64 bits
            rows[column] = rows[column].map(int)
        summary: Any = pd.read_csv(folder / "summary.csv")
        keys = ["task" if "task" in rows else "dataset", "searcher"]
        wall = summary.set_index(keys)["wall_seconds"]
        groups = dict(iter(rows.groupby(keys, sort=False)))
        for run in described:
            task = run.get("task_name", run["task"]["dataset"])
            seeds = _seeds(run["seeds"])
            own = groups.get((task, run["searcher"]), rows.iloc[:0])  # none where nothing was evaluated
            record = _record(own, run["task"], seeds)
            yield task, _trajectories(record, run, seeds, tasks, float(wall[task, run["searcher"]]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, RequestError):
            raise
        raise FileFormatError(f"{folder} cannot be read as a comparison: {error!r}") from error


def _seeds(listed: str) -> list[int]:
    """Give the seeds of a list such as "0-4, 7"."""
    found: list[int] = []
    for part in listed.split(","):
        first, _, last = part.strip().partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def _record(rows: pd.DataFrame, task: Mapping[str, Any], seeds: list[int]) -> Record:
    """Give the record of the tidy rows of one searcher on one task."""
    replicate = rows["seed"].map({seed: place for place, seed in enumerate(seeds)}).to_numpy(np.int64)
    place = rows["evaluation"].to_numpy(np.int64) - 1
    length = np.bincount(replicate, minlength=len(seeds))

    def spread(values: NDArray[Any]) -> NDArray[Any]:
        array = np.zeros((len(seeds), int(length.max())), dtype=values.dtype)
        array[replicate, place] = values
        return array

    def numbers(name: str) -> NDArray[np.float64]:
        return spread(rows[name].to_numpy(object).astype(np.float64))

    several = "objectives" in task and "scalarisation" not in task
    each = [numbers(name) for name in (_directions(task) if several else ["observed"])]
    levels = {one["fidelity"]: level for level, one in enumerate(task.get("fidelities", ()))}
    parallel, counting = (name in rows and bool(rows[name].notna().all()) for name in ("worker", "counts"))
    return Record(
        index=spread(rows["index"].to_numpy()),
        observed=np.stack(each, axis=-1) if several else each[0],
        cost=numbers("cost"),
        clock=numbers("clock"),
        length=length,
        start=numbers("start") if parallel else None,
        worker=numbers("worker").astype(np.int64) if parallel else None,
        level=spread(rows["fidelity"].map(levels).to_numpy(np.int64)) if levels else None,
        counts=spread((rows["counts"] == "True").to_numpy()) if counting else None,
    )


def _of_store(folder: Path, tasks: _Tasks) -> Iterator[tuple[str, Trajectories]]:
    """Give what the pieces of a study's folder hold, all pieces of a searcher on a task together."""
    named: dict[tuple[str, str], Path] = {}
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
        wall = sum(header.wall_seconds for _, header in read)
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
    )
