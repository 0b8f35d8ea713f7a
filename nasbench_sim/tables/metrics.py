"""What is known of a metric by its name: unit, better direction, split and kind."""

from __future__ import annotations

import dataclasses
from typing import Literal

from nasbench_sim.errors import RequestError
from nasbench_sim.registry import Registry

Better = Literal["max", "min"]
Split = Literal["train", "val", "test"]
Kind = Literal["accuracy", "loss", "time", "hardware", "size", "proxy", "other"]


@dataclasses.dataclass(frozen=True)
class Metric:
    """A quantity that tables measure.

    Parameters
    ----------
    name
        As in columns and questions.
    unit
        ``%``, ``nats``, ``s``, ``ms``, ``mJ``, ``M`` (millions) or another; empty where it has none.
    better
        Which end is the good one.
    split
        The part of the data set that it is measured on; None where there is none.
    kind
        What it is a measure of. The unit of a ``proxy`` is the usual one, which a column may say otherwise;
        those of all others are fixed.

    Examples
    --------
    >>> Metric("val_error", "%", "min", split="val", kind="accuracy").better
    'min'
    """

    name: str
    unit: str
    better: Better
    split: Split | None = None
    kind: Kind = "other"

    def __post_init__(self) -> None:
        """Check the fields."""
        if not isinstance(self.name, str) or not self.name or ":" in self.name:
            raise RequestError(f"a metric's name is not empty and has no ':', not {self.name!r}")
        if self.better not in ("max", "min"):
            raise RequestError(f"{self.name}: better is 'max' or 'min', not {self.better!r}")
        if self.split not in (None, "train", "val", "test"):
            raise RequestError(f"{self.name}: a split is 'train', 'val', 'test' or None, not {self.split!r}")


_SPLITS: tuple[Split, ...] = ("train", "val", "test")
_QUANTITIES: tuple[tuple[str, str, Better, Kind], ...] = (
    ("accuracy", "%", "max", "accuracy"),
    ("loss", "nats", "min", "loss"),
    ("time", "s", "min", "time"),
    ("perplexity", "", "min", "loss"),
    ("recall", "%", "max", "accuracy"),  # of characters that repeat, by a language model
    ("map", "%", "max", "accuracy"),  # mean average precision over classes
)
_TRAINED = [
    Metric(f"{split}_{quantity}", unit, better, split, kind)
    for quantity, unit, better, kind in _QUANTITIES
    for split in _SPLITS
]
_OF_ARCHITECTURES = [
    Metric("latency", "ms", "min", kind="hardware"),
    Metric("energy", "mJ", "min", kind="hardware"),
    Metric("params", "M", "min", kind="size"),
    Metric("flops", "M", "min", kind="size"),
    Metric("model_bytes", "B", "min", kind="size"),
    Metric("model_weights", "", "min", kind="size"),
    Metric("cache_bytes", "B", "min", kind="size"),  # keys, values and states kept for a sequence
]
_OF_SINGLE_SOURCES = [
    Metric("valtest_accuracy", "%", "max", kind="accuracy"),  # of validation and test images together
    Metric("valtest_loss", "nats", "min", kind="loss"),
    Metric("test_accuracy_reconstructed", "%", "max", "test", "accuracy"),
]
_PROXIES = (
    *("epe_nas", "epsilon", "fisher", "grad_norm", "grasp", "jacob_cov", "jacov", "l2_norm", "logsynflow"),
    *(
        "meco",
        "naswot",
        "nwot",
        "plain",
        "snip",
        "synflow",
        "synflow_freerea",
        "te_nas_regions",
        "zen",
        "zico",
    ),
)
_SMALLER = ("te_nas_condition",)
_SCORES = [Metric(name, "", "max", kind="proxy") for name in _PROXIES]
_SCORES += [Metric(name, "", "min", kind="proxy") for name in _SMALLER]

metrics: Registry[Metric] = Registry(
    "metrics",
    {metric.name: metric for metric in (*_TRAINED, *_OF_ARCHITECTURES, *_OF_SINGLE_SOURCES, *_SCORES)},
)
"""The metrics by name; `register` adds one, and installed packages do as entry points of
``nasbench_sim.metrics``, each a `Metric`."""


def known_metric(name: str) -> Metric | None:
    """Return what is known of a metric, None for a name that nobody has declared.

    Examples
    --------
    >>> known_metric("val_loss")
    Metric(name='val_loss', unit='nats', better='min', split='val', kind='loss')
    >>> known_metric("perplexity") is None
    True
    """
    return metrics.get(name) if name in metrics else None
