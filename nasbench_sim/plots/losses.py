"""What a network costs on another device than the one that it was chosen for."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from nasbench_sim.analysis.inputs import columns_of, frame_of
from nasbench_sim.errors import RequestError
from nasbench_sim.plots.heatmap import axes_for, heatmap
from nasbench_sim.plots.style import styled


def losses_frame(lottery: pd.DataFrame) -> pd.DataFrame:
    """Compute the data behind `losses`.

    Parameters
    ----------
    lottery
        As in `losses`.

    Returns
    -------
    DataFrame
        What was chosen for down, what it runs on across, by device: the loss in percent.

    Examples
    --------
    >>> from nasbench_sim.analysis import hardware_lottery
    >>> frame = pd.DataFrame({"accuracy": [90.0, 91.0], "ms:a": [1.0, 2.0], "ms:b": [4.0, 2.0]})
    >>> losses_frame(hardware_lottery(frame, "accuracy", ["ms:a", "ms:b"], least=85))
           a    b
    a    0.0  100.0
    b  100.0    0.0
    """
    lacking = [name for name in ("chosen_for", "run_on", "loss") if name not in frame_of(lottery).columns]
    if lacking or lottery.empty:
        raise RequestError("rows as hardware_lottery gives are expected: chosen_for, run_on, loss")
    columns_of(lottery, ["loss"])
    order = list(dict.fromkeys(lottery["chosen_for"]))
    keyed = lottery.set_index(["chosen_for", "run_on"])["loss"]
    if not keyed.index.is_unique:
        raise RequestError("each couple of chosen_for and run_on once: the rows of one lottery")
    matrix = keyed.unstack().reindex(index=order, columns=order)  # noqa: PD010 - one value a couple
    names = [str(name).partition(":")[2] or str(name) for name in order]
    return matrix.set_axis(names, axis=0).set_axis(names, axis=1)


@styled
def losses(lottery: pd.DataFrame, ax: Axes | None = None) -> Axes:
    """Draw what the network chosen for each device loses on the others, in percent of the best there.

    Parameters
    ----------
    lottery
        As `nasbench_sim.analysis.hardware_lottery` gives, or `nasbench_sim.studies.choose_for_devices`, whose
        title then says what quality was asked for.
    ax
        Where to draw; a new figure by default.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from nasbench_sim.analysis import hardware_lottery
    >>> frame = pd.DataFrame({"accuracy": [90.0, 91.0], "ms:a": [1.0, 2.0], "ms:b": [4.0, 2.0]})
    >>> losses(hardware_lottery(frame, "accuracy", ["ms:a", "ms:b"], least=85)).get_ylabel()
    'chosen for'
    """
    matrix = losses_frame(lottery)
    ax = axes_for(matrix, ax)
    heatmap(ax, matrix, title="loss (%)", limits=(0.0, float(matrix.max().max()) or 1.0), digits=0)
    ax.set_xlabel("runs on")
    ax.set_ylabel("chosen for")
    about = lottery.attrs
    if "least" in about:
        bound = f"{about['least']:.2f} {about['unit']}".rstrip()
        said = f"{about['dataset']}: {about['quality']} ≥ {bound}, n = {about['sufficient']:,}"
        ax.set_title(said, fontsize="medium")
    return ax
