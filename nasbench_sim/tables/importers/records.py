"""The training records of NAS-Bench-201 and NATS-Bench, from published dictionaries to columns.

A record of one architecture and schedule is a dictionary with ``arch_index``, ``arch_str`` and
``all_results``: {(data set, seed): trial}. Of the published data sets, ``cifar10-valid`` (trained on 25,000
images) and ``cifar10`` (trained on 50,000) are one data set with two values of ``trained_on``.
"""

from __future__ import annotations

import collections
import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import ArchitectureError, FileFormatError, shown
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.grid import images, on_grid
from nasbench_sim.tables.importers.run_curves import Runs
from nasbench_sim.tables.merge import Entry
from nasbench_sim.tables.rows import Rows
from nasbench_sim.tables.scratch import Scratch
from nasbench_sim.tables.sparse import Sparse

_TRAINING = {
    "cifar10-valid": ("cifar10", "train"),
    "cifar10": ("cifar10", "train+val"),
    "cifar100": ("cifar100", "train"),
    "ImageNet16-120": ("ImageNet16-120", "train"),
}
_VALTEST = "published key ori-test: the validation and test images together, never a test accuracy"
_MOST = 16
"""Different training seeds, and schedules, of one source; the published ones have four and three."""
_FOLDED = "published pseudo-time: constant over epochs and runs"


class Series(NamedTuple):
    """What distinguishes one column of training results."""

    metric: str
    dataset: str
    trained_on: str
    schedule: int
    published: str
    """The key that the source has for it."""


class Records:
    """Collects records, each read once and let go, and gives their columns.

    Parameters
    ----------
    space
        The space of the architectures.
    source, licence
        For the columns.
    by_index
        Whether the records' integers are official indices, which their strings have to confirm.
    """

    def __init__(self, space: SearchSpace, source: str, licence: str, by_index: bool = True) -> None:
        self.space = space
        self.source = source
        self.licence = licence
        self.by_index = by_index
        self._seeds: set[int] = set()
        self._schedules: set[int] = set()
        scratch = Scratch()
        self._runs: dict[Series, Runs] = collections.defaultdict(lambda: Runs(scratch))
        # Of what has no schedule, the runs of the longest one: (its epochs, seed -> value).
        self._facts: dict[tuple[str, str], dict[int, tuple[int, dict[int, float]]]] = collections.defaultdict(
            dict
        )

    def add(self, record: dict[Any, Any], expected: int | None = None) -> None:
        """Take the record of one architecture and schedule.

        Parameters
        ----------
        expected
            The official index that the place of the record says, where it says one.

        Raises
        ------
        FileFormatError
            For a record without the published layout, or whose string is another architecture.
        """
        try:
            if type(record["arch_str"]) is not str:
                raise TypeError(f"its architecture is {shown(record['arch_str'])}, not a string")
            index = self.space.official(record["arch_str"])
            told = record["arch_index"] if self.by_index else index
            if type(told) is not int:
                raise TypeError(f"its index is {shown(told)}")
            trials = dict(record["all_results"])
        except (ArchitectureError, KeyError, TypeError) as error:
            raise FileFormatError(f"a record without the published layout: {error}") from error
        if told != index or expected not in (None, index):
            raise FileFormatError(
                f"the record of architecture {told if expected is None else expected} holds architecture "
                f"{index}: files were swapped or renamed"
            )
        for key, trial in trials.items():
            if not isinstance(key, tuple) or len(key) != 2 or key[0] not in _TRAINING:
                raise FileFormatError(f"architecture {index}: results of an unknown data set")
            try:
                self._trial(index, str(key[0]), int(key[1]), trial)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise FileFormatError(
                    f"architecture {index}, {key[0]}, seed {key[1]}: a trial without the published layout: "
                    f"{error}"
                ) from error

    def _trial(self, index: int, published: str, seed: int, trial: dict[str, Any]) -> None:
        dataset, trained_on = _TRAINING[published]
        schedule = int(trial["epochs"])
        if not 1 <= schedule <= 1000:
            raise FileFormatError(f"architecture {index}: a schedule of {schedule} epochs")
        self._seeds.add(seed)
        self._schedules.add(schedule)
        if max(len(self._seeds), len(self._schedules)) > _MOST:  # each takes room for all architectures
            raise FileFormatError(f"more than {_MOST} training seeds or schedules: refused")

        def put(metric: str, key: str, values: dict[int, float]) -> None:
            series = Series(metric, dataset, trained_on, schedule, f"{published}: {key}")
            begin, curve = _consecutive(values, schedule, index)
            counted = images(self.space.benchmark, dataset, metric, trained_on)
            self._runs[series].add(index, seed, begin, on_grid(curve, counted))

        put("train_accuracy", "train_acc1es", trial["train_acc1es"])
        put("train_loss", "train_losses", trial["train_losses"])
        if trial.get("train_times"):
            steps = trial["train_times"]
            total = np.cumsum([steps[epoch] for epoch in sorted(steps)])
            put("train_time", "train_times", dict(zip(sorted(steps), total.tolist(), strict=True)))
        times, losses = trial.get("eval_times") or {}, _by_split(trial["eval_losses"])
        for split, epochs in _by_split(trial["eval_acc1es"]).items():
            name = _split(split, dataset)
            put(f"{name}_accuracy", f"eval_acc1es {split}", epochs)
            put(f"{name}_loss", f"eval_losses {split}", losses[split])
            seconds = times.get(f"{split}@{max(epochs)}")
            if seconds is not None:
                what = f"{dataset} {trained_on} {schedule}"
                self._fact(f"{name}_time", what, index, schedule, seed, seconds)
        if trained_on == "train":
            if trial.get("latency"):
                self._fact("latency", dataset, index, schedule, seed, 1e3 * float(trial["latency"][0]))
            self._fact("params_published", dataset, index, schedule, seed, float(trial["params"]))
            self._fact("flops_published", dataset, index, schedule, seed, float(trial["flop"]))

    def _fact(self, metric: str, what: str, index: int, schedule: int, seed: int, value: float) -> None:
        of = self._facts[metric, what]
        if schedule > of.get(index, (0, {}))[0]:
            of[index] = (schedule, {})
        if schedule == of[index][0]:
            of[index][1].setdefault(seed, float(value))

    # -- columns

    def entries(self) -> list[Entry]:
        """Give the columns of all records so far, with their sparse numbers."""
        if not self._runs:
            raise FileFormatError("no record of any architecture")
        return [self._curves(series) for series in self._runs] + [self._fixed(key) for key in self._facts]

    def _curves(self, series: Series) -> Entry:
        """Give one curve a run, over the epochs at which any run has a value."""
        runs = self._runs[series]
        alike = series.metric == "train_time" and all(map(_same, map(runs.of, runs.architectures)))
        seeds = () if alike else runs.seeds
        first, last = runs.epochs
        notes = [_VALTEST] * series.metric.startswith("valtest") + [_FOLDED] * alike
        column = Column(
            metric=series.metric,
            dataset=series.dataset,
            trained_on=series.trained_on,
            schedule=series.schedule,
            epochs=tuple(range(first + 1, last + 1)),
            seeds=seeds,
            unit=_UNIT.get(series.metric, ""),
            better="min" if series.metric.endswith("loss") else "max",
            source=f"{self.source}, {series.published}",
            licence=self.licence,
            note="; ".join(notes),
            coverage=len(runs.architectures),
        )
        shape = (self.space.size, *([len(seeds)] if seeds else []), last - first)
        return column, Rows(shape, runs.placed(seeds))

    def _fixed(self, key: tuple[str, str]) -> Entry:
        """Give what has one number a run: equal in all runs of every architecture, else one column a run."""
        metric, what = key
        of = {index: runs for index, (_, runs) in self._facts[key].items()}
        dataset, *training = what.split(" ")
        alike = all(len(set(runs.values())) == 1 for runs in of.values())
        seeds = () if alike else tuple(sorted({seed for runs in of.values() for seed in runs}))
        index = sorted(of)
        numbers = np.full((len(index), max(1, len(seeds))), np.nan)
        for place, runs in enumerate(map(of.__getitem__, index)):
            for seed, value in runs.items():
                numbers[place, seeds.index(seed) if seeds else 0] = value
        published = {"latency": "latency", "params_published": "params", "flops_published": "flop"}
        column = Column(
            metric=metric,
            dataset=dataset,
            trained_on=training[0] if training else None,
            schedule=int(training[1]) if training else None,
            seeds=seeds,
            device="gpu" if metric == "latency" else None,
            unit=_UNIT.get(metric, ""),
            better="min",
            source=f"{self.source}, {published.get(metric, 'eval_times')}",
            licence=self.licence,
            note=_NOTES.get(metric, "seconds of one pass over the images" if training else ""),
            coverage=len(of),
        )
        values = numbers if seeds else numbers[:, 0]
        return column, Sparse(self.space.size, np.array(index, dtype=np.int64), values)


