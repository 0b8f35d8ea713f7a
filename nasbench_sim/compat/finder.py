"""The import finder that gives scripts our modules for the published packages, installed or vendored."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from nasbench_sim.compat.nas_201_api.api_201 import GENERATION

PACKAGES = ("nats_bench", "nas_201_api", "hw_nas_bench_api")
"""The published packages; a copy inside another package, such as ``lib.nas_201_api``, counts too."""


class Finder(importlib.abc.MetaPathFinder):
    """Finds our modules for the published names, before any other finder is asked.

    Examples
    --------
    >>> Finder().find_spec("nats_bench.api_utils").name
    'nats_bench.api_utils'
    >>> Finder().find_spec("numpy") is None
    True
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to load one of our modules, None for a name that is none of the published ones."""
        ours = _ours(fullname)
        if ours is None or importlib.util.find_spec(ours) is None:
            return None
        return importlib.machinery.ModuleSpec(fullname, _Alias(ours), is_package=True)


class _Alias(importlib.abc.Loader):
    """Loads a module of ours, which then goes by another name as well."""

    def __init__(self, ours: str) -> None:
        self._ours = ours

    def exec_module(self, module: ModuleType) -> None:
        """Put our module in the place of the empty one."""
        sys.modules[module.__name__] = importlib.import_module(self._ours)


def _ours(fullname: str) -> str | None:
    """Return the name of our module for a published one."""
    parts = fullname.split(".")
    places = [place for place, part in enumerate(parts) if part in PACKAGES]
    if not places or parts[0] == "nasbench_sim":
        return None
    return ".".join(["nasbench_sim.compat", *parts[places[0] :]])


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """Put the finder before all others while the block runs, also for what was imported before.

    For which generation of nas_201_api the block was written is told by the copy that it would import.
    """
    finder, told = Finder(), GENERATION in os.environ
    if not told:
        os.environ[GENERATION] = str(covered_generation())
    covered = {name: module for name, module in sys.modules.items() if _ours(name) is not None}
    for name in covered:
        del sys.modules[name]
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if _ours(name) is not None]:
            del sys.modules[name]
        sys.modules.update(covered)
        if not told:
            del os.environ[GENERATION]


def covered_generation() -> int:
    """Return for which generation of nas_201_api the copy on the path is: 1 has api.py alone, else 2."""
    found = importlib.machinery.PathFinder.find_spec("nas_201_api")
    folders = [] if found is None else list(found.submodule_search_locations or [])
    for folder in map(Path, folders):
        if (folder / "api.py").is_file() and not (folder / "api_201.py").is_file():
            return 1
    return 2
