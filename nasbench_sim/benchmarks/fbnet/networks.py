"""The networks of the FBNet space, built from the published look-up keys of their blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nasbench_sim.benchmarks.fbnet.space import FBNet
from nasbench_sim.benchmarks.nas_bench_macro.networks import InvertedBottleneck, normalised
from nasbench_sim.spaces import SearchSpace

_FIELD = re.compile(r"(Cin|Cout|exp|kernel|stride|group)(\d+)")


class FBNetNetwork(nn.Module):
    """Stem, 22 blocks, head and classifier, each as its key in HW-NAS-Bench's look-up tables says.

    Parameters
    ----------
    blocks
        22 block numbers.
    classes, colors
        Of the data.
    dataset
        ``cifar100`` or ``ImageNet``, for images of 32 and 224 pixels: strides and the last width differ.

    References
    ----------
    Wu et al. FBNet. CVPR 2019. HW-NAS-Bench, ``FBNet_Infer``, and its initial weights.
    """

    def __init__(self, blocks: Sequence[int], classes: int, colors: int, dataset: str = "cifar100") -> None:
        super().__init__()
        searched = FBNet()
        stem, head = (_fields(key) for key in searched.fixed_keys(dataset)[:2])
        keys = [own[block] for own, block in zip(searched.layer_keys(dataset), blocks, strict=True)]
        self.layers = nn.Sequential(
            *normalised(colors, stem["Cout"], stem["kernel"], stem["stride"]),
            nn.ReLU(inplace=True),
            *(_block(key) for key in keys),
            *normalised(head["Cin"], head["Cout"], head["kernel"]),
            nn.ReLU(inplace=True),
        )
        self.classifier = nn.Linear(head["Cout"], classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
        nn.init.normal_(self.classifier.weight, std=0.001)
        nn.init.zeros_(self.classifier.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Map images (batch, colors, side, side) to logits (batch, classes)."""
        pooled = nn.functional.adaptive_avg_pool2d(self.layers(x), 1)
        found: Tensor = self.classifier(torch.flatten(pooled, 1))
        return found


def _fields(key: str) -> dict[str, int]:
    return {name: int(number) for name, number in _FIELD.findall(key)}


def _block(key: str) -> nn.Module:
    own = _fields(key)
    before, after, stride = own["Cin"], own["Cout"], own["stride"]
    if not key.startswith("Skip"):
        return InvertedBottleneck(before, after, own["exp"], own["kernel"], stride, own["group"])
    if before == after and stride == 1:
        return nn.Identity()
    return nn.Sequential(*normalised(before, after, 1, stride), nn.ReLU(inplace=True))


def network(
    space: SearchSpace, ops: Sequence[int], *, classes: int, colors: int, channels: int, cells: int
) -> nn.Module:
    """Build the network for CIFAR-100, whose sizes are published: `channels` and `cells` say nothing."""
    return FBNetNetwork(ops, classes, colors)
