"""Successive halving."""

from __future__ import annotations

from nasbench_sim.search.hyperparameter import Whole
from nasbench_sim.search.strategies.multi_fidelity.halving import Halving, halved


class SuccessiveHalving(Halving):
    """Evaluates random architectures at the cheapest fidelity, the best third of them at the next, and so on.

    When one has been evaluated at the dearest fidelity, the next bracket begins, until the budget is spent.

    References
    ----------
    Jamieson, Talwalkar. Non-stochastic best arm identification and hyperparameter optimization. AISTATS 2016.
    Eta as in Hyperband; how many begin is the user's choice there.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> task = nbs.Task(table, dataset="cifar10", fidelities=["flops", "val_accuracy"])
    >>> runs = nbs.run("successive_halving", task, budget=nbs.Budget(evaluations=36), seeds=1,
    ...                hyperparameters={"configurations": 27})
    >>> runs.to_frame()["fidelity"].value_counts().tolist()
    [27, 9]
    """

    name = "successive_halving"

    configurations = Whole(27, "architectures on the first rung of a bracket")

    def brackets(self) -> list[list[int]]:
        """Return the one bracket that is run again and again."""
        return [halved(self.configurations, self.eta, len(self.rungs))]
