"""One HTML file of a comparison or a study: tables, figures, significance, provenance, its networks."""

from nasbench_sim.report.page import write_report
from nasbench_sim.studies.stored import read_runs

__all__ = ["read_runs", "write_report"]
