from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import MissingDependencyError, RequestError, WorkerError
from nasbench_sim.studies.backends import carried_by

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


class Cluster:
    """A Dask scheduler and two workers, each a process of its own, as on the machines of a cluster."""

    def __init__(self, folder: Path) -> None:
        environment = {
            **os.environ,
            "FATAL": "1",
            # Dask itself gives up a piece after one death instead of four.
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        self._file = folder / "scheduler.json"
        self._environment = environment
        self.processes = [self._started("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")]
        self._wait(self._file.exists)
        self.address = json.loads(self._file.read_text())["address"]
        self.workers = [self.add_worker() for _ in range(2)]

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start one more worker."""
        made = self._started("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard")
        self.processes.append(made)
        return made

    def _started(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self._file), *options]
        return subprocess.Popen(
            command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def _wait(self, there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 120
        while not there():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def close(self) -> None:
        """End all of it."""
        for process in self.processes[::-1]:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.close()


def contents(folder: Path) -> dict[str, bytes]:
    """Give every finished piece, byte for byte."""
    found = (folder / "pieces").glob("*/*/[!.]*.h5")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def killing(number: Callable[[], int | None], folder: Path) -> threading.Thread:
    """Kill a process as soon as some pieces are finished."""

    def kill() -> None:
        while len(contents(folder)) < 3 or number() is None:
            time.sleep(0.02)
        os.kill(number() or 0, signal.SIGKILL)

    started = threading.Thread(target=kill)
    started.start()
    return started


@pytest.mark.filterwarnings("ignore")
def test_dask_equals_local_though_a_worker_is_killed(cluster: Cluster, tmp_path: Path) -> None:
    made = study(unhurried, "local_search")
    killer = killing(lambda: cluster.workers[0].pid, tmp_path / "dask")
    made.run(tmp_path / "dask", backend="dask", address=cluster.address)
    killer.join()
    assert cluster.workers[0].wait() == -signal.SIGKILL
    made.run(tmp_path / "local")
    assert contents(tmp_path / "dask") == contents(tmp_path / "local")
    assert len(contents(tmp_path / "local")) == 20


@pytest.mark.filterwarnings("ignore")
def test_a_piece_that_kills_every_dask_worker_is_an_error(cluster: Cluster, tmp_path: Path) -> None:
    made = study(fatal_on_dask, seeds=2)
    for _ in range(3):
        cluster.add_worker()
    with pytest.raises(WorkerError, match="died 3 times"):
        made.run(tmp_path / "s", backend="dask", address=cluster.address)


@pytest.mark.filterwarnings("ignore")
def test_ray_equals_local_though_a_worker_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # where workers find this module
    made = study(unhurried, "local_search")

    def worker() -> int | None:
        """Find a process of Ray's that does pieces: it is named after what it runs."""
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if path.read_bytes().startswith(b"ray::PoolActor"):
                    return int(path.parent.name)
        return None

    killer = killing(worker, tmp_path / "ray")
    made.run(tmp_path / "ray", backend="ray", jobs=2)
    killer.join()
    made.run(tmp_path / "local")
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")
    assert len(contents(tmp_path / "ray")) == 20


@pytest.mark.filterwarnings("ignore")
def test_an_address_where_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
