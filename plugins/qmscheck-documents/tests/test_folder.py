"""Which files a folder holds."""

from __future__ import annotations

from pathlib import Path

from qmscheck_documents.folder import files, relative

from qmscheck import Unread


def test_files_come_in_one_order_and_hidden_ones_are_passed_over(tmp_path: Path) -> None:
    for name in ("b/z.md", "b/a.md", "a.md", ".git/config.md", "~$lock.docx", "B.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [relative(file, tmp_path) for file in files(tmp_path) if isinstance(file, Path)]
    assert found == ["B.md", "a.md", "b/a.md", "b/z.md"]


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
