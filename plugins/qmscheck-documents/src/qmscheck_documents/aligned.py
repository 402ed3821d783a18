"""Tables that nobody ruled, or only across: told by where their words stand, and only where that is certain.

Two kinds are certain: rows that begin with a label of a head table and go on after a wide gap (`Version      3`), and
words that stand in columns between three or more lines of one length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from qmscheck_documents.approvals import signed
from qmscheck_documents.labels import column_of, folded, is_label
from qmscheck_documents.lattice import Cell, Lattice
from qmscheck_documents.ruling import Box

__all__ = ["Word", "banded", "head_rows", "head_table", "is_wide", "label_of", "rows_of"]

_NEAR = 3.0
#: A gap between cells, in heights of letters: blanks are a quarter to a third, in justified text seldom more than one.
_WIDE = 1.0
_COLUMN = 0.55
_NEXT = 1.7  # heights of letters from one line of a cell to the next, at most
_UNDER = 3.0  # and from a heading to what stands under it
_LONGEST_LABEL = 5
_LONG = 10
_MOST_BANDS = 200
_HEAD_AND_BODY = 2
_NUMBERS = frozenset({"version", "doc_id"})
_SMALL = 8.0
_ROOM = 4.0  # heights of letters between tables, at least

Rule = tuple[float, float, float]


#: Columns from left to right, and the lines of each row.
Divided = tuple[list[tuple[float, float]], "list[list[list[Word]]]"]


#: The lines of a row, and the cells of its first line.
_Row = tuple["list[Sequence[Word]]", "list[list[Word]]"]


class Word(NamedTuple):
    """A word and where it stands."""

    text: str
    box: Box

    @property
    def high(self) -> float:
        """How high its letters are."""
        return self.box[3] - self.box[1]


def label_of(text: str) -> str | None:
    """Give the known label with which a line begins, without a colon behind it; the longest one."""
    words = text.split(None, _LONGEST_LABEL)[:_LONGEST_LABEL]
    told = folded(" ".join(words)).split()
    longest = next((label for n in range(len(told), 0, -1) if is_label(label := " ".join(told[:n]))), None)
    if longest is None:
        return None
    begun = (" ".join(words[: n + 1]) for n in range(len(words)))
    return next((label for label in begun if folded(label) == longest), None)


def rows_of(words: Iterable[Word]) -> list[list[Word]]:
    """Give the words line by line, from the top and from the left."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda one: -_middle(one)):
        if rows and abs(_middle(rows[-1][0]) - _middle(word)) <= max(rows[-1][0].high, word.high) / 2:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda one: one.box[0]) for row in rows]


def is_wide(row: Sequence[Word], size: float) -> bool:
    """Say whether a line reads as a row of a head table: a label, a wide gap, and a value."""
    return _is_head(list(_cells(row, _WIDE * size)))


def head_rows(rows: Sequence[Sequence[Word]], size: float) -> Iterator[Lattice]:
    """Give each row of a head table as a table of its own: label and value, once or several times.

    `rows` are all lines of the page from the top, `size` the height of their letters. Lines with gaps that stand close
    together are one table; it is a head table where half of them or more begin with a label.
    """
    for group in _groups(rows, size):
        block = _approvals(group)
        if block is not None:
            yield block
            continue
        heads = [_is_head(cells) for _, cells in group]
        if sum(heads) * 2 < len(heads) or not any(heads) or _is_contents([cells for _, cells in group]):
            continue
        n = 0
        while n < len(group):
            lines, cells = group[n]
            n += 1
            if all(map(_known, cells)):
                if n < len(group) and _stand_under(cells, group[n][1]):
                    yield _lattice(_bounds(cells, group[n][1]), [lines, group[n][0]], head=True)
                    n += 1
                continue
            yield _lattice([_span(cell) for cell in cells], [lines], head=True)


def _approvals(group: Sequence[_Row]) -> Lattice | None:
    """Give lines with gaps as one table where they are a block of approvals; its columns run through all lines."""
    words = [word for lines, _ in group for line in lines for word in line]
    columns = _columns(words, _gap(words))
    if len(group) < _HEAD_AND_BODY or len(columns) <= _HEAD_AND_BODY:
        return None
    grid = [[""] * len(columns) for _ in group]
    for n, (lines, _) in enumerate(group):
        for word in (word for line in lines for word in line):
            at = _column(word, columns)
            grid[n][at] = f"{grid[n][at]} {word.text}".strip()
    found = signed(grid)
    if found is None or found.history or not any(label == "approved by" for label, _ in found.told):
        return None
    return _lattice(columns, [lines for lines, _ in group])


def _groups(rows: Sequence[Sequence[Word]], size: float) -> Iterator[list[_Row]]:
    """Give lines with gaps that follow each other closely, each with the lines that go on with its values."""
    group: list[_Row] = []
    for row in rows:
        cells = list(_cells(row, _WIDE * size))
        if group and _goes_on(group[-1][0][-1], row, group[-1][1], size):
            group[-1][0].append(row)
        elif len(cells) > 1:
            if group and _middle(group[-1][0][-1][0]) - _middle(row[0]) > _UNDER * size:
                yield group
                group = []
            group.append(([row], cells))
        elif group:
            yield group
            group = []
    if group:
        yield group


