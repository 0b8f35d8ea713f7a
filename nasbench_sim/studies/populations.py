"""Parts of a search space that statistics are taken over, by name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.errors import RequestError, unknown
from nasbench_sim.spaces import SearchSpace

POPULATIONS = ("all", "unique", "connected", "no-dead-edge")
"""All architectures; one of each isomorphism class; those whose input reaches the output; those without an
edge that leads nowhere."""


def population_of(
    space: SearchSpace, name: str, sample: int | None = None, seed: int = 0
) -> tuple[str, NDArray[np.bool_]]:
    """Return what a population is called, and its mask, shape (size,).

    Parameters
    ----------
    space
        One that can be listed.
    name
        Of `POPULATIONS`.
    sample, seed
        Only so many of it, drawn at random.

    Raises
    ------
    RequestError
        For an unknown name, one that the space does not have, and more than there are.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> name, mask = population_of(nbs.space("nas-bench-201"), "unique", sample=100)
    >>> name, int(mask.sum())
    ('100 of unique, seed 0', 100)
    """
    from nasbench_sim.analysis import sample_mask
    from nasbench_sim.analysis.inputs import whole

    if name not in POPULATIONS:
        raise unknown("population", name, POPULATIONS)
    every = space.all_indices()
    told = {"connected": "is_connected", "no-dead-edge": "has_dead_edge"}.get(name)
    if told is not None and not hasattr(space, told):
        raise RequestError(f"{space.name} is not a space of cells: no architecture of it is disconnected")
    if name == "unique":
        mask = space.canonical(every) == every
    elif told is not None:
        mask = np.asarray(getattr(space, told)(every)) == (name == "connected")
    else:
        mask = np.ones(len(every), dtype=bool)
    if sample is None:
        return name, mask
    whole(sample, "sample", 1, int(mask.sum()))
    return f"{sample} of {name}, seed {seed}", sample_mask(len(every), sample, seed, within=mask)
