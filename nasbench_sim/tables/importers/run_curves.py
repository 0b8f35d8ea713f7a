"""The curves of training runs while they are collected: their numbers on disk, where each lies in memory."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.tables.rows import Run
from nasbench_sim.tables.scratch import Scratch

_START, _LENGTH = 10, 11  # bits: a schedule has at most 1000 epochs


class Runs:
    """The curves of one series: for each training seed and architecture where its numbers lie.

    Parameters
    ----------
    scratch
        Where the numbers are put.
    """

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        # Seed -> architecture -> place, start and length in one integer: a million of them fit into memory.
        self._places: dict[int, dict[int, int]] = {}

    def add(self, index: int, seed: int, start: int, values: NDArray[np.float64]) -> None:
        """Take the run of an architecture: the 0-based epoch of its first value, and the values."""
        place = self._scratch.append(values.astype("<f8", copy=False).tobytes()) // 8
        self._places.setdefault(seed, {})[index] = (place << _START | start) << _LENGTH | len(values)

    @property
    def seeds(self) -> tuple[int, ...]:
        """The training seeds, in order."""
        return tuple(sorted(self._places))

    @functools.cached_property
    def architectures(self) -> list[int]:
        """The official indices that have a run; what is added later does not count."""
        return sorted(set().union(*self._places.values()))

    @property
    def epochs(self) -> tuple[int, int]:
        """The 0-based epoch of the first value that any run has, and the one after the last."""
        shapes = [_shape(packed) for of in self._places.values() for packed in of.values()]
        return min(start for start, _ in shapes), max(start + length for start, length in shapes)

    def of(self, index: int) -> dict[int, tuple[int, NDArray[np.float64]]]:
        """Give the runs of an architecture: seed -> (its first epoch, values), the seed that came first."""
        found = {}
        for seed, of in self._places.items():
            if index in of:
                start, length = _shape(of[index])
                raw = self._scratch.read(8 * (of[index] >> _START + _LENGTH), 8 * length)
                found[seed] = (start, np.frombuffer(raw, dtype="<f8"))
        return found

    def placed(self, seeds: tuple[int, ...]) -> Mapping[int, list[Run]]:
        """Give the runs as `Rows` reads them; without seeds, one run of each architecture."""
        return _Placed(self, seeds)


class _Placed(Mapping[int, list[Run]]):
    def __init__(self, runs: Runs, seeds: tuple[int, ...]) -> None:
        self._runs = runs
        self._seeds = seeds
        self._first = runs.epochs[0]
        self._known = frozenset(runs.architectures)

    def __getitem__(self, index: int) -> list[Run]:
        if index not in self._known:
            raise KeyError(index)
        runs = self._runs.of(index)
        if not self._seeds:
            start, values = next(iter(runs.values()))
            return [Run(None, start - self._first, values)]
        return [
            Run(self._seeds.index(seed), start - self._first, values)
            for seed, (start, values) in runs.items()
        ]

    def __contains__(self, index: object) -> bool:
        return index in self._known

    def __iter__(self) -> Iterator[int]:
        return iter(self._runs.architectures)

    def __len__(self) -> int:
        return len(self._known)


def _shape(packed: int) -> tuple[int, int]:
    """Give the start and the length of what was packed."""
    return packed >> _LENGTH & (1 << _START) - 1, packed & (1 << _LENGTH) - 1
