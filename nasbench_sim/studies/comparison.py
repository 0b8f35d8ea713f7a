"""Several searchers on one or several tasks: run, summed up, drawn and saved as one."""

from __future__ import annotations

import copy
import html
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.oracle import Task, Trajectories
from nasbench_sim.registry import imported
from nasbench_sim.studies.plain import plain
from nasbench_sim.studies.repeats import refuse_repeats

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from nasbench_sim.studies.paper_table import PaperTable
    from nasbench_sim.tables import Table


class Comparison:
    """The trajectories of several searchers on the same tasks.

    Parameters
    ----------
    runs
        One `Trajectories` for each searcher and task.
    names
        What the task of each is called; by default its data set.

    Raises
    ------
    RequestError
        For different tasks of one name, and two runs of one searcher on one task.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> tasks = {noise: nbs.Task(table, dataset="cifar10", noise=noise) for noise in ("run", "mean")}
    >>> found = nbs.compare(["random_search"], tasks, budget=nbs.Budget(evaluations=20), seeds=5)
    >>> found.summary()[["task", "dataset", "searcher"]].to_numpy().tolist()
    [['run', 'cifar10', 'random_search'], ['mean', 'cifar10', 'random_search']]
    """

    def __init__(self, runs: Sequence[Trajectories], names: Sequence[str] | None = None) -> None:
        if not runs:
            raise RequestError("a comparison needs the runs of at least one searcher")
        self.names = tuple(one.task.dataset for one in runs) if names is None else tuple(names)
        if len(self.names) != len(runs):
            raise RequestError(f"{len(runs)} runs have {len(self.names)} names of tasks: one each is needed")
        tasks: dict[str, Task] = {}
        for name, one in zip(self.names, runs, strict=True):
            if name not in tasks:  # one task of two names, with two budgets, say, is two to all that follows
                twice = any(one.task is other for other in tasks.values())
                tasks[name] = copy.copy(one.task) if twice else one.task
        self.runs = tuple(
            _on_same_task(one, tasks[name], name) for name, one in zip(self.names, runs, strict=True)
        )
        refuse_repeats(
            "searcher on a task",
            [f"{one.searcher} on {name}" for name, one in zip(self.names, self.runs, strict=True)],
        )

    @property
    def named(self) -> bool:
        """Whether tasks have names of their own, which tables and files then have as ``task``."""
        return any(name != one.task.dataset for name, one in zip(self.names, self.runs, strict=True))

    def summary(self) -> pd.DataFrame:
        """Give one row for each searcher and task, the best mean of each task first.

        Returns
        -------
        DataFrame
            ``task`` where tasks have names of their own, ``dataset``, ``searcher``, ``metric`` (what is
            reported of the final incumbents; of several objectives the hypervolume, see
            `Trajectories.results`), its ``mean``, ``std`` (ddof 1) and the ``low`` and ``high`` end of the
            95 % confidence interval of the mean (Student's t) over the replicates, the mean ``regret``
            (distance to the table's optimum), ``replicates`` (those that found anything), mean
            ``evaluations``, mean ``simulated_hours`` (NaN where a cost is unknown), and ``wall_seconds`` for
            all replicates together.
        """
        import pandas as pd

        from nasbench_sim.studies.summary import ranked_rows

        frames = []
        for name, several in self.by_task().items():
            frame = ranked_rows(several)
            if self.named:
                frame.insert(0, "task", name)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def plot(self, x: str | None = None, *, statistic: str = "median", band: str | None = None) -> Figure:
        """Draw the anytime performance of all searchers, one panel a task.

        Parameters
        ----------
        x
            ``"evaluations"`` or ``"seconds"``; by default what the budget was given in.
        statistic, band
            ``"median"`` or ``"mean"``; ``"spread"`` or ``"none"``: see `nasbench_sim.plots.anytime`.

        Raises
        ------
        RequestError
            Where a replicate evaluated nothing.
        """
        from nasbench_sim import plots
        from nasbench_sim.analysis.progress import refuse_empty

        for one in self.runs:
            refuse_empty(one)
        return plots.anytime_panels(self.by_task(), x=x, statistic=statistic, band=band)

    def paper_table(
        self,
        *,
        spread: str = "std",
        test: str = "mann-whitney",
        alpha: float = 0.05,
        digits: int | None = None,
    ) -> PaperTable:
        """Make the table of a paper: searchers down, tasks across.

        Parameters
        ----------
        spread
            What stands after the ±: ``"std"`` over the replicates, or ``"sem"`` of their mean.
        test, alpha
            By which what is not significantly worse than the best of a task is marked, two-sided at this
            level: ``mann-whitney``, or ``wilcoxon`` of replicates that are paired by their seed; Holm's
            correction over the comparisons with the best of a task.
        digits
            After the point; by default two figures of the spread.

        Returns
        -------
        PaperTable
            With ``to_latex()``, ``to_markdown()``, ``to_html()``, ``styler()`` (pandas'), the cells as
            ``frame``, the ``numbers`` behind them and a ``caption``.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
        >>> found = nbs.compare(["random_search", "regularized_evolution"], task,
        ...                     budget=nbs.Budget(evaluations=100), seeds=50)
        >>> found.paper_table().frame
                                     cifar10
        searcher
        random_search          90.96 ± 0.28
        regularized_evolution  91.27 ± 0.28
        """
        from nasbench_sim.studies.paper_table import paper_table

        return paper_table(self, spread=spread, test=test, alpha=alpha, digits=digits)

    def tests(self, *, test: str = "mann-whitney", alpha: float = 0.05) -> pd.DataFrame:
        """Test every two searchers on every task, two-sided, corrected by Holm over all of these tests.

        Parameters
        ----------
        test
            ``mann-whitney``, or ``wilcoxon`` of replicates that are paired by their seed.
        alpha
            The level of the verdict.

        Returns
        -------
        DataFrame
            ``task`` and the columns of `nasbench_sim.analysis.pairwise_tests` (``a12`` is the chance that a
            is the better one, whichever end of the metric is good), and ``verdict``: a has a ``win``, a
            ``loss`` or a ``tie`` with b. ``attrs["win_tie_loss"]`` counts them: searcher -> win, tie, loss.
        """
        from nasbench_sim.studies.paper_table import every_test

        return every_test(self, test=test, alpha=alpha)

    def by_task(self) -> dict[str, list[Trajectories]]:
        """Give the runs on each task by its name."""
        groups: dict[str, list[Trajectories]] = {name: [] for name in self.names}
        for name, one in zip(self.names, self.runs, strict=True):
            groups[name].append(one)
        return groups

    def tasks(self) -> list[Task]:
        """Give the tasks, each once, in the order of `by_task`."""
        return [several[0].task for several in self.by_task().values()]

    def on(self, task: Task | str) -> list[Trajectories]:
        """Give the runs on one task: the task itself, one that is defined alike, or its name."""
        groups = self.by_task()
        if isinstance(task, str):
            if task not in groups:
                raise unknown("task", task, groups)
            return groups[task]
        return [one for several in groups.values() if several[0].task == task for one in several]

    def frames(self) -> Iterator[pd.DataFrame]:
        """Give the tidy trajectories in pieces, one row an evaluation; see `Trajectories.to_frame`.

        All have the same columns: what a task does not have is missing. Where tasks report different metrics,
        or one reports what another one observes, their column is called ``reported`` and ``metric`` names it.
        """
        from nasbench_sim.studies.tidy import tidy_frames

        for place, frame in tidy_frames(self.runs):
            if self.named:
                frame.insert(0, "task", self.names[place])
            yield frame

    def describe(self) -> list[dict[str, Any]]:
        """Give the provenance of every run, as plain JSON types; ``task_name`` where tasks have names."""
        described = [plain(one.describe()) for one in self.runs]
        if not self.named:
            return described
        return [{"task_name": name, **one} for name, one in zip(self.names, described, strict=True)]

    def save(self, folder: str | Path, *, csv: bool = False, parquet: bool = False) -> list[Path]:
        """Write everything to a new folder; see `nasbench_sim.studies.export.save_comparison`.

        Examples
        --------
        >>> import tempfile
        >>> import nasbench_sim as nbs
        >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
        >>> found = nbs.compare(["random_search"], task, budget=nbs.Budget(evaluations=9), seeds=3)
        >>> folder = tempfile.mkdtemp()
        >>> len(found.save(folder)) > 3
        True
        >>> again = nbs.Comparison.load(folder)
        >>> bool((again.runs[0].clock == found.runs[0].clock).all())
        True
        """
        from nasbench_sim.studies.export import save_comparison

        return save_comparison(self, Path(folder), csv=csv, parquet=parquet)

    @classmethod
    def load(cls, folder: str | Path, *, table: Table | None = None) -> Comparison:
        """Read the finished runs of a folder that `save` or a study wrote, bit for bit.

        Parameters
        ----------
        folder
            The folder.
        table
            The table that the runs are of; by default the installed or embedded one of that name.

        Raises
        ------
        RequestError
            For a folder of something else, a table with other content, and a study that is not finished.
        FileFormatError
            For files that cannot be read.
        """
        read = imported("nasbench_sim.studies.stored:read_runs")  # which makes comparisons
        found: Comparison = read(Path(folder), table=table)
        return found

    def __repr__(self) -> str:
        """The summary of each task, as a table."""
        from nasbench_sim.studies.summary import readable

        return "\n\n".join(readable(name, several) for name, several in self.by_task().items())

    def _repr_html_(self) -> str:
        """The summary under a note of what it is of, for Jupyter."""
        notes = {html.escape(f"{name}: {several[0].note}") for name, several in self.by_task().items()}
        rows = self.summary().to_html(index=False, border=0, float_format=lambda x: f"{x:.3f}")
        return "<br>".join(sorted(notes)) + str(rows)


def _on_same_task(runs: Trajectories, task: Task, name: str) -> Trajectories:
    """Give runs that have this very task, not a copy of it that has been in another process, say."""
    if runs.task is task:
        return runs
    if runs.task != task:
        raise RequestError(
            f"two different tasks are called {name}: give them names, {task!r} and {runs.task!r}"
        )
    shared = copy.copy(runs)
    shared.task = task
    return shared
