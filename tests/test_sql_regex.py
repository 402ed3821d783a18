"""`matches()` takes the patterns that RE2 reads: what is accepted at load never fails in the engine."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared import database

from qmscheck.sql.regex import branches, pattern_mistake, words_needed


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "abc",
        r"^[A-Z]{2}-\d{4,6}$",
        r"\bgröße\b",
        r"(?i)kunde\w*",
        r"(?:a|b)+?",
        r"(?P<year>\d{4})-(?P<month>\d\d)",
        r"\p{L}+\P{N}\pL",
        r"[\p{L}\d_.-]+",
        r"[[:alpha:]][^[:digit:]]",
        "[]a]",
        "[^]a]",
        "[a-z-9]",
        r"\x41\x{1F600}",
        r"\.\*\+\?\(\)\[\]\{\}\|\^\$\\\-\/\_",
        "a{",
        "a{,3}",
        "a{0}",
        "a{1000}",
        "()",
        "|",
        "(a+)+$",
        "ä ö\tü\nß",
        "(?s-i:a.b)",
    ],
)
def test_a_pattern_that_every_engine_reads_alike_is_accepted(pattern: str) -> None:
    assert pattern_mistake(pattern) is None
    assert database().execute("select regexp_matches('abc', '" + pattern.replace("'", "''") + "')").fetchall()


@pytest.mark.parametrize(
    ("pattern", "mistake"),
    [
        ("(?=a)", "look-around and back-references are not part of the rule language"),
        ("(?!a)", "look-around and back-references are not part of the rule language"),
        ("(?<=a)b", "look-around and back-references are not part of the rule language"),
        (r"(a)\1", "look-around and back-references are not part of the rule language"),
        ("(?P<x>a)(?P=x)", "look-around and back-references are not part of the rule language"),
        ("(?>a)", "look-around and back-references are not part of the rule language"),
        ("(?(1)a|b)", "look-around and back-references are not part of the rule language"),
        ("(", "the pattern is broken: a parenthesis is not closed"),
        (")", "the pattern is broken: a parenthesis is closed that was not opened"),
        ("[a", "the pattern is broken: a bracket [ is not closed"),
        ("[z-a]", "the pattern is broken: the range from z to a is none"),
        (r"[a-\d]", "the pattern is broken: the range from a to a set is none"),
        ("*a", "the pattern is broken: there is nothing that '*' could repeat"),
        ("a++", "the pattern is broken: there is nothing that '+' could repeat"),
        ("a|*", "the pattern is broken: there is nothing that '*' could repeat"),
        ("a{1001}", "the pattern is broken: more than 1000 repetitions"),
        ("(a{100}){100}", "the pattern is broken: more than 1000 repetitions"),
        ("a{3,2}", "the pattern is broken: {3,2} ends before it begins"),
        (r"\p{L}{500}", "the pattern is broken: its repetitions make it too large"),
        (r"\p{Klingon}", "the pattern is broken: 'Klingon' is no class of characters that is known"),
        ("[[:foo:]]", "the pattern is broken: [:foo:] is no class of characters that is known"),
        ("a\\", "the pattern is broken: a single \\ at the end"),
        (r"\Z", r"the pattern is broken: \Z is not known"),
        (r"\ü", r"the pattern is broken: \ü is not known"),
        (r"[\b]", r"the pattern is broken: \b inside [ ]"),
        (r"\x{110000}", r"the pattern is broken: \x{110000} is no character"),
        ("(?P<x>a)(?P<x>b)", "the pattern is broken: the group name 'x' stands twice"),
        ("a\x00", "the pattern holds characters that cannot be seen"),
        ("a" * 501, "the pattern is longer than 500 characters"),
    ],
)
def test_a_pattern_that_some_engine_cannot_read_is_refused(pattern: str, mistake: str) -> None:
    assert pattern_mistake(pattern) == mistake


PIECES = [
    *"ab(((()))[[]]{}{}**++??|^$.\\\\\\-,:<>=!P123dwsbzAkpLxQC&^ä ",
    "(?:", "(?i)", "(?P<n>", "{2}", "{3,4}", "{1000}", "[[:alpha:]]", "[a-z]", r"\p{L}", r"\x41", "(?=", r"\d", r"\b", "[^",
]  # fmt: skip


def test_no_accepted_pattern_is_refused_by_the_engine() -> None:
    rng = random.Random(7)
    accepted = 0
    for _ in range(3000):
        pattern = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 8)))
        if pattern_mistake(pattern) is None:
            accepted += 1
            database().execute("select regexp_matches('a', '" + pattern.replace("'", "''") + "')")
    assert accepted > 500


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(TODO|TBD|lorem ipsum)\b", ("TODO", "TBD", "lorem ipsum")),
        ("(?:n-a)", ("n-a",)),
        (r"\bTODO|TBD\b", ()),
        ("(TODO|)", ()),
        ("(?i:todo)", ()),
        ("(?i)(todo)", ()),
        ("(to.do)", ()),
        ("^(TODO)", ()),
        ("(" + "|".join("abcdefghi") + ")", ()),
    ],
)
def test_words_are_needed_only_by_a_pattern_that_is_nothing_else(pattern: str, words: tuple[str, ...]) -> None:
    assert words_needed(pattern) == words


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(st.text("aB-_ 1", min_size=1, max_size=3), min_size=1, max_size=4),
    marks=st.sampled_from([(r"\b", r"\b"), ("", ""), (r"\b", "")]),
    texts=st.lists(st.none() | st.text("aBb-_ 1ä", max_size=8), max_size=6),
)
def test_a_text_without_a_needed_word_never_matches(
    words: list[str], marks: tuple[str, str], texts: list[str | None]
) -> None:
    pattern = f"{marks[0]}({'|'.join(words)}){marks[1]}"
    needed = words_needed(pattern)
    assert set(needed) == set(words)
    for text in texts:
        ((found,),) = database().execute("select regexp_matches(?::text, ?)", [text, pattern]).fetchall()
        assert (found is None) == (text is None)
        assert not found or any(word in (text or "") for word in needed)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a", ("a",)),
        ("a|b", ("a", "b")),
        ("^a$|^b|c$", ("^a$", "^b", "c$")),
        ("(a|b)|c", ("(a|b)", "c")),
        ("[|]|[^]|]|[[:alpha:]|]", ("[|]", "[^]|]", "[[:alpha:]|]")),
        (r"\||b", (r"\|", "b")),
        ("a|", ("a", "")),
        ("(?i)a|b", ("(?i)a|b",)),
        ("(?i:a)|b", ("(?i:a)", "b")),
        ("(a", ("(a",)),
    ],
)
def test_a_pattern_is_taken_apart_at_its_outer_bars(pattern: str, found: tuple[str, ...]) -> None:
    assert branches(pattern) == found
