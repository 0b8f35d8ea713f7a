"""What each replicate has evaluated, and new architectures that it has not, in spaces of any size."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle import Streams
from nasbench_sim.search.parts.variation import mutated
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces.product import Array


class Archive:
    """The evaluations of R replicates, and draws of architectures that they lack.

    Examples
    --------
    >>> archive = Archive(SearchSpace("tiny", ["ab", "cd"]), Streams([0], 0))
    >>> archive.learn(np.array([[3, 0, 2]]), np.array([[0.1, -np.inf, 0.4]]))
    >>> archive.best(0, 5)  # best first; what has no value is left out
    array([2, 3])
    >>> archive.random(0, 5)  # there is only one left
    [1]
    """

    def __init__(self, space: SearchSpace, streams: Streams) -> None:
        self.space = space
        self._streams = streams
        self._known: list[set[int]] = [set() for _ in range(len(streams))]
        self.index: Array = np.zeros((len(streams), 0), dtype=space.index_dtype)
        """The architectures in order of evaluation, shape (R, n): equally many of each replicate."""
        self.value: NDArray[np.float64] = np.zeros((len(streams), 0))
        """Their values, -inf of failed evaluations."""

    def learn(self, index: Array, values: NDArray[np.float64]) -> None:
        """Keep values of shape (R, q), but for the places where no replicate proposed anything."""
        proposed = (index >= 0).all(axis=0)
        index, values = index[:, proposed], values[:, proposed]
        self.index = np.concatenate([self.index, index], axis=1)
        self.value = np.concatenate([self.value, values], axis=1)
        for known, architectures in zip(self._known, index.tolist(), strict=True):
            known.update(architectures)

    def best(self, row: int, count: int) -> Array:
        """Return the best evaluations' architectures, best first, none that failed; of equals the earlier."""
        value = self.value[row]
        best = np.argsort(-value, kind="stable")[:count]
        return np.asarray(self.index[row, best[value[best] > -np.inf]])

    def random(self, row: int, count: int, besides: Iterable[int] = ()) -> list[int]:
        """Draw different architectures, not known and not among `besides`; fewer where there are no more."""
        taken = self._known[row].union(besides)
        count = min(count, self.space.size - len(taken))
        place = np.array([row])
        if 2 * (len(taken) + count) > self.space.size:  # then at most twice as many as were evaluated
            left = np.setdiff1d(self.space.all_indices(), np.array(sorted(taken), dtype=np.int64))
            order = np.argsort(self._streams.uniform(len(left), place)[0], kind="stable")
            return [int(architecture) for architecture in left[order[:count]]]
        found: list[int] = []
        while len(found) < count:
            drawn = int(self._streams.architectures(self.space, 1, place)[0, 0])
            if drawn not in taken:
                taken.add(drawn)
                found.append(drawn)
        return found

    def mutants(self, parents: list[Array], tries: int, count: int) -> list[list[int]]:
        """Draw different mutants that are not known: `tries` of one parent after the other, up to `count`.

        Parameters
        ----------
        parents
            Of each replicate.
        """
        most = max(len(own) for own in parents)
        uniform = self._streams.uniform(tries * most)
        family = np.zeros((len(parents), most), dtype=self.space.index_dtype)
        for place, own in enumerate(parents):
            family[place, : len(own)] = own
        children = mutated(self.space, np.repeat(family, tries, axis=1), uniform).tolist()
        found = []
        for own, row, drawn in zip(parents, self._known, children, strict=True):
            different = dict.fromkeys(drawn[: tries * len(own)])
            found.append([child for child in different if child not in row][:count])
        return found

    def firsts(self, row: int, families: Iterable[Iterable[int]]) -> list[int]:
        """Give the first member of each family that is not known nor taken yet, where there is one."""
        taken = set(self._known[row])
        found: list[int] = []
        for family in families:
            new = next((member for member in family if member not in taken), None)
            if new is not None:
                taken.add(new)
                found.append(new)
        return found

    def completed(self, row: int, proposals: Iterable[int], count: int) -> list[int]:
        """Give proposals of exactly `count`: filled up at random, then, in a space used up, with -1."""
        chosen = list(proposals)
        chosen += self.random(row, count - len(chosen), chosen)
        return chosen + [-1] * (count - len(chosen))
