"""Measure, and write the results into the page: ``python benchmarks/page.py [section ...]``.

Sections that are not named keep what they say. The peers are installed, each in an environment of its own,
under ``--peers``. ``loading`` and ``compat`` need ``--published``, a folder laid out as the downloads of
``nasbench-sim data install``; ``published`` needs installed data.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import os
import platform
import re
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from environments import PEERS

from nasbench_sim.errors import NasbenchSimError

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported

SECTIONS = ("lookups", "loading", "compat", "searching", "analysis", "growth", "scale", "published")
PAGE = Path(__file__).with_name("README.md")
LIBRARIES = ("nasbench_sim", "numpy", "scipy", "pandas", "h5py", "moocore")
HEAD = """# Benchmarks

Written by `make benchmarks` (`python benchmarks/page.py`), which can also measure single sections again.
Where nothing else is said, times are processor seconds of one process on one core: the median of several
runs, in turn with what they are compared with, and in brackets the fastest and the slowest. Each peer runs in
an environment of its own, and what it gave is compared with ours before its time counts. Where we lose, the
table says so. Peers: {peers}.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--peers", type=Path, default=Path("build/peers"), help="(default: build/peers)")
    parser.add_argument("--work", type=Path, default=Path("build/benchmarks"), help="archives that are made")
    parser.add_argument("--published", type=Path, help="a folder of published files, for the section loading")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.sections) - set(SECTIONS))
    if unknown:
        parser.error(f"unknown section {', '.join(unknown)}; known: {', '.join(SECTIONS)}")
    given = {"peers": arguments.peers.absolute(), "work": arguments.work.absolute()}
    if arguments.published is not None:
        given["published"] = arguments.published.absolute()
    given["work"].mkdir(parents=True, exist_ok=True)
    for name in arguments.sections or SECTIONS:
        module = import_module(f"sections.{name}")
        wanted = list(inspect.signature(module.section).parameters)
        if not set(wanted) <= set(given):
            print(f"{name}: left as it is, as it needs --published", file=sys.stderr)
            continue
        load = os.getloadavg()[0]
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            text = module.section(**{key: given[key] for key in wanted})
        except NasbenchSimError as error:  # such as a table that is not installed
            print(f"{name}: left as it is: {error}", file=sys.stderr)
            continue
        write(name, f"## {module.TITLE}\n\n{text}\n*{machine(load)}*\n")


def machine(load: float) -> str:
    """Say on what it was measured, and how busy that was."""
    info = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.*)", info.read_text()) if info.exists() else []
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores, {platform.system()}; "
        f"load {load:.1f} at the start; Python {platform.python_version()}, {libraries}"
    )


def write(name: str, text: str) -> None:
    """Put a section into the page; the others stay."""
    kept = dict(re.findall(r"<!-- (\w+) -->\n(.*?)<!-- end of \1 -->", PAGE.read_text(), re.DOTALL))
    kept[name] = f"{text}\n"
    parts = [f"<!-- {key} -->\n{kept[key]}<!-- end of {key} -->\n" for key in SECTIONS if key in kept]
    own = {"page", "measuring", "environments", "plain_loops"}
    others = [path for path in sorted(PAGE.parent.glob("*.py")) if path.stem not in own]
    parts.append("## More\n\nWhat takes longer, or is about one thing only, has a script of its own:\n")
    parts += [f"- `{path.name}`: {_summary(path)}" for path in others]
    head = HEAD.format(peers=", ".join(wanted[0].replace("==", " ") for wanted in PEERS.values()))
    PAGE.write_text("\n".join([head, *parts]) + "\n")


def _summary(script: Path) -> str:
    told = ast.get_docstring(ast.parse(script.read_text())) or ""
    return " ".join(told.partition("\n\n")[0].split())


if __name__ == "__main__":
    main()
