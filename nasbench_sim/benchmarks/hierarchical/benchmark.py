"""The declaration of the benchmark: Hierarchical motifs."""

from nasbench_sim.spaces.benchmark import Benchmark

HIERARCHICAL = Benchmark(
    title="Hierarchical motifs",
    citation="Liu et al. Hierarchical representations for efficient architecture search. ICLR 2018.",
    datasets=("digits",),
    tables=("hierarchical-digits",),
    report="test_accuracy",
    networks="nasbench_sim.benchmarks.hierarchical.networks:network",
)
