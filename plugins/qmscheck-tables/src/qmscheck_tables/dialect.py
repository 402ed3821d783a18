"""How a delimited file is laid out: what stands between its cells, which row holds the headings, how wide it is."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qmscheck_tables.headings import (
    combined,
    find_heading,
    looks_like_records,
    name_columns,
    second_heading,
    top_heading,
)

__all__ = ["Layout", "lay_out", "quoting"]

_DELIMITERS = ",;\t|"
_ONE_COLUMN = "\x1f"
_SAMPLE = 500
_SURE = 0.9
_MARK = "\ufeff"
_DOUBTFUL = 0.5
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_SEPARATOR_LINE = re.compile(r"sep=([^\w\s]|\t)[\r\n]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of a file.

    `skip` records stand before the first record of the table, the heading included; `heading_row` is the row number
    of the heading in a spreadsheet. `body` is where the first record begins, in characters of the text.
    `plain_top` tells that the engine's parser counts the records above it as this module does. `advised` is how many
    rows of headings it seems to have, where that is another number than the plan says.
    """

    delimiter: str
    columns: tuple[str, ...]
    skip: int
    heading_row: int
    body: int
    plain_top: bool
    notes: tuple[str, ...]
    advised: int | None = None


def lay_out(
    text: str, *, delimiter: str | None, quote: str, header_row: int | None, header_rows: int = 1
) -> Layout | None:
    """Lay out the beginning of a file; None where there is no heading row. `header_row` is the first of them."""
    marked, text = text.startswith(_MARK), text.removeprefix(_MARK)
    separator_line = _SEPARATOR_LINE.match(text)
    hidden = 1 if separator_line else 0  # a spreadsheet does not show the line `sep=;`
    notes: list[str] = []
    if delimiter is None and separator_line:
        delimiter = separator_line[1]
    elif delimiter is None:
        delimiter, doubt = _find_delimiter(text, quote)
        notes += [doubt] if doubt else []
    records = list(_records(text, delimiter, quote))
    cells = [record for record, _ in records[hidden:]]
    found = find_heading(cells) if header_row is None else header_row - 1
    if found is None or found + (header_rows - 1 if header_row is not None else 0) >= len(cells):
        return None
    top = found if header_row is not None else top_heading(cells, found, header_rows)
    notes += _heading_notes(cells, found, top, header_rows, chosen=header_row is not None)
    found = min(top + header_rows, len(cells)) - 1
    labels = cells[found] if header_rows == 1 else combined(cells[top : found + 1], spread=True)
    width = _width(labels, cells[found + 1 :])
    headings = [*labels, *[""] * width][:width]
    skip = hidden + found + 1
    return Layout(
        delimiter=delimiter,
        columns=name_columns([heading.encode("utf-8", "replace").decode() for heading in headings]),
        skip=skip,
        heading_row=found + 1,
        body=records[skip - 1][1] + marked,
        plain_top=_is_plain(text[: records[skip - 1][1]], delimiter, quote, skip if marked else None),
        notes=(*notes, *_width_notes(labels, cells[found + 1 :])),
        advised=2 if header_rows == 1 and second_heading(cells, found) is not None else None,
    )


def _find_delimiter(text: str, quote: str) -> tuple[str, str | None]:
    """Choose the delimiter that gives most rows the same number of cells; and say so where others would do too."""
    marks: dict[str, tuple[float, int]] = {}
    for delimiter in _DELIMITERS:
        records = [record for record, _ in _records(text, delimiter, quote) if any(map(str.strip, record))]
        counts = Counter(len(record) for record in records if len(record) > 1)
        if counts:
            usual = max(counts, key=lambda count: (counts[count], count))
            share = counts[usual] / len(records)
            if share >= _DOUBTFUL or len(records[0]) > 1:
                marks[delimiter] = (round(share, 1), usual)
    if not marks:
        return _ONE_COLUMN, None
    best = max(marks, key=lambda delimiter: marks[delimiter])
    if marks[best][0] >= _SURE and sum(mark[0] >= _SURE for mark in marks.values()) == 1:
        return best, None
    return best, f"Cells are taken to be separated by a {_NAMES[best]}; set delimiter if that is wrong."


def _records(text: str, delimiter: str, quote: str) -> Iterator[tuple[list[str], int]]:
    """Read records from a text, each with the place in the text where the next one begins."""
    lines = io.StringIO(text, newline="")
    place = 0

    def consumed() -> Iterator[str]:
        nonlocal place
        for line in lines:
            place += len(line)
            yield line

    reader = csv.reader(consumed(), delimiter=delimiter, **quoting(quote))
    try:
        for _, record in zip(range(_SAMPLE), reader, strict=False):
            yield record, place
    except csv.Error:  # a cell beyond the limit of the module: the sample ends before it
        return


def quoting(quote: str) -> dict[str, Any]:
    """Give the options of the csv module for a quotation mark, or for none."""
    return {"quotechar": quote} if quote else {"quotechar": None, "quoting": csv.QUOTE_NONE}


def _width(heading: list[str], body: list[list[str]]) -> int:
    """Tell how many columns there are: as many as headings, unless most records fill more."""
    labels = _last_filled(heading)
    widths = Counter(width for width in map(_last_filled, body) if width)
    wider = Counter({width: times for width, times in widths.items() if width > labels})
    if wider.total() * 2 <= widths.total():
        return labels
    return max(wider)


def _last_filled(record: list[str]) -> int:
    return max((position for position, cell in enumerate(record, start=1) if cell.strip()), default=0)


def _is_plain(top: str, delimiter: str, quote: str, lines: int | None) -> bool:
    """Tell whether the engine skips the same records; `lines` is how many there are behind a byte order mark."""
    if not quote or quote not in top:
        return True
    if lines is not None and top.startswith(quote) and len(top.splitlines()) != lines:
        return False  # the engine does not see a quotation mark right behind the byte order mark
    if re.search(rf"(?:^|[{re.escape(delimiter)}\r\n]) +{re.escape(quote)}", top):
        return False
    try:
        list(csv.reader(io.StringIO(top, newline=""), delimiter=delimiter, quotechar=quote, strict=True))
    except csv.Error:
        return False
    return True


def _heading_notes(cells: list[list[str]], found: int, top: int, rows: int, *, chosen: bool) -> Iterator[str]:
    if rows > 1:
        yield f"The headings are taken from rows {top + 1} to {min(top + rows, len(cells))}."
    elif not chosen and any(any(map(str.strip, record)) for record in cells[:found]):
        yield f"The headings are taken from row {found + 1}; the rows above it are not records."
    second = second_heading(cells, found) if rows == 1 else None
    if second is not None:
        yield f"Row {second + 1} may be a row of headings, too; set header_rows = 2 if it is."
    if rows == 1 and not chosen and looks_like_records(cells[found]):
        yield f"Row {found + 1} is taken for headings but looks like a record; set header_row if that is wrong."


def _width_notes(labels: list[str], body: list[list[str]]) -> Iterator[str]:
    usual = Counter(_last_filled(record) for record in body if any(map(str.strip, record)))
    if usual and usual.most_common(1)[0][0] > _last_filled(labels):
        yield (f"Most records have more cells than there are headings ({_last_filled(labels)}); labels may be shifted.")
