"""Comparisons of searchers: declared, run, stored, reported."""

from nasbench_sim.studies.comparison import Comparison, compare

__all__ = ["Comparison", "compare"]
