"""The networks of NAS-Bench-Macro: inverted bottlenecks in a chain."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nasbench_sim.spaces import SearchSpace

_STAGES = (2, 3, 3)
_WIDTH = 32
_LAST = 1280
_KINDS = ((0, 0), (3, 3), (6, 5))  # expansion and kernel of the published blocks; the first is the identity


def normalised(before: int, after: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    """Give a convolution without bias and the batch normalisation behind it."""
    return [
        nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(after),
    ]


class InvertedBottleneck(nn.Sequential):
    """1 x 1 to a wider layer, depthwise, 1 x 1 back; with a shortcut where nothing changes its shape.

    Parameters
    ----------
    before, after
        Channels in and out.
    expansion, kernel, stride
        Of the wider layer, and of the depthwise convolution.
    groups
        Of the 1 x 1 convolutions; with several, channels are shuffled between them.
    """

    def __init__(
        self, before: int, after: int, expansion: int, kernel: int, stride: int, groups: int = 1
    ) -> None:
        wide = before * expansion
        super().__init__(
            *normalised(before, wide, 1, groups=groups),
            nn.ReLU(inplace=True),
            *([nn.ChannelShuffle(groups)] if groups > 1 else []),
            *normalised(wide, wide, kernel, stride, groups=wide),
            nn.ReLU(inplace=True),
            *normalised(wide, after, 1, groups=groups),
        )
        self.shortcut = before == after and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, before, side, side) to (batch, after, side / stride, side / stride)."""
        found = x
        for layer in self:
            # in-place activations come after a convolution, so that they never change x
            found = layer(found)
        return found + x if self.shortcut else found


class Chain(nn.Module):
    """Stem, eight blocks of which the first of every stage halves the image, head and classifier.

    Parameters
    ----------
    blocks
        Eight block numbers.
    classes, colors
        Of the data.

    References
    ----------
    Su et al., CVPR 2021; NAS-Bench-Macro, ``train/model.py``.
    """

    def __init__(self, blocks: Sequence[int], classes: int, colors: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [*normalised(colors, _WIDTH, 3), nn.ReLU(inplace=True)]
        width, place = _WIDTH, 0
        for length in _STAGES:
            for position in range(length):
                after, stride = (2 * width, 2) if position == 0 else (width, 1)
                layers.append(_block(blocks[place], width, after, stride))
                width, place = after, place + 1
        self.layers = nn.Sequential(*layers, *normalised(width, _LAST, 1), nn.ReLU(inplace=True))
        self.classifier = nn.Linear(_LAST, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (batch, colors, side, side) to logits (batch, classes)."""
        pooled = nn.functional.adaptive_avg_pool2d(self.layers(x), 1)
        found: Tensor = self.classifier(torch.flatten(pooled, 1))
        return found


def _block(kind: int, before: int, after: int, stride: int) -> nn.Module:
    expansion, kernel = _KINDS[kind]
    if expansion:
        return InvertedBottleneck(before, after, expansion, kernel, stride)
    return nn.Identity() if before == after else nn.Sequential(*normalised(before, after, 1, stride))


def network(
    space: SearchSpace, ops: Sequence[int], *, classes: int, colors: int, channels: int, cells: int
) -> nn.Module:
    """Build a chain of eight blocks, whose sizes are published: `channels` and `cells` say nothing."""
    return Chain(ops, classes, colors)
