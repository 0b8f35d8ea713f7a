"""The topology space of NATS-Bench."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nasbench_sim.compat import genotype
from nasbench_sim.compat.nats_bench.meta import NASBenchMetaAPI
from nasbench_sim.compat.published import OPERATIONS, TOPOLOGY
from nasbench_sim.compat.text import printed

ALL_BASE_NAMES = ["NATS-tss-v1_0-3ffb9"]


def print_information(information: Any, extra_info: Any = None, show: bool = False) -> list[str]:
    """Return the lines of text on an `ArchResults`, and print them where `show` says so."""
    return printed(information, extra_info, show)


class NATStopology(NASBenchMetaAPI):
    """The topology space, NAS-Bench-201: 15,625 cells; its schedules are ``12`` and ``200``."""

    layout = TOPOLOGY
    _search_space_name = "topology"
    _full_train_epochs = 200
    _all_base_names = ALL_BASE_NAMES

    def get_unique_str(self, arch: Any) -> str:
        """Return a string that isomorphic cells share."""
        cell = genotype.topology_str2structure(self.meta_archs[self._known(arch)])
        return cell.to_unique_str(consider_zero=True)

    @staticmethod
    def str2lists(arch_str: str) -> list[genotype.Node]:
        """Return the (operation, input) pairs of each node."""
        return genotype.lists(arch_str)

    @staticmethod
    def str2matrix(arch_str: str, search_space: Sequence[str] = OPERATIONS) -> Any:
        """Return the operations of a cell as a square matrix."""
        return genotype.matrix(arch_str, search_space)
