"""``nasbench-sim correlate``: how all proxies rank architectures beside what they are to predict."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from nasbench_sim.cli.figures import save_figure
from nasbench_sim.cli.options import add_json, add_table, output_folder

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from nasbench_sim.spaces import SearchSpace
    from nasbench_sim.tables import Column, Table

TARGETS = ("val_accuracy", "test_accuracy")
POPULATIONS = ("all", "unique", "connected", "no-dead-edge")
METHODS = ("kendall", "spearman", "pearson")
FEWEST = 30
"""Columns that fewer architectures have are left out, unless they are named."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to its parser."""
    parser.description = "Correlate columns of a table with others, over a stated population."
    parser.epilog = (
        "example: nasbench-sim correlate --of flops params --against val_accuracy --population unique"
    )
    parser.add_argument("--datasets", nargs="+", help="(default: all of the table)")
    parser.add_argument(
        "--of", nargs="+", metavar="METRIC", help="metrics, also metric:device (default: all)"
    )
    parser.add_argument(
        "--against",
        nargs="+",
        metavar="METRIC",
        help=f"what they are to predict (default: {' '.join(TARGETS)})",
    )
    parser.add_argument(
        "--given",
        nargs="+",
        metavar="METRIC",
        default=(),
        help="also the partial correlation, once what these explain is taken out, such as params or flops",
    )
    parser.add_argument(
        "--population",
        choices=POPULATIONS,
        default="all",
        help="all architectures, one of each isomorphism class, those whose input reaches the output, those "
        "without an edge that leads nowhere (default: %(default)s)",
    )
    parser.add_argument("--sample", type=int, metavar="N", help="only N of them, drawn at random")
    parser.add_argument(
        "--bootstrap",
        type=int,
        default=0,
        metavar="N",
        help="resamples for the intervals (default: intervals on Fisher's z scale)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of the sample and of the bootstrap (default: %(default)s)"
    )
    parser.add_argument(
        "--method",
        choices=METHODS,
        default="kendall",
        help="drawn, and sorted by; the CSV has all (default: %(default)s)",
    )
    add_table(parser)
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="new folder (default: results/correlate-N)"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print and write the correlations, and draw a heat map a data set."""
    import numpy as np
    import pandas as pd

    from nasbench_sim.analysis import correlation_table
    from nasbench_sim.studies.comparison import refuse_repeats
    from nasbench_sim.tables import load_table

    output = output_folder(arguments.output, "correlate")
    refuse_repeats("data set", arguments.datasets or ())
    refuse_repeats("target", arguments.against or ())
    table = load_table(arguments.table)
    name, mask = _population(table.space, arguments)
    parts, few = [], set()
    for dataset in _datasets(table, arguments.datasets):
        frame, against, lacking = _columns(table, dataset, arguments)
        few |= lacking
        held = _held(table, dataset, arguments.given) if arguments.given else None
        found = correlation_table(
            frame, against, populations={name: mask}, bootstrap=arguments.bootstrap, seed=arguments.seed
        )
        found.insert(0, "dataset", dataset)
        if held is not None:
            found = found.join(_partial(found, frame, held, mask, arguments.method))
        parts.append(found)
    rows = pd.concat(parts, ignore_index=True).rename(columns={"x": "metric", "y": "against"})
    rows = _sorted(rows, arguments.method)
    size = int(mask.sum())
    files = _write(rows, arguments.method, size, output())
    if arguments.json:
        print(rows.to_json(orient="records", indent=1))
        return 0
    print(f"{table.name}: {size:,} architectures ({name}); a sign says which way a metric runs")
    shown = ["dataset", "against", "metric", *METHODS, *_PARTIAL[: bool(arguments.given)], "n", "missing"]
    printed = rows[shown].astype({"n": int, "missing": int})
    printed[""] = np.where(printed["n"] < size, "*", "")
    print(printed.to_string(index=False, na_rep="-", float_format=lambda number: f"{number:.4g}"))
    if (printed["n"] < size).any():
        print(f"* over fewer rows than {size:,}, so not to be ranked against the others; n says how many")
    if arguments.given:
        print(f"partial: {arguments.method} given {' and '.join(arguments.given)}")
    if few:
        print(f"left out: {len(few)} columns that fewer than {FEWEST} architectures have (--of names them)")
    for note in sorted(set(rows["note"]) - {""}):
        print(note)
    print("written:", *files, sep="\n  ")
    return 0


def _population(space: SearchSpace, arguments: argparse.Namespace) -> tuple[str, NDArray[np.bool_]]:
    from nasbench_sim.analysis import sample_mask
    from nasbench_sim.analysis.inputs import whole
    from nasbench_sim.errors import RequestError

    every = space.all_indices()
    name = arguments.population
    if name in ("connected", "no-dead-edge") and not hasattr(space, "is_connected"):
        raise RequestError(f"{space.name} is not a space of cells: no architecture of it is disconnected")
    if name == "unique":
        mask = space.canonical(every) == every
    elif name == "connected":
        mask = space.is_connected(every)  # type: ignore[attr-defined]
    elif name == "no-dead-edge":
        mask = ~space.has_dead_edge(every)  # type: ignore[attr-defined]
    else:
        mask = every >= 0
    if arguments.sample is not None:
        whole(arguments.sample, "--sample", 1, int(mask.sum()))
        mask = sample_mask(len(every), arguments.sample, arguments.seed, within=mask)
        name = f"{arguments.sample} of {name}, seed {arguments.seed}"
    return name, mask


def _datasets(table: Table, asked: list[str] | None) -> list[str]:
    from nasbench_sim.errors import unknown

    known = list(dict.fromkeys(column.dataset for column in table.schema if column.dataset is not None))
    for dataset in asked or ():
        if dataset not in known:
            raise unknown("data set", dataset, known)
    return asked or known


def _columns(
    table: Table, dataset: str, arguments: argparse.Namespace
) -> tuple[pd.DataFrame, list[str], set[str]]:
    """Give the columns to correlate by name, which of them are the targets, and what too few have."""
    import numpy as np
    import pandas as pd

    from nasbench_sim.errors import unknown

    own = [column for column in table.schema if column.dataset in (dataset, None)]
    named = {_name(table, column, dataset): column for column in own}
    targets = arguments.against or [name for name in TARGETS if name in named]
    wanted = arguments.of
    for asked, known in ((targets, named), (wanted or (), [*named, *(column.metric for column in own)])):
        for name in asked:
            if name not in known:
                raise unknown(f"metric on {dataset}", name, known)
    if not targets:
        raise unknown(f"metric on {dataset}", " or ".join(TARGETS), named)
    values, few = {}, set()
    for name, column in named.items():
        if name not in targets and wanted is not None and not {name, column.metric} & set(wanted):
            continue
        if name not in targets and wanted is None and column.coverage < FEWEST:
            few.add(name)
            continue
        asked = {key: getattr(column, key) for key in ("dataset", "device", "schedule", "trained_on")}
        values[name] = table.values(column.metric, **asked)
    return pd.DataFrame(values, index=np.arange(table.space.size)), list(targets), few


_PARTIAL = ("partial", "partial_low", "partial_high")


def _held(table: Table, dataset: str, given: list[str]) -> NDArray[np.float64]:
    """Give what is held fixed, one column a metric."""
    import numpy as np

    asked = [table.applying(name, {"dataset": dataset}) for name in given]
    return np.column_stack([table.values(name, **one) for name, one in zip(given, asked, strict=True)])


def _partial(
    rows: pd.DataFrame, frame: pd.DataFrame, held: NDArray[np.float64], mask: NDArray[np.bool_], method: str
) -> pd.DataFrame:
    """Give the partial correlation of each row's columns, NaN where it is undefined."""
    import numpy as np
    import pandas as pd

    from nasbench_sim.analysis import partial_correlation
    from nasbench_sim.errors import RequestError

    found = []
    for x, y in zip(rows["x"], rows["y"], strict=True):
        try:
            one = partial_correlation(frame[x], frame[y], held, method=method, population=mask)
            found.append([one["partial"], one["low"], one["high"]])
        except RequestError:  # constant, or what is held fixed determines it
            found.append([np.nan] * len(_PARTIAL))
    return pd.DataFrame(found, columns=list(_PARTIAL), index=rows.index)


