"""What all published programming interfaces of these records have in common: each only translates."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from numbers import Integral
from typing import Any

from nasbench_sim.compat.architectures import Architectures
from nasbench_sim.compat.archive import Archive
from nasbench_sim.compat.given import table_of
from nasbench_sim.compat.published import SPLITS, TRAININGS, Layout
from nasbench_sim.compat.results import ArchResults

_KEPT = 4096
"""Answers to repeated questions that are kept (about 3 kB each)."""
_MADE = 512
"""Architectures whose records are kept (about 20 kB each)."""
_COMMENT = (
    "In this dict, train-loss/accuracy/time is the metric on the train{sets} of CIFAR-10. The "
    "test-loss/accuracy/time is the performance of the CIFAR-10 test set after training on the train{sets} "
    "by {hp} epochs. The per-time and total-time indicate the per epoch and total time costs, respectively."
)


class Records(Mapping[int, dict[str, ArchResults]]):
    """The `ArchResults` of all architectures, by index and schedule, made when they are asked for."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._made: dict[int, dict[str, ArchResults]] = {}

    def __getitem__(self, index: int) -> dict[str, ArchResults]:
        """The results of an architecture by schedule."""
        if not isinstance(index, Integral) or not 0 <= index < len(self):
            raise KeyError(index)
        place = int(index)
        if place not in self._made:
            if len(self._made) >= _MADE:
                self._made.clear()
            hps = self._archive.layout.schedules
            self._made[place] = {hp: ArchResults.of(self._archive, place, hp) for hp in hps}
        return self._made[place]

    def __iter__(self) -> Iterator[int]:
        """The official indices."""
        return iter(range(len(self)))

    def __len__(self) -> int:
        """How many architectures there are."""
        return len(self._archive.strings)

    def __getstate__(self) -> dict[str, Any]:
        """Travel without what was made."""
        return {**vars(self), "_made": {}}


