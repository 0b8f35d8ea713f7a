"""Zero-cost proxies by name: the published ones, and those that a person adds."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from nasbench_sim.errors import RequestError
from nasbench_sim.live.data import Batch
from nasbench_sim.registry import Registry

Score = Callable[[Any, Batch], float]
"""Scores a freshly initialised network, in training mode, which it may change as it likes; or what proxies
share of one, which they only read."""

Shared = Callable[[nn.Module, Batch], Any]
"""Gives what several proxies look at, a pass through the network say, once for all of them."""


@dataclasses.dataclass(frozen=True)
class Proxy:
    """A way to score an untrained network.

    Parameters
    ----------
    name
        Of the metric.
    read
        Gives the value, of the network or of what `shared` gives.
    needs_images
        Whether real images matter; the others take their shape only.
    better
        Which end was published as the good one.
    shared
        What it looks at in the place of the network.
    """

    name: str
    read: Score
    needs_images: bool
    better: Literal["max", "min"]
    shared: Shared | None

    def __post_init__(self) -> None:
        """Take the function's own name and module over, by which a registered proxy is known."""
        for attribute in ("__module__", "__qualname__", "__doc__"):
            if hasattr(self.read, attribute):
                object.__setattr__(self, attribute, getattr(self.read, attribute))

    def value(self, seen: Any, batch: Batch) -> float:
        """Compute the value of a network, or of what `shared` gave of it; NaN where it is not finite.

        Raises
        ------
        RequestError
            For a function that gives no real number.
        """
        found: Any = self.read(seen, batch)
        if isinstance(found, torch.Tensor):
            found = found.detach().cpu().numpy()
        if np.ndim(found) != 0 or np.asarray(found).dtype.kind not in "fiu":
            raise RequestError(
                f"the proxy {self.name} gave {found!r:.60} of type {type(found).__name__}; "
                "a proxy gives one real number"
            )
        number = float(found)
        return number if np.isfinite(number) else float("nan")


PROXIES: Registry[Any] = Registry(
    "proxies",
    {
        name: f"nasbench_sim.live.proxies.{module}:{name}"
        for module, names in {
            "activations": ("naswot", "jacob_cov", "epe_nas", "meco"),
            "gradients": ("grad_norm", "snip", "plain", "l2_norm", "grasp", "fisher", "zico"),
            "perturbation": ("epsilon", "zen"),
            "size": ("params", "flops"),
            "synflow": ("synflow", "logsynflow"),
            "te_nas": ("te_nas_condition", "te_nas_regions"),
        }.items()
        for name in names
    },
    word="proxy",
)


def proxy_named(
    name: str,
    *,
    needs_images: bool = True,
    better: Literal["max", "min"] = "max",
    shared: Shared | None = None,
) -> Callable[[Score], Proxy]:
    """Make a proxy of a function that scores an untrained network; a decorator. Parameters as of `Proxy`."""
    return lambda score: Proxy(name, score, needs_images, better, shared)


def register_proxy(
    name: str,
    *,
    needs_images: bool = True,
    better: Literal["max", "min"] = "max",
    shared: Shared | None = None,
) -> Callable[[Score], Score]:
    """Register a function that scores an untrained network; a decorator.

    Parameters
    ----------
    name, needs_images, better
        As of the metric: whether real images matter, and which end is the good one.
    shared
        A function of network and batch whose result the proxy reads in the place of the network. Proxies with
        the same one, scored together, have it computed once.

    Raises
    ------
    RequestError
        For a name that another proxy has.

    Examples
    --------
    >>> from nasbench_sim import live
    >>> @live.register_proxy("layers", needs_images=False)
    ... def layers(model, batch):
    ...     return float(sum(1 for _ in model.modules()))
    >>> live.proxy("layers", 1651) > 0
    True
    """

    def added(score: Score) -> Score:
        PROXIES.register(name, Proxy(name, score, needs_images, better, shared))
        return score

    return added


def find_proxy(which: Any) -> Proxy:
    """Return a proxy by name, or make one of a function that nobody registered.

    Parameters
    ----------
    which
        A name, a `Proxy`, or a function: of a network alone, which looks at no images, or of a network and a
        batch.

    Raises
    ------
    RequestError
        For an unknown name, and what is none of these.
    """
    found = PROXIES.get(which) if isinstance(which, str) else which
    if isinstance(found, Proxy):
        return found
    if not callable(found):
        raise RequestError(
            "a proxy is a name, such as 'synflow', or a function from a network to a number, "
            f"not {found!r:.60}"
        )
    name = which if isinstance(which, str) else getattr(found, "__name__", type(found).__name__)
    try:
        inspect.signature(found).bind("model", "batch")
    except TypeError:
        try:
            inspect.signature(found).bind("model")
        except TypeError as error:
            raise RequestError(f"the proxy {name} takes a network, or a network and a batch") from error
        return Proxy(name, _AlsoOfBatch(found), False, "max", None)
    return Proxy(name, found, True, "max", None)


@dataclasses.dataclass(frozen=True)
class _AlsoOfBatch:
    """A function of a network alone as one of network and batch; it can be pickled if the function can."""

    of_model: Callable[[nn.Module], Any]

    def __call__(self, model: nn.Module, batch: Batch) -> Any:
        return self.of_model(model)


def proxy_names() -> tuple[str, ...]:
    """List the names of all proxies."""
    return PROXIES.names()
