"""The names that nats_bench.api_utils has."""

from nasbench_sim.compat.archive import mean
from nasbench_sim.compat.files import (
    PICKLE_EXT,
    get_torch_home,
    nats_is_dir,
    nats_is_file,
    pickle_load,
    pickle_save,
    time_string,
)
from nasbench_sim.compat.nats_bench.meta import (
    NASBenchMetaAPI,
    get_file_system,
    reset_file_system,
)
from nasbench_sim.compat.published import remap_dataset_set_names
from nasbench_sim.compat.results import ArchResults
from nasbench_sim.compat.trial import ResultsCount

__all__ = [
    "PICKLE_EXT",
    "ArchResults",
    "NASBenchMetaAPI",
    "ResultsCount",
    "get_file_system",
    "get_torch_home",
    "mean",
    "nats_is_dir",
    "nats_is_file",
    "pickle_load",
    "pickle_save",
    "remap_dataset_set_names",
    "reset_file_system",
    "time_string",
]
