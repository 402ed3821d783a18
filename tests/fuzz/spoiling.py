"""How a good file is spoilt: bytes, lines of text, values of TOML, and the members of archives."""

from __future__ import annotations

import contextlib
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

__all__ = ["spoilt", "spoilt_archive", "spoilt_bytes", "spoilt_text"]

_LARGEST = 1 << 20
_BYTES = (b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"<", b">", b"&", b"]]>", b"{", b"[", b"%", b"\\", b"=")  # fmt: skip
_WORDS = (
    "0", "-1", "1e999", "nan", "inf", "99999999999999999999", "true", "[]", "{}", '""', '"x"', '"\\u0000"', "[[]]", "[1, 2]", "2026-02-30",
    "2026-01-01", "0001-01-01", "9999-12-31", "12:00:00", "2026-01-01T00:00:00Z", '"2026"', '"%d/%m/%Y"', '"../x"', '"a[b"', '"*"', "{ a = 1 }",
    '{ from = "owner" }', '"owner"', '["id", "id"]', '"1 = 1"', '"null"', '"not owner"', '"x\'; drop table complaints"', "0.5", "-0.0", "1.5e-300",
    "share", "0x7fffffffffffffff", '"env:HOME"', '"öäü\\n"', '"{unmet} {param.days} {"', '"(select 1)"', '"case when owner then 1 end"',
)  # fmt: skip
_TOKENS = re.compile(rb"[A-Za-z_]\w*|\d+|[<>=!|]{1,2}|'[^'\n]*'|[^\sA-Za-z0-9]")
_ASSIGNED = re.compile(rb"^(\s*[\w.\"-]+\s*=\s*)(.*)$")


def spoilt(content: bytes, chance: random.Random, suffix: str) -> bytes:
    """Spoil a file as its kind is best spoilt: about three times in four inside, else its bare bytes."""
    if chance.random() < 0.25:
        return spoilt_bytes(content, chance)
    if content.startswith(b"PK"):
        return spoilt_archive(content, chance)
    if suffix in {".toml", ".md", ".csv", ".tsv", ".json", ".jsonl", ".txt", ".html", ".rtf", ".adoc", ".eml", ".xml"}:
        return spoilt_text(content, chance)
    return spoilt_bytes(content, chance)


def spoilt_bytes(content: bytes, chance: random.Random) -> bytes:
    """Change, drop, repeat or insert some bytes, or cut the rest off."""
    given = bytearray(content[:_LARGEST])
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(given) + 1)
        size = chance.choice((1, 1, 2, 8, 64))
        match chance.randrange(6):
            case 0:
                given[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del given[at : at + size]
            case 2:
                given[at:at] = given[at : at + size]
            case 3:
                given[at:at] = chance.choice(_BYTES)
            case 4:
                given[at : at + size] = chance.randbytes(size)
            case _:
                if chance.random() < 0.2:
                    del given[at:]
    return bytes(given)


def spoilt_text(content: bytes, chance: random.Random) -> bytes:
    """Drop, repeat or exchange lines, give a key the value of another or a hostile one, exchange words of a line."""
    lines = content[:_LARGEST].splitlines(keepends=True) or [b""]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                lines[at] = b""
            case 1:
                lines.insert(at, lines[other])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3 | 4:
                lines[at] = _valued(lines[at], lines[other], chance)
            case 5 | 6:
                lines[at] = _shuffled(lines[at], lines[other], chance)
            case _:
                lines[at] = spoilt_bytes(lines[at], chance)
        lines = lines or [b""]
    return b"".join(lines)


def _valued(line: bytes, other: bytes, chance: random.Random) -> bytes:
    """Give the key of a line another value: that of another line, or one that nobody would write."""
    mine, theirs = _ASSIGNED.match(line.rstrip()), _ASSIGNED.match(other.rstrip())
    if mine is None:
        return line
    value = theirs[2] if theirs is not None and chance.random() < 0.4 else chance.choice(_WORDS).encode()
    return mine[1] + value + b"\n"


def _shuffled(line: bytes, other: bytes, chance: random.Random) -> bytes:
    """Put a word of another line, or of the same, in the place of a word."""
    words = [*_TOKENS.findall(other), *_TOKENS.findall(line)] or [b"x"]
    places = list(_TOKENS.finditer(line))
    if not places:
        return line
    place = chance.choice(places)
    return line[: place.start()] + chance.choice((*words, b"", b"(", b")")) + line[place.end() :]


def spoilt_archive(content: bytes, chance: random.Random) -> bytes:
    """Spoil one member of an archive and pack it again, so that its check sum is right."""

    def changed(name: str, inside: bytes) -> bytes:
        del name
        return spoilt_text(inside, chance) if chance.random() < 0.3 else _spoilt_xml(inside, chance)

    return rewritten(content, chance, changed)


def rewritten(content: bytes, chance: random.Random, change: Callable[[str, bytes], bytes]) -> bytes:
    """Change one member of an archive; what is no archive is spoilt as bytes."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
            names = given.namelist()
            chosen = chance.choice([name for name in names if name.endswith((".xml", ".rels", ".bin"))] or names)
            for name in names:
                inside = given.read(name)
                if name == chosen:
                    if chance.random() < 0.05:
                        continue
                    inside = change(name, inside)
                with contextlib.suppress(UserWarning):
                    written.writestr(zipfile.ZipInfo(name), inside, zipfile.ZIP_DEFLATED)
    except (zipfile.BadZipFile, IndexError, KeyError, ValueError, OSError, NotImplementedError, RuntimeError, EOFError, zlib.error):  # fmt: skip
        return spoilt_bytes(content, chance)
    return out.getvalue()


def _spoilt_xml(content: bytes, chance: random.Random) -> bytes:
    """Drop or repeat an element, exchange a tag, or give an attribute a hostile value."""
    tags = list(re.finditer(rb"<[^<>]*>", content[:_LARGEST]))
    if not tags:
        return spoilt_bytes(content, chance)
    one, two = chance.choice(tags), chance.choice(tags)
    match chance.randrange(4):
        case 0:
            return content[: one.start()] + content[one.end() :]
        case 1:
            return content[: one.start()] + two[0] + content[one.end() :]
        case 2:
            hostile = chance.choice((b"-1", b"99999999999", b"", b"x", b"1e400", b"ZZZZ999999999", b"&#0;"))
            return (
                content[: one.start()]
                + re.sub(rb'"[^"]*"', b'"' + hostile + b'"', one[0], count=1)
                + content[one.end() :]
            )
        case _:
            begin, end = sorted((one.start(), two.end()))
            return content[:begin] + content[begin:end] * 2 + content[end:]
