"""One figure a function; takes and returns an Axes."""

from nasbench_sim.plots.anytime import anytime, anytime_frame, anytime_panels
from nasbench_sim.plots.style import style

__all__ = ["anytime", "anytime_frame", "anytime_panels", "style"]
