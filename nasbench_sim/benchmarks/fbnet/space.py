"""The FBNet space of HW-NAS-Bench: one of nine blocks at each of 22 layers."""

from __future__ import annotations

from typing import NamedTuple

from nasbench_sim.benchmarks.fbnet.benchmark import FBNET
from nasbench_sim.errors import unknown
from nasbench_sim.spaces.base import SearchSpace

BLOCKS = ("k3_e1", "k3_e1_g2", "k3_e3", "k3_e6", "k5_e1", "k5_e1_g2", "k5_e3", "k5_e6", "skip")
"""The published blocks in their published order: kernel, expansion and groups; or a skip."""

_STAGES = (1, 4, 4, 4, 4, 4, 1)
_CHANNELS = (16, 24, 32, 64, 112, 184, 352)
_STEM = 16


class _Network(NamedTuple):
    """What differs between the two data sets."""

    side: int
    stem_stride: int
    strides: tuple[int, ...]
    last: int
    classes: int


_NETWORKS = {
    "cifar100": _Network(32, 1, (1, 1, 2, 2, 1, 2, 1), 1504, 100),
    "ImageNet": _Network(224, 2, (1, 2, 2, 2, 1, 2, 1), 1984, 1000),
}
DATASETS = tuple(_NETWORKS)
"""The data sets that costs are published for."""


class FBNet(SearchSpace):
    """The 9^22 networks of the FBNet space; official index = rank of the 22 blocks.

    That is more than 64 bits hold: indices are Python integers, in arrays of objects. No table lists them
    all; that of `nasbench_sim.benchmarks.fbnet.block_costs` computes what a network
    costs, the sum over its blocks.

    References
    ----------
    Wu et al. FBNet: Hardware-aware efficient ConvNet design via differentiable neural architecture search.
    CVPR 2019. Li et al. HW-NAS-Bench. ICLR 2021.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.space("fbnet")
    >>> space.size == 9**22
    True
    >>> space.string(0)[:17]
    'k3_e1:k3_e1:k3_e1'
    >>> len(space.layer_keys("cifar100")[0])
    9
    """

    benchmark = FBNET

    def __init__(self) -> None:
        super().__init__("fbnet", [BLOCKS] * 22)

    def layer_keys(self, dataset: str) -> list[list[str]]:
        """Give the published look-up key of every block at every layer.

        Parameters
        ----------
        dataset
            ``cifar100`` or ``ImageNet``: image size, strides and the head differ.

        Returns
        -------
        list of 22 lists of 9 keys
        """
        network = _network(dataset)
        side, before, keys = network.side // network.stem_stride, _STEM, []
        for count, channels, first in zip(_STAGES, _CHANNELS, network.strides, strict=True):
            for layer in range(count):
                stride = first if layer == 0 else 1
                keys.append([_block_key(block, side, before, channels, stride) for block in BLOCKS])
                side, before = side // stride, channels
        return keys

    def fixed_keys(self, dataset: str) -> list[str]:
        """Give the published look-up keys of what all networks have: stem, head, pooling and classifier."""
        network = _network(dataset)
        side = network.side // network.stem_stride
        for stride in network.strides:
            side //= stride
        start, last = network.side, network.last
        return [
            f"ConvNorm_H{start}_W{start}_Cin3_Cout{_STEM}_kernel3_stride{network.stem_stride}_group1",
            f"ConvNorm_H{side}_W{side}_Cin{_CHANNELS[-1]}_Cout{last}_kernel1_stride1_group1",
            f"AvgP_H{side}_W{side}_Cin{last}_Cout{last}_kernel{side}_stride1",
            f"FC_Cin{last}_Cout{network.classes}",
        ]


def _network(dataset: str) -> _Network:
    if dataset not in _NETWORKS:
        raise unknown("data set", dataset, _NETWORKS)
    return _NETWORKS[dataset]


def _block_key(block: str, side: int, before: int, channels: int, stride: int) -> str:
    shape = f"H{side}_W{side}_Cin{before}_Cout{channels}"
    if block == "skip":
        return f"Skip_{shape}_stride{stride}"
    kernel, expansion, *group = (part[1:] for part in block.split("_"))
    return f"ConvBlock_{shape}_exp{expansion}_kernel{kernel}_stride{stride}_group{group[0] if group else 1}"
