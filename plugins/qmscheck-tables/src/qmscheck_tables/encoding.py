"""How the letters of a text file are written, and a UTF-8 copy where they are written otherwise.

Library of this module: charset-normalizer, only for bytes that are not UTF-8 and carry no mark of their own.
"""

from __future__ import annotations

import codecs
import gzip
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

__all__ = ["Encoding", "as_utf8", "chunks", "detect", "is_gzip", "known", "nearly_utf8", "opened"]

CHUNK = 1 << 20

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKELY = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp850", "mac_roman",
    "koi8_r", "shift_jis", "euc_jp", "euc_kr", "gb18030", "big5",
]  # fmt: skip
_SAMPLE = 1 << 16
_NEARLY = 0.1


@dataclass(frozen=True, slots=True)
class Encoding:
    """The Python name of an encoding; `guessed` where the file does not say so; None for bytes that are no text."""

    name: str | None
    guessed: bool = False

    @property
    def is_utf8(self) -> bool:
        """Tell whether the file can be read as it is."""
        return self.name is not None and codecs.lookup(self.name).name in {"utf-8", "ascii", "utf-8-sig"}


def known(name: str) -> bool:
    """Tell whether an encoding of this name turns bytes into text."""
    try:
        "".encode(name)
        return not isinstance(b"".decode(name), bytes)
    except (LookupError, UnicodeError, ValueError):
        return False


def detect(head: bytes) -> Encoding:
    """Find the encoding of the beginning of a file: its mark, UTF-16 by its zero bytes, UTF-8, or a guess."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name)
    if b"\0" in head:
        return _utf16(head)
    if nearly_utf8(head):
        return Encoding("utf-8")
    return _guess(head)


def nearly_utf8(piece: bytes) -> bool:
    """Tell whether all letters, or nearly all, are UTF-8; the engine names the rows of the others."""
    if piece.isascii() or _decodes(piece, "utf-8"):
        return True
    text = piece.decode("utf-8", "replace")
    wrong = text.count("�")
    right = len(re.findall(r"[\u0080-\ufffc\U00010000-\U0010ffff]", text))
    return wrong < right * _NEARLY


def is_gzip(head: bytes) -> bool:
    """Tell whether a file is compressed with gzip, whatever it is called."""
    return head.startswith(b"\x1f\x8b")


def opened(path: Path) -> BinaryIO:
    """Open a file for its bytes, unpacked if its name ends in `.gz`."""
    if path.name.lower().endswith(".gz"):
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb", buffering=0)


def chunks(path: Path) -> Iterator[bytes]:
    """Read a file piece by piece."""
    with opened(path) as stream:
        while piece := stream.read(CHUNK):
            yield piece


def as_utf8(path: Path, encoding: str, scratch: Path, *, body: int = 0) -> Path:
    """Write a copy in UTF-8 with line feeds as line ends, from byte `body` on. Raises UnicodeError for wrong bytes.

    Bytes that are wrong in UTF-8 itself are kept, so that the engine names the rows that hold them.
    """
    utf8 = Encoding(encoding).is_utf8
    errors = "surrogateescape" if utf8 else "strict"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with tempfile.NamedTemporaryFile(dir=scratch, suffix=".csv", delete=False) as copy, opened(path) as stream:
        stream.seek(body)
        held = ""
        for piece in iter(lambda: stream.read(CHUNK), b""):
            text = held + decoder.decode(piece)
            held = "\r" if text.endswith("\r") else ""  # its line feed may come with the next piece
            copy.write(_plain_ends(text[: len(text) - len(held)]).encode("utf-8", errors))
        copy.write(_plain_ends(held + decoder.decode(b"", final=True)).encode("utf-8", errors))
    return Path(copy.name)


def _plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _utf16(head: bytes) -> Encoding:
    pairs = len(head) // 2
    for name, zeros in (("utf-16-le", head[1::2].count(0)), ("utf-16-be", head[0::2].count(0))):
        if zeros * 2 >= pairs and _decodes(head[: pairs * 2], name):
            return Encoding(name, guessed=True)
    return Encoding(None)


def _decodes(head: bytes, name: str) -> bool:
    try:
        codecs.getincrementaldecoder(name)("strict").decode(head)
    except UnicodeError:
        return False
    return True


def _guess(head: bytes) -> Encoding:
    from charset_normalizer import from_bytes  # noqa: PLC0415

    lines = re.findall(rb"[^\r\n]*[\x80-\xff][^\r\n]*", head)
    sample = b"\n".join(lines)[:_SAMPLE]
    matches = from_bytes(sample, cp_isolation=_LIKELY)
    best = matches.best()
    if best is None:
        return Encoding(None)
    for match in matches:
        # Western letters are by far the most frequent: they win where the others fit no better.
        as_good = match is best or match.coherence >= best.coherence - _NEARLY
        if "cp1252" in match.could_be_from_charset and match.chaos <= best.chaos and as_good:
            return Encoding("cp1252", guessed=True)
    return Encoding(best.encoding, guessed=True)
