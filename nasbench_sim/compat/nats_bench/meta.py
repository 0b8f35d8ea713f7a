"""What both classes of nats_bench share."""

from __future__ import annotations

import warnings
from typing import Any

from nasbench_sim.compat.files import time_string
from nasbench_sim.compat.listing import ListingAPI
from nasbench_sim.compat.published import Layout


def reset_file_system(lib: str = "default") -> None:
    """Take note of nothing: no archive is read."""


def get_file_system() -> str:
    """Return the name of the plain file system."""
    return "default"


class NASBenchMetaAPI(ListingAPI):
    """One space of NATS-Bench.

    Parameters
    ----------
    file_path_or_dict
        Where the script has its archive; nothing need be there.
    fast_mode
        Kept for the script to read; the table has all architectures either way.
    verbose
        Whether every call prints what it was asked.
    """

    layout: Layout
    _search_space_name = ""
    _full_train_epochs = 0

    def __init__(self, file_path_or_dict: Any = None, fast_mode: bool = False, verbose: bool = True) -> None:
        self._fast_mode = fast_mode
        self._archive_dir = str(file_path_or_dict) if fast_mode and file_path_or_dict is not None else None
        word = self._search_space_name
        if verbose and file_path_or_dict is not None:
            print(
                f"{time_string()} Try to create the NATS-Bench ({word}) api from {file_path_or_dict} with "
                f"fast_mode={fast_mode}"
            )
        super().__init__(self.layout, file_path_or_dict, verbose)
        if verbose:
            print(
                f"{time_string()} Create NATS-Bench ({word}) done with "
                f"{len(self.evaluated_indexes)}/{len(self.meta_archs)} architectures avaliable."
            )

    def query_info_str_by_arch(self, arch: Any, hp: str | int = "12") -> str | None:
        """Return the text on an architecture; of an unknown one ValueError, or None outside of fast mode."""
        if not self.fast_mode and self.query_index_by_arch(arch) < 0:
            warnings.warn("Find this arch-index : -1, but this arch is not evaluated.", stacklevel=2)
            return None
        return super().query_info_str_by_arch(arch, hp)

    def __repr__(self) -> str:
        """The published one line."""
        return (
            f"{type(self).__name__}({len(self.evaluated_indexes)}/{len(self.meta_archs)} architectures, "
            f"fast_mode={self.fast_mode}, file={self.filename})"
        )

    @property
    def search_space_name(self) -> str:
        """``topology`` or ``size``."""
        return self._search_space_name

    @property
    def fast_mode(self) -> bool:
        """What the script asked for."""
        return self._fast_mode

    @property
    def archive_dir(self) -> str | None:
        """The folder that the script named."""
        return self._archive_dir

    @property
    def full_train_epochs(self) -> int:
        """The number of epochs of the longest schedule."""
        return self._full_train_epochs

    @property
    def full_epochs_in_paper(self) -> int:
        """The number of epochs of the paper's full training."""
        return self._full_train_epochs

    @property
    def is_size(self) -> bool:
        """Whether this is the size space."""
        return self._search_space_name == "size"

    @property
    def is_topology(self) -> bool:
        """Whether this is the topology space."""
        return self._search_space_name == "topology"

    def reset_archive_dir(self, archive_dir: str) -> None:
        """Take another folder's name."""
        self._archive_dir = archive_dir

    def reset_fast_mode(self, fast_mode: bool) -> None:
        """Take another mode's name."""
        self._fast_mode = fast_mode
