"""The size space of NATS-Bench: five numbers of channels of one fixed topology."""

from __future__ import annotations

from nasbench_sim.benchmarks.nats_size.benchmark import NATS_SIZE
from nasbench_sim.spaces.base import SearchSpace

WIDTHS = tuple(str(width) for width in range(8, 65, 8))
"""The channels to choose from."""
TOPOLOGY = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|"
"""The cell that all architectures share, in the notation of NAS-Bench-201."""


class NatsBenchSize(SearchSpace):
    """The 32,768 architectures of NATS-Bench's size space in their published, lexicographic order.

    Five layers have 8 to 64 channels in steps of 8: the first cell (and the stem before it), a reduction, the
    second cell, a reduction, the third cell.

    References
    ----------
    Dong, Liu, Musial, Gabrys. NATS-Bench: Benchmarking NAS algorithms for architecture topology and size.
    TPAMI 2021.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.space("nats-bench-size")
    >>> space.string(284)
    '8:8:40:32:40'
    >>> space.index("8:8:40:32:40")
    284
    """

    benchmark = NATS_SIZE

    def __init__(self) -> None:
        super().__init__("nats-bench-size", [WIDTHS] * 5)
