"""Ctrl-C and the signals that mean the same, none of them lost: Python swallows what comes in a call back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Handler = Callable[[int, Any], Any]

STOPPING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Ctrl-C; what a cluster sends some seconds before it kills; the terminal was closed."""


class Stopped(KeyboardInterrupt):
    """A signal that asks the process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def stopping() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as Ctrl-C does, by `Stopped`; who ignores them goes on ignoring.

    Examples
    --------
    >>> try:  # doctest: +SKIP
    ...     with stopping():
    ...         signal.raise_signal(signal.SIGTERM)
    ... except Stopped as stop:
    ...     print(stop.number)
    15
    """

    def stop(number: int, frame: Any) -> None:
        raise Stopped(number)

    before = {number: signal.getsignal(number) for number in STOPPING[1:]}
    mine = [number for number, handler in before.items() if handler == signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        mine = []
    for number in mine:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, before[number])


@contextmanager
def going_on(how: str) -> Iterator[None]:
    """Say with the signal or the refusal of the system that ends the block how one goes on afterwards."""
    try:
        yield
    except (KeyboardInterrupt, OSError) as error:
        error.add_note(how)
        raise


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait for the end of the block, for short writes: h5py would call the file damaged."""
    came: list[tuple[Handler, int, Any]] = []
    with _handled(lambda before: lambda number, frame: came.append((before, number, frame))):
        yield
    if came:
        before, number, frame = came[0]
        before(number, frame)


class Notice(threading.Event):
    """Whether a signal came that asks to stop, and which."""

    number: int = signal.SIGINT

    def stop(self) -> None:
        """Raise what the signal means, if it came."""
        if self.is_set():
            raise Stopped(self.number)


@contextmanager
def noticed() -> Iterator[Notice]:
    """Give what tells that Ctrl-C came, also where the interrupt that it raised was swallowed."""
    notice = Notice()

    def noticing(before: Handler) -> Handler:
        def handle(number: int, frame: Any) -> None:
            notice.number = number
            notice.set()
            before(number, frame)

        return handle

    with _handled(noticing):
        yield notice


@contextmanager
def _handled(handler: Callable[[Handler], Handler]) -> Iterator[None]:
    """Handle the signals that stop otherwise, each by what is made of the handler before."""
    before = {number: signal.getsignal(number) for number in STOPPING}
    if threading.current_thread() is not threading.main_thread():  # where they never come
        before = {}
    handled = {number: known for number, known in before.items() if callable(known)}
    for number, known in handled.items():
        signal.signal(number, handler(known))
    try:
        yield
    finally:
        for number, known in handled.items():
            signal.signal(number, known)
