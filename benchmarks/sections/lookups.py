"""Looking numbers up, beside bare numpy, a dictionary and pandas; and how soon a process answers."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
from measuring import COMPARED, alternately, row, table

import nasbench_sim as nbs

TITLE = "Looking up"
MANY, SCALARS = 1_000_000, 10_000


def section() -> str:
    embedded = nbs.load_table("nas-bench-201")
    index = embedded.space.sample(MANY, seed=0)
    bare = np.array(embedded.values("val_accuracy", dataset="cifar10"))
    plain = dict(enumerate(bare.tolist()))
    frame = embedded.frame(["val_accuracy"], dataset="cifar10")["val_accuracy"]
    scalars = index[:SCALARS].tolist()
    works: dict[str, Callable[[], object]] = {
        "values": lambda: embedded.values("val_accuracy", dataset="cifar10")[index],
        "query": lambda: embedded.query(index, "val_accuracy", dataset="cifar10"),
        "numpy": lambda: bare[index],
        "pandas": lambda: frame.loc[index].to_numpy(),
        "one": lambda: [embedded.query(one, "val_accuracy", dataset="cifar10") for one in scalars],
        "dict": lambda: [plain[one] for one in scalars],
        "loc": lambda: [frame.loc[one] for one in scalars],
    }
    for name, expected in (("values", "numpy"), ("query", "numpy"), ("pandas", "numpy"), ("one", "dict")):
        np.testing.assert_array_equal(works[name](), works[expected]())
    taken = dict(zip(works, alternately(list(works.values())), strict=True))
    for name in ("one", "dict", "loc"):
        taken[name] = taken[name].scaled(1 / SCALARS)
    started = alternately([_process(_QUESTION), _process("import numpy, h5py")], clock=time.perf_counter)
    equal = "equal values"
    rows = [
        row("`table.values(...)[index]`, a million", taken["values"], "numpy", taken["numpy"], equal),
        row("`table.query(index, ...)`, a million", taken["query"], "numpy", taken["numpy"], equal),
        row("the same", taken["query"], "pandas `.loc`", taken["pandas"], equal),
        row("`table.query(one, ...)`, checked and named", taken["one"], "a dictionary", taken["dict"], equal),
        row("the same", taken["one"], "pandas `.loc`", taken["loc"], equal),
        row("a new process until its first answer", started[0], "importing numpy, h5py", started[1], "-"),
    ]
    return table(COMPARED, rows)


_QUESTION = (
    "import nasbench_sim as n; n.load_table('nas-bench-201').query(6111, 'val_accuracy', dataset='cifar10')"
)


def _process(code: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
