"""Dense prediction: where on a canvas digits of which class lie, at the level of their size."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from nasbench_sim.live.problem import Batch, Measure, Problem

CLASSES = 5
SIDE = 32
GRIDS = (8, 4, 2)
"""Cells along a side, for digits of 8, 16 and 24 pixels."""
COUNTS = {"train": 1600, "val": 500, "test": 500}
_NOISE = 0.4

Levels = list[Tensor]


class Canvases(Problem):
    """Canvases of 32 pixels with 1 to 3 digits of classes 0 to 4 in three sizes, under fixed noise.

    The digits are split into parts *before* they are pasted. Inputs are canvases (n, 1, 32, 32), targets a
    level each of (n, classes, grid, grid): 1 in every cell of the digit's own level whose centre lies in it.

    Examples
    --------
    >>> batch = next(Canvases().batches(40, torch.Generator().manual_seed(0)))
    >>> batch.inputs.shape, [tuple(level.shape[1:]) for level in batch.targets]
    (torch.Size([40, 1, 32, 32]), [(5, 8, 8), (5, 4, 4), (5, 2, 2)])
    """

    name = "digit-canvases"
    measures: ClassVar[Mapping[str, Measure]] = {
        "loss": Measure("nats", "min"),
        "map": Measure("%", "max"),
        "map_fine": Measure("%", "max"),
        "map_middle": Measure("%", "max"),
        "map_coarse": Measure("%", "max"),
    }

    def __init__(self) -> None:
        self.inputs: dict[str, list[Tensor]] = {}
        self.targets: dict[str, Levels] = {}
        digest = hashlib.sha256()
        for (part, count), (digits, labels), seed in zip(COUNTS.items(), _split(), (1, 2, 3), strict=True):
            canvases, levels = _pasted(count, digits, labels, np.random.default_rng(seed))
            for array in (canvases, *levels):
                digest.update(array.tobytes())
            self.inputs[part] = [torch.from_numpy(canvases)]
            self.targets[part] = [torch.from_numpy(level) for level in levels]
        self._sha256 = digest.hexdigest()

    def seen_by(self, backbone: Callable[[Tensor], Levels]) -> Canvases:
        """Return the problem with the features of a backbone as inputs, computed once: lists of tensors."""
        seen = self._copy()
        with torch.no_grad():
            seen.inputs = {
                part: [level.contiguous(memory_format=torch.channels_last) for level in backbone(canvases[0])]
                for part, canvases in self.inputs.items()
            }
        return seen

    def batches(self, size: int, generator: torch.Generator) -> Iterator[Batch]:
        """Go through the training canvases again and again, each time in a new order."""
        targets = self.targets["train"]
        while True:
            order = torch.randperm(len(targets[0]), generator=generator).to(targets[0].device)
            for rows in torch.split(order, size):
                yield Batch(self._inputs("train", rows), [level[rows] for level in targets])

    def loss(self, outputs: Levels, targets: Levels) -> Tensor:
        """Compute the binary cross-entropy of a canvas, summed over cells; a digit weighs twice."""
        weight = torch.tensor(2.0, device=targets[0].device)
        levels = [
            binary_cross_entropy_with_logits(found, wanted, pos_weight=weight, reduction="sum")
            for found, wanted in zip(outputs, targets, strict=True)
        ]
        return torch.stack(levels).sum() / len(targets[0])

    def measure(self, model: nn.Module, part: str) -> dict[str, float]:
        """Compute the loss, and mean average precision over classes (%): of all cells, and of each level."""
        targets = self.targets[part]
        outputs = model(self._inputs(part, slice(None)))
        scores = [_rows(level) for level in outputs]
        wanted = [_rows(level) for level in targets]
        precision = [
            mean_average_precision(np.concatenate(scores), np.concatenate(wanted)),
            *(mean_average_precision(*level) for level in zip(scores, wanted, strict=True)),
        ]
        names = ("map", "map_fine", "map_middle", "map_coarse")
        return {"loss": float(self.loss(outputs, targets)), **dict(zip(names, precision, strict=True))}

    def describe(self) -> dict[str, Any]:
        """Return name, sizes and a hash of canvases and targets."""
        return {"name": self.name, **COUNTS, "sha256": self._sha256}

    def to(self, device: Any) -> Canvases:
        """Return the problem with its data on a device."""
        moved = self._copy()
        moved.inputs, moved.targets = (
            {part: [one.to(device) for one in tensors] for part, tensors in kept.items()}
            for kept in (self.inputs, self.targets)
        )
        return moved

    def _copy(self) -> Canvases:
        copy = object.__new__(Canvases)
        copy.__dict__.update(self.__dict__)
        return copy

    def _inputs(self, part: str, rows: Any) -> Any:
        """Return rows of the inputs: a tensor of canvases, or a list of features."""
        chosen = [tensor[rows] for tensor in self.inputs[part]]
        return chosen if len(chosen) > 1 else chosen[0]


def mean_average_precision(scores: NDArray[Any], wanted: NDArray[Any]) -> float:
    """Compute the mean over classes of average precision, in percent, as scikit-learn's for each.

    Parameters
    ----------
    scores, wanted
        Shape (cells, classes); what is wanted is 1, everything else 0.

    Examples
    --------
    >>> mean_average_precision(np.array([[0.9], [0.8], [0.1]]), np.array([[1], [0], [1]])).__round__(3)
    83.333
    """
    found = []
    for score, positive in zip(scores.T, wanted.T, strict=True):
        order = np.argsort(-score, kind="stable")
        hits = np.cumsum(positive[order])
        last = np.append(np.diff(score[order]) != 0, True)  # equal scores are one threshold
        precision = hits[last] / np.flatnonzero(last).__add__(1)
        found.append(float(np.sum(np.diff(hits[last], prepend=0) * precision) / hits[-1]))
    return 100 * float(np.mean(found))


def _rows(level: Tensor) -> NDArray[Any]:
    return level.permute(0, 2, 3, 1).reshape(-1, CLASSES).cpu().numpy()


def _split() -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Return scikit-learn's digits of the classes in three parts: a half, a quarter, a quarter."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(np.flatnonzero(labels < CLASSES))
    cuts = [len(order) // 2, 3 * len(order) // 4]
    return [(pixels[rows].reshape(-1, 8, 8), labels[rows]) for rows in np.split(order, cuts)]


def _pasted(
    count: int, digits: NDArray[Any], labels: NDArray[Any], generator: np.random.Generator
) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
    """Paste digits on canvases where nothing lies yet, and mark where they are."""
    canvases = np.zeros((count, 1, SIDE, SIDE), dtype=np.float32)
    levels = [np.zeros((count, CLASSES, grid, grid), dtype=np.float32) for grid in GRIDS]
    for row in range(count):
        taken = np.zeros((SIDE, SIDE), dtype=bool)
        missing = generator.integers(1, 4)
        for _ in range(30):  # tries
            if not missing:
                break
            size = int(generator.integers(len(GRIDS)))
            side = 8 * (size + 1)
            top, left = generator.integers(0, SIDE + 1 - side, 2)
            place = (slice(top, top + side), slice(left, left + side))
            if taken[place].any():
                continue
            taken[place] = True
            missing -= 1
            which = int(generator.integers(len(labels)))
            canvases[row, 0][place] = np.kron(digits[which], np.ones((size + 1, size + 1)))
            grid = GRIDS[size]
            centre = (np.arange(grid) + 0.5) * (SIDE / grid)
            rows = np.flatnonzero((centre >= top) & (centre < top + side))
            columns = np.flatnonzero((centre >= left) & (centre < left + side))
            levels[size][row, labels[which], rows[:, None], columns] = 1
    noise = generator.standard_normal(canvases.shape).astype(np.float32)
    return canvases / 8 - np.float32(0.5) + np.float32(_NOISE) * noise, levels
