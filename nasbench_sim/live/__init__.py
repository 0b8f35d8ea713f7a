"""Train the networks themselves: published skeletons, trainings and proxies (extra ``[live]``: PyTorch)."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from nasbench_sim.errors import MissingDependencyError, nearest

if TYPE_CHECKING:
    from nasbench_sim.live.curves import Curves
    from nasbench_sim.live.data import Images, digits, from_arrays
    from nasbench_sim.live.networks import network
    from nasbench_sim.live.proxies import proxies, proxy, proxy_frame, register_proxy, vote
    from nasbench_sim.live.recipe import Recipe
    from nasbench_sim.live.run_file import RunFile
    from nasbench_sim.live.training import TrainingError, train

try:
    import torch  # noqa: F401
except ImportError as missing:
    raise MissingDependencyError(
        "nasbench_sim.live needs PyTorch, which is not installed: pip install 'nasbench-sim[live]'"
    ) from missing

# Public name -> its module in this package; imported when first used.
_HOME = {
    "Curves": "curves",
    "Images": "data",
    "Recipe": "recipe",
    "RunFile": "run_file",
    "TrainingError": "training",
    "digits": "data",
    "from_arrays": "data",
    "network": "networks",
    "proxies": "proxies.registry",
    "proxy": "proxies.scoring",
    "proxy_frame": "proxies.scoring",
    "register_proxy": "proxies.registry",
    "train": "training",
    "vote": "proxies.scoring",
}

__all__ = [
    "Curves",
    "Images",
    "Recipe",
    "RunFile",
    "TrainingError",
    "digits",
    "from_arrays",
    "network",
    "proxies",
    "proxy",
    "proxy_frame",
    "register_proxy",
    "train",
    "vote",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"nasbench_sim.live has no {name!r}{nearest(name, _HOME)}")
    found = getattr(importlib.import_module(f"nasbench_sim.live.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
