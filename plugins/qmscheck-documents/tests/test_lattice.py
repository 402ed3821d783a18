"""Lines put together to tables."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from qmscheck_documents.lattice import Cell, Lattice, lattices

Rule = tuple[float, float, float]


def grid(xs: list[float], ys: list[float]) -> tuple[list[Rule], list[Rule]]:
    return [(y, xs[0], xs[-1]) for y in ys], [(x, ys[0], ys[-1]) for x in xs]


def one(across: list[Rule], down: list[Rule]) -> Lattice:
    found = lattices(across, down)
    assert found is not None
    assert len(found) == 1
    return found[0]


def test_lines_that_cross_enclose_cells_from_the_top_left() -> None:
    table = one(*grid([0, 50, 100], [0, 20, 40]))
    assert (table.width, table.height) == (2, 2)
    assert table.cells == (Cell(0, 0, 1, 1), Cell(0, 1, 1, 1), Cell(1, 0, 1, 1), Cell(1, 1, 1, 1))
    assert [table.cell_at(*point) for point in ((10, 30), (60, 30), (10, 10), (60, 10))] == [0, 1, 2, 3]
    assert [table.cell_at(*point) for point in ((-1, 10), (101, 10), (10, 41), (10, -1))] == [-1, -1, -1, -1]


def test_a_line_that_is_missing_between_two_cells_merges_them() -> None:
    across, down = grid([0, 50, 100], [0, 20, 40])
    table = one(across, [down[0], (50, 0, 20), down[2]])
    assert table.cells[0] == Cell(0, 0, 1, 2)
    assert table.cell_at(10, 30) == table.cell_at(90, 30) == 0


def test_borders_drawn_piece_by_piece_and_twice_are_one_line() -> None:
    across, down = grid([0, 50, 100], [0, 20, 40])
    pieces = [(y + 0.5, a, b) for y, _, _ in across for a, b in ((0, 49), (51, 100))]
    assert one([*across, *pieces], down) == one(across, down) or len(one([*across, *pieces], down).cells) == 4


def test_sides_that_are_not_drawn_close_where_the_lines_end() -> None:
    across, down = grid([0, 50, 100], [0, 20, 40])
    assert len(one(across, [down[1]]).cells) == 4
    assert len(one(across[1:2], down).cells) == 4


def test_two_tables_side_by_side_are_two() -> None:
    left, right = grid([0, 50, 100], [0, 20, 40]), grid([110, 150, 200], [0, 20, 40])
    found = lattices(left[0] + right[0], left[1] + right[1])
    assert found is not None
    assert [table.xs[0] for table in found] == [110, 0]


def test_a_cell_that_is_no_rectangle_makes_no_table() -> None:
    across = [(0, 0, 100), (20, 50, 100), (40, 0, 100)]
    down = [(0, 0, 40), (50, 0, 20), (100, 0, 40), (75, 20, 40)]
    assert lattices(across, down) == []


def test_a_box_and_a_cross_are_no_tables() -> None:
    assert lattices(*grid([0, 100], [0, 40])) == []
    assert lattices([(20, 0, 100)], [(50, 0, 40)]) == []
    assert lattices([(20, 0, 100)], []) == []


def test_boxes_on_a_string_are_a_drawing() -> None:
    across = [(0, 0, 20), (20, 0, 20), (10, 20, 200), (0, 200, 220), (20, 200, 220)]
    down = [(0, 0, 20), (20, 0, 20), (200, 0, 20), (220, 0, 20)]
    assert lattices(across, down) == []


def test_more_lines_than_can_be_told_are_named_as_such() -> None:
    many = [(float(n * 10), 0.0, 9000.0) for n in range(700)]
    assert lattices(many, many) is None
    fewer = [(float(n * 10), 0.0, 2000.0) for n in range(200)]
    assert lattices(fewer, fewer) == []


@given(
    st.lists(st.integers(10, 80), min_size=1, max_size=5),
    st.lists(st.integers(10, 80), min_size=2, max_size=5),
)
def test_each_point_of_a_table_lies_in_the_cell_that_covers_it(widths: list[int], heights: list[int]) -> None:
    xs = [float(sum(widths[:n])) for n in range(len(widths) + 1)]
    ys = [float(sum(heights[:n])) for n in range(len(heights) + 1)]
    table = one(*grid(xs, ys))
    for n, cell in enumerate(table.cells):
        x = (xs[cell.column] + xs[cell.column + 1]) / 2
        row = len(heights) - 1 - cell.row
        assert table.cell_at(x, (ys[row] + ys[row + 1]) / 2) == n
