"""Comparisons of searchers: declared, run, stored, reported."""

from nasbench_sim.studies.comparison import Comparison, compare
from nasbench_sim.studies.study import Study

__all__ = ["Comparison", "Study", "compare"]
