"""Which files a folder holds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from qmscheck_documents.folder import files, relative

from qmscheck import Unread


def test_files_come_in_one_order_and_what_programs_leave_behind_is_passed_over(tmp_path: Path) -> None:
    clutter = (".git/config.md", ".svn/a.md", ".DS_Store", "._a.md", "Thumbs.db", "~$lock.docx", "qmscheck.toml")
    for name in ("b/z.md", "b/a.md", "a.md", "B.md", *clutter):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [relative(file, tmp_path) for file in files(tmp_path) if isinstance(file, Path)]
    assert found == ["B.md", "a.md", "b/a.md", "b/z.md"]
    assert not [file for file in files(tmp_path) if isinstance(file, Unread)]


def test_each_hidden_file_and_each_hidden_folder_once_is_named(tmp_path: Path) -> None:
    for name in ("a.md", ".note.md", ".github/one.md", ".github/deep/two.md", "b/.old/three.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    found = list(files(tmp_path))
    assert [relative(file, tmp_path) for file in found if isinstance(file, Path)] == ["a.md"]
    unread = [file for file in found if isinstance(file, Unread)]
    assert [(relative(one.path, tmp_path), one.reason, one.detail.split(" is ")[0]) for one in unread] == [
        (".github", "unsupported", "A hidden folder"),
        (".note.md", "unsupported", "A hidden file"),
        ("b/.old", "unsupported", "A hidden folder"),
    ]


def test_names_that_are_not_utf_8_are_read_unless_they_look_the_same(tmp_path: Path) -> None:
    for name in (b"caf\xe8.md", b"caf\xe9.md"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    read, unread = files(tmp_path)
    assert isinstance(read, Path)
    assert relative(read, tmp_path) == "caf\ufffd.md"
    assert isinstance(unread, Unread)
    assert (unread.path.name, unread.reason) == ("caf\ufffd.md", "unsupported")


def test_links_out_of_the_folder_are_named_and_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "qms"
    inside.mkdir()
    (tmp_path / "secret.md").write_text("x")
    (inside / "real.md").write_text("x")
    (inside / "out.md").symlink_to(tmp_path / "secret.md")
    (inside / "gone.md").symlink_to(tmp_path / "nowhere.md")
    (inside / "twin.md").symlink_to(inside / "real.md")
    (inside / "loop").symlink_to(inside)
    found = list(files(inside))
    assert [file.name for file in found if isinstance(file, Path)] == ["real.md"]
    assert {(file.path.name, file.reason) for file in found if isinstance(file, Unread)} == {
        ("out.md", "unsupported"),
        ("gone.md", "missing"),
    }


def test_a_path_that_is_not_there_is_missing(tmp_path: Path) -> None:
    (found,) = files(tmp_path / "none")
    assert isinstance(found, Unread)
    assert found.reason == "missing"


def test_a_pipe_is_no_ordinary_file_and_a_link_that_cannot_be_followed_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "link.md").symlink_to(tmp_path / "pipe.md")

    def refuse(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuse)
    found = [(one.path.name, one.reason, one.detail) for one in files(tmp_path) if isinstance(one, Unread)]
    assert found == [
        ("link.md", "missing", "The file cannot be opened: [Errno 13] Permission denied."),
        ("pipe.md", "unsupported", "This is no ordinary file."),
    ]
