"""The declarations of FCNet and of HPOBench's perceptrons."""

from nasbench_sim.spaces.benchmark import Benchmark

FCNET = Benchmark(
    title="FCNet",
    citation=(
        "Klein, Hutter. Tabular benchmarks for joint architecture and hyperparameter optimization. "
        "arXiv:1905.04970, 2019."
    ),
    datasets=(
        "naval_propulsion",
        "parkinsons_telemonitoring",
        "protein_structure",
        "slice_localization",
    ),
    tables=("fcnet",),
    report="val_mse",
)
HPOBENCH_MLP = Benchmark(
    title="HPOBench, multi-layer perceptrons",
    citation=(
        "Eggensperger, Müller, Mallik, Feurer, Sass, Klein, Awad, Lindauer, Hutter. HPOBench: A collection "
        "of reproducible multi-fidelity benchmark problems for HPO. NeurIPS 2021."
    ),
    datasets=(
        "car",
        "phoneme",
        "vehicle",
        "australian",
        "kc1",
        "segment",
        "blood_transfusion",
        "credit_g",
    ),
    tables=("hpobench-mlp",),
    report="val_accuracy",
)
