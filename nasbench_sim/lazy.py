"""Packages whose public names are imported when first used, so that importing the package is cheap."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazily(package: str, home: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Give the `__getattr__` and the `__dir__` of a package.

    Parameters
    ----------
    package
        Its full name.
    home
        Public name -> module that has it, below the package or with its full name; a name that is a module is
        its own home.
    """

    def find(name: str) -> Any:
        if name not in home:
            from nasbench_sim.errors import nearest

            raise AttributeError(f"{package} has no {name!r}{nearest(name, home)}")
        own = home[name]
        module = importlib.import_module(own if own.startswith("nasbench_sim.") else f"{package}.{own}")
        found = module if home[name] == name else getattr(module, name)
        setattr(sys.modules[package], name, found)
        return found

    return find, lambda: sorted(sys.modules[package].__all__)
