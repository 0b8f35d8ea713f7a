"""The declaration of the FBNet space."""

from nasbench_sim.benchmarks.nas_bench_201.benchmark import HARDWARE
from nasbench_sim.spaces.benchmark import Benchmark

FBNET = Benchmark(
    title="FBNet",
    citation=(
        "Wu et al. FBNet: Hardware-aware efficient ConvNet design via differentiable neural architecture "
        "search. CVPR 2019. Li et al. HW-NAS-Bench. ICLR 2021."
    ),
    datasets=("cifar100", "ImageNet"),
    tables=("fbnet",),
    imports={"HW-NAS-Bench-v1_0.pickle": ("latency", "energy", *HARDWARE)},
    networks="nasbench_sim.benchmarks.fbnet.networks:network",
    drawing="nasbench_sim.spaces.drawing:chain_drawing",
)
