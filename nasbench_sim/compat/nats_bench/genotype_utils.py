"""The names that nats_bench.genotype_utils has."""

from nasbench_sim.compat.genotype import TopologyStructure, topology_str2structure

__all__ = ["TopologyStructure", "topology_str2structure"]
