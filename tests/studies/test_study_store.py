from __future__ import annotations

import json
import multiprocessing
import os
from pathlib import Path

import pytest
from survival import small_study

from nasbench_sim.errors import FileFormatError, RequestError
from nasbench_sim.studies.record_file import read_record
from nasbench_sim.studies.runner import work
from nasbench_sim.studies.store import Store

STUDY = small_study(chunk=4, seeds=8)
PIECES = STUDY.pieces()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "study")
    made.create()
    return made


def test_states(store: Store) -> None:
    piece, other = PIECES[:2]
    assert store.state(piece) == "missing"
    work(store.folder, piece)
    assert store.state(piece) == "finished"
    assert store.state(other) == "missing"
    observed = read_record(store.path(piece))[0].observed.tobytes()
    content = bytearray(store.path(piece).read_bytes())
    content[content.index(observed)] ^= 1
    store.path(piece).write_bytes(content)
    assert store.state(piece) == "damaged"
    store.discard_damaged(piece)
    assert store.state(piece) == "missing"


def test_a_piece_under_another_name_is_not_taken_for_it(store: Store) -> None:
    piece, other = PIECES[:2]
    work(store.folder, piece)
    store.path(other).parent.mkdir(parents=True)
    store.path(piece).rename(store.path(other))
    assert store.state(other) == "damaged"


def test_sound_pieces_are_not_discarded(store: Store) -> None:
    work(store.folder, PIECES[0])
    store.discard_damaged(PIECES[0])
    assert store.state(PIECES[0]) == "finished"


def test_a_claim_is_held_once(store: Store) -> None:
    with store.claim(PIECES[0]) as mine:
        assert mine
        with store.claim(PIECES[0]) as again, store.claim(PIECES[1]) as another:
            assert (again, another) == (False, True)
        work(store.folder, PIECES[0])
        assert store.state(PIECES[0]) == "missing"
    with store.claim(PIECES[0]) as mine:
        assert mine


def _die_with_claim(store: Store) -> None:
    with store.claim(PIECES[0]):
        os._exit(9)


def test_the_claim_of_a_dead_process_is_free(store: Store) -> None:
    dying = multiprocessing.get_context("fork").Process(target=_die_with_claim, args=(store,))
    dying.start()
    dying.join()
    assert dying.exitcode == 9
    with store.claim(PIECES[0]) as mine:
        assert mine


def test_leftovers_are_removed_unless_somebody_is_at_the_piece(store: Store) -> None:
    target = store.path(PIECES[0])
    target.parent.mkdir(parents=True)
    leftover = target.with_name(f".{target.name}.abc.h5")
    leftover.write_bytes(b"half")
    with store.claim(PIECES[0]):
        store.remove_leftovers(PIECES)
        assert list(target.parent.iterdir()) == [leftover]
    store.remove_leftovers(PIECES)
    assert list(target.parent.iterdir()) == []


def test_a_finished_piece_is_known_without_being_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    work(store.folder, PIECES[0])
    monkeypatch.setattr("nasbench_sim.studies.store.read_record", None)
    assert store.finished(PIECES[0], store.journal())
    assert not store.finished(PIECES[1], store.journal())
    assert list(store.journal().seconds) == [PIECES[0].name]
    [journal] = (store.folder / "journal").iterdir()
    journal.write_text(journal.read_text() + '["half", 12')  # a process was killed while it wrote
    assert store.finished(PIECES[0], store.journal())
    path = store.path(PIECES[0])
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(bytes(raw))
    assert not store.finished(PIECES[0], store.journal())  # it is read then


def test_unused_pieces_are_named(store: Store) -> None:
    for piece in PIECES[:2]:
        work(store.folder, piece)
    assert store.unused(PIECES) == []
    [(header, count)] = store.unused(PIECES[1:])
    assert (header.about, count) == (PIECES[0].about, 1)


def test_only_new_folders_and_stores(store: Store, tmp_path: Path) -> None:
    store.create()
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.tex").touch()
    with pytest.raises(RequestError, match="other things in it"):
        Store(foreign).create()
    with pytest.raises(RequestError, match="is a file"):
        Store(foreign / "thesis.tex").create()
    with pytest.raises(OSError, match="thesis"):
        Store(foreign / "thesis.tex" / "below").create()
    Store(tmp_path / "absent").check()
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ({"schema": 2}, "newer than this one"),
        ({"nasbench_sim": "999.0"}, "written by nasbench_sim 999.0, which is newer"),
        ({"format": "other"}, "not the mark"),
        ({"nasbench_sim": "new"}, "not the mark"),
        ({"schema": "1"}, "not the mark"),
    ],
)
def test_stores_of_newer_or_no_version(store: Store, mark: dict[str, object], message: str) -> None:
    path = store.folder / "store.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | mark))
    with pytest.raises(FileFormatError, match=message):
        store.check()


def test_an_older_store_is_taken_over(store: Store) -> None:
    path = store.folder / "store.json"
    current = path.read_text()
    path.write_text(json.dumps(json.loads(current) | {"nasbench_sim": "0.0.1"}))
    store.create()
    assert path.read_text() == current
