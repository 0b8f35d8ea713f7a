"""What each operation at each position is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from nasbench_sim.analysis.marginals import marginal_effects
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.heatmap import heatmap
from nasbench_sim.plots.style import axes_or_new, styled

if TYPE_CHECKING:
    from nasbench_sim.spaces import SearchSpace


def operations_frame(
    values: ArrayLike, space: SearchSpace, population: ArrayLike | None = None
) -> pd.DataFrame:
    """Give the data behind `operations`: the `marginal_effects` of every operation at every position.

    Parameters
    ----------
    values, space, population
        As in `operations`.

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> space = nbs.SearchSpace("tiny", ["ab", "ab"])
    >>> operations_frame([1.0, 2.0, 3.0, 4.0], space)[["position", "operation", "effect"]]
      position operation  effect
    0        0         a    -1.0
    1        0         b     1.0
    2        1         a    -0.5
    3        1         b     0.5
    """
    if not hasattr(space, "choices"):
        raise RequestError(f"a search space is expected, not {space!r:.60}")
    choices = space.choices
    if any(names != choices[0] for names in choices):
        raise RequestError(f"{space.name} has other operations at other positions: there is no one matrix")
    return marginal_effects(
        values,
        space.ops(space.all_indices()),
        positions=list(space.positions),
        operations=list(choices[0]),
        population=population,
    )


@styled
def operations(
    values: ArrayLike,
    space: SearchSpace,
    ax: Axes | None = None,
    *,
    label: str = "value",
    population: ArrayLike | None = None,
) -> Axes:
    """Draw how far the mean of the architectures with each operation at each position is from that of all.

    Parameters
    ----------
    values
        One number an architecture in official order, such as `Table.values` gives; NaN is missing.
    space
        Their search space, the same operations at every position.
    ax
        Where to draw; a new figure by default.
    label
        What the values are, with their unit.
    population
        Mask of the architectures to use; all by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> import nasbench_sim as nbs
    >>> table = nbs.load_table("nas-bench-201")
    >>> ax = operations(table.values("val_accuracy", dataset="cifar10"), table.space)
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['0→1', '0→2', '1→2', '0→3', '1→3', '2→3']
    """
    frame = operations_frame(values, space, population)
    matrix = frame.pivot(index="operation", columns="position", values="effect")  # noqa: PD010
    matrix = matrix.loc[list(space.choices[0]), list(space.positions)].rename_axis(index=None, columns=None)
    matrix = matrix.rename(
        index=lambda name: str(name).replace("_", " "), columns=lambda name: str(name).replace("->", "→")
    )
    largest = float(np.nanmax(np.abs(matrix.to_numpy()))) or 1.0
    ax = axes_or_new(ax)
    heatmap(ax, matrix, title=f"effect on {label}", limits=(-largest, largest), digits=1)
    ax.set_xlabel("position")
    return ax
