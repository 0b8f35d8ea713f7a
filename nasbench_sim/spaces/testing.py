"""A conformance suite for search spaces: a pytest class to inherit, each check a test with a name."""

from __future__ import annotations

import itertools
import pickle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import RestrictedSpace, SampledSpace, SearchSpace, hamming
from nasbench_sim.spaces.checks import chi_squared, must, refused
from nasbench_sim.spaces.product import Array

_WIDTHS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "object")
_FEW = 24  # architectures that every check looks at
_DRAWS = 40_000
_BINS = 500


class SpaceConformance:
    """Check that a search space keeps what searchers, tables and analyses rely on.

    Inherit it in a test module and say which space; pytest finds the checks. They fail by exceptions of
    their own, so that they also work under ``python -O``.

    Examples
    --------
    >>> class TestMySpace(SpaceConformance):
    ...     def space(self) -> SearchSpace:
    ...         return SearchSpace("mine", ["abc", "de"])
    >>> TestMySpace().test_strings_round_trip()
    """

    def space(self) -> SearchSpace:
        """Return the space to check; to be overridden."""
        raise NotImplementedError("say which space to check: override `space`")

    # -- names

    def test_indices_and_ops_round_trip(self) -> None:
        """Ops of an index have that index, and lie within their choices."""
        space, index = self._drawn()
        ops = space.ops(index)
        must(ops.shape == (*index.shape, len(space.positions)), f"ops have shape {ops.shape}")
        must(bool(((ops >= 0) & (ops < space.cardinalities)).all()), "an op is outside of its choices")
        must(np.array_equal(space.index(ops), index), "index(ops(i)) is not i")
        must(np.array_equal(space.index_of_valid_ops(ops), index), "index_of_valid_ops(ops(i)) is not i")
        must(np.array_equal(space.ops_of_valid_index(index), ops), "ops_of_valid_index differs from ops")

    def test_every_index_is_an_architecture_of_its_own(self) -> None:
        """No two indices have the same ops, where the space can be listed."""
        space = self.space()
        if space.listed:
            ops = space.ops(space.all_indices()[: 2**16])
            must(len(np.unique(ops, axis=0)) == len(ops), "two indices have the same ops")

    def test_strings_round_trip(self) -> None:
        """The string of an index leads back to it, alone and in an array, and no two are the same."""
        space, index = self._drawn()
        texts = space.string(index)
        must(all(type(text) is str for text in texts), "a string is no str")
        must(np.array_equal(space.index(texts), index), "index(string(i)) is not i")
        must(space.index(texts[0]) == index[0], "index of a single string is not that of the array")
        must(len(set(texts)) == len(np.unique(index)), "two architectures have the same string")

    def test_every_integer_width(self) -> None:
        """Python's and numpy's integers of every width name the same architectures."""
        space, index = self._drawn()
        last = int(index.max()) if space.gaps else space.size - 1
        numbers = [number for number in (0, 1, 100, 200, last) if number < space.size]
        expected = space.ops([int(number) for number in numbers])
        for width in _WIDTHS:
            fits = [n for n in numbers if width == "object" or n <= np.iinfo(width).max]
            found = space.ops(np.array(fits, dtype=width))
            must(np.array_equal(found, expected[: len(fits)]), f"indices of type {width} are read wrongly")
            if width != "object":
                one = np.dtype(width).type(fits[-1])
                must(np.array_equal(space.ops(one), expected[len(fits) - 1]), f"one index of type {width}")

    def test_shapes_in_shapes_out(self) -> None:
        """One in, one out; arrays of any shape in, arrays of that shape out; empty ones too."""
        space, index = self._drawn()
        grid = index[:4].reshape(2, 2)
        first = int(index[0])
        must(isinstance(space.string(first), str), "the string of one index is no str")
        must(np.ndim(space.official(first)) == 0, "official of one index is an array")
        must(np.ndim(space.canonical(first)) == 0, "canonical of one index is an array")
        must(space.ops(grid).shape == (2, 2, len(space.positions)), "ops of a grid")
        for name in ("official", "canonical", "string"):
            must(getattr(space, name)(grid).shape == (2, 2), f"{name} of a grid")
            must(getattr(space, name)([]).shape == (0,), f"{name} of an empty list")
        must(np.array_equal(space.index(space.ops(grid)), grid), "index of a grid of ops")

    def test_wrong_architectures_arerefused(self) -> None:
        """Indices outside, floats, bools, strings and ops that do not exist are errors of the toolkit."""
        space = self.space()
        good = space.ops(0)
        too_large = good.astype(np.int64)
        too_large[-1] = space.cardinalities[-1]
        names: tuple[Any, ...] = (
            -1,
            space.size,
            [0, -1],
            [0, space.size],
            0.0,
            [0.5],
            True,
            [True],
            "no such",
            ["", "no"],
        )
        for wrong in names:
            refused(space.official, wrong)
        ops: tuple[Any, ...] = (good[:-1], good.astype(float), too_large, np.full_like(good, -1))
        for wrong in ("no such", *ops):
            refused(space.index, wrong)

    def test_positions_without_meaning_have_one_value(self) -> None:
        """A position that means nothing has its first choice, and another choice is the same architecture."""
        space, index = self._drawn()
        ops, live = space.ops(index), space.live(index)
        must(not ops[~live].any(), "a position that means nothing has another choice than its first")
        if not isinstance(space, SampledSpace):
            other = np.where(live, ops, space.cardinalities - 1)
            must(np.array_equal(space.index(other), index), "a position without meaning changes the index")

    def test_architectures_are_valid(self) -> None:
        """What has an index is allowed by the space's rule."""
        space, index = self._drawn()
        must(bool(np.all(space.valid(space.ops(index)))), "an index leads to ops that `valid` refuses")

    # -- draws

    def test_samples_are_uniform_over_valid_architectures(self) -> None:
        """Counts of drawn indices, or of equal stretches of them, pass a chi-squared test."""
        space = self.space()
        drawn = space.sample(_DRAWS, seed=1)
        if space.gaps:
            every = space.numbering.drawn(
                np.random.Generator(np.random.Philox(2)).random((_DRAWS, len(space.positions)))
            )
            valid = space.valid(every)
            own = _binned(space, drawn)
            other = _binned(space, space.index_of_valid_ops(every[valid]))
            expected = (own + other) / (own.sum() + other.sum())
            chi_squared(own, expected * own.sum(), "samples")
            return
        counts = _binned(space, drawn)
        bins = len(counts)
        edges = [-(-space.size * place // bins) for place in range(bins + 1)]
        share = np.array([(b - a) / space.size for a, b in itertools.pairwise(edges)])
        chi_squared(counts, share * _DRAWS, "samples")

    def test_the_same_seed_draws_the_same_bytes(self) -> None:
        """Samples and mutations are a function of the seed, alone or in any batch."""
        space, index = self._drawn()
        again = self.space().sample(_FEW, seed=0)
        must(np.array_equal(index, again) and index.dtype == again.dtype, "a sample differs from itself")
        uniform = np.random.Generator(np.random.Philox(3)).random((_FEW, len(space.positions)))
        together = space.from_uniform(uniform)
        alone = [space.from_uniform(row[None])[0] for row in uniform]
        must(
            np.array_equal(together, np.array(alone, dtype=together.dtype)),
            "from_uniform depends on the batch",
        )
        if space.size > 1:
            together = space.mutated(index, uniform[:, 0])
            parts = [space.mutated(index[i : i + 1], uniform[i : i + 1, 0])[0] for i in range(_FEW)]
            must(
                np.array_equal(together, np.array(parts, dtype=together.dtype)),
                "mutated depends on the batch",
            )

    # -- moves

    def test_neighbors_are_other_architectures(self) -> None:
        """Every neighbour exists, is valid, is another architecture, and is named once."""
        space, index = self._drawn()
        for own in index[:8].tolist():
            found = _neighbors(space, own).tolist()
            must(len(found) <= space.most_neighbors, f"{own} has more than `most_neighbors`")
            must(own not in found, f"{own} is a neighbour of itself")
            must(len(set(found)) == len(found), f"a neighbour of {own} is named twice")
            must(
                not found or bool(np.all(space.valid(space.ops(found)))), f"a neighbour of {own} is not valid"
            )

    def test_neighbors_are_mutual(self) -> None:
        """Who has a neighbour is one of its neighbours; of a sample, neighbours are the nearest members."""
        space, index = self._drawn()
        for own in index[:8].tolist():
            found = _neighbors(space, own)
            if isinstance(space, SampledSpace):
                ops = space.ops(space.all_indices())
                order = np.argsort((ops != ops[own]).sum(axis=1), kind="stable")
                must(np.array_equal(found, order[order != own][: len(found)]), f"neighbours of {own}")
                continue
            for other in found[:: max(1, len(found) // 6)].tolist():
                must(own in _neighbors(space, other), f"{other} is a neighbour of {own}, but not the reverse")

    def test_neighbors_of_many_are_those_of_each(self) -> None:
        """An array of architectures has the neighbours of each, filled up with the architecture itself."""
        space, index = self._drawn()
        try:
            together = space.neighbors(index[:8])
        except RequestError:
            return
        for own, row in zip(index[:8].tolist(), together, strict=True):
            alone = space.neighbors(own)
            must(np.array_equal(row[: len(alone)], alone), f"neighbours of {own} in an array")
            must(all(one == own for one in row[len(alone) :]), f"what fills the row of {own} up")

    def test_mutations_are_neighbors(self) -> None:
        """A mutation is another architecture, one of the neighbours where there is one."""
        space, index = self._drawn()
        if space.size == 1:
            return
        draws = np.random.Generator(np.random.Philox(4)).random(200)
        draws[:2] = 0.0, np.nextafter(1.0, 0.0)
        for own in index[:8].tolist():
            mutants = space.mutated(np.full(200, own, dtype=space.index_dtype), draws)
            must(own not in mutants, f"a mutation of {own} is itself")
            must(bool(np.all(space.valid(space.ops(mutants)))), f"a mutation of {own} is not valid")
            found = _neighbors(space, own)
            must(
                not len(found) or set(mutants) <= set(found.tolist()), f"a mutation of {own} is no neighbour"
            )

    def test_mutations_are_uniform_over_what_is_allowed(self) -> None:
        """Counts of mutants pass a chi-squared test against `mutation_probability`."""
        space, index = self._drawn()
        for own in index[:3].tolist():
            found = _neighbors(space, own)
            if not len(found):
                continue
            draws = np.random.Generator(np.random.Philox(5)).random(100 * len(found))
            mutants = space.mutated(np.full(len(draws), own, dtype=space.index_dtype), draws)
            place = {one: column for column, one in enumerate(found.tolist())}
            counts = np.bincount([place[one] for one in mutants.tolist()], minlength=len(found))
            probability = space.mutation_probability(own)
            must(bool(np.isclose(probability.sum(), 1.0)), "mutation probabilities do not sum to 1")
            chi_squared(counts, probability * len(draws), f"mutations of {own}")

    def test_products_are_repaired(self) -> None:
        """Any product of choices becomes an architecture, and an architecture stays what it is."""
        space, index = self._drawn()
        must(np.array_equal(space.repaired(space.ops(index)), index), "an architecture is not left alone")
        generator = np.random.Generator(np.random.Philox(6))
        products = (generator.random((64, len(space.positions))) * space.cardinalities).astype(np.int8)
        found = space.repaired(products)
        must(bool(np.all(space.valid(space.ops(found)))), "a repaired product is not valid")
        must(np.array_equal(found, self.space().repaired(products)), "repair differs from itself")
        if space.is_product:
            must(np.array_equal(space.ops(found), products), "a product of a plain space was changed")
        if isinstance(space, SampledSpace):
            must(
                np.array_equal(
                    found, hamming.nearest(products, space.ops(space.all_indices()), space.cardinalities)
                )
                or bool(space.conditions),
                "a repaired product is not the nearest member",
            )

    # -- what else is relied on

    def test_canonical_is_idempotent(self) -> None:
        """The representative of a class is an architecture and represents itself."""
        space, index = self._drawn()
        found = space.canonical(index)
        must(np.array_equal(space.official(found), found), "a representative is no architecture")
        must(np.array_equal(space.canonical(found), found), "canonical is not idempotent")

    def test_it_travels_to_other_processes(self) -> None:
        """A pickled space names the same architectures."""
        space, index = self._drawn()
        again = pickle.loads(pickle.dumps(space))
        must((again.name, again.size) == (space.name, space.size), "name or size differ")
        must(np.array_equal(again.ops(index), space.ops(index)), "ops differ")
        must(again.string(index).tolist() == space.string(index).tolist(), "strings differ")

    def test_encodings_are_numbers(self) -> None:
        """Each encoding gives as many finite numbers for every architecture, alone or in an array."""
        space, index = self._drawn()
        for name in space.encodings:
            features = space.encode(index, name)
            must(features.ndim == 2 and bool(np.isfinite(features).all()), f"encoding {name}")
            must(np.array_equal(space.encode(int(index[0]), name), features[0]), f"encoding {name} of one")
        refused(lambda name: space.encode(index, name), "no such encoding")

    def test_a_part_of_it_is_a_space(self) -> None:
        """`restrict` fixes a position; its architectures lead to this space and back."""
        space, index = self._drawn()
        ops = space.ops(index)
        if space.size < 100:
            return
        place = max(range(len(space.positions)), key=lambda one: len(np.unique(ops[:, one])))
        choice = space.choices[place][int(np.bincount(ops[:, place]).argmax())]
        part = space.restrict({space.positions[place]: [choice]})
        few = part.sample(_FEW, seed=0)
        there = part.to_parent(few)
        must(np.array_equal(part.from_parent(there), few), "from_parent(to_parent(i)) is not i")
        must(part.string(few).tolist() == space.string(there).tolist(), "a part has strings of its own")
        must(
            bool((space.ops(there)[:, place] == space.choices[place].index(choice)).all()), "it was not fixed"
        )
        if space.listed:
            count = int(
                (space.ops(space.all_indices())[:, place] == space.choices[place].index(choice)).sum()
            )
            if not space.conditions:
                must(part.size == count, f"a part has {part.size} architectures, not {count}")
        refused(space.restrict, {"no such position": ["a"]})
        refused(space.restrict, {space.positions[place]: ["no such choice"]})
        must(isinstance(part, (RestrictedSpace, SampledSpace)), "a part of a space is a RestrictedSpace")

    def _drawn(self) -> tuple[SearchSpace, Array]:
        space = self.space()
        return space, space.sample(_FEW, seed=0)


def _neighbors(space: SearchSpace, architecture: int) -> Array:
    """Compute neighbours; none where the space refuses to list so many."""
    try:
        return space.neighbors(architecture)
    except RequestError:
        return np.zeros(0, dtype=space.index_dtype)


def _binned(space: SearchSpace, index: Array) -> NDArray[np.int64]:
    bins = min(space.size, _BINS)
    return np.bincount([one * bins // space.size for one in index.tolist()], minlength=bins)
