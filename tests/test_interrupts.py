"""Ctrl-C: held back while a file is written, noticed where Python swallows it."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from nasbench_sim.interrupts import noticed, uninterrupted


@pytest.fixture(autouse=True)
def _interrupts() -> Iterator[None]:
    """Handle Ctrl-C as Python does, also in a run of the tests in the background, where shells ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Swallowing:
    """An object whose end is where the interrupt arrives: Python ignores what is raised there."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def test_an_interrupt_waits_for_the_end_of_the_block() -> None:
    done = []

    def write() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append("the rest of the block")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_is_swallowed_is_noticed() -> None:
    with noticed() as interrupt:
        assert not interrupt.is_set()
        swallowing = Swallowing()
        del swallowing
        assert interrupt.is_set()
    with pytest.raises(KeyboardInterrupt), noticed():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_write_within_a_watched_run_is_both_whole_and_noticed() -> None:
    done = []

    def run() -> None:
        with noticed() as interrupt, uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append(interrupt.is_set())

    with pytest.raises(KeyboardInterrupt):
        run()
    assert done == [False]
