"""The DARTS space: two cells, each node of which adds up two operations on two earlier ones."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np

from nasbench_sim.benchmarks.darts import sizes
from nasbench_sim.errors import ArchitectureError
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.input_pairs import input_pairs, pair_choices
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

Genotype = tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]
"""The normal and the reduction cell: two pairs of operation and input a node."""

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

    def __init__(self, nodes: int = 4) -> None:
        self.nodes = nodes
        choices: list[tuple[str, ...]] = []
        names = []
        for cell, node in itertools.product(("normal", "reduce"), range(nodes)):
            choices += [pair_choices([str(earlier) for earlier in range(node + 2)]), OPERATIONS, OPERATIONS]
            names += [f"{cell} {node + 2} {what}" for what in ("inputs", "first", "second")]
        super().__init__("darts" if nodes == 4 else f"darts-{nodes}-nodes", choices, names)

    def genotype(self, architecture: Any) -> Genotype:
        """Return the operations and inputs of one architecture.

        Examples
        --------
        >>> Darts(nodes=1).genotype(1)
        ((('none', 0), ('none', 1)), (('none', 0), ('max_pool_3x3', 1)))
        """
        return self._genotype(self.ops(architecture).tolist())

    def _genotype(self, ops: list[int]) -> Genotype:
        edges: list[tuple[str, int]] = []
        for place in range(0, len(ops), 3):
            pair, first, second = ops[place : place + 3]
            inputs = input_pairs(place // 3 % self.nodes + 2)[pair].tolist()
            edges += [(OPERATIONS[first], inputs[0]), (OPERATIONS[second], inputs[1])]
        return tuple(edges[: 2 * self.nodes]), tuple(edges[2 * self.nodes :])

    def _string_of_ops(self, ops: Array) -> str:
        normal, reduce = (list(cell) for cell in self._genotype(ops.tolist()))
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
        pair = input_pairs(node + 2).tolist().index([one, other])
        return [pair, OPERATIONS.index(first), OPERATIONS.index(second)]

    def params(self, architectures: Any, skeleton: sizes.Skeleton = sizes.PUBLISHED) -> Any:
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
        return self._summed(architectures, skeleton, sizes.params)

    def flops(self, architectures: Any, skeleton: sizes.Skeleton = sizes.PUBLISHED) -> Any:
        """Compute the multiply-adds of one image, in millions, exact: convolutions and classifier."""
        return self._summed(architectures, skeleton, sizes.flops)

    def _summed(self, architectures: Any, skeleton: sizes.Skeleton, count: Any) -> Any:
        ops = self.ops(architectures)
        flat = [count(self._genotype(row), skeleton) / 1e6 for row in ops.reshape(-1, ops.shape[-1]).tolist()]
        return np.array(flat).reshape(ops.shape[:-1]) if ops.ndim > 1 else flat[0]
