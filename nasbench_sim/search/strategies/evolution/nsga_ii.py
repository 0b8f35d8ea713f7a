"""NSGA-II: elitist evolution towards the whole front of several objectives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.search.hyperparameter import Architectures, Real, Whole
from nasbench_sim.search.parts.dominance import best_first, crowding, front_ranks
from nasbench_sim.search.parts.variation import point_mutated
from nasbench_sim.search.searcher import Searcher
from nasbench_sim.spaces.product import Array

_TRIES = 40  # of half a generation, before children that are there already stand
_BITS = 2.0**40  # of a uniform number, in the order of which members are shuffled


class NsgaII(Searcher):
    """Keeps the best of parents and children: by front first, then by how much room they have on it.

    Parents win binary tournaments: who dominates the other wins, of neither the one with more room. The
    members meet in shuffled order, so that each is in as many tournaments as any other. Two parents have two
    children: with a probability they exchange each position with probability a half, else they are copied;
    then each position is drawn anew with a probability. A child that is in the population or among its
    siblings already is left out, and others take its place, in up to 40 rounds. Missing values are worse than
    any; constraints enter through the values, by Deb's rule where the task says so.

    References
    ----------
    Deb, Pratap, Agarwal, Meyarivan. A fast and elitist multiobjective genetic algorithm: NSGA-II. IEEE
    Transactions on Evolutionary Computation 6, 2002: population 100, crossover 0.9, mutation 1 / positions.
    There the variables are binary or real; crossover and mutation are those for categories. In the paper's
    text tournaments compare fronts; in its authors' program, and in pymoo, they compare by dominance, as
    here. Leaving children out that are there already is pymoo's.

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
        self._index = np.zeros((self.replicates, 0), dtype=self.space.index_dtype)
        self._value = np.zeros((self.replicates, 0, len(self.context.task.objectives)))
        self._room = np.zeros((self.replicates, 0))

    def ask(self) -> Array:
        """Give a generation of distinct children."""
        half = (self.population + 1) // 2
        given = self._given[: 0 if self._index.shape[1] else None]
        children = np.full((self.replicates, self.population), -1, dtype=self.space.index_dtype)
        children[:, : len(given)] = given
        born = np.full(self.replicates, len(given))
        rows = np.flatnonzero(born < self.population)
        for number in (3 * half, *[half] * _TRIES):  # about a quarter is there already late in a search
            if not len(rows):
                break
            drawn = self._children(rows, number)
            new = self._new(rows, children[rows], drawn)
            place = born[rows, None] + np.cumsum(new, axis=1) - 1
            new &= place < self.population
            row, column = np.nonzero(new)
            children[rows[row], place[row, column]] = drawn[row, column]
            born[rows] += new.sum(axis=1)
            rows = rows[born[rows] < self.population]
        if len(rows):  # there is hardly anything new left in the space
            again = self._children(rows, self.population)
            children[rows] = np.where(children[rows] < 0, again, children[rows])
        return children

    def tell(self, index: Array, values: NDArray[np.float64]) -> None:
        """Keep the best of the population and the children."""
        pool = np.concatenate([self._index, index], axis=1)
        pool_value = np.concatenate([self._value, values], axis=1)
        rank = front_ranks(pool_value, wanted=self.population)
        room = crowding(pool_value, rank)
        best = best_first(rank, room)[:, : self.population]
        self._index = pool.take(best)
        self._value = pool_value.reshape(-1, values.shape[2]).take(best, axis=0)
        self._room = room.take(best)

    def _new(self, rows: NDArray[np.intp], children: Array, drawn: Array) -> NDArray[np.bool_]:
        """Tell which of `drawn` are not in the population, nor children already, nor drawn before."""
        members = np.concatenate([self._index[rows], children, drawn], axis=1)
        if self.space.size < 2**15:  # numbers of 16 bits are sorted several times faster
            members = members.astype(np.int16)
        order = np.argsort(members, axis=1, kind="stable")
        ordered = np.take_along_axis(members, order, axis=1)
        first = np.ones(members.shape, dtype=bool)
        first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
        new = np.empty_like(first)
        np.put_along_axis(new, order, first, axis=1)
        return new[:, -drawn.shape[1] :]

    def _children(self, rows: NDArray[np.intp], n: int) -> Array:
        """Draw `n` children, at first of nobody, for each of these replicates, shape (len(rows), n)."""
        if not self._index.shape[1]:
            return self.streams.architectures(self.space, n, rows)
        positions = len(self.space.positions)
        couples = (n + 1) // 2
        ops = self.space.ops_of_valid_index(self._parents(rows, couples))
        uniform = self._uniform(couples * (1 + 2 * positions), rows).reshape(len(rows), couples, -1)
        mate = uniform[..., 0] < self.crossover_probability
        doubled = 2.0 * uniform[..., 1:].reshape(len(rows), couples, 2, positions)
        bit = doubled >= 1.0  # the first of the number; the others are a number again
        exchange = bit[:, :, 0] & mate[..., None]
        bred = np.stack([np.where(exchange, ops[1 - k], ops[k]) for k in (0, 1)], axis=2)
        probability = min(1.0, self.mutations / positions)
        children = point_mutated(bred, probability, doubled - bit, self.space.cardinalities)
        born: Array = self.space.repaired(children).reshape(len(rows), -1)
        return born[:, :n]

    def _parents(self, rows: NDArray[np.intp], couples: int) -> Array:
        """Give the winners of tournaments as parents, shape (2, len(rows), couples)."""
        population = self._index.shape[1]
        shuffles = -(-4 * couples // population)
        number = (self._uniform(shuffles * population, rows) * _BITS).astype(np.int64)
        number = number.reshape(len(rows), shuffles, population) * population + np.arange(population)
        place = (np.sort(number, axis=2) % population).reshape(len(rows), -1)[:, : 4 * couples]
        one, other = (place + rows[:, None] * population).T.reshape(couples, 2, 2, -1).transpose(2, 1, 3, 0)
        values = self._value.reshape(-1, self._value.shape[2])
        worse, better = np.zeros(one.shape, dtype=bool), np.zeros(one.shape, dtype=bool)
        for objective in values.T:
            worse |= objective.take(one) < objective.take(other)
            better |= objective.take(one) > objective.take(other)
        wins = np.where(worse == better, self._room.take(one) >= self._room.take(other), better)
        return np.asarray(self._index.take(np.where(wins, one, other)))

    def _uniform(self, k: int, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Draw as `Streams.uniform`, which is faster for all replicates than for each of them."""
        return self.streams.uniform(k, None if len(rows) == self.replicates else rows)
