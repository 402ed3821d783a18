"""The compound file: streams by path, from any bytes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_documents import compound
from qmscheck_tables.compound import BrokenError, streams

WHOLE = compound({"a": b"x" * 5000, "folder/b": b"y", "folder/inner/c": b"z" * 100_000})


def test_streams_are_found_at_their_paths() -> None:
    found = streams(WHOLE)
    assert dict(found) == {
        "a": b"x" * 5000,
        "folder/b": b"y",
        "folder/inner/c": b"z" * 100_000,
    }


def test_a_file_that_is_none_is_refused() -> None:
    for content in (b"", b"x" * 600, WHOLE[:40]):
        with pytest.raises(BrokenError):
            streams(content)


@settings(max_examples=80, deadline=None)
@given(place=st.integers(0, len(WHOLE)), junk=st.binary(min_size=1, max_size=600))
def test_a_damaged_file_gives_streams_or_is_refused(place: int, junk: bytes) -> None:
    try:
        found = streams(WHOLE[:place] + junk + WHOLE[place + len(junk) :])
    except BrokenError:
        return
    assert all(isinstance(content, bytes) for content in found.values())


def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    spelt = name.encode("utf-16-le")
    head = spelt.ljust(64, b"\0") + struct.pack("<HBBIII", len(spelt) + 2, kind, 1, NONE, NONE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


NONE, END = 0xFFFFFFFF, 0xFFFFFFFE


def test_a_short_stream_is_found_among_the_small_sectors_where_old_programs_keep_it() -> None:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, 2, 1, END, 0, 0)
    table = struct.pack("<4I", 0xFFFFFFFD, END, END, END).ljust(512, b"\xff")
    folder = entry("Root Entry", 5, 1, 3, 512) + entry("short", 2, NONE, 0, 100) + bytes(256)
    small = struct.pack("<2I", 1, END).ljust(512, b"\xff")
    text = bytes(range(100))
    whole = head.ljust(512, b"\xff") + table + folder + small + text.ljust(512, b"\0")
    assert streams(whole) == {"short": text}


def test_a_file_with_more_than_109_sectors_of_chains_is_read_whole() -> None:
    sectors = 110 * 128 - 112
    body = bytes(range(256)) * (sectors * 2)
    chains = [0xFFFFFFFD] * 110 + [0xFFFFFFFC, END] + [*range(113, 112 + sectors), END]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 110, 111, 0, 4096, END, 0, 110, 1) + struct.pack("<109I", *range(109))
    more = struct.pack("<I", 109).ljust(508, b"\xff") + struct.pack("<I", END)
    folder = (entry("Root Entry", 5, 1, END, 0) + entry("long", 2, NONE, 112, len(body))).ljust(512, b"\0")
    assert streams(head + struct.pack(f"<{len(chains)}I", *chains) + more + folder + body) == {"long": body}
