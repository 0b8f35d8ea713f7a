"""Where the work of a study is carried out: local processes, a Dask cluster, a Ray cluster; all by joblib."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

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
def carried_by(backend: str, jobs: int, address: str | None) -> Iterator[None]:
    """Let `joblib.Parallel` use a backend while the block runs.

    Parameters
    ----------
    backend
        ``local``, ``dask`` or ``ray``.
    jobs
        Number of processes; -1 for one a core. A cluster uses all that it has.
    address
        Of the Dask scheduler or the Ray cluster; Ray starts one on this machine where none is given.

    Raises
    ------
    RequestError
        For an unknown backend, and an address where no scheduler answers.
    MissingDependencyError
        Where the backend's package is not installed.
    """
    import joblib

    check_backend(backend, jobs, address)
    with contextlib.ExitStack() as stack:
        if backend == "dask":
            client = stack.enter_context(_dask_client(str(address)))
            stack.enter_context(joblib.parallel_config("dask", client=client, n_jobs=-1))
        elif backend == "ray":
            stack.enter_context(_ray_session(jobs, address))
            stack.enter_context(joblib.parallel_config("ray", n_jobs=-1))
        else:
            stack.enter_context(joblib.parallel_config("loky", n_jobs=jobs))
        yield


def _dask_client(address: str) -> contextlib.AbstractContextManager[object]:
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingDependencyError("the dask backend needs nasbench-sim[dask]") from error
    try:
        client: contextlib.AbstractContextManager[object] = Client(  # type: ignore[no-untyped-call]
            address, timeout=_SECONDS_TO_ANSWER, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise RequestError(f"no Dask scheduler answers at {address}: {error}") from error
    return client


@contextlib.contextmanager
def _ray_session(jobs: int, address: str | None) -> Iterator[None]:
    try:
        import ray
        from ray.util.joblib import register_ray
    except ImportError as error:
        raise MissingDependencyError("the ray backend needs the package ray") from error
    mine = not ray.is_initialized()
    if mine:
        try:
            ray.init(address=address, num_cpus=None if address or jobs < 0 else jobs, include_dashboard=False)
        except (ConnectionError, ValueError) as error:
            raise RequestError(f"no Ray cluster answers at {address}: {error}") from error
    register_ray()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if mine:
            ray.shutdown()
