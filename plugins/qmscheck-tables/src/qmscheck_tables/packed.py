"""A table inside a ZIP archive, or behind gzip: unpacked into the private folder of the audit, then read as it is.

What is hashed, and what a person opens, is the archive.
"""

from __future__ import annotations

import fnmatch
import gzip
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO

from qmscheck import Begun, Extract, Request, Unread
from qmscheck_tables.opening import RefusedError, first_bytes, source_path, text_option
from qmscheck_tables.sheet_xml import absurd_container

__all__ = ["read", "unzipped"]

Read = Callable[[Request], Iterator[Extract | Unread | Begun]]

_LISTED = 10
_LARGEST = 4 << 30
_PIECE = 1 << 20


def read(request: Request, readers: Mapping[str, Read]) -> Iterator[Extract | Unread]:
    """Give the table of one member of an archive; `readers` are by the endings of names."""
    path = source_path(request)
    head = first_bytes(path, 64)
    if isinstance(head, Unread):
        yield head
        return
    try:
        with zipfile.ZipFile(path) as archive:
            member = _chosen(archive, text_option(request, "member"), readers)
            copy = _unpacked(archive, member, request.scratch)
    except RefusedError as refused:
        yield Unread(path, refused.reason, refused.detail)
        return
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        yield Unread(path, "corrupt", f"the archive is damaged: {error}")
        return
    options = {key: value for key, value in request.options.items() if key != "member"}
    yield from _told(readers[_ending(member, readers)](replace(request, path=copy, options=options)), path, member)


def unzipped(request: Request, reader: Read) -> Iterator[Extract | Unread]:
    """Give the table of a file whose name ends in `.gz`, whatever reads it."""
    path = source_path(request)
    head = first_bytes(path, 64)
    if isinstance(head, Unread):
        yield head
        return
    name = path.name[: -len(".gz")]
    try:
        with gzip.open(path, "rb") as packed:
            copy = _copied(packed, name, request.scratch)
    except RefusedError as refused:
        yield Unread(path, refused.reason, refused.detail)
        return
    except (EOFError, zlib.error, OSError) as error:
        yield Unread(path, "corrupt", f"the compressed file is damaged: {error}")
        return
    yield from _told(reader(replace(request, path=copy)), path, None)


def _told(parts: Iterator[Extract | Unread | Begun], path: Path, member: str | None) -> Iterator[Extract | Unread]:
    """Name the archive, and the member, in place of the copy."""
    for part in parts:
        if isinstance(part, Unread):
            yield replace(part, path=path, detail=part.detail if member is None else f"{member}: {part.detail}")
        elif isinstance(part, Extract):
            notes = part.notes if member is None else (f"The table is {member} in the archive.", *part.notes)
            yield replace(part, path=path, files=(path,), notes=notes)


def _chosen(archive: zipfile.ZipFile, wanted: str | None, readers: Mapping[str, Read]) -> str:
    if absurd := absurd_container(archive):
        raise RefusedError("too-large", f"the archive is refused: {absurd}")
    names = [
        entry.filename
        for entry in archive.infolist()
        if entry.filename  # a container that was made by hand may hold a part without a name
        and not entry.is_dir()
        and not PurePosixPath(entry.filename).name.startswith((".", "~$", "__MACOSX"))
    ]
    known = [name for name in names if _ending(name, readers)]
    fits = [name for name in known if wanted is None or fnmatch.fnmatchcase(name, wanted)]
    listed = ", ".join(sorted(known)[:_LISTED]) or "none that can be read"
    if len(fits) != 1:
        reason = "ambiguous" if fits else "no-such-table"
        what = "several tables" if fits else f"no table {wanted}" if wanted else "no table"
        raise RefusedError(reason, f"the archive holds {what}; set member to one of its files: {listed}")
    if archive.getinfo(fits[0]).flag_bits & 1:
        raise RefusedError("encrypted", f"{fits[0]} in the archive is protected by a password")
    return fits[0]


def _ending(name: str, readers: Mapping[str, Read]) -> str:
    low = name.lower()
    return max((ending for ending in readers if low.endswith(ending)), key=len, default="")


def _unpacked(archive: zipfile.ZipFile, member: str, scratch: Path) -> Path:
    with archive.open(member) as packed:
        return _copied(packed, PurePosixPath(member).name, scratch)


def _copied(packed: IO[bytes] | gzip.GzipFile, name: str, scratch: Path) -> Path:
    folder = Path(tempfile.mkdtemp(dir=scratch))
    copy = folder / name.replace("\\", "_").replace("\0", "_")
    size = 0
    with copy.open("wb") as file:
        while piece := packed.read(_PIECE):
            size += file.write(piece)
            if size > _LARGEST:
                raise RefusedError("too-large", f"it unpacks to more than {_LARGEST >> 30} GB")
    return copy
