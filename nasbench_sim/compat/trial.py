"""One training run as the published packages hand it out.

It can be filled from a published state dictionary, or takes its numbers from an `Archive` when asked.
"""

from __future__ import annotations

import collections
import copy
from collections.abc import Callable
from typing import Any

from nasbench_sim.compat.archive import Archive, mean

_PARTS = {
    "params": "facts",
    "flop": "facts",
    "latency": "facts",
    "train_acc1es": "training",
    "train_losses": "training",
    "eval_acc1es": "evaluation",
    "eval_losses": "evaluation",
    "train_times": "times",
    "eval_times": "times",
}
"""The attributes of a run that are read when they are first asked for, and with which others."""


class ResultsCount:
    """One training run of an architecture on a data set."""

    def __init__(
        self,
        name: Any,
        state_dict: Any,
        train_accs: Any,
        train_losses: Any,
        params: Any,
        flop: Any,
        arch_config: Any,
        seed: Any,
        epochs: Any,
        latency: Any,
    ) -> None:
        self.name = name
        self.net_state_dict = state_dict
        self.train_acc1es = copy.deepcopy(train_accs)
        self.train_acc5es: Any = None
        self.train_losses = copy.deepcopy(train_losses)
        self.train_times: Any = None
        self.arch_config = copy.deepcopy(arch_config)
        self.params = params
        self.flop = flop
        self.seed = seed
        self.epochs = epochs
        self.latency = latency
        self.reset_eval()

    @classmethod
    def of(cls, archive: Archive, index: int, dataset: str, hp: str, seed: int) -> ResultsCount:
        """Return a run of an archive; its numbers are read when they are asked for."""
        run = cls.__new__(cls)
        run.__dict__.update(
            name=dataset,
            net_state_dict=None,
            train_acc5es=None,
            arch_config=archive.layout.config(archive.strings[index], dataset),
            seed=f"{seed:04d}",
            epochs=archive.layout.schedules[hp],
            eval_names=list(archive.layout.sets(hp, dataset)),
            _read=lambda part: archive.trial(index, dataset, hp, seed, part),
        )
        return run

    def __getattr__(self, name: str) -> Any:
        """Read a part of the record when it is first asked for."""
        if name not in _PARTS or "_read" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        for key, value in self._read(_PARTS[name]).items():
            self.__dict__.setdefault(key, value)  # what a script has set stays
        return self.__dict__[name]

    def __getstate__(self) -> dict[str, Any]:
        """Travel with all numbers."""
        return self.state_dict()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the numbers back."""
        self.__dict__.update(state)

    def update_train_info(
        self, train_acc1es: Any, train_acc5es: Any, train_losses: Any, train_times: Any
    ) -> None:
        """Set what is known of the training."""
        self.train_acc1es = train_acc1es
        self.train_acc5es = train_acc5es
        self.train_losses = train_losses
        self.train_times = train_times

    def reset_pseudo_train_times(self, estimated_per_epoch_time: float) -> None:
        """Set the seconds of every epoch."""
        self.train_times = collections.OrderedDict(
            (epoch, estimated_per_epoch_time) for epoch in range(self.epochs)
        )

    def reset_pseudo_eval_times(self, eval_name: str, estimated_per_epoch_time: float) -> None:
        """Set the seconds of a pass over a set."""
        if eval_name not in self.eval_names:
            raise ValueError(f"invalid eval name : {eval_name}")
        for epoch in range(self.epochs):
            self.eval_times[f"{eval_name}@{epoch}"] = estimated_per_epoch_time

    def reset_eval(self) -> None:
        """Forget all evaluations."""
        self.eval_names: list[str] = []
        self.eval_acc1es: dict[str, float] = {}
        self.eval_times: dict[str, float] = {}
        self.eval_losses: dict[str, float] = {}

    def update_latency(self, latency: Any) -> None:
        """Set the measured latencies, in seconds."""
        self.latency = copy.deepcopy(latency)

    def get_latency(self) -> float:
        """Return the latency in seconds; -1 where the record has none."""
        return -1.0 if self.latency is None else sum(self.latency) / len(self.latency)

    def update_eval(self, accs: Any, losses: Any, times: Any) -> None:
        """Add evaluations, keyed by ``<set>@<epoch>``."""
        for name in {key.split("@")[0] for key in accs}:
            if name in self.eval_names:
                raise ValueError(f"{name} has already been added into eval-names")
            self.eval_names.append(name)
            for epoch in range(self.epochs):
                key = f"{name}@{epoch}"
                self.eval_acc1es[key] = accs[key]
                self.eval_losses[key] = losses[key]
                self.eval_times[key] = times[key]

    def update_OLD_eval(self, name: str, accs: Any, losses: Any) -> None:  # noqa: N802 - its published name
        """Add evaluations of one set, keyed by the epoch."""
        assert name not in self.eval_names, f"{name} has already added"
        self.eval_names.append(name)
        for epoch in range(self.epochs):
            if epoch in accs:
                self.eval_acc1es[f"{name}@{epoch}"] = accs[epoch]
                self.eval_losses[f"{name}@{epoch}"] = losses[epoch]

    def __repr__(self) -> str:
        """The published one line."""
        return (
            f"{type(self).__name__}({self.name}, arch={self.arch_config['arch_str']}, "
            f"FLOP={self.flop:.2f}M, Param={self.params:.3f}MB, seed={self.seed}, "
            f"{len(self.eval_names)} eval-sets: [{', '.join(self.eval_names)}])"
        )

    def get_total_epoch(self) -> int:
        """Return the number of epochs of the schedule."""
        return int(self.epochs)

    def get_times(self) -> dict[str, Any]:
        """Return the seconds of an epoch and in all, of training and of passes over each set."""
        found: dict[str, Any] = {"T-train@epoch": None, "T-train@total": None}
        if isinstance(self.train_times, dict):
            seconds = list(self.train_times.values())
            found = {"T-train@epoch": mean(seconds), "T-train@total": sum(seconds)}
        for name in self.eval_names:
            try:
                seconds = [self.eval_times[f"{name}@{epoch}"] for epoch in range(self.epochs)]
                found[f"T-{name}@epoch"], found[f"T-{name}@total"] = mean(seconds), sum(seconds)
            except (KeyError, TypeError):
                found[f"T-{name}@epoch"] = found[f"T-{name}@total"] = None
        return found

    def get_eval_set(self) -> list[str]:
        """Return the names of the sets that the network was measured on."""
        return self.eval_names

    def judge_valid(self, iepoch: int) -> None:
        """Refuse an epoch that is not in the schedule."""
        if iepoch < 0 or iepoch >= self.epochs:
            raise ValueError(f"invalid iepoch={iepoch} < {self.epochs}")

    def get_train(self, iepoch: int | None = None) -> dict[str, Any]:
        """Return loss, accuracy and seconds of the training after an epoch, the last by default."""
        iepoch = self.epochs - 1 if iepoch is None else iepoch
        self.judge_valid(iepoch)
        times = self.train_times
        return {
            "iepoch": iepoch,
            "loss": self.train_losses[iepoch],
            "accuracy": self.train_acc1es[iepoch],
            "cur_time": None if times is None else times[iepoch],
            "all_time": None if times is None else sum(times[epoch] for epoch in range(iepoch + 1)),
        }

    def get_eval(self, name: str, iepoch: int | None = None) -> dict[str, Any]:
        """Return loss, accuracy and seconds of a set after an epoch; ValueError for an unknown set."""
        iepoch = self.epochs - 1 if iepoch is None else iepoch
        self.judge_valid(iepoch)
        name = "x-valid" if name == "valid" else name
        key = f"{name}@{iepoch}"
        now = total = None
        if isinstance(self.eval_times, dict) and self.eval_times:
            if key not in self.eval_times:
                raise ValueError(f"{key} not in {self.eval_times.keys()}")
            now = self.eval_times[key]
            total = sum(self.eval_times[f"{name}@{epoch}"] for epoch in range(iepoch + 1))
        return {
            "iepoch": iepoch,
            "loss": self.eval_losses[key],
            "accuracy": self.eval_acc1es[key],
            "cur_time": now,
            "all_time": total,
        }

    def get_net_param(self, clone: bool = False) -> Any:
        """Return the trained weights; the small records have none."""
        return copy.deepcopy(self.net_state_dict) if clone else self.net_state_dict

    def get_config(self, str2structure: Callable[[str], Any] | None) -> dict[str, Any]:
        """Return the configuration of the network; the cell as a string, or as a given function reads it."""
        config = self.arch_config
        if config.get("name") == "infer.shape.tiny":
            genotype = config["genotype"] if str2structure is None else str2structure(config["genotype"])
            return {
                "name": "infer.shape.tiny",
                "channels": config["channels"],
                "genotype": genotype,
                "num_classes": config["class_num"],
            }
        cell = (
            {"arch_str": config["arch_str"]}
            if str2structure is None
            else {"genotype": str2structure(config["arch_str"])}
        )
        return {
            "name": "infer.tiny",
            "C": config["channel"],
            "N": config["num_cells"],
            **cell,
            "num_classes": config["class_num"],
        }

    def state_dict(self) -> dict[str, Any]:
        """Return everything as a dictionary."""
        for name in _PARTS:
            getattr(self, name)
        return {key: value for key, value in self.__dict__.items() if key != "_read"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the values of a dictionary."""
        self.__dict__.update(state_dict)

    @staticmethod
    def create_from_state_dict(state_dict: dict[str, Any]) -> ResultsCount:
        """Return the run that a dictionary describes."""
        run = ResultsCount(*[None] * 10)
        run.load_state_dict(state_dict)
        return run
