"""What of a cell can be seen: blanks and invisible characters fill nothing in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.cells import WHITE_SPACE, bare, plain_name, visible

INVISIBLE = [
    *WHITE_SPACE,
    "\u200b",  # zero-width space
    "\u00ad",  # soft hyphen
    "\u2060",  # word joiner
    "\ufeff",  # byte order mark
    "\u202e",  # right-to-left override
    "\U000e0041",  # a tag
    "\u3164",  # filler of Hangul
    "\u2800",  # blank Braille
    "\ufe0f",  # selector of a variant
    "\U000e0100",
    "\u034f",
    "\x00",
]


@pytest.mark.parametrize("sign", INVISIBLE, ids=lambda sign: f"{ord(sign):x}")
def test_a_sign_that_cannot_be_seen_fills_nothing_in(sign: str) -> None:
    assert visible(sign) is None
    assert visible(sign * 3 + " ") is None
    assert visible(f"{sign}yes{sign} ") == "yes"


def test_nothing_stays_nothing() -> None:
    assert (visible(None), visible("")) == (None, None)


def test_what_stands_inside_stays() -> None:
    assert visible(" नमस्\u200dते, \U0001f468\u200d\U0001f469 ") == "नमस्\u200dते, \U0001f468\u200d\U0001f469"
    assert visible("a\u00a0b") == "a\u00a0b"


@given(st.text(st.sampled_from(INVISIBLE)), st.text(), st.text(st.sampled_from(INVISIBLE)))
def test_what_is_invisible_around_a_text_changes_nothing(before: str, text: str, after: str) -> None:
    assert visible(before + text + after) == visible(text)
    assert visible(visible(text)) == visible(text)


@given(st.text(st.characters(categories=["L", "N", "P", "Sm", "Sc"]), min_size=1))
def test_letters_digits_and_punctuation_are_seen(text: str) -> None:
    if not any(ord(sign) in {0x115F, 0x1160, 0x3164, 0xFFA0} for sign in text):
        assert visible(text) == text


def test_every_white_space_of_evidence_is_invisible_to_persons_too() -> None:
    assert not [unicodedata.name(sign, repr(sign)) for sign in WHITE_SPACE if visible(sign) is not None]


def test_names_are_compared_as_they_are_seen() -> None:
    assert plain_name("Ada\u200b  Love\u00adlace ") == plain_name("ada lovelace")
    assert plain_name("Ada\u00a0Lovelace") == plain_name("Ada Lovelace")
    assert plain_name("Ada") != plain_name("Adam")


@given(st.text(st.sampled_from(WHITE_SPACE)), st.text("ab c", min_size=1).map(lambda t: f"x{t}y"))
def test_a_bare_cell_has_no_white_space_around_it_and_keeps_what_is_inside(blank: str, text: str) -> None:
    assert bare(blank + text + blank) == text
    assert bare(blank) is None
    assert bare(None) is None