class API(Architectures):
    """Answers what the published classes say of an architecture, from a table.

    Parameters
    ----------
    layout
        How the records are laid out.
    file_path_or_dict
        What the script has of an archive: of a path only the name is used, and nothing need be there; the
        records of a dictionary answer in the place of the table.
    verbose
        Whether every call prints what it was asked.
    """

    def __init__(self, layout: Layout, file_path_or_dict: Any, verbose: bool) -> None:
        given = isinstance(file_path_or_dict, dict)
        self.archive = Archive(layout, table_of(layout, file_path_or_dict) if given else None)
        super().__init__(self.archive.strings, verbose)
        if given:
            self.evaluated_indexes = set(file_path_or_dict["evaluated_indexes"])
        path = file_path_or_dict
        self.filename = os.path.basename(path) if isinstance(path, str | os.PathLike) else None
        self.arch2infos_dict = Records(self.archive)
        self._info: dict[Any, dict[str, Any]] = {}
        self._drawn: dict[Any, list[dict[str, Any]]] = {}
        self._costs: dict[Any, dict[str, Any]] = {}
        self._latencies: dict[Any, float] = {}
        self.reset_time()

    # -- schedules

    def _hp(self, hp: Any) -> str:
        """Return the published key of a schedule, given as text or as a number; KeyError for none."""
        key = str(hp)
        if key not in self.archive.layout.schedules:
            raise KeyError(key)
        return key

    @property
    def avaliable_hps(self) -> list[str]:
        """The published keys of the schedules."""
        return list(self.archive.layout.schedules)

    # -- numbers

    def get_more_info(
        self,
        index: Any,
        dataset: str,
        iepoch: int | None = None,
        hp: str | int = "12",
        is_random: bool | int = True,
    ) -> dict[str, Any]:
        """Return losses, accuracies (%) and times (s) of an architecture.

        Parameters
        ----------
        index
            An index, a string, or what has ``tostr()``.
        dataset
            ``cifar10-valid``, ``cifar10``, ``cifar100`` or ``ImageNet16-120``.
        iepoch
            From 0; the last by default.
        hp
            The schedule.
        is_random
            True for a run drawn by Python's global generator, False for the mean, or the seed of a run.
        """
        if self.verbose:
            self._say(
                f"Call the get_more_info function with index={index}, dataset={dataset}, "
                f"iepoch={iepoch}, hp={hp}, and is_random={is_random}."
            )
        place = index if type(index) is int else self._known(index)
        if is_random is True:
            runs = self._drawn.get((place, dataset, iepoch, hp))
            if runs is None:
                runs = self._all_drawn(place, dataset, iepoch, hp)
            return random.choice(runs).copy()
        run = None if is_random is False else is_random
        kept = run is None or type(run) is int
        found = self._info.get((place, dataset, iepoch, hp, run)) if kept else None
        if found is None:
            lacking: list[str] = []
            found = self._about(self._known(place), dataset, iepoch, hp, run, False, lacking)
            self.archive.missing.say(lacking)
            if kept:
                self._keep(self._info, (place, dataset, iepoch, hp, run), found)
        return found.copy()

    def _all_drawn(self, index: int, dataset: str, iepoch: int | None, hp: Any) -> list[dict[str, Any]]:
        """Return what each run that may be drawn says."""
        seeds = self._seeds(self._known(index), dataset, hp)
        lacking: list[str] = []
        runs = [self._about(index, dataset, iepoch, hp, seed, True, lacking) for seed in seeds]
        self.archive.missing.say(lacking)
        self._keep(self._drawn, (index, dataset, iepoch, hp), runs)
        return runs

    def _seeds(self, index: int, dataset: str, hp: Any) -> list[int]:
        """Return the runs of an architecture; KeyError for an unknown schedule or data set."""
        key = self._hp(hp)
        if dataset not in TRAININGS:
            raise KeyError(dataset)
        return self.archive.seeds(index, dataset, key)

    @staticmethod
    def _keep(answers: dict[Any, Any], key: Any, answer: Any) -> None:
        if len(answers) >= _KEPT:
            answers.clear()
        answers[key] = answer

    def _about(
        self,
        index: int,
        dataset: str,
        iepoch: int | None,
        hp: Any,
        run: Any,  # a seed
        drawn: bool,
        lacking: list[str],
    ) -> dict[str, Any]:
        """Collect what is known of a run, or of the mean where it is None."""
        key = self._hp(hp)
        seeds = self._seeds(index, dataset, hp)
        if run is not None:
            if not isinstance(run, Integral):
                raise ValueError(f"invalid value for is_random: {run}")
            if run not in seeds:
                raise ValueError(f"can not find random seed ({run}) from {seeds}")
        seed: Any = run
        epochs = self.archive.layout.schedules[key]
        epoch = epochs - 1 if iepoch is None else iepoch
        if epoch < 0 or epoch >= epochs:
            raise ValueError(f"invalid iepoch={iepoch} < {epochs}")
        found: dict[str, Any] = {}
        splits = {split: name for name, split in SPLITS[dataset].items()}
        for label, name in (
            ("train", "train"),
            ("valid", splits.get("val")),
            ("test", splits.get("test")),
            ("valtest", splits.get("valtest")),
        ):
            if name is None or not self.archive.measured(dataset, key, name, epoch):
                continue
            metrics = self.archive.metrics(index, dataset, key, name, epoch, seed, drawn, lacking)
            found[f"{label}-loss"] = metrics["loss"]
            found[f"{label}-accuracy"] = metrics["accuracy"]
            found[f"{label}-per-time"] = metrics["all_time"] / (epoch + 1)
            found[f"{label}-all-time"] = metrics["all_time"]
            if label == "train" and TRAININGS[dataset][0] == "cifar10":
                found["comment"] = _COMMENT.format(
                    hp=hp, sets="+valid sets" if dataset == "cifar10" else " set"
                )
        return found

    def _results(self, index: int, hp: str) -> ArchResults:
        return self.arch2infos_dict[index][hp]

    def simulate_train_eval(
        self,
        arch: Any,
        dataset: str,
        iepoch: int | None = None,
        hp: str | int = "12",
        account_time: bool = True,
    ) -> tuple[float, float, float, float]:
        """Return validation accuracy (%), latency (s), cost (s) and clock (s) of a simulated evaluation.

        The cost is the training time of the epochs and one validation pass; without the pass, and with a
        warning, where no table knows how long it takes. ``cifar10`` means ``cifar10-valid``.
        """
        index = self.query_index_by_arch(arch)
        if dataset not in ("cifar10", "cifar100", "ImageNet16-120"):
            names = ("cifar10", "cifar100", "ImageNet16-120")
            raise ValueError(f"Invalid dataset name : {dataset} vs {names}")
        trained = "cifar10-valid" if dataset == "cifar10" else dataset
        info = self.get_more_info(index, trained, iepoch=iepoch, hp=hp, is_random=True)
        accuracy, last = info.get("valid-accuracy"), info
        if accuracy is None:
            accuracy = info["valtest-accuracy"]
            last = self.get_more_info(index, dataset, iepoch=None, hp=hp, is_random=True)
        cost = info["train-all-time"]
        if last["valid-per-time"] == last["valid-per-time"]:
            cost += last["valid-per-time"]
        else:
            self.archive.missing.say(
                ["the validation pass of the clock"], "the clock counts the training alone"
            )
        latency = self.get_latency(index, dataset, hp=hp)
        if account_time:
            self._used_time += cost
        return accuracy, latency, cost, self._used_time

    @property
    def used_time(self) -> float:
        """The clock of the simulated evaluations, in seconds."""
        return self._used_time

    def reset_time(self) -> None:
        """Set the clock to zero."""
        self._used_time: float = 0

    def get_cost_info(self, index: int, dataset: str, hp: str | int = "12") -> dict[str, Any]:
        """Return ``flops`` and ``params`` (millions), ``latency`` (s) and times (s)."""
        if self.verbose:
            self._say(f"Call the get_cost_info function with index={index}, dataset={dataset}, and hp={hp}.")
        found = self._costs.get((index, dataset, hp))
        if found is None:
            found = self.query_meta_info_by_index(index, hp).get_compute_costs(dataset)
            self._keep(self._costs, (index, dataset, hp), found)
        return found.copy()

    def get_latency(self, index: int, dataset: str, hp: str | int = "12") -> float:
        """Return the latency of a batch of 256, in seconds."""
        if self.verbose:
            self._say(f"Call the get_latency function with index={index}, dataset={dataset}, and hp={hp}.")
        found = self._latencies.get((index, dataset, hp))
        if found is None:
            place = self._there(index)
            runs = len(self._seeds(place, dataset, self._hp_of(place, hp)))
            found = self.archive.latency(place, dataset, runs)
            self._keep(self._latencies, (index, dataset, hp), found)
        return found

    # -- records

    def query_meta_info_by_index(self, arch_index: int, hp: str | int = "12") -> ArchResults:
        """Return the `ArchResults` of an architecture; ValueError for an index or a schedule not there."""
        if self.verbose:
            print(f"Call query_meta_info_by_index with arch_index={arch_index}, hp={hp}")
        index = self._there(arch_index)
        return ArchResults.of(self.archive, index, self._hp_of(index, hp))

    def _there(self, index: Any) -> int:
        """Return an index as a plain number; ValueError for one that is not there."""
        if not isinstance(index, Integral) or not 0 <= int(index) < len(self):
            raise ValueError(f"arch_index [{index}] does not in arch2infos")
        return int(index)

    def _hp_of(self, index: int, hp: Any) -> str:
        """Return the published key of a schedule; ValueError for none."""
        if str(hp) not in self.archive.layout.schedules:
            raise ValueError(
                f"The {index}-th architecture only has hyper-parameters of {self.avaliable_hps} instead of "
                f"{hp}."
            )
        return str(hp)

    def query_by_index(self, arch_index: int, dataname: str | None = None, hp: str | int = "12") -> Any:
        """Return the `ArchResults` of an architecture, or all its runs on a data set by their seeds."""
        if self.verbose:
            self._say(f"Call query_by_index with arch_index={arch_index}, dataname={dataname}, hp={hp}")
        info = self.query_meta_info_by_index(arch_index, hp)
        if dataname is None:
            return info
        if dataname not in info.get_dataset_names():
            raise ValueError(f"invalid dataset-name : {dataname} vs. {info.get_dataset_names()}")
        return info.query(dataname)

    def get_net_config(self, index: int, dataset: str) -> dict[str, Any]:
        """Return the configuration of a network."""
        if self.verbose:
            self._say(f"Call the get_net_config function with index={index}, dataset={dataset}.")
        if not isinstance(index, Integral) or not 0 <= index < len(self):
            raise ValueError(f"The arch_index={index} is not in arch2infos_dict.")
        runs = next(iter(self.arch2infos_dict[index].values())).query(dataset, None)
        return dict(next(iter(runs.values())).get_config(None))

    def get_net_param(self, index: int, dataset: str, seed: int | None, hp: str | int = "12") -> Any:
        """Return the trained weights of a run, or of all runs by their seeds: None, as in small archives."""
        if self.verbose:
            self._say(
                f"Call the get_net_param function with index={index}, dataset={dataset}, seed={seed}, hp={hp}"
            )
        return self.query_meta_info_by_index(index, hp).get_net_param(dataset, seed)

    def clear_params(self, index: int, hp: str | int | None = None) -> None:
        """Do nothing but check the arguments: there are no trained weights to forget."""
        if self.verbose:
            self._say(f"Call clear_params with index={index} and hp={hp}")
        if hp is not None:
            self._hp_of(index, hp)

    def reload(self, archive_root: str | None = None, index: int | None = None) -> None:
        """Do nothing but check the index: the table has all architectures."""
        if self.verbose:
            self._say(f"Call clear_params with archive_root={archive_root} and index={index}")
        if index is not None and not 0 <= index < len(self):
            raise ValueError(f"invalid index of {index}")
