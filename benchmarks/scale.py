"""Time, memory and disk of a study of 18 million evaluations, and how fast its results are read back.

Run ``python benchmarks/scale.py --jobs 2``; the study is ``benchmarks/studies/scale.toml``.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from joblib.externals.loky import get_reusable_executor

from nasbench_sim.studies import read_study

FILE = Path(__file__).with_name("studies") / "scale.toml"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the store is kept (default: a temporary folder)")
    arguments = parser.parse_args()
    study = read_study(FILE).study
    assert study is not None
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary) / "store"
        began = time.perf_counter()
        study.run(folder, jobs=arguments.jobs, progress=True)
        wall = time.perf_counter() - began
        if arguments.jobs != 1:
            get_reusable_executor().shutdown()  # what processes used is known when they have ended
        files = list((folder / "pieces").rglob("*.h5"))
        evaluations = len(study.settings) * len(study.seeds) * 300
        print(f"{evaluations:,} evaluations, {len(files)} pieces, {arguments.jobs} jobs: {wall:.1f} s wall")
        _print_usage("this process", resource.RUSAGE_SELF)
        _print_usage("its workers, the largest of them", resource.RUSAGE_CHILDREN)
        print(f"store: {sum(file.stat().st_size for file in files) / 1e6:,.0f} MB")
        for what, function in (
            ("nothing is missing, every piece hashed", lambda: study.run(folder)),
            ("first figure of one task, 20 searchers", lambda: _figure(study, folder, "cifar10")),
            ("second figure", lambda: _figure(study, folder, "cifar100")),
            ("one searcher on one task", lambda: study.results(folder, tasks=["cifar10"], searchers=["tpe"])),
        ):
            began = time.perf_counter()
            function()
            print(f"{what}: {time.perf_counter() - began:.2f} s")
        _print_usage("this process at the end", resource.RUSAGE_SELF)
        print(study.results(folder, tasks=["cifar10"]).summary()[["searcher", "mean", "wall_seconds"]])


def _figure(study, folder, task):
    return study.results(folder, tasks=[task]).plot()


def _print_usage(who: str, which: int) -> None:
    used = resource.getrusage(which)
    print(f"{who}: {used.ru_utime + used.ru_stime:.1f} s CPU, at most {used.ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
