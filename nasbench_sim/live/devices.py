"""Where PyTorch computes."""

from __future__ import annotations

import torch

from nasbench_sim.errors import RequestError


def device(name: str | None = None) -> torch.device:
    """Give a PyTorch device by name; by default a GPU where there is one.

    Raises
    ------
    RequestError
        For a device that this machine or this build of PyTorch does not have.

    Examples
    --------
    >>> device("cpu")
    device(type='cpu')
    """
    wanted = ("cuda" if torch.cuda.is_available() else "cpu") if name is None else name
    try:
        tried = torch.ones(1, device=wanted)
        tried.item()  # which "meta", without memory, does not have
        return tried.device
    except (RuntimeError, AssertionError, TypeError) as error:
        there = ["cpu", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]
        raise RequestError(
            f"PyTorch cannot compute on {wanted!r} here; known devices: {', '.join(there)}"
        ) from error
