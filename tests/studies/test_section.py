from __future__ import annotations

from pathlib import Path

import pytest

from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.studies.section import Section


def section(folder: Path, text: str) -> Section:
    file = folder / "s.toml"
    file.write_text(text)
    return Section.of_file(file)


def test_takes_values_of_the_right_type(tmp_path: Path) -> None:
    top = section(tmp_path, 'a = 1\nb = "x"\nc = ["y", "z"]\nd = 2.5\n[e]\nf = 3\n[[g]]\nh = 4\n[[g]]\n')
    assert (top.take("a", int), top.take("a", float), top.take("d", float)) == (1, 1, 2.5)
    assert (top.texts("b"), top.texts("c")) == (["x"], ["y", "z"])
    assert top.section("e").take("f", int) == 3
    assert [one.take("h", int, default=0) for one in top.sections("g")] == [4, 0]
    assert top.take("absent", int, default=7) == 7
    top.refuse_others()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\na = true", "s.toml, line 2: a is a whole number, not True"),
        ("\na = 2.5", "s.toml, line 2: a is a whole number, not 2.5"),
        ("b = 1", "s.toml: 'a' is missing"),
    ],
)
def test_says_the_line(tmp_path: Path, text: str, message: str) -> None:
    top = section(tmp_path, text)
    with pytest.raises(RequestError, match=message):
        top.take("a", int)


def test_unknown_keys(tmp_path: Path) -> None:
    top = section(tmp_path, "a = 1\n\nseads = 4")
    assert top.take("a", int) == 1
    message = r"line 3: unknown key 'seads' \(did you mean 'seeds'\?\); known: a, seeds"
    with pytest.raises(RequestError, match=message):
        top.refuse_others(["seeds"])


def test_points_at_the_member_of_a_list(tmp_path: Path) -> None:
    top = section(tmp_path, "a = [\n 'x',\n 5,\n]\n[[b]]\n")
    with pytest.raises(RequestError, match="line 3: a is a text or a list of texts, not 5"):
        top.texts("a")
    with pytest.raises(RequestError, match="line 2: a is a list of tables"):
        top.sections("a")


def test_blames_the_key_that_an_error_names(tmp_path: Path) -> None:
    top = section(tmp_path, "x = 1\n[hyperparameters]\nsize = 3\nwidth = 'broad'\n")
    with pytest.raises(RequestError, match="line 4: unknown 'width'"), top.blamed():
        raise RequestError("unknown 'width'")
    with pytest.raises(RequestError, match="line 1: all wrong"), top.blamed("x"):
        raise RequestError("all wrong")
    with pytest.raises(ZeroDivisionError), top.blamed():
        raise ZeroDivisionError


@pytest.mark.parametrize("content", [b"a = ", b"\xff\xfe", b"a = 1\na = 2"])
def test_refuses_what_is_not_toml(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s.toml").write_bytes(content)
    with pytest.raises(FileFormatError, match=r"s\.toml is not valid TOML"):
        Section.of_file(tmp_path / "s.toml")
    with pytest.raises(FileFormatError, match="no file"):
        Section.of_file(tmp_path / "other.toml")
