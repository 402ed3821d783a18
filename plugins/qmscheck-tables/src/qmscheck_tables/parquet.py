"""Parquet files, and folders of them: handed to the engine as they are, after a look at both ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from qmscheck import Extract, Parquet, Request, Unread
from qmscheck_tables.opening import first_bytes, source_path

__all__ = ["read"]

_MARK = b"PAR1"
_SMALLEST = 12
_MOST_FILES = 2_000
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


def read(request: Request) -> Iterator[Extract | Unread]:
    """Give the file to the engine, or each file of a folder; `columns` is empty because the engine asks the file.

    A file of a folder that cannot be read is a loss of the whole: nobody knows how many records it has.
    """
    path = source_path(request)
    if not path.is_dir():
        refused = _refused(path)
        yield _extract(request, path, path.parent) if refused is None else refused
        return
    found = sorted(p for p in path.rglob("*") if _is_data(p, path))
    if not found:
        yield Unread(path, "empty", "the folder holds no file that ends in .parquet")
    elif len(found) > _MOST_FILES:
        yield Unread(path, "too-large", f"the folder holds {len(found)} files; {_MOST_FILES} are read at most")
    refusals = [(p, _refused(p)) for p in found] if len(found) <= _MOST_FILES else []
    for file, refused in refusals:
        if refused is None:
            yield _extract(request, file, path)
        else:
            name = file.relative_to(path).as_posix()
            yield Unread(path, refused.reason, f"{name}: {refused.detail}")


def _is_data(file: Path, folder: Path) -> bool:
    """Tell a file of records from what programs leave beside them (_metadata, .crc files)."""
    hidden = any(part.startswith((".", "_")) and "=" not in part for part in file.relative_to(folder).parts)
    return file.suffix.lower() == ".parquet" and not hidden and file.is_file()


def _extract(request: Request, file: Path, folder: Path) -> Extract:
    base = request.root if file.is_relative_to(request.root) else folder
    parts = [part.partition("=") for part in file.relative_to(base).parts[:-1] if "=" in part]
    partition = tuple((unquote(key), None if value == _NO_VALUE else unquote(value)) for key, _, value in parts)
    return Extract(table=request.table, path=file, columns=(), content=Parquet(file, partition), files=(file,))


def _refused(path: Path) -> Unread | None:
    """Look at both ends of a file: None where it is one."""
    head = first_bytes(path, 64)
    if isinstance(head, Unread):
        return head
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - len(_MARK)))
        tail = stream.read()
    if head.startswith(b"PARE") and tail == b"PARE":
        return Unread(path, "encrypted", "the Parquet file is encrypted")
    if not head.startswith(_MARK):
        return Unread(path, "corrupt", "the file does not begin as a Parquet file does")
    if tail != _MARK or size < _SMALLEST:
        return Unread(path, "corrupt", "the Parquet file is cut off: its end is missing")
    return None
