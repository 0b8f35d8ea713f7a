"""What the model-based searchers cost: processor seconds beside the targets.

Run ``python benchmarks/model_based.py``. How good they are, ``order_of_merit.py`` shows; how their time and
memory grow, ``searcher_growth.py``.
"""

from __future__ import annotations

import time

import nasbench_sim as nbs

TARGETS = {"gaussian_process": 60.0, "bananas": 600.0}


def main() -> None:
    task = nbs.Task(nbs.load_table("nas-bench-201"), dataset="cifar10")
    for name, target in TARGETS.items():
        began = time.process_time()
        nbs.run(name, task, budget=nbs.Budget(evaluations=150), seeds=100)
        seconds = time.process_time() - began
        print(
            f"{name}: 100 replicates x 150 evaluations in {seconds:.1f} s (target {target:.0f} s)", flush=True
        )


if __name__ == "__main__":
    main()
