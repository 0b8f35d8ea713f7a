"""The NAS-Bench-Graph space: four operations on one of nine shapes of a cell."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.nas_bench_graph.benchmark import NAS_BENCH_GRAPH
from nasbench_sim.errors import ArchitectureError
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.product import Array

SHAPES = ("0000", "0001", "0011", "0012", "0013", "0111", "0112", "0122", "0123")
"""Of each of the four nodes, the node that it follows; 0 is the input. All loose ends are the output."""
OPERATIONS = ("gat", "gcn", "gin", "cheb", "sage", "arma", "graph", "fc", "skip")

_SKIP = OPERATIONS.index("skip")
# Nodes of a shape that can change places, as long as each keeps what follows it.
_ALIKE = {"0000": (0, 1, 2, 3), "0001": (1, 2), "0011": (2, 3), "0111": (1, 2, 3), "0122": (2, 3)}
_TWINS = SHAPES.index("0012")  # two chains of two, which change places together


class NasBenchGraph(SearchSpace):
    """The 59,040 cells of NAS-Bench-Graph: a shape and four operations, not all of them skips.

    The official index is the rank of the choices, without the nine cells of skips only. 26,206 classes of
    cells are one network each; the published tables have a row a class, under the key of `key`.

    References
    ----------
    Qin et al. NAS-Bench-Graph: Benchmarking graph neural architecture search. NeurIPS 2022. The published
    program nas-bench-graph 1.4.0, ``architecture.py``: the canonical form.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.space("nas-bench-graph")
    >>> space.size, len(np.unique(space.canonical(space.all_indices())))
    (59040, 26206)
    >>> space.string(space.canonical("0123:gcn:skip:gat:fc"))
    '0123:skip:gcn:gat:fc'
    >>> space.key("0000:gat:gat:gat:gcn")
    1
    """

    benchmark = NAS_BENCH_GRAPH

    def __init__(self) -> None:
        nodes = [f"node {number}" for number in range(1, 5)]
        super().__init__("nas-bench-graph", [SHAPES, *([OPERATIONS] * 4)], ["shape", *nodes])

    def valid(self, ops: Array) -> NDArray[np.bool_]:
        """Tell which cells have an operation that is no skip."""
        return np.asarray((ops[..., 1:] != _SKIP).any(axis=-1))

    @functools.cached_property
    def _canonical(self) -> NDArray[np.int64]:
        return self.index_of_valid_ops(canonical_form(self.ops(self.all_indices())))

    def canonical(self, architectures: Any) -> Any:
        """Compute the cell in whose form the class of the same network was published."""
        found = self._canonical[self.official(architectures)]
        return int(found) if np.ndim(found) == 0 else found

    def key(self, architectures: Any) -> Any:
        """Compute the number under which the published tables have the network: five decimal digits."""
        ops = self.ops(self.canonical(architectures))
        key = ops.astype(np.int64) @ 10 ** np.arange(4, -1, -1)
        return int(key) if key.ndim == 0 else key

    def from_key(self, keys: Any) -> Any:
        """Compute the official indices of the published forms of keys.

        Raises
        ------
        ArchitectureError
            For a number that is no key.
        """
        digits = np.asarray(keys)[..., None] // 10 ** np.arange(4, -1, -1)
        found = self.from_ops(np.concatenate([digits[..., :1], digits[..., 1:] % 10], axis=-1))
        if np.any(self.canonical(found) != found):
            raise ArchitectureError(f"a number that is the key of no published form of {self.name}")
        return found


def canonical_form(ops: Array) -> NDArray[np.int8]:
    """Compute the published form of cells, shape (n, 5): skips first, then equal parts in order.

    A skip changes nothing where it stands in a chain, and moves to its front.
    """
    out = np.empty_like(ops)
    for shape, skips in itertools.product(range(len(SHAPES)), itertools.product((False, True), repeat=4)):
        rows = np.flatnonzero((ops[:, 0] == shape) & ((ops[:, 1:] == _SKIP) == skips).all(axis=1))
        if len(rows):
            moved, order = _skips_moved([int(digit) for digit in SHAPES[shape]], list(skips))
            out[rows, 0] = SHAPES.index(moved)
            out[rows, 1:] = ops[rows][:, 1:][:, order]
    for shape_name, nodes in _ALIKE.items():
        rows = np.flatnonzero(out[:, 0] == SHAPES.index(shape_name))
        columns = np.array(nodes) + 1
        out[rows[:, None], columns] = np.sort(out[rows[:, None], columns], axis=1)
    first, second, after_first, after_second = (out[:, node] for node in range(1, 5))
    turned = (first > second) | ((first == second) & (after_first > after_second))
    turned &= out[:, 0] == _TWINS
    out[turned, 1:] = out[turned][:, [2, 1, 4, 3]]
    return out


def _skips_moved(follows: list[int], skips: list[bool]) -> tuple[str, list[int]]:
    """Move skips to the front of their chains; return the shape then, and which node stands where."""
    order = [0, 1, 2, 3]
    for node in range(4):
        if not skips[node]:
            continue
        followed = node + 1 in follows
        beside = any(other != node and follows[other] == follows[node] for other in range(4))
        if followed or not beside or _only_skips(node, follows, skips):
            order.insert(0, order.pop(node))
            skips.insert(0, skips.pop(node))
            before = follows[node]
            behind = [before if one == node + 1 else one for one in follows]
            behind = [one + 1 if one <= node else one for one in behind]
            follows = [0, *behind[:node], *behind[node + 1 :]]
    # Two shapes that come up are another one with its nodes renamed.
    renamed: dict[tuple[int, ...], tuple[str, tuple[int, ...]]]
    renamed = {(0, 1, 2, 1): ("0112", (0, 1, 3, 2)), (0, 1, 1, 3): ("0112", (0, 2, 1, 3))}
    if tuple(follows) in renamed:
        shape, places = renamed[tuple(follows)]
        return shape, [order[place] for place in places]
    return "".join(map(str, follows)), order


def _only_skips(node: int, follows: list[int], skips: list[bool]) -> bool:
    """Tell whether nothing but skips leads to a node: what it passes on is the input itself."""
    while node >= 0:
        if not skips[node]:
            return False
        node = follows[node] - 1
    return True
