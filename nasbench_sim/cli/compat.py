"""``nasbench-sim compat``: run a script for nats_bench, nas_201_api or hw_nas_bench_api, unchanged."""

from nasbench_sim.compat.running import add_arguments, run

__all__ = ["add_arguments", "run"]
