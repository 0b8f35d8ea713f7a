"""Random search on syne-tune's simulator: ``python syne_tune_simulator.py WORK.npz SEEDS EVALUATIONS``.

Prints JSON: processor seconds of every seed, the architectures in the order in which their evaluations ended,
and the simulated time of each end. Its simulated clock goes in steps of 5 s (the published default, which a
smaller one makes slower in proportion); its delays, 0.05 s each by default, are set to none.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import shutil
import sys
import tempfile
import time

import numpy as np
import pandas as pd

os.environ["SYNETUNE_FOLDER"] = tempfile.mkdtemp()  # where it writes its results

from syne_tune import StoppingCriterion, Tuner
from syne_tune.backend.simulator_backend.simulator_backend import SimulatorConfig
from syne_tune.backend.simulator_backend.simulator_callback import SimulatorCallback
from syne_tune.blackbox_repository.blackbox_tabular import BlackboxTabular
from syne_tune.blackbox_repository.simulated_tabular_backend import UserBlackboxBackend
from syne_tune.config_space import choice, randint
from syne_tune.optimizer.baselines import RandomSearch

NO_DELAYS = SimulatorConfig(0, 0, 0, 0, 0)


def search(blackbox: BlackboxTabular, seed: int, evaluations: int) -> tuple[float, list, list]:
    began = time.process_time()
    backend = UserBlackboxBackend(blackbox, "seconds", simulator_config=NO_DELAYS, seed=0)
    backend.set_path(tempfile.mkdtemp())
    callback = SimulatorCallback()
    tuner = Tuner(
        trial_backend=backend,
        scheduler=RandomSearch(blackbox.configuration_space, ["error"], do_minimize=True, random_seed=seed),
        stop_criterion=StoppingCriterion(max_num_trials_finished=evaluations),
        n_workers=1,
        sleep_time=0,
        callbacks=[callback],
        print_update_interval=1e9,
        results_update_interval=1e9,
        save_tuner=False,
        trial_backend_path=tempfile.mkdtemp(),
        suffix_tuner_name=True,
    )
    with contextlib.redirect_stdout(io.StringIO()):  # it prints every trial
        tuner.run()
    rows = callback.dataframe().sort_values(["st_tuner_time", "trial_id"], kind="stable")
    ops = rows[[f"config_{name}" for name in blackbox.configuration_space]].to_numpy()
    return time.process_time() - began, ops.tolist(), rows["st_tuner_time"].tolist()


def main(path: str, seeds: int, evaluations: int) -> None:
    logging.disable(logging.CRITICAL)
    work = np.load(path)
    names = [f"edge{place}" for place in range(work["ops"].shape[1])]
    blackbox = BlackboxTabular(
        hyperparameters=pd.DataFrame(work["ops"], columns=names),
        configuration_space={name: choice(list(range(5))) for name in names},
        fidelity_space={"epochs": randint(1, 1)},
        objectives_evaluations=np.stack([100 - work["values"], work["seconds"]], axis=1)[:, None, None, :],
        objectives_names=["error", "seconds"],
    )
    blackbox.objectives_names = ["error", "seconds"]
    search(blackbox, seeds, 5)  # what is imported and built once
    found = [search(blackbox, seed, evaluations) for seed in range(seeds)]
    print(json.dumps(dict(zip(("seconds", "ops", "clock"), zip(*found, strict=True), strict=True))))
    shutil.rmtree(os.environ["SYNETUNE_FOLDER"], ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
