"""Search spaces by name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal, overload

from nasbench_sim.errors import PluginError
from nasbench_sim.registry import Registry
from nasbench_sim.spaces.product import Product

if TYPE_CHECKING:
    from nasbench_sim.benchmarks.nas_bench_201.space import NasBench201
    from nasbench_sim.spaces.base import SearchSpace
    from nasbench_sim.spaces.benchmark import Benchmark

_SPACES: Registry[Callable[[], SearchSpace]] = Registry(
    "spaces",
    {
        "nas-bench-201": "nasbench_sim.benchmarks.nas_bench_201.space:NasBench201",
        "nats-bench-size": "nasbench_sim.benchmarks.nats_size.space:NatsBenchSize",
        "nas-bench-macro": "nasbench_sim.benchmarks.nas_bench_macro.space:NasBenchMacro",
        "nas-bench-graph": "nasbench_sim.benchmarks.nas_bench_graph.space:NasBenchGraph",
        "fcnet": "nasbench_sim.benchmarks.tabular_mlp.space:FCNet",
        "hpobench-mlp": "nasbench_sim.benchmarks.tabular_mlp.space:HPOBenchMLP",
        "hw-gpt-bench-s": "nasbench_sim.benchmarks.hw_gpt_bench.space:HwGptBench",
        "accel-nasbench": "nasbench_sim.benchmarks.accel_nasbench.space:AccelNasBench",
        "fbnet": "nasbench_sim.benchmarks.fbnet.space:FBNet",
        "merging-cell": "nasbench_sim.benchmarks.merging_cell.space:MergingCell",
        "joint-cell": "nasbench_sim.benchmarks.joint_cell.space:JointCell",
        "hierarchical": "nasbench_sim.benchmarks.hierarchical.space:Hierarchical",
        "evolved-transformer": "nasbench_sim.benchmarks.evolved_transformer.space:EvolvedTransformer",
        "attention-placement": "nasbench_sim.benchmarks.attention_placement.space:AttentionPlacement",
        "darts": "nasbench_sim.benchmarks.darts.space:Darts",
        "darts-2-nodes": "nasbench_sim.benchmarks.darts.space:small_darts",
        "nasnet": "nasbench_sim.benchmarks.nasnet.space:NasNet",
    },
    word="search space",
)
_made: dict[str, tuple[Callable[[], SearchSpace], SearchSpace]] = {}  # each is made once


@overload
def space(name: Literal["nas-bench-201"] = ...) -> NasBench201: ...
@overload
def space(name: str) -> SearchSpace: ...
def space(name: str = "nas-bench-201") -> SearchSpace:
    """Return the search space of a name, the same object every time.

    Raises
    ------
    RequestError
        For an unknown name.
    PluginError
        For a space of another package that cannot be made.

    Examples
    --------
    >>> space("nas-bench-201").size
    15625
    """
    make = _SPACES.get(name)
    maker, found = _made.get(name, (None, None))
    if maker is make and found is not None:
        return found
    try:
        found = make()
    except Exception as error:  # whatever a stranger's code does
        raise PluginError(
            f"the search space {name!r} of {_SPACES.origin(name)} cannot be made: "
            f"{type(error).__name__}: {error}"
        ) from error
    if not isinstance(found, Product) or found.name != name:
        raise PluginError(
            f"{_SPACES.origin(name)} is registered as the search space {name!r}, but gives {found!r}: a "
            "SearchSpace of that name is expected"
        )
    _made[name] = (make, found)
    return found


def register_space(name: str, make: Callable[[], SearchSpace]) -> Callable[[], SearchSpace]:
    """Add a search space of one's own: `space`, table files and other processes then know it by its name.

    An installed package does so by an entry point of the group ``nasbench_sim.spaces``. Another process
    knows the name once it has imported the module that registers it.

    Parameters
    ----------
    name
        Of the space, as `SearchSpace.name` has it.
    make
        A function without arguments, or a class, that makes it.

    Raises
    ------
    RequestError
        For a name that is taken.
    """
    return _SPACES.register(name, make)


def available() -> tuple[str, ...]:
    """List the names of the search spaces."""
    return _SPACES.names()


def benchmarks() -> Iterator[tuple[str, Benchmark]]:
    """Yield the name of every space and what its benchmark declares; without plug-ins that are broken."""
    for name in available():
        with contextlib.suppress(PluginError):  # whoever asks for the space by name is told
            yield name, space(name).benchmark


def registered(candidate: SearchSpace) -> bool:
    """Tell whether a space is the one that `space` serves by its name, or made by the same class."""
    if candidate.name not in _SPACES:
        return False
    known = space(candidate.name)
    alike = _SPACES.get(candidate.name) is type(candidate) and candidate.choices == known.choices
    return candidate is known or alike


def reduced(candidate: SearchSpace) -> tuple[Callable[..., SearchSpace], tuple[Any, ...]]:
    """Tell `pickle` how another process has a registered space: by name, and by what registered it here."""
    name = candidate.name
    make = _SPACES.registered.get(name)
    return (space, (name,)) if make is None else (_registered_there, (name, make))


def _registered_there(name: str, make: Callable[[], SearchSpace]) -> SearchSpace:
    if name not in _SPACES:
        _SPACES.register(name, make)
    return space(name)
