"""``nasbench-sim data``: what data there is, getting it, checking it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from nasbench_sim.benchmarks.fbnet.block_costs import load_block_costs
from nasbench_sim.cli.options import add_json
from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.interrupts import going_on
from nasbench_sim.tables.catalog import available, load_table
from nasbench_sim.tables.downloads import digest
from nasbench_sim.tables.importers import importers
from nasbench_sim.tables.install import DataFolder
from nasbench_sim.tables.invariants import Finding, check
from nasbench_sim.tables.measurements import read_csv
from nasbench_sim.tables.sources import sources
from nasbench_sim.tables.store import read_table, save_table, verify
from nasbench_sim.tables.table import Table

_FAILED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands of ``data``; each sets ``run``, a function that gives the exit code."""
    commands = parser.add_subparsers(dest="data_command", required=True, metavar="COMMAND")

    def command(name: str, run: Any, help: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = commands.add_parser(name, help=help, description=help)
        added.set_defaults(run=run)
        add_json(added)
        return added

    command("list", _list, "show what exists and what is installed")
    install = command("install", _install, "download, import and merge published tables")
    install.add_argument("names", nargs="*", metavar="NAME", help="sources of `data list`; all by default")
    install.add_argument(
        "--mirror", type=Path, metavar="DIR", help="copy from a folder instead of downloading"
    )
    add = command("import", _import, "import published files that you have")
    add.add_argument("files", nargs="+", type=Path, metavar="FILE", help="file, or folder of NATS-Bench")
    add.add_argument("--format", metavar="NAME", help="format, where the name of a file does not tell it")
    own = add.add_argument_group("own measurements, a CSV file with a header")
    own.add_argument("--arch", metavar="COLUMN", help="names architectures, by official index or string")
    own.add_argument(
        "--column",
        nargs="+",
        action="extend",
        metavar="COLUMN=METRIC[:DEVICE[:UNIT[:BETTER]]]",
        help="what a column means, such as ms=latency:mine:ms or err=val_error::%%:min",
    )
    own.add_argument("--dataset", help="of all that is measured")
    own.add_argument("--space", default="nas-bench-201", help="of the architectures (default: %(default)s)")
    own.add_argument("--name", help="of the table (default: that of the file)")
    own.add_argument(
        "--output", type=Path, metavar="FILE.h5", help="save the table there, apart from what is installed"
    )
    command("verify", _verify, "re-hash everything and check what has to be true; exit code 1 if it is not")
    command("where", _where, "print the folder of installed data and the table that is served")
    remove = command("remove", _remove, "remove installed sources or imported files")
    remove.add_argument("names", nargs="+", metavar="NAME", help="names of `data list`")


def _list(arguments: argparse.Namespace) -> int:
    installed = DataFolder().installed()
    rows = [
        {
            "name": source.name,
            "installed": source.name in installed,
            "megabytes": round(source.bytes / 1e6, 1),
            "licence": source.licence,
            "content": source.content,
        }
        for source in sources().values()
    ]
    rows += [
        {
            "name": name,
            "installed": True,
            "megabytes": round(sum(path.stat().st_size for path in paths) / 1e6, 1),
            "licence": ", ".join(sorted({column.licence for column in read_table(paths[0]).schema})),
            "content": "imported file",
        }
        for name, paths in installed.items()
        if name not in sources()
    ]
    formats = [
        {"name": importer.name, "files": importer.pattern, "content": importer.content}
        for importer in importers().values()
    ]
    if arguments.json:
        print(json.dumps({"sources": rows, "formats": formats}, indent=1))
        return 0
    width = max(len(str(row["name"])) for row in rows + formats)
    print("Sources (nasbench-sim data install NAME):")
    for row in rows:
        mark = "installed" if row["installed"] else "-"
        print(
            f"  {row['name']:{width}}  {mark:9}  {row['megabytes']:5} MB  {row['licence']}; {row['content']}"
        )
    print("Formats (nasbench-sim data import FILE):")
    for form in formats:
        print(f"  {form['name']:{width}}  {form['files']}: {form['content']}")
    return 0


def _install(arguments: argparse.Namespace) -> int:
    progress = sys.stderr.isatty()
    with going_on("what was downloaded is kept, and the same command does the rest"):
        merged = DataFolder().install(arguments.names, arguments.mirror, progress=progress)
    return _show(merged, arguments.json)


def _import(arguments: argparse.Namespace) -> int:
    own = ("arch", "column", "dataset", "name", "output")
    if not any(getattr(arguments, name) for name in own):
        return _show(DataFolder().import_files(arguments.files, arguments.format), arguments.json)
    if arguments.arch is None or not arguments.column or len(arguments.files) > 1 or arguments.format:
        raise RequestError("own measurements are one CSV file with --arch and --column, without --format")
    columns = dict(text.partition("=")[::2] for text in arguments.column)
    if len(columns) < len(arguments.column) or not all(columns.values()):
        raise RequestError(f"--column is COLUMN=METRIC, each column once, not {' '.join(arguments.column)}")
    (path,) = arguments.files
    table = Table.from_frame(
        read_csv(path, arguments.arch),
        arguments.arch,
        columns,
        arguments.name or path.stem,
        space=arguments.space,
        dataset=arguments.dataset,
        source=path.name,
    )
    if arguments.output is not None:
        return _said([(table, save_table(table, arguments.output))], arguments.json)
    return _show(DataFolder().add(table), arguments.json)


def _remove(arguments: argparse.Namespace) -> int:
    return _show(DataFolder().remove(arguments.names), arguments.json)


def _show(merged: list[Path], as_json: bool) -> int:
    """Say what lies in merged tables, and in the block costs beside them."""
    tables = [(read_table(path), path) for path in merged]
    costs = DataFolder().block_costs
    if costs.is_file():
        tables.append((load_block_costs(costs).table(), costs))
    return _said(tables, as_json)


def _said(tables: list[tuple[Table, Path]], as_json: bool) -> int:
    rows = [
        {
            "table": table.name,
            "columns": len(table.schema),
            "architectures": table.space.size,
            "file": str(path),
            "hash": table.hash,
        }
        for table, path in tables
    ]
    if as_json:
        print(json.dumps(rows, indent=1))
        return 0
    for row in rows:
        print(f"{row['table']}: {row['columns']} columns over {row['architectures']:,} architectures")
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    findings = [*_files(), *_tables()]
    bad = [finding for finding in findings if not finding.good]
    if arguments.json:
        print(json.dumps([finding._asdict() for finding in findings], indent=1))
    else:
        for finding in bad:
            print(f"WRONG: {finding.what}: {finding.detail}")
        print(f"{len(findings) - len(bad)} of {len(findings)} checks are good")
    return _FAILED if bad else 0


def _files() -> list[Finding]:
    """Re-hash the downloads of what is installed."""
    folder = DataFolder()
    return [
        Finding(f"{file.file} has its pinned hash", found == file.sha256, str(found))
        for source in sources().values()
        if source.name in folder.installed()
        for file in source.files
        for found in [digest(folder.downloads / file.file)]
    ]


def _tables() -> list[Finding]:
    """Re-hash all columns of the served tables, and check what has to be true of them."""
    findings = []
    for name, path in available().items():
        hashes = f"{name}: its columns have their hashes"
        try:
            table = read_table(path)
            findings.append(Finding(hashes, True, f"{verify(table)} columns"))
        except FileFormatError as error:
            findings.append(Finding(hashes, False, str(error)))
            continue
        findings += [finding._replace(what=f"{name}: {finding.what}") for finding in check(table)]
    if DataFolder().block_costs.is_file():
        findings.append(_block_costs())
    return findings


def _block_costs() -> Finding:
    """Read the block costs of the FBNet space, and see that they are of whole networks."""
    what = "fbnet: the costs of whole networks follow from those of blocks"
    try:
        columns = len(load_block_costs().table().schema)
    except FileFormatError as error:
        return Finding(what, False, str(error))
    return Finding(what, columns > 0, f"{columns} columns")


def _where(arguments: argparse.Namespace) -> int:
    table = load_table()
    found = {"folder": str(DataFolder().path), "table": table.name, "hash": table.hash}
    if arguments.json:
        print(json.dumps(found, indent=1))
    else:
        print(found["folder"])
        print(f"served: {found['table']} ({len(table.schema)} columns)")
    return 0
