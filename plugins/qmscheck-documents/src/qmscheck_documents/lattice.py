"""Lines across and down put together to tables: which cells they enclose, and which of them are merged.

Points of the page, in a system in which the text stands upright and y grows upwards. Nothing here knows of PDF.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Cell", "Lattice", "lattices"]

_NEAR = 3.0
#: Beyond these a page is a drawing: crossings that are tried, and the smallest cells of one table.
_CROSSINGS = 400_000
_CELLS = 20_000
_FILLED = 0.6

Rule = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its first row and column, counted from 0 at the top left, and how many of each it covers."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """A table as it is drawn. `xs` are the edges of columns from left to right, `ys` of rows from the bottom up.

    `head` says that it is a row of a head table which the places of its words tell (see `aligned`).
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Cell, ...]
    at: tuple[int, ...]  # for each row from the top and each column in it: the number of its cell, or -1
    head: bool = False

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.ys) - 1

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.xs) - 1

    @property
    def area(self) -> float:
        """How much of the page the table takes."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])

    def cell_at(self, x: float, y: float) -> int:
        """Give the number of the cell at a point, or -1."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if not (0 <= column < self.width and 0 <= row < self.height):
            return -1
        return self.at[(self.height - 1 - row) * self.width + column]


def lattices(across: Sequence[Rule], down: Sequence[Rule]) -> list[Lattice] | None:
    """Give the tables of a page from the smallest to the largest; None for a drawing of more lines than can be told."""
    lying, standing = _merged(across), _merged(down)
    if len(lying) * len(standing) > _CROSSINGS:
        return None
    found = (_lattice(*part) for part in _parts(lying, standing))
    return sorted((one for one in found if one is not None), key=lambda one: one.area)


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Put together what lies on one line: borders are drawn cell by cell, and twice."""
    merged: list[Rule] = []
    for at, together in _lines(rules):
        start, end = together[0][1], together[0][2]
        for _, low, high in together[1:]:
            if low <= end + _NEAR:
                end = max(end, high)
            else:
                merged.append((at, start, end))
                start, end = low, high
        merged.append((at, start, end))
    return merged


def _lines(rules: Sequence[Rule]) -> Iterator[tuple[float, list[Rule]]]:
    """Give the rules on each line with the place of the line, by their beginnings."""
    group: list[Rule] = []
    for rule in sorted(rules):
        if group and rule[0] > group[0][0] + _NEAR:
            yield sum(one[0] for one in group) / len(group), sorted(group, key=lambda one: one[1])
            group = []
        group.append(rule)
    if group:
        yield sum(one[0] for one in group) / len(group), sorted(group, key=lambda one: one[1])


def _parts(lying: list[Rule], standing: list[Rule]) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Give the lines that hang together by crossing or touching."""
    leads = list(range(len(lying) + len(standing)))
    places = [rule[0] for rule in standing]
    for n, (y, left, right) in enumerate(lying):
        for m in range(bisect_left(places, left - _NEAR), bisect_right(places, right + _NEAR)):
            if standing[m][1] - _NEAR <= y <= standing[m][2] + _NEAR:
                leads[_lead(leads, n)] = _lead(leads, len(lying) + m)
    parts: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for n in range(len(leads)):
        pair = parts.setdefault(_lead(leads, n), ([], []))
        if n < len(lying):
            pair[0].append(lying[n])
        else:
            pair[1].append(standing[n - len(lying)])
    yield from parts.values()


def _lead(leads: list[int], n: int) -> int:
    while leads[n] != n:
        leads[n] = leads[leads[n]]
        n = leads[n]
    return n


