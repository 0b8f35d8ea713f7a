"""The base of every search space: what one can do with the architectures of a product of choices."""

from __future__ import annotations

import copyreg
import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import unknown
from nasbench_sim.registry import imported
from nasbench_sim.spaces.benchmark import Benchmark
from nasbench_sim.spaces.catalog import reduced, registered
from nasbench_sim.spaces.drawing import Drawing, drawing_of
from nasbench_sim.spaces.neighborhood import Neighborhood
from nasbench_sim.spaces.product import Array

if TYPE_CHECKING:
    from nasbench_sim.spaces.restricted import RestrictedSpace
    from nasbench_sim.spaces.sampled import SampledSpace


class SearchSpace(Neighborhood):
    """A product of categorical choices, each architecture of which has an official index.

    The official index of a plain space is the rank of its choices in lexicographic order; a published
    space overrides `rank_of_index` and `index_of_rank` with its published order, and `string` /
    `index_of_string` with its published notation. A space with a rule overrides `valid`: then products that
    it refuses are no architectures, and the index is the rank among the others (in a space too large to
    list, the rank among all products, with gaps).

    Parameters
    ----------
    name
        What the space is called in tables, files and messages.
    choices
        For each position, the names of its choices.
    positions
        The name of each position; numbered by default.
    conditions
        Which positions mean nothing under which choices at others; none by default.

    Examples
    --------
    >>> space = SearchSpace("tiny", [("conv", "pool"), ("3", "5", "7")])
    >>> space.size
    6
    >>> space.ops(4)
    array([1, 1], dtype=int8)
    >>> space.index([[0, 0], [1, 2]])
    array([0, 5])
    >>> space.string(5)
    'pool:7'

    A second layer that is only there where the depth is 2:

    >>> from nasbench_sim.spaces import Conditional
    >>> layers = [("1", "2"), ("a", "b"), ("a", "b")]
    >>> second = Conditional("layer 2", when={"depth": ["2"]})
    >>> deep = SearchSpace("deep", layers, ["depth", "layer 1", "layer 2"], [second])
    >>> deep.size, deep.index([0, 1, 0]) == deep.index([0, 1, 1])
    (6, True)
    """

    benchmark: Benchmark = Benchmark()
    """What is special of the benchmark that the space belongs to."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Registered spaces travel to other processes by name; the others by what they are made of."""
        if registered(self):
            return reduced(self)
        if type(self) is SearchSpace:
            return (SearchSpace, (self.name, self.choices, self.positions, self.conditions))
        return (copyreg.__newobj__, (type(self),), vars(self))  # type: ignore[attr-defined]

    def live(self, architectures: Any) -> NDArray[np.bool_]:
        """Tell which positions mean something in architectures.

        Returns
        -------
        array of bool, shape (..., positions)
        """
        return self.conditional.live(self.ops(architectures))

    def restrict(
        self, choices: Mapping[str, Sequence[str]], name: str | None = None
    ) -> RestrictedSpace | SampledSpace:
        """Return the space of the architectures that have certain choices only.

        Parameters
        ----------
        choices
            For each position to restrict, the choices that are left there; one choice fixes it.
        name
            What the space is called; by default this one's name and what is left.

        Returns
        -------
        RestrictedSpace
            Of a sample, a SampledSpace. It has an index of its own; its `to_parent` and `from_parent` lead
            to this space's index and back.

        Raises
        ------
        RequestError
            For a position or choice that does not exist, or where nothing is left.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> space = nbs.space("nas-bench-201")
        >>> small = space.restrict({"0->1": ["nor_conv_3x3"], "0->2": ["none", "skip_connect"]})
        >>> small.size, small.string(0)[:32]
        (1250, '|nor_conv_3x3~0|+|none~0|none~1|')
        >>> int(small.to_parent(0)), int(small.from_parent(small.to_parent(7)))
        (8421, 7)
        """
        # Which is a space itself, and so above this module.
        part = imported("nasbench_sim.spaces.restricted:RestrictedSpace")
        found: RestrictedSpace = part(self, choices, name)
        return found

    def canonical(self, architectures: Any) -> Any:
        """Give the representative of the isomorphism class: the architecture itself, unless published.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> space = nbs.space("nas-bench-201")
        >>> len(np.unique(space.canonical(space.all_indices())))
        6466
        """
        return self.official(architectures)

    def drawing(self, architecture: Any) -> Drawing:
        """Return the picture of one architecture as data, where the space has one: nodes and edges."""
        return drawing_of(self, architecture)

    def encode(self, architectures: Any, encoding: str = "one_hot") -> Array:
        """Give numeric features of architectures for a model.

        Parameters
        ----------
        encoding
            One of `encodings`.

        Returns
        -------
        array, shape (..., features)

        Examples
        --------
        >>> tiny = SearchSpace("tiny", ["abc", "de"])
        >>> tiny.encode([0, 5]).astype(int).tolist()
        [[1, 0, 0, 1, 0], [0, 0, 1, 0, 1]]
        """
        known = self.encodings
        if encoding not in known:
            raise unknown("encoding", encoding, known)
        return np.asarray(known[encoding](self.ops(architectures)))

    @property
    def encodings(self) -> dict[str, Any]:
        """The encodings of this space: name -> function from ops (..., positions) to features."""
        from nasbench_sim.spaces.encodings import one_hot

        return {"one_hot": functools.partial(one_hot, cardinalities=self.cardinalities)}
