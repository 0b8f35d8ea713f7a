"""The declaration of HW-GPT-Bench, scale s."""

from nasbench_sim.spaces.benchmark import Benchmark

HW_GPT_BENCH = Benchmark(
    title="HW-GPT-Bench (scale s)",
    citation=(
        "Sukthanker, Zela, Staffler, Klein, Purucker, Franke, Hutter. HW-GPT-Bench: Hardware-aware "
        "architecture benchmark for language models. NeurIPS 2024."
    ),
    datasets=("openwebtext",),
    tables=("hw-gpt-bench-s",),
    sources={
        "hw-gpt-bench": ("perplexity", "val_accuracy", "latency", "energy", "memory", "params", "flops")
    },
    report="perplexity",
)
