"""Zero-cost proxies by name: the published ones, and those that a person adds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Literal

from torch import nn

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.live.data import Batch

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

    def score(self, model: nn.Module, batch: Batch) -> float:
        """Give the value of a freshly initialised network, in training mode, which is changed."""
        return self.read(model if self.shared is None else self.shared(model, batch), batch)


_PROXIES: dict[str, Proxy] = {}


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
        if name in _PROXIES and _PROXIES[name].read.__qualname__ != score.__qualname__:
            raise RequestError(f"there is a proxy {name!r} already; give yours another name")
        _PROXIES[name] = Proxy(name, score, needs_images, better, shared)
        return score

    return added


def find_proxy(name: str) -> Proxy:
    """Give a proxy by name."""
    if name not in _PROXIES:
        raise unknown("proxy", name, _PROXIES)
    return _PROXIES[name]


def proxy_names() -> tuple[str, ...]:
    """Give the names of all proxies."""
    return tuple(_PROXIES)
