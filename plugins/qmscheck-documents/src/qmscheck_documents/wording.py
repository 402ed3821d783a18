"""Text as it is compared: invisible characters gone, ligatures expanded, white space folded."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["decoded", "joined", "normalised"]

_GONE = dict.fromkeys([0x00AD, 0xFFFE, 0xFFFF, 0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060, 0x200E, 0x200F])
_SAME = {
    0x00A0: " ",
    0x2007: " ",
    0x202F: " ",
    0x2010: "-",
    0x2011: "-",
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_CONTROLS = dict.fromkeys([*range(9), *range(14, 32), *range(127, 160)], " ")
_LONE = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_TABLE: dict[int, str | None] = {**_LONE, **_CONTROLS, **_GONE, **_SAME}

# PDFium writes U+FFFE for a hyphen that it found at the end of a line.
_BEFORE_AND = re.compile(r"\ufffe\s*(?=(?:und|oder|bzw|and|or)\b)")
_BEFORE_CAPITAL = re.compile(r"\ufffe\s*(?=[A-ZÄÖÜ0-9])")
_HYPHENS = re.compile(r"[-\u2010\u00ad]\s*\n")
_LINE_END = re.compile(r"(?<=[a-zäöüß])[-\u2010\u00ad]\s*\n\s*(?=[a-zäöüß])(?!(?:und|oder|bzw|and|or)\b)")


def normalised(text: str) -> str:
    """Give the text as rules compare it, on one line."""
    if text.isascii() and text.isprintable():  # a blank is the only white space then
        return " ".join(text.split()) if "  " in text or text[:1] == " " or text[-1:] == " " else text
    return " ".join(unicodedata.normalize("NFC", text.translate(_TABLE)).split())


def joined(lines: str) -> str:
    """Join the lines of a PDF paragraph; a word that was divided at a line end becomes whole again."""
    if "\n" not in lines and lines.isascii():
        return normalised(lines)
    text = _BEFORE_CAPITAL.sub("-", _BEFORE_AND.sub("- ", lines)) if "\ufffe" in lines else lines
    if not lines.isascii() or "-" in lines:
        text = _LINE_END.sub("", text) if _HYPHENS.search(text) else text
    return normalised(text.replace("\n", " "))  # the look at what is printable alone is quicker than a table


def decoded(content: bytes) -> tuple[str, str | None] | None:
    """Decode a text file; also give the encoding where it was guessed. None for what is not text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), None
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8"), None
    except UnicodeDecodeError:
        return _guessed(content)


def _guessed(content: bytes) -> tuple[str, str] | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415

    best = from_bytes(content[:200_000]).best()
    if best is None:
        return None
    # Office texts of one byte a character are Windows-1252 far more often than its rare cousins.
    encoding = "cp1252" if best.encoding.startswith(("cp125", "iso8859", "latin", "mac")) else best.encoding
    try:
        return content.decode(encoding, errors="replace"), encoding
    except LookupError:
        return None
