"""HW-NAS-Bench's look-up tables of the FBNet space: what a network costs is the sum of its blocks."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.benchmarks.fbnet.space import DATASETS
from nasbench_sim.benchmarks.nas_bench_201.importers.hw_nas_bench import LICENCE, read_half
from nasbench_sim.errors import FileFormatError, RequestError, unknown
from nasbench_sim.files import replacing
from nasbench_sim.spaces import FBNet, space
from nasbench_sim.spaces.product import Array
from nasbench_sim.tables.catalog import data_folder
from nasbench_sim.tables.column import Column
from nasbench_sim.tables.computed import Computed
from nasbench_sim.tables.importers.text import read_json
from nasbench_sim.tables.table import Table

NAME = "fbnet"
"""Name of their table."""
FILE = "fbnet-block-costs.json"
"""Name of the file in the data folder that an import of HW-NAS-Bench writes."""
_METRICS = ("latency", "energy")


class BlockCosts:
    """Latency (ms) and energy (mJ) of FBNet networks on the devices of HW-NAS-Bench.

    Parameters
    ----------
    tables
        {``<device>_<metric>``: {published block key: cost}}.
    source
        Where they are from.

    Examples
    --------
    >>> space = FBNet()
    >>> keys = sum(space.layer_keys("cifar100"), space.fixed_keys("cifar100"))
    >>> costs = BlockCosts({"raspi4_latency": dict.fromkeys(keys, 0.5)}, "an example")
    >>> costs.query([0, 9**22 - 1], "latency", device="raspi4", dataset="cifar100")
    array([13., 13.])
    """

    def __init__(self, tables: dict[str, dict[str, float]], source: str) -> None:
        self.space = cast(FBNet, space(NAME))
        self.source = source
        self.licence = LICENCE
        self._tables = tables

    @property
    def tables(self) -> dict[str, dict[str, float]]:
        """The look-up tables themselves: {``<device>_<metric>``: {published block key: cost}}."""
        return {name: dict(table) for name, table in self._tables.items()}

    @property
    def available(self) -> tuple[tuple[str, str], ...]:
        """The pairs of metric and device that there are."""
        pairs = (name.partition("_")[::2] for name in self._tables)
        return tuple((metric, device) for device, metric in pairs)

    def query(self, architectures: Any, metric: str, *, device: str, dataset: str) -> Any:
        """Give what architectures cost.

        Parameters
        ----------
        architectures
            Official index, architecture string, or an array of either.
        metric
            ``latency`` (ms) or ``energy`` (mJ).
        dataset
            ``cifar100`` or ``ImageNet``.

        Returns
        -------
        float or array of float64

        Raises
        ------
        RequestError
            For an unknown metric, device or data set, and where the look-up table lacks a block.
        """
        layers, fixed = self._costs(metric, device, dataset)
        index = np.asarray(self.space.official(architectures), dtype=self.space.index_dtype)
        total = _summed(self.space, layers, fixed, index)
        return float(total) if total.ndim == 0 else total

    def _costs(self, metric: str, device: str, dataset: str) -> tuple[NDArray[np.float64], float]:
        """Give the cost of each block at each layer, shape (22, 9), and of what all networks have."""
        if metric not in _METRICS:
            raise unknown("metric", metric, _METRICS)
        devices = {found for name, found in self.available if name == metric}
        if device not in devices:
            raise unknown(f"device with a {metric}", device, devices)
        table = self._tables[f"{device}_{metric}"]
        keys = self.space.layer_keys(dataset)
        lacking = [key for row in [*keys, self.space.fixed_keys(dataset)] for key in row if key not in table]
        if lacking:
            raise RequestError(
                f"{self.source}: {device} {metric} of {dataset} lacks {len(lacking)} blocks, such as "
                f"{lacking[0]}"
            )
        layers = np.array([[table[key] for key in row] for row in keys])
        return layers, float(sum(table[key] for key in self.space.fixed_keys(dataset)))

    def table(self) -> Table:
        """Give them as a table over the FBNet space, whose every number is computed when it is asked for.

        Columns of one's own join it by `Table.extended`, such as an accuracy that a function gives
        (`nasbench_sim.tables.Computed`). A pair of metric and device that lacks blocks of a data set has no
        column there.

        Examples
        --------
        >>> space = FBNet()
        >>> keys = sum(space.layer_keys("cifar100"), space.fixed_keys("cifar100"))
        >>> table = BlockCosts({"raspi4_latency": dict.fromkeys(keys, 0.5)}, "an example").table()
        >>> table.query(7, "latency:raspi4", dataset="cifar100")
        13.0
        """
        columns = []
        for dataset in DATASETS:
            for metric, device in self.available:
                try:
                    layers, fixed = self._costs(metric, device, dataset)
                except RequestError:
                    continue
                numbers = Computed(
                    self.space,
                    functools.partial(_summed, self.space, layers, fixed),
                    low=fixed + layers.min(axis=1).sum(),
                    high=fixed + layers.max(axis=1).sum(),
                    digest=hashlib.sha256(np.append(layers, fixed).astype("<f8").tobytes()).hexdigest(),
                )
                column = Column(
                    metric=metric,
                    dataset=dataset,
                    device=device,
                    source=f"{self.source}, {device}_{metric}",
                    licence=self.licence,
                    note="the sum of its blocks",
                )
                columns.append((column, numbers))
        return Table(NAME, self.space, columns, {"made_by": "block costs", "from": [self.source]})

    def save(self, path: Path) -> Path:
        """Write the look-up tables as a JSON file."""
        with replacing(path) as temporary:
            temporary.write_text(json.dumps({"source": self.source, "tables": self._tables}))
        return path


def _summed(of: FBNet, layers: NDArray[np.float64], fixed: float, index: Array) -> NDArray[np.float64]:
    """Give the cost of valid architectures: of what all have, and of the block at each layer."""
    ops = of.ops_of_valid_index(index)
    return np.asarray(fixed + layers[np.arange(len(layers)), ops].sum(axis=-1))


def import_block_costs(path: str | Path) -> BlockCosts:
    """Read the FBNet half of HW-NAS-Bench's pickle: {<device>_<metric>: {block key: cost}}."""
    path = Path(path)
    return BlockCosts(_plain(path, read_half(path, "fbnet")), f"HW-NAS-Bench, {path.name}: fbnet")


