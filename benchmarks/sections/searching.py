"""Searching, beside the loops that one writes first and beside optuna, pymoo and syne-tune's simulator."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
from environments import python_of
from measuring import COMPARED, Times, alternately, answer_of, row, table, times
from plain_loops import Plain, streamed

import nasbench_sim as nbs
from nasbench_sim.analysis import hypervolume_over_time
from nasbench_sim.oracle.streams import NOISE, SEARCH

TITLE = "Searching"
REPLICATES, EVALUATIONS = 1000, 1000
LOOPED = 10  # the plain loops run this many of the replicates, and their time is scaled up
SEEDS, SHORT = 20, 200
SLOW_SEEDS = 3  # syne-tune runs this many of them, and its time is scaled up
POPULATION, LONG = 20, 500
STEP = 5.0  # seconds: how finely syne-tune's simulated clock goes
PEER_SCRIPTS = Path(__file__).parents[1] / "peers"


def section(peers: Path, work: Path) -> str:
    embedded = nbs.load_table("nas-bench-201")
    noisy = nbs.Task(embedded, dataset="cifar10")
    mean = nbs.Task(embedded, dataset="cifar10", noise="mean")
    file = work / "cifar10.npz"
    space = embedded.space
    np.savez(
        file,
        ops=space.ops(space.all_indices()),
        values=embedded.values("val_accuracy", dataset="cifar10"),
        seconds=mean.costs,
        latency=embedded.values("latency", device="eyeriss", dataset="cifar10"),
    )
    rows = [_looped(noisy, name) for name in ("random_search", "regularized_evolution")]
    rows += [_optuna(mean, file, peers, *pair) for pair in (("random", "random_search"), ("tpe", "tpe"))]
    rows += [_syne_tune(mean, file, peers), _pymoo(file, peers)]
    told = (
        f"The loops are plain Python, with dictionaries and `random`. Of the others {SEEDS} replicates "
        "are run, one after the other as they do, and ours together. Searches of optuna and pymoo are "
        "of the same method, not the same trajectories: what they found is looked up in our table and "
        "shown beside ours.\n"
    )
    return f"{told}\n{table(COMPARED, rows)}"


def _looped(task: nbs.Task, name: str) -> list[str]:
    loop = getattr(Plain(task, EVALUATIONS), name)

    def ours() -> nbs.Trajectories:
        runs = nbs.run(name, task, budget=nbs.Budget(evaluations=EVALUATIONS), seeds=REPLICATES)
        runs.final()
        return runs

    def looped() -> None:
        for seed in range(LOOPED):
            loop(random.Random(seed).randrange, random.Random(seed).randrange)

    runs = ours()
    for seed in range(LOOPED):
        draws = 5 * EVALUATIONS
        history = loop(streamed(seed, SEARCH, draws), streamed(seed, NOISE, draws))
        assert runs.index[seed].tolist() == [entry[0] for entry in history]
        assert runs.observed[seed].tolist() == [entry[1] for entry in history]
        assert runs.clock[seed].tolist() == [entry[2] for entry in history]
    fast, slow = alternately([ours, looped])
    slow = slow.scaled(REPLICATES / LOOPED)
    return row(
        f"{name}, {REPLICATES:,} x {EVALUATIONS:,}",
        fast,
        "plain loop",
        slow,
        "the same trajectories, bit for bit",
    )


def _ours(which: Any, task: nbs.Task, evaluations: int) -> tuple[Times, nbs.Trajectories]:
    budget = nbs.Budget(evaluations=evaluations)
    return times(lambda: nbs.run(which, task, budget=budget, seeds=SEEDS).final()), nbs.run(
        which, task, budget=budget, seeds=SEEDS
    )


def _replicates(found: dict[str, Any]) -> Times:
    """Give the time of all replicates, from the times of each."""
    return Times(tuple(found["seconds"])).scaled(SEEDS)


def _indices(found: dict[str, Any], task: nbs.Task) -> list[Any]:
    return [task.space.index(np.array(ops)) for ops in found["ops"]]


def _optuna(task: nbs.Task, file: Path, peers: Path, sampler: str, name: str) -> list[str]:
    script = PEER_SCRIPTS / "optuna_search.py"
    found = answer_of([python_of("optuna", peers), script, file, str(SEEDS), str(SHORT), sampler])
    taken, runs = _ours(name, task, SHORT)
    best = [float(task.reported[index].max()) for index in _indices(found, task)]
    ours = runs.final()[task.report.label].mean()
    checked = f"best found, mean: ours {ours:.2f} %, theirs {np.mean(best):.2f} %"
    what = f"{name}, {SEEDS} x {SHORT}"
    return row(what, taken, f"optuna {sampler}", _replicates(found), checked)


def _syne_tune(task: nbs.Task, file: Path, peers: Path) -> list[str]:
    script = PEER_SCRIPTS / "syne_tune_simulator.py"
    found = answer_of([python_of("syne-tune", peers), script, file, str(SLOW_SEEDS), str(SHORT)])
    for index, clock in zip(_indices(found, task), found["clock"], strict=True):
        late = np.array(clock) - np.cumsum(task.costs[index])
        assert (late > -0.1).all()
        assert (late < (STEP + 0.1) * np.arange(1, len(index) + 1)).all()
    taken, _ = _ours("random_search", task, SHORT)
    what = f"random_search on the simulated clock, {SEEDS} x {SHORT}"
    checked = f"the same clock, but for its steps of {STEP:.0f} s"
    return row(what, taken, "syne-tune simulator", _replicates(found), checked)


def _pymoo(file: Path, peers: Path) -> list[str]:
    script = PEER_SCRIPTS / "pymoo_work.py"
    found = answer_of([python_of("pymoo", peers), script, file, str(SEEDS), str(LONG), str(POPULATION)])
    task = nbs.Task(
        nbs.load_table("nas-bench-201"),
        dataset="cifar10",
        objective=["val_accuracy", "latency:eyeriss"],
        noise="mean",
    )
    taken, runs = _ours(nbs.search.searcher("nsga_ii", population=POPULATION), task, LONG)
    volumes = []
    for index in (runs.index, np.array(_indices(found, task))):
        values = {one.label: one.mean[index] for one in task.objectives}
        clock = np.tile(np.arange(1.0, LONG + 1), (SEEDS, 1))
        volumes.append(
            hypervolume_over_time(
                clock,
                values,
                {one.label: one.better for one in task.objectives},
                {one.label: one.worst for one in task.objectives},
                np.array([LONG]),
            ).mean()
        )
    checked = f"hypervolume, mean: ours {volumes[0]:.1f}, theirs {volumes[1]:.1f}"
    what = f"nsga_ii of {POPULATION}, {SEEDS} x {LONG}"
    return row(what, taken, "pymoo NSGA2", _replicates(found), checked)
