"""One figure a function; takes and returns an Axes."""

from nasbench_sim.plots.anytime import anytime, anytime_frame, anytime_panels
from nasbench_sim.plots.attainment import attainment, attainment_frame
from nasbench_sim.plots.cell import cell, cell_frame
from nasbench_sim.plots.cloud import cloud
from nasbench_sim.plots.correlation import correlation, correlation_frame, correlations
from nasbench_sim.plots.critical_difference import critical_difference, critical_difference_frame
from nasbench_sim.plots.devices import devices, devices_frame
from nasbench_sim.plots.ecdf import ecdf, ecdf_frame
from nasbench_sim.plots.estimators import estimators
from nasbench_sim.plots.learning_curves import learning_curves, learning_curves_frame
from nasbench_sim.plots.losses import losses, losses_frame
from nasbench_sim.plots.operations import operations, operations_frame
from nasbench_sim.plots.pareto import pareto, pareto_frame
from nasbench_sim.plots.scatter import scatter, scatter_frame
from nasbench_sim.plots.style import style

__all__ = [
    "anytime",
    "anytime_frame",
    "anytime_panels",
    "attainment",
    "attainment_frame",
    "cell",
    "cell_frame",
    "cloud",
    "correlation",
    "correlation_frame",
    "correlations",
    "critical_difference",
    "critical_difference_frame",
    "devices",
    "devices_frame",
    "ecdf",
    "ecdf_frame",
    "estimators",
    "learning_curves",
    "learning_curves_frame",
    "losses",
    "losses_frame",
    "operations",
    "operations_frame",
    "pareto",
    "pareto_frame",
    "scatter",
    "scatter_frame",
    "style",
]
