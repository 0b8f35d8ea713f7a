"""What replicates did, as tidy frames: one row an evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nasbench_sim.oracle.runs import Runs

if TYPE_CHECKING:
    import pandas as pd


_FRAME_ROWS = 200_000


def frames_of(runs: Runs) -> Iterator[pd.DataFrame]:
    """Yield the tidy rows of `Trajectories.to_frame`, some 200,000 at a time."""
    import pandas as pd

    present = np.arange(runs.index.shape[1]) < runs.length[:, None]
    columns = _columns(runs)
    step = max(1, _FRAME_ROWS // max(1, runs.index.shape[1]))
    for start in range(0, len(runs), step):
        rows = slice(start, start + step)
        kept = present[rows]
        replicate, evaluation = np.nonzero(kept)
        yield pd.DataFrame(
            {
                "seed": runs.seed_array[rows][replicate],
                "evaluation": evaluation + 1,
                **{name: _nullable(values[rows][kept], name) for name, values in columns.items()},
            }
        )


def _columns(runs: Runs) -> dict[str, NDArray[Any]]:
    """Return what `to_frame` has of every evaluation, each of shape (R, n)."""
    record = runs.record
    columns: dict[str, NDArray[Any]] = {"index": runs.index}
    if runs.task.several:
        columns |= {one.label: runs.observed[..., k] for k, one in enumerate(runs.task.objectives)}
    else:
        columns["observed"] = runs.observed
    columns |= {"cost": runs.cost, "clock": runs.clock}
    if record.worker is not None:
        columns |= {"start": runs.start, "worker": runs.worker}
    if record.level is not None:
        names = np.array([one.label for one in runs.task.fidelities], dtype=object)
        columns["fidelity"] = names[runs.level]
    if runs.task.penalty is not None:
        columns["feasible"] = runs.feasible
    if record.counts is not None:
        columns["counts"] = record.counts
    if not runs.task.several:
        position = runs.incumbent
        best = np.take_along_axis(runs.index, np.maximum(position, 0), axis=1)
        columns["incumbent"] = np.where(position < 0, -1, best)
        columns[runs.task.report.label] = runs.incumbent_reported()
    return columns


def _nullable(values: NDArray[Any], name: str) -> Any:
    """Show an incumbent of -1 as missing."""
    if name != "incumbent":
        return values
    import pandas as pd

    if values.dtype.kind != "i":  # Python integers of more than 64 bits
        return pd.Series(values, dtype="object").where(values >= 0, pd.NA)
    return pd.arrays.IntegerArray(values.astype(np.int64), values < 0)
