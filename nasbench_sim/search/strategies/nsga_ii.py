"""NSGA-II: elitist evolution towards the whole front of several objectives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.dominance import crowding, front_ranks
from nasbench_sim.search.hyperparameter import Architectures, Real, Whole
from nasbench_sim.search.registry import register
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.search.variation import crossed, point_mutated
from nasbench_sim.spaces.product import Array

_TRIES = 40  # of a quarter of a generation, before children that are there already stand


@register
class NsgaII(Searcher):
    """Keeps the best of parents and children: by front first, then by how much room they have on it.

    Parents win binary tournaments by the same order. A child is a uniform crossover of two, with a
    probability, else a copy of the first; then each position is drawn anew with a probability. A child that
    is in the population or among its siblings already is drawn again, about ten times at most. Missing values
    are worse than any; constraints enter through the values, by Deb's rule where the task says so.

    References
    ----------
    Deb, Pratap, Agarwal, Meyarivan. A fast and elitist multiobjective genetic algorithm: NSGA-II. IEEE
    Transactions on Evolutionary Computation 6, 2002: population 100, crossover 0.9, mutation 1 / positions.
    There the variables are binary or real; crossover and mutation are those for categories.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10", noise="mean",
    ...                 objective=["val_accuracy", "latency:eyeriss"])
    >>> runs = nbs.run("nsga_ii", task, budget=nbs.Budget(evaluations=300), seeds=2,
    ...                hyperparameters={"population": 20})
    >>> bool((runs.hypervolume([300])["hypervolume"] > 710).all())
    True
    """

    name = "nsga_ii"
    objectives = "several"
    repairable = True
    chunk = 100

    population = Whole(100, "members of the population, and children of a generation", least=2)
    crossover_probability = Real(0.9, "of a child of two parents", least=0.0, most=1.0)
    mutations = Real(1.0, "positions of a child that are drawn anew, on average", least=0.0)
    warm_start = Architectures("members that the first population begins with; the others are random")

    def start(self) -> None:
        """Prepare an empty population."""
        self.context.require(self.population, "the first population")
        self._given = Architectures.indices(self.warm_start, self.space, self.population)
        objectives = len(self.context.task.objectives)
        self._index = np.zeros((self.replicates, 0), dtype=self.space.index_dtype)
        self._value = np.zeros((self.replicates, 0, objectives))
        self._rank = np.zeros((self.replicates, 0), dtype=np.int64)
        self._crowding = np.zeros((self.replicates, 0))

    def ask(self) -> Array:
        """Give a generation of distinct children."""
        rows = np.arange(self.replicates)
        children = np.full((self.replicates, self.population), -1, dtype=self.space.index_dtype)
        kept = 0 if self._index.shape[1] else len(self._given)
        children[:, :kept] = self._given[:kept]
        children[:, kept:] = self._children(rows, self.population)[:, kept:]
        few = max(self.population // 4, 1)
        for _ in range(_TRIES):
            again = self._repeated(rows, children[rows])
            left = again.any(axis=1)
            rows, again = rows[left], again[left]
            if not len(rows):
                break
            drawn = self._children(rows, few)
            place = np.cumsum(again, axis=1) - 1  # the k-th child to replace takes the k-th that was drawn
            taken = again & (place < few)
            at = np.where(taken, place, 0)
            children[rows] = np.where(taken, np.take_along_axis(drawn, at, axis=1), children[rows])
        return children

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Keep the best of the population and the children."""
        pool = np.concatenate([self._index, index], axis=1)
        pool_value = np.concatenate([self._value, values], axis=1)
        rank = front_ranks(pool_value, wanted=self.population)
        room = crowding(pool_value, rank)
        best = np.lexsort((-room, rank), axis=1)[:, : self.population]
        self._index = np.take_along_axis(pool, best, axis=1)
        self._value = np.take_along_axis(pool_value, best[..., None], axis=1)
        self._rank = np.take_along_axis(rank, best, axis=1)
        self._crowding = np.take_along_axis(room, best, axis=1)

    def _repeated(self, rows: NDArray[np.intp], children: Array) -> NDArray[np.bool_]:
        """Tell which children are in the population, or the same as an earlier sibling."""
        members = np.concatenate([self._index[rows], children], axis=1)
        order = np.argsort(members, axis=1, kind="stable")
        ordered = np.take_along_axis(members, order, axis=1)
        again = np.zeros(members.shape, dtype=bool)
        again[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
        repeated = np.empty_like(again)
        np.put_along_axis(repeated, order, again, axis=1)
        return repeated[:, self._index.shape[1] :]

    def _children(self, rows: NDArray[np.intp], n: int) -> Array:
        """Draw `n` children, at first of nobody, for each of these replicates, shape (len(rows), n)."""
        if not self._index.shape[1]:
            return self.streams.architectures(self.space, n, rows)
        positions = len(self.space.positions)
        uniform = self.streams.uniform(n * (5 + 3 * positions), rows).reshape(len(rows), n, -1)
        first, second = (self._winner(rows, uniform[..., at : at + 2]) for at in (0, 2))
        ops = self.space.ops_of_valid_index(np.stack([first, second]))
        bred = crossed(ops[0], ops[1], uniform[..., 5 : 5 + positions])
        single = uniform[..., 4, None] >= self.crossover_probability
        probability = min(1.0, self.mutations / positions)
        children = point_mutated(
            np.where(single, ops[0], bred),
            probability,
            uniform[..., 5 + positions :],
            self.space.cardinalities,
        )
        return self.space.index_of_valid_ops(children)

    def _winner(self, rows: NDArray[np.intp], uniform: NDArray[np.float64]) -> Array:
        """Give the winners of binary tournaments, of equals the first drawn, (len(rows), n)."""
        places = (uniform * self._index.shape[1]).astype(np.intp)
        at = rows[:, None, None]
        rank, room = self._rank[at, places], self._crowding[at, places]
        second = (rank[..., 1] < rank[..., 0]) | (
            (rank[..., 1] == rank[..., 0]) & (room[..., 1] > room[..., 0])
        )
        return np.asarray(self._index[rows[:, None], np.where(second, places[..., 1], places[..., 0])])
