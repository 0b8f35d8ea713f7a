"""The declaration of the benchmark: Cell, training and compression."""

from nasbench_sim.spaces.benchmark import Benchmark

JOINT_CELL = Benchmark(
    title="Cell, training and compression",
    citation="This package.",
    datasets=("digits",),
    tables=("joint-cell-digits",),
    report="test_accuracy",
    networks="nasbench_sim.benchmarks.joint_cell.networks:network",
)
