"""What is collected: what trains networks only where PyTorch is installed."""

from importlib.util import find_spec

_TORCH = [
    "nasbench_sim/live/*",
    *(f"nasbench_sim/benchmarks/*/{module}.py" for module in ("compression", "networks", "system")),
    "tests/live/test_[!w]*",
]
collect_ignore_glob = [] if find_spec("torch") else _TORCH
