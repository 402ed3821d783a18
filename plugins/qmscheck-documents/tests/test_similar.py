"""Which documents of a folder are copies: of each other, or of a template."""

from __future__ import annotations

import random

import pytest
from qmscheck_documents.similar import Like, Sketched, _common, compared
from qmscheck_documents.sketch import LIKE, likeness, sketch, words_of

WORDS = [f"word{n}" for n in range(3000)]
MINUTES = " ".join(WORDS[:400])


def changed(text: str, every: int) -> str:
    return " ".join("changed" if n % every == 0 else word for n, word in enumerate(text.split()))


def document(path: str, text: str, *, template: bool = False) -> Sketched:
    return Sketched(path, template, sketch(words_of(text)))


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


def form(number: int, printed: int, length: int = 120) -> str:
    """Give a form filled in by somebody: so many of its words are printed."""
    chance = random.Random(number)
    return " ".join([*WORDS[:printed], *(f"own{chance.randrange(10**6)}" for _ in range(length - printed))])


@pytest.mark.parametrize("printed", [0, 60, 84, 96, 110])
def test_a_copy_is_found_among_a_hundred_forms_whatever_share_of_them_is_printed(printed: int) -> None:
    texts = [form(n, printed) for n in range(100)]
    texts += [changed(texts[7], 60), changed(texts[99], 60)]
    found = compared([document(f"{n:03}.md", text) for n, text in enumerate(texts)])
    for place, original in ((100, 7), (101, 99)):
        told = found[place].other
        assert told is not None
        assert likeness(sketch(words_of(texts[place])), sketch(words_of(texts[int(told[:3])]))) >= LIKE
        if printed < 90:
            assert told == f"{original:03}.md"


def test_forms_that_share_half_of_their_words_are_not_called_copies() -> None:
    found = compared([document(f"{n:03}.md", form(n, 60)) for n in range(100)])
    assert {one.other for one in found} == {None}


def test_digests_of_many_documents_are_known_whatever_part_of_their_range_they_stand_in() -> None:
    chance = random.Random(7)
    common = {chance.randrange(1 << 32) for _ in range(200)} | {0, (1 << 32) - 1}
    rare = [sorted({chance.randrange(1 << 32) for _ in range(1500)}) for _ in range(60)]
    sketches = [sorted({*own, *(one for one in common if n < 41 or one % 2)}) for n, own in enumerate(rare)]
    assert _common(sketches) == common
    assert _common(sketches[:40]) == frozenset()
    assert _common([*sketches[:40], *rare[40:]]) == frozenset()
    assert _common([[]] * 50) == frozenset()
