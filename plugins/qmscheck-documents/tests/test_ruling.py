"""The lines that a page draws."""

from __future__ import annotations

import pytest
from made_documents import pdf
from pypdfium2 import PdfDocument
from qmscheck_documents.ruling import Ruling, ruling, turned_box


def drawn(stream: str, note: str = "") -> Ruling | None:
    document = PdfDocument(pdf([stream], note=note))
    try:
        page = document[0]
        return ruling(page.raw)
    finally:
        document.close()


def rounded(found: Ruling | None) -> tuple[list[tuple[float, ...]], list[tuple[float, ...]]]:
    assert found is not None
    # To the nearest ten points: the width of a stroke counts as a part of its length.
    across, down = ([tuple(round(n, -1) for n in rule) for rule in rules] for rules in (found.across, found.down))
    return sorted(across), sorted(down)


@pytest.mark.parametrize(
    "stream",
    [
        "100 200 m 300 200 l S",
        "100 199.8 200 0.4 re f",
        "q 2 0 0 2 0 0 cm 50 100 m 150 100 l S Q",
        "q 1 0 0 1 100 0 cm 0 200 m 100 200 l 200 200 l S Q",
    ],
)
def test_a_stroke_and_a_thin_bar_are_lines_wherever_they_were_moved(stream: str) -> None:
    assert rounded(drawn(stream)) == ([(200, 100, 300)], [])


def test_a_box_that_is_stroked_gives_its_four_sides_and_one_that_is_filled_none() -> None:
    assert rounded(drawn("100 200 50 40 re S")) == (
        [(200, 100, 150), (240, 100, 150)],
        [(100, 200, 240), (150, 200, 240)],
    )
    assert drawn("100 200 50 40 re f") is None


def test_bars_of_one_path_are_lines_each() -> None:
    found = rounded(drawn("100 200 50 0.5 re 100 240 50 0.5 re 100 200 0.5 40 re f"))
    assert found == ([(200, 100, 150), (240, 100, 150)], [(100, 200, 240)])


def test_what_is_neither_filled_nor_stroked_is_no_line() -> None:
    assert drawn("100 200 m 300 200 l n") is None
    assert drawn("100 200 m S") is None
    assert drawn("") is None


def test_slanted_lines_and_dots_are_none() -> None:
    assert drawn("100 200 m 300 260 l S 100 100 2 2 re f") is None


def test_a_curve_of_many_pieces_is_a_picture_as_a_signature_may_be() -> None:
    scrawl = "100 100 m " + " ".join(f"{n} 120 {n + 3} 90 {n + 8} 110 c" for n in range(100, 240, 8)) + " S"
    found = drawn(scrawl + " 100 200 m 300 200 l S")
    assert found is not None
    assert len(found.pictures) == 1


def test_lines_inside_a_form_are_where_the_form_stands() -> None:
    found = drawn("q 1 0 0 1 0 0 cm 612 0 0 792 0 0 cm /Im Do Q 100 200 m 300 200 l S")
    assert rounded(found) == ([(200, 100, 300)], [])


def test_beyond_a_bound_a_page_is_told_in_part() -> None:
    many = "\n".join(f"{n % 600} 100 m {n % 600 + 7} 100 l S" for n in range(21_000))
    found = drawn(many)
    assert found is not None
    assert not found.whole
    one = "0 0 m " + " ".join(f"{n % 600} {n % 700} l" for n in range(2_500)) + " S 100 200 m 300 200 l S"
    assert rounded(drawn(one)) == ([(200, 100, 300)], [])


def test_lines_turn_with_their_page() -> None:
    lines = Ruling([(200.0, 100.0, 300.0)], [(50.0, 10.0, 20.0)], [(0.0, 0.0, 2.0, 1.0)])
    assert lines.turned(0) is lines
    assert lines.turned(1) == Ruling([(-50.0, 10.0, 20.0)], [(200.0, -300.0, -100.0)], [(0.0, -2.0, 1.0, 0.0)])
    assert lines.turned(2).across == [(-200.0, -300.0, -100.0)]
    assert lines.turned(1).turned(3) == lines
    assert turned_box((0, 0, 2, 1), 4) == (0, 0, 2, 1)
