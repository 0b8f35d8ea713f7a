"""Train the networks themselves: published skeletons, trainings and proxies (extra ``[live]``: PyTorch)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nasbench_sim.errors import MissingDependencyError
from nasbench_sim.lazy import lazily

if TYPE_CHECKING:
    from nasbench_sim.errors import TrainingError
    from nasbench_sim.live.checking import Check, check
    from nasbench_sim.live.curves import Curves
    from nasbench_sim.live.data import Images, digits, from_arrays
    from nasbench_sim.live.fidelity import Cheaper, low_fidelity, plot_low_fidelity
    from nasbench_sim.live.folders import load_image_folder, load_images
    from nasbench_sim.live.latency import OperatorTable, Stopwatch
    from nasbench_sim.live.networks import network
    from nasbench_sim.live.parallel import train_missing
    from nasbench_sim.live.problem import Measure, Problem
    from nasbench_sim.live.proxies.registry import proxy_names, register_proxy
    from nasbench_sim.live.proxies.scoring import proxy, proxy_frame, vote
    from nasbench_sim.live.recipe import Recipe
    from nasbench_sim.live.run_file import RunFile
    from nasbench_sim.live.schedule import Schedule
    from nasbench_sim.live.source import LiveSource
    from nasbench_sim.live.supernet.controller import enas
    from nasbench_sim.live.supernet.gradient_search import gradient_search
    from nasbench_sim.live.supernet.outcome import Outcome
    from nasbench_sim.live.supernet.sharing import SharedTraining
    from nasbench_sim.live.supernet.single_path import TrainedSupernet, train_supernet
    from nasbench_sim.live.system import System
    from nasbench_sim.live.system_runs import SystemRuns
    from nasbench_sim.live.training import train

try:
    import torch  # noqa: F401
except ImportError as missing:
    raise MissingDependencyError(
        "nasbench_sim.live needs PyTorch, which is not installed: pip install 'nasbench-sim[live]'"
    ) from missing

# Public name -> its module in this package; imported when first used.
_HOME = {
    "Cheaper": "fidelity",
    "Check": "checking",
    "Curves": "curves",
    "Images": "data",
    "LiveSource": "source",
    "OperatorTable": "latency",
    "Measure": "problem",
    "Outcome": "supernet.outcome",
    "Problem": "problem",
    "Recipe": "recipe",
    "RunFile": "run_file",
    "Schedule": "schedule",
    "SharedTraining": "supernet.sharing",
    "Stopwatch": "latency",
    "System": "system",
    "SystemRuns": "system_runs",
    "TrainedSupernet": "supernet.single_path",
    "TrainingError": "nasbench_sim.errors",
    "check": "checking",
    "digits": "data",
    "enas": "supernet.controller",
    "from_arrays": "data",
    "gradient_search": "supernet.gradient_search",
    "load_image_folder": "folders",
    "load_images": "folders",
    "low_fidelity": "fidelity",
    "network": "networks",
    "plot_low_fidelity": "fidelity",
    "proxy": "proxies.scoring",
    "proxy_frame": "proxies.scoring",
    "proxy_names": "proxies.registry",
    "register_proxy": "proxies.registry",
    "train": "training",
    "train_missing": "parallel",
    "train_supernet": "supernet.single_path",
    "vote": "proxies.scoring",
}

__all__ = [
    "Cheaper",
    "Check",
    "Curves",
    "Images",
    "LiveSource",
    "Measure",
    "OperatorTable",
    "Outcome",
    "Problem",
    "Recipe",
    "RunFile",
    "Schedule",
    "SharedTraining",
    "Stopwatch",
    "System",
    "SystemRuns",
    "TrainedSupernet",
    "TrainingError",
    "check",
    "digits",
    "enas",
    "from_arrays",
    "gradient_search",
    "load_image_folder",
    "load_images",
    "low_fidelity",
    "network",
    "plot_low_fidelity",
    "proxy",
    "proxy_frame",
    "proxy_names",
    "register_proxy",
    "train",
    "train_missing",
    "train_supernet",
    "vote",
]

__getattr__, __dir__ = lazily(__name__, _HOME)
