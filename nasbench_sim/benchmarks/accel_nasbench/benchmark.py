"""The declaration of Accel-NASBench."""

from nasbench_sim.spaces.benchmark import Benchmark

ACCEL_NASBENCH = Benchmark(
    title="Accel-NASBench",
    citation=("Ahmad et al. Accel-NASBench: Sustainable benchmarking for accelerator-aware NAS. DAC 2024."),
    datasets=("ImageNet",),
    tables=("accel-nasbench",),
    sources={
        "accel-nasbench": (
            *("val_accuracy", "val_top5_accuracy", "train_time"),
            *("latency", "throughput", "params", "flops"),
        )
    },
    report="val_accuracy",
)
