"""Whatever a small file holds, it is read or refused within seconds and a gigabyte, and named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hostile import KINDS

from nasbench_sim.errors import FileFormatError, NasbenchSimError, RequestError, shown, unknown
from nasbench_sim.mistaken import mistaken
from nasbench_sim.tables.importers import detect, import_file
from nasbench_sim.tables.restricted import NUMPY, read_pickle, read_torch
from nasbench_sim.tables.store import read_table

_SECONDS = 5
_ROOM = 2**30
_SLOWER = 3  # times, of a machine that does much else

_READ = """
import json, resource, sys
from pathlib import Path
from nasbench_sim.errors import FileFormatError
from nasbench_sim.tables.importers import import_file
path = Path(sys.argv[1])
start = 4096 * int(Path("/proc/self/statm").read_text().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (start + int(sys.argv[2]),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[3]),) * 2)
before = resource.getrusage(resource.RUSAGE_SELF)
try:
    import_file(path)
    message = None
except FileFormatError as error:
    message = str(error)
after = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([message, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are Linux's here")
@pytest.mark.parametrize("kind", KINDS)
def test_a_small_file_is_refused_within_seconds_and_a_gigabyte(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "HW-NAS-Bench-x.pickle"
    path.write_bytes(KINDS[kind]())
    assert path.stat().st_size <= 1_100_000
    command = [sys.executable, "-c", _READ, str(path), str(_ROOM), str(_SLOWER * _SECONDS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-1000:]
    message, seconds = json.loads(done.stdout)
    assert message is not None
    assert message.startswith(str(path))
    assert len(message) < 1000
    assert seconds < _SLOWER * _SECONDS


def test_a_published_file_pays_for_itself(published: Path) -> None:
    """None of them comes near to its budget: a tenth of the work serves each."""
    from nasbench_sim.tables.restricted import Limits

    small = Limits(work=250_000)
    for path in (published / "help-latency").glob("*.pt"):
        assert len(read_torch(path, small)) == 15625
    read_pickle(published / "constrained-tpe" / "metric_vals.pkl", NUMPY, small)


_DISGUISES = {
    "Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12345\n",
    "web page": b"\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>",
    "zip archive": b"PK\x03\x04" + b"\0" * 60,
    "xz": b"\xfd7zXZ\x00" + b"\0" * 60,
    "zstandard": b"(\xb5/\xfd" + b"\1" * 60,
    "HDF5": b"\x89HDF\r\n\x1a\n" + b"\0" * 60,
    "empty": b"",
    "nothing but zeros": b"\0" * 5000,
    "tar archive": b"name" + b"\0" * 253 + b"ustar\x0000" + b"\0" * 100,
}


@pytest.mark.parametrize("what", _DISGUISES)
def test_what_is_not_the_file_is_named_by_every_reader(tmp_path: Path, what: str) -> None:
    for name in (
        "HW-NAS-Bench-v1_0.pickle",
        "NATS-tss-v1_0-3ffb9.pickle.pbz2",
        "NAS-Bench-201-v1_1-096897.pth",
        "1080ti_1.pt",
        "nas-bench-macro_cifar10.json",
        "zc_nasbench201.json",
        "mini-bench-arch-cell-accs.pd",
        "metric_vals.pkl",
        "nb201_cifar10_full_training.pickle",
        "nb2_cf10_seed42_x.p",
        "data.anb",
        "hw_cifar10.csv",
        "nasbench201.pkl",
        "unknown",
    ):
        if what == "zip archive" and name.endswith((".pt", ".pth")):
            continue  # what torch writes is one
        path = tmp_path / name
        path.write_bytes(_DISGUISES[what])
        with pytest.raises(FileFormatError, match=what) as caught:
            import_file(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("what", [one for one in _DISGUISES if one != "HDF5"])
def test_what_is_no_table_is_named(tmp_path: Path, what: str) -> None:
    path = tmp_path / "table.h5"
    path.write_bytes(_DISGUISES[what])
    with pytest.raises(FileFormatError, match=what) as caught:
        read_table(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("packed", [b"\x1f\x8b", b"BZh"])
def test_what_a_reader_unpacks_itself_is_no_disguise(packed: bytes) -> None:
    assert mistaken(packed + b"x") is not None
    assert mistaken(packed + b"x", (packed,)) is None


def test_a_storage_shorter_than_announced_names_the_file(tmp_path: Path) -> None:
    from test_restricted import STORAGE, legacy_file

    path = tmp_path / "short.pt"
    path.write_bytes(legacy_file(STORAGE, (6,))[:-4])
    with pytest.raises(FileFormatError, match=r"short\.pt.*another length"):
        detect(path).read(path)


def macro(**changed: Any) -> str:
    """Write NAS-Bench-Macro's file, its last row changed."""
    import itertools

    row = {"test_acc": [1.0, 2.0, 3.0], "mean_acc": 2.0, "std": 1.0, "params": 5, "flops": 7}
    rows = {"".join(ops): row for ops in itertools.product("012", repeat=8)}
    return json.dumps({**rows, "22222222": {**row, **changed}})


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_refused(tmp_path: Path, wrong: float) -> None:
    path = tmp_path / "nas-bench-macro_cifar10.json"
    path.write_text(macro())
    assert import_file(path).space.name == "nas-bench-macro"
    path.write_text(macro(test_acc=[wrong] * 3))
    with pytest.raises(FileFormatError, match="not finite"):
        import_file(path)
    path.write_text(macro(mean_acc=wrong))
    with pytest.raises(FileFormatError, match="not finite"):
        import_file(path)


def test_messages_are_bounded() -> None:
    long = "a" * 100_000
    assert len(str(NasbenchSimError(long))) < 2100
    error = unknown("metric", long, ["latency"])
    assert isinstance(error, RequestError)
    assert len(str(error)) < 200
    assert str(error).endswith("known: latency")
    assert shown(2**4000) == "a number of 4,001 bits"
    bomb: Any = 1
    for _ in range(40):
        bomb = (bomb, bomb)
    assert shown(bomb) == "a tuple"
