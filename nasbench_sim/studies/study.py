"""A study: searchers x tasks x replicates, run, stored, resumed and reported as one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasbench_sim.errors import FileFormatError, RequestError, unknown
from nasbench_sim.oracle import Budget, Task, Trajectories
from nasbench_sim.oracle.record import joined
from nasbench_sim.search import searcher
from nasbench_sim.search.driver import checked_seeds
from nasbench_sim.search.hooks import Callback, check_hooks
from nasbench_sim.studies.backends import check_backend
from nasbench_sim.studies.comparison import Comparison
from nasbench_sim.studies.identity import named_tasks
from nasbench_sim.studies.piece import Piece, Setting
from nasbench_sim.studies.record_file import read_record
from nasbench_sim.studies.repeats import refuse_repeats
from nasbench_sim.studies.runner import run_missing
from nasbench_sim.studies.side_by_side import refuse_sharing
from nasbench_sim.studies.store import Store

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 250
"""How many replicates a piece has, if nothing else is said: lost at most when a process is killed."""

MOST_PIECES = 1_000_000
"""How many pieces a study may have, if nothing else is said: each is a file, or a part of one."""
_LARGEST_CHUNK = 1_000_000


class Study:
    """A set of searchers, tasks and seeds whose results are kept in a folder.

    Parameters
    ----------
    tasks
        Name -> task, or tasks, which are then named after their data sets.
    searchers
        Each as in `nasbench_sim.run`.
    budget
        Of every task, or task name -> budget.
    seeds
        As in `nasbench_sim.run`.
    chunk
        How many replicates one unit of work has; the results do not depend on it.
    most_pieces
        How many units of work are no mistake.
    callback
        As in `nasbench_sim.run`, for every searcher on every task; a function that other processes can be
        sent. Its code is part of what results depend on.
    attributes
        As in `nasbench_sim.run`. Results that are there already stay when they change.

    Raises
    ------
    RequestError
        For anything that is wrong with any part of it: every searcher is tried on every task.

    Examples
    --------
    >>> import tempfile
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> study = nbs.Study(tasks=[task], searchers=["random_search", "local_search"],
    ...                   budget=nbs.Budget(evaluations=50), seeds=20)
    >>> folder = tempfile.mkdtemp()
    >>> study.run(folder)
    >>> study.status(folder)[["task", "searcher", "finished", "missing"]]
          task       searcher  finished  missing
    0  cifar10  random_search         1        0
    1  cifar10   local_search         1        0
    >>> len(study.results(folder).runs)
    2
    """

    def __init__(
        self,
        *,
        tasks: Mapping[str, Task] | Sequence[Task],
        searchers: Sequence[Any],
        budget: Budget | Mapping[str, Budget],
        seeds: int | Sequence[int],
        chunk: int = CHUNK,
        most_pieces: int = MOST_PIECES,
        callback: Callback | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        if isinstance(chunk, bool) or not isinstance(chunk, int) or chunk < 1:
            raise RequestError(f"chunk is a whole number of 1 or more, not {chunk!r}")
        if isinstance(searchers, str) or not searchers or not tasks:
            raise RequestError("a study has one or more searchers and one or more tasks")
        if chunk > _LARGEST_CHUNK:
            raise RequestError(f"chunk is {_LARGEST_CHUNK:,} replicates at most, not {chunk:,}")
        self.tasks = named_tasks(tasks)
        self.seeds = checked_seeds(seeds)
        count = len(tasks) * len(searchers) * -(-len(self.seeds) // chunk)
        if count > most_pieces:
            raise RequestError(
                f"seeds: {len(self.seeds):,} replicates, {len(searchers):,} searchers, {len(tasks):,} tasks "
                f"are {count:,} pieces of {chunk:,}, more than {most_pieces:,}: make chunk larger, or say "
                f"most_pieces = {count} if so many are meant"
            )
        self.chunk = chunk
        chosen = [searcher(which) for which in searchers]
        refuse_repeats("searcher", [configured.label for configured in chosen])
        budgets = dict.fromkeys(self.tasks, budget) if isinstance(budget, Budget) else dict(budget)
        if set(budgets) != set(self.tasks):
            raise RequestError(f"budgets of {sorted(budgets)}, but the tasks are {sorted(self.tasks)}")
        own = check_hooks(callback, attributes)
        self.settings = tuple(
            Setting(name, task, configured, budgets[name], callback, own)
            for name, task in self.tasks.items()
            for configured in chosen
        )
        for setting in self.settings:
            setting.check()

    @property
    def searchers(self) -> list[str]:
        """The labels of the searchers."""
        return list(dict.fromkeys(setting.searcher.label for setting in self.settings))

    def run(
        self,
        folder: str | Path,
        *,
        jobs: int = 1,
        backend: str = "local",
        address: str | None = None,
        progress: bool = False,
    ) -> None:
        """Do what the folder lacks; may be stopped and called again, also by several processes at once.

        Parameters
        ----------
        folder
            Where the finished pieces are kept; new, or one of an earlier call.
        jobs
            Number of local processes; -1 for one a core.
        backend
            ``local``, ``dask`` or ``ray``. Every worker must see the folder.
        address
            Of the cluster's scheduler.
        progress
            Whether a progress bar is shown.

        Raises
        ------
        RequestError, FileFormatError
            Before any work: for a folder of something else, or of a newer version.
        WorkerError
            Where worker processes keep dying.
        """
        check_backend(backend, jobs, address)
        refuse_sharing(self.tasks.values(), jobs if backend == "local" else -1)
        store = Store(Path(folder).resolve())
        store.create()
        run_missing(self.pieces(), store, backend=backend, jobs=jobs, address=address, progress=progress)

    def pieces(self) -> list[Piece]:
        """Give the units of work: the first seeds of all searchers and tasks come first."""
        starts = range(0, len(self.seeds), self.chunk)
        parts = [tuple(self.seeds[start : start + self.chunk]) for start in starts]
        return [Piece(setting, part) for part in parts for setting in self.settings]

    def status(self, folder: str | Path) -> pd.DataFrame:
        """Give how far the study is, reading every file whole.

        Returns
        -------
        DataFrame
            One row for each task and searcher: ``task``, ``searcher``, ``replicates`` that are finished,
            and the numbers of pieces ``finished``, ``missing`` and ``damaged``.
        """
        import pandas as pd

        store = self.store(folder)
        rows: dict[Setting, dict[str, Any]] = {
            setting: {
                "task": setting.task_name,
                "searcher": setting.searcher.label,
                "replicates": 0,
                "finished": 0,
                "missing": 0,
                "damaged": 0,
            }
            for setting in self.settings
        }
        for piece in self.pieces():
            state = store.state(piece)
            rows[piece.setting][state] += 1
            rows[piece.setting]["replicates"] += len(piece.seeds) if state == "finished" else 0
        return pd.DataFrame(list(rows.values()))

    def unused(self, folder: str | Path) -> list[str]:
        """Give, in words, what the folder has that is not part of this study, and how it differs.

        Such pieces are kept and never used: they are of another version of the package, table, task,
        searcher, hyperparameters or budget.
        """
        found = []
        for header, count in self.store(folder).unused(self.pieces()):
            about = header.about
            closest = min((_differences(about, setting.about) for setting in self.settings), key=len)
            said = "; ".join(closest) or "other seeds together"
            found.append(f"{count} of {about['searcher']} on {about['task']['dataset']}: {said}")
        return found

    def results(
        self,
        folder: str | Path,
        *,
        tasks: Iterable[str] | None = None,
        searchers: Iterable[str] | None = None,
    ) -> Comparison:
        """Give the trajectories of some tasks and searchers, by default of all; nothing else is read.

        Raises
        ------
        RequestError
            For an unknown name, and where pieces are missing.
        FileFormatError
            Where pieces are damaged.
        """
        kept = {
            "task": _known("task", tasks, self.tasks),
            "searcher": _known("searcher", searchers, self.searchers),
        }
        wanted = [
            setting
            for setting in self.settings
            if setting.task_name in kept["task"] and setting.searcher.label in kept["searcher"]
        ]
        store = self.store(folder)
        parts: dict[Setting, list[Piece]] = {setting: [] for setting in wanted}
        for piece in self.pieces():
            if piece.setting in parts:
                parts[piece.setting].append(piece)
        missing = [piece for some in parts.values() for piece in some if not store.path(piece).is_file()]
        if missing:
            raise RequestError(
                f"{len(missing)} pieces are missing, the first is {missing[0]}: run the study to its end"
            )
        names = [setting.task_name for setting in parts]
        seconds = store.journal().seconds
        return Comparison([_joined(store, setting, some, seconds) for setting, some in parts.items()], names)

    def store(self, folder: str | Path) -> Store:
        """Open the folder of an earlier run; an error where there is none."""
        store = Store(Path(folder).resolve())
        if not store.folder.is_dir():
            raise RequestError(f"no folder {folder}: run the study first")
        store.check()
        return store


def _known(kind: str, asked: Iterable[str] | None, known: Iterable[str]) -> list[str]:
    names = list(known)
    chosen = names if asked is None else [asked] if isinstance(asked, str) else list(asked)
    for name in chosen:
        if name not in names:
            raise unknown(kind, name, names)
    return chosen


def _joined(
    store: Store, setting: Setting, pieces: Sequence[Piece], seconds: Mapping[str, float]
) -> Trajectories:
    read = []
    for piece in pieces:
        try:
            record, header = read_record(store.path(piece))
        except FileFormatError as error:
            raise FileFormatError(f"{error}: run the study again, which mends it") from error
        if not piece.made(header.about):
            raise FileFormatError(f"{store.path(piece)} is not of {piece}: run the study again")
        read.append(record)
    return Trajectories(
        joined(read),
        task=setting.task,
        budget=setting.budget,
        searcher=setting.searcher.label,
        hyperparameters=setting.searcher.hyperparameters,
        seeds=[seed for piece in pieces for seed in piece.seeds],
        wall_seconds=sum(seconds.get(piece.name, math.nan) for piece in pieces),
        attributes=setting.attributes,
    )


def _differences(about: Mapping[str, Any], other: Mapping[str, Any], path: str = "") -> list[str]:
    """Give in words where a piece's provenance is not that of a setting."""
    found = []
    for key in dict.fromkeys([*other, *about]):
        name = f"{path}{key}"
        mine, its = other.get(key), about.get(key)
        if isinstance(mine, dict) and isinstance(its, dict):
            found += _differences(its, mine, f"{name}.")
        elif mine != its and name != "seeds":
            found.append(f"{name} is {its!r} there, {mine!r} here")
    return found
