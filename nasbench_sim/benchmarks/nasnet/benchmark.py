"""The declaration of NASNet."""

from nasbench_sim.spaces.benchmark import Benchmark

NASNET = Benchmark(
    title="NASNet",
    citation="Zoph, Vasudevan, Shlens, Le. Learning transferable architectures for scalable image "
    "recognition. CVPR 2018.",
    networks="nasbench_sim.benchmarks.nasnet.networks:network",
)