def _name(table: Table, column: Column, dataset: str) -> str:
    """Give the name of a column: what one asks for it by, and what else must be said to mean this one."""
    from nasbench_sim.errors import RequestError

    try:
        usual = table.column(column.label, **table.applying(column.label, {"dataset": dataset}))
    except RequestError:  # more than one fits
        usual = None
    if usual is column:
        return column.label
    epochs = f"{column.schedule} epochs" if column.schedule else ""
    trained = f"on {column.trained_on}" if column.trained_on else ""
    return f"{column.label} ({f'{epochs} {trained}'.strip()})"


def _sorted(rows: pd.DataFrame, method: str) -> pd.DataFrame:
    """Sort by data set and target as they came, then by how strong the correlation is."""
    order = rows.assign(
        first=rows["dataset"].map({name: place for place, name in enumerate(rows["dataset"].unique())}),
        second=rows["against"].map({name: place for place, name in enumerate(rows["against"].unique())}),
        third=-rows[method].abs(),
    )
    return rows.loc[order.sort_values(["first", "second", "third"]).index].reset_index(drop=True)


def _write(rows: pd.DataFrame, method: str, size: int, folder: Path) -> list[Path]:
    import pandas as pd

    from nasbench_sim.plots import style
    from nasbench_sim.plots.correlation import draw_matrix

    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / "correlations.csv"]
    rows.to_csv(files[0], index=False)
    for dataset, part in rows.groupby("dataset", sort=False):
        matrix = part.pivot(index="metric", columns="against", values=method)  # noqa: PD010
        matrix = matrix.loc[part["metric"].unique(), part["against"].unique()]
        with style():
            matrix.index = pd.Index(_counted(part, list(matrix.index), size))
            ax = draw_matrix(matrix.rename_axis(columns=None), method)
            ax.set_title(_title(str(dataset), part, size))
            files += save_figure(ax, folder / f"correlations-{dataset}")
    return files


def _counted(part: pd.DataFrame, names: list[str], size: int) -> list[str]:
    """Give the labels of metrics; those of fewer rows than the population say of how many."""
    from nasbench_sim.plots.labels import words

    fewest = part.groupby("metric")["n"].min().astype(int)
    return [words(name) + (f", n = {fewest[name]:,}" if fewest[name] < size else "") for name in names]


def _title(dataset: str, part: pd.DataFrame, size: int) -> str:
    """Say over how many architectures of which population a heat map is, and whether each row is."""
    title = f"{dataset}: {size:,} architectures ({part['population'].iloc[0]})"
    return title + (" unless n is said" if (part["n"] < size).any() else "")
