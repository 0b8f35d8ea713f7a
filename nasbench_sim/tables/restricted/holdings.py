"""What the containers of a pickle hold: how deep, how much with all that is shared, and by which keys."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.restricted.limits import UNIT, Budget, check_whole
from nasbench_sim.tables.restricted.stand_ins import Record

CONTAINERS = frozenset({list, dict, tuple, set, Record})
_SIZED = CONTAINERS | {str, bytes, np.ndarray}
_PLAIN_KEYS = frozenset({str, int, float, bool})
_PARTS = 16  # of a key that is a tuple
_COLLISION = 2000  # steps
_PLAIN_BYTES = 32  # of a number


class Holdings:
    """Notes of each container whether it may still grow, how deep it is nested and what it weighs.

    The weight is what a container costs to be walked through, shared parts counted each time that they come:
    a tuple of twice the tuple before, thirty times over, has sixty parts and weighs a thousand million. What
    is held a second time is charged again, so that no value is larger, written out, than its file paid for.

    Parameters
    ----------
    budget
        What is charged.
    depth
        The deepest nesting that is admitted.
    """

    def __init__(self, budget: Budget, depth: int) -> None:
        self._budget = budget
        self._most = depth
        self._open: set[int] = set()  # ids of the containers that no other one holds yet: they may grow
        self._depth: dict[int, int] = {}  # id -> nesting, where it is more than one
        self._weight: dict[int, int] = {}  # id -> steps, where there are any
        self._keys: dict[int, tuple[Any, ...]] = {}  # hash -> the first key that has it

    def begin(self, container: Any) -> None:
        """Note a new container."""
        self._open.add(id(container))
        self.forget(container)

    def forget(self, container: Any) -> None:
        """Note that nothing is known of a container: its id may have been another's."""
        self._depth.pop(id(container), None)
        self._weight.pop(id(container), None)

    def growing(self, target: Any) -> bool:
        """Tell whether a container may still grow."""
        return id(target) in self._open

    def place(self, items: Sequence[Any], holder: Any, keys: int = 0) -> None:
        """Note that a container now holds items: those can't grow any more, and what they hold counts.

        Parameters
        ----------
        keys
            What the keys of the items weigh.
        """
        deepest = again = 0
        weight = len(items) + keys
        for item in items:
            kind = item.__class__
            if kind not in _SIZED:
                continue
            if kind not in CONTAINERS:
                size = (item.nbytes if kind is np.ndarray else len(item)) // UNIT
                weight += size
                again += size
                continue
            at = id(item)
            deepest = max(deepest, self._depth.get(at, 1))
            held = self._weight.get(at, 1)
            weight += held
            if at in self._open:
                self._open.discard(at)
            else:
                again += held
        self._budget.charged += again
        if deepest:
            if deepest >= self._most:
                raise FileFormatError(f"values nested deeper than {self._most}: refused")
            self._depth[id(holder)] = max(deepest + 1, self._depth.get(id(holder), 1))
        self._weight[id(holder)] = self._weight.get(id(holder), 1) + weight

    def check_keys(self, keys: list[Any]) -> int:
        """Admit as keys only what hashes in a bounded time and does not collide, and give what they weigh."""
        kinds = set(map(type, keys))
        weight = len(keys)
        if str in kinds:
            texts = keys if len(kinds) == 1 else [key for key in keys if key.__class__ is str]
            weight += sum(map(len, texts)) // UNIT
        if int in kinds:
            whole = keys if len(kinds) == 1 else [key for key in keys if key.__class__ is int]
            check_whole(whole)
        if not kinds <= _PLAIN_KEYS:
            for key in keys:
                if key.__class__ is tuple:
                    weight += self._check_tuple(key)
                elif key.__class__ not in _PLAIN_KEYS:
                    raise FileFormatError(f"a key of type {type(key).__name__} that is not plain")
        self._budget.charged += weight
        return weight

    def _check_tuple(self, key: tuple[Any, ...]) -> int:
        if len(key) > _PARTS or not all(part.__class__ in _PLAIN_KEYS for part in key):
            raise FileFormatError("a key of type tuple that is not plain")
        known = self._keys.setdefault(hash(key), key)
        if known is key:
            self._budget.charged += 4
        elif known != key:
            self._budget.charged += _COLLISION
        return len(key) + sum(len(part) for part in key if part.__class__ is str) // UNIT

    def weigh(self, roots: Iterable[Any]) -> None:
        """Refuse a file of whose values more memory is in use than it may take."""
        if _alive([*roots, list(self._keys.values())]) > self._budget.memory:
            raise FileFormatError(f"values of more than {self._budget.memory:,} bytes: refused")


def _alive(todo: list[Any]) -> int:
    """Compute the bytes of all that can be reached, each container counted once."""
    seen = set()
    total = 0
    while todo:
        value = todo.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        kind = value.__class__
        total += sys.getsizeof(value) + (value.nbytes if kind is np.ndarray else 0)
        parts: Any = ()
        if kind is dict:
            parts = [*value.keys(), *value.values()]
        elif kind is Record:
            parts = (value.arguments, value.state)
        elif kind in CONTAINERS:
            parts = value
        sized = [part for part in parts if part.__class__ in _SIZED]
        todo += sized
        total += _PLAIN_BYTES * (len(parts) - len(sized))
    return total


def extent(argument: Any) -> int:
    """Compute the steps that a call may take over an argument, which it copies or walks through."""
    if argument.__class__ in (str, bytes):
        return len(argument) // (UNIT // 4)
    return 2 * len(argument) if argument.__class__ in (list, tuple, dict, set) else 0
