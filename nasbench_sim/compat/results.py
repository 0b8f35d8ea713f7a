"""The training runs of an architecture by one schedule, as the published packages hand them out."""

from __future__ import annotations

import collections
import copy
import random
from numbers import Integral
from typing import Any

from nasbench_sim.compat.archive import Archive, mean
from nasbench_sim.compat.files import pickle_load
from nasbench_sim.compat.published import TRAININGS
from nasbench_sim.compat.series import UnnamedRun
from nasbench_sim.compat.trial import ResultsCount


class ArchResults:
    """All training runs of an architecture by one schedule."""

    def __init__(self, arch_index: Any, arch_str: Any) -> None:
        self.arch_index = int(arch_index)
        self.arch_str = copy.deepcopy(arch_str)
        self.all_results: dict[tuple[str, int], ResultsCount] = {}
        self.dataset_seed: dict[str, list[int]] = {}
        self.clear_net_done = False

    @classmethod
    def of(cls, archive: Archive, index: int, hp: str) -> ArchResults:
        """Return the runs that an archive has of an architecture."""
        found = cls(index, archive.strings[index])
        found.clear_net_done = True
        for dataset in TRAININGS:
            found.dataset_seed[dataset] = archive.seeds(index, dataset, hp)
            for seed in found.dataset_seed[dataset]:
                found.all_results[dataset, seed] = ResultsCount.of(archive, index, dataset, hp, seed)
        found.__dict__["_ask"] = lambda dataset, *what: archive.metrics(index, dataset, hp, *what)
        return found

    def __getstate__(self) -> dict[str, Any]:
        """Travel with the runs alone."""
        return {key: value for key, value in self.__dict__.items() if key != "_ask"}

    def get_compute_costs(self, dataset: str) -> dict[str, Any]:
        """Return params and FLOPs (millions), latency (s) and times (s): means over the runs.

        Params or FLOPs that differ between the runs are those of seed 888: the others are known to be wrong.
        """
        seeds = self.dataset_seed[dataset]
        runs = [self.all_results[dataset, seed] for seed in seeds]

        def agreed(values: list[float]) -> list[float]:
            differ = len({f"{value:.5f}" for value in values}) > 1
            return [values[seeds.index(888)]] if differ else values

        latencies = [one for one in (run.get_latency() for run in runs) if one > 0 or one != one]
        times: dict[str, list[Any]] = collections.defaultdict(list)
        for run in runs:
            for key, value in run.get_times().items():
                times[key].append(value)
        return {
            "flops": mean(agreed([run.flop for run in runs])),
            "params": mean(agreed([run.params for run in runs])),
            "latency": mean(latencies) if latencies else None,
            **{key: None if values[0] is None else mean(values) for key, values in times.items()},
        }

    def get_metrics(
        self, dataset: str, setname: str, iepoch: int | None = None, is_random: bool | int = False
    ) -> dict[str, Any]:
        """Return loss, accuracy and times of a set after an epoch.

        Parameters
        ----------
        is_random
            True for a run drawn by Python's global generator, False for the mean of the runs, else the seed
            of a run.
        """
        seeds = self.dataset_seed[dataset]
        results = []
        for seed in seeds:
            run = self.all_results[dataset, seed]
            results.append(run.get_train(iepoch) if setname == "train" else run.get_eval(setname, iepoch))
        if isinstance(is_random, bool):
            if is_random:
                return results[random.randint(0, len(results) - 1)]
            found = {
                key: None if value is None else mean([result[key] for result in results])
                for key, value in results[0].items()
            }
            lacking = found["accuracy"] != found["accuracy"] or found["loss"] != found["loss"]
            if lacking and "_ask" in self.__dict__:  # a mean may be known where its runs are not
                known = self.__dict__["_ask"](dataset, setname, results[0]["iepoch"])
                found.update(loss=known["loss"], accuracy=known["accuracy"])
            return found
        if isinstance(is_random, Integral):
            if is_random not in seeds:
                raise ValueError(f"can not find random seed ({is_random}) from {seeds}")
            place = seeds.index(is_random)
            if isinstance(seeds[place], UnnamedRun) and not isinstance(is_random, UnnamedRun):
                known = self.__dict__["_ask"](dataset, setname, results[place]["iepoch"], int(is_random))
                return {**results[place], "loss": known["loss"], "accuracy": known["accuracy"]}
            return results[place]
        raise ValueError(f"invalid value for is_random: {is_random}")

    def get_dataset_names(self) -> list[str]:
        """Return the names of the data sets."""
        return list(self.dataset_seed)

    def get_dataset_seeds(self, dataset: str) -> list[int]:
        """Return the training seeds of the runs on a data set."""
        return copy.deepcopy(self.dataset_seed[dataset])

    def get_net_param(self, dataset: str, seed: int | None = None) -> Any:
        """Return the trained weights of a run, or of all by their seeds; the small records have none."""
        if seed is None:
            return {one: self.all_results[dataset, one].get_net_param() for one in self.dataset_seed[dataset]}
        if (dataset, seed) not in self.all_results:
            raise ValueError(f"key={(dataset, seed)} not in {list(self.all_results)}")
        return self.all_results[dataset, seed].get_net_param()

    def _some(self, dataset: str, seed: int | None) -> list[ResultsCount]:
        return [
            self.all_results[dataset, one] for one in (self.dataset_seed[dataset] if seed is None else [seed])
        ]

    def reset_latency(self, dataset: str, seed: int | None, latency: float) -> None:
        """Set the latency (s) of a run, or of all."""
        for run in self._some(dataset, seed):
            run.update_latency([latency])

    def reset_pseudo_train_times(
        self, dataset: str, seed: int | None, estimated_per_epoch_time: float
    ) -> None:
        """Set the seconds of every epoch of a run, or of all."""
        for run in self._some(dataset, seed):
            run.reset_pseudo_train_times(estimated_per_epoch_time)

    def reset_pseudo_eval_times(
        self, dataset: str, seed: int | None, eval_name: str, estimated_per_epoch_time: float
    ) -> None:
        """Set the seconds of a pass over a set of a run, or of all."""
        for run in self._some(dataset, seed):
            run.reset_pseudo_eval_times(eval_name, estimated_per_epoch_time)

    def get_latency(self, dataset: str) -> float:
        """Return the mean latency (s) of the runs; ValueError where a run has none."""
        latencies = []
        for seed in self.dataset_seed[dataset]:
            latency = self.all_results[dataset, seed].get_latency()
            if not isinstance(latency, float) or latency <= 0:
                raise ValueError(f"invalid latency of {dataset} with seed={seed} : {latency}")
            latencies.append(latency)
        return mean(latencies)

    def get_total_epoch(self, dataset: str | None = None) -> int:
        """Return the number of epochs of the schedule."""
        if dataset is not None and not isinstance(dataset, str):
            raise ValueError(f"invalid dataset={dataset}")
        chosen = self.dataset_seed if dataset is None else [dataset]
        epochs = [run.get_total_epoch() for name in chosen for run in self._some(name, None)]
        if len(set(epochs)) > 1:
            raise ValueError(f"Each trial mush have the same number of training epochs : {epochs}")
        return epochs[-1]

    def query(self, dataset: str, seed: int | None = None) -> Any:
        """Return a run, or all runs on a data set by their seeds."""
        if seed is None:
            return {one: self.all_results[dataset, one] for one in self.dataset_seed[dataset]}
        return self.all_results[dataset, seed]

    def arch_idx_str(self) -> str:
        """Return the index in six digits."""
        return f"{self.arch_index:06d}"

    def update(self, dataset_name: str, seed: int, result: ResultsCount) -> None:
        """Add a run."""
        seeds = self.dataset_seed.setdefault(dataset_name, [])
        if seed in seeds:
            raise ValueError(f"{self.arch_index}-th arch alreadly has this seed ({seed}) on {dataset_name}")
        self.dataset_seed[dataset_name] = sorted([*seeds, seed])
        self.all_results[dataset_name, seed] = result
        self.clear_net_done = False

    def state_dict(self) -> dict[str, Any]:
        """Return everything as a dictionary."""
        state = self.__getstate__()
        state["all_results"] = {key: run.state_dict() for key, run in self.all_results.items()}
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the values of a dictionary."""
        runs = state_dict["all_results"]
        self.__dict__.update(
            state_dict,
            all_results={key: ResultsCount.create_from_state_dict(state) for key, state in runs.items()},
        )

    @staticmethod
    def create_from_state_dict(state_dict_or_file: dict[str, Any] | str) -> ArchResults:
        """Return the architecture that a dictionary, or the file of one, describes."""
        state = pickle_load(state_dict_or_file) if isinstance(state_dict_or_file, str) else state_dict_or_file
        if not isinstance(state, dict):
            raise ValueError(f"invalid type of state_dict_or_file : {type(state_dict_or_file)}")
        found = ArchResults(-1, -1)
        found.load_state_dict(state)
        return found

    def clear_params(self) -> None:
        """Forget the trained weights."""
        for run in self.all_results.values():
            run.net_state_dict = None
        self.clear_net_done = True

    def debug_test(self) -> None:
        """Print what most methods say."""
        for dataset in self.dataset_seed:
            print(f"---->>>> {dataset}")
            print(f"The latency on {dataset} is {self.get_latency(dataset)} s")
            for seed in self.dataset_seed[dataset]:
                print(f"  ==>> result = {self.all_results[dataset, seed]}")
                print(f"  ==>> cost = {self.all_results[dataset, seed].get_times()}")

    def __repr__(self) -> str:
        """The published one line."""
        return (
            f"{type(self).__name__}(arch-index={self.arch_index}, arch={self.arch_str}, "
            f"{len(self.all_results)} runs, clear={self.clear_net_done})"
        )
