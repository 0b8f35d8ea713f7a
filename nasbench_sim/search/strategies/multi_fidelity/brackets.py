"""The brackets of successive halving, listed without a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nasbench_sim.errors import RequestError
from nasbench_sim.oracle import Budget, Streams, Task
from nasbench_sim.oracle.streams import SEARCH
from nasbench_sim.search.configured import searcher
from nasbench_sim.search.searcher import Context
from nasbench_sim.search.strategies.multi_fidelity.halving import Halving

if TYPE_CHECKING:
    import pandas as pd


def brackets(which: Any, task: Task, **hyperparameters: Any) -> pd.DataFrame:
    """List the brackets that a searcher by successive halving runs on a task, without running it.

    Parameters
    ----------
    which
        ``"hyperband"``, ``"bohb"``, ``"successive_halving"``, or another that derives from `Halving`.
    task
        Its fidelities are the rungs.
    **hyperparameters
        Those that differ from the published defaults.

    Returns
    -------
    DataFrame
        One row a rung: the number of the bracket, from 0, the fidelity, and how many architectures are
        evaluated at it.

    Raises
    ------
    RequestError
        For a searcher that has no brackets, and a task without fidelities.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201-digits"), dataset="digits", fidelities=range(1, 7))
    >>> brackets("hyperband", task)
       bracket                      fidelity  architectures
    0        0  val_accuracy at epoch 2 of 6              3
    1        0  val_accuracy at epoch 6 of 6              1
    2        1  val_accuracy at epoch 6 of 6              2
    """
    import pandas as pd

    chosen = searcher(which, **hyperparameters)
    started = chosen.start(Context(task.space, Streams([0], SEARCH), task, Budget(evaluations=1)))
    if not isinstance(started, Halving):
        raise RequestError(f"{chosen.label} has no brackets: hyperband, bohb and successive_halving have")
    rows = [
        (number, task.fidelities[place].label, size)
        for number, sizes in enumerate(started.brackets())
        for place, size in zip(started.rungs[-len(sizes) :], sizes, strict=True)
    ]
    return pd.DataFrame(rows, columns=["bracket", "fidelity", "architectures"])
