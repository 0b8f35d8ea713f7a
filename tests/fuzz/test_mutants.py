"""Some thousand mutants of hostile and plain pickles, by a fixed seed; `mutants.py` makes millions."""

from __future__ import annotations

import collections
from pathlib import Path

from mutants import Mutants, cut, fuzz, parents

_MANY = 60_000


def test_mutants_are_read_or_refused(tmp_path: Path) -> None:
    counts: collections.Counter[str] = collections.Counter()
    fuzz(0, _MANY, tmp_path, counts)
    assert counts.total() == _MANY
    assert 0.02 * _MANY < counts["value"] < 0.9 * _MANY  # they go deep enough, and are damaged enough
    assert len(counts) > 25  # the kinds of refusal


def test_a_mutant_follows_from_its_number() -> None:
    assert Mutants().of(7) == Mutants().of(7)
    assert len({Mutants().of(number) for number in range(50)}) > 40


def test_parents_are_cut_into_instructions() -> None:
    assert all(len(parent) > 3 for parent in parents())
    assert cut(b"\x80\x04K\x01.") == [b"\x80\x04", b"K\x01", b"."]
