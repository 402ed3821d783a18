"""Which files a request means: one file, or all in a folder, in an order that no machine changes.

Hidden files and folders (their name begins with a dot) are not read, and named as unread, a folder once for all that
is in it. Passed over without a word is only what programs leave behind and nobody means as evidence: `.git`, `.svn`,
`.hg`, `.DS_Store`, `._` twins of macOS, `Thumbs.db`, `desktop.ini`, `~$` locks of Word, and the plan, `qmscheck.toml`,
which the audit record names anyway. A name that is not UTF-8 is read and shown as it can be printed; where two names of
a folder look the same then, the second is named as unread, because nobody could tell them apart.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from qmscheck import Unread

__all__ = ["files", "relative"]

_CLUTTER = frozenset({".git", ".svn", ".hg", ".ds_store", "thumbs.db", "desktop.ini", "__macosx", "qmscheck.toml"})
_LEFT_BEHIND = ("~$", "._")


def files(path: Path) -> Iterator[Path | Unread]:
    """Give the files below a folder (or the one file), and what cannot be looked into.

    A link is not followed if it leads out of the folder; one that stays within leads to what is read anyway.
    """
    if path.is_dir():
        yield from _walk(path, path.resolve())
    elif path.is_file():
        yield path
    else:
        yield Unread(path, "missing", "There is no such file or folder.")


def relative(path: Path, root: Path) -> str:
    """Write a path as the record shows it: relative to the plan's folder, with `/`."""
    text, above = os.fspath(path), os.path.join(root, "")  # noqa: PTH118  (its separator at the end is what is wanted)
    if text.startswith(above) and ".." not in text:
        return _printable(text[len(above) :]).replace(os.sep, "/")
    try:
        text = os.path.relpath(path, root)
    except ValueError:
        text = str(path)
    return _printable(text).replace(os.sep, "/")


def _walk(folder: Path, top: Path) -> Iterator[Path | Unread]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Unread(folder, "missing", f"The folder cannot be opened: {error.strerror}.")
        return
    shown: set[str] = set()
    for entry in entries:
        if entry.name.startswith(_LEFT_BEHIND) or entry.name.casefold() in _CLUTTER:
            continue
        name = _printable(entry.path)
        if name in shown:
            detail = f"The name of this {_kind(entry)} is not UTF-8 and looks like that of another: rename it."
            yield Unread(Path(name), "unsupported", detail)
        elif entry.name.startswith("."):
            what = f"A hidden {_kind(entry)}"
            detail = f"{what} is not read: rename it, or give it a source of its own, if it holds evidence."
            yield Unread(Path(name), "unsupported", detail)
        else:
            yield from _entry(entry, top)
        shown.add(name)


def _kind(entry: os.DirEntry[str]) -> str:
    return "folder" if entry.is_dir(follow_symlinks=False) else "file"


def _printable(path: str) -> str:
    return path if path.isascii() else os.fsencode(path).decode("utf-8", errors="replace")


def _entry(entry: os.DirEntry[str], top: Path) -> Iterator[Path | Unread]:
    """Look at what the folder itself tells of its files: to ask each of a thousand takes longer than to read it."""
    path = Path(entry.path)
    try:
        if entry.is_symlink():
            if not path.exists():
                yield Unread(path, "missing", "The link leads nowhere.")
            elif not path.resolve().is_relative_to(top):
                yield Unread(path, "unsupported", "The link leads out of the folder and was not followed.")
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(path, top)
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            yield Unread(path, "unsupported", "This is no ordinary file.")
    except (OSError, RuntimeError) as error:
        yield Unread(path, "missing", f"The file cannot be opened: {error}.")
