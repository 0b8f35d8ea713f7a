"""ParEGO: Bayesian optimisation of a scalarisation whose weights are drawn anew at every step."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle.scalarisation import negative_chebyshev
from nasbench_sim.search.hyperparameter import Real, Whole
from nasbench_sim.search.parts.scores import normal_scores
from nasbench_sim.search.strategies.bayesian.gaussian_process import GaussianProcess
from nasbench_sim.spaces.product import Array


class ParEgo(GaussianProcess):
    """Maximises an acquisition of one augmented Chebyshev scalarisation after another.

    At every step a weight vector is drawn uniformly from the lattice of those whose members are multiples of
    1 / `divisions` and sum to one. The objectives are scaled to 0..1 by what the replicate has observed, the
    scalarisation's normal scores are what the Gaussian process of `GaussianProcess` is fitted to.

    References
    ----------
    Knowles. ParEGO: a hybrid algorithm with on-line landscape approximation for expensive multiobjective
    optimization problems. IEEE Transactions on Evolutionary Computation 10, 2006: 11 vectors for two
    objectives, augmentation 0.05.
    """

    name = "parego"
    objectives = "several"

    divisions = Whole(10, "steps of a weight from 0 to 1")
    augmentation = Real(0.05, "part of the sum beside the maximum", least=0.0)

    def start(self) -> None:
        """Prepare a posterior a replicate, and the weights."""
        super().start()
        self._weights = lattice(len(self.context.task.objectives), self.divisions)
        self._observed: list[list[NDArray[np.float64]]] = [[] for _ in range(self.replicates)]

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Condition each posterior on what was evaluated."""
        for row in np.flatnonzero(index[:, 0] >= 0):
            self._observed[row].append(values[row, 0])
        super().tell(index, values[..., 0])

    def scores(self, row: int) -> NDArray[np.float64]:
        """Give the normal scores of what was observed, under weights that are drawn now."""
        drawn = int(self.streams.uniform(1, np.array([row]))[0, 0] * len(self._weights))
        observed = np.array(self._observed[row])
        failed = (observed == -np.inf).any(axis=1)
        known = observed[~failed]
        best, worst = known.max(axis=0), known.min(axis=0)
        distance = (best - known) / np.where(best > worst, best - worst, 1.0)
        value = np.full(len(observed), -np.inf)
        value[~failed] = negative_chebyshev(distance, self._weights[drawn], self.augmentation)
        return normal_scores(value)


def lattice(objectives: int, divisions: int) -> NDArray[np.float64]:
    """Give all weight vectors whose members are multiples of 1 / `divisions` and sum to one.

    Returns
    -------
    array of float64, shape (vectors, objectives)

    Examples
    --------
    >>> lattice(2, 2)
    array([[0. , 1. ],
           [0.5, 0.5],
           [1. , 0. ]])
    """
    # Stars and bars: the places of the bars among divisions + objectives - 1 say how many stars each has.
    bars = np.array(list(combinations(range(divisions + objectives - 1), objectives - 1)), dtype=np.int64)
    edges = np.concatenate(
        [np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), divisions + objectives - 1)], axis=1
    )
    return (np.diff(edges, axis=1) - 1) / divisions
