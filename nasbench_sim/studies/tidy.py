"""The evaluations of runs on different tasks as rows of one kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nasbench_sim.studies.replicates import some_replicates

if TYPE_CHECKING:
    import pandas as pd

    from nasbench_sim.oracle import Trajectories


def tidy_frames(several: Sequence[Trajectories]) -> Iterator[tuple[int, pd.DataFrame]]:
    """Give the evaluations of runs in pieces, with the same columns in all.

    Parameters
    ----------
    several
        Runs on any tasks.

    Yields
    ------
    place : int
        Of the runs that the piece is of.
    frame : DataFrame
        ``dataset``, ``searcher`` and the columns of `Trajectories.to_frame` of all the runs; what a task does
        not have is missing. Where tasks report different metrics, or one reports what another one observes,
        their column is called ``reported`` and ``metric`` names it.
    """
    shared = _share_a_column(several)
    columns = list(dict.fromkeys(name for runs in several for name in _columns(runs, shared)))
    for place, runs in enumerate(several):
        for frame in runs.frames():
            yield place, _told(frame, runs, shared).reindex(columns=columns)


def _share_a_column(several: Sequence[Trajectories]) -> bool:
    """Tell whether the reported metrics cannot keep their own names as those of columns."""
    reported = {runs.task.report.label for runs in several if not runs.task.several}
    observed = {one.label for runs in several if runs.task.several for one in runs.task.objectives}
    return len(reported) > 1 or bool(reported & observed)


def _columns(runs: Trajectories, shared: bool) -> list[str]:
    """Give the columns of runs, from the shortest replicate."""
    shortest = some_replicates(runs, [int(runs.length.argmin())])
    return list(_told(next(shortest.frames()), runs, shared).columns)


def _told(frame: pd.DataFrame, runs: Trajectories, shared: bool) -> pd.DataFrame:
    """Give rows that say what they are of."""
    if shared and not runs.task.several:
        frame = frame.rename(columns={runs.task.report.label: "reported"})
        frame["metric"] = runs.task.report.label
    frame.insert(0, "dataset", runs.task.dataset)
    frame.insert(1, "searcher", runs.searcher)
    return frame
