"""The size space of NATS-Bench."""

from __future__ import annotations

from typing import Any

from nasbench_sim.compat.nats_bench.meta import NASBenchMetaAPI
from nasbench_sim.compat.published import SIZE
from nasbench_sim.compat.text import printed

ALL_BASE_NAMES = ["NATS-sss-v1_0-50262"]


def print_information(information: Any, extra_info: Any = None, show: bool = False) -> list[str]:
    """Return the lines of text on an `ArchResults`, and print them where `show` says so."""
    return printed(information, extra_info, show, with_test=True)


class NATSsize(NASBenchMetaAPI):
    """The size space: 32,768 widths of one cell; its schedules are ``01``, ``12`` and ``90``."""

    layout = SIZE
    _search_space_name = "size"
    _full_train_epochs = 90
    _all_base_names = ALL_BASE_NAMES
