"""What an architecture is: ids, strings, neighbours, isomorphism, encodings, exact params and FLOPs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nasbench_sim.lazy import lazily
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.benchmark import Benchmark
from nasbench_sim.spaces.catalog import available, benchmarks, register_space, registered, space
from nasbench_sim.spaces.conditional import Conditional
from nasbench_sim.spaces.input_pairs import input_pairs, pair_choices
from nasbench_sim.spaces.restricted import RestrictedSpace
from nasbench_sim.spaces.sampled import SampledSpace

if TYPE_CHECKING:
    from nasbench_sim.benchmarks.fbnet.space import FBNet
    from nasbench_sim.benchmarks.nas_bench_201.space import NasBench201
    from nasbench_sim.benchmarks.nas_bench_macro.space import NasBenchMacro
    from nasbench_sim.benchmarks.nats_size.space import NatsBenchSize

__all__ = [
    "Benchmark",
    "Conditional",
    "FBNet",
    "NasBench201",
    "NasBenchMacro",
    "NatsBenchSize",
    "RestrictedSpace",
    "SampledSpace",
    "SearchSpace",
    "available",
    "benchmarks",
    "input_pairs",
    "pair_choices",
    "register_space",
    "registered",
    "space",
]

__getattr__, __dir__ = lazily(
    __name__,
    {
        "FBNet": "nasbench_sim.benchmarks.fbnet.space",
        "NasBench201": "nasbench_sim.benchmarks.nas_bench_201.space",
        "NasBenchMacro": "nasbench_sim.benchmarks.nas_bench_macro.space",
        "NatsBenchSize": "nasbench_sim.benchmarks.nats_size.space",
    },
)
