"""Where the work of a study is carried out: local processes, a Dask cluster, a Ray cluster; all by joblib."""

from __future__ import annotations

import concurrent.futures
import contextlib
from collections.abc import Iterator
from typing import Any

from nasbench_sim.errors import MissingDependencyError, RequestError, unknown

BACKENDS = ("local", "dask", "ray")
_SECONDS_TO_ANSWER = 15


def check_backend(backend: str, jobs: int, address: str | None) -> None:
    """Raise the error for a backend that does not exist, or an address where none, or one, is needed."""
    if backend not in BACKENDS:
        raise unknown("backend", backend, BACKENDS)
    if jobs == 0 or isinstance(jobs, bool) or not isinstance(jobs, int):
        raise RequestError(f"jobs is a number of processes, or -1 for one a core, not {jobs!r}")
    if backend == "dask" and address is None:
        raise RequestError("the dask backend needs the address of a scheduler, such as tcp://127.0.0.1:8786")
    if backend == "local" and address is not None:
        raise RequestError("local processes have no address; name a backend too: dask or ray")


@contextlib.contextmanager
def carried_by(backend: str, jobs: int, address: str | None) -> Iterator[tuple[type[BaseException], ...]]:
    """Let `joblib.Parallel` use a backend while the block runs.

    Parameters
    ----------
    backend
        ``local``, ``dask`` or ``ray``.
    jobs
        Number of processes; -1 for one a core. A cluster uses all that it has.
    address
        Of the Dask scheduler or the Ray cluster; Ray starts one on this machine where none is given.

    Yields
    ------
    tuple of exception types
        What `joblib.Parallel` raises where a worker died.

    Raises
    ------
    RequestError
        For an unknown backend, and an address where no scheduler answers.
    MissingDependencyError
        Where the backend's package is not installed.
    """
    import joblib

    check_backend(backend, jobs, address)
    if backend == "dask":
        with _dask_backend(str(address)) as (carrier, died), joblib.parallel_config(carrier, n_jobs=-1):
            yield died
    elif backend == "ray":
        with _ray_session(jobs, address) as died, joblib.parallel_config("ray", n_jobs=-1):
            yield died
    else:
        with joblib.parallel_config("loky", n_jobs=jobs):
            yield (concurrent.futures.BrokenExecutor,)


@contextlib.contextmanager
def _dask_backend(address: str) -> Iterator[tuple[Any, tuple[type[BaseException], ...]]]:
    try:
        from distributed import Client, KilledWorker
        from joblib._dask import DaskDistributedBackend
    except ImportError as error:
        raise MissingDependencyError("the dask backend needs nasbench-sim[dask]") from error

    class Backend(DaskDistributedBackend):  # type: ignore[misc]
        """Joblib's own never hears of a task that Dask gives up, and waits for it forever."""

        def effective_n_jobs(self, n_jobs: int) -> int:
            return max(2, int(super().effective_n_jobs(n_jobs)))  # for 1, joblib would do the work right here

        def submit(self, func: Any, callback: Any = None) -> Any:
            future = super().submit(func, callback)
            future.add_done_callback(lambda done: callback(done.exception()) if done.exception() else None)
            return future

    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout=_SECONDS_TO_ANSWER, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise RequestError(f"no Dask scheduler answers at {address}: {error}") from error
    with client:
        yield Backend(client=client), (KilledWorker,)


@contextlib.contextmanager
def _ray_session(jobs: int, address: str | None) -> Iterator[tuple[type[BaseException], ...]]:
    try:
        import ray
        from ray.exceptions import RayActorError, WorkerCrashedError
        from ray.util.joblib import register_ray
    except ImportError as error:
        raise MissingDependencyError("the ray backend needs nasbench-sim[ray]") from error
    mine = not ray.is_initialized()
    if mine:
        try:
            ray.init(address=address, num_cpus=None if address or jobs < 0 else jobs, include_dashboard=False)
        except (ConnectionError, ValueError) as error:
            raise RequestError(f"no Ray cluster answers at {address}: {error}") from error
    register_ray()  # type: ignore[no-untyped-call]
    try:
        yield RayActorError, WorkerCrashedError
    finally:
        if mine:
            ray.shutdown()
