"""One of optuna's samplers on the table: ``python optuna_search.py WORK.npz SEEDS EVALUATIONS random|tpe``.

Prints JSON: processor seconds of every seed, and the architectures in the order in which they were tried.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import optuna


def search(values: dict, sampler: optuna.samplers.BaseSampler, evaluations: int) -> tuple[float, list]:
    asked = []

    def objective(trial: optuna.Trial) -> float:
        ops = tuple(trial.suggest_categorical(f"edge{place}", range(5)) for place in range(6))
        asked.append(ops)
        return values[ops]

    began = time.process_time()
    optuna.create_study(direction="maximize", sampler=sampler).optimize(objective, n_trials=evaluations)
    return time.process_time() - began, asked


def main(path: str, seeds: int, evaluations: int, name: str) -> None:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = {"random": optuna.samplers.RandomSampler, "tpe": optuna.samplers.TPESampler}[name]
    work = np.load(path)
    values = dict(zip(map(tuple, work["ops"].tolist()), work["values"].tolist(), strict=True))
    search(values, sampler(seed=seeds), 20)
    found = [search(values, sampler(seed=seed), evaluations) for seed in range(seeds)]
    print(json.dumps(dict(zip(("seconds", "ops"), zip(*found, strict=True), strict=True))))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
