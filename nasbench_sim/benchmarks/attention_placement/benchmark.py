"""The declaration of the benchmark: Attention placement."""

from nasbench_sim.spaces.benchmark import Benchmark

ATTENTION_PLACEMENT = Benchmark(
    title="Attention placement",
    citation="Gu et al. Jet-Nemotron: Efficient language model with post neural architecture search. 2025.",
    datasets=("python-reference",),
    tables=("attention-placement-text",),
    report="test_perplexity",
)
