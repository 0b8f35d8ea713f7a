"""The declaration of NAS-Bench-Macro."""

from nasbench_sim.spaces.benchmark import Benchmark

NAS_BENCH_MACRO = Benchmark(
    title="NAS-Bench-Macro",
    citation="Su et al. Prioritized architecture sampling with Monte-Carlo tree search. CVPR 2021.",
    datasets=("cifar10",),
    tables=("nas-bench-macro",),
    sources={"nas-bench-macro": ("test_accuracy",)},
    networks="nasbench_sim.benchmarks.nas_bench_macro.networks:network",
    drawing="nasbench_sim.spaces.drawing:chain_drawing",
)