def _lattice(lying: list[Rule], standing: list[Rule]) -> Lattice | None:
    """Give the table that some lines enclose, or None where they enclose none, or only a part of what they span."""
    if not lying or not standing or len(lying) + len(standing) < 3:  # noqa: PLR2004
        return None
    standing, lying = [*standing, *_open_sides(lying, standing)], [*lying, *_open_sides(standing, lying)]
    xs, ys = _edges(standing), _edges(lying)
    wide, high = len(xs) - 1, len(ys) - 1
    if wide < 1 or high < 1 or wide * high > _CELLS:
        return None
    regions = _regions(xs, ys, lying, standing)
    return None if regions is None else _told(xs, ys, regions)


def _open_sides(crossing: list[Rule], ending: list[Rule]) -> list[Rule]:
    """Close a table whose sides are not drawn, where two lines or more end at the same place."""
    added = []
    for end in (1, 2):
        outermost = min(rule[1] for rule in crossing) if end == 1 else max(rule[2] for rule in crossing)
        if any(abs(rule[0] - outermost) <= _NEAR for rule in ending):
            continue
        reached = [rule[0] for rule in crossing if abs(rule[end] - outermost) <= _NEAR]
        if len(reached) > 1:
            added.append((outermost, min(reached), max(reached)))
    return added


def _edges(rules: Sequence[Rule]) -> list[float]:
    return [at for at, _ in _lines(rules)]


def _regions(xs: list[float], ys: list[float], lying: list[Rule], standing: list[Rule]) -> list[int] | None:
    """Give for each smallest cell, by rows from the bottom, the first cell it is merged with; -1 for the outside."""
    wide, high = len(xs) - 1, len(ys) - 1
    outside = wide * high
    leads = list(range(outside + 1))
    bars = _drawn(lying, ys, xs)
    posts = _drawn(standing, xs, ys)
    for row in range(high):
        for column in range(wide):
            here = row * wide + column
            sides = (
                (bars[row][column], here - wide if row else outside),
                (bars[row + 1][column], here + wide if row + 1 < high else outside),
                (posts[column][row], here - 1 if column else outside),
                (posts[column + 1][row], here + 1 if column + 1 < wide else outside),
            )
            for drawn, beyond in sides:
                if not drawn:
                    leads[_lead(leads, here)] = _lead(leads, beyond)
    end = _lead(leads, outside)
    return [-1 if _lead(leads, n) == end else _lead(leads, n) for n in range(outside)]


def _drawn(rules: Sequence[Rule], places: list[float], along: list[float]) -> list[list[bool]]:
    """Say for each place and each step along it whether a line is drawn there."""
    drawn = [[False] * (len(along) - 1) for _ in places]
    middles = [(a + b) / 2 for a, b in pairwise(along)]
    for at, start, end in rules:
        place = min(range(len(places)), key=lambda n: abs(places[n] - at))
        for step in range(bisect_left(middles, start), bisect_right(middles, end)):
            drawn[place][step] = True
    return drawn


def _told(xs: list[float], ys: list[float], regions: list[int]) -> Lattice | None:
    """Number the cells from the top; None where one is no rectangle, or where most of the table is open."""
    wide, high = len(xs) - 1, len(ys) - 1
    members: dict[int, list[tuple[int, int]]] = {}
    for row in range(high):
        for column in range(wide):
            lead = regions[(high - 1 - row) * wide + column]
            if lead >= 0:
                members.setdefault(lead, []).append((row, column))
    cells, at = [], [-1] * (wide * high)
    closed = 0.0
    for number, places in enumerate(members.values()):
        rows, columns = [row for row, _ in places], [column for _, column in places]
        top, first = min(rows), min(columns)
        cell = Cell(top, first, max(rows) - top + 1, max(columns) - first + 1)
        if cell.rows * cell.columns != len(places):
            return None
        cells.append(cell)
        for row, column in places:
            at[row * wide + column] = number
            closed += (xs[column + 1] - xs[column]) * (ys[high - row] - ys[high - row - 1])
    if len(cells) < 2 or closed < _FILLED * (xs[-1] - xs[0]) * (ys[-1] - ys[0]):  # noqa: PLR2004
        return None
    return Lattice(tuple(xs), tuple(ys), tuple(cells), tuple(at))
