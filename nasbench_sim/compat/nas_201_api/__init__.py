"""The interface of nas_201_api, of both of its generations, answered by our tables."""

from nasbench_sim.compat.nas_201_api import api_utils
from nasbench_sim.compat.nas_201_api.api_201 import NASBench201API
from nasbench_sim.compat.results import ArchResults
from nasbench_sim.compat.trial import ResultsCount

__all__ = [
    "NAS_BENCH_201_API_VERSION",
    "ArchResults",
    "NASBench201API",
    "ResultsCount",
    "api_utils",
    "test_api",
]

NAS_BENCH_201_API_VERSION = "v2.0"


def test_api(path: str) -> None:
    """Print what a few calls give, as the published function does."""
    api = NASBench201API(path)
    for index in (1, 2, 11, 301):
        print(f"\n--- index={index} ---")
        api.show(index)
        print(f"config={api.get_net_config(index, 'cifar10')}")
    print("TEST NAS-BENCH-201 DONE.")
