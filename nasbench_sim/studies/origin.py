"""Where code comes from: Python, this package, an installed one, or a person's own files."""

from __future__ import annotations

import site
import sys
import sysconfig
import types
from pathlib import Path
from typing import Any, Literal

_MADE_BY_PYTHON_CODE = 1 << 9  # Py_TPFLAGS_HEAPTYPE
_OWN_PACKAGE = "nasbench_sim"
_STANDARD = {Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")}
_INSTALLED = {
    Path(path).resolve()
    for path in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), site.getusersitepackages())
}

Origin = Literal["python", "here", "installed", "own"]


def origin(value: Any) -> Origin:
    """Give where a function, a class, a module or an object comes from.

    Returns
    -------
    str
        ``"python"`` (built in or of its library), ``"here"`` (this package), ``"installed"`` (another
        package), or ``"own"``: written by whoever uses the package, or nobody knows by whom.

    Examples
    --------
    >>> import json
    >>> import numpy as np
    >>> origin(len), origin(json.dumps), origin(np.mean), origin(origin)
    ('python', 'python', 'installed', 'here')
    """
    if isinstance(value, type) and value.__module__ == "builtins":
        return "own" if value.__flags__ & _MADE_BY_PYTHON_CODE else "python"
    if isinstance(value, types.FunctionType):
        own = str(value.__module__).partition(".")[0] == _OWN_PACKAGE
        return "here" if own else _of_file(value.__code__.co_filename)
    name = value.__name__ if isinstance(value, types.ModuleType) else str(getattr(value, "__module__", None))
    if name.partition(".")[0] == _OWN_PACKAGE:
        return "here"
    module = sys.modules.get(name)
    if name == "__main__" or module is None:
        return "own"
    return _of_file(getattr(module, "__file__", None))


def _of_file(file: str | None) -> Origin:
    """Give where a file comes from; what has none is built in."""
    if file is None:
        return "python"
    above = set(Path(file).resolve().parents)
    if above & _INSTALLED:  # a folder within Python's own
        return "installed"
    return "python" if above & _STANDARD or file.startswith("<frozen") else "own"


def importable(value: Any) -> bool:
    """Tell whether a name in its module leads to a function or class: what is made in a function has none.

    Examples
    --------
    >>> importable(origin), importable(lambda: 0)
    (True, False)
    """
    found: Any = sys.modules.get(str(getattr(value, "__module__", None)))
    for name in str(getattr(value, "__qualname__", "?")).split("."):
        found = getattr(found, name, None)
    return found is value


def full_name(value: Any) -> str:
    """Give the name of a function or class with its module."""
    return f"{value.__module__}.{value.__qualname__}"
