"""The names that nas_201_api.api has in the first generation."""

from nasbench_sim.compat.nas_201_api.api_201 import NASBench201API, print_information
from nasbench_sim.compat.results import ArchResults
from nasbench_sim.compat.trial import ResultsCount

__all__ = ["ArchResults", "NASBench201API", "ResultsCount", "print_information"]
