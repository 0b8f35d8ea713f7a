"""The restricted reader: pickles and torch files from elsewhere, read without running anything in them.

A pickle is a program. The machine here knows only the instructions that build plain data, keeps its own
stack and memo, and calls nothing that a file names: a global in a file is looked up in the short list of
stand-ins that its format needs, and any other name is an error that says which. Every file has a budget of
work and memory in proportion to its size, from which all is paid that its instructions make, copy and hold.
"""

from nasbench_sim.tables.restricted.limits import ARCHIVE, Limits
from nasbench_sim.tables.restricted.pickles import read_pickle, read_pickles
from nasbench_sim.tables.restricted.stand_ins import NUMPY, PLAIN, Record, records
from nasbench_sim.tables.restricted.streams import bounded_stream
from nasbench_sim.tables.restricted.torch_files import read_torch

__all__ = [
    "ARCHIVE",
    "NUMPY",
    "PLAIN",
    "Limits",
    "Record",
    "bounded_stream",
    "read_pickle",
    "read_pickles",
    "read_torch",
    "records",
]
