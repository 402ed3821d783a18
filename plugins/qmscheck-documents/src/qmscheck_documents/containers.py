"""The containers that documents come in, looked into before anything unpacks them."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence

from qmscheck_documents.blocks import Refused

__all__ = ["OLE", "encrypted_name", "parts_of", "xml_is_safe"]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_BYTES = 600_000_000
_FREE_BYTES = 60_000_000
_RATIO = 200
_HEAD = 4096
#: Folders of the parts that hold words.
_WORDS = ("word/", "ppt/slides/", "ppt/notesSlides/", "xl/worksheets/", "xl/sharedStrings")
_ELEMENT = re.compile(rb"<[A-Za-z]")
_DECLARED = re.compile(rb"<\s*!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def encrypted_name(name: str) -> bytes:
    """Write the name of a stream as a compound file keeps it."""
    return name.encode("utf-16-le")


def parts_of(content: bytes, what: str) -> Sequence[str] | Refused:
    """Name the parts of a zip container; refuse one that is damaged, locked, or would unpack beyond reason.

    `what` is what a person calls the file: `Word file`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            parts = container.infolist()
            safe = all(
                _is_safe(container, part)
                for part in parts
                if part.filename.startswith(_WORDS) and not part.flag_bits & 1
            )
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        return Refused("corrupt", f"The file is no {what}, or it is cut off.")
    declared = sum(part.file_size for part in parts)
    if declared > _MOST_BYTES or (declared > _FREE_BYTES and declared > _RATIO * len(content)):
        return Refused("too-large", f"The {what} would unpack to {declared:,} bytes.")
    if any(part.flag_bits & 1 for part in parts):
        return Refused("encrypted", f"The {what} is protected by a password.")
    if not safe:
        return Refused("corrupt", f"The {what} declares entities of its own, as no office program does.")
    return [part.filename for part in parts]


def _is_safe(container: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Say whether a part that holds words begins as office programs write it: a declaration stands before all else."""
    if not part.filename.endswith(".xml"):
        return True
    with container.open(part) as opened:
        head = opened.read(_HEAD)
    return xml_is_safe(head) and (_ELEMENT.search(head.replace(b"\0", b"")) is not None or len(head) < _HEAD)


def xml_is_safe(text: bytes) -> bool:
    """Say whether a part declares no entities of its own: no office program writes any, and bombs are made of them."""
    head = text.replace(b"\0", b"")
    return _DECLARED.search(head) is None
