"""The architectures of a space as the published packages number and name them."""

from __future__ import annotations

import random
from numbers import Integral
from typing import Any

from nasbench_sim.compat.files import time_string


class Architectures:
    """The list of architecture strings, and what asks about it.

    Parameters
    ----------
    strings
        In official order.
    verbose
        Whether every call prints what it was asked.
    """

    def __init__(self, strings: list[str], verbose: bool) -> None:
        self.verbose = verbose
        self.meta_archs = strings
        self.archstr2index = {arch: index for index, arch in enumerate(strings)}
        self.evaluated_indexes: Any = set(range(len(strings)))

    def _say(self, text: str) -> None:
        """Print what was asked."""
        print(f"{time_string()} {text}")

    def __getitem__(self, index: int) -> str:
        """The string of an architecture."""
        return self.meta_archs[index]

    def __len__(self) -> int:
        """How many architectures there are."""
        return len(self.meta_archs)

    def arch(self, index: int) -> str:
        """Return the string of an architecture; ValueError for an index that is not there."""
        if self.verbose:
            print(f"Call the arch function with index={index}")
        if index < 0 or index >= len(self.meta_archs):
            raise ValueError(f"invalid index : {index} vs. {len(self.meta_archs)}.")
        return self.meta_archs[index]

    def random(self) -> int:
        """Return a random index, drawn by Python's global generator."""
        return random.randint(0, len(self.meta_archs) - 1)

    def query_index_by_arch(self, arch: Any) -> int:
        """Return the index of an architecture, -1 for none; ValueError for an index that is not there.

        Parameters
        ----------
        arch
            A string, an index (of numpy, too), or what has ``tostr()``.
        """
        if self.verbose:
            self._say(f"Call query_index_by_arch with arch={arch}")
        if isinstance(arch, str):
            return self.archstr2index.get(arch, -1)
        if isinstance(arch, Integral):
            if 0 <= int(arch) < len(self):
                return int(arch)
            raise ValueError(f"Invalid architecture index {arch} vs [{0}, {len(self)}].")
        return self.archstr2index.get(arch.tostr(), -1) if hasattr(arch, "tostr") else -1

    def _known(self, arch: Any) -> int:
        """Return the index of an architecture that has to be there."""
        index = self.query_index_by_arch(arch)
        if index < 0:
            raise ValueError(f"invalid index of {index}")
        return index
