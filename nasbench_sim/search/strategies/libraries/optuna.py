"""Samplers of optuna."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np

from nasbench_sim.search.adapters.library import LibrarySearcher, imported, seed_of
from nasbench_sim.search.adapters.optuna import distributions, ops_of_parameters
from nasbench_sim.search.hyperparameter import Choice
from nasbench_sim.spaces import SearchSpace

_SAMPLERS = {"tpe": "TPESampler", "nsgaii": "NSGAIISampler", "random": "RandomSampler"}


class Optuna(LibrarySearcher):
    """Runs a sampler of optuna with optuna's own defaults; a failed evaluation is a pruned trial.

    Of optuna's states, "pruned" is the one that its TPE learns from: such trials are among the worse ones.

    References
    ----------
    Akiba, Sano, Yanase, Ohta, Koyama. Optuna: a next-generation hyperparameter optimization framework. KDD
    2019. Needs the extra ``[optimizers]``.
    """

    name = "optuna"
    library = "optuna"

    sampler = Choice("tpe", "which of optuna's samplers", options=tuple(_SAMPLERS))

    def run(self, space: SearchSpace, random: np.random.Generator) -> Generator[int, float, None]:
        """Ask and tell a study in memory."""
        optuna = imported("optuna")
        sampler = getattr(optuna.samplers, _SAMPLERS[self.sampler])(seed=seed_of(random))
        study = _quietly_created(optuna, sampler)
        described = distributions(space)
        while True:
            trial = study.ask(described)
            value = yield int(space.repaired(np.asarray(ops_of_parameters(space, trial.params))))
            if value == -np.inf:
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            else:
                study.tell(trial, value)


def _quietly_created(optuna: Any, sampler: Any) -> Any:
    """Create a study without the line that optuna logs for each."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        return optuna.create_study(direction="maximize", sampler=sampler)
    finally:
        optuna.logging.set_verbosity(level)
