"""The evolved-transformer space: two blocks, each the sum of two branches, an activation and a width."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.evolved_transformer.benchmark import EVOLVED_TRANSFORMER
from nasbench_sim.spaces.base import SearchSpace

BRANCHES = ("identity", "conv3", "sep5", "glu", "att2", "att4")
"""Identity; causal convolutions of 3, plain, and 5, separable; gated linear unit; attention of 2, 4 heads."""
ACTIVATIONS = ("relu", "swish")
RATIOS = ("1", "2")
"""Inner width of convolutions and gated units, in widths of the model."""

WIDTH = 32
CONTEXT = 64
SYMBOLS = 48

_WIDENING = (1, 2, 3)  # the branches that have an activation and an inner width


class EvolvedTransformer(SearchSpace):
    """The 5,184 cells of two blocks with a left and a right branch, 1,656 of which are different.

    References
    ----------
    So, Liang, Le. The Evolved Transformer. ICML 2019.

    Examples
    --------
    >>> space = EvolvedTransformer()
    >>> space.string(space.canonical("att4:identity:glu:conv3:swish:2"))
    'identity:att4:conv3:glu:swish:2'
    >>> len(np.unique(space.canonical(space.all_indices())))
    1656
    """

    benchmark = EVOLVED_TRANSFORMER

    def __init__(self) -> None:
        super().__init__(
            "evolved-transformer",
            [*([BRANCHES] * 4), ACTIVATIONS, RATIOS],
            ["left 1", "right 1", "left 2", "right 2", "activation", "ratio"],
        )

    def canonical(self, architectures: Any) -> Any:
        """Return the smallest official index of the same network.

        Left and right may be exchanged, and where no branch has an activation and an inner width, neither
        matters.
        """
        ops = self.ops(architectures)
        for left in (0, 2):
            ops[..., left : left + 2] = np.sort(ops[..., left : left + 2], axis=-1)
        widened = np.isin(ops[..., :4], _WIDENING).any(axis=-1, keepdims=True)
        ops[..., 4:] = np.where(widened, ops[..., 4:], 0)
        return self.from_ops(ops)

    def params(self, architectures: Any) -> Any:
        """Compute the parameters of the network, in millions, exact."""
        norm, inner = 2 * WIDTH, self._inner(architectures)
        out = inner * WIDTH + WIDTH
        attention = norm + 4 * WIDTH * WIDTH + WIDTH
        branches = [
            0,
            norm + 3 * WIDTH * inner + inner + out,
            norm + 6 * WIDTH + WIDTH * inner + inner + out,
            norm + 2 * inner * (WIDTH + 1) + out,
            attention,
            attention,
        ]
        ends = SYMBOLS * WIDTH + CONTEXT * WIDTH + norm + SYMBOLS * (WIDTH + 1)
        return (ends + self._sum(architectures, branches)) / 1e6

    def flops(self, architectures: Any) -> Any:
        """Compute the multiply-adds of a window of 64 characters, in millions, exact.

        Projections, convolutions, scores and the sums over what is attended to; normalisation and
        activation do not count.
        """
        inner = self._inner(architectures)
        pairs = CONTEXT * (CONTEXT + 1) // 2
        attention = CONTEXT * 4 * WIDTH * WIDTH + 2 * WIDTH * pairs
        branches = [
            0,
            CONTEXT * 4 * WIDTH * inner,
            CONTEXT * (5 * WIDTH + 2 * WIDTH * inner),
            CONTEXT * 3 * WIDTH * inner,
            attention,
            attention,
        ]
        return (CONTEXT * SYMBOLS * WIDTH + self._sum(architectures, branches)) / 1e6

    def _inner(self, architectures: Any) -> NDArray[np.int64]:
        return WIDTH * (self.ops(architectures)[..., 5].astype(np.int64) + 1)

    def _sum(self, architectures: Any, amounts: list[Any]) -> NDArray[np.int64]:
        branches = self.ops(architectures)[..., :4]
        total = sum((branches == branch).sum(axis=-1) * amount for branch, amount in enumerate(amounts))
        return np.asarray(total)
