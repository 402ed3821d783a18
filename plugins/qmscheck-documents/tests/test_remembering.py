"""A folder that is remembered as a whole: the same records, one file, and none of it where any document is another."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from made_documents import lines, pdf, read
from qmscheck_documents import examining, reading, remembering, workshop
from qmscheck_documents.blocks import Refused
from qmscheck_documents.taking import Taken

from qmscheck import Begun, Extract, Request, Rows, Unread

LARGE = 6


@pytest.fixture(autouse=True)
def small_folders_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "_LARGE", LARGE)


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """A folder with documents of several kinds, a copy, a scan, files that cannot be read, and an empty cache."""
    qms = tmp_path / "qms"
    (qms / "forms").mkdir(parents=True)
    words = " ".join(f"word{n}" for n in range(60))
    for n in range(LARGE):
        text = f"# Procedure {n}\n\nVersion: {n}\n\n| Step | Who |\n|---|---|\n| {words if n < 2 else n} | Ann |\n\n- Grüße\n"
        (qms / f"{n}.md").write_text(text, encoding="utf-8")
    (qms / "scan.pdf").write_bytes(pdf([lines("We meet the requirements of our customers."), ""], picture=[2]))
    (qms / "broken.pdf").write_bytes(b"junk")
    (qms / "logo.png").write_bytes(b"\x89PNG")
    (qms / "empty.md").write_text(" ")
    (tmp_path / "cache").mkdir(mode=0o700)
    return tmp_path


Told = tuple[list[tuple[Any, ...]], list[Unread]]


def told(firm: Path, *, cache: bool = True, **asked: Any) -> Told:
    """Give all that a reading of the folder comes to."""
    extracts, unread = read(firm / "qms", firm, cache=firm / "cache" if cache else None, **asked)
    said = [
        (
            one.table,
            one.files,
            one.notes,
            one.marked,
            *(tuple(getattr(batch, f.name) for f in fields(batch)) for batch in batches(one)),
        )
        for one in extracts
    ]
    return said, sorted(unread, key=lambda one: (str(one.path), one.detail, one.page or 0))


def batches(extract: Extract) -> list[Any]:
    assert isinstance(extract.content, Rows)
    return list(extract.content.batches)


def whole(firm: Path) -> Path:
    (found,) = (firm / "cache" / "documents").glob("*.whole")
    return found


def entries(firm: Path) -> set[Path]:
    return {one for one in (firm / "cache" / "documents").iterdir() if one.suffix != ".whole"}


def without_entries(firm: Path) -> None:
    for one in entries(firm):
        one.unlink()


def asked_of_workers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the names of all files that a worker is asked about."""
    names: list[str] = []
    ask = workshop.Workshop._together

    def noted(self: workshop.Workshop, files: Any) -> None:
        names.extend(asked.name for asked, _ in files)
        ask(self, files)

    monkeypatch.setattr(workshop.Workshop, "_together", noted)
    return names


def test_a_large_folder_is_read_from_one_file_and_comes_to_the_same(
    firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = told(firm, cache=False)
    first = told(firm)
    assert [len(part) for part in plain] == [2, 4]
    without_entries(firm)
    names = asked_of_workers(monkeypatch)
    assert told(firm) == first == plain
    assert names == ["qms/broken.pdf"]  # nothing of a refusal is remembered


def test_likenesses_are_remembered_with_the_folder(firm: Path) -> None:
    told(firm)
    without_entries(firm)
    documents = batches(read(firm / "qms", firm, cache=firm / "cache")[0][0])[0].columns
    assert documents[-4][:3] == ["qms/1.md", "qms/0.md", None]
    assert documents[-3][:2] == ["0.88", "0.88"]


def test_a_small_folder_has_no_file_of_its_own(firm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "_LARGE", LARGE + 2)
    told(firm)
    assert not list((firm / "cache" / "documents").glob("*.whole"))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a document is written": lambda qms: (qms / "3.md").write_text("# Other\n\nText.\n"),
    "a document comes": lambda qms: (qms / "new.md").write_text("# New\n\nText.\n"),
    "a document goes": lambda qms: (qms / "3.md").unlink(),
    "a document gets another name": lambda qms: (qms / "3.md").rename(qms / "33.md"),
    "a document moves": lambda qms: (qms / "3.md").rename(qms / "forms" / "3.md"),
    "two documents change places": lambda qms: [
        (qms / "3.md").rename(qms / "x"), (qms / "4.md").rename(qms / "3.md"), (qms / "x").rename(qms / "4.md")
    ],
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_no_longer_so_is_not_recalled_and_costs_no_other_document(
    firm: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]
) -> None:
    told(firm)
    change(firm / "qms")
    names = asked_of_workers(monkeypatch)
    again = told(firm)
    assert len(names) <= 3  # what is new, and what was refused
    assert again == told(firm) == told(firm, cache=False)
    assert whole(firm).exists()  # of one folder there is one


