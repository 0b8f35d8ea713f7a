"""The declaration of DARTS."""

from nasbench_sim.spaces.benchmark import Benchmark

DARTS = Benchmark(
    title="DARTS",
    citation="Liu, Simonyan, Yang. DARTS: Differentiable architecture search. ICLR 2019.",
    networks="nasbench_sim.benchmarks.darts.networks:network",
)
