"""syne-tune's blackbox of NAS-Bench-201, made from our table; syne-tune itself has to be installed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.compat.archive import Archive
from nasbench_sim.compat.published import OPERATIONS, SPLITS, TOPOLOGY
from nasbench_sim.errors import RequestError

_RUNS, _EPOCHS = 3, 200
_OBJECTIVES = ("valid_error", "train_error", "runtime", "elapsed_time", "latency", "flops", "params")


class _Evaluations:
    """All objectives, shape (architectures, runs, epochs, objectives), computed where they are read."""

    ndim = 4
    dtype = np.dtype(np.float32)

    def __init__(self, archive: Archive, dataset: str) -> None:
        self._archive = archive
        self._dataset = dataset
        self.shape = (len(archive.strings), _RUNS, _EPOCHS, len(_OBJECTIVES))

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> NDArray[np.float32]:
        index, *rest = key if isinstance(key, tuple) else (key,)
        if isinstance(index, slice | list | np.ndarray):
            rows = np.arange(len(self))[index]
            return np.stack([self._of(int(row))[tuple(rest)] for row in rows])
        return np.asarray(self._of(int(index))[tuple(rest)])

    def _of(self, index: int) -> NDArray[np.float32]:
        archive, dataset = self._archive, self._dataset
        found = np.full((_RUNS, _EPOCHS, len(_OBJECTIVES)), np.nan)
        split = SPLITS[dataset]["ori-test"]
        seeds = archive.seeds(index, dataset, "200")
        for place, seed in enumerate(seeds[:_RUNS]):
            trial = archive.trial(index, dataset, "200", seed, "evaluation")["eval_acc1es"]
            found[place, :, 0] = [trial.get(f"ori-test@{epoch}", np.nan) for epoch in range(_EPOCHS)]
            trained = archive.trial(index, dataset, "200", seed, "training")["train_acc1es"]
            found[place, :, 1] = list(trained.values())
        for place, metric in enumerate((f"{split}_accuracy", "train_accuracy")):
            mean = [archive.mean(index, metric, dataset, "200", epoch) for epoch in range(_EPOCHS)]
            values = found[:, :, place]
            found[:, :, place] = 1 - np.where(np.isnan(values), mean, values) / 100
        lacking: list[str] = []
        seconds = np.array(archive.times(index, dataset, "200", "train", lacking))
        evaluation = np.array(archive.times(index, dataset, "200", "ori-test", lacking))
        archive.missing.say(lacking, "the clock counts what there is")
        found[:, :, 2] = seconds + np.nan_to_num(evaluation)
        found[:, :, 3] = np.cumsum(found[0, :, 2])
        facts = archive.trial(index, dataset, "200", seeds[0], "facts")
        found[:, :, 4:] = facts["latency"][0], facts["flop"], facts["params"]
        return found.astype(np.float32)


def load_blackbox(name: str, **options: Any) -> dict[str, Any]:
    """Return the blackboxes of NAS-Bench-201 by their data sets, made from our table.

    Parameters
    ----------
    name
        ``nasbench201``.
    **options
        Of downloading in syne-tune's own function; nothing is downloaded here.

    Returns
    -------
    dict of BlackboxTabular
        Errors are shares of ori-test, as there; runs that an architecture lacks have the mean of the others;
        what no table has is NaN.

    Raises
    ------
    RequestError
        For another name, and where syne-tune is not installed.
    """
    if name != "nasbench201":
        raise RequestError(f"the blackbox that is made from a table here is 'nasbench201', not {name!r}")
    try:
        from syne_tune.blackbox_repository.blackbox_tabular import BlackboxTabular
        from syne_tune.config_space import choice, randint
    except ImportError as error:
        raise RequestError(f"syne-tune is not installed (pip install syne-tune): {error}") from error
    import pandas as pd

    archive = Archive(TOPOLOGY)
    space = archive.table.space
    keys = [f"hp_x{place}" for place in range(6)]
    operations = np.array(OPERATIONS)[space.ops(space.all_indices())]
    return {
        dataset: BlackboxTabular(
            hyperparameters=pd.DataFrame(operations, columns=keys),
            configuration_space={key: choice([*OPERATIONS]) for key in keys},
            fidelity_space={"hp_epoch": randint(lower=1, upper=_EPOCHS + 1)},
            objectives_evaluations=_Evaluations(archive, dataset),
            fidelity_values=np.arange(1, _EPOCHS + 1),
            objectives_names=[f"metric_{objective}" for objective in _OBJECTIVES],
        )
        for dataset in ("cifar10", "cifar100", "ImageNet16-120")
    }
