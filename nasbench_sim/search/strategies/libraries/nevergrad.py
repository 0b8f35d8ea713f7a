"""Optimisers of nevergrad."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from nasbench_sim.search.adapters.library import LibrarySearcher, imported, seed_of
from nasbench_sim.search.adapters.nevergrad import parametrization
from nasbench_sim.search.hyperparameter import Choice
from nasbench_sim.spaces import SearchSpace


class Nevergrad(LibrarySearcher):
    """Runs an optimiser of nevergrad with nevergrad's own defaults.

    A failed evaluation is told as the worst value so far, as infinity is not a loss to nevergrad. The
    optimiser knows the budget where that is a number of evaluations, as some adapt to it.

    References
    ----------
    Rapin, Teytaud. Nevergrad: a gradient-free optimization platform. 2018. Needs the extra
    ``[optimizers]``.
    """

    name = "nevergrad"
    library = "nevergrad"

    optimizer = Choice(
        "PortfolioDiscreteOnePlusOne",
        "which of nevergrad's optimisers",
        options=(
            "DiscreteOnePlusOne",
            "PortfolioDiscreteOnePlusOne",
            "FastGADiscreteOnePlusOne",
            "OnePlusOne",
            "TwoPointsDE",
            "PSO",
            "CMA",
            "cGA",
            "NGOpt",
            "RandomSearch",
        ),
    )

    def run(self, space: SearchSpace, random: np.random.Generator) -> Generator[int, float, None]:
        """Ask and tell an optimiser with one worker."""
        optimizer = imported("nevergrad").optimizers.registry[self.optimizer](
            parametrization=parametrization(space, seed_of(random)),
            budget=self.context.budget.evaluations,
            num_workers=1,
        )
        worst = np.inf
        while True:
            candidate = optimizer.ask()
            value = yield int(space.repaired(np.array(candidate.args[0])))
            if value != -np.inf:
                worst = min(worst, value)
            if worst < np.inf:
                optimizer.tell(candidate, -max(value, worst))
