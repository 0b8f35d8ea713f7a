"""The space of Accel-NASBench: four choices at each of seven stages of inverted bottlenecks."""

from __future__ import annotations

from nasbench_sim.benchmarks.accel_nasbench.benchmark import ACCEL_NASBENCH
from nasbench_sim.spaces.base import SearchSpace

STAGES = 7
CHOICES = {"e": ("1", "4", "6"), "k": ("3", "5"), "l": ("1", "2", "3"), "se": ("false", "true")}
"""Expansion, kernel, layers, squeeze and excitation."""


class AccelNasBench(SearchSpace):
    """The 36^6 x 48 networks of Accel-NASBench; the published table has 5,125 of them (`load_table`).

    References
    ----------
    Ahmad et al. Accel-NASBench: Sustainable benchmarking for accelerator-aware NAS. DAC 2024.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.space("accel-nasbench")
    >>> space.size == 36**6 * 48, space.positions[:4]
    (True, ('block0_e', 'block0_k', 'block0_l', 'block0_se'))
    """

    benchmark = ACCEL_NASBENCH

    def __init__(self) -> None:
        choices = {
            f"block{stage}_{name}": options for stage in range(STAGES) for name, options in CHOICES.items()
        }
        choices["block5_l"] += ("4",)  # the one stage that the published networks make so deep
        super().__init__("accel-nasbench", list(choices.values()), list(choices))
