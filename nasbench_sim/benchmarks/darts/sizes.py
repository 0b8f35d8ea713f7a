"""Parameters and multiply-adds of networks of DARTS cells, counted layer by layer."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import NamedTuple

Cell = tuple[tuple[str, int], ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Skeleton:
    """What stands around the cells.

    Parameters
    ----------
    layout
        A letter a cell: N for a normal one, R for a reduction.
    channels
        Of the first cell; each reduction doubles them.
    colors, side, classes
        Of the images.
    """

    layout: str
    channels: int
    colors: int = 3
    side: int = 32
    classes: int = 10


PUBLISHED = Skeleton(layout="N" * 6 + "R" + "N" * 6 + "R" + "N" * 6, channels=36)
"""For CIFAR-10."""

STEM = 3
"""Channels of the stem, in channels of the first cell."""


class Convolution(NamedTuple):
    """A convolution on a map of a side behind it; `grouped` is one filter a channel."""

    before: int
    after: int
    kernel: int
    side: int
    grouped: bool = False

    @property
    def weights(self) -> int:
        """Its weights, without bias."""
        return (1 if self.grouped else self.before) * self.after * self.kernel**2


def convolutions(genotype: tuple[Cell, Cell], skeleton: Skeleton) -> Iterator[tuple[Convolution, ...]]:
    """Go through the convolutions of a network, those together that one batch normalisation follows."""
    channels, side = skeleton.channels, skeleton.side
    yield (Convolution(skeleton.colors, STEM * channels, 3, side),)
    # Channels and side of the two cells before, which are the stem twice at first.
    first = last = (STEM * channels, side)
    for kind in skeleton.layout:
        reduces = kind == "R"
        channels *= 2 if reduces else 1
        yield from _prepared(first, channels, last[1])
        yield from _prepared(last, channels, last[1])
        before = last[1]
        after = -(-before // 2) if reduces else before
        cell = genotype[1] if reduces else genotype[0]
        for name, source in cell:
            halves = reduces and source < 2
            yield from _operation(name, channels, after, halves)
        first, last = last, (channels * len(cell) // 2, after)


def _prepared(given: tuple[int, int], channels: int, side: int) -> Iterator[tuple[Convolution, ...]]:
    """Bring an input of a cell to its channels, and to the side of the other input."""
    width, own_side = given
    if own_side != side:
        yield _halved(width, channels, side)
    else:
        yield (Convolution(width, channels, 1, side),)


def _halved(before: int, after: int, side: int) -> tuple[Convolution, ...]:
    return (Convolution(before, after // 2, 1, side), Convolution(before, after - after // 2, 1, side))


def _operation(name: str, channels: int, side: int, halves: bool) -> Iterator[tuple[Convolution, ...]]:
    if name == "skip_connect" and halves:
        yield _halved(channels, channels, side)
    if "conv" in name:
        kernel = int(name[-1])
        separable = (
            Convolution(channels, channels, kernel, side, grouped=True),
            Convolution(channels, channels, 1, side),
        )
        yield from [separable] * (2 if name.startswith("sep") else 1)


def params(genotype: tuple[Cell, Cell], skeleton: Skeleton) -> int:
    """Count the parameters: convolutions, two a channel of each normalisation, and the classifier."""
    total = 0
    for together in convolutions(genotype, skeleton):
        halved = len(together) > 1 and together[0].kernel == 1
        normalised = sum(one.after for one in together) if halved else together[-1].after
        total += sum(one.weights for one in together) + 2 * normalised
    return total + _width(genotype, skeleton) * skeleton.classes + skeleton.classes


def flops(genotype: tuple[Cell, Cell], skeleton: Skeleton) -> int:
    """Count the multiply-adds of one image."""
    total = sum(
        one.weights * one.side**2 for together in convolutions(genotype, skeleton) for one in together
    )
    return int(total) + _width(genotype, skeleton) * skeleton.classes


def _width(genotype: tuple[Cell, Cell], skeleton: Skeleton) -> int:
    """Compute the channels that the classifier sees."""
    return skeleton.channels * 2 ** skeleton.layout.count("R") * len(genotype[0]) // 2