def head_table(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Give the rows of a head table as label and value, from rows of cells as `head_rows` finds them."""
    told: list[tuple[str, ...]] = []
    heads: tuple[str, ...] = ()
    for row in rows:
        known = [is_label(folded(cell)) for cell in row]
        if heads:
            told.extend(zip(heads, row, strict=True))
            heads = ()
        elif all(known):
            heads = row
        else:
            told.append(row if any(known[1:]) else (row[0], " ".join(row[1:])))
    return told


def banded(across: Sequence[Rule], words: Sequence[Word]) -> Iterator[Lattice]:
    """Give the tables whose rows stand between lines of one length, and whose columns nothing but gaps divide."""
    for rules in _alike(across):
        left, right = rules[0][1], rules[0][2]
        inside = [word for word in words if left - _NEAR <= word.box[0] and word.box[2] <= right + _NEAR]
        edges = [rule[0] for rule in rules]
        bands = [[word for word in inside if low < _middle(word) < top] for top, low in pairwise(edges)]
        for found in _between(bands, edges):
            yield _lattice(*found, (left, right))


def _between(bands: Sequence[list[Word]], edges: Sequence[float]) -> Iterator[Divided]:
    """Give the one table that all bands are; or tables of headings and body one below the other, and text between."""
    whole = _banded(bands) if len(bands) > 1 and all(bands) else None
    if whole is not None:
        yield whole
        return
    n = 0
    while n + 1 < len(bands):
        ends = n + 2 == len(bands) or _is_gap(bands[n + 2], edges[n + 2] - edges[n + 3])
        found = _banded(bands[n : n + 2]) if ends and bands[n] and bands[n + 1] else None
        if found is not None:
            yield found
        n += 1 if found is None else 3


def _is_gap(band: Sequence[Word], height: float) -> bool:
    """Say whether there is more room between two lines than a row of a table has."""
    return not band or height > _ROOM * median(word.high for word in band)


def _banded(bands: Sequence[list[Word]]) -> Divided | None:
    """Give columns and rows of a table; None where a column has no heading, or nobody can tell the rows."""
    together = [word for band in bands for word in band]
    columns = _columns(together, _gap(together))
    filled = [{_column(word, columns) for word in band} for band in bands]
    if min(map(len, filled)) < 2 or not filled[0].issuperset(range(1, len(columns))):  # noqa: PLR2004
        return None
    rows = _rows(bands, columns)
    return None if rows is None else (columns, rows)


def _gap(words: Sequence[Word]) -> float:
    """Give how wide a gap between columns must be."""
    return _COLUMN * max(median(word.high for word in words), _SMALL)


def _middle(word: Word) -> float:
    return (word.box[1] + word.box[3]) / 2


def _cells(row: Sequence[Word], gap: float) -> Iterator[list[Word]]:
    """Divide a line where there is a wide gap."""
    cell: list[Word] = []
    for word in row:
        if cell and word.box[0] - cell[-1].box[2] >= gap:
            yield cell
            cell = []
        cell.append(word)
    if cell:
        yield cell


def _known(cell: Sequence[Word]) -> bool:
    return is_label(_label(cell)) and not any(word.text.startswith("..") or word.text == "." for word in cell)


def _is_head(cells: Sequence[Sequence[Word]]) -> bool:
    """Say whether a line reads `label, value`: labels in all odd places, or in the first alone, or in all."""
    if len(cells) < 2 or not _known(cells[0]):  # noqa: PLR2004
        return False
    known = [_known(cell) for cell in cells]
    if len(cells) == 2 and cells[0][-1].text.endswith(":"):  # noqa: PLR2004
        return False  # a line of text tells that as well
    return all(known) or not any(known[1:]) or known == [n % 2 == 0 for n in range(len(known))]


def _is_contents(rows: Sequence[Sequence[Sequence[Word]]]) -> bool:
    """Say whether lines lead to pages: all end in a number, or one does behind a label of something that is none."""
    ends = [(next(filter(is_label, map(_label, cells[-2::-1])), ""), cells[-1][-1].text) for cells in rows]
    numbers = [text.isdecimal() for _, text in ends]
    return (len(rows) > 1 and all(numbers)) or any(
        number and label and len(cells[-1]) == 1 and column_of(label) not in _NUMBERS
        for number, (label, _), cells in zip(numbers, ends, rows, strict=True)
    )


def _label(cell: Sequence[Word]) -> str:
    return folded(" ".join(word.text for word in cell))


def _stand_under(heads: Sequence[Sequence[Word]], cells: Sequence[Sequence[Word]]) -> bool:
    """Say whether each cell stands under a heading of its own, and none is a label."""
    return len(heads) == len(cells) and all(
        not _known(cell) and _span(cell)[0] < _span(head)[1] and _span(head)[0] < _span(cell)[1]
        for head, cell in zip(heads, cells, strict=True)
    )


def _goes_on(before: Sequence[Word], row: Sequence[Word], cells: Sequence[Sequence[Word]], size: float) -> bool:
    """Say whether a line goes on with the values of the one before: close below, and nothing under the label."""
    return (
        0 < _middle(before[0]) - _middle(row[0]) <= _NEXT * size
        and row[0].box[0] >= cells[1][0].box[0] - _NEAR
        and not _known(row)
    )


def _span(cell: Sequence[Word]) -> tuple[float, float]:
    return cell[0].box[0], max(word.box[2] for word in cell)


def _bounds(cells: Sequence[Sequence[Word]], below: Sequence[Sequence[Word]]) -> list[tuple[float, float]]:
    spans = [(_span(a), _span(b)) for a, b in zip(cells, below, strict=True)]
    return [(min(a[0], b[0]), max(a[1], b[1])) for a, b in spans]


def _alike(across: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Give lines of one length below each other, three or more, from the top."""
    groups: dict[tuple[int, int], list[Rule]] = {}
    for rule in sorted(across, reverse=True):
        key = next(
            (one for one in groups if abs(one[0] - rule[1]) <= _NEAR and abs(one[1] - rule[2]) <= _NEAR),
            (round(rule[1]), round(rule[2])),
        )
        groups.setdefault(key, []).append(rule)
    for rules in groups.values():
        apart = [rules[0]]
        apart += [b for a, b in pairwise(rules) if a[0] - b[0] > _NEAR]
        if 3 <= len(apart) <= _MOST_BANDS:  # noqa: PLR2004
            yield apart


def _columns(words: Sequence[Word], gap: float) -> list[tuple[float, float]]:
    """Give from where to where words stand, with gaps between that run through all lines."""
    columns: list[tuple[float, float]] = []
    for left, right in sorted((word.box[0], word.box[2]) for word in words):
        if columns and left - columns[-1][1] < gap:
            columns[-1] = columns[-1][0], max(right, columns[-1][1])
        else:
            columns.append((left, right))
    return columns


def _rows(bands: Sequence[Sequence[Word]], columns: Sequence[tuple[float, float]]) -> list[list[list[Word]]] | None:
    """Give the rows, each as its lines; None where nobody can tell which lines are one row, or where it is prose."""
    rows: list[list[list[Word]]] = []
    for n, band in enumerate(bands):
        lines = rows_of(band)
        if n == 0 or len(lines) == 1:
            divided: list[list[list[Word]]] | None = [lines]
        else:
            divided = _divided(lines, columns)
            if divided is None and len(bands) > _HEAD_AND_BODY:
                divided = [lines]
        if divided is None or max(map(len, divided)) > _LONG:
            return None
        rows += divided
    return rows


def _divided(lines: list[list[Word]], columns: Sequence[tuple[float, float]]) -> list[list[list[Word]]] | None:
    """Divide the lines of a band into rows: a line without a first cell goes on with the row before.

    Where lines may be a cell of two lines as well as two rows (only the first cell is filled, or a cell begins small
    where others begin with a capital), nobody can tell.
    """
    rows: list[list[list[Word]]] = []
    begins: dict[int, set[bool]] = {}
    for line in lines:
        filled = {n: word for word in reversed(line) if (n := _column(word, columns)) >= 0}
        if 0 not in filled:
            if not rows:
                return None
            rows[-1].append(line)
            continue
        if len(filled) == 1:
            return None
        for n, word in filled.items():
            letter = next((one for one in word.text if one.isalnum()), "")
            if letter.isalpha():
                begins.setdefault(n, set()).add(letter.islower())
        rows.append([line])
    whole = " ".join(word.text for line in lines for word in line)
    by_row = (" ".join(word.text for line in row for word in line) for row in rows)
    torn = "[" in whole and any(text.count("[") != text.count("]") for text in by_row)
    return None if torn or any(len(one) > 1 for one in begins.values()) else rows


def _column(word: Word, columns: Sequence[tuple[float, float]]) -> int:
    return next((n for n, (left, right) in enumerate(columns) if left <= word.box[0] <= right), -1)


def _lattice(
    columns: Sequence[tuple[float, float]],
    rows: Sequence[Sequence[Sequence[Word]]],
    sides: tuple[float, float] | None = None,
    *,
    head: bool = False,
) -> Lattice:
    """Make a table of columns and rows, with its edges in the middle of the gaps."""
    left, right = sides or (columns[0][0] - 1, columns[-1][1] + 1)
    xs = (
        min(left, columns[0][0] - 1),
        *((a[1] + b[0]) / 2 for a, b in pairwise(columns)),
        max(right, columns[-1][1] + 1),
    )
    tops = [max(word.box[3] for line in row for word in line) for row in rows]
    lows = [min(word.box[1] for line in row for word in line) for row in rows]
    ys = [tops[0] + 1, *((low + top) / 2 for low, top in zip(lows, tops[1:], strict=False)), lows[-1] - 1]
    wide = len(columns)
    cells = tuple(Cell(row, column, 1, 1) for row in range(len(rows)) for column in range(wide))
    return Lattice(xs, tuple(reversed(ys)), cells, tuple(range(len(cells))), head=head)
