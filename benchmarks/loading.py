"""Load and query, beside the published readers, on an archive of repeated real records.

Run ``python benchmarks/loading.py PUBLISHED --peers PEERS_PYTHON``: PUBLISHED is a folder laid out as the
downloads of ``nasbench-sim data install``, PEERS_PYTHON an interpreter with nats_bench and nasbenchapi. The
three real records of NATS-Bench are repeated under all 15,625 ids for our table, and under the first
``--architectures`` for the one-file readers, whose memory at full size no ordinary machine has; their load
time and memory are then also shown scaled to 15,625, to which they are proportional. In our table every value
is moved by a random number of test images, as repeated numbers would compress better than real ones. Every
row is a process of its own; memory is its largest resident size, less that before the reader was imported.
"""

from __future__ import annotations

import argparse
import bz2
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

FULL = 15_625
REAL = (0, 11, 284)
FOLDER = "nats-bench/NATS-tss-v1_0-3ffb9-simple"


def real_records(published: Path) -> list[bytes]:
    return [bz2.decompress((published / FOLDER / f"{index:06d}.pickle.pbz2").read_bytes()) for index in REAL]


def renamed(raw: bytes, index: int, text: str) -> dict[str, Any]:
    """Give a record of its own under another architecture's id."""
    record: dict[str, Any] = pickle.loads(raw)
    for state in record.values():
        state.update(arch_index=index, arch_str=text)
    return record


def moved(record: dict[str, Any], generator: np.random.Generator) -> dict[str, Any]:
    """Move every accuracy by up to 50 of 10,000 images, and every loss alike."""
    for state in record.values():
        for trial in state["all_results"].values():
            for part in ("train_acc1es", "train_losses", "eval_acc1es", "eval_losses"):
                steps = generator.integers(0, 50, len(trial[part])) / 100
                trial[part] = {
                    key: value + step
                    for (key, value), step in zip(trial[part].items(), steps.tolist(), strict=True)
                }
    return record


# -- making the archives


def make_table(published: Path, work: Path) -> None:
    from nasbench_sim.spaces import space
    from nasbench_sim.tables import Table, save_table
    from nasbench_sim.tables.importers.records import Records

    of = space("nas-bench-201")
    records = Records(of, "three records of NATS-Bench, repeated", "MIT")
    generator = np.random.default_rng(0)
    real, texts = real_records(published), of.string(of.all_indices())
    for index in range(FULL):
        record = renamed(real[index % 3], index, texts[index])
        for state in (moved(record, generator) if index else record).values():
            records.add(state)
    save_table(Table("repeated", of, records.entries()), work / "table.h5", 1)


def make_folder(published: Path, work: Path, architectures: int) -> None:
    folder = work / "simple"
    folder.mkdir()
    os.link(published_copy(published, work, "meta"), folder / "meta.pickle.pbz2")
    for index in range(architectures):
        os.link(
            published_copy(published, work, f"{REAL[index % 3]:06d}"), folder / f"{index:06d}.pickle.pbz2"
        )


def published_copy(published: Path, work: Path, name: str) -> Path:
    copied = work / f"real-{name}"
    if not copied.exists():
        copied.write_bytes((published / FOLDER / f"{name}.pickle.pbz2").read_bytes())
    return copied


def make_archives(published: Path, work: Path, architectures: int) -> None:
    """Write the one-file archive packed for nats_bench, and plain in the layout of nasbenchapi."""
    real = real_records(published)
    meta = pickle.loads(bz2.decompress((published / FOLDER / "meta.pickle.pbz2").read_bytes()))
    texts = meta["meta_archs"]
    infos = {index: renamed(real[index % 3], index, texts[index]) for index in range(architectures)}
    content = {**meta, "arch2infos": infos, "evaluated_indexes": set(infos)}
    with bz2.open(work / "NATS-tss.pickle.pbz2", "wb") as file:
        pickle.dump(content, file, 4)
    content["arch2infos"] = {
        index: {"less": record["12"], "full": record["200"]} for index, record in infos.items()
    }
    (work / "nasbenchapi.pickle").write_bytes(pickle.dumps(content, 4))


# -- reading them: open -> (one answer, a column)

Reader = tuple[Callable[[int], float], Callable[[], Any]]


def ours(work: Path, architectures: int) -> Reader:
    from nasbench_sim.tables import load_table

    table = load_table(work / "table.h5")
    question = {"dataset": "cifar10", "schedule": 200, "seed": 777}
    epochs = iter(range(199, 0, -1))
    return (
        lambda index: table.query(index, "val_accuracy", **question),
        lambda: table.values("val_accuracy", dataset="cifar10", epoch=next(epochs)),
    )


