"""Cells whose nodes add up two operations on earlier nodes, as of DARTS and NASNet: form and exact size."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

STEM = 3
"""Channels of the stem, in channels of the first cell."""


class NodeCell(NamedTuple):
    """A cell: two pairs of operation and input a node, and the nodes that its output is put together of.

    Inputs 0 and 1 are the outputs of the two cells before, 2 the first node.
    """

    edges: tuple[tuple[str, int], ...]
    outputs: tuple[int, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class NodeSkeleton:
    """What stands around the cells.

    Parameters
    ----------
    layout
        A letter a cell: N for a normal one, R for a reduction.
    channels
        Of the first cell; each reduction doubles them.
    colors, side, classes
        Of the images.
    """

    layout: str
    channels: int
    colors: int = 3
    side: int = 32
    classes: int = 10


PUBLISHED = NodeSkeleton(layout="N" * 6 + "R" + "N" * 6 + "R" + "N" * 6, channels=36)
"""That of DARTS for CIFAR-10."""


class Convolution(NamedTuple):
    """A convolution: channels, weights a pair of them, places that it is computed at.

    One that is grouped has one filter a channel; one that is `joined` is normalised with the one before.
    """

    before: int
    after: int
    area: int
    places: int
    grouped: bool = False
    normalised: bool = True

    @property
    def weights(self) -> int:
        """Its weights, without bias."""
        return (1 if self.grouped else self.before) * self.after * self.area


Operation = Callable[[str, int, int, bool], Iterator[Convolution]]
"""The convolutions of an operation: name, channels, side in front of it, whether it halves the side."""


def halving(before: int, after: int, side: int) -> Iterator[Convolution]:
    """Yield the two 1 x 1 convolutions that bring a map of twice the side to `side`."""
    yield Convolution(before, after // 2, 1, side * side)
    yield Convolution(before, after - after // 2, 1, side * side)


def depthwise(channels: int, kernel: int, side: int) -> Iterator[Convolution]:
    """Yield a depthwise convolution and a 1 x 1 convolution; only the second is normalised."""
    yield Convolution(channels, channels, kernel * kernel, side * side, grouped=True, normalised=False)
    yield Convolution(channels, channels, 1, side * side)


def convolutions(
    cells: tuple[NodeCell, NodeCell], skeleton: NodeSkeleton, operation: Operation
) -> Iterator[Convolution]:
    """Go through the convolutions of a network of a normal and a reduction cell."""
    channels, side = skeleton.channels, skeleton.side
    yield Convolution(skeleton.colors, STEM * channels, 9, side * side)
    # Channels and side of the outputs of the two cells before, which are the stem twice at first.
    first = last = (STEM * channels, side)
    for kind in skeleton.layout:
        reduces = kind == "R"
        channels *= 2 if reduces else 1
        for width, own in (first, last):
            if own == last[1]:
                yield Convolution(width, channels, 1, own * own)
            else:
                yield from halving(width, channels, last[1])
        before = last[1]
        after = before // 2 if reduces else before
        cell = cells[1] if reduces else cells[0]
        for name, source in cell.edges:
            halves = reduces and source < 2
            yield from operation(name, channels, before if halves else after, halves)
        first, last = last, (channels * len(cell.outputs), after)


def params(cells: tuple[NodeCell, NodeCell], skeleton: NodeSkeleton, operation: Operation) -> int:
    """Count the parameters: convolutions, two a channel of each normalisation, and the classifier."""
    total = sum(
        one.weights + 2 * one.after * one.normalised for one in convolutions(cells, skeleton, operation)
    )
    return total + (_width(cells, skeleton) + 1) * skeleton.classes


def flops(cells: tuple[NodeCell, NodeCell], skeleton: NodeSkeleton, operation: Operation) -> int:
    """Count the multiply-adds of one image: convolutions and classifier."""
    total = sum(one.weights * one.places for one in convolutions(cells, skeleton, operation))
    return total + _width(cells, skeleton) * skeleton.classes


def _width(cells: tuple[NodeCell, NodeCell], skeleton: NodeSkeleton) -> int:
    """Compute the channels that the classifier sees."""
    last = cells[1] if skeleton.layout.endswith("R") else cells[0]
    doubled: int = 2 ** skeleton.layout.count("R")
    return skeleton.channels * doubled * len(last.outputs)


Node = tuple[tuple[int, int], tuple[int, int]]
"""The two inputs of a node, each with the number of its operation."""


def smallest(nodes: Sequence[Node], digits: Callable[[Node], tuple[int, ...]]) -> list[Node]:
    """Return the nodes of a cell in the order, of all that compute the same, with the smallest digits.

    Nodes may be exchanged wherever each still comes after its inputs, and so may the inputs of a node.

    Parameters
    ----------
    nodes
        Of a cell; input 0 and 1 are those of the cell, 2 the first node.
    digits
        The choices of a node in the order of the space's positions.

    Examples
    --------
    >>> smallest([((0, 5), (1, 0)), ((1, 0), (0, 4))], lambda node: (*node[0], *node[1]))
    [((0, 4), (1, 0)), ((0, 5), (1, 0))]
    """
    found: list[tuple[list[tuple[int, ...]], list[Node]]] = []
    for order in itertools.permutations(range(len(nodes))):
        place = {0: 0, 1: 1, **{old + 2: new + 2 for new, old in enumerate(order)}}
        moved = [[(place[source], op) for source, op in nodes[old]] for old in order]
        if all(source < new + 2 for new, node in enumerate(moved) for source, _ in node):
            best = [min(((a, b), (b, a)), key=digits) for a, b in moved]
            found.append(([digits(node) for node in best], best))
    return min(found, key=lambda each: each[0])[1]
