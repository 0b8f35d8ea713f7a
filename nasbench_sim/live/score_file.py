"""Zero-cost proxies of a live search: computed when they are asked for, and kept beside the runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import FileFormatError
from nasbench_sim.live import devices
from nasbench_sim.live.journal import Journal
from nasbench_sim.live.proxies.registry import find_proxy
from nasbench_sim.live.proxies.scoring import proxy_frame
from nasbench_sim.live.run_file import RunFile

_BATCH = 64
"""Images that a proxy is given, as published."""


class ScoreFile:
    """Scores of untrained networks, of the size and on the images that a file of runs is of.

    They are kept, with the seconds that they took, in a file beside it, so that a search that was killed
    finds both again.

    Parameters
    ----------
    runs
        Says what the networks are.
    processes, device
        As in `nasbench_sim.live.train_missing`.

    Examples
    --------
    >>> import tempfile
    >>> import nasbench_sim as nbs
    >>> from nasbench_sim import live
    >>> tiny = live.Recipe(epochs=1, channels=4, cells=1)
    >>> runs = live.RunFile(tempfile.mkdtemp() + "/runs.jsonl", nbs.space(), tiny, live.digits())
    >>> scores = ScoreFile(runs)
    >>> low, high = scores.values("synflow", 777, [1651, 1462])
    >>> bool(low < high)
    True
    """

    def __init__(self, runs: RunFile, *, processes: int = 1, device: str | None = None) -> None:
        self.runs = runs
        self.processes = processes
        self.device = device
        self._known: dict[tuple[str, int, int], tuple[float, float]] = {}
        self._journal: Journal | None = None

    def values(self, name: str, seed: int, architectures: Iterable[int]) -> NDArray[np.float64]:
        """Give the values of a proxy for official indices; NaN where it has none.

        Raises
        ------
        RequestError
            For an unknown proxy.
        """
        return self._found(name, seed, architectures)[:, 0]

    def seconds(self, name: str, seed: int, architectures: Iterable[int]) -> NDArray[np.float64]:
        """Give the seconds that each value took."""
        return self._found(name, seed, architectures)[:, 1]

    def _found(self, name: str, seed: int, architectures: Iterable[int]) -> NDArray[np.float64]:
        find_proxy(name)
        if self._journal is None:
            self._journal = self._opened()
        asked = list(architectures)
        missing = [one for one in dict.fromkeys(asked) if (name, seed, one) not in self._known]
        for architecture, (value, seconds) in zip(missing, self._scored(name, seed, missing), strict=True):
            self._journal.append(
                {
                    "proxy": name,
                    "seed": seed,
                    "architecture": architecture,
                    "value": None if np.isnan(value) else value,
                    "seconds": seconds,
                }
            )
            self._known[name, seed, architecture] = value, seconds
        return np.array([self._known[name, seed, one] for one in asked]).reshape(-1, 2)

    def _scored(self, name: str, seed: int, architectures: list[int]) -> Iterable[tuple[float, float]]:
        """Compute value and seconds of each, in their order."""
        from joblib import Parallel, delayed

        images, recipe = self.runs.images, self.runs.recipe
        first = dataclasses.replace(images, train=(images.train[0][:_BATCH], images.train[1][:_BATCH]))
        jobs = (
            delayed(_score)(
                name,
                architecture,
                first,
                batch=len(first.train[0]),
                seed=seed,
                channels=recipe.channels,
                cells=recipe.cells,
                within=self.runs.space,
                device=str(devices.device(self.device)),
            )
            for architecture in architectures
        )
        workers = min(self.processes, len(architectures)) or 1
        scored: Iterable[tuple[float, float]] = Parallel(n_jobs=workers, return_as="generator")(jobs)
        return scored

    def _opened(self) -> Journal:
        path = self.runs.path.with_name(f"{self.runs.path.name}.scores")
        recipe = self.runs.recipe
        size = {"channels": recipe.channels, "cells": recipe.cells}
        identity = {"space": self.runs.space.name, "size": size, "images": self.runs.images.describe()}
        journal = Journal(path, "scores", identity)
        try:
            for entry in journal.entries:
                value = np.nan if entry["value"] is None else float(entry["value"])
                key = (str(entry["proxy"]), int(entry["seed"]), int(entry["architecture"]))
                self._known[key] = value, float(entry["seconds"])
        except (ValueError, KeyError, TypeError) as error:
            raise FileFormatError(f"{path} is not a file of scores: {error!r}") from error
        return journal


def _score(name: str, architecture: int, *given: Any, **options: Any) -> tuple[float, float]:
    row = proxy_frame([name], architecture, *given, **options).iloc[0]
    return float(row["value"]), float(row["seconds"])
