"""Does the pieces of a study that are missing, on any backend, with any number of runners at once."""

from __future__ import annotations

import functools
import itertools
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from nasbench_sim.errors import WorkerError
from nasbench_sim.interrupts import noticed
from nasbench_sim.search import run
from nasbench_sim.studies.backends import carried_by
from nasbench_sim.studies.piece import Piece
from nasbench_sim.studies.record_file import save_record
from nasbench_sim.studies.store import Store

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_LOG = logging.getLogger(__name__)
_POLL = 0.5
"""Seconds between two looks at what other runners have finished."""
_DEATHS = 3
"""How often in a row worker processes may die without a piece being finished."""


def run_missing(
    pieces: Sequence[Piece], store: Store, *, backend: str, jobs: int, address: str | None, progress: bool
) -> None:
    """Do every piece that the store lacks; damaged ones are done again.

    Returns when all are finished, by this runner or by another one on the same folder. An interrupted call
    leaves finished pieces only, and the next one does the rest.

    Parameters
    ----------
    pieces
        What shall be in the store.
    store
        Where it is kept.
    backend, jobs, address
        As in `nasbench_sim.studies.backends.carried_by`.
    progress
        Whether a progress bar is shown.

    Raises
    ------
    WorkerError
        Where worker processes keep dying.
    """
    missing = []
    journal = store.journal()
    for piece in pieces:
        if store.finished(piece, journal):
            continue
        state = store.state(piece)
        if state == "damaged":
            _LOG.warning("%s is damaged: it is done again", store.path(piece))
            store.discard_damaged(piece)
        if state == "finished":
            store.note(piece)
        else:
            missing.append(piece)
    store.remove_leftovers(missing)
    deaths = 0
    with (
        _Progress(pieces, missing, store, progress),
        carried_by(backend, jobs, address) as death,
        noticed() as interrupt,
    ):
        while missing:
            died = _pass(missing, store, death, interrupt)
            interrupt.stop()
            left = [piece for piece in missing if not store.path(piece).is_file()]
            if died:
                store.remove_leftovers(left)
            deaths = deaths + 1 if died and len(left) == len(missing) else 0
            if deaths == _DEATHS:
                raise WorkerError(
                    f"worker processes died {deaths} times without finishing a piece, perhaps for lack of "
                    f"memory: use fewer jobs or a smaller chunk; next is {left[0]}"
                )
            if not died and len(left) == len(missing):
                time.sleep(_POLL)  # the rest is in the hands of other runners
            missing = left


def work(folder: Path, piece: Piece) -> None:
    """Do one piece, unless it is finished or someone else is at it."""
    store = _store(folder)
    # One thread: sums of floats in linear algebra depend on how many share them.
    with store.claim(piece) as mine, _libraries().limit(limits=1):
        if not mine or store.path(piece).is_file():
            return
        setting = piece.setting
        try:
            runs = run(
                setting.searcher,
                setting.task,
                budget=setting.budget,
                seeds=piece.seeds,
                callback=setting.callback,
            )
            save_record(runs, store.path(piece), piece.header)
            store.note(piece, runs.wall_seconds)
        except Exception as error:
            error.add_note(f"while doing {piece}")
            raise


@functools.lru_cache(maxsize=1)
def _store(folder: Path) -> Store:
    """Open the store that this process works for, once."""
    return Store(folder)


@functools.lru_cache(maxsize=1)
def _libraries() -> ThreadpoolController:
    """Find the libraries that have threads of their own, once: it takes longer than a small piece."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _pass(
    missing: Sequence[Piece],
    store: Store,
    death: tuple[type[BaseException], ...],
    interrupt: threading.Event,
) -> bool:
    """Try every missing piece once, up to an interrupt, and tell whether a worker died meanwhile."""
    import joblib

    task = joblib.delayed(work)
    wanted = itertools.takewhile(lambda piece: not interrupt.is_set(), missing)
    try:
        joblib.Parallel(batch_size=1)(task(store.folder, piece) for piece in wanted)
    except death:
        _LOG.warning("a worker process died: what it was at is done again")
        return True
    return False


class _Progress:
    """A bar over replicates that looks into the folder, so that it shows the work of all runners."""

    def __init__(self, pieces: Sequence[Piece], missing: Sequence[Piece], store: Store, wanted: bool) -> None:
        self._waiting = list(missing)
        self._store = store
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True) if wanted else None
        total = sum(len(piece.seeds) for piece in pieces)
        self._total, self._initial = total, total - sum(len(piece.seeds) for piece in missing)

    def __enter__(self) -> _Progress:
        if self._thread is not None:
            from tqdm.auto import tqdm

            self._bar = tqdm(
                total=self._total, initial=self._initial, unit=" replicates", smoothing=0, disable=None
            )
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._look()
            self._bar.close()

    def _watch(self) -> None:
        while not self._stop.wait(_POLL):
            self._look()

    def _look(self) -> None:
        before = sum(len(piece.seeds) for piece in self._waiting)
        self._waiting = [piece for piece in self._waiting if not self._store.path(piece).is_file()]
        self._bar.update(before - sum(len(piece.seeds) for piece in self._waiting))