_UNIT = {
    "valtest_accuracy": "%",
    "valtest_loss": "nats",
    "valtest_time": "s",
    "params_published": "M",
    "flops_published": "M",
}
_NOTES = {
    "latency": "one GPU of the authors, batch 256",
    "params_published": "differs from the exact params, and between the runs, for some architectures",
}


def _split(published: str, dataset: str) -> str:
    if published == "x-valid":
        return "val"
    if published == "x-test" or (published == "ori-test" and dataset == "cifar10"):
        return "test"
    if published == "ori-test":
        return "valtest"
    raise FileFormatError(f"results on an unknown part of {dataset}: {published[:40]!r}")


def _by_split(values: dict[str, float]) -> dict[str, dict[int, float]]:
    """Sort ``{'x-valid@11': value}`` by the part of the data set and the epoch."""
    found: dict[str, dict[int, float]] = collections.defaultdict(dict)
    for key, value in values.items():
        split, _, epoch = key.partition("@")
        found[split][int(epoch)] = value
    return found


def _consecutive(values: dict[int, float], schedule: int, index: int) -> tuple[int, NDArray[np.float64]]:
    """Give the 0-based epoch of the first value, and the values of the epochs from there on."""
    epochs = sorted(values)
    if not epochs or epochs != list(range(epochs[0], epochs[0] + len(epochs))):
        raise FileFormatError(f"architecture {index}: a curve without epochs, or with gaps")
    if epochs[0] < 0 or epochs[-1] >= schedule:
        raise FileFormatError(f"architecture {index}: epoch {epochs[-1] + 1} of a {schedule}-epoch schedule")
    numbers = np.array([values[epoch] for epoch in epochs], dtype=np.float64)
    if np.isinf(numbers).any():
        raise FileFormatError(f"architecture {index}: an infinite value")
    return epochs[0], numbers


def _same(runs: dict[int, tuple[int, NDArray[np.float64]]]) -> bool:
    (begin, curve), *others = runs.values()
    return all(
        start == begin and len(values) == len(curve) and math.isclose(values[-1], curve[-1], rel_tol=1e-9)
        for start, values in others
    )
