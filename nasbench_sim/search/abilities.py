"""Which searcher can run where."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from nasbench_sim.errors import NasbenchSimError, PluginError
from nasbench_sim.oracle import Budget, Task
from nasbench_sim.search.adapters.library import LibrarySearcher
from nasbench_sim.search.configured import searcher
from nasbench_sim.search.driver import check
from nasbench_sim.search.multi_fidelity import MultiFidelitySearcher
from nasbench_sim.search.registry import searcher_class, searchers

if TYPE_CHECKING:
    import pandas as pd

_PLENTY = Budget(evaluations=2**40)


def capabilities(*names: str, task: Task | None = None) -> pd.DataFrame:
    """List what searchers can do.

    Parameters
    ----------
    *names
        Registered searchers; all by default.
    task
        A task that they are tried on: started, with a budget that is large enough, and not run.

    Returns
    -------
    DataFrame
        One row a searcher, by name: ``objectives`` (``one``, also several under a scalarisation,
        ``several``, or ``any`` number), ``fidelities`` (whether it needs a task with fidelities), ``largest``
        (the most architectures of a space, <NA> for any), ``resamples`` (whether tasks that resample what
        violates a constraint are for it), ``portable`` (whether a seed gives the same bit for bit on every
        machine), ``library`` (the package that it needs, "" for none), ``installed``, ``refusal`` (of a
        task: why it does not run there, "" where it does; of a plug-in: why it cannot be imported).

    Raises
    ------
    RequestError
        For an unknown name.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    >>> can = nbs.search.capabilities("asha", "tpe", task=task)
    >>> can["refusal"].tolist()
    ['asha needs a task with fidelities, such as Task(..., fidelities=[1, 4, 12])', '']
    """
    import pandas as pd

    rows = {}
    for name in names or searchers():
        try:
            rows[name] = _row(name, task)
        except PluginError as error:  # of one package; the others are listed all the same
            rows[name] = {"refusal": str(error)}
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("searcher")
    return frame.astype({"largest": "Int64"})


def _row(name: str, task: Task | None) -> dict[str, object]:
    own = searcher_class(name)
    library = own.library if issubclass(own, LibrarySearcher) else ""
    refusal = ""
    if task is not None:
        try:
            check(searcher(name), task, _PLENTY)
        except NasbenchSimError as error:
            refusal = str(error)
    return {
        "objectives": own.objectives,
        "fidelities": issubclass(own, MultiFidelitySearcher),
        "largest": own.largest,
        "resamples": own.repairable,
        "portable": own.portable,
        "library": library,
        "installed": not library or importlib.util.find_spec(library) is not None,
        "refusal": refusal,
    }
