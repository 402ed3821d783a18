"""Sketches of texts, and how alike two texts are by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qmscheck_documents.similar import Like, Sketched, compared
from qmscheck_documents.sketch import likeness, sketch

WORDS = [f"word{n}" for n in range(3000)]
MINUTES = " ".join(WORDS[:400])


def changed(text: str, every: int) -> str:
    return " ".join("changed" if n % every == 0 else word for n, word in enumerate(text.split()))


def exact(one: str, other: str) -> float:
    """Give the share of runs of four words that two texts have in common, counted in full."""

    def runs(text: str) -> set[tuple[str, ...]]:
        words = text.split()
        return {tuple(words[n : n + 4]) for n in range(len(words) - 3)}

    return len(runs(one) & runs(other)) / len(runs(one) | runs(other))


def test_a_text_is_like_itself_whatever_its_case_and_spaces() -> None:
    assert likeness(sketch(MINUTES), sketch(MINUTES.upper().replace(" ", "\n"))) == 1.0


def test_texts_without_a_common_run_are_not_alike_and_short_ones_are_not_compared() -> None:
    assert likeness(sketch(MINUTES), sketch(" ".join(reversed(WORDS)))) == 0.0
    assert sketch("too short to be a copy") == []
    assert likeness([], sketch(MINUTES)) == 0.0


@pytest.mark.parametrize("every", [200, 100, 40, 20, 10])
def test_the_estimate_is_near_the_exact_share(every: int) -> None:
    for text in (" ".join(WORDS[:200]), " ".join(WORDS)):
        assert likeness(sketch(text), sketch(changed(text, every))) == pytest.approx(
            exact(text, changed(text, every)), abs=0.12
        )


@given(st.lists(st.sampled_from(WORDS[:30]), max_size=60), st.lists(st.sampled_from(WORDS[:30]), max_size=60))
def test_likeness_is_a_share_and_the_same_both_ways(one: list[str], other: list[str]) -> None:
    first, second = sketch(" ".join(one)), sketch(" ".join(other))
    assert 0.0 <= likeness(first, second) <= 1.0
    assert likeness(first, second) == likeness(second, first)


def document(path: str, text: str, *, template: bool = False) -> Sketched:
    return Sketched(path, template, sketch(text))


def test_minutes_that_repeat_last_year_are_noticed_and_their_template_is_told_apart() -> None:
    found = compared([
        document("2026.md", changed(MINUTES, 150)),
        document("2025.md", MINUTES),
        document("template.md", MINUTES, template=True),
        document("other.md", " ".join(WORDS[1000:1400])),
        document("short.md", "short"),
    ])  # fmt: skip
    assert [(one.other, one.template) for one in found] == [
        ("2025.md", "template.md"),
        ("2026.md", "template.md"),
        ("2025.md", None),
        (None, None),
        (None, None),
    ]
    assert found[1].to_template == 1.0
    assert found[3] == Like(likeness=0.0, to_template=0.0)
    assert found[4] == Like()


def test_the_order_of_documents_does_not_matter() -> None:
    documents = [document(f"{n:03}.md", changed(MINUTES, 40 + n)) for n in range(60)]
    ahead = {one.path: like for one, like in zip(documents, compared(documents), strict=True)}
    back = documents[::-1]
    assert {one.path: like for one, like in zip(back, compared(back), strict=True)} == ahead
