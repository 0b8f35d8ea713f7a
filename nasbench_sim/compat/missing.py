"""What the tables lack: NaN where a number is wanted, and named once in a warning."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable


class MissingNumbersWarning(UserWarning):
    """A script asked for numbers that no table here has; it got NaN, or a clock without them."""


class Missing:
    """Names each thing that is lacking once.

    Examples
    --------
    >>> missing = Missing("table 'mine'")
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     missing.say(["train loss"])
    ...     missing.say(["train loss"])
    >>> len(caught)
    1
    """

    def __init__(self, table: str) -> None:
        self._table = table
        self._said: set[str] = set()

    def say(self, what: Iterable[str], outcome: str = "NaN instead") -> None:
        """Warn of what was not yet named.

        Parameters
        ----------
        what
            Names of what is lacking.
        outcome
            What the script gets.
        """
        new = [name for name in dict.fromkeys(what) if name not in self._said]
        if new:
            self._said.update(new)
            text = (
                f"{self._table} lacks, at least for some architectures: {', '.join(new)}; {outcome}. "
                "'nasbench-sim data import FILE' fills it in from an official archive or a part of one"
            )
            warnings.warn(text, MissingNumbersWarning, stacklevel=_outside())


def _outside() -> int:
    """Return how far up the line of the script is that asked."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("nasbench_sim."):
        level, frame = level + 1, frame.f_back
    return level
