"""Time, memory and disk of a study of 18 million evaluations, and how fast its results are read back.

Run ``python benchmarks/scale.py --jobs 2``; the study is ``benchmarks/studies/scale.toml``. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from joblib.externals.loky import get_reusable_executor

import nasbench_sim as nbs
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
        print(json.dumps(measured(study, arguments.folder or Path(temporary) / "store", arguments.jobs)))


def measured(study: nbs.Study, folder: Path, jobs: int) -> dict[str, Any]:
    """Run the study, and read it back."""
    run = _seconds(lambda: study.run(folder, jobs=jobs, progress=True))
    if jobs != 1:
        get_reusable_executor().shutdown()  # what processes used is known when they have ended
    files = list((folder / "pieces").rglob("*.h5"))
    found: dict[str, Any] = {
        "searchers": len(study.searchers),
        "tasks": len(study.tasks),
        "replicates": len(study.seeds),
        "evaluations": len(study.settings) * len(study.seeds) * study.settings[0].budget.evaluations,
        "jobs": jobs,
        "pieces": len(files),
        "bytes": sum(file.stat().st_size for file in files),
        "wall": run["wall"],
        "own": _usage(resource.RUSAGE_SELF),
        "workers": _usage(resource.RUSAGE_CHILDREN),
        "nothing_missing": _seconds(lambda: study.run(folder)),
        "first_figure": _seconds(lambda: _figure(study, folder, "cifar10")),
        "second_figure": _seconds(lambda: _figure(study, folder, "cifar100")),
        "one_searcher": _seconds(lambda: study.results(folder, tasks=["cifar10"], searchers=["tpe"])),
    }
    found["reading"] = _usage(resource.RUSAGE_SELF)
    summary = study.results(folder, tasks=["cifar10"]).summary()
    found["seconds"] = dict(zip(summary["searcher"], summary["wall_seconds"], strict=True))
    return found


def _seconds(work: Callable[[], object]) -> dict[str, float]:
    """Give the real and the processor seconds, which differ much where other programs run."""
    began = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - began[0], "processor": time.process_time() - began[1]}


def _figure(study: nbs.Study, folder: Path, task: str) -> object:
    return study.results(folder, tasks=[task]).plot()


def _usage(which: int) -> dict[str, float]:
    used = resource.getrusage(which)
    return {"seconds": used.ru_utime + used.ru_stime, "megabytes": used.ru_maxrss / 1024}


if __name__ == "__main__":
    main()
