"""Values of any kind as plain JSON types, for people to read in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """Give a value as JSON types; whatever has no form of its own there as text.

    Arrays become lists, sets sorted lists, functions and classes their names.

    Examples
    --------
    >>> plain({"weights": np.arange(3), "kept": {2, 1}, "rule": max, (0, 1): np.float64(0.5)})
    {'weights': [0, 1, 2], 'kept': [1, 2], 'rule': 'builtins.max', '(0, 1)': 0.5}
    """
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else str(key): plain(own) for key, own in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(own) for own in value]
    if isinstance(value, Set):
        return sorted(map(plain, value), key=json.dumps)
    if hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    return repr(value)
