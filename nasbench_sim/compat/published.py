"""What the published packages call the parts of their records, and where each lies in our tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
"""The operations of the topology space, in the order in which its matrices number them."""

TRAININGS: dict[str, tuple[str, str]] = {
    "cifar10-valid": ("cifar10", "train"),
    "cifar10": ("cifar10", "train+val"),
    "cifar100": ("cifar100", "train"),
    "ImageNet16-120": ("ImageNet16-120", "train"),
}
"""Published key -> our data set and what the networks were trained on."""

SPLITS: dict[str, dict[str, str]] = {
    "cifar10-valid": {"x-valid": "val", "ori-test": "test"},
    "cifar10": {"ori-test": "test"},
    "cifar100": {"x-valid": "val", "x-test": "test", "ori-test": "valtest"},
    "ImageNet16-120": {"x-valid": "val", "x-test": "test", "ori-test": "valtest"},
}
"""Published key -> its published sets, and how our metrics of them begin."""

CLASSES = {"cifar10-valid": 10, "cifar10": 10, "cifar100": 100, "ImageNet16-120": 120}
_REMAPPED = {
    ("cifar10", "valid"): ("cifar10-valid", "x-valid"),
    ("cifar10", "test"): ("cifar10", "ori-test"),
    ("cifar10", "train"): ("cifar10", "train"),
    ("cifar100", "valid"): ("cifar100", "x-valid"),
    ("cifar100", "test"): ("cifar100", "x-test"),
    ("ImageNet16-120", "valid"): ("ImageNet16-120", "x-valid"),
    ("ImageNet16-120", "test"): ("ImageNet16-120", "x-test"),
}
_CELL_OF_SIZES = (
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|"
)


@dataclasses.dataclass(frozen=True)
class Layout:
    """How the records of a space are laid out.

    Attributes
    ----------
    space
        Name of the space here.
    schedules
        Published key of a schedule -> its epochs, in the order of the records.
    seeds
        Schedule -> published data set -> the training seeds of an architecture of which no more is known;
        the key ``""`` stands for all other data sets.
    last_only
        Schedule -> published data set -> the sets that were measured after the last epoch only.
    reordered
        The schedules whose records name ori-test first.
    """

    space: str
    schedules: Mapping[str, int]
    seeds: Mapping[str, Mapping[str, tuple[int, ...]]]
    last_only: Mapping[str, Mapping[str, tuple[str, ...]]]
    reordered: tuple[str, ...] = ()

    def default_seeds(self, hp: str, dataset: str) -> tuple[int, ...]:
        """Return the training seeds of an architecture of which no run is known."""
        return self.seeds[hp].get(dataset, self.seeds[hp][""])

    def sets(self, hp: str, dataset: str) -> tuple[str, ...]:
        """Return the sets that a network was measured on, in the order of the records."""
        names = tuple(SPLITS[dataset])
        return (names[-1], *names[:-1]) if hp in self.reordered and len(names) == 3 else names

    def measured(self, hp: str, dataset: str, name: str, epoch: int) -> bool:
        """Tell whether a network was measured on a set after an epoch, counted from 0."""
        return epoch == self.schedules[hp] - 1 or name not in self.last_only.get(hp, {}).get(dataset, ())

    def config(self, arch: str, dataset: str) -> dict[str, object]:
        """Return the configuration that a record has of its network."""
        if self.space == "nats-bench-size":
            return {
                "name": "infer.shape.tiny",
                "channels": arch,
                "arch_str": arch,
                "genotype": _CELL_OF_SIZES,
                "class_num": CLASSES[dataset],
            }
        return {"channel": 16, "num_cells": 5, "arch_str": arch, "class_num": CLASSES[dataset]}


TOPOLOGY = Layout(
    space="nas-bench-201",
    schedules={"12": 12, "200": 200},
    seeds={"12": {"cifar10-valid": (111, 777), "": (111,)}, "200": {"": (777, 888, 999)}},
    last_only={
        "200": {
            "cifar10-valid": ("ori-test",),
            "cifar100": ("x-valid", "x-test"),
            "ImageNet16-120": ("x-valid", "x-test"),
        }
    },
    reordered=("200",),
)
"""NATS-Bench's topology space, NAS-Bench-201."""

SIZE = Layout(
    space="nats-bench-size",
    schedules={"01": 1, "12": 12, "90": 90},
    seeds={"01": {"": (777,)}, "12": {"": (777, 888, 999)}, "90": {"": (777,)}},
    last_only={},
)
"""NATS-Bench's size space."""


def remap_dataset_set_names(dataset: str, metric_on_set: str, verbose: bool = False) -> tuple[str, str]:
    """Return the published names of a data set and of a set of its images.

    Examples
    --------
    >>> remap_dataset_set_names("cifar10", "valid")
    ('cifar10-valid', 'x-valid')
    """
    if verbose:
        print(
            f"Call internal function _remap_dataset_set_names with dataset={dataset} and "
            f"metric_on_set={metric_on_set}"
        )
    dataset, metric_on_set = _REMAPPED.get((dataset, metric_on_set), (dataset, metric_on_set))
    if verbose:
        print(f"  return dataset={dataset} and metric_on_set={metric_on_set}")
    return dataset, metric_on_set
