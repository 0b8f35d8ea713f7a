"""How long a network takes on this machine, and what operators measured one by one say of it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from nasbench_sim.benchmarks.nas_bench_201.operations import Reduction, operation
from nasbench_sim.benchmarks.nas_bench_201.space import OPERATIONS
from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.live import devices
from nasbench_sim.live.networks import network
from nasbench_sim.live.onnx_runtime import check_installed, exported
from nasbench_sim.spaces import SearchSpace, space

Backend = Literal["eager", "compile", "onnx"]
_BACKENDS = get_args(Backend)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stopwatch:
    """How latencies are measured: a median of repeats after a warm-up, in milliseconds.

    On a processor it is the time that one thread computes: other programs on the machine slow it down
    through shared caches and clocks, but the time that they run does not count. On a GPU it is wall time.

    Parameters
    ----------
    backend
        ``"eager"``, ``"compile"``: `torch.compile` (minutes a network), or ``"onnx"``: ONNX Runtime on a
        processor (extra ``[onnx]``).
    batch, side, colors, classes
        Shape of the input, and width of the classifier.
    channels, cells
        Of the network: see `nasbench_sim.live.network`.
    warmup, repeats
        Numbers of forward passes.
    device
        A PyTorch device.

    Examples
    --------
    >>> watch = Stopwatch(channels=4, cells=1, side=8, warmup=1, repeats=3)
    >>> watch.frame([0, 1462]).columns.tolist()
    ['index', 'latency', 'q25', 'q75', 'fastest']
    """

    backend: Backend = "eager"
    batch: int = 1
    side: int = 32
    colors: int = 3
    classes: int = 10
    channels: int = 16
    cells: int = 5
    warmup: int = 3
    repeats: int = 15
    device: str = "cpu"

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.backend not in _BACKENDS:
            raise unknown("backend", self.backend, _BACKENDS)
        if self.backend == "onnx":
            check_installed()
            if self.device != "cpu":
                raise RequestError(f"the backend 'onnx' runs on the processor, not on {self.device}")
        for name in ("batch", "side", "channels", "cells", "repeats"):
            value = getattr(self, name)
            if not hasattr(value, "__index__") or value < 1:
                raise RequestError(f"{name} is a whole number of 1 or more, not {value!r}")
        devices.device(self.device)

    def frame(self, architectures: Any, within: str | SearchSpace = "nas-bench-201") -> pd.DataFrame:
        """Measure architectures.

        Parameters
        ----------
        architectures
            Official index, architecture string, or a list of either.
        within
            The search space: see `nasbench_sim.live.network`.

        Returns
        -------
        DataFrame
            ``index``, ``latency`` (median, ms), ``q25``, ``q75`` and ``fastest`` of the repeats: the fastest
            suffers least from other programs.
        """
        searched = space(within) if isinstance(within, str) else within
        rows = []
        for index in np.atleast_1d(searched.official(architectures)).tolist():
            model = network(
                index,
                classes=self.classes,
                channels=self.channels,
                cells=self.cells,
                colors=self.colors,
                within=searched,
            )
            shape = (self.batch, self.colors, self.side, self.side)
            rows.append((index, *np.percentile(self.times(model, shape), [50, 25, 75, 0])))
        return pd.DataFrame(rows, columns=["index", "latency", "q25", "q75", "fastest"])

    def times(self, model: nn.Module, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Give the milliseconds of each repeat of a forward pass, on one thread."""
        placed: nn.Module = model.eval().to(self.device)
        x = torch.zeros(shape, device=self.device)
        run: Callable[[Tensor], Any] = placed
        if self.backend == "compile":
            torch.compiler.reset()  # otherwise, after some networks, the next ones are left as they are
            run = torch.compile(placed)
        elif self.backend == "onnx":
            run = exported(placed, x)
        gpu = x.device.type == "cuda"
        clock = time.perf_counter if gpu else time.thread_time
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with torch.inference_mode():
                for _ in range(self.warmup):
                    run(x)
                found = []
                for _ in range(self.repeats):
                    if gpu:
                        torch.cuda.synchronize()
                    began = clock()
                    run(x)
                    if gpu:
                        torch.cuda.synchronize()
                    found.append(1e3 * (clock() - began))
        finally:
            torch.set_num_threads(threads)
        return np.array(found)

    def operators(self) -> OperatorTable:
        """Measure every operator of NAS-Bench-201's networks on its own, once."""

        def median(module: nn.Module, width: int, side: int, before: int | None = None) -> float:
            return float(np.median(self.times(module, (self.batch, before or width, side, side))))

        stages = [(self.channels * 2**k, self.side // 2**k) for k in range(3)]
        edges = np.array([[median(operation(op, w, w), w, s) for op in OPERATIONS] for w, s in stages])
        stem = nn.Sequential(
            nn.Conv2d(self.colors, self.channels, 3, padding=1, bias=False), nn.BatchNorm2d(self.channels)
        )
        last, side = stages[-1]
        head = nn.Sequential(
            nn.BatchNorm2d(last),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(last, self.classes),
        )
        fixed = median(stem, self.channels, self.side, self.colors) + median(head, last, side)
        for width, half in stages[:2]:
            fixed += median(Reduction(width, 2 * width), width, half)
        edges[:, OPERATIONS.index("none")] = 0.0  # networks do not compute what is not there
        return OperatorTable(self.cells * edges.sum(axis=0), fixed)


@dataclasses.dataclass(frozen=True)
class OperatorTable:
    """A look-up table: what a network costs as the sum of operators that were measured one by one.

    Parameters
    ----------
    edge
        What an edge costs in all cells together, by its operation, shape (5,); ms.
    fixed
        What all networks have in common; ms.

    Examples
    --------
    >>> OperatorTable(np.array([0.0, 1.0, 2.0, 4.0, 3.0]), 10.0).predict([1651, 1462])
    array([10., 34.])
    """

    edge: NDArray[np.float64]
    fixed: float

    def predict(self, architectures: Any) -> Any:
        """Give the latency of architectures of NAS-Bench-201, in ms."""
        total = self.fixed + self.edge[space("nas-bench-201").ops(architectures)].sum(axis=-1)
        return float(total) if np.ndim(total) == 0 else total
