"""zero-cost-nas: proxies of NAS-Bench-201, pickles one after the other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from nasbench_sim.errors import FileFormatError, shown
from nasbench_sim.spaces import space
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.importers.text import finite
from nasbench_sim.tables.restricted import NUMPY, read_pickles
from nasbench_sim.tables.table import Table

NAME = "zero-cost-nas"
CONTENT = "training-free proxies of Abdelfattah et al. 2021"
PATTERN = "nb2_{cf10,cf100,im120}_seed42_*.p"
LICENCE = "Apache-2.0"

_MOST = 64  # proxies; the published files have at most eight
_DATASETS = {"cf10": "cifar10", "cf100": "cifar100", "im120": "ImageNet16-120"}
_NAME = re.compile(r"nb2_(cf10|cf100|im120)_seed\d+_.*\.p")


def recognises(path: Path) -> bool:
    """Tell the published name."""
    return path.is_file() and _NAME.fullmatch(path.name) is not None


def read(path: Path) -> Table:
    """Read pickles {i, arch, logmeasures: {proxy: number}, trainacc, valacc, testacc} until the file ends.

    The proxies are called ``<name>_zero_cost_nas``. The accuracies are left out: of which schedule, epoch
    and run they are is not published.
    """
    of = space("nas-bench-201")
    named = _NAME.fullmatch(path.name)
    if named is None:
        raise FileFormatError(f"{path}: only the published name, {PATTERN}, says of which data set it is")
    dataset = _DATASETS[named[1]]
    found: dict[str, np.ndarray[Any, Any]] = {}
    seen = set()
    for row in read_pickles(path, NUMPY):
        try:
            index, measures = row["i"], row["logmeasures"]
            if type(index) is not int:
                raise FileFormatError(f"{path}: an architecture that is {shown(index)}, not its index")
            if of.official(index) in seen or ("arch" in row and of.index(_string(row["arch"])) != index):
                raise FileFormatError(f"{path}: architecture {index} twice, or with another's string")
            seen.add(index)
            if len(measures.keys() | found.keys()) > _MOST:
                raise FileFormatError(f"{path} has more than {_MOST} proxies: refused")
            for name, value in measures.items():
                if type(value) is not float and type(value) is not int:
                    raise FileFormatError(f"{path}: {name} of architecture {index} is {shown(value)}")
                found.setdefault(str(name), np.full(of.size, np.nan))[index] = value
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise FileFormatError(f"{path} has not the published layout: {error}") from error
    if not found:
        raise FileFormatError(f"{path} has no proxies")
    entries = [
        (
            Column(
                metric=f"{name}_zero_cost_nas",
                better="max",
                dataset=dataset,
                source=f"zero-cost-nas, {path.name}: {name}",
                licence=LICENCE,
                note="batch 64, one batch",
            ),
            finite(values),
        )
        for name, values in found.items()
    ]
    return Table(f"{NAME} {path.stem}", of, entries, {"made_by": f"importer {NAME}", "from": [path.name]})


def _string(architecture: Any) -> str:
    if not isinstance(architecture, str):
        raise FileFormatError("an architecture that is not a string")
    return architecture
