"""Rows of a delimited file that sum others up, and rows that leave their last cells out.

A totals row is no record. It is looked for in the whole of a small file and at the end of a large one, where exports
put it, and told from a record as in workbooks (`headings.is_total`).
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmscheck_tables.dialect import Layout, quoting
from qmscheck_tables.encoding import opened
from qmscheck_tables.headings import is_total
from qmscheck_tables.opening import SNIFF
from qmscheck_tables.survey import Survey, count_records

__all__ = ["Totals", "filled_up", "totals"]

_END = 1 << 16
_WORDS = (b"total", b"sum", b"gesamt", b"average", b"mittelwert", b"durchschnitt")


@dataclass(frozen=True, slots=True)
class Totals:
    """Row numbers of totals rows, and their cells as the engine reads them."""

    rows: tuple[int, ...] = ()
    cells: tuple[tuple[str | None, ...], ...] = ()


def totals(path: Path, layout: Layout, found: Survey, quote: str) -> Totals:
    """Find the totals rows of a file that is UTF-8."""
    quote = quote if found.quoted else ""
    small = found.size <= SNIFF
    if not small and (found.folded or path.name.lower().endswith(".gz")):
        return Totals()  # its end cannot be read without all that is before it
    text = _end(path, whole=small)
    low = text.lower()
    if not any(word in low for word in _WORDS):
        return Totals()
    records = list(_records(io.StringIO(text.decode("utf-8", "replace"), newline=""), layout.delimiter, quote))
    hidden = layout.skip - layout.heading_row
    if small:
        first = 1 - hidden
    else:
        count = found.lines if not found.blanks else count_records(path, layout.delimiter, quote)
        first = count - len(records) + 1 - hidden
    width = len(layout.columns)
    named = [
        (first + at, tuple(cell or None for cell in [*record, *[""] * width][:width]))
        for at, (record, _) in enumerate(records)
        if first + at > layout.heading_row
    ]
    hits = [(row, cells) for row, cells in named if is_total(cells)]
    return Totals(tuple(row for row, _ in hits), tuple(dict.fromkeys(cells for _, cells in hits)))


def filled_up(path: Path, layout: Layout, quote: str, scratch: Path) -> tuple[Path, int]:
    """Write a copy in which every row has as many cells as there are headings: (path, rows that were filled up)."""
    width, count = len(layout.columns), 0
    with opened(path) as raw, tempfile.NamedTemporaryFile(dir=scratch, suffix=".csv", delete=False) as copy:
        text = io.TextIOWrapper(raw, "utf-8", "surrogateescape", newline="")
        for number, (record, written) in enumerate(_records(text, layout.delimiter, quote)):
            line = written
            if number >= layout.skip and 0 < len(record) < width:
                bare = written.rstrip("\r\n")
                line = bare + layout.delimiter * (width - len(record)) + written[len(bare) :]
                count += 1
            copy.write(line.encode("utf-8", "surrogateescape"))
        text.detach()
    return Path(copy.name), count


def _end(path: Path, *, whole: bool) -> bytes:
    """Read the last lines of a file, or all of a small one."""
    with opened(path) as stream:
        if whole:
            return stream.read()
        stream.seek(-_END, os.SEEK_END)
        piece = stream.read()
    at = max(piece.find(b"\n"), -1 if b"\n" in piece else piece.find(b"\r"))
    return piece[at + 1 :]


def _records(lines: Any, delimiter: str, quote: str) -> Iterator[tuple[list[str], str]]:
    """Give each record with the text that it was written in."""
    held: list[str] = []

    def consumed() -> Iterator[str]:
        for line in lines:
            held.append(line)
            yield line

    reader = csv.reader(consumed(), delimiter=delimiter, **quoting(quote))
    try:
        for record in reader:
            yield record, "".join(held)
            held.clear()
    except csv.Error:  # a cell beyond the limit of the module
        return
