"""The joint spaces of FCNet and HPOBench: units and layers, and how they are trained."""

from __future__ import annotations

from nasbench_sim.benchmarks.tabular_mlp.benchmark import FCNET, HPOBENCH_MLP
from nasbench_sim.spaces.base import SearchSpace

_UNITS = ("16", "32", "64", "128", "256", "512")
_DROPOUT = ("0.0", "0.3", "0.6")
_ACTIVATION = ("relu", "tanh")
_WIDTHS = ("16", "25", "40", "64", "101", "161", "256", "406", "645", "1024")
_BATCHES = ("4", "6", "10", "16", "25", "40", "64", "101", "161", "256")
_PENALTIES = (
    *("1e-8", "7.742637e-8", "5.994842e-7", "4.641589e-6", "3.5938137e-5", "2.7825593e-4"),
    *("2.1544348e-3", "1.6681006e-2", "1.2915497e-1", "1"),
)
_RATES = (
    *("1e-5", "3.5938137e-5", "1.2915497e-4", "4.641589e-4", "1.6681006e-3", "5.9948424e-3"),
    *("2.1544347e-2", "7.742637e-2", "2.7825594e-1", "1"),
)


class FCNet(SearchSpace):
    """The 62,208 perceptrons of two layers of FCNet (HPOLib), in their published, lexicographic order.

    References
    ----------
    Klein, Hutter. Tabular benchmarks for joint architecture and hyperparameter optimization. 2019.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.space("fcnet")
    >>> space.size, space.positions[:4]
    (62208, ('activation_fn_1', 'activation_fn_2', 'batch_size', 'dropout_1'))
    >>> space.string(1)
    'relu:relu:8:0.0:0.0:0.0005:cosine:16:32'
    """

    benchmark = FCNET

    def __init__(self) -> None:
        choices = {
            "activation_fn_1": _ACTIVATION,
            "activation_fn_2": _ACTIVATION,
            "batch_size": ("8", "16", "32", "64"),
            "dropout_1": _DROPOUT,
            "dropout_2": _DROPOUT,
            "init_lr": ("0.0005", "0.001", "0.005", "0.01", "0.05", "0.1"),
            "lr_schedule": ("cosine", "const"),
            "n_units_1": _UNITS,
            "n_units_2": _UNITS,
        }
        super().__init__("fcnet", list(choices.values()), list(choices))


class HPOBenchMLP(SearchSpace):
    """The 30,000 perceptrons of HPOBench, in their published, lexicographic order.

    References
    ----------
    Eggensperger et al. HPOBench. NeurIPS 2021.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> nbs.space("hpobench-mlp").string(0)
    '1e-8:4:1:1e-5:16'
    """

    benchmark = HPOBENCH_MLP

    def __init__(self) -> None:
        choices = {
            "alpha": _PENALTIES,
            "batch_size": _BATCHES,
            "depth": ("1", "2", "3"),
            "learning_rate_init": _RATES,
            "width": _WIDTHS,
        }
        super().__init__("hpobench-mlp", list(choices.values()), list(choices))
