from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nasbench_sim.studies.toml_lines import line_of

TEXT = '''# a comment
[study]
name = "x"
budget = { evaluations = 10, seconds = 4 }
text = """
seeds = 3
"""
seeds = 5

[[tasks]]
dataset = [
  "cifar10",
  "cifar100",
]
[[tasks]]
dataset = "cifar10"
[[searchers]]
name = "random_search"
hyperparameters.replacement = true
'''


def test_lines_of_keys() -> None:
    assert line_of(TEXT, ["study"]) == 2
    assert line_of(TEXT, ["study", "name"]) == 3
    assert line_of(TEXT, ["study", "budget", "seconds"]) == 4
    assert line_of(TEXT, ["study", "seeds"]) == 8  # not the one inside the string
    assert line_of(TEXT, ["tasks", 0, "dataset", 1]) == 13
    assert line_of(TEXT, ["tasks", 1]) == 15
    assert line_of(TEXT, ["searchers", 0, "hyperparameters", "replacement"]) == 19
    assert line_of(TEXT, ["study", "nowhere"]) is None


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20))
def test_every_key_after_any_number_of_blank_lines(blanks: list[int]) -> None:
    lines: list[str] = []
    where = []
    for number, blank in enumerate(blanks):
        lines += [""] * blank + [f"k{number} = {number}"]
        where.append(len(lines))
    assert [line_of("\n".join(lines), [f"k{n}"]) for n in range(len(blanks))] == where
