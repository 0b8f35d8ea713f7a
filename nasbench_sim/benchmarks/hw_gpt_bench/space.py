"""The space of HW-GPT-Bench at scale s: widths, depth, heads and mixing ratio of each layer."""

from __future__ import annotations

from nasbench_sim.benchmarks.hw_gpt_bench.benchmark import HW_GPT_BENCH
from nasbench_sim.spaces.base import SearchSpace
from nasbench_sim.spaces.conditional import Conditional

LAYERS = 12
DEPTHS = ("10", "11", "12")


class HwGptBench(SearchSpace):
    """The 10^12 language models of scale s; heads and ratio of a layer count where the model is that deep.

    The published table has 10,000 of them: `load_table` gives it over a `SampledSpace` of this space.

    References
    ----------
    Sukthanker et al. HW-GPT-Bench. NeurIPS 2024.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.space("hw-gpt-bench-s")
    >>> space.size == 3 * 2 * (9**10 + 9**11 + 9**12)
    True
    >>> int(space.live(0).sum())  # of 27 positions: of a model of 10 layers
    23
    """

    benchmark = HW_GPT_BENCH

    def __init__(self) -> None:
        choices: dict[str, tuple[str, ...]] = {"embed_dim": ("192", "384", "768"), "n_layer": DEPTHS}
        conditions = []
        for layer in range(1, LAYERS + 1):
            own = {f"n_head {layer}": ("4", "8", "12"), f"mlp_ratio {layer}": ("2", "3", "4")}
            choices |= own
            deep = [depth for depth in DEPTHS if int(depth) >= layer]
            if len(deep) < len(DEPTHS):
                conditions += [Conditional(position, {"n_layer": deep}) for position in own]
        choices["bias"] = ("True", "False")
        super().__init__("hw-gpt-bench-s", list(choices.values()), list(choices), conditions)
