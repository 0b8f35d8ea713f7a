"""What is collected: what trains networks only where PyTorch is installed."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["nasbench_sim/live/*", "tests/live/test_[!w]*"]
