"""Processor time an evaluation of the searchers that cost most, beside another commit in the same run.

Run ``python benchmarks/searcher_speed.py [searcher ...] [--beside CHECKOUT]``, with CHECKOUT the folder of
another commit (``git worktree add CHECKOUT COMMIT``). Each measurement is a process with one thread;
the two commits take turns, and of `--rounds` the least counts. The mean of the reported metric at the end
says whether they find the same.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
SIZES = ((10, 200), (100, 150))
NAMES = (
    "bananas",
    "gumbel_relaxation",
    "predictor_evolution",
    "gaussian_process",
    "parego",
    "ppo_controller",
    "tpe",
    "bohb",
    "asha",
)
_MEASURED = """
import json, sys, time
import nasbench_sim as nbs
name, replicates, evaluations = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
cls = nbs.search.searchers()[name]
table, more = nbs.load_table("nas-bench-201"), {}
if cls.objectives == "several":
    more = {"objective": ["val_accuracy", "params"], "report": None}
elif issubclass(cls, nbs.search.MultiFidelitySearcher):
    more = {"fidelities": ["flops", "params", "val_accuracy"]}
task = nbs.Task(table, dataset="cifar100", **{"report": "val_accuracy", **more})
nbs.run(name, task, budget=nbs.Budget(evaluations=120))
began = time.process_time()
runs = nbs.run(name, task, budget=nbs.Budget(evaluations=evaluations), seeds=replicates)
spent = time.process_time() - began
final = float("nan") if task.several else float(runs.final()["val_accuracy"].mean())
print(json.dumps([spent / replicates / evaluations * 1e6, final]))
"""


def measured(checkout: Path, name: str, replicates: int, evaluations: int) -> tuple[float, float]:
    """Measure one searcher of one checkout: microseconds an evaluation, and what was found."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", _MEASURED, name, str(replicates), str(evaluations)]
    done = subprocess.run(command, env=environment, cwd=checkout, capture_output=True, text=True, check=True)
    microseconds, final = json.loads(done.stdout.splitlines()[-1])
    return microseconds, final


def main() -> None:
    """Print one line a searcher and size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", default=NAMES)
    parser.add_argument("--beside", type=Path, help="folder of another commit")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", nargs="+", default=[f"{r}x{e}" for r, e in SIZES])
    asked = parser.parse_args()
    checkouts = [HERE] if asked.beside is None else [HERE, asked.beside.resolve()]
    print("| searcher | replicates x evaluations | us an evaluation | beside | ratio | found | beside |")
    print("|---|---|---|---|---|---|---|")
    for name in asked.names:
        for size in asked.sizes:
            replicates, evaluations = (int(part) for part in size.split("x"))
            rounds = [
                [measured(one, name, replicates, evaluations) for one in checkouts]
                for _ in range(asked.rounds)
            ]
            least = [min(times[place] for times in rounds) for place in range(len(checkouts))]
            cells = [f"{least[0][0]:,.0f}", "", "", f"{least[0][1]:.3f}", ""]
            if len(least) > 1:
                cells[1:3] = f"{least[1][0]:,.0f}", f"{least[0][0] / least[1][0]:.2f}"
                cells[4] = f"{least[1][1]:.3f}"
            print(f"| {name} | {size} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
