"""Training many networks into a file of runs, on one or several processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasbench_sim.errors import RequestError, TrainingError
from nasbench_sim.live import devices
from nasbench_sim.live.curves import Curves
from nasbench_sim.live.training import train

if TYPE_CHECKING:
    from nasbench_sim.live.run_file import RunFile


def train_missing(
    runs: RunFile,
    pairs: Iterable[tuple[Any, int]],
    *,
    processes: int = 1,
    device: str | None = None,
    progress: bool = False,
) -> list[Curves]:
    """Train what a file of runs lacks; each run is on disk as soon as it is there.

    Parameters
    ----------
    runs
        Says what is trained and how, and keeps the runs.
    pairs
        Architectures (official index or string) and training seeds.
    processes
        How many train at a time, one thread each; the results are the same for any number.
    device
        A PyTorch device; by default a GPU where there is one.
    progress
        Whether a progress bar over runs is shown.

    Returns
    -------
    list of Curves
        The run of every pair, in the order of the pairs.

    Raises
    ------
    RequestError
        Before any training, for a number of processes below 1 or a device that is not there.
    TrainingError
        As in `nasbench_sim.live.train`, and when a process is killed; the runs that ended before are kept.

    Examples
    --------
    >>> import tempfile
    >>> import nasbench_sim as nbs
    >>> from nasbench_sim import live
    >>> tiny = live.Recipe(epochs=1, batch=100, channels=4, cells=1)
    >>> runs = live.RunFile(tempfile.mkdtemp() + "/runs.jsonl", nbs.space(), tiny, live.digits())
    >>> [run.seed for run in train_missing(runs, [(6111, 0), (6111, 1), (6111, 0)])]
    [0, 1, 0]
    >>> len(runs)
    2
    """
    asked = [(runs.space.official(architecture), seed) for architecture, seed in pairs]
    missing = [pair for pair in dict.fromkeys(asked) if pair not in runs]
    for run in _trained(runs, missing, None, processes=processes, device=device, progress=progress):
        runs.append(run)
    return [runs[pair] for pair in asked]


def train_until(
    runs: RunFile,
    pairs: Iterable[tuple[int, int]],
    epoch: int,
    *,
    processes: int = 1,
    device: str | None = None,
) -> list[Curves]:
    """Train up to an epoch what a file of runs lacks, and keep what can be continued in a folder beside it.

    Parameters
    ----------
    runs, processes, device
        As in `train_missing`; a run is added to the file when its last epoch is through.
    pairs
        Official indices and training seeds, each once.
    epoch
        Of the recipe. What was trained further is given as far as it is.

    Returns
    -------
    list of Curves
        Of every pair, in the order of the pairs.
    """
    asked = list(pairs)
    missing = [pair for pair in asked if pair not in runs]
    runs.begun.mkdir(exist_ok=True)
    found = {pair: runs[pair] for pair in asked if pair in runs}
    for run in _trained(runs, missing, epoch, processes=processes, device=device, progress=False):
        found[run.architecture, run.seed] = run
        if run.epochs == runs.recipe.epochs:
            runs.append(run)
            _checkpoint(runs, run.architecture, run.seed).unlink(missing_ok=True)
    return [found[pair] for pair in asked]


def _checkpoint(runs: RunFile, architecture: int, seed: int) -> Path:
    return runs.begun / f"{architecture}-{seed}.pt"


def _trained(
    runs: RunFile,
    pairs: list[tuple[int, int]],
    epoch: int | None,
    *,
    processes: int,
    device: str | None,
    progress: bool,
) -> Iterator[Curves]:
    """Train each pair, to the end or up to an epoch with a checkpoint, and give the runs as they come."""
    from joblib import delayed

    jobs = (
        delayed(train)(
            index,
            runs.images,
            runs.recipe,
            seed=seed,
            within=runs.space,
            device=device,
            checkpoint=None if epoch is None else _checkpoint(runs, index, seed),
            until=epoch,
        )
        for index, seed in pairs
    )
    return in_order(jobs, len(pairs), processes=processes, device=device, progress=progress)


def in_order(
    jobs: Iterable[Any], total: int, *, processes: int, device: str | None, progress: bool
) -> Iterator[Curves]:
    """Do delayed trainings on several processes, and give each run when it and those before it are there.

    Parameters
    ----------
    jobs, total
        As `joblib.delayed` makes them, and their number.
    processes, device, progress
        As in `train_missing`.

    Raises
    ------
    RequestError, TrainingError
        As in `train_missing`.
    """
    if isinstance(processes, bool) or not hasattr(processes, "__index__") or processes < 1:
        raise RequestError(f"processes is a whole number of 1 or more, not {processes!r}")
    devices.device(device)
    return _done(jobs, total, processes, progress)


def _done(jobs: Iterable[Any], total: int, processes: int, progress: bool) -> Iterator[Curves]:
    from joblib import Parallel
    from tqdm.auto import tqdm

    trained = Parallel(n_jobs=min(processes, total) or 1, return_as="generator")(jobs)
    try:
        yield from tqdm(trained, total=total, unit="network", disable=None if progress else True)
    except BrokenProcessPool as error:
        raise TrainingError(
            "a process that trained was killed, perhaps for want of memory; take fewer processes or a "
            "smaller batch, and what was trained already is found again"
        ) from error
