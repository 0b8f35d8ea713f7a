"""NASLib's dictionary of NAS-Bench-201, made from our table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nasbench_sim.compat.archive import Archive
from nasbench_sim.compat.published import SPLITS, TOPOLOGY, TRAININGS

_SEED = 888


class NB201Data(Mapping[str, Mapping[str, Mapping[str, Any]]]):
    """Architecture string -> data set -> curves of one run (seed 888) and what the network costs.

    Of each data set there are ``train_losses``, ``eval_losses``, ``train_acc1es``, ``eval_acc1es`` (lists
    over 200 epochs; what no table has is NaN) and ``cost_info`` (``flops`` and ``params`` in millions,
    ``latency`` and ``train_time`` in seconds). The evaluation curves are those of ori-test, as in the
    published file: of ``cifar10-valid`` those of x-valid.
    """

    def __init__(self) -> None:
        self._archive = Archive(TOPOLOGY)
        self._index = {text: index for index, text in enumerate(self._archive.strings)}

    def __len__(self) -> int:
        """How many architectures there are."""
        return len(self._index)

    def __iter__(self) -> Iterator[str]:
        """The architecture strings, in official order."""
        return iter(self._index)

    def __getitem__(self, arch: str) -> dict[str, dict[str, Any]]:
        """What there is of an architecture."""
        index = self._index[arch]
        return {dataset: self._of(index, dataset) for dataset in TRAININGS}

    def _of(self, index: int, dataset: str) -> dict[str, Any]:
        archive = self._archive
        seeds = archive.seeds(index, dataset, "200")
        seed = _SEED if _SEED in seeds else seeds[0]
        trial = {
            key: value
            for part in ("facts", "training", "evaluation", "times")
            for key, value in archive.trial(index, dataset, "200", seed, part).items()
        }
        name = "x-valid" if dataset == "cifar10-valid" else next(reversed(SPLITS[dataset]))
        return {
            "train_losses": list(trial["train_losses"].values()),
            "eval_losses": [trial["eval_losses"][f"{name}@{epoch}"] for epoch in range(200)],
            "train_acc1es": list(trial["train_acc1es"].values()),
            "eval_acc1es": [trial["eval_acc1es"][f"{name}@{epoch}"] for epoch in range(200)],
            "cost_info": {
                "flops": trial["flop"],
                "params": trial["params"],
                "latency": trial["latency"][0],
                "train_time": sum(trial["train_times"].values()),
            },
        }


def get_dataset_api(search_space: str | None = None, dataset: str | None = None) -> dict[str, Any] | None:
    """Return ``{"nb201_data": ...}``; None for a data set that NASLib's function does not know.

    Raises
    ------
    NotImplementedError
        For another search space, as there.
    """
    if search_space != "nasbench201":
        raise NotImplementedError(f"search space {search_space!r}: there is a table of 'nasbench201' here")
    if dataset not in ("cifar10", "cifar100", "ImageNet16-120"):
        return None
    return {"nb201_data": NB201Data()}