def nats_bench(source: Path, fast_mode: bool, architectures: int) -> Reader:
    import nats_bench

    api = nats_bench.create(str(source), "tss", fast_mode=fast_mode, verbose=False)

    def one(index: int) -> float:
        found: float = api.get_more_info(index, "cifar10-valid", hp="200", is_random=777)["valid-accuracy"]
        return found

    return one, lambda: [one(index) for index in range(architectures)]


def nasbenchapi(work: Path, architectures: int) -> Reader:
    from nasbenchapi.nasbench201_api import NASBench201

    api = NASBench201(str(work / "nasbenchapi.pickle"), verbose=False)
    texts = [api._idx_to_str[index] for index in range(architectures)]

    def one(index: int) -> float:
        found: float = api.query(texts[index], "cifar10", "val", seed=777)["metric"]
        return found

    return one, lambda: [one(index) for index in range(architectures)]


def plain_pickle(work: Path, architectures: int) -> Reader:
    with (work / "nasbenchapi.pickle").open("rb") as file:
        infos = pickle.load(file)["arch2infos"]

    def one(index: int) -> float:
        found: float = infos[index]["full"]["all_results"]["cifar10-valid", 777]["eval_acc1es"]["x-valid@199"]
        return found

    return one, lambda: [one(index) for index in range(architectures)]


READERS: dict[str, Callable[[Path, int], Reader]] = {
    "nasbench_sim": ours,
    "nats_bench, folder": lambda work, count: nats_bench(work / "simple", True, count),
    "nats_bench, one file": lambda work, count: nats_bench(work / "NATS-tss.pickle.pbz2", False, count),
    "nasbenchapi": nasbenchapi,
    "plain pickle": plain_pickle,
}


def largest_resident() -> float:
    """Give the largest resident size of this process in MB (of Linux only)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def measure(name: str, work: Path, architectures: int) -> dict[str, float]:
    """Measure one reader in this process."""
    before = largest_resident()
    start = time.perf_counter()
    one, column = READERS[name](work, architectures)
    value = one(0)
    first = time.perf_counter() - start
    assert abs(value - 82.092) < 1e-3, value
    memory = largest_resident() - before
    count = 2000
    scalars = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(count):
            one(0)
        scalars.append((time.perf_counter() - start) / count)
    columns = []
    for _ in range(5 if name == "nasbench_sim" else 1):
        start = time.perf_counter()
        column()
        columns.append(time.perf_counter() - start)
    return {"first": first, "memory": memory, "scalar": min(scalars), "column": min(columns)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("published", type=Path)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--architectures", type=int, default=1000)
    parser.add_argument("--work", type=Path, help="keep the archives here and use those that are there")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, arguments.work, arguments.architectures)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        work.mkdir(exist_ok=True)
        if not (work / "table.h5").exists():
            start = time.perf_counter()
            make_table(arguments.published, work)
            size = (work / "table.h5").stat().st_size / 1e6
            print(f"our table of {FULL:,} records: {time.perf_counter() - start:.0f} s, {size:.0f} MB")
        if not (work / "simple").exists():
            make_folder(arguments.published, work, arguments.architectures)
            make_archives(arguments.published, work, arguments.architectures)
        report(work, arguments)


def report(work: Path, arguments: argparse.Namespace) -> None:
    header = (
        f"{'reader':22}{'architectures':>14}{'first answer':>14}{'memory':>12}{'scalar':>12}{'column':>12}"
    )
    print(header)
    found = {}
    for name in READERS:
        count = FULL if name == "nasbench_sim" else arguments.architectures
        command = [sys.executable if name == "nasbench_sim" else arguments.peers, __file__]
        command += [str(arguments.published), "--measure", name, "--work", str(work)]
        command += ["--architectures", str(arguments.architectures)]
        row = json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        )
        found[name] = row
        show(name, count, row)
        if name not in ("nasbench_sim", "nats_bench, folder"):
            factor = FULL / count
            scaled = {**row, **{key: row[key] * factor for key in ("first", "memory", "column")}}
            show("  scaled to the whole", FULL, scaled)
            found[name] = scaled
    own, peer = found["nasbench_sim"], found["nats_bench, one file"]
    fastest = min(
        found[name]["scalar"] for name in ("nats_bench, folder", "nats_bench, one file", "nasbenchapi")
    )
    print(f"first answer: {peer['first'] / own['first']:,.0f} times faster than nats_bench's one file")
    print(f"memory: {peer['memory'] / own['memory']:,.0f} times less than nats_bench's one file")
    print(f"scalar query: {fastest / own['scalar']:.1f} times as fast as the fastest peer")


def show(name: str, count: int, row: dict[str, float]) -> None:
    print(
        f"{name:22}{count:>14,}{row['first']:>12.3f} s{row['memory']:>9,.0f} MB"
        f"{row['scalar'] * 1e6:>9.2f} us{row['column'] * 1e3:>9,.1f} ms"
    )


if __name__ == "__main__":
    main()
