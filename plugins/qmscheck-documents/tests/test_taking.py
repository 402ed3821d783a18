"""Which files are asked about, and with what bytes."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from qmscheck_documents import taking
from qmscheck_documents.asking import Asked
from qmscheck_documents.taking import Taken, content_of, taken, templates_of

from qmscheck import QmscheckError, Request, Unread


def request(root: Path, *templates: str) -> Request:
    options = {"templates": templates} if templates else {}
    return Request("documents", root / "qms", options, dt.date(2026, 11, 20), root, root)


def asked(root: Path, *templates: str) -> list[Taken]:
    one = request(root, *templates)
    return list(taken(one, root / "qms", templates_of(one)))


def test_a_file_is_asked_about_by_its_name_its_place_below_the_source_and_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "qms" / "a").mkdir(parents=True)
    (tmp_path / "qms" / "a" / "B.MD").write_bytes(b"# B\r\n")
    (found,) = asked(tmp_path)
    assert found == Taken(tmp_path / "qms" / "a" / "B.MD", Asked("qms/a/B.MD", "a/B.MD", ".md", b"# B\r\n"))


def test_templates_elsewhere_come_last_and_lie_aside_and_those_within_are_documents(tmp_path: Path) -> None:
    for name in ("qms/a.md", "qms/forms/b.md", "forms/c.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# Form\n")
    found = [
        (one.path.name, one.asked.template, one.aside)
        for one in asked(tmp_path, "forms", "qms/forms")
        if isinstance(one.asked, Asked)
    ]
    assert found == [("a.md", False, False), ("b.md", True, False), ("c.md", True, True)]


def test_templates_that_are_nowhere_are_told(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match="there is no file or folder 'forms'"):
        asked(tmp_path, "forms")


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b" \n", "empty"), (b"version https://git-lfs.github.com/spec/v1\noid", "lfs-pointer"), (b"x" * 61, "too-large")],
)
def test_what_is_no_document_is_told_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, reason: str
) -> None:
    monkeypatch.setattr(taking, "_LARGEST", 60)
    (tmp_path / "a.md").write_bytes(content)
    found = content_of(tmp_path / "a.md")
    assert isinstance(found, Unread)
    assert found.reason == reason


def test_a_file_that_is_gone_is_missing(tmp_path: Path) -> None:
    found = content_of(tmp_path / "a.md")
    assert isinstance(found, Unread)
    assert (found.reason, found.detail) == ("missing", "The file cannot be opened: No such file or directory.")


def test_a_file_that_comes_in_pieces_is_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_bytes(b"# A title\n")
    read = os.read
    monkeypatch.setattr(os, "read", lambda handle, _size: read(handle, 3))
    assert content_of(tmp_path / "a.md") == b"# A title\n"
