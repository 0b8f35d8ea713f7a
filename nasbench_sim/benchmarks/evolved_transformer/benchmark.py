"""The declaration of the benchmark: Evolved Transformer."""

from nasbench_sim.spaces.benchmark import Benchmark

EVOLVED_TRANSFORMER = Benchmark(
    title="Evolved Transformer",
    citation="So, Liang, Le. The Evolved Transformer. ICML 2019.",
    datasets=("python-reference",),
    tables=("evolved-transformer-text",),
    report="test_perplexity",
)
