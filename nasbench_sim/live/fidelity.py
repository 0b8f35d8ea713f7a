"""What cheaper trainings are worth: cost against rank correlation with the full training."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from nasbench_sim.analysis.correlation import rank_correlation
from nasbench_sim.errors import RequestError
from nasbench_sim.live.data import Images
from nasbench_sim.live.parallel import train_missing
from nasbench_sim.live.recipe import Recipe
from nasbench_sim.live.run_file import RunFile
from nasbench_sim.spaces import space

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKERS = "osD^vP*X<>hdp"  # not as many as there are colors, so that no pair of both recurs soon


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cheaper:
    """A cheaper training: what it changes of the full one.

    Parameters
    ----------
    epochs, channels, cells
        Of the recipe; None leaves them.
    fraction
        Part of the training images.
    side
        Of the images; None leaves it.

    Examples
    --------
    >>> Cheaper(epochs=3, fraction=0.5).label
    'epochs 3, fraction 0.5'
    """

    epochs: int | None = None
    channels: int | None = None
    cells: int | None = None
    fraction: float = 1.0
    side: int | None = None

    @property
    def label(self) -> str:
        """What is changed, in words."""
        own = [(field.name, getattr(self, field.name), field.default) for field in dataclasses.fields(self)]
        return ", ".join(f"{name} {value}" for name, value, usual in own if value != usual) or "full"

    def applied(self, recipe: Recipe, images: Images) -> tuple[Recipe, Images]:
        """Give the cheaper recipe and data set."""
        sizes = {name: getattr(self, name) for name in ("epochs", "channels", "cells")}
        cheaper = dataclasses.replace(recipe, **{k: v for k, v in sizes.items() if v is not None})
        fewer = images if self.fraction == 1.0 else images.subset(self.fraction)
        return cheaper, fewer if self.side is None else fewer.resized(self.side)


def low_fidelity(
    architectures: Sequence[int],
    truth: ArrayLike,
    settings: Sequence[Cheaper],
    *,
    recipe: Recipe,
    images: Images,
    folder: str | Path,
    metric: str = "val_accuracy",
    seed: int = 777,
    processes: int = 1,
    progress: bool = False,
) -> pd.DataFrame:
    """Train architectures cheaply, each setting on its own, and correlate with the truth.

    Parameters
    ----------
    architectures
        Official indices in NAS-Bench-201, four or more.
    truth
        Of each, such as the test accuracy of the full training in a table: other seeds than `seed`.
    settings
        The cheaper trainings.
    recipe, images
        The full training.
    folder
        Where the runs are kept, a file a setting; a killed study goes on there.
    metric
        What the cheaper training is judged by.
    seed
        Training seed.
    processes, progress
        As in `nasbench_sim.live.train_missing`.

    Returns
    -------
    DataFrame
        One row a setting: ``setting``, its fields, ``seconds`` (mean training time) and the columns of
        `nasbench_sim.analysis.rank_correlation`.
    """
    values = np.asarray(truth, dtype=np.float64)
    if values.shape != (len(architectures),) or len(architectures) < 4:
        raise RequestError(
            f"four architectures or more with one true value each are expected, not {len(architectures)} "
            f"with values of shape {values.shape}"
        )
    rows: list[dict[str, Any]] = []
    for number, setting in enumerate(settings):
        cheaper, fewer = setting.applied(recipe, images)
        kept = RunFile(Path(folder) / f"{number:02d}.jsonl", space("nas-bench-201"), cheaper, fewer)
        runs = train_missing(
            kept, [(index, seed) for index in architectures], processes=processes, progress=progress
        )
        found = rank_correlation([run.last(metric) for run in runs], values)
        seconds = float(np.mean([run.last("train_time") for run in runs]))
        row = {"setting": setting.label, **dataclasses.asdict(setting), "seconds": seconds}
        row.update((str(name), value) for name, value in found.items())
        rows.append(row)
    return pd.DataFrame(rows)


def plot_low_fidelity(frame: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw cost against rank correlation with its interval, a point a setting; a line joins the best."""
    from matplotlib import ticker

    from nasbench_sim.plots.style import PALETTE, axes_or_new

    ax = axes_or_new(ax)
    ordered = frame.sort_values("seconds")
    best = ordered[ordered["spearman"] > ordered["spearman"].cummax().shift(fill_value=-2.0)]
    ax.plot(best["seconds"], best["spearman"], color="0.3", lw=1.2, drawstyle="steps-post", zorder=1)
    ax.errorbar(
        ordered["seconds"],
        ordered["spearman"],
        yerr=[ordered["spearman"] - ordered["spearman_low"], ordered["spearman_high"] - ordered["spearman"]],
        fmt="o",
        ms=4,
        lw=0.8,
        color="0.55",
        zorder=2,
    )
    for number, row in enumerate(best.to_dict(orient="records")):
        style: dict[str, Any] = {
            "color": PALETTE[number % len(PALETTE)],
            "marker": _MARKERS[number % len(_MARKERS)],
            "ls": "none",
        }
        ax.plot(row["seconds"], row["spearman"], ms=7, label=row["setting"], zorder=3, **style)
    ax.legend(
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        fontsize="x-small",
        title="best at their cost",
        title_fontsize="small",
    )
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_major_formatter(ticker.FormatStrFormatter("%g"))
    ax.xaxis.set_minor_formatter(ticker.NullFormatter())
    ax.set_xlabel("seconds of training, mean of the networks")
    ax.set_ylabel("Spearman with the full training")
    return ax
