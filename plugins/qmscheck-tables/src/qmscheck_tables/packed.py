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

from qmscheck import Begun, Extract, Holding, Reader, Request, Unread
from qmscheck_tables.opening import RefusedError, first_bytes, source_path, text_option
from qmscheck_tables.sheet_xml import absurd_container

__all__ = ["holds", "read", "unzipped"]

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)

Read = Callable[[Request], Iterator[Extract | Unread | Begun]]

_LISTED = 10
_LARGEST = 4 << 30
_PIECE = 1 << 20


def holds(request: Request, readers: Mapping[str, Reader]) -> Iterator[Holding]:
    """Name the tables of the members of an archive, and of each those that it holds; none where it cannot be opened."""
    path = source_path(request)
    try:
        with zipfile.ZipFile(path) as archive:
            if absurd_container(archive):
                return
            members = _members(archive, readers)
            inside = {name: tuple(_inside(archive, name, request, readers)) for name in members}
    except (RefusedError, *_DAMAGE):
        return
    for name, holdings in inside.items():
        own = {"member": name} if len(members) > 1 else {}
        for holding in holdings or (Holding(""),):
            yield Holding(holding.name or PurePosixPath(name).stem, {**own, **holding.options})


def _inside(archive: zipfile.ZipFile, name: str, request: Request, readers: Mapping[str, Reader]) -> Iterator[Holding]:
    """Give the tables of a member that may hold several; nothing where it holds one, or cannot be opened."""
    reader = readers[_ending(name, readers)]
    if reader.holds is None or archive.getinfo(name).flag_bits & 1:
        return
    asked = replace(request, path=_unpacked(archive, name, request.scratch), options={})
    held = [one for one in reader.holds(asked) if isinstance(one, Holding)]
    if len(held) > 1:
        yield from held


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
    except _DAMAGE as error:
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
    known = _members(archive, readers)
    fits = [name for name in known if wanted is None or name == wanted]
    fits = fits or [name for name in known if fnmatch.fnmatchcase(name, wanted or "")]
    listed = ", ".join(sorted(known)[:_LISTED]) or "none that can be read"
    if len(fits) != 1:
        reason = "ambiguous" if fits else "no-such-table"
        what = "several tables" if fits else f"no table {wanted}" if wanted else "no table"
        raise RefusedError(reason, f"the archive holds {what}; set member to one of its files: {listed}")
    if archive.getinfo(fits[0]).flag_bits & 1:
        raise RefusedError("encrypted", f"{fits[0]} in the archive is protected by a password")
    return fits[0]


def _members(archive: zipfile.ZipFile, readers: Mapping[str, object]) -> list[str]:
    """Give the members that a reader knows by the endings of their names."""
    names = [
        entry.filename
        for entry in archive.infolist()
        if entry.filename  # a container that was made by hand may hold a part without a name
        and not entry.is_dir()
        and not PurePosixPath(entry.filename).name.startswith((".", "~$", "__MACOSX"))
    ]
    return [name for name in names if _ending(name, readers)]


def _ending(name: str, readers: Mapping[str, object]) -> str:
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
