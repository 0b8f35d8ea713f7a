"""Architectures of the search spaces as PyTorch modules."""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import nn

from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import SearchSpace, space


def network(
    architecture: Any,
    *,
    classes: int = 10,
    channels: int = 16,
    cells: int = 5,
    colors: int = 3,
    within: str | SearchSpace = "nas-bench-201",
) -> nn.Module:
    """Give an architecture as a PyTorch module, freshly initialised by PyTorch's own generator.

    Parameters
    ----------
    architecture
        Official index or architecture string.
    classes, colors
        Classes and color channels of the data; which sides of images fit, `check_side` tells.
    channels, cells
        Channels of the first stage and cells of each of the three stages; the published network has 16 and
        5. Spaces other than NAS-Bench-201 fix both themselves.
    within
        The search space, one whose `nasbench_sim.spaces.Benchmark` declares networks; of ``fbnet`` they are
        those for CIFAR-100 (for ImageNet: `nasbench_sim.benchmarks.fbnet.networks.FBNetNetwork`).

    Raises
    ------
    ArchitectureError
        For an architecture that does not exist.
    RequestError
        For a space without networks, or sizes below 1.

    References
    ----------
    Dong, Yang. NAS-Bench-201. ICLR 2020. AutoDL-Projects, ``cell_operations.py``, ``tiny_network.py``,
    ``shape_infers``.

    Examples
    --------
    >>> parameters(network(0)) == 129306
    True
    """
    searched = space(within) if isinstance(within, str) else within
    for name, value in (("classes", classes), ("channels", channels), ("cells", cells), ("colors", colors)):
        if value < 1:
            raise RequestError(f"{name} is a whole number of 1 or more, not {value}")
    ops = searched.ops(architecture)
    if ops.ndim != 1:
        raise RequestError("network builds one architecture; several are several calls")
    build = searched.benchmark.part("networks")
    if build is None:
        raise RequestError(f"{searched.name} has no networks: its benchmark declares none")
    found: nn.Module = build(
        searched, ops.tolist(), classes=classes, colors=colors, channels=channels, cells=cells
    )
    return found


def parameters(model: nn.Module) -> int:
    """Give the number of trainable parameters."""
    return sum(weights.numel() for weights in model.parameters() if weights.requires_grad)


def check_side(side: int, within: SearchSpace) -> None:
    """Refuse images of a side that the networks of a space cannot take, such as 30, which is halved twice.

    Raises
    ------
    RequestError
        With the nearest sides that do fit.
    """
    if not _fits(side, within):
        near = [other for other in range(max(1, side - 32), side + 33) if _fits(other, within)]
        nearest = sorted(sorted(near, key=lambda other: abs(other - side))[:2])
        raise RequestError(
            f"images of {side} x {side} pixels do not fit the networks of {within.name}; "
            f"sides of {' and '.join(map(str, nearest)) or 'none near'} do"
        )


@functools.lru_cache(maxsize=1024)
def _fits(side: int, within: SearchSpace) -> bool:
    """Try it, on a device that computes shapes only."""
    with torch.device("meta"), torch.no_grad():
        model = network(0, cells=1, within=within).eval()
        try:
            model(torch.empty(2, 3, side, side))
        except RuntimeError:
            return False
    return True
