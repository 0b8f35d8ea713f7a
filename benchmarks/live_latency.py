"""What predicts a measured latency: operators measured one by one, cost models that learn, FLOPs.

Run ``python benchmarks/live_latency.py``: some minutes on one core, without PyTorch. Everything is compared
with the direct measurements in the embedded table ``nas-bench-201-latency``: how it was made is told in
data/README.md. FLOPs learn a line, so that their error can be told in percent too.
"""

from __future__ import annotations

import numpy as np

import nasbench_sim as nbs
from nasbench_sim.estimators.cost_study import cost_study

MODELS = ("flops", "shared_lookup_table", "lookup_table", "gradient_boosting")


def main() -> None:
    table = nbs.load_table("nas-bench-201-latency")
    measured = table.values("latency:cpu")
    operators = table.values("latency:cpu-operators")
    row = nbs.analysis.rank_correlation(operators, measured)
    error = np.abs(operators / measured - 1)
    print(f"{len(measured):,} cells, {measured.min():.2f} to {measured.max():.2f} ms")
    print(
        f"operators one by one, no network measured: Spearman {row['spearman']:.3f}, "
        f"Kendall {row['kendall']:.3f}, mean absolute error {100 * error.mean():.1f} %"
    )
    frame = cost_study(table, "cifar10", ["latency:cpu"], models=MODELS, measurements=(10, 30, 100, 300))
    print("learned from so many measured networks:")
    shown = frame[["model", "measurements", "spearman", "kendall", "mape", "test"]]
    print(shown.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
