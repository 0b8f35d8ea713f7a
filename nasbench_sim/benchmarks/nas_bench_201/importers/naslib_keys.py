"""NASLib's op tuples written as text, by which several files name architectures."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.nas_bench_201.space import NasBench201
from nasbench_sim.errors import ArchitectureError, FileFormatError

_TUPLE = re.compile(r"\((\d), (\d), (\d), (\d), (\d), (\d)\)")


def naslib_index(of: NasBench201, path: Path, texts: list[str]) -> NDArray[np.int64]:
    """Give the official indices of NASLib op tuples written as text."""
    found = [_TUPLE.fullmatch(text) for text in texts]
    if not found or None in found:
        wrong = texts[found.index(None)] if texts else ""
        raise FileFormatError(f"{path}: {wrong[:60]!r} is not a NASLib op tuple such as '(4, 0, 3, 1, 4, 3)'")
    ops = np.array([match.groups() for match in found if match], dtype=np.int64)
    try:
        return np.asarray(of.from_naslib(ops))
    except ArchitectureError as error:
        raise FileFormatError(f"{path}: {error}") from error
