from __future__ import annotations

from pathlib import Path

from survival import survive


def test_killed_runners_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    survive(16, tmp_path / "study", seed=1)
