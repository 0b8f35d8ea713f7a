from __future__ import annotations

import os
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from survival import digests

import nasbench_sim as nbs
from nasbench_sim.errors import MissingDependencyError, RequestError
from nasbench_sim.studies.backends import carried_by
from nasbench_sim.studies.runner import WorkerError

CIFAR10 = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")


def study(*searchers: object, chunk: int = 4, seeds: int = 40) -> nbs.Study:
    budget = nbs.Budget(evaluations=20)
    return nbs.Study(tasks=[CIFAR10], searchers=searchers, budget=budget, seeds=seeds, chunk=chunk)


def unhurried(space: nbs.SearchSpace, random: np.random.Generator) -> Iterator[int]:
    while True:
        time.sleep(0.002)
        yield int(random.integers(space.size))


def fatal_on_dask(space: nbs.SearchSpace, random: np.random.Generator) -> Iterator[int]:
    if "FATAL" in os.environ:
        os.kill(os.getpid(), signal.SIGKILL)
    yield 0


@pytest.fixture
def cluster() -> Iterator[object]:
    distributed = pytest.importorskip("distributed")
    dask = pytest.importorskip("dask")
    # Dask itself gives up a piece after one death instead of four.
    with warnings.catch_warnings(), dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        warnings.simplefilter("ignore")
        options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "host": "127.0.0.1"}
        with distributed.LocalCluster(**options, dashboard_address=None, env={"FATAL": "1"}) as made:
            yield made


def contents(folder: Path) -> dict[str, str]:
    return {name: digest for name, (digest, _) in digests(folder).items()}


@pytest.mark.filterwarnings("ignore")
def test_dask_equals_local_though_a_worker_is_killed(cluster: object, tmp_path: Path) -> None:
    made = study(unhurried, "local_search")
    workers = [worker.process.process.pid for worker in cluster.workers.values()]

    def kill_one() -> None:
        while len(contents(tmp_path / "dask")) < 3:
            time.sleep(0.02)
        os.kill(workers[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    made.run(tmp_path / "dask", backend="dask", address=cluster.scheduler_address)
    killer.join()
    made.run(tmp_path / "local")
    assert contents(tmp_path / "dask") == contents(tmp_path / "local")
    assert len(contents(tmp_path / "local")) == 20


@pytest.mark.filterwarnings("ignore")
def test_a_piece_that_kills_every_dask_worker_is_an_error(cluster: object, tmp_path: Path) -> None:
    made = study(fatal_on_dask, seeds=2)
    with pytest.raises(WorkerError, match="died 3 times"):
        made.run(tmp_path / "s", backend="dask", address=cluster.scheduler_address)


@pytest.mark.filterwarnings("ignore")
def test_ray_equals_local(tmp_path: Path) -> None:
    pytest.importorskip("ray")
    made = study("regularized_evolution", "local_search", chunk=10)
    made.run(tmp_path / "ray", backend="ray", jobs=2)
    made.run(tmp_path / "local")
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")
    assert len(contents(tmp_path / "ray")) == 8


@pytest.mark.filterwarnings("ignore")
def test_an_address_where_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("nasbench_sim.studies.backends._SECONDS_TO_ANSWER", 0.2)
    with pytest.raises(RequestError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        study("random_search").run(tmp_path / "s", backend="dask", address="tcp://127.0.0.1:9")


@pytest.mark.parametrize(("backend", "module"), [("dask", "distributed"), ("ray", "ray")])
def test_backends_that_are_not_installed(backend: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with (
        pytest.raises(MissingDependencyError, match=f"the {backend} backend needs"),
        carried_by(backend, 1, "tcp://127.0.0.1:9"),
    ):
        pass
