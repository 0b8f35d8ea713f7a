"""The NAS-Bench-201 space: cells of six edges with five operations each."""

from __future__ import annotations

import functools
import random
import re
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nasbench_sim.benchmarks.nas_bench_201 import cell_graph, encodings
from nasbench_sim.benchmarks.nas_bench_201.benchmark import NAS_BENCH_201
from nasbench_sim.errors import ArchitectureError, unknown
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.product import Array

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))

# NASLib numbers the operations skip, none, 3x3, 1x1, pool, and lists the edges by their source.
_NASLIB_OPERATION = np.array([1, 0, 3, 2, 4], dtype=np.int8)  # its own inverse
_NASLIB_EDGE = np.array([0, 1, 3, 2, 4, 5])  # its own inverse

_STRING = re.compile(r"\|([^|]+)~0\|\+\|([^|]+)~0\|([^|]+)~1\|\+\|([^|]+)~0\|([^|]+)~1\|([^|]+)~2\|")

_IMAGE_SIDE = {"cifar10": 32, "cifar100": 32, "ImageNet16-120": 16}
_CLASSES = {"cifar10": 10, "cifar100": 100, "ImageNet16-120": 120}


class NasBench201(SearchSpace):
    """The 15,625 cells of NAS-Bench-201 in their published order.

    Ops are listed over the edges 0->1, 0->2, 1->2, 0->3, 1->3, 2->3. The published order is the
    lexicographic product of the operations, shuffled by ``random.Random(88)``.

    References
    ----------
    Dong, Yang. NAS-Bench-201: Extending the scope of reproducible neural architecture search. ICLR 2020.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.space("nas-bench-201")
    >>> space.string(9)
    '|avg_pool_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|nor_conv_3x3~2|'
    >>> space.index(space.string(9))
    9
    >>> space.neighbors(0).shape
    (24,)
    """

    benchmark = NAS_BENCH_201

    def __init__(self) -> None:
        super().__init__("nas-bench-201", [OPERATIONS] * 6, [f"{a}->{b}" for a, b in EDGES])

    # -- the published order

    @functools.cached_property
    def _rank(self) -> NDArray[np.int64]:
        order = list(range(self.size))
        random.Random(88).shuffle(order)
        return np.array(order)

    @functools.cached_property
    def _index(self) -> NDArray[np.int64]:
        return np.argsort(self._rank)

    def rank_of_index(self, index: Array) -> Array:
        """Give the rank in the unshuffled product."""
        return self._rank[index]

    def index_of_rank(self, rank: Array) -> Array:
        """Give the official index of a rank in the unshuffled product."""
        return self._index[rank]

    @functools.cached_property
    def _ops(self) -> NDArray[np.int8]:
        return super().ops_of_valid_index(np.arange(self.size))

    def ops_of_valid_index(self, index: Array) -> NDArray[np.int8]:
        """Give the ops of valid indices from the table of all cells."""
        return self._ops[index]

    # -- strings

    def _string_of_ops(self, ops: Array) -> str:
        names = [f"{OPERATIONS[op]}~{source}" for op, (source, _) in zip(ops, EDGES, strict=True)]
        return f"|{names[0]}|+|{names[1]}|{names[2]}|+|{names[3]}|{names[4]}|{names[5]}|"

    def index_of_string(self, text: str) -> int:
        """Give the official index of one string such as ``|nor_conv_3x3~0|+|none~0|...|``."""
        match = _STRING.fullmatch(text)
        if match is None:
            raise ArchitectureError(
                f"{text!r} is not a NAS-Bench-201 string; one reads "
                "'|op~0|+|op~0|op~1|+|op~0|op~1|op~2|' with op among " + ", ".join(OPERATIONS)
            )
        rank = 0
        for name in match.groups():
            if name not in OPERATIONS:
                raise ArchitectureError(f"{text!r}: {unknown('operation', name, OPERATIONS)}")
            rank = len(OPERATIONS) * rank + OPERATIONS.index(name)
        return int(self._index[rank])

    # -- NASLib's notation

    def to_naslib(self, architectures: Any) -> NDArray[np.int8]:
        """Give the op tuples of NASLib: its operation numbers over (1,2) (1,3) (1,4) (2,3) (2,4) (3,4).

        Returns
        -------
        array of int8, shape (..., 6)

        Examples
        --------
        >>> NasBench201().to_naslib(0)
        array([4, 3, 3, 0, 0, 0], dtype=int8)
        """
        return _NASLIB_OPERATION[self.ops(architectures)[..., _NASLIB_EDGE]]

    def from_naslib(self, ops: ArrayLike) -> Any:
        """Give the official index of NASLib op tuples of shape (..., 6)."""
        self.from_ops(ops)  # the same shape and range are required
        values = np.asarray(ops)
        return self.from_ops(_NASLIB_OPERATION[values[..., _NASLIB_EDGE]])

    # -- structure

    @functools.cached_property
    def _canonical(self) -> NDArray[np.int64]:
        return cell_graph.representatives(self._ops)

    def canonical(self, architectures: Any) -> Any:
        """Give the smallest official index of the published isomorphism class (6,466 classes).

        Two cells are of one class when AutoDL-Projects' ``to_unique_str(consider_zero=True)`` writes the
        same string for both.
        """
        found = self._canonical[self.official(architectures)]
        return int(found) if np.ndim(found) == 0 else found

    def is_connected(self, architectures: Any) -> Any:
        """Tell whether a path leads from input to output (341 cells have none)."""
        return cell_graph.connected(self.ops(architectures))

    def has_dead_edge(self, architectures: Any) -> Any:
        """Tell whether an edge other than `none` lies on no path from input to output.

        9,445 cells have no dead edge: 9,444 connected ones, and the one of all `none`.
        """
        found = cell_graph.dead_edges(self.ops(architectures)).any(axis=-1)
        return bool(found) if np.ndim(found) == 0 else found

    def has_dead_convolution(self, architectures: Any) -> Any:
        """Tell whether a convolution lies on no path from input to output (4,250 cells).

        The network then has weights and activations that its output does not depend on: it computes what the
        representative of its isomorphism class does, but has other params, and what counts weights or
        activations sees the difference.
        """
        ops = self.ops(architectures)
        convolution = (ops == OPERATIONS.index("nor_conv_1x1")) | (ops == OPERATIONS.index("nor_conv_3x3"))
        found = (cell_graph.dead_edges(ops) & convolution).any(axis=-1)
        return bool(found) if np.ndim(found) == 0 else found

    def count(self, architectures: Any, operation: str) -> Any:
        """Give how many of the six edges carry an operation."""
        if operation not in OPERATIONS:
            raise unknown("operation", operation, OPERATIONS)
        counts = np.sum(self.ops(architectures) == OPERATIONS.index(operation), axis=-1)
        return int(counts) if np.ndim(counts) == 0 else counts

    # -- exact size and work

    def params(self, architectures: Any, dataset: str = "cifar10") -> Any:
        """Give the trainable parameters of the published network, in millions, exact.

        The stem, 5 cells at each of 16, 32 and 64 channels, two residual reductions and the classifier
        of the data set.

        Examples
        --------
        >>> NasBench201().params(0, dataset="cifar10")
        0.129306
        """
        classes = self._of_dataset(_CLASSES, dataset)
        n3 = self.count(architectures, "nor_conv_3x3")
        n1 = self.count(architectures, "nor_conv_1x1")
        total = 3 * 16 * 9 + 32 + 128 + 64 * classes + classes
        for c in (16, 32, 64):
            total = total + 5 * (n3 * (9 * c * c + 2 * c) + n1 * (c * c + 2 * c))
        for c in (16, 32):
            total = total + (9 * c * 2 * c + 4 * c + 9 * (2 * c) ** 2 + 4 * c + c * 2 * c)
        return total / 1e6

    def flops(self, architectures: Any, dataset: str = "cifar10") -> Any:
        """Give the multiply-adds of one forward pass, in millions, exact, counted as published.

        Convolutions and the classifier count; normalisation, activation and pooling do not.

        Examples
        --------
        >>> NasBench201().flops(0, dataset="cifar10")
        15.64737
        """
        classes = self._of_dataset(_CLASSES, dataset)
        side = self._of_dataset(_IMAGE_SIDE, dataset)
        n3 = self.count(architectures, "nor_conv_3x3")
        n1 = self.count(architectures, "nor_conv_1x1")
        total = 3 * 16 * 9 * side**2 + 64 * classes + classes
        for c, s in ((16, side), (32, side // 2), (64, side // 4)):
            total = total + 5 * (9 * n3 + n1) * c * c * s * s
        for c, s in ((16, side // 2), (32, side // 4)):
            total = total + (9 * c * 2 * c + 9 * (2 * c) ** 2 + c * 2 * c) * s * s
        return total / 1e6

    def _of_dataset(self, facts: dict[str, int], dataset: str) -> int:
        if dataset not in facts:
            raise unknown("data set", dataset, facts)
        return facts[dataset]

    # -- encodings

    @property
    def encodings(self) -> dict[str, Any]:
        """One-hot (30 features), adjacency (16) and path (155) encodings."""
        return {**super().encodings, "adjacency": encodings.adjacency, "path": encodings.paths}
