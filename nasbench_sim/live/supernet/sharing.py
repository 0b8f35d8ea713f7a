"""What all weight-sharing searches have in common: a supernet, its optimizer, batches in pairs."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from nasbench_sim.errors import RequestError, TrainingError
from nasbench_sim.live import devices
from nasbench_sim.live.augmentation import Augmentation
from nasbench_sim.live.data import Batch, Images, check_images
from nasbench_sim.live.networks import check_side
from nasbench_sim.live.supernet.network import Choice, Supernet, single_path
from nasbench_sim.spaces import space

_CLIP = 5.0
_EVALUATED = 512  # validation images that tell candidates apart
_AT_ONCE = 1000  # images in memory when many are evaluated
_LAST_RATE = 0.001


@dataclasses.dataclass(frozen=True, kw_only=True)
class SharedTraining:
    """How the shared weights are trained, and how large the supernet is; the defaults are DARTS'.

    Parameters
    ----------
    epochs, batch
        Length of the search, and images in a batch.
    learning_rate
        Of SGD at the start; it falls to 0.001 along a cosine.
    momentum, weight_decay
        Of SGD; gradients are clipped at norm 5.
    channels, cells
        Of the supernet.
    """

    epochs: int = 50
    batch: int = 64
    learning_rate: float = 0.025
    momentum: float = 0.9
    weight_decay: float = 3e-4
    channels: int = 16
    cells: int = 5

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name in ("epochs", "batch", "channels", "cells"):
            if getattr(self, name) < 1:
                raise RequestError(f"{name} is a whole number of 1 or more, not {getattr(self, name)!r}")


class SharedWeights:
    """A supernet in training.

    Parameters
    ----------
    images
        The weights learn from ``train``, architectures are judged on ``val``. What learns sees images flipped
        and shifted as in training, what is evaluated sees them as they are.
    training
        How.
    partial
        As in `Supernet`.
    seed
        Of order, batches and augmentation.
    device
        A PyTorch device.
    """

    def __init__(
        self, images: Images, training: SharedTraining, *, partial: int, seed: int, device: str | None
    ) -> None:
        check_images(images)
        check_side(images.side, space("nas-bench-201"))
        self.training = training
        self.device = devices.device(device)
        self.supernet = Supernet(
            channels=training.channels,
            cells=training.cells,
            classes=images.classes,
            colors=images.colors,
            partial=partial,
        ).to(self.device)
        self.optimizer = torch.optim.SGD(
            self.supernet.parameters(),
            lr=training.learning_rate,
            momentum=training.momentum,
            weight_decay=training.weight_decay,
        )
        self._train = Batch(*(part.to(self.device) for part in images.train))
        self.val = Batch(*(part.to(self.device) for part in images.val))
        self._drawn = np.random.default_rng(seed)
        self._augmented = Augmentation(images, torch.Generator().manual_seed(seed))
        self.began = time.perf_counter()

    def batches(self) -> Iterator[tuple[float, Batch, Batch]]:
        """Give, for one epoch, the part of it that is done, a training batch and a validation batch."""
        size = self.training.batch
        order = self._drawn.permutation(len(self._train.labels))
        steps = max(1, len(order) // size)
        for step in range(steps):
            train = self._rows(self._train, order[step * size : (step + 1) * size])
            yield step / steps, self._varied(train), self._varied(self.val_batch(size))

    def val_batch(self, size: int) -> Batch:
        """Give random validation images, as many as there are at most."""
        count = min(size, len(self.val.labels))
        return self._rows(self.val, self._drawn.choice(len(self.val.labels), count, replace=False))

    def loss(self, batch: Batch, choice: Choice) -> Tensor:
        """Give the cross-entropy along a choice."""
        placed = Choice(
            choice.weights.to(self.device),
            choice.picked,
            None if choice.edges is None else choice.edges.to(self.device),
        )
        return cross_entropy(self.supernet(batch.images, placed), batch.labels)

    def accuracy(self, batch: Batch, choice: Choice) -> float:
        """Give the accuracy along a choice, in percent."""
        parts = -(-len(batch.labels) // _AT_ONCE)
        with torch.no_grad():
            logits = torch.cat([self.supernet(x, choice) for x in batch.images.tensor_split(parts)])
        return 100 * float((logits.argmax(dim=1) == batch.labels).float().mean())

    def learn(self, batch: Batch, choice: Choice, progress: float) -> float:
        """Take one step of the weights, and give the loss before it."""
        span = self.training.learning_rate - _LAST_RATE
        for group in self.optimizer.param_groups:
            group["lr"] = _LAST_RATE + span * 0.5 * (1 + np.cos(np.pi * progress))
        loss = self.loss(batch, choice)
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.supernet.parameters(), _CLIP)
        self.optimizer.step()
        value = float(loss.detach())
        if not np.isfinite(value):
            raise TrainingError("the loss of the supernet is not finite; take a lower learning rate")
        return value

    @property
    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self.began

    def _varied(self, batch: Batch) -> Batch:
        return Batch(self._augmented(batch.images), batch.labels)

    def _rows(self, part: Batch, rows: NDArray[np.int64]) -> Batch:
        place = torch.from_numpy(rows).to(self.device)
        return Batch(part.images[place], part.labels[place])


def best_inherited(shared: SharedWeights, ops: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the ops, among those of shape (n, 6), whose path is the most accurate on validation images.

    They are 512 drawn at random, as in NATS-Bench, but the same for all candidates, where the published
    program takes the next batch for each.
    """
    batch = shared.val_batch(_EVALUATED)
    accuracy = [shared.accuracy(batch, single_path(row)) for row in ops.tolist()]
    return np.asarray(ops[int(np.argmax(accuracy))])
