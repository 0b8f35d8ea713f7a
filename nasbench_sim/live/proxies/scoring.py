"""Scoring architectures by proxies, with the time that each score took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

from nasbench_sim.errors import RequestError
from nasbench_sim.live import devices
from nasbench_sim.live.data import Batch, Images, check_images
from nasbench_sim.live.networks import check_side, network
from nasbench_sim.live.proxies.registry import Proxy, Score, find_proxy
from nasbench_sim.live.training import reproducible
from nasbench_sim.spaces import SearchSpace, space

if TYPE_CHECKING:
    import pandas as pd

_CIFAR = (3, 32, 10)  # colors, side and classes where there are no images


def proxy(which: str | Score, architectures: Any, images: Images | None = None, **options: Any) -> Any:
    """Score untrained networks by a zero-cost proxy.

    Parameters
    ----------
    which
        One of `nasbench_sim.live.proxy_names`, or any function that scores a network: of the network alone,
        or of the network and a batch of images.
    architectures, images, options
        As in `proxy_frame`.

    Returns
    -------
    float or array of float64, the shape of `architectures`
        NaN where the proxy has no value for a network.

    Examples
    --------
    >>> from nasbench_sim import live
    >>> low, high = live.proxy("synflow", [1651, 1462], cells=1)
    >>> bool(low < high)
    True
    >>> live.proxy(lambda model: sum(p.numel() for p in model.parameters()), 0)
    129306.0
    """
    shape = np.shape(architectures)
    flat = np.asarray(architectures).reshape(-1)
    values = proxy_frame([which], flat, images, **options)["value"].to_numpy().reshape(shape)
    return values if shape else float(values)


def proxy_frame(
    names: Sequence[str | Score],
    architectures: Any,
    images: Images | None = None,
    *,
    batch: int = 64,
    seed: int = 0,
    channels: int = 16,
    cells: int = 5,
    within: str | SearchSpace = "nas-bench-201",
    device: str = "cpu",
) -> pd.DataFrame:
    """Score untrained networks by several proxies, with what each score cost.

    Parameters
    ----------
    names
        Of `nasbench_sim.live.proxy_names`, or functions as `proxy` takes.
    architectures
        Official index, architecture string, or a list of either.
    images
        The first `batch` training images are used. Needed by the proxies that look at real images; for the
        others, CIFAR's shape by default.
    batch
        Number of images.
    seed
        Of the initial weights, and of what the proxy draws: the same for every architecture.
    channels, cells, within
        Of the networks: see `nasbench_sim.live.network`.
    device
        A PyTorch device.

    Returns
    -------
    DataFrame
        One row an architecture and proxy: ``index``, ``proxy``, ``value``, ``seconds``. Proxies that look at
        the same pass through the network share it; each is charged for all of it.

    Raises
    ------
    RequestError
        For an unknown proxy, no images where they are needed, or a device that is not there.
    """
    import pandas as pd

    if isinstance(names, str):
        raise RequestError(f"proxy_frame takes a list of proxies, not {names!r}")
    chosen = [find_proxy(name) for name in names]
    called = [one.name for one in chosen]
    twice = sorted({name for name in called if called.count(name) > 1})
    if twice:
        raise RequestError(f"each proxy once, under a name of its own: {', '.join(twice)} is there twice")
    if images is not None:
        check_images(images)
    blind = [one.name for one in chosen if one.needs_images]
    if images is None and blind:
        look = "looks" if len(blind) == 1 else "look"
        raise RequestError(
            f"{', '.join(blind)} {look} at real images: give images=, such as live.digits() or "
            "live.load_images('cifar10', folder)"
        )
    searched = space(within) if isinstance(within, str) else within
    indices = np.atleast_1d(searched.official(architectures))
    given = _batch(images, batch, seed, str(devices.device(device)))
    check_side(given.images.shape[-1], searched)
    colors, classes = given.images.shape[1], _CIFAR[2] if images is None else images.classes
    rows = []
    for index in indices.tolist():
        scored: dict[str, tuple[float, float]] = {}
        for group in _together(chosen):
            with reproducible(seed):
                model = network(
                    index, classes=classes, channels=channels, cells=cells, colors=colors, within=searched
                ).to(device)
                scored |= _scored(group, model, given)
        rows += [(index, one.name, *scored[one.name]) for one in chosen]
    return pd.DataFrame(rows, columns=["index", "proxy", "value", "seconds"])


def _together(proxies: Sequence[Proxy]) -> list[list[Proxy]]:
    """Group proxies that share what they look at."""
    groups: dict[Any, list[Proxy]] = {}
    for one in proxies:
        groups.setdefault(one.shared or one.name, []).append(one)
    return list(groups.values())


def _scored(group: Sequence[Proxy], model: nn.Module, batch: Batch) -> dict[str, tuple[float, float]]:
    """Give value and seconds of each proxy of a group; what they share is part of everyone's seconds."""
    began = time.perf_counter()
    shared = group[0].shared
    seen = model if shared is None else shared(model, batch)
    preparing = time.perf_counter() - began
    found = {}
    for one in group:
        began = time.perf_counter()
        value = one.value(seen, batch)
        found[one.name] = (value, preparing + time.perf_counter() - began)
    return found


def vote(first: ArrayLike, second: ArrayLike) -> NDArray[np.int64]:
    """Tell which of two architectures most proxies prefer: published with synflow, jacob_cov and snip.

    Parameters
    ----------
    first, second
        Scores of shape (..., proxies), larger is better.

    Returns
    -------
    array of int64, shape (...)
        1 for the first, -1 for the second, 0 for a tie. It is a majority pair by pair, and no ranking: three
        architectures can each beat the next in a circle. A proxy that gives both the same, or lacks one,
        does not vote; the published program counts that for the second.

    Examples
    --------
    >>> vote([1.0, 5.0, 2.0], [0.0, 9.0, 1.0])
    array(1)
    """
    votes = np.greater(first, second).sum(axis=-1) - np.less(first, second).sum(axis=-1)
    return np.asarray(np.sign(votes), dtype=np.int64)


def _batch(images: Images | None, count: int, seed: int, device: str) -> Batch:
    if count < 2:
        raise RequestError(f"a batch has 2 images or more, not {count}")
    if images is None:
        colors, side, classes = _CIFAR
        drawn = torch.Generator().manual_seed(seed)
        return Batch(
            torch.randn(count, colors, side, side, generator=drawn, dtype=torch.float32).to(device),
            torch.randint(classes, (count,), generator=drawn).to(device),
        )
    if count > len(images.train[0]):
        raise RequestError(f"{images.name} has {len(images.train[0])} training images, fewer than {count}")
    return Batch(images.train[0][:count].to(device), images.train[1][:count].to(device))
