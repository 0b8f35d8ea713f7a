"""Neighbours, mutations, draws and repair in spaces of which not every product is an architecture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import hamming
from nasbench_sim.spaces.product import Array
from nasbench_sim.spaces.split_mix import further, mixed, split_mix

if TYPE_CHECKING:
    from nasbench_sim.spaces.neighborhood import Neighborhood

_MOST_NEIGHBORS = 2**16
_TRIES = 32  # draws before neighbours are listed, and before one more position is changed
_MOST_DRAWS = 2**14
_AT_ONCE = 2**18


def steps(space: Neighborhood, ops: Array) -> tuple[NDArray[np.intp], Array, NDArray[np.float64]]:
    """List every change of one position that leads to an architecture.

    Parameters
    ----------
    ops
        Architectures, shape (n, positions).

    Returns
    -------
    rows
        Which of the n each is of, shape (m,).
    changed
        The ops of the new architectures, shape (m, positions).
    share
        How likely each is among the changes of its position, before the rule refuses some; shape (m,).
    """
    live = space.conditional.live(ops)
    parts = [(np.zeros(0, dtype=np.intp), ops[:0], np.zeros(0))]
    for position in np.flatnonzero(space.cardinalities > 1):
        rows = np.flatnonzero(live[:, position])
        for other in range(int(space.cardinalities[position]) - 1):
            changed = ops[rows]
            changed[:, position] = other + (other >= changed[:, position])
            share = np.full(len(rows), 1.0 / (space.cardinalities[position] - 1))
            parts.append(_awakened(space, live, rows, changed, share))
    rows, changed, share = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    if space.ruled:
        allowed = np.asarray(space.valid(changed), dtype=bool)
        rows, changed, share = rows[allowed], changed[allowed], share[allowed]
    return rows, changed, share


def _awakened(
    space: Neighborhood, live: NDArray[np.bool_], rows: NDArray[np.intp], changed: Array, share: Array
) -> tuple[NDArray[np.intp], Array, Array]:
    """Reset what a change silences, and give every choice to what it brings to life."""
    for position in space.conditional.positions:
        now = space.conditional.live(changed)[:, position]
        changed[~now, position] = 0
        risen = np.flatnonzero(now & ~live[rows, position])
        if not len(risen):
            continue
        choices = int(space.cardinalities[position])
        if len(risen) * choices > _MOST_NEIGHBORS * max(1, len(live)):
            raise RequestError(
                f"{space.name}: one change brings so many positions to life that an architecture has more "
                f"than {_MOST_NEIGHBORS:,} neighbours; evolution and random search need no list of them"
            )
        copies = np.repeat(changed[risen], choices - 1, axis=0)
        copies[:, position] = np.tile(np.arange(1, choices), len(risen))
        share[risen] /= choices
        changed[risen, position] = 0
        rows = np.concatenate([rows, np.repeat(rows[risen], choices - 1)])
        share = np.concatenate([share, np.repeat(share[risen], choices - 1)])
        changed = np.concatenate([changed, copies])
    return rows, changed, share


def most_neighbors(space: Neighborhood) -> int:
    """Bound the number of neighbours: a change may bring all to life that depends on its position."""
    total = 0
    for position, choices in enumerate(space.cardinalities.tolist()):
        dependent = {position}
        for later in space.conditional.positions:
            if dependent & space.conditional.needed_by(later):
                dependent.add(later)
        total += (choices - 1) * math.prod(space.cardinalities[one] for one in dependent - {position})
    return int(min(total, _MOST_NEIGHBORS))


def neighbors(space: Neighborhood, index: Array) -> Array:
    """Compute `SearchSpace.neighbors`; rows with fewer are filled up with the architecture itself."""
    own = index.reshape(-1)
    rows, changed, _ = steps(space, space.ops_of_valid_index(own))
    order = np.argsort(rows, kind="stable")
    rows, found = rows[order], space.index_of_valid_ops(changed[order])
    count = np.bincount(rows, minlength=len(own))
    width = int(count.max(initial=0))
    out = np.repeat(own[:, None], width, axis=1)
    out[rows, np.arange(len(rows)) - (np.cumsum(count) - count)[rows]] = found
    return out.reshape(*index.shape, width)


def probability(space: Neighborhood, ops: Array) -> NDArray[np.float64]:
    """Compute `SearchSpace.mutation_probability` of the ops of one architecture."""
    share = steps(space, ops[None])[2]
    return np.asarray(share / max(share.sum(), np.finfo(float).tiny))


def mutated(space: Neighborhood, index: Array, uniform: NDArray[np.float64]) -> Array:
    """Compute `SearchSpace.mutated`: draw a change, again where the rule refuses it.

    After `_TRIES` draws the neighbours are listed, so that one that exists is found; where there is none,
    more and more positions are changed, and at last the architecture is drawn anew.
    """
    ops = space.ops_of_valid_index(index.reshape(-1))
    draws = np.asarray(uniform, dtype=np.float64).reshape(-1)
    out = ops.copy()
    pending = np.arange(len(ops))
    for attempt in range(_TRIES * (len(space.positions) + 1)):
        if attempt == _TRIES:
            pending = _from_list(space, ops, draws, out, pending)
        changed = ops[pending]
        for change in range(1 + attempt // _TRIES):
            numbers = draws[pending] if attempt == change == 0 else _number(draws[pending], attempt, change)
            changed = _changed(space, changed, numbers)
        fine = (changed != ops[pending]).any(axis=1)
        if space.ruled:
            fine &= np.asarray(space.valid(changed), dtype=bool)
        out[pending[fine]] = changed[fine]
        pending = pending[~fine]
        if not len(pending):
            break
    found = space.index_of_valid_ops(out)
    for attempt in range(_MOST_DRAWS):
        if not len(pending):
            break
        anew = space.from_uniform(further(_number(draws[pending], attempt, 99), 1, 1 + len(space.positions)))
        found[pending] = anew
        pending = pending[anew == index.reshape(-1)[pending]]
    return found.reshape(index.shape)


def _number(draws: NDArray[np.float64], attempt: int, change: int) -> NDArray[np.float64]:
    place = 1 + attempt * 100 + change
    return further(draws, place, place + 1)[..., 0]


def _changed(space: Neighborhood, ops: Array, uniform: NDArray[np.float64]) -> Array:
    """Change one position that means something to another choice, whatever the rule says."""
    live = space.conditional.live(ops)
    free = live & (space.cardinalities > 1)
    scaled = uniform * free.sum(axis=1)
    place = scaled.astype(np.intp)
    position = (np.cumsum(free, axis=1) <= place[:, None]).sum(axis=1)
    row = np.flatnonzero(position < free.shape[1])  # all, but where nothing is free
    position, others = position[row], space.cardinalities[position[row]] - 1
    current = ops[row, position]
    other = np.minimum(((scaled - place)[row] * others).astype(np.int64), others - 1)
    changed = ops.copy()
    changed[row, position] = other + (other >= current)
    if space.conditions:
        drawn = (further(uniform, 1, 1 + ops.shape[1]) * space.cardinalities).astype(ops.dtype)
        for later in space.conditional.positions:
            now = space.conditional.live(changed)[:, later]
            risen = now & ~live[:, later]
            changed[:, later] = np.where(risen, drawn[:, later], np.where(now, changed[:, later], 0))
    return changed


def _from_list(
    space: Neighborhood, ops: Array, draws: NDArray[np.float64], out: Array, pending: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Choose among the neighbours of these rows; return the rows that have none."""
    left = []
    for row in pending:
        _, changed, share = steps(space, ops[row][None])
        if not len(share):
            left.append(row)
            continue
        below = np.cumsum(share) / share.sum()
        out[row] = changed[min(int((below <= draws[row]).sum()), len(share) - 1)]
    return np.array(left, dtype=np.intp)


