"""What a pickle may refer back to: all of a small one, and of a whole archive no more than has to be."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.restricted.stand_ins import Name
from nasbench_sim.tables.scratch import Scratch

_RECENT = 2**18
"""How many values are kept before any are put away."""
_FORGOTTEN = 0  # the number of what is not kept


class Forgotten:
    """Stands for a part of a record that was read and let go; nothing can be read from it."""

    __slots__ = ()


class Memo:
    """Values by number, in the order in which a pickle remembers them.

    `put_away` writes those that there are to a temporary file, where each takes four bytes: a text, a name
    or a numpy type is found there again, and anything else is `Forgotten`.

    Attributes
    ----------
    recent
        The values since the last `put_away`; may be appended to.
    before
        How many values there were until then.
    """

    def __init__(self) -> None:
        self.recent: list[Any] = []
        self.before = 0
        self._kept: list[Any] = [Forgotten()]
        self._number: dict[Any, int] = {}
        self._file: Scratch | None = None

    def __len__(self) -> int:
        """How many values there are."""
        return self.before + len(self.recent)

    def __getitem__(self, key: int) -> Any:
        """Give a value by its number."""
        if self._file is None or key >= self.before:
            return self.recent[key - self.before]
        return self._kept[int.from_bytes(self._file.read(4 * key, 4), "little")]

    def __setitem__(self, key: int, value: Any) -> None:
        """Replace a recent value, or add the next one."""
        if key > len(self):
            raise FileFormatError("memo numbers that leave gaps")
        if key < self.before:
            raise FileFormatError("a part of an earlier record that changes")
        if key == len(self):
            self.recent.append(value)
        else:
            self.recent[key - self.before] = value

    def held(self) -> tuple[list[Any], list[Any]]:
        """Give what of it is in memory."""
        return self.recent, self._kept

    def put_away(self) -> None:
        """Write the recent values to the file, if they are many."""
        if len(self.recent) < _RECENT:
            return
        if self._file is None:
            self._file = Scratch()
        numbers = [self._number_of(value) for value in self.recent]
        self._file.append(np.array(numbers, dtype="<u4").tobytes())
        self.before += len(self.recent)
        self.recent.clear()

    def _number_of(self, value: Any) -> int:
        if not isinstance(value, (str, Name, np.dtype)):
            return _FORGOTTEN
        number = self._number.get(value)
        if number is None:
            number = self._number[value] = len(self._kept)
            self._kept.append(value)
        return number
