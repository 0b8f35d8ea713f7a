"""What is special of a benchmark: the one place where general rooms look it up."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from nasbench_sim.registry import imported

_PAPERS = {"cifar10": "train+val"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Benchmark:
    """The declaration of a benchmark; a space without one has this class's defaults.

    Parts that need other rooms are named as ``"module:attribute"`` and imported when they are used.

    Parameters
    ----------
    title
        What it is called in texts.
    citation
        Where it was published.
    datasets
        Of its tables, in the order in which commands take them.
    tables
        Names of its tables, the richest first: without a name the first that exists is loaded, and what is
        installed is merged into the first. One that is called like the space otherwise.
    sources
        Of ``nasbench-sim data install``: name -> the metrics and devices that it brings.
    imports
        Published files that are imported only: name of the file -> the metrics and devices that it brings.
    report
        The metric that searches report by convention, where a table has it.
    test_training
        Data set -> what the networks of a test metric were trained on by convention, "train" elsewhere;
        as papers report it by default: train+val for cifar10.
    images
        Data set -> part of it -> how many images an accuracy counts (`nasbench_sim.tables.grid`). The parts
        are the splits of the metrics; of training what was trained on, ``train`` or ``train+val``.
    networks
        A function of space, ops (a list), and by name of classes, colors, channels and cells, that returns
        the PyTorch module of an architecture.
    drawing
        A function of space and ops (a list) that returns its `nasbench_sim.spaces.drawing.Drawing`.
    invariants
        A function of a table that yields what was checked, `nasbench_sim.tables.invariants.Finding`.
    derived
        A function of a merged table that returns columns which follow from it: pairs of column and numbers.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> declared = nbs.space("nas-bench-201").benchmark
    >>> declared.title, declared.datasets
    ('NAS-Bench-201', ('cifar10', 'cifar100', 'ImageNet16-120'))
    >>> nbs.SearchSpace("tiny", ["ab", "cd"]).benchmark.datasets
    ()
    """

    title: str = ""
    citation: str = ""
    datasets: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    sources: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    imports: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    report: str = "test_accuracy"
    test_training: Mapping[str, str] = dataclasses.field(default_factory=lambda: dict(_PAPERS))
    images: Mapping[str, Mapping[str, int]] = dataclasses.field(default_factory=dict)
    networks: str | None = None
    drawing: str | None = None
    invariants: str | None = None
    derived: str | None = None

    def part(self, name: str) -> Any:
        """Import one of the parts; None where the benchmark has none of it."""
        reference = getattr(self, name)
        return None if reference is None else imported(reference)

    def usual_training(self, split: str | None, dataset: str | None) -> str | None:
        """Tell what networks are trained on by convention where a metric of this split is reported.

        Examples
        --------
        >>> import nasbench_sim as nbs
        >>> nbs.space("nas-bench-201").benchmark.usual_training("test", "cifar10")
        'train+val'
        """
        if split == "test":
            return self.test_training.get(dataset or "", "train")
        return "train" if split == "val" else None
