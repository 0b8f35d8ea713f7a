"""Kills runners of one study at random moments, and checks what they leave.

Run as a script: ``python tests/studies/survival.py --kills 200``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import nasbench_sim as nbs
from nasbench_sim.studies import runner
from nasbench_sim.studies.record_file import read_record


def small_study(chunk: int = 4, seeds: int = 160) -> nbs.Study:
    table = nbs.load_table("nas-bench-201")
    return nbs.Study(
        tasks=[nbs.Task(table, dataset=dataset) for dataset in ("cifar10", "cifar100")],
        searchers=["random_search", "regularized_evolution"],
        budget=nbs.Budget(evaluations=60),
        seeds=seeds,
        chunk=chunk,
    )


def digests(folder: Path) -> dict[str, tuple[str, tuple[int, int]]]:
    """Content of every finished piece, and which file it is; raises where one is not sound."""
    found = {}
    for file in sorted((folder / "pieces").glob("*/*/[!.]*.h5")):
        status = file.stat()
        found[str(file.relative_to(folder))] = (
            read_record(file)[1].digest,
            (status.st_ino, status.st_mtime_ns),
        )
    return found


def logged_run(study: nbs.Study, folder: Path, log: Path) -> None:
    """Run the study, and note each piece that was saved."""
    save = runner.save_record

    def save_and_note(runs: nbs.Trajectories, path: Path, about: dict[str, object]) -> None:
        save(runs, path, about)
        with log.open("a") as file:
            file.write(f"{path.relative_to(folder.resolve())}\n")

    runner.save_record = save_and_note
    study.run(folder)


def survive(kills: int, folder: Path, seed: int = 0) -> int:
    """Kill two runners at a time until so many were killed; gives how many pieces outlived the kills."""
    moments = random.Random(seed)
    fork = multiprocessing.get_context("fork")
    study = small_study()
    log = folder.with_suffix(".log")
    before: dict[str, tuple[str, tuple[int, int]]] = {}
    killed = 0
    while killed < kills:
        if len(before) == len(study.pieces()):  # begin again in a new folder
            assert max(Counter(log.read_text().split()).values()) == 1, "a piece was done twice"
            folder = folder.with_name(f"{folder.name}x")
            log, before = folder.with_suffix(".log"), {}
        runners = [fork.Process(target=logged_run, args=(study, folder, log)) for _ in range(2)]
        for one in runners:
            one.start()
        for one in runners:
            time.sleep(moments.uniform(0, 0.15))
            if one.is_alive():
                os.kill(one.pid or 0, signal.SIGKILL)
                killed += 1
        for one in runners:
            one.join()
        after = digests(folder)
        lost = {name for name, found in before.items() if after.get(name) != found}
        assert not lost, f"finished pieces were lost or done again: {lost}"
        before = after
    survivors = len(before)
    study.run(folder)
    calm = Path(tempfile.mkdtemp())
    study.run(calm)
    expected = {name: digest for name, (digest, _) in digests(calm).items()}
    assert {name: digest for name, (digest, _) in digests(folder).items()} == expected
    assert not list((folder / "pieces").rglob(".*")), "leftovers of killed processes"
    return survivors


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    arguments = parser.parse_args()
    began = time.perf_counter()
    survivors = survive(arguments.kills, Path(tempfile.mkdtemp()) / "study")
    print(
        f"{arguments.kills} kills in {time.perf_counter() - began:.0f} s: nothing lost, nothing done twice; "
        f"{survivors} pieces of the last study were finished between kills"
    )
