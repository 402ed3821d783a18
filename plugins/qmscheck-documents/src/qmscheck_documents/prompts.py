"""Fields of Word that nobody has filled in: their prompts are taken out of the file before the engine reads it.

The engine gives `Choose an item.` as if it stood there, and of an old form field the text that it began with. Only the
file says that these are prompts: `w:showingPlcHdr` of a content control, `w:default` of a text field (ISO/IEC 29500-1).
The bytes of the main part are changed at those places and nowhere else.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

__all__ = ["without_prompts"]

_MAIN = "word/document.xml"
_PROMPT = b"____"
_SHOWING = re.compile(rb"<w:showingPlcHdr\s*/>")
_DEFAULT = re.compile(rb"<w:textInput>((?:(?!</w:textInput>).)*?)<w:default\s[^>]*/>", re.DOTALL)
#: A part without these holds no prompt.
_SIGNS = (b"showingPlcHdr", b"<w:textInput>")
_OPEN, _CLOSE = b"<w:sdtContent>", b"</w:sdtContent>"
_WORDS = re.compile(rb"(<w:t(?:\s[^>]*)?>)[^<]*(</w:t>)")


def without_prompts(content: bytes) -> bytes:
    """Give a Word file without the prompts of its empty fields; one that has none, or cannot be opened, as it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            old = container.read(_MAIN)
            if not any(sign in old for sign in _SIGNS):
                return content
            new = _blanked(_DEFAULT.sub(rb"<w:textInput>\1", old))
            if new == old:
                return content
            parts = {name: container.read(name) for name in container.namelist() if name != _MAIN}
    except (KeyError, zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
        return content
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as made:
        for name, part in {_MAIN: new, **parts}.items():
            made.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()


def _blanked(part: bytes) -> bytes:
    """Write a ruled line in place of each prompt."""
    done: list[bytes] = []
    at = 0
    for shown in _SHOWING.finditer(part):
        start = part.find(_OPEN, shown.end())
        stop = part.find(_CLOSE, start)
        if start < at or stop < 0:
            continue
        done += [part[at:start], _ruled(part[start:stop])]
        at = stop
    return b"".join([*done, part[at:]])


def _ruled(inside: bytes) -> bytes:
    first = _WORDS.sub(rb"\1" + _PROMPT + rb"\2", inside, count=1)
    found = _WORDS.search(first)
    return first if found is None else first[: found.end()] + _WORDS.sub(rb"\1\2", first[found.end() :])
