"""Sketches of texts, and how alike two texts are by them."""

from __future__ import annotations

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qmscheck_documents.sketch import likeness, words_of
from qmscheck_documents.sketch import sketch as sketch_of

WORDS = [f"word{n}" for n in range(3000)]
MINUTES = " ".join(WORDS[:400])


def changed(text: str, every: int) -> str:
    return " ".join("changed" if n % every == 0 else word for n, word in enumerate(text.split()))


def sketch(text: str) -> list[int]:
    return sketch_of(words_of(text))


def exact(one: str, other: str) -> float:
    """Give the share of runs of four words that two texts have in common, counted in full."""

    def runs(text: str) -> set[tuple[str, ...]]:
        words = text.split()
        return {tuple(words[n : n + 4]) for n in range(len(words) - 3)}

    return len(runs(one) & runs(other)) / len(runs(one) | runs(other))


def test_a_text_is_like_itself_whatever_its_case_and_spaces() -> None:
    assert likeness(sketch(MINUTES), sketch(MINUTES.upper().replace(" ", "\n"))) == 1.0


@given(st.text() | st.text(st.characters(max_codepoint=127)))
def test_the_words_of_a_text_are_those_between_its_blanks_in_small_letters(text: str) -> None:
    assert words_of(text) == [word.encode("utf-8", "surrogatepass") for word in text.casefold().split()]
    assert len(words_of(text)) == len(text.split())


def test_texts_without_a_common_run_are_not_alike_and_short_ones_are_not_compared() -> None:
    assert likeness(sketch(MINUTES), sketch(" ".join(reversed(WORDS)))) == 0.0
    assert sketch("too short to be a copy") == []
    assert likeness([], sketch(MINUTES)) == 0.0


@pytest.mark.parametrize("every", [200, 100, 40, 20, 10])
def test_the_estimate_is_near_the_exact_share(every: int) -> None:
    for text in (" ".join(WORDS[:600]), " ".join(WORDS)):
        assert likeness(sketch(text), sketch(changed(text, every))) == pytest.approx(
            exact(text, changed(text, every)), abs=0.06
        )


@pytest.mark.parametrize("different", [2, 40, 3000])
def test_of_a_long_text_the_smallest_digests_of_its_runs_are_kept(different: int) -> None:
    words = [WORDS[n * n % different] for n in range(3000)]
    digests = {crc32(" ".join(words[n : n + 4]).encode()) for n in range(2997)}
    assert sketch(" ".join(words)) == sorted(digests)[:512]


@given(st.integers(20, 500), st.integers(3, 200))
def test_of_a_text_of_up_to_five_hundred_words_the_share_is_exact(length: int, every: int) -> None:
    text = " ".join(WORDS[:length])
    assert likeness(sketch(text), sketch(changed(text, every))) == exact(text, changed(text, every))


@given(st.lists(st.sampled_from(WORDS[:30]), max_size=60), st.lists(st.sampled_from(WORDS[:30]), max_size=60))
def test_likeness_is_a_share_and_the_same_both_ways(one: list[str], other: list[str]) -> None:
    first, second = sketch(" ".join(one)), sketch(" ".join(other))
    assert 0.0 <= likeness(first, second) <= 1.0
    assert likeness(first, second) == likeness(second, first)


def test_the_sketch_of_a_text_that_repeats_itself_is_of_its_smallest_digests_too() -> None:
    words = [f"w{n % 700}".encode() for n in range(6000)]
    runs = {crc32(b" ".join(words[n : n + 4])) for n in range(len(words) - 3)}
    assert sketch_of(words) == sorted(runs)[:512]
