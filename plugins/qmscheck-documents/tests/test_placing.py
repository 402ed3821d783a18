"""Words put into cells. Each character of these pages is ten wide and ten high."""

from __future__ import annotations

from qmscheck_documents.approvals import PICTURE
from qmscheck_documents.lattice import Lattice, lattices
from qmscheck_documents.placing import Box, Page, Piece, Table, placed


def lattice(xs: list[float], ys: list[float]) -> Lattice:
    found = lattices([(y, xs[0], xs[-1]) for y in ys], [(x, ys[0], ys[-1]) for x in xs])
    assert found is not None
    return found[0]


def page(*lines: tuple[float, float, str], pictures: tuple[Box, ...] = (), lost: str = "") -> Page:
    """Make a page of lines, each with the place of its first letter; of the letters in `lost` nobody knows where."""
    text = "\r\n".join(line for _, _, line in lines)
    boxes: list[Box | None] = []
    for x, y, line in lines:
        boxes += [None if c in lost else (x + 10 * n, y, x + 10 * n + 9, y + 10) for n, c in enumerate(line)]
        boxes += [None, None]
    return Page(1, text, lambda at: boxes[at], pictures)


TWO = lattice([0, 100, 300], [0, 20, 40])


def rows(found: list[Piece | Table]) -> list[tuple[str, ...]]:
    return [row for item in found if isinstance(item, Table) for row in item.rows]


def test_words_go_to_the_cells_they_stand_in_and_the_rest_stays() -> None:
    found = placed(
        page((0, 100, "Above"), (5, 25, "A            B C"), (5, 5, "D            E F                out")), [TWO]
    )
    assert found == [
        Piece(0, "Above"),
        Table(1, (("A", "B C"), ("D", "E F")), (0, 100, 300)),
        Piece(57, "out"),
    ]


def test_a_word_that_goes_on_in_the_next_cell_without_a_gap_is_whole_and_with_one_is_two() -> None:
    assert rows(placed(page((45, 25, "Long-word"), (5, 5, "D            E")), [TWO])) == [("Long-word", ""), ("D", "E")]
    together = Page(
        1, "AB\nDE", [(5, 25, 14, 35), (150, 25, 159, 35), None, (5, 5, 14, 15), (150, 5, 159, 15)].__getitem__
    )
    assert rows(placed(together, [TWO])) == [("A", "B"), ("D", "E")]


def test_a_word_of_which_nobody_knows_the_place_stays_in_the_text() -> None:
    found = placed(page((5, 25, "A            B"), (5, 5, "D            E   ?"), lost="?"), [TWO])
    assert [item.text for item in found if isinstance(item, Piece)] == ["?"]


def test_a_hyphen_at_the_end_of_a_line_of_a_cell_joins_its_word() -> None:
    found = placed(page((5, 28, "Sys\ufffe"), (5, 22, "tem          B"), (5, 5, "D")), [TWO])
    assert rows(found) == [("System", "B"), ("D", "")]


def test_a_picture_in_an_empty_cell_may_be_a_signature() -> None:
    signed = page((5, 25, "Signature"), (5, 5, "Date"), pictures=((150, 22, 200, 38), (400, 0, 500, 50)))
    assert rows(placed(signed, [TWO])) == [("Signature", PICTURE), ("Date", "")]


def test_a_table_inside_a_cell_is_a_table_of_its_own() -> None:
    inner = lattice([110, 160, 250], [2, 10, 18])
    found = placed(
        page((5, 25, "A            B"), (5, 5, "D"), (115, 11, "a     b"), (115, 3, "c     d")), [inner, TWO]
    )
    assert rows(found) == [("A", "B"), ("D", ""), ("a", "b"), ("c", "d")]


def test_a_lattice_with_words_in_one_cell_is_no_table() -> None:
    only = page((5, 25, "A"))
    assert placed(only, [TWO]) == [Piece(0, "A")]


def test_a_table_written_from_right_to_left_begins_at_the_right() -> None:
    assert rows(placed(page((5, 25, "ב            א"), (5, 5, "ד            ג")), [TWO])) == [("א", "ב"), ("ג", "ד")]


def test_narrow_columns_without_words_are_borders() -> None:
    table = lattice([0, 100, 106, 300], [0, 20, 40])
    assert rows(placed(page((5, 25, "A            B"), (5, 5, "D            E")), [table])) == [("A", "B"), ("D", "E")]


def test_a_label_above_the_rest_of_its_cell_gets_a_colon() -> None:
    found = placed(
        page((5, 28, "Version      Site"), (5, 22, "3            Halden"), (5, 5, "Page         Owner")), [TWO]
    )
    assert rows(found) == [("Version: 3", "Site Halden"), ("Page", "Owner")]
