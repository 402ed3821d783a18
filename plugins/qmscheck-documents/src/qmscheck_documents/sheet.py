"""A page of a PDF file: its lines of text as PDFium gives them, and the tables that its ruled lines enclose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from ctypes import PYFUNCTYPE, byref, c_double, c_int, c_void_p, cast
from itertools import chain, groupby, islice
from math import pi
from statistics import median
from typing import Any

from pypdfium2 import raw

from qmscheck_documents.aligned import Word, banded, head_rows, head_table, is_wide, label_of, rows_of
from qmscheck_documents.labels import begins_label
from qmscheck_documents.lattice import Lattice, lattices
from qmscheck_documents.pages import Line
from qmscheck_documents.placing import Page, Piece, Table, placed
from qmscheck_documents.ruling import Box, Ruling, ruling, turned, turned_box

__all__ = ["Sheet"]

#: Asked for every line. pypdfium2 declares what they take, and `ctypes` then looks at each of six arguments, which
#: takes ten times as long as the call (2.8 us in place of 0.3): here they are given what they take, and nothing else.
#: So short a call need not let go of the interpreter either, hence PYFUNCTYPE.
_loose_box, _char_box = (
    PYFUNCTYPE(c_int)(cast(one, c_void_p).value or 0) for one in (raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetCharBox)
)
_SAMPLES = 40
_WORD = re.compile(r"\S+")
_GAP = 0.7  # heights of a line; `aligned` looks more closely
_LEAST = 3  # lines across from which on there may be rows between them
#: Points between the feet of two lines that may stand beside each other.
_BESIDE = 4.0
#: Shares of the height of a page below and above which a table may be a footer or header.
_FOOT, _HEAD = 0.12, 0.82


class Sheet:
    """A page that lies open: what PDFium tells of its characters is asked for when it is needed."""

    def __init__(self, text_page: Any, text: str, number: int) -> None:
        """Take a raw page of text, which is open, its text as PDFium gives it, and the number of the page."""
        self._raw, self._text, self._number = text_page, text, number
        # Every character of the text is one of the page.
        self._as_counted = raw.FPDFText_CountChars(text_page) == len(text)
        self._box = raw.FS_RECTF()
        self._at_box = byref(self._box)
        self._right, self._left, self._bottom, self._top = c_double(), c_double(), c_double(), c_double()
        self._edges = (byref(self._left), byref(self._right), byref(self._bottom), byref(self._top))
        self._known: dict[int, Box | None] = {}
        self._quarter = 0
        self._rules = Ruling((), ())
        #: Whether the page draws more lines than are looked at, so that its tables stay text.
        self.overdrawn = False

    def items(self, page: Any) -> list[Line | Table]:
        """Give the lines and the tables of the raw page."""
        lines = list(self._lines())
        found = self._tables(page, lines)
        if not found:
            return [line for _, line in lines]
        seen = Page(self._number, self._text, self._where, self._rules.pictures, self._margins(page))
        parts = placed(seen, found)
        if not any(isinstance(part, Table) for part in parts):
            return [line for _, line in lines]
        return list(self._joined(parts))

    def _tables(self, page: Any, lines: Sequence[tuple[int, Line]]) -> list[Lattice]:
        """Give the tables that lines enclose, those between lines across, and rows of head tables."""
        rules = ruling(page)
        if rules is not None and not rules.whole:
            self.overdrawn = True
            rules = None  # cells of some of the lines would be wrong cells: what stands there stays text
        heads = [line for start, line in lines if begins_label(line.text) and self._may_head(start, line)]
        if rules is None and not heads:
            return []
        self._quarter = self._turns()
        self._rules = rules = (rules or self._rules).turned(self._quarter)
        enclosed = lattices(rules.across, rules.down) if rules.across and rules.down else []
        self.overdrawn |= enclosed is None
        found = enclosed or []
        open_rules = [rule for rule in rules.across if not any(_is_inside(rule, one) for one in found)]
        if len(open_rules) >= _LEAST:
            words = self._words(start for start, _ in lines)
            found += banded(open_rules, self._outside(words, found))
        if heads:
            beside = self._words(start for start, line in lines if self._is_beside(line, heads))
            size = median(line.size for line in heads)
            if any(is_wide(row, size) for row in rows_of(self._outside(beside, found))):
                words = self._words(start for start, _ in lines)
                found += head_rows(rows_of(self._outside(words, found)), size)
        return found

    def _may_head(self, start: int, line: Line) -> bool:
        """Say whether a line is a label alone, or goes on after a gap as wide as its letters are high."""
        label = label_of(line.text)
        if label is None or len(label) == len(line.text):
            return label is not None
        words = _WORD.finditer(self._text, start)
        last, then = list(islice(words, label.count(" "), label.count(" ") + 2))
        ends, begins = self._where(last.end() - 1), self._where(then.start())
        if ends is None or begins is None:
            return False
        beside = max(begins[0] - ends[2], ends[0] - begins[2])
        return max(beside, begins[1] - ends[3], ends[1] - begins[3]) > _GAP * line.size

    def _is_beside(self, line: Line, heads: Sequence[Line]) -> bool:
        """Say whether a line may stand beside one that begins with a label."""
        return self._quarter != 0 or any(abs(one.bottom - line.bottom) < _BESIDE for one in heads)

    def _words(self, starts: Iterable[int]) -> list[Word]:
        """Give the words of the lines that begin at some places, as far as PDFium tells where they stand."""
        words = []
        for start in starts:
            end = self._text.find("\n", start)
            for word in _WORD.finditer(self._text, start, end if end >= 0 else len(self._text)):
                first, last = self._where(word.start()), self._where(word.end() - 1)
                if first is not None and last is not None:
                    box = first[0], min(first[1], last[1]), max(first[2], last[2]), max(first[3], last[3])
                    words.append(Word(word[0], box))
        return words

    @staticmethod
    def _outside(words: Iterable[Word], found: Sequence[Lattice]) -> list[Word]:
        return [
            word
            for word in words
            if all(one.cell_at((word.box[0] + word.box[2]) / 2, (word.box[1] + word.box[3]) / 2) < 0 for one in found)
        ]

    def _joined(self, parts: Sequence[Piece | Table]) -> Iterator[Line | Table]:
        """Give lines for what stands in no table, and one table for the rows of a head table."""
        for is_head, together in groupby(parts, key=lambda part: isinstance(part, Table) and part.head):
            if is_head:
                tables = [part for part in together if isinstance(part, Table)]
                rows = head_table([row for table in tables for row in table.rows])
                yield tables[0]._replace(rows=tuple(rows), at_edge=all(table.at_edge for table in tables))
                continue
            for part in together:
                yield part if isinstance(part, Table) else self._line(part.start, part.text)

    def _lines(self) -> Iterator[tuple[int, Line]]:
        return self._placed(self._written())

    def _written(self) -> Iterator[tuple[int, str]]:
        """Give the lines of the text that are not blank, with the places where they begin."""
        at = 0
        for line in self._text.split("\n"):
            bare = line.rstrip()
            if bare:
                yield at, bare
            at += len(line) + 1

    def _line(self, at: int, bare: str) -> Line:
        """Give the line that begins at a place of the text."""
        return next(self._placed([(at, bare.rstrip())]))[1]

    def _placed(self, lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, Line]]:
        """Ask where lines stand. There may be a hundred thousand: what is asked for each is at hand."""
        page, number, box, at_box, right, edges = (
            self._raw, self._number, self._box, self._at_box, self._right, self._edges
        )  # fmt: skip
        loose_box, char_box, new, as_counted = _loose_box, _char_box, tuple.__new__, self._as_counted
        for at, bare in lines:
            long = len(bare)
            middle, last = at + (long // 2 if bare[long // 2].isalnum() else _solid(bare)), at + long - 1
            if not as_counted:
                middle, last = self._index(middle), self._index(last)
            size = low = 0.0
            if loose_box(page, middle, at_box):
                low = box.bottom
                size, low = round(abs(box.top - low), 1), round(low, 1)
            placed_last = char_box(page, last, *edges)
            yield at, new(Line, (number, bare.strip(), size, low, right.value if placed_last else 0.0))

    def _index(self, at: int) -> int:
        return int(raw.FPDFText_GetCharIndexFromTextIndex(self._raw, at))

    def _where(self, at: int) -> Box | None:
        """Say where a character stands, on the page as it is read."""
        if at not in self._known:
            index = at if self._as_counted else self._index(at)
            told = _char_box(self._raw, index, *self._edges)
            box = self._left.value, self._bottom.value, self._right.value, self._top.value
            self._known[at] = turned_box(box, self._quarter) if told else None
        return self._known[at]

    def _margins(self, page: Any) -> tuple[float, float]:
        """Give the heights of the page, as it is read, below and above which footers and headers stand."""
        width, height = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
        if raw.FPDFPage_GetRotation(page) % 2:
            width, height = height, width
        ends = [turned(corner, self._quarter)[1] for corner in ((0.0, 0.0), (width, height))]
        bottom, top = min(ends), max(ends)
        return bottom + _FOOT * (top - bottom), bottom + _HEAD * (top - bottom)

    def _turns(self) -> int:
        """Give how many quarter turns clockwise make most of the text stand upright."""
        places = range(0, len(self._text), max(1, len(self._text) // _SAMPLES))
        seen = Counter(
            -round(raw.FPDFText_GetCharAngle(self._raw, n if self._as_counted else self._index(n)) / (pi / 2)) % 4
            for n in places
            if self._text[n].isalnum()
        )
        return seen.most_common(1)[0][0] if seen else 0


def _solid(line: str) -> int:
    """Give the place of a letter or digit near the middle: blanks have no height of their own."""
    middle = len(line) // 2
    for place in chain(range(middle, len(line)), range(middle)):
        if line[place].isalnum():
            return place
    return middle


def _is_inside(rule: tuple[float, float, float], table: Lattice) -> bool:
    y, left, right = rule
    return table.xs[0] - 1 <= (left + right) / 2 <= table.xs[-1] + 1 and table.ys[0] - 4 <= y <= table.ys[-1] + 4
