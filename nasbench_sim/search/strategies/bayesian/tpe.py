"""The tree-structured Parzen estimator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Choice, Real, Whole
from nasbench_sim.search.parts.categorical import chosen, drawn, possible
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array


class TreeParzen(Searcher):
    """Draws candidates where good architectures are frequent, and evaluates the one with the largest ratio.

    The best ``min(ceil(gamma * n), most_good)`` of n observations are the good ones, of equals the earlier;
    a failed evaluation is worse than any value and never good. In the good group the probability of choice i
    out of N at a position is proportional to ``prior_weight * N * p + count``, with the prior p = 1/N and the
    number of the group's members that have it; positions are independent. Of the candidates, drawn from that
    density, the one with the largest ratio of the densities of the good and of the others is evaluated, of
    equals the first drawn. As published, an architecture may be evaluated again.

    What differs among the programs is a choice here. The density of the others is ``"joint"`` over whole
    architectures, a mean of one kernel a member and of the uniform prior, as in optuna (since version 5 its
    default, "multivariate"): a kernel of n members gives a choice ``1 + prior_weight / (n + 1)`` if it is the
    member's, else ``prior_weight / (n + 1)``, in proportion. Or it is ``"independent"``, as of the good, in
    the paper and in hyperopt. The good ones grow ``"linear"``, as above, in optuna (gamma 0.1) and in the
    paper (0.15), or as the ``"root"``, ``ceil(gamma * sqrt(n))``, in hyperopt (gamma 0.25). On NAS-Bench-201
    the joint density and the linear growth are better together, and neither is alone; so they are the
    default. Hyperopt's is ``other="independent", growth="root", gamma=0.25``.

    Candidates are whole architectures, as in the paper and in optuna. Hyperopt's program takes the best
    choice of each position by itself, whichever candidates they are from, and lets all but the last 25 of the
    other observations fade; on NAS-Bench-201 that finds slightly worse ones.

    References
    ----------
    Bergstra, Bardenet, Bengio, Kegl. Algorithms for hyper-parameter optimization. NIPS 2011 (section 4: the
    categorical posterior N p + C). Bergstra, Yamins, Cox. Making a science of model search. ICML 2013
    (hyperopt; ``tpe.py``: 20 random first, 24 candidates, at most 25 good ones, prior weight 1). Akiba, Sano,
    Yanase, Ohta, Koyama. Optuna. KDD 2019 (``TPESampler``; 24 candidates, at most 25 good ones).
    """

    name = "tpe"
    portable = False
    chunk = 250

    initial = Whole(20, "random architectures evaluated first")
    candidates = Whole(24, "architectures drawn, of which one is evaluated")
    other = Choice(
        "joint",
        "density of the others: over whole architectures or positions",
        options=("joint", "independent"),
    )
    growth = Choice(
        "linear", "whether the good ones grow as all or as their root", options=("linear", "root")
    )
    gamma = Real(0.1, "how many are good, as a part of all or of the root of all", least=1e-3, most=1e3)
    most_good = Whole(25, "good ones at most")
    prior_weight = Real(1.0, "weight of the uniform prior", least=1e-3, most=1e3)

    def start(self) -> None:
        """Prepare an empty record."""
        self.context.require(self.initial, "the random architectures")
        positions, width = possible(self.space).shape
        self._begun = 0
        self._count = np.zeros((self.replicates, positions, width), dtype=np.int64)  # of all observations
        shape = (self.replicates, self.most_good)
        self._best = np.full(shape, -np.inf)  # sorted, of equals the earlier first
        self._best_ops = np.zeros((*shape, positions), dtype=np.int8)
        self._best_place = np.zeros(shape, dtype=np.int64)
        self._record = _Record(self.replicates, positions * width) if self.other == "joint" else None

    def ask(self) -> Array:
        """Draw the first architectures at random, then the best of the candidates."""
        if not self._begun:
            return self.streams.architectures(self.space, self.initial)
        good, other = self.densities()
        positions = len(self.space.positions)
        uniform = self.streams.uniform(self.candidates * positions)
        uniform = uniform.reshape(self.replicates, self.candidates, positions)
        ops = drawn(good[:, None], uniform, self.space.cardinalities)
        gain = self._logarithm(good, ops)
        if self._record is None:
            gain -= self._logarithm(other, ops)
        else:
            gain -= self._log_of_others(self._record, ops)
        best = gain.argmax(axis=1)
        return self.space.repaired(ops[np.arange(self.replicates), best])[:, None]

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Count the observations, and keep the best."""
        ops = self.space.ops_of_valid_index(index)
        self._count += self._counted(ops, np.ones(index.shape, dtype=bool))
        if self._record is not None:
            self._record.add(chosen(ops, self._count.shape[2]))
        place = np.broadcast_to(self._begun + np.arange(index.shape[1]), index.shape)
        self._begun += index.shape[1]
        value = np.concatenate([self._best, values], axis=1)
        order = np.argsort(-value, axis=1, kind="stable")[:, : self.most_good]
        self._best = np.take_along_axis(value, order, axis=1)
        ops = np.concatenate([self._best_ops, ops], axis=1)
        self._best_ops = np.take_along_axis(ops, order[:, :, None], axis=1)
        place = np.concatenate([self._best_place, place], axis=1)
        self._best_place = np.take_along_axis(place, order, axis=1)

    def densities(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the probabilities of the choices among the good and among the other observations.

        Returns
        -------
        good, other
            Shape (R, positions, most choices); 0 beyond a position's choices.
        """
        good = self._counted(self._best_ops, self._good())
        return self._density(good), self._density(self._count - good)

    def _good(self) -> NDArray[np.bool_]:
        """Tell which of the best are good, shape (R, most good)."""
        size = np.ceil(self.gamma * (self._begun if self.growth == "linear" else np.sqrt(self._begun)))
        return np.asarray((np.arange(self.most_good) < size) & (self._best > -np.inf))

    def _counted(self, ops: Array, members: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count the choices of members, shape (R, positions, most choices)."""
        indicators = chosen(ops, self._count.shape[2]) & members[:, :, None, None]
        return np.asarray(indicators.sum(axis=1))

    def _density(self, count: NDArray[np.int64]) -> NDArray[np.float64]:
        weight = self.prior_weight * possible(self.space) + count
        return np.asarray(weight / weight.sum(axis=2, keepdims=True))

    @staticmethod
    def _logarithm(density: NDArray[np.float64], ops: Array) -> NDArray[np.float64]:
        """Compute the logarithm of a density of independent positions, shape (R, k)."""
        logarithm = np.log(np.where(density > 0, density, 1.0))
        return np.asarray(np.take_along_axis(logarithm[:, None], ops[..., None], axis=3)[..., 0].sum(axis=2))

    def _log_of_others(self, record: _Record, ops: Array) -> NDArray[np.float64]:
        """Compute the logarithm of the joint density of the others, shape (R, k), but for a constant."""
        rows, slots = np.nonzero(self._good())
        positions, cardinalities = ops.shape[2], self.space.cardinalities
        count = self._begun - np.bincount(rows, minlength=self.replicates)
        # A kernel's factors are to each other as 1 + share and share, so that all is said by how many match.
        share = self.prior_weight / (count + 1.0)[:, None]
        kernels = np.zeros((self.replicates, positions + 2))  # by the matches, if all match 1; of the good, 0
        kernels[:, :-1] = (share / (1.0 + share)) ** np.arange(positions, -1, -1)
        place = record.matches(chosen(ops, self._count.shape[2]), first=kernels.shape[1])
        place[rows, :, self._best_place[rows, slots]] = kernels.shape[1] * (rows + 1)[:, None] - 1
        with np.errstate(divide="ignore"):  # without others, or far from all
            total = np.log(kernels.take(place).sum(axis=2))
        total += positions * np.log1p(share) - np.log1p(share * cardinalities).sum(axis=1)[:, None]
        prior = np.log(self.prior_weight) - np.log(cardinalities).sum()
        return np.asarray(np.logaddexp(total, prior))


class _Record:
    """Which choices every observation made, laid out to be multiplied by those of candidates."""

    def __init__(self, replicates: int, indicators: int) -> None:
        self._chosen = np.zeros((replicates, indicators, 64), dtype=np.float32)
        self._count = 0

    def add(self, taken: NDArray[np.bool_]) -> None:
        """Add observations by the indicators of their choices, shape (R, q, positions, choices)."""
        end = self._count + taken.shape[1]
        while end > self._chosen.shape[2]:
            self._chosen = np.concatenate([self._chosen, np.zeros_like(self._chosen)], axis=2)
        self._chosen[:, :, self._count : end] = taken.reshape(*taken.shape[:2], -1).swapaxes(1, 2)
        self._count = end

    def matches(self, taken: NDArray[np.bool_], first: int) -> NDArray[np.intp]:
        """Count the positions at which candidates agree with each observation, shape (R, k, n).

        The counts of replicate r begin at r * first. Whole numbers below 2**24: exact in float32, in whatever
        order they are summed.
        """
        asked = taken.reshape(*taken.shape[:2], -1).astype(np.float32)
        counts = asked @ self._chosen[:, :, : self._count]
        counts += (np.arange(len(counts), dtype=np.float32) * first)[:, None, None]
        return np.asarray(counts.astype(np.intp))