def allowed(space: Neighborhood, ops: Array, uniform: NDArray[np.float64]) -> Array:
    """Return ops with those that the rule refuses drawn again: uniform over what it allows.

    Raises
    ------
    RequestError
        Where the rule allows so little that no draw finds it.
    """
    flat = ops.reshape(-1, ops.shape[-1])
    numbers = uniform.reshape(flat.shape)
    pending = np.flatnonzero(~np.asarray(space.valid(flat), dtype=bool))
    for attempt in range(_MOST_DRAWS):
        if not len(pending):
            return flat.reshape(ops.shape)
        # A number's own bits alone would draw a position as before where its numbers are few.
        keys = mixed(np.ascontiguousarray(numbers[pending]).view(np.uint64) + np.uint64(attempt))
        key = (keys.sum(axis=1, dtype=np.uint64)[:, None] >> np.uint64(11)) * 2.0**-53
        flat[pending] = space.numbering.drawn(further(key[:, 0], 1, 1 + flat.shape[1]))
        pending = pending[~np.asarray(space.valid(flat[pending]), dtype=bool)]
    raise RequestError(
        f"{space.name}: its rule allows less than one of {_MOST_DRAWS:,} products: write it as conditions, "
        "as choices among pairs of inputs, or as a space that can be listed"
    )


