"""Ctrl-C that is not lost: Python swallows an interrupt that arrives in a call back from a library."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Handler = Callable[[int, Any], Any]


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the block, for short writes: h5py would call the file damaged."""
    came: list[tuple[int, Any]] = []
    with _handled(lambda before: lambda number, frame: came.append((number, frame))) as before:
        yield
    if came and before is not None:
        before(*came[0])


@contextmanager
def noticed() -> Iterator[threading.Event]:
    """Give what tells that Ctrl-C came, also where the interrupt that it raised was swallowed."""
    event = threading.Event()

    def noticing(before: Handler) -> Handler:
        def handle(number: int, frame: Any) -> None:
            event.set()
            before(number, frame)

        return handle

    with _handled(noticing):
        yield event


@contextmanager
def _handled(handler: Callable[[Handler], Handler]) -> Iterator[Handler | None]:
    """Handle interrupts otherwise, by the handler before, which is given; None where they never come here."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield None
        return
    signal.signal(signal.SIGINT, handler(before))
    try:
        yield before
    finally:
        signal.signal(signal.SIGINT, before)
