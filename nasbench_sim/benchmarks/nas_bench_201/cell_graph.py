"""What a NAS-Bench-201 cell is as a graph: isomorphism classes, connectedness, dead edges."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.spaces.product import Array

_NONE, _SKIP = 0, 1


def unique_string(ops: Array, propagate_zero: bool = True) -> str:
    """Give the published unique string of one cell: equal strings, equal functions.

    A skip connection passes the string of its source on. With `propagate_zero`, an edge that is `none` or
    starts at a zero node reads ``#``. As published, a node whose two inputs are both zero reads ``#+#``,
    which is not taken for zero further on.

    Parameters
    ----------
    ops
        The six ops of one cell.

    References
    ----------
    AutoDL-Projects, ``xautodl/models/cell_searchs/genotypes.py``, ``Structure.to_unique_str`` (MIT).

    Examples
    --------
    >>> unique_string([1, 0, 0, 1, 0, 0])
    '#+#+0'
    """
    names = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
    nodes = ["0"]
    for incoming in ((ops[0],), (ops[1], ops[2]), (ops[3], ops[4], ops[5])):
        inputs = []
        for source, op in zip(nodes, incoming, strict=True):
            if propagate_zero and (op == _NONE or source == "#"):
                inputs.append("#")
            elif op == _SKIP:
                inputs.append(source)
            else:
                inputs.append(f"({source})@{names[op]}")
        nodes.append("+".join(sorted(inputs)))
    return nodes[-1]


def representatives(ops: Array) -> NDArray[np.int64]:
    """Give, for each row of ops of shape (n, 6), the first row that has the same unique string."""
    first: dict[str, int] = {}
    return np.array([first.setdefault(unique_string(row), i) for i, row in enumerate(ops.tolist())])


def connected(ops: Array) -> Any:
    """Tell, for ops of shape (..., 6), whether an edge path without `none` joins input and output."""
    e01, e02, e12, e03, e13, e23 = (ops[..., edge] != _NONE for edge in range(6))
    return e03 | (e01 & e13) | (e02 & e23) | (e01 & e12 & e23)


def dead_edges(ops: Array) -> NDArray[np.bool_]:
    """Tell of each edge, for ops of shape (..., 6), whether it is not `none` and on no path to the output."""
    e01, e02, e12, e13, e23 = (ops[..., edge] != _NONE for edge in (0, 1, 2, 4, 5))
    node1_leads_on = e13 | (e12 & e23)
    node2_is_reached = e02 | (e01 & e12)
    each = (
        e01 & ~node1_leads_on,
        e02 & ~e23,
        e12 & ~(e01 & e23),
        np.zeros_like(e01),  # 0->3 is a path of its own
        e13 & ~e01,
        e23 & ~node2_is_reached,
    )
    return np.stack(each, axis=-1)
