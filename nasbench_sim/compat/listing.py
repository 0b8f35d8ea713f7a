"""What is asked of all architectures at once, and the text on them."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasbench_sim.compat.api import API
from nasbench_sim.compat.published import SPLITS, TRAININGS, remap_dataset_set_names
from nasbench_sim.compat.results import ArchResults
from nasbench_sim.compat.text import printed


class ListingAPI(API):
    """Answers what the published classes say of all architectures, and print."""

    between = " & "
    """What stands between loss and accuracy in the text of an architecture."""

    def find_best(
        self,
        dataset: str,
        metric_on_set: str,
        flop_max: float | None = None,
        param_max: float | None = None,
        hp: str | int = "12",
        enforce_all: bool | None = None,
    ) -> tuple[int, Any]:
        """Return the index of the highest mean accuracy under limits of cost, and that accuracy (%).

        Parameters
        ----------
        dataset, metric_on_set
            A published data set and set, or ``cifar10`` and the like with ``train``, ``valid`` or ``test``.
        flop_max, param_max
            In millions.
        enforce_all
            Of all architectures, or of those of `evaluated_indexes`: here these are the same.
        """
        if self.verbose:
            self._say(
                f"Call find_best with dataset={dataset}, metric_on_set={metric_on_set}, "
                f"hp={hp} | with #FLOPs < {flop_max} and #Params < {param_max}"
            )
        dataset, name = remap_dataset_set_names(dataset, metric_on_set, self.verbose)
        name = "x-valid" if name == "valid" else name
        key = self._hp(hp)
        if dataset not in TRAININGS:
            raise KeyError(dataset)
        chosen = np.array(sorted(self.evaluated_indexes))
        if flop_max is not None or param_max is not None:
            costs = self.archive.all_costs(dataset)
            for limit, cost in ((flop_max, costs["flops"]), (param_max, costs["params"])):
                chosen = chosen if limit is None else chosen[~(cost[chosen] > limit)]
        best, highest = -1, None
        if not len(chosen):
            return best, highest
        if name != "train" and name not in SPLITS[dataset]:
            raise ValueError(f"{name}@{self.archive.layout.schedules[key] - 1} not in {[*SPLITS[dataset]]}")
        metric = f"{'train' if name == 'train' else SPLITS[dataset][name]}_accuracy"
        accuracy = self.archive.means(metric, dataset, key)
        known = chosen[~np.isnan(accuracy[chosen])]
        if len(known) < len(chosen):
            self.archive.missing.say([f"{metric} ({dataset}, {int(key)} epochs)"], "found among the others")
        if len(known):
            best = int(known[np.argmax(accuracy[known])])
            highest = float(accuracy[best])
        if self.verbose and highest is not None:
            print(f"  the best architecture : [{best}] {self.arch(best)} with accuracy={highest:.3f}%")
        return best, highest

    def statistics(self, dataset: str, hp: str | int) -> dict[int, int]:
        """Return how many architectures have how many runs."""
        if self.verbose:
            print(f"Call the statistics function with dataset={dataset} and hp={hp}.")
        if dataset not in TRAININGS:
            raise ValueError(f"{dataset} not in {[*TRAININGS]}")
        key = self._hp(hp)
        counts: dict[int, int] = {}
        for index in self.evaluated_indexes:
            count = len(self.archive.seeds(index, dataset, key))
            counts[count] = counts.get(count, 0) + 1
        return counts

    def query_info_str_by_arch(self, arch: Any, hp: str | int = "12") -> str | None:
        """Return the text on an architecture; its lines are as published, unknown numbers ``+nan``."""
        if self.verbose:
            self._say(f"Call query_info_str_by_arch with arch={arch}and hp={hp}")
        return self._text(self._known(arch), hp)

    def _text(self, index: int, hp: Any) -> str:
        results = self._results(index, self._hp_of(index, hp))
        return "\n".join(self._lines(results, f"arch-index={index}"))

    def _lines(self, results: ArchResults, extra: str | None = None) -> list[str]:
        size = self.archive.layout.space == "nats-bench-size"
        return printed(results, extra, between=self.between, with_test=size)

    def query_by_arch(self, arch: Any, hp: str | int) -> str | None:
        """Return the text on an architecture."""
        return self.query_info_str_by_arch(arch, hp)

    def show(self, index: int = -1) -> None:
        """Print the text on an architecture by every schedule; on all for an index below 0."""
        if index < 0:
            print(self)
            every = sorted(self.evaluated_indexes)
            for place, one in enumerate(every):
                print(f"\n{'-' * 10} The ({place:5d}/{len(every):5d}) {one:06d}-th architecture! {'-' * 10}")
                print(f"arch : {self.meta_archs[one]}")
                self._show_one(one)
        elif index < len(self.meta_archs):
            self._show_one(index)
        else:
            print(f"This index ({index}) is out of range (0~{len(self.meta_archs)}).")

    @property
    def _printed(self) -> list[str]:
        """The schedules in the order in which they are printed."""
        return self.avaliable_hps

    def _show_one(self, index: int) -> None:
        for hp in self._printed:
            results = self.arch2infos_dict[index][hp]
            strings = self._lines(results)
            print(f"{'>' * 40} {results.get_total_epoch():03d} epochs {'>' * 40}")
            print("\n".join(strings))
        print(f"{'<' * 40}------------{'<' * 40}")
