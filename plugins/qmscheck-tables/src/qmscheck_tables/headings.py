"""Where the heading row of a table is, and what its columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = [
    "column_letters",
    "combined",
    "find_heading",
    "is_total",
    "looks_like_records",
    "name_columns",
    "second_heading",
    "top_heading",
]

_SEARCHED = 50
_MOST_FILLED = 0.8
_SOME_FILLED = 0.5

Record = Sequence[str | None]


_TOTAL = re.compile(
    r"(?:grand |sub|zwischen|end)?(?:total|sum|summe|gesamt|gesamtsumme|average|mittelwert|durchschnitt)s?"
    r"(?:\s*[:=(].*|\s+(?:of|for|von|für|aller|der)\b.*|\s*[\d€$%].*)?",
    re.IGNORECASE | re.DOTALL,
)


def find_heading(records: Sequence[Record]) -> int | None:
    """Give the index of the heading row: the first one that is about as full as the table is wide.

    Title lines above it have fewer filled cells. None where every row is blank.
    """
    filled = [_filled(record) for record in records]
    present = [index for index, count in enumerate(filled) if count][:_SEARCHED]
    if not present:
        return None
    width = _usual_width(records[present[0] :])
    full = next((i for i in present if filled[i] >= _MOST_FILLED * width), None)
    some = next((i for i in present if filled[i] >= _SOME_FILLED * width and filled[i] > 1), None)
    if full is None:
        return some if some is not None else present[0]
    if some is None or some == full:
        return full
    # A sparse row of words over a fuller row with figures in it: that is a heading with gaps over a record.
    return some if _figures(records[full]) and not _figures(records[some]) else full


def top_heading(records: Sequence[Record], found: int, rows: int) -> int:
    """Give the index of the first of several heading rows; `found` is the one that was found: the last, or the first.

    It is the last where the row above it has more than a title in it.
    """
    above = found - 1
    return max(0, found - rows + 1) if rows > 1 and above >= 0 and _filled(records[above]) > 1 else found


def combined(rows: Sequence[Record], spread: bool) -> list[str]:  # noqa: FBT001
    """Give one heading for each column from several heading rows: `Received` over `on`, `by` is `Received on`,
    `Received by`.

    With `spread`, a label stands for the blank cells to its right, too, as a merged cell looks in delimited text; not
    where it stands over a blank: that is the heading of one column.
    """
    width = max(len(row) for row in rows)
    names: list[list[str]] = [[] for _ in range(width)]
    cells = [[" ".join((cell or "").split()) for cell in row] + [""] * (width - len(row)) for row in rows]
    for level, row in enumerate(cells):
        carried = ""
        for at, own in enumerate(row):
            if any(upper[at] for upper in cells[:level]):
                carried = ""  # another group begins
            below = any(lower[at] for lower in cells[level + 1 :])
            if own:
                carried = own if below else ""
            label = own or (carried if spread and below else "")
            if label and label not in names[at]:
                names[at].append(label)
    return [" ".join(parts) for parts in names]


def second_heading(records: Sequence[Record], found: int) -> int | None:
    """Give the index of a row that may be a heading row beside the one that was found; None where there is none.

    It is the row above, where that has several labels and the headings are not all different; or the one below, where
    that has labels under blank headings and the records after it have figures.
    """
    labels = [(cell or "").strip() for cell in records[found]]
    twice = len({label for label in labels if label}) < sum(1 for label in labels if label)
    if found and twice and _filled(records[found - 1]) > 1 and not _figures(records[found - 1]):
        return found - 1
    below = records[found + 1] if found + 1 < len(records) else ()
    under = any(cell and cell.strip() for cell, label in zip(below, labels, strict=False) if not label)
    after = records[found + 2 : found + 22]
    if under and not any(map(str.isdigit, "".join(cell or "" for cell in below))) and any(map(_figures, after)):
        return found + 1
    return None


def _usual_width(records: Sequence[Record]) -> int:
    """Give the position of the last filled cell in most rows; the wider of two equally frequent widths."""
    counts = Counter(width for width in map(_last_filled, records) if width)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def name_columns(headings: Sequence[str | None], first_column: int = 0) -> tuple[str, ...]:
    """Give each column one name: `Label`, `Label (2)` for a second one, `Column C` for a blank heading."""
    seen: set[str] = set()
    names = []
    for position, heading in enumerate(headings):
        plain = " ".join((heading or "").split()) or f"Column {column_letters(first_column + position)}"
        name, times = plain, 1
        while name in seen:
            times += 1
            name = f"{plain} ({times})"
        seen.add(name)
        names.append(name)
    return tuple(names)


def column_letters(index: int) -> str:
    """Name a column as a spreadsheet does: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def looks_like_records(cells: Record) -> bool:
    """Tell whether a row that should hold headings holds figures or dates."""
    return _figures(cells) * 2 > _filled(cells)


def _filled(record: Record) -> int:
    return sum(1 for cell in record if cell is not None and cell.strip())


def _figures(record: Record) -> int:
    return sum(1 for cell in record if cell is not None and cell.strip() and not any(map(str.isalpha, cell)))


def _last_filled(record: Record) -> int:
    for position in range(len(record), 0, -1):
        cell = record[position - 1]
        if cell is not None and cell.strip():
            return position
    return 0


def is_total(record: Sequence[str | None]) -> bool:
    """Tell whether a row sums others up: at most half filled, a word for it, and no other word in its first cell; or
    nothing but that word and figures, with a gap. `Total loss of the pump` is none: more would vanish than sums.
    """
    filled = [cell.strip() for cell in record if cell is not None and cell.strip()]
    if not filled:
        return False
    first = (record[0] or "").strip()
    if 2 * len(filled) <= len(record):
        return any(_TOTAL.fullmatch(cell) for cell in filled) and (not first or _TOTAL.fullmatch(first) is not None)
    alone = _TOTAL.fullmatch(filled[0]) is not None
    return alone and 1 < len(filled) < len(record) and _figures(filled[1:]) == len(filled) - 1
