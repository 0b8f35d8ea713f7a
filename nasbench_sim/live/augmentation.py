"""Random flips and shifts of a batch, drawn by one generator on the processor so that all devices agree."""

from __future__ import annotations

import torch
from torch import Tensor

from nasbench_sim.live.data import Images


class Augmentation:
    """The published augmentation: random horizontal flips and random crops of padded images.

    Parameters
    ----------
    images
        Says whether to flip, by how many pixels to pad, and what black is after normalisation.
    generator
        Draws everything.
    """

    def __init__(self, images: Images, generator: torch.Generator) -> None:
        self._flip = images.flip
        self._padding = images.padding
        self._black = torch.tensor(images.black, dtype=torch.float32).view(1, -1, 1, 1)
        self._generator = generator

    def __call__(self, batch: Tensor) -> Tensor:
        """Give images of the same shape, each flipped and shifted on its own."""
        count = len(batch)
        if self._flip:
            chosen = torch.rand(count, generator=self._generator) < 0.5
            batch = torch.where(chosen.to(batch.device).view(-1, 1, 1, 1), batch.flip(3), batch)
        if self._padding:
            reach = 2 * self._padding + 1
            shift = torch.randint(reach, (2, count), generator=self._generator).to(batch.device)
            batch = self._cropped(batch, shift)
        return batch

    def _cropped(self, batch: Tensor, shift: Tensor) -> Tensor:
        side, black = batch.shape[-1], self._black.to(batch.device)
        padded = torch.nn.functional.pad(batch - black, [self._padding] * 4) + black
        pixels = torch.arange(side, device=batch.device)
        rows = (shift[0, :, None] + pixels)[:, None, :, None]
        columns = (shift[1, :, None] + pixels)[:, None, None, :]
        image = torch.arange(len(batch), device=batch.device).view(-1, 1, 1, 1)
        color = torch.arange(batch.shape[1], device=batch.device).view(1, -1, 1, 1)
        return padded[image, color, rows, columns]
