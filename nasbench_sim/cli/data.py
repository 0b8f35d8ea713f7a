"""``nasbench-sim data``: what data there is, getting it, checking it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from nasbench_sim.benchmarks.fbnet.block_costs import load_block_costs
from nasbench_sim.cli.options import add_json
from nasbench_sim.errors import FileFormatError
from nasbench_sim.interrupts import going_on
from nasbench_sim.tables.catalog import available, load_table
from nasbench_sim.tables.downloads import digest
from nasbench_sim.tables.importers import importers
from nasbench_sim.tables.install import DataFolder
from nasbench_sim.tables.invariants import Finding, check
from nasbench_sim.tables.sources import sources
from nasbench_sim.tables.store import read_table, verify

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
    return _show(DataFolder().import_files(arguments.files, arguments.format), arguments.json)


def _remove(arguments: argparse.Namespace) -> int:
    return _show(DataFolder().remove(arguments.names), arguments.json)


def _show(merged: list[Path], as_json: bool) -> int:
    tables = [read_table(path) for path in merged]
    costs = DataFolder().block_costs
    if costs.is_file():
        merged, tables = [*merged, costs], [*tables, load_block_costs(costs).table()]
    rows = [
        {
            "table": table.name,
            "columns": len(table.schema),
            "architectures": table.space.size,
            "file": str(path),
            "hash": table.hash,
        }
        for table, path in zip(tables, merged, strict=True)
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
