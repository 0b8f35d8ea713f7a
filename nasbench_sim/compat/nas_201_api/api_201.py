"""NASBench201API: the first generation (2020-02) speaks of 12-epoch results, the second of ``hp``.

A call's own arguments tell which is meant. Where a call has none, the first answers with 200 epochs, the
second with 12: `GENERATION` says which a script was written for, and `nasbench_sim.compat` tells it by the
copy that a script would have imported.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from nasbench_sim.compat import genotype
from nasbench_sim.compat.listing import ListingAPI
from nasbench_sim.compat.published import OPERATIONS, TOPOLOGY
from nasbench_sim.compat.results import ArchResults
from nasbench_sim.compat.text import printed

GENERATION = "NASBENCH_SIM_COMPAT_NAS_201_API"
"""The environment variable that says for which generation, 1 or 2, a script was written; 2 by default."""

ALL_BENCHMARK_FILES = ["NAS-Bench-201-v1_0-e61699.pth", "NAS-Bench-201-v1_1-096897.pth"]
ALL_ARCHIVE_DIRS = ["NAS-Bench-201-v1_1-archive"]


def print_information(information: Any, extra_info: Any = None, show: bool = False) -> list[str]:
    """Return the lines of text on an `ArchResults`, and print them where `show` says so."""
    return printed(information, extra_info, show, between=", ")


class _OneSchedule(Mapping[int, ArchResults]):
    """The results of all architectures by one schedule, as the first generation has them."""

    def __init__(self, records: Mapping[int, dict[str, ArchResults]], hp: str) -> None:
        self._records = records
        self._hp = hp

    def __getitem__(self, index: int) -> ArchResults:
        """The results of an architecture."""
        return self._records[index][self._hp]

    def __iter__(self) -> Any:
        """The official indices."""
        return iter(self._records)

    def __len__(self) -> int:
        """How many architectures there are."""
        return len(self._records)


class NASBench201API(ListingAPI):
    """NAS-Bench-201.

    Parameters
    ----------
    file_path_or_dict
        Where the script has its archive; nothing need be there.
    verbose
        Whether every call prints what it was asked.

    Examples
    --------
    >>> api = NASBench201API("NAS-Bench-201-v1_1-096897.pth", verbose=False)
    >>> api.query_index_by_arch(api[9])
    9
    """

    between = ", "

    def __init__(self, file_path_or_dict: Any = None, verbose: bool = True) -> None:
        if verbose and file_path_or_dict is not None:
            print(f"try to create the NAS-Bench-201 api from {file_path_or_dict}")
        self._first = os.environ.get(GENERATION) == "1"
        super().__init__(
            TOPOLOGY, file_path_or_dict, verbose and not self._first
        )  # the first prints no calls
        self.evaluated_indexes = sorted(self.evaluated_indexes)

    def _say(self, text: str) -> None:
        """Print what was asked, without the time."""
        print(text)

    def __repr__(self) -> str:
        """The published one line."""
        counts = f"{len(self.evaluated_indexes)}/{len(self.meta_archs)} architectures"
        return f"{type(self).__name__}({counts}{'' if self._first else f', file={self.filename}'})"

    @property
    def arch2infos_less(self) -> Mapping[int, ArchResults]:
        """The results after 12 epochs, as the first generation has them."""
        return _OneSchedule(self.arch2infos_dict, "12")

    @property
    def arch2infos_full(self) -> Mapping[int, ArchResults]:
        """The results after 200 epochs, as the first generation has them."""
        return _OneSchedule(self.arch2infos_dict, "200")

    def _meant(self, hp: Any, use_12epochs_result: Any) -> Any:
        """Return the schedule that a call means."""
        if isinstance(hp, bool):  # the first generation's argument, by its place
            use_12epochs_result = hp
        elif hp is not None:
            return hp
        if use_12epochs_result is None:
            use_12epochs_result = not self._first
        return "12" if use_12epochs_result else "200"

    def get_more_info(
        self,
        index: Any,
        dataset: str,
        iepoch: int | None = None,
        hp: Any = None,
        is_random: bool | int = True,
        *,
        use_12epochs_result: bool | None = None,
    ) -> dict[str, Any]:
        """Return losses, accuracies (%) and times (s) of an architecture.

        Both generations' keys are there: the union of validation and test images is ``valtest-*`` and
        ``est-valid-*``. CIFAR-10's test numbers are ``est-valid-*`` too, as in the first.
        """
        found = super().get_more_info(index, dataset, iepoch, self._meant(hp, use_12epochs_result), is_random)
        found.pop("comment", None)
        source = "test" if dataset == "cifar10" else "valtest"
        for what in ("loss", "accuracy"):
            if dataset != "cifar10-valid" and f"{source}-{what}" in found:
                found[f"est-valid-{what}"] = found[f"{source}-{what}"]
        return found

    def get_cost_info(
        self, index: int, dataset: str, hp: Any = None, *, use_12epochs_result: bool | None = None
    ) -> dict[str, Any]:
        """Return ``flops`` and ``params`` (millions), ``latency`` (s) and times (s)."""
        return super().get_cost_info(index, dataset, self._meant(hp, use_12epochs_result))

    def get_latency(
        self, index: int, dataset: str, hp: Any = None, *, use_12epochs_result: bool | None = None
    ) -> float:
        """Return the latency of a batch of 256, in seconds."""
        return super().get_latency(index, dataset, self._meant(hp, use_12epochs_result))

    def simulate_train_eval(  # type: ignore[override]
        self, arch: Any, dataset: str, hp: str | int = "12", account_time: bool = True
    ) -> tuple[float, float, float, float]:
        """Return validation accuracy (%), latency (s), cost (s) and clock (s) of a simulated evaluation."""
        return super().simulate_train_eval(arch, dataset, None, hp, account_time)

    def query_meta_info_by_index(
        self, arch_index: int, hp: Any = None, *, use_12epochs_result: bool | None = None
    ) -> ArchResults:
        """Return the `ArchResults` of an architecture."""
        return super().query_meta_info_by_index(arch_index, self._meant(hp, use_12epochs_result))

    def query_by_index(
        self,
        arch_index: int,
        dataname: str | None = None,
        hp: Any = None,
        *,
        use_12epochs_result: bool | None = None,
    ) -> Any:
        """Return the `ArchResults` of an architecture, or all its runs on a data set by their seeds."""
        return super().query_by_index(arch_index, dataname, self._meant(hp, use_12epochs_result))

    def get_net_param(
        self,
        index: int,
        dataset: str,
        seed: int | None,
        hp: Any = None,
        *,
        use_12epochs_result: bool | None = None,
    ) -> Any:
        """Return the trained weights of a run, or of all runs by their seeds: None, as in small archives."""
        return super().get_net_param(index, dataset, seed, self._meant(hp, use_12epochs_result))

    def query_info_str_by_arch(
        self, arch: Any, hp: Any = None, *, use_12epochs_result: bool | None = None
    ) -> str | None:
        """Return the text on an architecture; None for one that is not there."""
        if self.query_index_by_arch(arch) < 0:
            return None
        return super().query_info_str_by_arch(arch, self._meant(hp, use_12epochs_result))

    def query_by_arch(
        self, arch: Any, hp: Any = None, *, use_12epochs_result: bool | None = None
    ) -> str | None:
        """Return the text on an architecture; None for one that is not there."""
        return self.query_info_str_by_arch(arch, hp, use_12epochs_result=use_12epochs_result)

    def find_best(  # type: ignore[override]
        self,
        dataset: str,
        metric_on_set: str,
        FLOP_max: float | None = None,  # noqa: N803 - its published name
        Param_max: float | None = None,  # noqa: N803
        hp: Any = None,
        *,
        use_12epochs_result: bool | None = None,
    ) -> tuple[int, Any]:
        """Return the index of the highest mean accuracy under limits of cost, and that accuracy (%)."""
        key = self._meant(hp, use_12epochs_result)
        return super().find_best(dataset, metric_on_set, FLOP_max, Param_max, key)

    @property
    def _printed(self) -> list[str]:
        """The schedules in the order in which they are printed: the first generation begins with 200."""
        return self.avaliable_hps[::-1] if self._first else self.avaliable_hps

    @staticmethod
    def str2lists(arch_str: str) -> list[genotype.Node]:
        """Return the (operation, input) pairs of each node."""
        return genotype.lists(arch_str)

    @staticmethod
    def str2matrix(arch_str: str, search_space: Sequence[str] = OPERATIONS) -> Any:
        """Return the operations of a cell as a square matrix."""
        return genotype.matrix(arch_str, search_space)
