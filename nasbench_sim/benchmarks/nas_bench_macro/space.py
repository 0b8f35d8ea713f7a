"""The NAS-Bench-Macro space: one of three blocks at each of eight layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from nasbench_sim.benchmarks.nas_bench_macro.benchmark import NAS_BENCH_MACRO
from nasbench_sim.errors import ArchitectureError
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.product import Array

BLOCKS = ("identity", "mb3_k3", "mb6_k5")
"""Identity; inverted bottlenecks of expansion 3 with a 3 x 3 and of expansion 6 with a 5 x 5 kernel."""


class NasBenchMacro(SearchSpace):
    """The 6,561 chain-structured networks of NAS-Bench-Macro; official index = rank of the eight digits.

    The published string is the eight block numbers without a separator.

    References
    ----------
    Su et al. Prioritized architecture sampling with Monte-Carlo tree search. CVPR 2021.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.space("nas-bench-macro")
    >>> space.index("02012100")
    1602
    >>> space.string(1602)
    '02012100'
    """

    benchmark = NAS_BENCH_MACRO

    def __init__(self) -> None:
        super().__init__("nas-bench-macro", [BLOCKS] * 8)

    def _string_of_ops(self, ops: Array) -> str:
        return "".join(str(int(op)) for op in ops)

    def canonical(self, architectures: Any) -> Any:
        """Give the smallest official index of the networks that are the same one (3,969 classes).

        Within a stage (layers 0-1, 2-4, 5-7) an identity after the first layer changes nothing, wherever it
        stands; the published table has one training for all of a class.

        Examples
        --------
        >>> space = NasBenchMacro()
        >>> space.string(space.canonical("11120120"))
        '11102102'
        """
        ops = self.ops(architectures)
        for first, second in ((3, 4), (6, 7)):
            late = (ops[..., first] != 0) & (ops[..., second] == 0)
            ops[..., second] = np.where(late, ops[..., first], ops[..., second])
            ops[..., first] = np.where(late, 0, ops[..., first])
        return self.from_ops(ops)

    def index_of_string(self, text: str) -> int:
        """Give the official index of one string of eight digits."""
        if len(text) != 8 or not set(text) <= set("012"):
            raise ArchitectureError(
                f"{text!r} is not a NAS-Bench-Macro string: eight digits among 0 ({BLOCKS[0]}), "
                f"1 ({BLOCKS[1]}) and 2 ({BLOCKS[2]}) are expected"
            )
        return int(text, 3)
