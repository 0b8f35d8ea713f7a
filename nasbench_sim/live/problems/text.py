"""Text to predict: the reference manual of Python, character by character."""

from __future__ import annotations

import collections
import functools
import gzip
import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from nasbench_sim.live.problem import Batch, Measure, Problem
from nasbench_sim.live.shipped import shipped

SYMBOLS = 48
"""Characters that are told apart: the 47 commonest, and 0 for every other."""

CORPUS = "corpus-python-reference.txt.gz"
SHA256 = "8ac66d4d3c0fcc1e0cf95022e18ab20f5f0c6a4b7c8178f845c0fc6a000d535f"

_EVALUATED = 64  # windows at a time


class Corpus(NamedTuple):
    """Characters as numbers, in the three parts of the text from its begin to its end: 90, 5 and 5 %."""

    train: Tensor
    val: Tensor
    test: Tensor


@functools.cache
def corpus() -> Corpus:
    """Return the text that ships with the package: the topics of CPython 3.11.7's ``pydoc_data``.

    Lower-cased, blanks folded; 424,149 characters. Licence: beside the file.

    Raises
    ------
    FileFormatError
        When the file is not the one that was shipped.

    Examples
    --------
    >>> [len(part) for part in corpus()]
    [381734, 21207, 21208]
    """
    characters = gzip.decompress(shipped(CORPUS, SHA256)).decode()
    common = [symbol for symbol, _ in collections.Counter(characters).most_common(SYMBOLS - 1)]
    number = {symbol: place for place, symbol in enumerate(sorted(common), start=1)}
    encoded = torch.from_numpy(np.array([number.get(symbol, 0) for symbol in characters], dtype=np.int64))
    trained = len(encoded) * 9 // 10
    held = (len(encoded) - trained) // 2
    return Corpus(*torch.split(encoded, [trained, held, len(encoded) - trained - held]))


class Text(Problem):
    """Windows of text, each character of which is predicted from those before it.

    Parameters
    ----------
    context
        Characters that a network sees.
    windows
        Windows of val and of test; each the same for everybody.
    """

    name = "python-reference"
    measures: ClassVar[Mapping[str, Measure]] = {
        "loss": Measure("nats", "min"),
        "perplexity": Measure("", "min"),
    }

    def __init__(self, context: int, windows: int) -> None:
        self.context = context
        self.windows = windows
        self.text = corpus()
        self.held_out = {
            part: self.drawn(getattr(self.text, part), windows, torch.Generator().manual_seed(seed))
            for part, seed in (("val", 7), ("test", 8))
        }

    def drawn(self, text: Tensor, count: int, generator: torch.Generator) -> Tensor:
        """Draw windows of a text, shape (count, context + 1)."""
        starts = torch.randint(len(text) - self.context, (count,), generator=generator)
        return text[starts[:, None] + torch.arange(self.context + 1)]

    def batches(self, size: int, generator: torch.Generator) -> Iterator[Batch]:
        """Draw windows without end."""
        device = self.held_out["val"].device
        while True:
            yield _shifted(self.drawn(self.text.train, size, generator).to(device))

    def loss(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Compute the cross-entropy of a character, in nats."""
        return cross_entropy(outputs.flatten(0, 1), targets.flatten())

    def measure(self, model: nn.Module, part: str) -> dict[str, float]:
        """Compute loss and perplexity on the windows of a part."""
        loss = 0.0
        for windows in torch.split(self.held_out[part], _EVALUATED):
            batch = _shifted(windows)
            loss += float(self.loss(model(batch.inputs), batch.targets)) * len(windows)
        loss /= self.windows
        return {"loss": loss, "perplexity": math.exp(loss)}

    def describe(self) -> dict[str, Any]:
        """Return what fixes the data."""
        return {"name": self.name, "context": self.context, "windows": self.windows, "sha256": SHA256}

    def to(self, device: Any) -> Text:
        """Return the problem with its windows on a device."""
        moved = object.__new__(type(self))
        moved.__dict__.update(self.__dict__)
        moved.held_out = {part: windows.to(device) for part, windows in self.held_out.items()}
        return moved


class RepeatingText(Text):
    """Text, half of whose training windows repeat themselves: to predict them is to recall.

    A repeating window goes on with its own first `lag` characters, over and over.

    Parameters
    ----------
    context
        As in `Text`.
    windows, repeating
        Plain and repeating windows of val and of test; loss and perplexity are those of the plain ones.
    lag
        Characters after which a window repeats itself.
    """

    measures: ClassVar[Mapping[str, Measure]] = {**Text.measures, "recall": Measure("%", "max")}

    def __init__(self, context: int, windows: int, repeating: int, lag: int) -> None:
        super().__init__(context, windows)
        self.repeating = repeating
        self.lag = lag
        for part, seed in (("val", 9), ("test", 10)):
            generator = torch.Generator().manual_seed(seed)
            drawn = self.drawn(getattr(self.text, part), repeating, generator)
            self.held_out[f"{part} repeating"] = self._repeated(drawn)

    def _repeated(self, windows: Tensor) -> Tensor:
        return windows[:, torch.arange(self.context + 1) % self.lag]

    def batches(self, size: int, generator: torch.Generator) -> Iterator[Batch]:
        """Draw windows without end, the first half of each batch repeating."""
        device = self.held_out["val"].device
        while True:
            windows = self.drawn(self.text.train, size, generator)
            windows[: size // 2] = self._repeated(windows[: size // 2])
            yield _shifted(windows.to(device))

    def measure(self, model: nn.Module, part: str) -> dict[str, float]:
        """Compute loss, perplexity, and recall: how many of the characters that repeat are found, in %."""
        right = total = 0.0
        for windows in torch.split(self.held_out[f"{part} repeating"], _EVALUATED):
            batch = _shifted(windows)
            # The character at the lag is the first that repeats; the next ones tell where one is.
            found = model(batch.inputs).argmax(-1)[:, self.lag + 4 :] == batch.targets[:, self.lag + 4 :]
            right, total = right + float(found.sum()), total + found.numel()
        return {**super().measure(model, part), "recall": 100 * right / total}

    def describe(self) -> dict[str, Any]:
        """Return what fixes the data."""
        return {**super().describe(), "repeating": self.repeating, "lag": self.lag}


def _shifted(windows: Tensor) -> Batch:
    return Batch(windows[:, :-1], windows[:, 1:])
