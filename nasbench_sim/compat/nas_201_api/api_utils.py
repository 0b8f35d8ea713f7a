"""The names that nas_201_api.api_utils has in the second generation."""

from nasbench_sim.compat.published import remap_dataset_set_names
from nasbench_sim.compat.results import ArchResults
from nasbench_sim.compat.trial import ResultsCount

__all__ = ["ArchResults", "ResultsCount", "remap_dataset_set_names"]
