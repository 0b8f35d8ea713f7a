"""The documentation site: ``make docs`` builds it into ``build/docs``, offline, and fails on any warning."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

import nasbench_sim
from nasbench_sim import search
from nasbench_sim.cli import parser

project = "nasbench_sim"
copyright = "The nasbench_sim authors"
release = version = nasbench_sim.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build", "**/.ipynb_checkpoints", "examples"]

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": project},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
}
html_sidebars = {"index": [], "concepts": [], "data": [], "scale": [], "benchmarks": []}

autodoc_typehints_format = "short"
python_maximum_signature_line_length = 88
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
default_role = "py:obj"  # what single backquotes name in docstrings
nitpicky = False

myst_enable_extensions = ["colon_fence", "substitution", "attrs_inline"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # notebooks are executed by the tests, and hold what they gave
nb_ipywidgets_js: dict[str, str] = {}  # nothing is fetched from elsewhere
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

os.environ["COLUMNS"] = "78"  # of the help of the commands


def searchers() -> Iterator[str]:
    """Give every searcher with its hyperparameters, in Markdown."""
    for name, found in search.searchers().items():
        summary = (found.__doc__ or "").strip().partition("\n\n")[0].replace("\n", " ")
        yield f"## `{name}`\n\n{' '.join(summary.split())}\n"
        rows = [
            f"| `{key}` | `{one.default!r}` | {one.help}; {one.allowed()} |"
            for key, one in found.declared().items()
        ]
        if rows:
            yield "\n".join(["| hyperparameter | default | what it is |", "|---|---|---|", *rows]) + "\n"


def commands() -> Iterator[str]:
    """Give the help of every command, in Markdown."""
    top = parser()
    yield f"```text\n{top.format_help()}```\n"
    for name, command in _subcommands(top):
        yield f"## `nasbench-sim {name}`\n\n```text\n{command.format_help()}```\n"
        for inner, one in _subcommands(command):
            yield f"### `nasbench-sim {name} {inner}`\n\n```text\n{one.format_help()}```\n"


def _subcommands(command: argparse.ArgumentParser) -> list[tuple[str, argparse.ArgumentParser]]:
    groups = [one for one in command._actions if isinstance(one, argparse._SubParsersAction)]
    return [item for group in groups for item in group.choices.items()]


myst_substitutions = {"searchers": "\n".join(searchers()), "commands": "\n".join(commands())}
