"""Mails of Outlook, made by hand as compound files."""

from __future__ import annotations

import struct

from made_documents import compound
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.outlook import _DICTIONARY, parse, unpacked

_SENT = 134127216000000000  #: 2026-01-12 10:00 UTC in steps of 100 ns since 1601


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def properties(head: int, sent: int = _SENT) -> bytes:
    return bytes(head) + struct.pack("<HHIQ", 0x0040, 0x0039, 6, sent)


def message(below: str = "", subject: str = "Pump leaks", head: int = 32, **parts: bytes) -> dict[str, bytes]:
    streams = {f"{below}__properties_version1.0": properties(head), f"{below}__substg1.0_0037001F": wide(subject)}
    return streams | {f"{below}__substg1.0_{name[1:]}": content for name, content in parts.items()}


def parsed(streams: dict[str, bytes]) -> Parsed:
    found = parse(compound(streams))
    assert isinstance(found, Parsed)
    return found


def test_head_text_and_day_are_read() -> None:
    found = parsed(
        message(
            _0C1A001F=wide("Ann Miller"), _5D01001F=wide("ann@example.org"), _0E04001F=wide("service"),
            _1000001F=wide("It leaks.\r\n\r\n> old"),
        )
    )  # fmt: skip
    assert [(block.mark, block.text) for block in found.blocks] == [
        ("", "Pump leaks"),
        ("header_footer", "From: Ann Miller <ann@example.org>"),
        ("header_footer", "To: service"),
        ("header_footer", "Date: 2026-01-12"),
        ("", "It leaks."),
        ("quote", "> old"),
    ]
    assert found.properties == {"title": "Pump leaks", "modified": "2026-01-12"}


def test_text_of_one_byte_a_character_is_read_too() -> None:
    assert parsed(message(_1000001E=b"It leaks.\0")).blocks[-1].text == "It leaks."


def test_a_mail_with_html_alone_or_packed_rtf_alone_is_read() -> None:
    assert parsed(message(_10130102=b"<p>From a page.</p>")).blocks[-1].text == "From a page."
    rtf = rb"{\rtf1 From RTF.\par}"
    packed = struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf
    assert parsed(message(_10090102=packed)).blocks[-1].text == "From RTF."


def test_attachments_and_mails_within_are_read_or_named() -> None:
    first, second = "__attach_version1.0_#00000000/", "__attach_version1.0_#00000001/"
    streams = message(_1000001F=wide("See below."))
    streams |= {f"{first}__substg1.0_3707001F": wide("form.txt"), f"{first}__substg1.0_37010102": b"Reason: leak"}
    streams |= message(f"{second}__substg1.0_3701000D/", "inner", 24, _1000001F=wide("Inner text."))
    third = "__attach_version1.0_#00000002/"
    streams |= {f"{third}__substg1.0_3704001F": wide("x.exe"), f"{third}__substg1.0_37010102": b"MZ"}
    found = parsed(streams)
    assert [block.text for block in found.blocks][2:] == [
        "See below.", "Attachment form.txt", "Reason: leak", "Attachment inner", "inner", "Date: 2026-01-12", "Inner text.",
    ]  # fmt: skip
    assert [one.detail for one in found.unread] == ["Attachment x.exe: Documents of this kind (.exe) are not read."]


def test_packed_rtf_is_unpacked_with_its_dictionary() -> None:
    # The worked example of the specification: a string that is partly taken from the dictionary, and partly repeated.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a0072637067313235423205 0a85 6268656c09 00 2062 7704 6020 7765 6c64 7d0a 80 0f a0"
        .replace(" ", "")
    )  # fmt: skip
    assert len(_DICTIONARY) == 207
    assert unpacked(packed).startswith(rb"{\rtf1\ansi\ansicpg125")
    assert unpacked(packed[:20]) != b""
    assert unpacked(b"short") == b""


def test_what_is_no_mail_of_outlook_is_corrupt() -> None:
    for content in (b"hello", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), compound({"WordDocument": b"x"})):
        found = parse(content)
        assert isinstance(found, Refused)
        assert found.reason == "corrupt"


def test_a_day_beyond_the_calendar_is_none() -> None:
    streams = message(_1000001F=wide("x")) | {"__properties_version1.0": properties(32, (1 << 64) - 1)}
    assert "modified" not in parsed(streams).properties
