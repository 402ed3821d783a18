"""The compound file: streams by path, from any bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_documents import compound
from qmscheck_documents.compound import BrokenError, streams

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
