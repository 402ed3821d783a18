"""Text made small, and back."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qmscheck_documents.deflate import deflated, inflated


@given(st.binary(max_size=2000) | st.integers(0, 100_000).map(lambda times: b"a" * times))
def test_what_is_made_small_comes_back(text: bytes) -> None:
    assert inflated(deflated(text)) == text


def test_words_become_smaller() -> None:
    assert len(deflated(b"We answer every complaint within two days. " * 100)) < 200


@pytest.mark.parametrize("body", [b"", b"junk", deflated(b"a" * 5000)[:-3]])
def test_what_is_damaged_is_refused(body: bytes) -> None:
    with pytest.raises(zlib.error):
        inflated(body)
