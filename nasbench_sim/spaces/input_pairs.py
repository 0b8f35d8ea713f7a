"""The two inputs of a cell's node as one position with C(k, 2) choices."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def input_pairs(nodes: int) -> NDArray[np.int8]:
    """Return the pairs of different earlier nodes, in lexicographic order: row i is choice i.

    Returns
    -------
    array of int8, shape (nodes * (nodes - 1) / 2, 2)

    Examples
    --------
    >>> input_pairs(3).tolist()
    [[0, 1], [0, 2], [1, 2]]
    """
    return np.array(list(itertools.combinations(range(nodes), 2)), dtype=np.int8)


def pair_choices(nodes: int | Sequence[str]) -> tuple[str, ...]:
    """Name the pairs of different earlier nodes, in the order of `input_pairs`.

    Parameters
    ----------
    nodes
        How many there are, or their names.

    Examples
    --------
    >>> pair_choices(3)
    ('0+1', '0+2', '1+2')
    >>> import nasbench_sim as nbs
    >>> nbs.SearchSpace("node", [pair_choices(["c_k-2", "c_k-1", "0"]), ("conv", "pool")]).string(4)
    'c_k-1+0:conv'
    """
    names = [str(node) for node in range(nodes)] if isinstance(nodes, int) else list(nodes)
    return tuple(f"{names[first]}+{names[second]}" for first, second in input_pairs(len(names)).tolist())
