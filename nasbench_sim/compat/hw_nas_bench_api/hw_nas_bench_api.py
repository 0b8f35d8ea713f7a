"""HWNASBenchAPI: latency and energy on six devices, of NAS-Bench-201 and of the FBNet space."""

from __future__ import annotations

import math
from typing import Any

from nasbench_sim.compat.missing import Missing
from nasbench_sim.compat.published import CLASSES
from nasbench_sim.errors import RequestError
from nasbench_sim.spaces import space
from nasbench_sim.tables import Table, load_table

_DEVICES = {
    "nasbench201": ("edgegpu", "raspi4", "edgetpu", "pixel3", "eyeriss", "fpga"),
    "fbnet": ("edgegpu", "raspi4", "pixel3", "eyeriss", "fpga"),
}
_ENERGY = ("edgegpu", "eyeriss", "fpga")
_FBNET_CLASSES = {"cifar100": 100, "ImageNet": 1000}


class HWNASBenchAPI:
    """HW-NAS-Bench.

    Parameters
    ----------
    file_path_or_dict
        Where the script has its pickle; nothing need be there.
    search_space
        ``nasbench201`` or ``fbnet``.
    """

    def __init__(self, file_path_or_dict: Any = None, search_space: str = "nasbench201") -> None:
        self.search_space = search_space
        self._table: Table | None = None
        if search_space == "nasbench201":
            self._table = load_table()
        elif search_space == "fbnet":
            try:
                self._table = load_table("fbnet")
            except RequestError:  # nothing is installed: every number is missing
                self._table = Table("fbnet", space("fbnet"), [])
        self._missing = Missing(f"table {self._table.name!r}" if self._table else "")

    def query_by_index(self, arch_index: Any, dataname: str) -> dict[str, float] | None:
        """Return latency (ms) and energy (mJ) on every device, and their product.

        Parameters
        ----------
        arch_index
            Official index; in the FBNet space a list of 22 block numbers.
        dataname
            ``cifar10``, ``cifar100`` or ``ImageNet16-120``; in the FBNet space ``cifar100`` or ``ImageNet``.
        """
        if self._table is None:
            self._refuse()
            return None
        architecture = self._architecture(arch_index, dataname)
        found: dict[str, float] = {}
        for device in _DEVICES[self.search_space]:
            found[f"{device}_latency"] = self._one("latency", device, dataname, architecture)
            if device in _ENERGY:
                found[f"{device}_energy"] = self._one("energy", device, dataname, architecture)
            if device == "eyeriss" and self.search_space == "nasbench201":
                key = "eyeriss_arithmetic_intensity"
                found[key] = self._one("arithmetic_intensity", device, dataname, architecture)
        self._missing.say(key for key, value in found.items() if value != value)
        product = 1.0
        for key, value in found.items():
            if not key.endswith("intensity"):
                product *= value
        return {**found, "average_hw_metric": product}

    def _architecture(self, arch_index: Any, dataname: str) -> Any:
        if self.search_space == "nasbench201":
            if dataname not in ("cifar10", "cifar100", "ImageNet16-120"):
                raise KeyError(dataname)
            size = space("nas-bench-201").size
            if not -size <= arch_index < size:
                raise IndexError("list index out of range")
            return int(arch_index) % size
        assert type(arch_index) is list, (
            f"The type of arch_index should be a list in FBNet space, while receive {type(arch_index)}"
        )
        assert len(arch_index) == 22, (
            f"The length of arch_index should be 22 in FBNet space, while receive {len(arch_index)}"
        )
        self._fbnet_classes(dataname)
        blocks = space("fbnet").choices
        return ":".join(blocks[place][block] for place, block in enumerate(arch_index))

    def _one(self, metric: str, device: str, dataset: str, architecture: Any) -> float:
        """Return one number; edgetpu's missing latencies are -1 there, and here."""
        assert self._table is not None
        try:
            value = float(self._table.query(architecture, metric, device=device, dataset=dataset))
        except RequestError:
            return math.nan
        return -1.0 if device == "edgetpu" and value != value else value

    def get_net_config(self, arch_index: Any, dataname: str) -> dict[str, Any] | None:
        """Return the configuration of a network."""
        if self._table is None:
            self._refuse()
            return None
        if self.search_space == "fbnet":
            names = space("fbnet").choices[0]
            return {
                "dataset": dataname,
                "num_classes": self._fbnet_classes(dataname),
                "op_idx_list": arch_index,
                "arch_str": [names[block] for block in arch_index],
            }
        return {
            "name": "infer.tiny",
            "C": 16,
            "N": 5,
            "arch_str": self._table.space.string(self._architecture(arch_index, dataname)),
            "num_classes": CLASSES[dataname],
        }

    @staticmethod
    def _fbnet_classes(dataname: str) -> int:
        assert dataname in _FBNET_CLASSES, (
            f"Only cifar100 and ImageNet are allowed to be datasets in FBNet space, while receive {dataname}"
        )
        return _FBNET_CLASSES[dataname]

    def get_op_lookup_tables(self) -> dict[str, dict[str, float]] | None:
        """Return the look-up tables of the FBNet space: {``<device>_<metric>``: {block: cost}}."""
        if self.search_space != "fbnet":
            self._refuse()
            return None
        from nasbench_sim.benchmarks.fbnet.block_costs import load_block_costs

        return load_block_costs().tables

    def _refuse(self) -> None:
        print(f"Wrong dataset name, expect: nasbench201 and fbnet, while receive: {self.search_space}")
