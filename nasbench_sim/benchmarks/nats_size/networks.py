"""The networks of NATS-Bench's size space: one cell of NAS-Bench-201 in five widths."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from nasbench_sim.benchmarks.nas_bench_201.networks import Cell, Skeleton
from nasbench_sim.benchmarks.nats_size.space import TOPOLOGY
from nasbench_sim.spaces import SearchSpace
from nasbench_sim.spaces import space as named

_REDUCTIONS = (False, True, False, True, False)


def network(
    space: SearchSpace, ops: Sequence[int], *, classes: int, colors: int, channels: int, cells: int
) -> nn.Module:
    """Build a network of one cell a stage; the widths are what is searched, so `channels` says nothing."""
    fixed = named("nas-bench-201").ops(TOPOLOGY).tolist()
    widths = [int(space.choices[place][op]) for place, op in enumerate(ops)]
    return Skeleton(lambda before, after: Cell(fixed, before, after), widths, _REDUCTIONS, classes, colors)
