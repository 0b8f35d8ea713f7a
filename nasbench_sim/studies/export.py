"""Writing a comparison to a folder: tables, figures and provenance, all or nothing."""

from __future__ import annotations

import gzip
import io
import json
import platform
import shutil
import tempfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nasbench_sim._version import __version__
from nasbench_sim.errors import RequestError

if TYPE_CHECKING:
    from nasbench_sim.studies.comparison import Comparison

_LIBRARIES = ("numpy", "scipy", "pandas", "h5py", "matplotlib")


def check_new(folder: Path) -> None:
    """Refuse a folder that exists and is not empty, or that cannot be one."""
    if folder.exists() and not folder.is_dir():
        raise RequestError(f"{folder} is a file; name a new or empty folder")
    if folder.is_dir() and any(folder.iterdir()):
        raise RequestError(f"{folder} exists and is not empty; name a new or empty folder")


def save_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Write a comparison to a new folder, under its final name only when everything is there.

    Parameters
    ----------
    comparison
        What to write.
    folder
        A folder that does not exist or is empty.

    Returns
    -------
    list of Path
        ``summary.csv``; ``trajectories.csv.gz``, one row an evaluation; ``anytime.png`` and
        ``anytime.svg``; ``manifest.json`` with the provenance of every run.

    Raises
    ------
    RequestError
        For a folder that exists and is not empty.
    """
    from nasbench_sim.plots import style

    check_new(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        comparison.summary().to_csv(draft / "summary.csv", index=False)
        _write_trajectories(comparison, draft / "trajectories.csv.gz")
        figure = comparison.plot()
        with style():
            figure.savefig(draft / "anytime.png", dpi=200)
            figure.savefig(draft / "anytime.svg", metadata={"Date": None})
        manifest = {
            "made_by": f"nasbench_sim {__version__}",
            "python": platform.python_version(),
            "libraries": {name: metadata.version(name) for name in _LIBRARIES},
            "runs": comparison.describe(),
        }
        (draft / "manifest.json").write_text(json.dumps(manifest, indent=1, default=_plain) + "\n")
        draft.chmod(0o755)
        if folder.is_dir():
            folder.rmdir()  # it is empty
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return sorted(folder.iterdir())


def _write_trajectories(comparison: Comparison, path: Path) -> None:
    # No time stamp, so that the same runs give the same bytes; level 1 is three times faster than 6.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
        text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        for piece, frame in enumerate(comparison.frames()):
            frame.to_csv(text, index=False, header=piece == 0)  # floats round trip
        text.flush()
        text.detach()


def _plain(value: Any) -> Any:
    """Give numpy scalars as Python ones."""
    return value.item()
