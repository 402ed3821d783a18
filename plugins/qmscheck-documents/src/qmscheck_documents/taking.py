"""What a request asks about: the files of a folder and of its templates, in their order, each with its bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from qmscheck import Problem, QmscheckError, Request, Unread
from qmscheck_documents.asking import PARSERS, Asked
from qmscheck_documents.folder import files, relative

__all__ = ["Taken", "content_of", "taken", "templates_of"]

_LFS = b"version https://git-lfs.github.com/spec/v1"
_LARGEST = 100_000_000


class Taken(NamedTuple):
    """A file, and what is asked about it, or why it cannot be read. One that lies `aside` is a template, and no
    document of the source.
    """

    path: Path
    asked: Asked | Unread
    aside: bool = False


def taken(request: Request, path: Path, templates: Sequence[Path]) -> Iterator[Taken]:
    """Take the files up one after the other: first those of the path, then the templates that lie elsewhere."""
    elsewhere = (place for place in templates if not place.is_relative_to(path))
    top = path if path.is_dir() else path.parent
    for place, aside in ((path, False), *((place, True) for place in elsewhere)):
        for file in files(place):
            if isinstance(file, Unread):
                yield Taken(file.path, file, aside)
                continue
            is_template = aside or any(file.is_relative_to(one) for one in templates)
            yield Taken(file, _asked(file, request.root, top, is_template=is_template), aside)


def templates_of(request: Request) -> list[Path]:
    """Give the files and folders that the plan calls templates. Raises QmscheckError where there is none."""
    told = request.options.get("templates")
    if told is None:
        return []
    names = (told,) if isinstance(told, str) else told if isinstance(told, tuple) else ()
    places = [request.root / name for name in names]
    lost = [name for name, place in zip(names, places, strict=True) if not place.exists()]
    if lost or not places:
        message = f"templates: there is no file or folder '{lost[0]}'" if lost else "templates: name a file or a folder"
        raise QmscheckError(Problem("", 0, 0, message))
    return places


def content_of(file: Path) -> bytes | Unread:
    """Give the bytes of a file, or why there are none to be examined."""
    try:
        size, content = _read(file)
    except OSError as error:
        return Unread(file, "missing", f"The file cannot be opened: {error.strerror}.")
    if size > _LARGEST:
        return Unread(file, "too-large", f"The file has {size:,} bytes; at most {_LARGEST:,} are read.")
    if not content or content.isspace():
        return Unread(file, "empty", "The file is empty.")
    if content.startswith(_LFS):
        return Unread(file, "lfs-pointer", "Git LFS left a pointer here; fetch the file itself (git lfs pull).")
    return content


def _read(file: Path) -> tuple[int, bytes]:
    """Give the size of a file and, where it is not too large, its bytes; with few calls: there may be a thousand."""
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size = os.fstat(handle).st_size
        content = os.read(handle, size + 1) if size <= _LARGEST else b""
    finally:
        os.close(handle)
    if size <= _LARGEST and len(content) != size:  # it is being written, or comes over a network in pieces
        content = file.read_bytes()
    return size, content


def _asked(file: Path, root: Path, top: Path, *, is_template: bool) -> Asked | Unread:
    suffix = file.suffix.casefold()
    if suffix not in PARSERS:
        return Unread(file, "unsupported", f"Documents of this kind ({file.suffix or 'no suffix'}) are not read.")
    content = content_of(file)
    if isinstance(content, Unread):
        return content
    return Asked(relative(file, root), relative(file, top), suffix, content, is_template)
