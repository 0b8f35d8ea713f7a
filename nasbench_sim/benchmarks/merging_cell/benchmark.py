"""The declaration of the benchmark: Merging cells of NAS-FPN."""

from nasbench_sim.spaces.benchmark import Benchmark

MERGING_CELL = Benchmark(
    title="Merging cells of NAS-FPN",
    citation="Ghiasi, Lin, Le. NAS-FPN: Learning scalable feature pyramid architecture for object "
    "detection. CVPR 2019.",
    datasets=("digit-canvases",),
    tables=("merging-cell-digits",),
    report="test_map",
)
