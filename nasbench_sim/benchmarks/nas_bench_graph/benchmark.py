"""The declaration of NAS-Bench-Graph."""

from nasbench_sim.spaces.benchmark import Benchmark

NAS_BENCH_GRAPH = Benchmark(
    title="NAS-Bench-Graph",
    citation=(
        "Qin, Zhang, Wang, Zhang, Zhu. NAS-Bench-Graph: Benchmarking graph neural architecture search. "
        "NeurIPS 2022."
    ),
    datasets=(
        "cora",
        "citeseer",
        "pubmed",
        "cs",
        "physics",
        "photo",
        "computers",
        "arxiv",
        "proteins",
    ),
    tables=("nas-bench-graph",),
)
