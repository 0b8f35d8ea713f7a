"""The four studies that set our numbers beside those of papers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
from measuring import table

from nasbench_sim.studies import read_study
from nasbench_sim.studies.report import parts

TITLE = "Published results"
STUDIES = ("nas-bench-201-table", "nats-bench-table", "zero-cost-table", "hw-nas-bench")


def section() -> str:
    told = [
        "Each is a study file in `benchmarks/studies/`, whose head says what differs from the paper's set-up "
        "and which of the published numbers could not be read in the paper itself. `z` is the difference in "
        "standard errors of itself.\n"
    ]
    for name in STUDIES:
        declared = read_study(Path(__file__).parents[1] / "studies" / f"{name}.toml")
        with tempfile.TemporaryDirectory() as folder:
            if declared.study is not None:
                declared.study.run(folder)
            for part, frame in parts(declared.study, declared.plan, Path(folder)):
                if part in ("published", "correlations"):
                    told.append(f"### {declared.title}\n")
                    told.append(_shown(frame))
    return "\n".join(told)


def _shown(frame: pd.DataFrame) -> str:
    frame = frame.drop(columns=["against", "method"], errors="ignore")
    rows = [
        [("-" if pd.isna(value) else f"{value:.2f}") if isinstance(value, float) else value for value in line]
        for line in frame.itertuples(index=False)
    ]
    return table(list(frame.columns), rows)
