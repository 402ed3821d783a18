"""Parquet files: handed to the engine as they are, after a look at both ends."""

from __future__ import annotations

import os
from collections.abc import Iterator

from qmscheck import Extract, Parquet, Request, Unread
from qmscheck_tables.opening import first_bytes, source_path

__all__ = ["read"]

_MARK = b"PAR1"
_SMALLEST = 12


def read(request: Request) -> Iterator[Extract | Unread]:
    """Give the file to the engine; `columns` is empty because the engine asks the file for them."""
    path = source_path(request)
    head = first_bytes(path, 64)
    if isinstance(head, Unread):
        yield head
        return
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - len(_MARK)))
        tail = stream.read()
    if head.startswith(b"PARE") and tail == b"PARE":
        yield Unread(path, "encrypted", "the Parquet file is encrypted")
    elif not head.startswith(_MARK):
        yield Unread(path, "corrupt", "the file does not begin as a Parquet file does")
    elif tail != _MARK or size < _SMALLEST:
        yield Unread(path, "corrupt", "the Parquet file is cut off: its end is missing")
    else:
        yield Extract(table=request.table, path=path, columns=(), content=Parquet(path), files=(path,))
