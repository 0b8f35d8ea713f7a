"""Writing a comparison to a folder: tables, figures and provenance, all or nothing."""

from __future__ import annotations

import gzip
import io
import json
import logging
import platform
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasbench_sim._version import __version__
from nasbench_sim.errors import MissingDependencyError, RequestError
from nasbench_sim.files import NewFolder, check_new
from nasbench_sim.studies.trajectories_file import save_trajectories

if TYPE_CHECKING:
    from nasbench_sim.studies.comparison import Comparison

_LOG = logging.getLogger(__name__)
TRAJECTORIES = "trajectories.h5"
_LIBRARIES = ("numpy", "scipy", "pandas", "h5py", "matplotlib")


def save_comparison(
    comparison: Comparison, folder: Path, *, csv: bool = False, parquet: bool = False
) -> list[Path]:
    """Write a comparison to a folder, under its final name only when everything is there.

    Parameters
    ----------
    comparison
        What to write.
    folder
        A folder that does not exist or is empty.
    csv, parquet
        Whether the trajectories are also written for other tools, one row an evaluation, as
        ``trajectories.csv.gz`` (ten times larger, and slow) or ``trajectories.parquet`` (needs pyarrow).

    Returns
    -------
    list of Path
        ``summary.csv``; ``trajectories.h5``, which `nasbench_sim.Comparison.load` reads; ``anytime.png`` and
        ``anytime.svg``, unless a replicate evaluated nothing; ``manifest.json`` with the provenance of every
        run.

    Raises
    ------
    RequestError
        For a folder that exists and is not empty, or cannot be made.
    MissingDependencyError
        For Parquet without pyarrow.
    """
    check_new(folder)
    if parquet:
        _pyarrow()
    with NewFolder([folder]) as new:
        write_comparison(comparison, new.path, csv=csv, parquet=parquet)
    return new.files()


def write_comparison(
    comparison: Comparison, folder: Path, *, csv: bool = False, parquet: bool = False
) -> None:
    """Write the files of a comparison into a folder, as `save_comparison` does."""
    comparison.summary().to_csv(folder / "summary.csv", index=False)
    save_trajectories(comparison.runs, folder / TRAJECTORIES)
    if csv:
        _write_csv(comparison, folder / "trajectories.csv.gz")
    if parquet:
        _write_parquet(comparison, folder / "trajectories.parquet")
    not_drawn = _draw(comparison, folder)
    manifest = {
        "made_by": f"nasbench_sim {__version__}",
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
        "runs": comparison.describe(),
        **({"not_drawn": not_drawn} if not_drawn else {}),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def _draw(comparison: Comparison, folder: Path) -> str:
    """Draw the figures, or give why there are none."""
    from nasbench_sim.plots import style

    try:
        figure = comparison.plot()
    except RequestError as error:
        _LOG.warning("no figure is drawn: %s", error)
        return str(error)
    with style():
        figure.savefig(folder / "anytime.png", dpi=200)
        figure.savefig(folder / "anytime.svg", metadata={"Date": None})
    return ""


def _write_csv(comparison: Comparison, path: Path) -> None:
    # No time stamp, so that the same runs give the same bytes; level 1 is three times faster than 6.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
        text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        for piece, frame in enumerate(comparison.frames()):
            frame.to_csv(text, index=False, header=piece == 0)  # floats round trip
        text.flush()
        text.detach()


def _write_parquet(comparison: Comparison, path: Path) -> None:
    pyarrow, parquet = _pyarrow()
    writer = None
    try:
        for frame in comparison.frames():
            table = pyarrow.Table.from_pandas(frame, preserve_index=False)
            writer = writer or parquet.ParquetWriter(path, table.schema)
            writer.write_table(table.cast(writer.schema))
    finally:
        if writer is not None:
            writer.close()


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingDependencyError(
            "Parquet files are written by pyarrow: pip install 'nasbench-sim[parquet]'"
        ) from error
    return pyarrow, parquet
