"""Comparisons and studies of searchers: declared, run, stored, resumed, reported."""

from nasbench_sim.studies.column_correlations import correlate
from nasbench_sim.studies.comparison import Comparison
from nasbench_sim.studies.device_choice import choose_for_devices
from nasbench_sim.studies.report import Plan, report
from nasbench_sim.studies.side_by_side import compare
from nasbench_sim.studies.study import Study
from nasbench_sim.studies.study_file import Declaration, read_study

__all__ = [
    "Comparison",
    "Declaration",
    "Plan",
    "Study",
    "choose_for_devices",
    "compare",
    "correlate",
    "read_study",
    "report",
]
