"""The ring space: four layers in a ring, of which no two neighbours pool."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasbench_sim.spaces import Benchmark, SearchSpace

LAYERS = ("skip", "conv", "pool")

RING = Benchmark(
    title="Ring",
    citation="Nobody. An example.",
    datasets=("rings",),
    tables=("ring-table",),
    networks="ring_bench.networks:network",
    drawing="nasbench_sim.spaces.drawing:chain_drawing",
)


class Ring(SearchSpace):
    """The 56 rings of four layers without two pools side by side."""

    benchmark = RING

    def __init__(self) -> None:
        super().__init__("ring", [LAYERS] * 4)

    def valid(self, ops: Any) -> Any:
        """Tell which rings have no two pools side by side."""
        pools = np.asarray(ops) == LAYERS.index("pool")
        return ~(pools & np.roll(pools, 1, axis=-1)).any(axis=-1)
