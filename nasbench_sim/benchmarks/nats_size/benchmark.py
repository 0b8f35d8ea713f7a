"""The declaration of NATS-Bench's size space."""

from nasbench_sim.benchmarks.nas_bench_201.benchmark import IMAGES, TRAINED
from nasbench_sim.spaces.benchmark import Benchmark

NATS_SIZE = Benchmark(
    title="NATS-Bench, size space",
    citation=(
        "Dong, Liu, Musial, Gabrys. NATS-Bench: Benchmarking NAS algorithms for architecture topology and "
        "size. TPAMI 2021."
    ),
    datasets=("cifar10", "cifar100", "ImageNet16-120"),
    tables=("nats-bench-size",),
    sources={"nats-bench": ("val_accuracy", "test_accuracy", *TRAINED)},
    images=IMAGES,
    networks="nasbench_sim.benchmarks.nats_size.networks:network",
    drawing="nasbench_sim.spaces.drawing:chain_drawing",
)
