"""The interface of nats_bench 1.8, answered by our tables."""

from __future__ import annotations

from typing import Any

from nasbench_sim.compat.files import pickle_load, pickle_save
from nasbench_sim.compat.nats_bench import api_utils, genotype_utils
from nasbench_sim.compat.nats_bench.api_size import NATSsize
from nasbench_sim.compat.nats_bench.api_topology import NATStopology
from nasbench_sim.compat.published import OPERATIONS
from nasbench_sim.compat.results import ArchResults
from nasbench_sim.compat.trial import ResultsCount

__all__ = [
    "ArchResults",
    "NATS_BENCH_API_VERSIONs",
    "NATS_BENCH_SSS_NAMEs",
    "NATS_BENCH_TSS_NAMEs",
    "NATSsize",
    "NATStopology",
    "ResultsCount",
    "api_utils",
    "create",
    "genotype_utils",
    "pickle_load",
    "pickle_save",
    "search_space_info",
    "version",
]

NATS_BENCH_API_VERSIONs = [f"v1.{minor}" for minor in range(9)]
NATS_BENCH_SSS_NAMEs = ("sss", "size")
NATS_BENCH_TSS_NAMEs = ("tss", "topology")


def version() -> str:
    """Return the version of the published package whose answers these are."""
    return NATS_BENCH_API_VERSIONs[-1]


def create(
    file_path_or_dict: Any, search_space: str, fast_mode: bool = False, verbose: bool = True
) -> NATStopology | NATSsize:
    """Return the interface of a search space; the archive that is named need not be there.

    Parameters
    ----------
    search_space
        ``tss`` or ``topology``, ``sss`` or ``size``.
    """
    if search_space in NATS_BENCH_TSS_NAMEs:
        return NATStopology(file_path_or_dict, fast_mode, verbose)
    if search_space in NATS_BENCH_SSS_NAMEs:
        return NATSsize(file_path_or_dict, fast_mode, verbose)
    raise ValueError(f"invalid search space : {search_space}")


def search_space_info(main_tag: str, aux_tag: str | None) -> dict[str, Any]:
    """Return what a search space is made of."""
    topology = {"op_names": list(OPERATIONS), "num_nodes": 4}
    if main_tag == "nas-bench-201":
        if aux_tag is not None:
            raise ValueError("For NAS-Bench-201, the auxiliary tag should be None.")
        return topology
    if main_tag != "nats-bench":
        raise ValueError(f"Unknown main tag: {main_tag}")
    if aux_tag in NATS_BENCH_SSS_NAMEs:
        return {"candidates": [8, 16, 24, 32, 40, 48, 56, 64], "num_layers": 5}
    if aux_tag in NATS_BENCH_TSS_NAMEs:
        return topology
    raise ValueError(f"Unknown auxiliary tag: {aux_tag}")
