"""Mails as Outlook saves them (MSG).

Sources: [MS-OXMSG], Outlook Item (.msg) File Format; [MS-OXRTFCP] for packed RTF.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterator, Mapping

from qmscheck_tables.compound import BrokenError, streams

from qmscheck_documents import html, plain_text, rich_text
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.letters import Attachment, Letter, put_together, quoted
from qmscheck_documents.wording import decoded, normalised

__all__ = ["parse", "unpacked"]

_SUBJECT, _BODY, _PACKED, _HTML = "0037", "1000", "1009", "1013"
_SENDER, _ADDRESS, _TO, _CC = "0C1A", "5D01", "0E04", "0E03"
_DATA, _LONG_NAME, _SHORT_NAME = "3701", "3707", "3704"
_SENT, _RECEIVED = 0x0039, 0x0E06
_STREAM = "__substg1.0_"
_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)
_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    rb"MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_RING = 4096
_LARGEST = 100_000_000


def parse(content: bytes, depth: int = 0) -> Parsed | Refused:
    """Take a mail of Outlook apart. `depth` says in how many mails it is attached."""
    try:
        parts = streams(content)
    except BrokenError as error:
        return Refused("corrupt", f"The file is no mail of Outlook, or it is damaged: {error}.")
    if not any(name.startswith("__properties_version1.0") for name in parts):
        return Refused("corrupt", "The file is no mail of Outlook.")
    return put_together(_letter(parts, "", 32, 0), depth)


def _letter(parts: Mapping[str, bytes], below: str, head: int, depth: int) -> Letter:
    """Read the mail whose storage is named by `below`; its table of properties begins after `head` bytes."""
    told = {name: normalised(_text(parts, below, name)) for name in (_SUBJECT, _SENDER, _ADDRESS, _TO, _CC)}
    sender = (
        f"{told[_SENDER]} <{told[_ADDRESS]}>" if told[_SENDER] and told[_ADDRESS] else told[_SENDER] or told[_ADDRESS]
    )
    day = _day(parts.get(f"{below}__properties_version1.0", b""), head)
    return Letter(
        head={"From": sender, "To": told[_TO], "Cc": told[_CC], "Date": day},
        subject=told[_SUBJECT],
        day=day,
        text=_body(parts, below),
        attachments=tuple(_attachments(parts, below, depth)) if depth < 5 else (),  # noqa: PLR2004
    )


def _text(parts: Mapping[str, bytes], below: str, name: str) -> str:
    wide = parts.get(f"{below}{_STREAM}{name}001F")
    if wide is not None:
        return wide.decode("utf-16-le", errors="replace").rstrip("\0")
    found = decoded(parts.get(f"{below}{_STREAM}{name}001E", b"").rstrip(b"\0"))
    return found[0] if found else ""


def _body(parts: Mapping[str, bytes], below: str) -> Parsed:
    """Give the text of a mail: plain, else HTML, else RTF, in the order of what reads best."""
    plain = _text(parts, below, _BODY)
    if plain.strip():
        parsed = plain_text.parse_text(plain.replace("\r\n", "\n").replace("\r", "\n"))
        return Parsed(list(quoted(parsed.blocks)))
    page = parts.get(f"{below}{_STREAM}{_HTML}0102") or _text(parts, below, _HTML).encode()
    found = html.parse(page) if page.strip() else None
    packed = parts.get(f"{below}{_STREAM}{_PACKED}0102")
    if found is None and packed is not None:
        found = rich_text.parse(unpacked(packed))
    return found if isinstance(found, Parsed) else Parsed([])


def _day(table: bytes, head: int) -> str:
    moments = {}
    for at in range(head, len(table) - 15, 16):
        kind, name = struct.unpack_from("<HH", table, at)
        if kind == 0x0040 and name in {_SENT, _RECEIVED}:  # noqa: PLR2004
            (moments[name],) = struct.unpack_from("<Q", table, at + 8)
    ticks = moments.get(_SENT) or moments.get(_RECEIVED)
    try:
        return (_EPOCH + dt.timedelta(microseconds=ticks // 10)).date().isoformat() if ticks else ""
    except OverflowError:
        return ""


def _attachments(parts: Mapping[str, bytes], below: str, depth: int) -> Iterator[Attachment]:
    storages = sorted(
        {
            name[len(below) :].split("/", 1)[0]
            for name in parts
            if name.startswith(f"{below}__attach_version1.0_") and "/" in name[len(below) :]
        }
    )
    for storage in storages:
        place = f"{below}{storage}/"
        name = _text(parts, place, _LONG_NAME) or _text(parts, place, _SHORT_NAME)
        inner = f"{place}{_STREAM}{_DATA}000D/"
        if f"{inner}__properties_version1.0" in parts:
            letter = _letter(parts, inner, 24, depth + 1)
            yield Attachment(name or letter.subject, b"", letter)
        else:
            yield Attachment(name, parts.get(f"{place}{_STREAM}{_DATA}0102", b""))


def unpacked(packed: bytes) -> bytes:
    """Unpack the RTF of a mail; what is cut off ends early. Source: [MS-OXRTFCP] 3.1."""
    if len(packed) < 16:  # noqa: PLR2004
        return b""
    _, raw, kind = struct.unpack_from("<III", packed)
    if kind == 0x414C454D:  # noqa: PLR2004
        return packed[16 : 16 + raw]
    ring = bytearray(_DICTIONARY.ljust(_RING, b"\0"))
    write, at = len(_DICTIONARY), 16
    out = bytearray()
    while at < len(packed) and len(out) < min(raw, _LARGEST):
        control = packed[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                if at + 1 >= len(packed):
                    return bytes(out)
                offset, length = packed[at] << 4 | packed[at + 1] >> 4, (packed[at + 1] & 15) + 2
                at += 2
                if offset == write:
                    return bytes(out[:raw])
                for step in range(length):
                    one = ring[(offset + step) % _RING]
                    out.append(one)
                    ring[write] = one
                    write = (write + 1) % _RING
            elif at < len(packed):
                out.append(packed[at])
                ring[write] = packed[at]
                write, at = (write + 1) % _RING, at + 1
    return bytes(out[:raw])
