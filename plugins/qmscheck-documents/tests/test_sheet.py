"""A page of a PDF file: every word of it stands in one line or in one cell."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_documents import pdf
from made_tables import bars, boxes, ruled, strokes, text_at
from pypdfium2 import PdfDocument
from qmscheck_documents.pages import Line
from qmscheck_documents.placing import Table
from qmscheck_documents.sheet import Sheet

GRID = [["No", "Customer"], ["1", "Marlow"]]


def items(stream: str, *, turned: int = 0) -> list[Line | Table]:
    document = PdfDocument(pdf([stream], turned=turned))
    try:
        page = document[0]
        text = page.get_textpage()
        return Sheet(text.raw, text.get_text_range(), 1).items(page.raw)
    finally:
        document.close()


def words(found: list[Line | Table]) -> list[str]:
    texts = [
        text
        for item in found
        for text in ([item.text] if isinstance(item, Line) else [cell for row in item.rows for cell in row])
    ]
    return [word for text in texts for word in text.split()]


def table(found: list[Line | Table]) -> Table:
    (one,) = [item for item in found if isinstance(item, Table)]
    return one


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_word_of_a_page_stands_in_one_line_or_one_cell(data: st.DataObject) -> None:
    numbers = iter(range(10_000))
    height, width = data.draw(st.integers(1, 7)), data.draw(st.integers(1, 5))
    lines_of = st.integers(0, 3)

    def cell() -> str:
        return "\n".join(f"w{next(numbers)} x{next(numbers)}" for _ in range(data.draw(lines_of)))

    grid = [[cell() for _ in range(width)] for _ in range(height)]
    merged = {}
    if data.draw(st.booleans()) and width > 1:
        row = data.draw(st.integers(0, height - 1))
        merged[row, 0] = (1, 2)
        grid[row][1] = ""
    stream = ruled(
        grid, width=90, height=42, drawn=data.draw(st.sampled_from([strokes, bars, boxes])), merged=merged or None
    )
    above = [f"a{next(numbers)} b{next(numbers)}" for _ in range(data.draw(st.integers(0, 3)))]
    beside = [f"s{next(numbers)}" for _ in range(data.draw(st.integers(0, 2)))] if width < 5 else []
    stream += "\n" + text_at(72, 760, *above) + "\n" + text_at(545, 690, *beside)
    found = items(stream)
    given_words = Counter(f"{' '.join(c for row in grid for c in row)} {' '.join([*above, *beside])}".split())
    assert Counter(words(found)) == given_words
    for item in found:
        if isinstance(item, Table):
            told = {" ".join(text.split()) for row in grid for text in row}
            assert {text for row in item.rows for text in row} <= told | {""}


@pytest.mark.parametrize("quarter", [0, 1, 2, 3])
def test_a_table_that_stands_on_its_side_is_read_as_it_is_turned(quarter: int) -> None:
    # The page is turned clockwise to be read, so its content is turned the other way.
    turn = ("1 0 0 1 0 0", "0 1 -1 0 792 0", "-1 0 0 -1 612 792", "0 -1 1 0 0 612")[quarter]
    for shown in (0, 90 * quarter):
        found = items(f"q {turn} cm\n{ruled(GRID, top=400)}\nQ", turned=shown)
        assert table(found).rows == (("No", "Customer"), ("1", "Marlow"))


def test_a_table_at_the_top_or_bottom_of_the_page_may_be_a_header() -> None:
    assert table(items(ruled(GRID, top=780))).at_edge
    assert table(items(ruled(GRID, top=60))).at_edge
    assert not table(items(ruled(GRID, top=400))).at_edge
    turned = f"q 0 1 -1 0 612 0 cm\n{ruled(GRID, top=600)}\nQ"
    assert table(items(turned, turned=90)).at_edge


def test_a_page_without_lines_is_lines_of_text() -> None:
    assert words(items(text_at(72, 700, "We answer", "each complaint"))) == ["We", "answer", "each", "complaint"]


def test_lines_that_enclose_nothing_change_nothing() -> None:
    text = text_at(72, 700, "We answer", "each complaint")
    assert items("72 690 m 400 690 l S\n" + text) == items(text)
    assert items("60 660 m 400 660 l S 60 640 m 400 640 l S 60 640 m 60 660 l S\n" + text) == items(text)
    assert items("60 640 300 20 re S 160 640 m 160 660 l S\n" + text) == items(text)
