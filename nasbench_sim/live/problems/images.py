"""Image classification: which of some classes an image is of."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from nasbench_sim.live.data import PARTS, Images
from nasbench_sim.live.problem import Batch, Measure, Problem


class Classification(Problem):
    """The images of a data set, without augmentation.

    Parameters
    ----------
    images
        Such as `nasbench_sim.live.digits` gives.

    Examples
    --------
    >>> from nasbench_sim import live
    >>> batches = Classification(live.digits()).batches(50, torch.Generator().manual_seed(0))
    >>> next(batches).inputs.shape
    torch.Size([50, 1, 8, 8])
    """

    measures: ClassVar[Mapping[str, Measure]] = {
        "accuracy": Measure("%", "max"),
        "loss": Measure("nats", "min"),
    }

    def __init__(self, images: Images) -> None:
        self.images = images
        self.name = images.name

    def batches(self, size: int, generator: torch.Generator) -> Iterator[Batch]:
        """Go through the training images again and again, each time in a new order."""
        images, labels = self.images.train
        while True:
            order = torch.randperm(len(images), generator=generator).to(images.device)
            for rows in torch.split(order, size):
                yield Batch(images[rows], labels[rows])

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Compute the cross-entropy of an image, in nats."""
        return cross_entropy(outputs, targets)

    def measure(self, model: nn.Module, part: str) -> dict[str, float]:
        """Compute accuracy (%) and loss (nats) on a part, all of it at once."""
        images, labels = getattr(self.images, part)
        logits = model(images)
        right = (logits.argmax(1) == labels).float().mean()
        return {"accuracy": 100 * float(right), "loss": float(cross_entropy(logits, labels))}

    def describe(self) -> dict[str, Any]:
        """Return name, sizes and a hash of the images."""
        return self.images.describe()

    def to(self, device: Any) -> Classification:
        """Return the problem with its images on a device."""
        moved: dict[str, Any] = {
            part: tuple(one.to(device) for one in getattr(self.images, part)) for part in PARTS
        }
        return Classification(dataclasses.replace(self.images, **moved))
