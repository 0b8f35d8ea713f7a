"""The DARTS space: two cells, each node of which adds up two operations on two earlier ones."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from nasbench_sim.benchmarks.darts.benchmark import DARTS
from nasbench_sim.errors import ArchitectureError
from nasbench_sim.spaces import node_cells
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.input_pairs import input_pairs, pair_choices
from nasbench_sim.spaces.node_cells import PUBLISHED, Convolution, Node, NodeCell, NodeSkeleton
from nasbench_sim.spaces.product import Array

OPERATIONS = (
    "none",
    "max_pool_3x3",
    "avg_pool_3x3",
    "skip_connect",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "dil_conv_3x3",
    "dil_conv_5x5",
)
"""The published primitives, in their order."""

_EDGE = r"\(\s*['\"](\w+)['\"]\s*,\s*(\d+)\s*\)"
_EDGES = rf"\[\s*((?:{_EDGE}\s*,?\s*)*)\]"
_CONCAT = r"(?:range\(\d+,\s*\d+\)|\[[\d,\s]*\])"
_GENOTYPE = re.compile(
    rf"\s*Genotype\(\s*normal\s*=\s*{_EDGES}\s*,\s*normal_concat\s*=\s*{_CONCAT}\s*,"
    rf"\s*reduce\s*=\s*{_EDGES}\s*,\s*reduce_concat\s*=\s*{_CONCAT}\s*\)\s*"
)


class Darts(SearchSpace):
    """The cells of DARTS; node k takes two different ones of both inputs of its cell and the k nodes before.

    Strings are published genotypes. Which of a node's two inputs is named first does not matter.

    Parameters
    ----------
    nodes
        Of each cell; 4 as published, with 9.1 * 10^18 architectures.

    References
    ----------
    Liu, Simonyan, Yang. DARTS: Differentiable architecture search. ICLR 2019. ``cnn/genotypes.py``.

    Examples
    --------
    >>> Darts().size == (180 * 8**8) ** 2
    True
    >>> print(Darts(nodes=1).string(1))
    Genotype(normal=[('none', 0), ('none', 1)], normal_concat=range(2, 3), reduce=[('none', 0), \
('max_pool_3x3', 1)], reduce_concat=range(2, 3))
    """

    benchmark = DARTS

    def __init__(self, nodes: int = 4) -> None:
        self.nodes = nodes
        choices: list[tuple[str, ...]] = []
        names = []
        for cell, node in itertools.product(("normal", "reduce"), range(nodes)):
            choices += [pair_choices([str(earlier) for earlier in range(node + 2)]), OPERATIONS, OPERATIONS]
            names += [f"{cell} {node + 2} {what}" for what in ("inputs", "first", "second")]
        super().__init__("darts" if nodes == 4 else f"darts-{nodes}-nodes", choices, names)

    def cells(self, architecture: Any) -> tuple[NodeCell, NodeCell]:
        """Return the normal and the reduction cell of one architecture.

        Examples
        --------
        >>> Darts(nodes=1).cells(1)[1]
        NodeCell(edges=(('none', 0), ('max_pool_3x3', 1)), outputs=(2,))
        """
        return self._cells(self.ops(architecture).tolist())

    def _cells(self, ops: list[int]) -> tuple[NodeCell, NodeCell]:
        outputs = tuple(range(2, self.nodes + 2))
        normal, reduce = (
            NodeCell(tuple((OPERATIONS[op], source) for node in cell for source, op in node), outputs)
            for cell in self._nodes(ops)
        )
        return normal, reduce

    def _nodes(self, ops: list[int]) -> list[list[Node]]:
        """Return the nodes of both cells."""
        nodes: list[Node] = []
        for place in range(0, len(ops), 3):
            pair, first, second = ops[place : place + 3]
            one, other = input_pairs(place // 3 % self.nodes + 2)[pair].tolist()
            nodes.append(((one, first), (other, second)))
        return [nodes[: self.nodes], nodes[self.nodes :]]

    def canonical(self, architectures: Any) -> Any:
        """Return the smallest official index whose cells are the same but for the order of nodes.

        Examples
        --------
        >>> space = Darts()
        >>> first, second = space.sample(2, seed=0)
        >>> space.canonical(space.canonical(first)) == space.canonical(first)
        True
        """
        ops = self.ops(architectures)
        flat = [self._smallest(row) for row in ops.reshape(-1, ops.shape[-1]).tolist()]
        return self.from_ops(np.array(flat, dtype=np.int64).reshape(ops.shape))

    def _smallest(self, ops: list[int]) -> list[int]:
        ordered = [node for cell in self._nodes(ops) for node in node_cells.smallest(cell, _digits)]
        return [
            number
            for place, ((one, first), (other, second)) in enumerate(ordered)
            for number in (_pair(one, other, place % self.nodes), first, second)
        ]

    def _string_of_ops(self, ops: Array) -> str:
        normal, reduce = (list(cell.edges) for cell in self._cells(ops.tolist()))
        concat = f"range(2, {self.nodes + 2})"
        return f"Genotype(normal={normal}, normal_concat={concat}, reduce={reduce}, reduce_concat={concat})"

    def index_of_string(self, text: str) -> int:
        """Return the official index of a published genotype.

        Raises
        ------
        ArchitectureError
            For text that is no genotype of this space.
        """
        found = _GENOTYPE.fullmatch(text)
        if found is None:
            raise ArchitectureError(
                f"{text!r} is not a genotype: Genotype(normal=[('sep_conv_3x3', 0), ...], "
                "normal_concat=range(2, 6), reduce=[...], reduce_concat=range(2, 6)) is expected"
            )
        ops: list[int] = []
        for cell in (found[1], found[4]):
            edges = [(name, int(source)) for name, source in re.findall(_EDGE, cell)]
            if len(edges) != 2 * self.nodes:
                raise ArchitectureError(
                    f"{self.name} has {2 * self.nodes} edges a cell, not {len(edges)}: {text!r}"
                )
            for node in range(self.nodes):
                ops += self._node(edges[2 * node : 2 * node + 2], node)
        return int(self.from_ops(np.array(ops)))

    def _node(self, edges: list[tuple[str, int]], node: int) -> list[int]:
        """Return the choices of a node: the pair of its inputs and the operations on them."""
        (first, one), (second, other) = sorted(edges, key=lambda edge: edge[1])
        if one == other or other > node + 1:
            raise ArchitectureError(
                f"node {node + 2} takes two different ones of 0 to {node + 1}, not {one} and {other}"
            )
        for name in (first, second):
            if name not in OPERATIONS:
                raise ArchitectureError(f"operation {name!r}: choices are {', '.join(OPERATIONS)}")
        return [_pair(one, other, node), OPERATIONS.index(first), OPERATIONS.index(second)]

    def params(self, architectures: Any, skeleton: NodeSkeleton = PUBLISHED) -> Any:
        """Compute the parameters of the network, in millions, exact; without the auxiliary classifier.

        Parameters
        ----------
        skeleton
            Around the cells; by default 20 cells from 36 channels for CIFAR-10, as published.

        Examples
        --------
        >>> Darts().params(0), Darts().params(Darts().size - 1)
        (1.370134, 3.25711)
        """
        return self._summed(architectures, skeleton, node_cells.params)

    def flops(self, architectures: Any, skeleton: NodeSkeleton = PUBLISHED) -> Any:
        """Compute the multiply-adds of one image, in millions, exact: convolutions and classifier."""
        return self._summed(architectures, skeleton, node_cells.flops)

    def _summed(self, architectures: Any, skeleton: NodeSkeleton, count: Any) -> Any:
        ops = self.ops(architectures)
        rows = ops.reshape(-1, ops.shape[-1]).tolist()
        flat = [count(self._cells(row), skeleton, _operation) / 1e6 for row in rows]
        return np.array(flat, dtype=np.float64).reshape(ops.shape[:-1]) if ops.ndim > 1 else flat[0]


def small_darts() -> Darts:
    """Return the space of two nodes a cell: small enough to train a sample of."""
    return Darts(nodes=2)


def _pair(one: int, other: int, node: int) -> int:
    return int(input_pairs(node + 2).tolist().index([one, other]))


def _digits(node: Node) -> tuple[int, ...]:
    """Return what orders nodes: inputs, the earlier first, and operations."""
    (one, first), (other, second) = node
    return (one > other, one, other, first, second)


def _operation(name: str, channels: int, side: int, halves: bool) -> Iterator[Convolution]:
    after = side // 2 if halves else side
    if name == "skip_connect" and halves:
        yield from node_cells.halving(channels, channels, after)
    if "conv" in name:
        for _ in range(2 if name.startswith("sep") else 1):
            yield from node_cells.depthwise(channels, int(name[-1]), after)
