"""The NASNet space: two cells of five blocks, each the sum of two operations on earlier results."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from nasbench_sim.benchmarks.nasnet.benchmark import NASNET
from nasbench_sim.spaces import node_cells
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.node_cells import PUBLISHED, Convolution, Node, NodeCell, NodeSkeleton

OPERATIONS = (
    "identity",
    "conv_1x3_3x1",
    "conv_1x7_7x1",
    "dil_conv_3x3",
    "avg_pool_3x3",
    "max_pool_3x3",
    "max_pool_5x5",
    "max_pool_7x7",
    "conv_1x1",
    "conv_3x3",
    "sep_conv_3x3",
    "sep_conv_5x5",
    "sep_conv_7x7",
)
"""The thirteen published ones."""

BLOCKS = 5


class NasNet(SearchSpace):
    """The cells of NASNet; block k takes two of both inputs of its cell and of the k blocks before.

    Blocks add up, as in the published NASNet-A, and what no block takes is put together as the output.

    References
    ----------
    Zoph, Vasudevan, Shlens, Le. Learning transferable architectures for scalable image recognition. CVPR
    2018.

    Examples
    --------
    >>> space = NasNet()
    >>> space.size == (720**2 * 13**10) ** 2
    True
    >>> space.string(0)[:40]
    '0:0:identity:identity:0:0:identity:ident'
    """

    benchmark = NASNET

    def __init__(self) -> None:
        choices: list[tuple[str, ...]] = []
        names = []
        for cell, block in itertools.product(("normal", "reduce"), range(BLOCKS)):
            earlier = tuple(str(source) for source in range(block + 2))
            choices += [earlier, earlier, OPERATIONS, OPERATIONS]
            parts = ("first input", "second input", "first operation", "second operation")
            names += [f"{cell} {block + 2} {part}" for part in parts]
        super().__init__("nasnet", choices, names)

    def cells(self, architecture: Any) -> tuple[NodeCell, NodeCell]:
        """Return the normal and the reduction cell of one architecture.

        Examples
        --------
        >>> NasNet().cells(0)[0].outputs
        (2, 3, 4, 5, 6)
        """
        return self._cells(self.ops(architecture).tolist())

    def _cells(self, ops: list[int]) -> tuple[NodeCell, NodeCell]:
        found = []
        for nodes in _nodes(ops):
            edges = tuple((OPERATIONS[op], source) for node in nodes for source, op in node)
            taken = {source for _, source in edges}
            found.append(NodeCell(edges, tuple(sorted(set(range(2, BLOCKS + 2)) - taken))))
        return found[0], found[1]

    def canonical(self, architectures: Any) -> Any:
        """Return the smallest official index whose cells are the same but for the order of blocks and inputs.

        Examples
        --------
        >>> space = NasNet()
        >>> index = space.sample(1, seed=0)[0]
        >>> space.canonical(space.canonical(index)) == space.canonical(index) <= index
        True
        """
        ops = self.ops(architectures)
        flat = []
        for row in ops.reshape(-1, ops.shape[-1]).tolist():
            ordered = [node for cell in _nodes(row) for node in node_cells.smallest(cell, _digits)]
            flat.append([number for node in ordered for number in _digits(node)])
        return self.from_ops(np.array(flat, dtype=np.int64).reshape(ops.shape))

    def params(self, architectures: Any, skeleton: NodeSkeleton = PUBLISHED) -> Any:
        """Compute the parameters of the network, in millions, exact; without the auxiliary classifier.

        Parameters
        ----------
        skeleton
            Around the cells; by default that of DARTS for CIFAR-10, so that both spaces compare.
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


def _nodes(ops: list[int]) -> list[list[Node]]:
    """Return the blocks of both cells."""
    blocks: list[Node] = []
    for place in range(0, len(ops), 4):
        one, other, first, second = ops[place : place + 4]
        blocks.append(((one, first), (other, second)))
    return [blocks[:BLOCKS], blocks[BLOCKS:]]


def _digits(node: Node) -> tuple[int, ...]:
    """Return the choices of a block in the order of its positions."""
    (one, first), (other, second) = node
    return (one, other, first, second)


def _operation(name: str, channels: int, side: int, halves: bool) -> Iterator[Convolution]:
    after = side // 2 if halves else side
    if name == "identity":
        if halves:
            yield from node_cells.halving(channels, channels, after)
        return
    kind, _, kernel = name.partition("_conv_") if "_conv_" in name else name.partition("_")
    if kind == "sep":
        for _ in range(2):
            yield from node_cells.depthwise(channels, int(kernel[0]), after)
    elif kind == "dil":
        yield Convolution(channels, channels, 9, after * after)
    elif kind == "conv" and len(kernel) == 3:
        yield Convolution(channels, channels, int(kernel[0]) ** 2, after * after)
    elif kind == "conv":
        length = int(kernel[2])
        yield Convolution(channels, channels, length, side * after)
        yield Convolution(channels, channels, length, after * after)