def load_block_costs(path: str | Path | None = None) -> BlockCosts:
    """Open look-up tables that were installed by ``nasbench-sim data import HW-NAS-Bench-v1_0.pickle``."""
    path = data_folder() / FILE if path is None else Path(path)
    if not path.is_file():
        raise RequestError(
            f"no block costs in {path}; they come with: nasbench-sim data import HW-NAS-Bench-v1_0.pickle"
        )
    content = read_json(path)
    if not isinstance(content, dict) or not isinstance(content.get("tables"), dict):
        raise FileFormatError(f"{path} does not have block costs")
    return BlockCosts(_plain(path, content["tables"]), str(content.get("source")))


def fbnet_table() -> Table:
    """Return the installed block costs as a table."""
    return load_block_costs().table()


def _plain(path: Path, tables: dict[str, Any]) -> dict[str, dict[str, float]]:
    found = {}
    for name, table in tables.items():
        if not isinstance(table, dict) or not all(
            isinstance(key, str) and isinstance(cost, (int, float)) for key, cost in table.items()
        ):
            raise FileFormatError(f"{path}: {name} is not {{block: cost}}")
        if str(name).rpartition("_")[2] in _METRICS:
            found[str(name)] = {key: float(cost) for key, cost in table.items()}
    if not found:
        raise FileFormatError(f"{path} has no latency or energy of blocks")
    return found
