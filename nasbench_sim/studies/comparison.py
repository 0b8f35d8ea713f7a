"""Several searchers on one or several tasks: run, summed up, drawn and saved as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Budget, Task, Trajectories
from nasbench_sim.search import run, searcher
from nasbench_sim.search.driver import check, checked_seeds

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

_CONFIDENCE = 0.95


def compare(
    searchers: Sequence[Any],
    task: Task | Sequence[Task],
    *,
    budget: Budget,
    seeds: int | Sequence[int],
    jobs: int = 1,
    progress: bool = False,
) -> Comparison:
    """Run several searchers on the same tasks, with the same budget and seeds.

    Parameters
    ----------
    searchers
        Each as in `nasbench_sim.run`.
    task
        One task or several.
    budget, seeds
        As in `nasbench_sim.run`.
    jobs
        How many processes share the work (joblib); the results do not depend on it.
    progress
        Whether progress bars are shown (for one job).

    Returns
    -------
    Comparison

    Raises
    ------
    RequestError
        Before any evaluation, for anything that is wrong with any part of the request.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> found = nbs.compare(["random_search", "regularized_evolution"], task,
    ...                     budget=nbs.Budget(evaluations=100), seeds=50)
    >>> found.summary()["searcher"].tolist()
    ['regularized_evolution', 'random_search']
    """
    tasks = [task] if isinstance(task, Task) else list(task)
    if isinstance(searchers, str) or not len(searchers) or not tasks:
        raise RequestError("compare takes a list of one or more searchers, and one or more tasks")
    chosen = [searcher(which) for which in searchers]
    refuse_repeats("searcher", [configured.label for configured in chosen])
    refuse_repeats("task", [repr(one) for one in tasks])
    numbers = checked_seeds(seeds)
    pieces = [(configured, one) for one in tasks for configured in chosen]
    for configured, one in pieces:
        check(configured, one, budget)
    if jobs == 1:
        done = [run(c, one, budget=budget, seeds=numbers, progress=progress) for c, one in pieces]
    else:
        import joblib

        one_run = joblib.delayed(run)
        done = joblib.Parallel(n_jobs=jobs)(
            one_run(c, one, budget=budget, seeds=numbers) for c, one in pieces
        )
    return Comparison(done)


class Comparison:
    """The trajectories of several searchers on the same tasks.

    Parameters
    ----------
    runs
        One `Trajectories` for each searcher and task.
    """

    def __init__(self, runs: Sequence[Trajectories]) -> None:
        if not runs:
            raise RequestError("a comparison needs the runs of at least one searcher")
        self.runs = tuple(runs)

    def summary(self) -> pd.DataFrame:
        """Give one row for each searcher and task, the best mean of each task first.

        Returns
        -------
        DataFrame
            ``dataset``, ``searcher``, ``metric`` (what is reported of the final incumbents; of several
            objectives the hypervolume, see `Trajectories.results`), its ``mean``, ``std`` (ddof 1) and the
            ``low`` and ``high`` end of the 95 % confidence interval of the mean (Student's t) over the
            replicates, the mean ``regret`` (distance to the table's optimum), ``replicates`` (those that
            found anything), mean ``evaluations``, mean ``simulated_hours``, and ``wall_seconds`` for all
            replicates together.
        """
        import pandas as pd

        results = [runs.results() for runs in self.runs]
        frame = pd.DataFrame([_row(runs, found) for runs, found in zip(self.runs, results, strict=True)])
        order = np.where([found.attrs["better"] == "max" for found in results], -1.0, 1.0) * frame["mean"]
        rank = {name: place for place, name in enumerate(dict.fromkeys(frame["dataset"]))}
        keys = pd.DataFrame({"dataset": frame["dataset"].map(rank), "order": order})
        return frame.loc[keys.sort_values(["dataset", "order"], kind="stable").index].reset_index(drop=True)

    def plot(self, x: str | None = None) -> Figure:
        """Draw the anytime performance of all searchers, one panel a task.

        Parameters
        ----------
        x
            ``"evaluations"`` or ``"seconds"``; by default what the budget was given in.
        """
        from nasbench_sim import plots

        return plots.anytime_panels([self.on(task) for task in self.tasks()], x=x)

    def tasks(self) -> list[Task]:
        """Give the tasks, each once."""
        return list({id(runs.task): runs.task for runs in self.runs}.values())

    def on(self, task: Task) -> list[Trajectories]:
        """Give the runs on one task."""
        return [runs for runs in self.runs if runs.task is task]

    def frames(self) -> Iterator[pd.DataFrame]:
        """Give the tidy trajectories in pieces, one row an evaluation; see `Trajectories.to_frame`.

        Where the tasks report different metrics, their column is called ``reported`` and ``metric`` names it.
        """
        labels = {runs.task.report.label for runs in self.runs}
        for runs in self.runs:
            for frame in runs.frames():
                if len(labels) > 1:
                    frame = frame.rename(columns={runs.task.report.label: "reported"})
                    frame["metric"] = runs.task.report.label
                frame.insert(0, "dataset", runs.task.dataset)
                frame.insert(1, "searcher", runs.searcher)
                yield frame

    def describe(self) -> list[dict[str, Any]]:
        """Give the provenance of every run, as plain JSON types."""
        return [runs.describe() for runs in self.runs]

    def save(self, folder: str | Path) -> list[Path]:
        """Write everything to a new folder; see `nasbench_sim.studies.export.save_comparison`."""
        from nasbench_sim.studies.export import save_comparison

        return save_comparison(self, Path(folder))

    def __repr__(self) -> str:
        """The summary, as a table."""
        return self.summary().to_string(index=False, float_format=lambda number: f"{number:.3f}")

    def _repr_html_(self) -> str:
        """The summary, for Jupyter."""
        return str(self.summary().to_html(index=False, border=0, float_format=lambda x: f"{x:.3f}"))


def _row(runs: Trajectories, results: pd.Series[float]) -> dict[str, Any]:
    from scipy import stats

    reported = results.dropna()
    n = len(reported)
    half = float("nan")
    if n > 1:
        half = float(stats.t.ppf((1 + _CONFIDENCE) / 2, n - 1) * reported.std() / np.sqrt(n))
    return {
        "dataset": runs.task.dataset,
        "searcher": runs.searcher,
        "metric": results.name,
        "mean": reported.mean(),
        "std": reported.std(),
        "low": reported.mean() - half,
        "high": reported.mean() + half,
        "regret": np.abs(results.attrs["optimum"] - reported).mean(),
        "replicates": n,
        "evaluations": runs.length.mean(),
        "simulated_hours": np.nan_to_num(runs.clock).max(axis=1, initial=0.0).mean() / 3600,
        "wall_seconds": runs.wall_seconds,
    }


def refuse_repeats(kind: str, names: Sequence[str]) -> None:
    """Raise the error for names that are there more than once."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RequestError(f"each {kind} once: {', '.join(twice)} is there more than once")
