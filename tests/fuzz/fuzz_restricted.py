"""Coverage-guided fuzzing of the restricted reader, with atheris.

Run ``python tests/fuzz/fuzz_restricted.py -max_total_time=300``. Pickles, torch zip files and torch streams
are made from the fuzzer's bytes; every outcome but a value or a FileFormatError is a finding, and so is a
file, a process or an import that appears meanwhile.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["nasbench_sim.tables.restricted"]):
    from nasbench_sim.errors import FileFormatError
    from nasbench_sim.tables.importers import pandas_frame
    from nasbench_sim.tables.restricted import NUMPY, Limits, memo, read_pickle, read_pickles, read_torch
    from nasbench_sim.tables.restricted.torch_files import Tensor

LIMITS = Limits(bytes=2**20, work=100_000)
FOLDER = Path(tempfile.mkdtemp())
tempfile.tempdir = str(FOLDER)
memo._RECENT = 4  # what a file refers back to comes from disk, as in a whole archive
_watching = False


def audit(event: str, arguments: tuple[object, ...]) -> None:
    """Fail on anything that reading may not do."""
    if not _watching:
        return
    if event == "open" and not str(arguments[0]).startswith(str(FOLDER)):
        raise SystemError(f"opened {arguments[0]!r}")
    if event.split(".")[0] in ("subprocess", "socket", "ctypes", "shutil", "pty") or event in (
        "exec",
        "import",
        "os.system",
        "os.exec",
        "os.fork",
        "os.remove",
        "pickle.find_class",
    ):
        raise SystemError(f"event {event} {arguments!r:.100}")


def one_input(data: bytes) -> None:
    """Read the bytes in every way that the package reads foreign pickles."""
    global _watching
    plain = FOLDER / "file.pickle"
    plain.write_bytes(data)
    packed = FOLDER / "file.pt"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/data/0", b"\0" * 24)
    packed.write_bytes(buffer.getvalue())
    _watching = True
    try:
        for read in (
            lambda: read_pickle(plain, NUMPY, LIMITS, lambda key, value: value),
            lambda: list(read_pickles(plain, NUMPY, LIMITS)),
            lambda: read_torch(plain, LIMITS),
            lambda: [value.array() for value in [read_torch(packed, LIMITS)] if isinstance(value, Tensor)],
            lambda: pandas_frame.read_frame(plain),
        ):
            with contextlib.suppress(FileFormatError):
                read()
    finally:
        _watching = False


def seeds(folder: Path) -> None:
    """Write a corpus to start from: one pickle of every kind that the reader admits."""
    import collections

    import numpy as np

    values = [
        {"a": [1.5, 2], ("b", 777): (None, True)},
        collections.OrderedDict(x={1: 2.0}),
        np.arange(6.0).reshape(2, 3),
        np.float64(3.5),
        np.array(["a", "b"], dtype=object),
        {1, 2, 3},
        b"bytes",
    ]
    for at, value in enumerate(values):
        for protocol in (2, 4, 5):
            (folder / f"{at}-{protocol}").write_bytes(pickle.dumps(value, protocol))
    for at, attack in enumerate((b"cos\nsystem\n(S'true'\ntR.", b"\x80\x02ctorch\nFloatStorage\n.")):
        (folder / f"attack-{at}").write_bytes(attack)


if __name__ == "__main__":
    corpus = Path(tempfile.mkdtemp())
    seeds(corpus)
    one_input(b"N.")  # so that what is imported late is there before the watch begins
    sys.addaudithook(audit)
    atheris.Setup([*sys.argv, str(corpus)], one_input)
    atheris.Fuzz()
