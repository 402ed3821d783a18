"""What is remembered of documents: private, bounded, unreadable without the document, and safe when shared."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from made_documents import read, records
from qmscheck_documents import store, workshop
from qmscheck_documents.asking import Asked
from qmscheck_documents.store import Store, edition, opened

from qmscheck import Rows

TEXT = b'{"text": "Ann Miller, +44 113 496 0999, has complained about the pump."}' * 20
ASKED = Asked("qms/a.md", "a.md", ".md", b"# A\n\nAnn Miller has complained.\n")


def files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file())


def filled(folder: Path) -> Store:
    found = opened(folder)
    assert found is not None
    found.put(ASKED, TEXT)
    return found


def test_what_was_put_is_found_again_by_whoever_has_the_document(tmp_path: Path) -> None:
    assert filled(tmp_path).get(ASKED) == TEXT
    again = opened(tmp_path)
    assert again is not None
    assert again.get(ASKED) == TEXT


@pytest.mark.parametrize(
    "other",
    [
        ASKED._replace(content=ASKED.content + b"!"),
        ASKED._replace(name="qms/b.md"),
        ASKED._replace(below="x/a.md"),
        ASKED._replace(suffix=".txt"),
        ASKED._replace(template=True),
    ],
)
def test_another_document_or_another_name_is_another_answer(tmp_path: Path, other: Asked) -> None:
    assert filled(tmp_path).get(other) is None


def test_another_edition_of_the_extractor_forgets_all(tmp_path: Path) -> None:
    filled(tmp_path)
    assert Store(tmp_path / "documents", b"another").get(ASKED) is None
    assert edition() == edition()


def test_nothing_of_a_document_can_be_read_from_the_cache_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    (file,) = files(tmp_path)
    held = file.read_bytes()
    for word in (b"Ann", b"Miller", b"pump", b"a.md", b"qms"):
        assert word not in held
        assert word not in file.name.encode()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", [0, 10, 40, -1])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, place: int) -> None:
    found = filled(tmp_path)
    (file,) = files(tmp_path)
    held = bytearray(file.read_bytes())
    held[place] ^= 1
    file.write_bytes(held)
    assert found.get(ASKED) is None
    file.write_bytes(b"")
    assert found.get(ASKED) is None


def test_without_a_folder_and_where_nothing_can_be_written_nothing_is_remembered(tmp_path: Path) -> None:
    assert opened(None) is None
    (tmp_path / "file").write_text("x")
    assert opened(tmp_path / "file") is None
    (tmp_path / "documents").mkdir()
    found = opened(tmp_path)
    assert found is not None
    (tmp_path / "documents").rmdir()
    found.put(ASKED, TEXT)
    assert found.written == 0
    found.thin_out()


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = filled(tmp_path)
    for n in range(5):
        found.put(ASKED._replace(name=f"{n}.md"), TEXT)
    for n, file in enumerate(files(tmp_path)):
        os.utime(file, (n * 1000, n * 1000))
    kept = files(tmp_path)[-2:]
    monkeypatch.setattr(store, "_MOST_FILES", 2)
    found.thin_out()
    assert files(tmp_path) == kept


def test_what_is_used_becomes_young_again(tmp_path: Path) -> None:
    found = filled(tmp_path)
    (file,) = files(tmp_path)
    os.utime(file, (1000, 1000))
    assert found.get(ASKED) == TEXT
    assert file.stat().st_mtime > time.time() - 1000


def test_many_writers_at_once_leave_whole_files(tmp_path: Path) -> None:
    found = opened(tmp_path)
    assert found is not None
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: found.put(ASKED._replace(name=str(n % 5)), TEXT), range(200)))
    assert len(files(tmp_path)) == 5
    assert [found.get(ASKED._replace(name=str(n))) for n in range(5)] == [TEXT] * 5


def test_a_second_reading_asks_no_parser_and_gives_the_same_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, cache = tmp_path / "qms", tmp_path / "cache"
    folder.mkdir()
    cache.mkdir(mode=0o700)
    for n in range(4):
        (folder / f"{n}.md").write_text(f"# Procedure {n}\n\nVersion: {n}\n\nWe answer every call of a customer.\n")
    (folder / "broken.pdf").write_bytes(b"junk")
    plain = records(folder)
    first = records(folder, cache=cache)
    assert len(files(cache)) == 4
    monkeypatch.setattr(workshop.Workshop, "_worker", lambda _self: pytest.fail("a parser was asked"))
    (folder / "broken.pdf").unlink()
    assert records(folder, cache=cache) == first == plain


def test_places_come_back_from_memory_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_text("# A\n\nText.\n")
    (tmp_path / "cache").mkdir(mode=0o700)
    for again in (False, True):
        if again:
            monkeypatch.setattr(workshop.Workshop, "_worker", lambda _self: pytest.fail("a parser was asked"))
        content = read(tmp_path / "a.md", tmp_path, cache=tmp_path / "cache")[0][1].content
        assert isinstance(content, Rows)
        (batch,) = content.batches
        assert (batch.rows, batch.headings) == ([1, 3], ["A", "A"])
