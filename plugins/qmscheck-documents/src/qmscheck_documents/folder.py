"""Which files a request means: one file, or all in a folder, in an order that no machine changes."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from qmscheck import Unread

__all__ = ["files", "relative"]

# Left behind by programs, never evidence: `~$` locks of Word, thumbnails.
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def files(path: Path) -> Iterator[Path | Unread]:
    """Give the files below a folder (or the one file), and what cannot be looked into.

    Hidden names and lock files are passed over. A link is not followed if it leads out of the folder; one that stays
    within leads to what is read anyway.
    """
    if path.is_dir():
        yield from _walk(path, path.resolve())
    elif path.is_file():
        yield path
    else:
        yield Unread(path, "missing", "There is no such file or folder.")


def relative(path: Path, root: Path) -> str:
    """Write a path as the record shows it: relative to the plan's folder, with `/`."""
    try:
        text = os.path.relpath(path, root)
    except ValueError:
        text = str(path)
    # A file name of another encoding must still be printable.
    return os.fsencode(text).decode("utf-8", errors="replace").replace(os.sep, "/")


def _walk(folder: Path, top: Path) -> Iterator[Path | Unread]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Unread(folder, "missing", f"The folder cannot be opened: {error.strerror}.")
        return
    for entry in entries:
        if not entry.name.startswith((".", "~$")) and entry.name.casefold() not in _CLUTTER:
            yield from _entry(Path(entry.path), top)


def _entry(path: Path, top: Path) -> Iterator[Path | Unread]:
    try:
        if path.is_symlink():
            if not path.exists():
                yield Unread(path, "missing", "The link leads nowhere.")
            elif not path.resolve().is_relative_to(top):
                yield Unread(path, "unsupported", "The link leads out of the folder and was not followed.")
            return
        mode = path.stat().st_mode
    except (OSError, RuntimeError) as error:
        yield Unread(path, "missing", f"The file cannot be opened: {error}.")
        return
    if stat.S_ISDIR(mode):
        yield from _walk(path, top)
    elif stat.S_ISREG(mode):
        yield path
    else:
        yield Unread(path, "unsupported", "This is no ordinary file.")
