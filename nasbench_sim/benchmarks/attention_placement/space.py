"""The attention-placement space: one of four mixers at each layer of a pretrained language model."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasbench_sim.benchmarks.attention_placement.benchmark import ATTENTION_PLACEMENT
from nasbench_sim.errors import RequestError
from nasbench_sim.spaces.base import SearchSpace

MIXERS = ("full", "window", "linear", "none")
"""Causal attention over all that was, over the last 8 characters, with a decaying state, and no mixing."""

LAYERS = 5
WIDTH = 48
HEADS = 4
HIDDEN = 96
CONTEXT = 96
SYMBOLS = 48
WINDOW = 8


class AttentionPlacement(SearchSpace):
    """The 1,024 placements of four mixers in the five layers of one pretrained model.

    The model was pretrained with full attention in each layer; a placement keeps its weights and trains
    those of the mixers on.

    References
    ----------
    Gu et al. Jet-Nemotron: Efficient language model with post neural architecture search. 2025.

    Examples
    --------
    >>> space = AttentionPlacement()
    >>> space.string(0), space.size
    ('full:full:full:full:full', 1024)
    >>> space.cache("linear:linear:full:none:window", length=96)
    22464
    """

    benchmark = ATTENTION_PLACEMENT

    def __init__(self) -> None:
        super().__init__(
            "attention-placement", [MIXERS] * LAYERS, [f"layer {layer}" for layer in range(1, LAYERS + 1)]
        )

    def params(self, architectures: Any) -> Any:
        """Compute the parameters of the network, in millions, exact; a layer without a mixer has fewer."""
        mixer = 4 * WIDTH * WIDTH + 2 * WIDTH
        rest = 2 * WIDTH * HIDDEN + HIDDEN + WIDTH + 2 * WIDTH
        ends = SYMBOLS * WIDTH + CONTEXT * WIDTH + 2 * WIDTH + SYMBOLS * (WIDTH + 1)
        mixing = self._each(architectures, [mixer, mixer, mixer, 0])
        return (ends + LAYERS * rest + mixing) / 1e6

    def flops(self, architectures: Any, length: int = CONTEXT) -> Any:
        """Compute the multiply-adds of one sequence, in millions, exact.

        Projections, scores and sums over what is attended to; the state of a linear mixer is updated and
        read once a character. Normalisation, activation and softmax do not count.

        Parameters
        ----------
        length
            Characters of the sequence, whose prediction is counted whole.
        """
        _check(length)
        pairs = length * (length + 1) // 2
        late = max(length - WINDOW, 0)
        near = pairs - late * (late + 1) // 2
        head = WIDTH // HEADS
        projections = 4 * WIDTH * WIDTH * length
        work = [
            projections + 2 * WIDTH * pairs,
            projections + 2 * WIDTH * near,
            # State k v^T and its normaliser: decayed, updated, read.
            projections + length * HEADS * 3 * (head * head + head),
            0,
        ]
        ends = (LAYERS * 2 * WIDTH * HIDDEN + SYMBOLS * WIDTH) * length
        return (ends + self._each(architectures, work)) / 1e6

    def cache(self, architectures: Any, length: int = CONTEXT, bytes_a_number: int = 2) -> Any:
        """Compute the bytes that generation keeps for a sequence: keys and values, or a state, exact.

        Parameters
        ----------
        length
            Characters so far.
        bytes_a_number
            2 in half precision.

        Examples
        --------
        >>> AttentionPlacement().cache(0, length=65536) // 2**20
        60
        """
        _check(length)
        state = WIDTH * WIDTH // HEADS + WIDTH
        numbers = [2 * WIDTH * length, 2 * WIDTH * min(length, WINDOW), state, 0]
        return self._each(architectures, numbers) * bytes_a_number

    def _each(self, architectures: Any, amounts: list[int]) -> Any:
        """Add up an amount for the mixer of each layer."""
        found = np.array(amounts)[self.ops(architectures)].sum(axis=-1)
        return int(found) if np.ndim(found) == 0 else found


def _check(length: int) -> None:
    if isinstance(length, bool) or not isinstance(length, (int, np.integer)) or length < 1:
        raise RequestError(f"a length is a whole number of 1 or more, not {length!r}")
