"""The peers, each in a virtual environment of its own, made when it is first needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PEERS = {
    "nats_bench": ("nats_bench==1.8",),
    "nasbenchapi": ("nasbenchapi==1.0.5", "numpy"),  # which our script needs
    "syne-tune": ("syne-tune==0.16.0", "huggingface_hub"),  # which its simulator imports
    "optuna": ("optuna==5.0.0",),
    "pymoo": ("pymoo==0.6.2",),
}


def python_of(peer: str, folder: Path) -> Path:
    """Give the interpreter of a peer's environment."""
    environment = (folder / peer).absolute()
    python = environment / "bin" / "python"
    mark = environment / "installed"
    wanted = " ".join(PEERS[peer])
    if not mark.is_file() or mark.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", *PEERS[peer]], check=True)
        mark.write_text(wanted)
    return python
