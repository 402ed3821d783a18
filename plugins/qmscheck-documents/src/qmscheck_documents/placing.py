"""The words of a PDF page put into the cells of its tables; each word goes to one cell, or stays in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import NamedTuple

from qmscheck_documents.approvals import PICTURE
from qmscheck_documents.labels import folded, is_label
from qmscheck_documents.lattice import Lattice
from qmscheck_documents.wording import joined

__all__ = ["Page", "Piece", "Table", "placed"]

_WORDS = re.compile(r"\S+")
#: Lines from which on a cell over the whole width holds ordinary text, as in a frame around a page.
_LONG = 10
_NARROW = 8.0
_RIGHT_TO_LEFT = frozenset({"R", "AL"})

#: A gap within a word, in heights of its letters, that is none.
_TOUCHING = 0.2
#: A blank between words of one line, in the same measure, at most.
_BLANK = 0.5
#: Share of the words of a table that its lines may cross.
_CROSSED = 0.1

#: Left, lower, right and upper edge.
Box = tuple[float, float, float, float]
#: Where a character of the text of a page stands, or None where PDFium does not tell.
Where = Callable[[int], "Box | None"]
#: A table by its number, and a cell of it; (-1, -1) for the text of the page.
Key = tuple[int, int]
_TEXT: Key = (-1, -1)


class Piece(NamedTuple):
    """A part of a line of a page that stands in no table: where it begins in the text of the page, and its words."""

    start: int
    text: str


class Table(NamedTuple):
    """A table of a page: its rows, and the edges of its columns in points.

    A row over which one cell lies has this cell alone. `at_edge` says that it stands at the top or bottom of the page,
    `head` that it is a row of a head table without lines.
    """

    page: int
    rows: tuple[tuple[str, ...], ...]
    edges: tuple[float, ...]
    at_edge: bool = False
    head: bool = False


class _Line(NamedTuple):
    """A line of a page with its words in tables: from where to where they go in the line, and to which cell."""

    start: int
    text: str
    parts: Sequence[tuple[int, int, Key]]


class Page(NamedTuple):
    """A page as it is read: its number, its text, where each character of it stands, and its pictures.

    Below the first and above the second of `margins` lie footers and headers.
    """

    number: int
    text: str
    where: Where
    pictures: Sequence[Box] = ()
    margins: tuple[float, float] = (-inf, inf)


def placed(page: Page, lattices: Sequence[Lattice]) -> list[Piece | Table]:
    """Give the tables of a page, each in the place of its first word, and what is left of its lines."""
    lines = list(_placed(page.text, lattices, page.where))
    cells = _cells(lines)
    crossed = _crossed(lines, lattices, page.where)
    keep = [
        lattice
        for n, lattice in enumerate(lattices)
        if _is_table(lattice, {cell: told for (k, cell), told in cells.items() if k == n}, crossed[n])
    ]
    if len(keep) < len(lattices):
        return placed(page, keep)
    long = {key for key, words in cells.items() if _is_text(lattices[key[0]], key[1], words)}
    grids = _Grids(lattices, {key: words for key, words in cells.items() if key not in long}, page)
    given: set[int] = set()
    found: list[Piece | Table] = []
    for line in lines:
        for start, end, key in _runs(line, long):
            if key == _TEXT:
                found.append(Piece(line.start + start, line.text[start:end]))
            elif key[0] not in given:
                given.add(key[0])
                found.append(grids.table(key[0]))
    return found


def _placed(text: str, lattices: Sequence[Lattice], where: Where) -> Iterator[_Line]:
    at = 0
    for line in text.split("\n"):
        bare = line.rstrip("\r")
        parts: list[tuple[int, int, Key]] = []
        for word in _WORDS.finditer(bare):
            parts.extend(_parts(word[0], word.start(), at, lattices, where))
        if parts:
            yield _Line(at, bare, parts)
        at += len(line) + 1


def _parts(word: str, start: int, at: int, lattices: Sequence[Lattice], where: Where) -> Iterator[tuple[int, int, Key]]:
    """Give a word with its cell; one that goes on in another cell after a gap, which PDFium took for none, in parts.

    A word that a line crosses stays whole, in the cell where it begins.
    """
    first, last = at + start, at + start + len(word.rstrip("\ufffe")) - 1
    key = _key(lattices, where(first))
    if last <= first or _key(lattices, where(last)) == key:
        yield start, start + len(word), key
        return
    begun, before = start, where(first)
    for n in range(1, last - first + 1):
        box = where(first + n)
        here = _key(lattices, box)
        if box is not None and before is not None and here != key and _is_apart(before, box):
            yield begun, start + n, key
            begun, key = start + n, here
        before = box
    yield begun, start + len(word), key


def _is_apart(before: Box, box: Box) -> bool:
    """Say whether a character stands in another place than right behind the one before."""
    high = max(before[3] - before[1], box[3] - box[1])
    return not -_TOUCHING * high < box[0] - before[2] < _TOUCHING * high or abs(box[1] - before[1]) > high


def _key(lattices: Sequence[Lattice], box: Box | None) -> Key:
    if box is not None:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        for n, lattice in enumerate(lattices):
            cell = lattice.cell_at(x, y)
            if cell >= 0:
                return n, cell
    return _TEXT


def _crossed(lines: Sequence[_Line], lattices: Sequence[Lattice], where: Where) -> list[int]:
    """Count for each table where a text runs on over one of its lines: often, and the lines lie behind a text."""
    crossed = [0] * len(lattices)
    for line in lines:
        before: tuple[int, Key] | None = None
        for start, end, key in line.parts:
            if key != _TEXT and _key(lattices, where(line.start + end - 1)) not in {key, _TEXT}:
                crossed[key[0]] += 1
            elif before is not None and before[1] != key and before[1][0] == key[0]:
                left, right = where(line.start + before[0]), where(line.start + start)
                crossed[key[0]] += left is not None and right is not None and _goes_on(left, right)
            before = end - 1, key
    return crossed


def _goes_on(left: Box, right: Box) -> bool:
    """Say whether a word stands behind another as words of one sentence do."""
    high = max(left[3] - left[1], right[3] - right[1])
    return 0 < right[0] - left[2] < _BLANK * high and abs(left[1] - right[1]) < high / 2


def _cells(lines: Sequence[_Line]) -> dict[Key, list[str]]:
    """Give the lines of each cell that has any."""
    cells: dict[Key, list[str]] = {}
    for line in lines:
        here: dict[Key, list[str]] = {}
        for start, end, key in line.parts:
            if key != _TEXT:
                here.setdefault(key, []).append(line.text[start:end])
        for key, words in here.items():
            cells.setdefault(key, []).append(" ".join(words))
    return cells


def _is_table(lattice: Lattice, cells: dict[int, list[str]], crossed: int) -> bool:
    """Say whether the words in a lattice make it a table: not a box around a text, not a drawing with a word in it."""
    if len(cells) < 2:  # noqa: PLR2004
        return False
    words = sum(line.count(" ") + 1 for told in cells.values() for line in told)
    if crossed > 1 and crossed > _CROSSED * words:
        return False
    return lattice.height > 1 or max(map(len, cells.values())) <= _LONG


def _is_text(lattice: Lattice, cell: int, words: Sequence[str]) -> bool:
    return lattice.cells[cell].columns == lattice.width and len(words) > _LONG


def _runs(line: _Line, long: set[Key]) -> Iterator[tuple[int, int, Key]]:
    """Give the stretches of a line that stand in the text or in one table."""
    begun, ended, before = -1, -1, _TEXT
    for start, end, key in line.parts:
        told = _TEXT if key in long else (key[0], -1)
        if begun >= 0 and told == before:
            ended = end
            continue
        if begun >= 0:
            yield begun, ended, before
        begun, ended, before = start, end, told
    if begun >= 0:
        yield begun, ended, before


class _Grids:
    """The cells of the tables of a page, with their words."""

    def __init__(self, lattices: Sequence[Lattice], cells: dict[Key, list[str]], page: Page) -> None:
        self._lattices, self._page, self._margins = lattices, page.number, page.margins
        self._cells = {key: _joined(words) for key, words in cells.items()}
        for picture in page.pictures:
            key = _key(lattices, picture)
            if key != _TEXT:
                self._cells.setdefault(key, PICTURE)

    def table(self, number: int) -> Table:
        """Give one of the tables; rows and columns in which nothing begins are left out."""
        lattice = self._lattices[number]
        grid = [[""] * lattice.width for _ in range(lattice.height)]
        begins = [False] * lattice.height
        over = {cell.row for cell in lattice.cells if cell.columns == lattice.width}
        for n, cell in enumerate(lattice.cells):
            begins[cell.row] = True
            grid[cell.row][cell.column] = self._cells.get((number, n), "")
        xs = lattice.xs
        kept = [n for n in range(lattice.width) if xs[n + 1] - xs[n] >= _NARROW or any(row[n] for row in grid)]
        if _is_right_to_left(grid):
            kept.reverse()
        rows = [
            (row[0],) if n in over and lattice.width > 1 else tuple(row[c] for c in kept)
            for n, row in enumerate(grid)
            if begins[n] and (n not in over or row[0])
        ]
        bottom, top = self._margins
        return Table(
            self._page, tuple(rows), xs, at_edge=lattice.ys[0] >= top or lattice.ys[-1] <= bottom, head=lattice.head
        )


def _joined(words: Sequence[str]) -> str:
    """Join the lines of a cell; a line that ends in a removed hyphen goes on in the next.

    Where a label stands alone above the rest, as in the heads of forms, a colon is put behind it.
    """
    if len(words) > 1 and is_label(folded(words[0])) and not is_label(folded(" ".join(words))):
        words = (words[0].rstrip(": ") + ":", *words[1:])
    return joined("\n".join(words).replace("\ufffe\n", "\ufffe"))


def _is_right_to_left(grid: Sequence[Sequence[str]]) -> bool:
    """Say whether the words of a table are written from right to left, as its columns are then."""
    text = "".join(cell for row in grid for cell in row)
    if text.isascii():
        return False
    letters = [letter for letter in text if letter.isalpha()]
    return sum(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in letters) * 2 > len(letters)
