"""The networks of the rings; needs PyTorch."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from nasbench_sim.spaces import SearchSpace


def network(
    space: SearchSpace, ops: Sequence[int], *, classes: int, colors: int, channels: int, cells: int
) -> nn.Module:
    """Build a ring as a chain of layers; `cells` says nothing."""
    layers: list[nn.Module] = [nn.Conv2d(colors, channels, 3, padding=1)]
    for place, op in enumerate(ops):
        layer = space.choices[place][op]
        if layer == "conv":
            layers += [nn.Conv2d(channels, channels, 3, padding=1), nn.BatchNorm2d(channels), nn.ReLU()]
        elif layer == "pool":
            layers.append(nn.AvgPool2d(3, stride=1, padding=1))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))
