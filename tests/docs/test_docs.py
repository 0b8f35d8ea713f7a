"""What the documentation pages show is what happens."""

from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from nasbench_sim.cli import parser
from nasbench_sim.studies import read_study

FOLDER = Path(__file__).parents[2] / "docs"
PAGES = sorted(path for path in FOLDER.rglob("*.md") if "notebooks" not in path.parts)


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def named(language: str) -> list[object]:
    return [pytest.param(page, id=page.stem) for page in PAGES if blocks(page, language)]


@pytest.mark.parametrize("page", named("pycon"))
def test_examples_give_what_is_shown(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n".join(blocks(page, "pycon"))
    example = doctest.DocTestParser().get_doctest(text, {}, page.name, str(page), 0)
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    failed, attempted = doctest.DocTestRunner(optionflags=options).run(example)
    assert attempted > 0
    assert not failed, capsys.readouterr().out


@pytest.mark.parametrize("page", named("console"))
def test_commands_are_what_the_command_line_takes(page: Path) -> None:
    lines = [line for block in blocks(page, "console") for line in block.splitlines()]
    commands = [shlex.split(line.removeprefix("$ "), comments=True) for line in lines]
    for words in commands:
        if words[0] == "nasbench-sim":
            assert parser().parse_args(words[1:])


def test_the_study_file_that_is_shown_is_sound(tmp_path: Path) -> None:
    (file,) = blocks(FOLDER / "how-to" / "study.md", "toml")
    path = tmp_path / "shown.toml"
    path.write_text(file)
    declared = read_study(path)
    assert declared.study is not None
    assert len(declared.study.settings) == 6