def repaired(space: Neighborhood, ops: Array) -> Array:
    """Compute `SearchSpace.repaired`."""
    flat = space.conditional.settled(np.asarray(ops).reshape(-1, ops.shape[-1])).astype(np.int8)
    broken = np.flatnonzero(~np.asarray(space.valid(flat), dtype=bool)) if space.ruled else ()
    if len(broken):
        rows, changed, _ = steps(space, flat[broken])
        near = space.index_of_valid_ops(changed)
        order = np.lexsort((near, rows))
        row, first = np.unique(rows[order], return_index=True)
        mended = changed[order[first]]
        far = np.setdiff1d(np.arange(len(broken)), row)
        flat[broken[row]] = mended
        if len(far):
            wanted = flat[broken[far]]
            flat[broken[far]] = _toward(space, wanted) if space.gaps else _nearest(space, wanted)
    return space.index_of_valid_ops(flat).reshape(ops.shape[:-1])


def _nearest(space: Neighborhood, ops: Array) -> Array:
    """Find the nearest of all architectures, ties by index."""
    least = np.full(len(ops), np.inf)
    found = np.zeros_like(ops)
    for start in range(0, space.size, _AT_ONCE):
        members = space.ops_of_valid_index(np.arange(start, min(start + _AT_ONCE, space.size)))
        place = hamming.nearest(ops, members, space.cardinalities)
        distance = (members[place] != ops).sum(axis=1)
        closer = distance < least
        found[closer], least[closer] = members[place[closer]], distance[closer]
    return found


def _toward(space: Neighborhood, ops: Array) -> Array:
    """Draw architectures and give them what the rule lets them take over, position by position, twice."""
    weights = split_mix(np.zeros(1, dtype=np.uint64), np.arange(1, 1 + ops.shape[1], dtype=np.uint64))
    key = mixed((ops.astype(np.uint64) * weights).sum(axis=1, dtype=np.uint64))
    uniform = further(np.asarray((key >> np.uint64(11)) * 2.0**-53), 1, 1 + ops.shape[1])
    current = space.ops_of_valid_index(space.from_uniform(uniform))
    for position in [*range(ops.shape[1])] * 2:
        trial = current.copy()
        trial[:, position] = ops[:, position]
        trial = space.conditional.settled(trial).astype(ops.dtype)
        fine = np.asarray(space.valid(trial), dtype=bool)
        current[fine] = trial[fine]
    return current
