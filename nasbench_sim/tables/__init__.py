"""The tabular backend: columns, query, the HDF5 file, where tables come from."""

from nasbench_sim.tables.catalog import available, data_folder, load_table, register_table, table_names
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.computed import Computed
from nasbench_sim.tables.metrics import Metric, metrics
from nasbench_sim.tables.store import read_table, save_table, verify
from nasbench_sim.tables.table import Table

__all__ = [
    "Column",
    "Computed",
    "Metric",
    "Table",
    "available",
    "data_folder",
    "load_table",
    "metrics",
    "read_table",
    "register_table",
    "save_table",
    "table_names",
    "verify",
]
