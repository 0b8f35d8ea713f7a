"""The one place that answers: the numbers of a published record of an architecture, read from a table."""

from __future__ import annotations

import collections
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.compat.missing import Missing
from nasbench_sim.compat.published import SPLITS, TRAININGS, Layout
from nasbench_sim.compat.series import NAN, Row, Series
from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import space
from nasbench_sim.tables import Table, load_table

MEANS = "NASBENCH_SIM_COMPAT_MEANS"
"""The environment variable that, set to 1, has the mean answer where a run is drawn that no table has."""

_KEPT = 2048
"""Rows of architectures that are kept in memory (25 kB each where there are three long curves)."""


class Archive:
    """The records of a space, by the keys that the published files have; epochs are counted from 0.

    Parameters
    ----------
    layout
        How the records are laid out.
    table
        Where the numbers are; by default the richest table of the space.

    Examples
    --------
    >>> from nasbench_sim.compat.published import TOPOLOGY
    >>> archive = Archive(TOPOLOGY, load_table("nas-bench-201"))
    >>> archive.seeds(9, "cifar10-valid", "200")
    [777, 888, 999]
    >>> archive.mean(6111, "val_accuracy", "cifar10-valid", "200", 199)
    91.60666666666...
    """

    def __init__(self, layout: Layout, table: Table | None = None) -> None:
        self.layout = layout
        self.table = _richest(layout) if table is None else table
        self.strings: list[str] = self.table.space.string(self.table.space.all_indices()).tolist()
        self.missing = Missing(f"table {self.table.name!r}")
        self._means = os.environ.get(MEANS) == "1"
        self._series: dict[tuple[Any, ...], Series] = {}
        self._rows: dict[tuple[Any, ...], Row] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Travel without what was read."""
        return {**vars(self), "_series": {}, "_rows": {}}

    def _row(self, index: int, *what: Any) -> Row:
        key = (index, *what)
        row = self._rows.get(key)
        if row is None:
            series = self._series.get(what)
            if series is None:
                series = self._series[what] = Series(self.table, *what)
            if len(self._rows) >= _KEPT:
                self._rows.clear()
            row = self._rows[key] = series.row(index)
        return row

    def _of(self, index: int, metric: str, dataset: str, hp: str) -> Row:
        ours, trained_on = TRAININGS[dataset]
        return self._row(index, metric, ours, trained_on, self.layout.schedules[hp])

    # -- runs

    def seeds(self, index: int, dataset: str, hp: str) -> list[int]:
        """Return the training seeds of an architecture, as many as are published."""
        splits = SPLITS[dataset].values()
        for metric in (*(f"{split}_accuracy" for split in splits), "train_accuracy"):
            found = self._of(index, metric, dataset, hp).seeds
            if found is not None:
                return found
        if dataset == "cifar10" and hp == "200":
            return self.seeds(index, "cifar10-valid", hp)  # both were trained with the same seeds
        return list(self.layout.default_seeds(hp, dataset))

    def _run(
        self, index: int, metric: str, dataset: str, hp: str, seed: int, drawn: bool, lacking: list[str]
    ) -> list[float]:
        """Return the numbers of a run at all epochs, NaN where they are not known."""
        row = self._of(index, metric, dataset, hp)
        found = row.run(seed)
        if found is None and drawn and self._means:
            found = row.mean
        if found is not None:
            return found
        known = row.mean[-1] == row.mean[-1]
        lacking.append(f"{'the single runs of ' if known else ''}{_named(metric, dataset, hp)}")
        return [NAN] * len(row.mean)

    # -- numbers

    def measured(self, dataset: str, hp: str, name: str, epoch: int) -> bool:
        """Tell whether networks were measured on a set (``train``, ``x-valid``, ...) after an epoch."""
        return name == "train" or self.layout.measured(hp, dataset, name, epoch)

    def metrics(
        self,
        index: int,
        dataset: str,
        hp: str,
        name: str,
        epoch: int,
        seed: int | None = None,
        drawn: bool = False,
        lacking: list[str] | None = None,
    ) -> dict[str, Any]:
        """Return what a set of images showed of a network after an epoch.

        Parameters
        ----------
        name
            ``train``, or one of the sets that `measured` knows.
        seed
            A run; None for the mean over the runs.
        drawn
            Whether the run was drawn rather than asked for.
        lacking
            Takes the names of what the table lacks; by default a warning names them at once.

        Returns
        -------
        dict
            ``iepoch``, ``loss``, ``accuracy`` (%), ``cur_time`` and ``all_time`` (s): of this epoch, and of
            all up to it.
        """
        if lacking is None:
            lacking = []
            found = self.metrics(index, dataset, hp, name, epoch, seed, drawn, lacking)
            self.missing.say(lacking)
            return found
        prefix = "train" if name == "train" else SPLITS[dataset][name]
        found = {"iepoch": epoch}
        for key in ("loss", "accuracy"):
            metric, before = f"{prefix}_{key}", len(lacking)
            if seed is None:
                found[key] = self.mean(index, metric, dataset, hp, epoch)
            else:
                found[key] = self._run(index, metric, dataset, hp, seed, drawn, lacking)[epoch]
            if found[key] != found[key] and len(lacking) == before:
                lacking.append(_named(metric, dataset, hp))
        times = self.times(index, dataset, hp, name, lacking)
        found["cur_time"], found["all_time"] = times[epoch], sum(times[: epoch + 1])
        if seed is None:
            count = len(self.seeds(index, dataset, hp))
            for key in ("cur_time", "all_time"):
                found[key] = mean([found[key]] * count)
        return found

    def mean(self, index: int, metric: str, dataset: str, hp: str, epoch: int) -> float:
        """Return the mean over the runs, or the mean that the table serves where single runs are unknown."""
        row = self._of(index, metric, dataset, hp)
        runs = [row.run(seed) for seed in self.seeds(index, dataset, hp)]
        value = mean([NAN if run is None else run[epoch] for run in runs])
        return row.mean[epoch] if value != value else value

    def times(self, index: int, dataset: str, hp: str, name: str, lacking: list[str]) -> list[float]:
        """Return the seconds of each epoch: of training, or of one pass over a set; say what is lacking."""
        epochs = self.layout.schedules[hp]
        metric = "train_time" if name == "train" else f"{SPLITS[dataset][name]}_time"
        total = self._of(index, metric, dataset, hp).mean
        if total[-1] != total[-1]:
            lacking.append(_named(metric, dataset, hp))
        if name != "train":
            return [total[-1]] * epochs
        first = total[0] if total[0] == total[0] else total[-1] / epochs
        if not abs(first * epochs - total[-1]) > 1e-9 * abs(total[-1]):  # published as constant, or missing
            return [first] * epochs
        return [total[0], *np.diff(total).tolist()]

    def trial(self, index: int, dataset: str, hp: str, seed: int, part: str) -> dict[str, Any]:
        """Return a part of the published record of one training run, under its published names.

        Parameters
        ----------
        part
            ``facts`` (params and FLOPs in millions, latency in s), ``training`` and ``evaluation`` (accuracy
            and loss at every epoch), or ``times`` (s).
        """
        lacking: list[str] = []
        names = self.layout.sets(hp, dataset)
        found: dict[str, Any] = {}
        if part == "facts":
            found = self._facts(index, dataset, seed, lacking)
        elif part == "training":
            for key, what in (("train_acc1es", "accuracy"), ("train_losses", "loss")):
                run = self._run(index, f"train_{what}", dataset, hp, seed, False, lacking)
                found[key] = dict(enumerate(run))
        elif part == "evaluation":
            for key, what in (("eval_acc1es", "accuracy"), ("eval_losses", "loss")):
                found[key] = {}
                for name in names:
                    metric = f"{SPLITS[dataset][name]}_{what}"
                    run = self._run(index, metric, dataset, hp, seed, False, lacking)
                    found[key].update(
                        (f"{name}@{epoch}", value)
                        for epoch, value in enumerate(run)
                        if self.layout.measured(hp, dataset, name, epoch)
                    )
        else:
            seconds = self.times(index, dataset, hp, "train", lacking)
            found["train_times"] = collections.OrderedDict(enumerate(seconds))
            found["eval_times"] = {
                f"{name}@{epoch}": seconds
                for name in names
                for epoch, seconds in enumerate(self.times(index, dataset, hp, name, lacking))
            }
        self.missing.say(lacking)
        return found

    def _facts(self, index: int, dataset: str, seed: int, lacking: list[str]) -> dict[str, Any]:
        ours = TRAININGS[dataset][0]
        found: dict[str, Any] = {}
        for name, metric, exact in (
            ("params", "params_published", "params"),
            ("flop", "flops_published", "flops"),
        ):
            row = self._row(index, metric, ours)
            published = (row.run(seed) or row.mean)[0]
            found[name] = published if published == published else self._row(index, exact, ours).mean[0]
            if found[name] != found[name]:
                lacking.append(f"{exact} ({dataset})")
        latency = self._seconds(index, dataset, lacking)
        # The published ones are numpy's numbers too, which shows where they are printed in a dictionary.
        return {**found, "params": np.float64(found["params"]), "latency": [latency]}

    def latency(self, index: int, dataset: str, runs: int) -> float:
        """Return the latency of a batch of 256 (s): the mean over runs, which all have the same."""
        lacking: list[str] = []
        found = mean([self._seconds(index, dataset, lacking)] * runs)
        self.missing.say(lacking)
        return found

    def _seconds(self, index: int, dataset: str, lacking: list[str]) -> float:
        """Return the latency of a run, as a number of numpy's: so are the published ones."""
        seconds = self._row(index, "latency", TRAININGS[dataset][0], None, None, "gpu").mean[0] / 1e3
        if seconds != seconds:
            lacking.append(f"latency:gpu ({dataset})")
        return np.float64(seconds)

    # -- of all architectures

    def means(self, metric: str, dataset: str, hp: str) -> NDArray[np.float64]:
        """Return the mean of the runs after the last epoch, of all architectures."""
        ours, trained_on = TRAININGS[dataset]
        return self._all(metric, dataset=ours, trained_on=trained_on, schedule=self.layout.schedules[hp])

    def all_costs(self, dataset: str) -> dict[str, NDArray[np.float64]]:
        """Return ``flops`` and ``params`` (millions) of all architectures."""
        ours = TRAININGS[dataset][0]
        exact = {name: self._all(name, dataset=ours) for name in ("flops", "params")}
        return {
            name: np.where(np.isnan(values), self._all(f"{name}_published", dataset=ours), values)
            for name, values in exact.items()
        }

    def _all(self, metric: str, **question: Any) -> NDArray[np.float64]:
        try:
            return self.table.values(metric, **question)
        except RequestError:
            return np.full(self.table.space.size, np.nan)


def mean(values: Sequence[float]) -> float:
    """Return the mean as the published program computes it: the sum in order, divided.

    Examples
    --------
    >>> mean([1.0, 2.0])
    1.5
    """
    return sum(values) / len(values)


def _named(metric: str, dataset: str, hp: str) -> str:
    return f"{metric} ({dataset}, {int(hp)} epochs)"


def _richest(layout: Layout) -> Table:
    """Open the richest table of a space; one without columns where none is installed."""
    if layout.space == "nas-bench-201":
        return load_table()
    try:
        return load_table(layout.space)
    except RequestError:
        return Table(layout.space, space(layout.space), [])