def test_what_cannot_be_read_is_looked_at_again(firm: Path) -> None:
    told(firm)
    (firm / "qms" / "other.png").write_bytes(b"\x89PNG")
    (firm / "qms" / "empty.md").unlink()
    assert told(firm) == told(firm, cache=False)


def test_a_folder_asked_about_with_templates_or_from_another_place_is_another(firm: Path) -> None:
    (firm / "forms.md").write_text((firm / "qms" / "0.md").read_text())
    first = told(firm)
    asked = told(firm, templates=("forms.md",))
    assert asked != first
    assert told(firm, templates=("forms.md",)) == asked == told(firm, cache=False, templates=("forms.md",))
    assert told(firm) == first
    below = read(firm / "qms", firm / "qms", cache=firm / "cache")[0][0]
    assert batches(below)[0].columns[0][0] == "0.md"


def test_a_template_that_lies_elsewhere_and_is_another_now_is_noticed(firm: Path) -> None:
    (firm / "forms.md").write_text((firm / "qms" / "0.md").read_text())
    told(firm, templates=("forms.md",))
    (firm / "forms.md").write_text("# Quite another form\n\nText.\n")
    assert told(firm, templates=("forms.md",)) == told(firm, cache=False, templates=("forms.md",))


@pytest.mark.parametrize("place", [0, 20, 33, 40, 200, -1])
def test_a_damaged_file_is_noticed_and_made_anew(firm: Path, place: int) -> None:
    first = told(firm)
    held = bytearray(whole(firm).read_bytes())
    held[place] ^= 1
    whole(firm).write_bytes(held)
    assert told(firm) == first
    assert whole(firm).read_bytes() != held


@pytest.mark.parametrize("length", [0, 10, 34, 100])
def test_a_file_that_was_cut_off_is_noticed(firm: Path, length: int) -> None:
    first = told(firm)
    whole(firm).write_bytes(whole(firm).read_bytes()[:length])
    assert told(firm) == first


def test_nothing_of_the_documents_can_be_read_from_the_file(firm: Path) -> None:
    told(firm)
    held = whole(firm).read_bytes()
    assert not [word for word in (b"Procedure", b"Ann", b"0.md", b"word1") if word in held]
    assert whole(firm).stat().st_mode & 0o077 == 0


def test_a_file_that_would_be_too_large_is_not_written(firm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qmscheck_documents.store._MOST_WHOLE", 100)
    first = told(firm)
    assert not list((firm / "cache" / "documents").glob("*.whole"))
    assert told(firm) == first


def test_where_memory_is_short_the_folder_is_not_remembered_and_read_all_the_same(
    firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_whole: object) -> list[bytes]:
        raise MemoryError

    monkeypatch.setattr(examining, "packed", refuse)
    assert told(firm) == told(firm, cache=False)
    assert len(entries(firm)) == LARGE + 1


def test_a_folder_in_use_keeps_its_documents_young(firm: Path) -> None:
    told(firm)
    for one in (firm / "cache" / "documents").iterdir():
        os.utime(one, (1000, 1000))
    told(firm)
    assert all(one.stat().st_mtime > time.time() - 1000 for one in (whole(firm), *entries(firm)))


def test_a_parser_that_does_its_work_this_time_is_heard(firm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = told(firm)
    examine = workshop.Workshop._together

    def fail(self: workshop.Workshop, files: Any) -> None:
        for asked, answer in files:
            if asked.name == "qms/3.md":
                answer.set_result(Refused("timeout", "Its parser was stopped."))
            else:
                examine(self, ((asked, answer),))

    without_entries(firm)
    whole(firm).unlink()
    with monkeypatch.context() as patched:
        patched.setattr(workshop.Workshop, "_together", fail)
        broken = told(firm)
        assert ("3.md", "timeout") in [(one.path.name, one.reason) for one in broken[1]]
        assert told(firm) == broken
    assert told(firm) == plain


def test_a_refused_file_that_is_written_while_it_is_asked_about_again_is_read(
    firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(firm)
    look = "qmscheck_documents.remembering.content_of"
    for content in (b"other junk", Unread(firm / "qms" / "broken.pdf", "missing", "It is gone.")):
        monkeypatch.setattr(look, lambda _file, content=content: content)
        names = asked_of_workers(monkeypatch)
        assert told(firm) == told(firm, cache=False)
        assert "qms/broken.pdf" in names


def test_the_work_has_begun_before_the_folder_is_recalled_and_ends_with_whoever_asked(
    firm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(firm)
    files: list[Taken] = []

    def endless(*_asked: object) -> Iterator[Taken]:
        while len(files) < 60_000:
            time.sleep(0.001)
            files.append(Taken(firm, Unread(firm, "empty", "It is empty.")))
            yield files[-1]

    monkeypatch.setattr(remembering, "taken", endless)
    request = Request("documents", firm / "qms", {}, dt.date(2026, 11, 20), firm, firm, cache=firm / "cache")
    coming = reading.read(request)
    assert isinstance(next(coming), Begun)
    coming.close()  # type: ignore[attr-defined]
    assert len(files) < 60_000
