"""The interface of hw_nas_bench_api, answered by our tables."""

from nasbench_sim.compat.hw_nas_bench_api.hw_nas_bench_api import HWNASBenchAPI

__all__ = ["HWNASBenchAPI"]
