"""The picture of an architecture as data: nodes, and edges with operations; figures and reports draw it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nasbench_sim.errors import RequestError

if TYPE_CHECKING:
    from nasbench_sim.spaces.base import SearchSpace

_EDGE = re.compile(r"(\d+)->(\d+)")
_HEIGHT = 0.42  # of the arc of an edge, for each node that it passes over
_ROW = 5  # nodes of a chain side by side


@dataclasses.dataclass(frozen=True)
class Node:
    """A node, and where it lies."""

    label: str
    x: float
    y: float


@dataclasses.dataclass(frozen=True)
class Edge:
    """An edge with an operation.

    Parameters
    ----------
    source, target
        Places of its nodes.
    operation
        As the space names it.
    label
        What is written on it; empty for an edge that does nothing, which is dotted.
    color
        Number of its color in the palette.
    height
        Of its arc above the straight line; negative below.
    """

    source: int
    target: int
    operation: str
    label: str
    color: int
    height: float = 0.0


@dataclasses.dataclass(frozen=True)
class Drawing:
    """Nodes and edges of one architecture."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def drawing_of(space: SearchSpace, architecture: Any) -> Drawing:
    """Draw one architecture as its benchmark declares it, or as a cell where the positions are edges.

    Raises
    ------
    RequestError
        For a space of which no picture is declared and whose positions are no edges such as ``0->1``.
    """
    ops = space.ops(architecture)
    if ops.ndim != 1:
        raise RequestError("a drawing is of one architecture; several are several calls")
    draw = space.benchmark.part("drawing")
    if draw is None and all(_EDGE.fullmatch(str(name)) for name in space.positions):
        draw = cell_drawing
    if draw is None:
        raise RequestError(
            f"{space.name} has no picture: its positions are no edges like '0->1', and its benchmark "
            "declares no drawing"
        )
    found: Drawing = draw(space, ops.tolist())
    return found


def cell_drawing(space: SearchSpace, ops: Sequence[int], label: Callable[[str], str] = str) -> Drawing:
    """Draw a cell whose positions are edges: nodes in a row, far edges as arcs, above from even nodes.

    Parameters
    ----------
    label
        Gives what is written on an edge from the name of its operation.

    Examples
    --------
    >>> from nasbench_sim.spaces import SearchSpace
    >>> found = cell_drawing(SearchSpace("tiny", [("none", "conv")] * 3, ["0->1", "0->2", "1->2"]), [1, 0, 1])
    >>> [node.label for node in found.nodes]
    ['in', '1', 'out']
    >>> found.edges[0]
    Edge(source=0, target=1, operation='conv', label='conv', color=1, height=0.0)
    """
    ends = [tuple(map(int, name.split("->"))) for name in space.positions]
    last = max(target for _, target in ends)
    nodes = [Node({0: "in", last: "out"}.get(node, str(node)), float(node), 0.0) for node in range(last + 1)]
    edges = []
    for (source, target), op, names in zip(ends, ops, space.choices, strict=True):
        height = (-1.0 if source % 2 else 1.0) * _HEIGHT * (target - source - 1)
        nothing = names[op] == "none"
        edges.append(Edge(source, target, names[op], "" if nothing else label(names[op]), int(op), height))
    return Drawing(tuple(nodes), tuple(edges))


def chain_drawing(space: SearchSpace, ops: Sequence[int]) -> Drawing:
    """Draw a chain of blocks, an edge each, in rows that turn back at their ends.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> found = nbs.space("nas-bench-macro").drawing("02012100")
    >>> len(found.nodes), found.edges[1].label
    (9, 'mb6_k5')
    """
    nodes = []
    for place in range(len(ops) + 1):
        row, step = divmod(place, _ROW)
        x = step if row % 2 == 0 else _ROW - 1 - step
        label = {0: "in", len(ops): "out"}.get(place, str(place))
        nodes.append(Node(label, float(x), -float(row)))
    edges = [
        Edge(place, place + 1, names[op], names[op], int(op))
        for place, (op, names) in enumerate(zip(ops, space.choices, strict=True))
    ]
    return Drawing(tuple(nodes), tuple(edges))
