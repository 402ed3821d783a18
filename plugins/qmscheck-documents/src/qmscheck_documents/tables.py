"""Table rows as passages: `Heading: value; Heading: value`, so that each row can be read alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qmscheck_documents.approvals import signed
from qmscheck_documents.blocks import Block
from qmscheck_documents.labels import column_of, folded, is_known, step_of

__all__ = ["BLANK", "rows"]

#: How the value of a label that has none is written.
BLANK = "(blank)"
_EMPTY = frozenset({"", "-", "\u2013", "—", "..."})
_PAIR = 2
_DEMAND = re.compile(r"(?:enter|insert|fill in|add|describe|specify|name of|state|your)\b", re.IGNORECASE)


def rows(grid: Sequence[Sequence[str]], lines: Sequence[int] = (), *, headed: bool = False) -> Iterator[Block]:
    """Give one block for each row of a table.

    `headed` says that the format itself calls the first row a heading (Markdown); else it is judged by its cells.
    """
    found = signed(grid) if grid else None
    for block in _rows(grid, list(lines) or [0] * len(grid), headed=headed):
        yield block._replace(signed=found) if found is not None else block


def _rows(grid: Sequence[Sequence[str]], at: Sequence[int], *, headed: bool) -> Iterator[Block]:
    if not grid:
        return
    if max(map(len, grid)) <= 1:
        yield from (Block("row", row[0], line=at[n], row=n + 1) for n, row in enumerate(grid) if row and row[0])
        return
    # A row of one cell above rows of several is the title of the table.
    title = next(n for n, row in enumerate(grid) if len(row) > 1)
    title += _is_title(grid[title:])
    yield from (Block("row", row[0], line=at[n], row=n + 1) for n, row in enumerate(grid[:title]) if row and row[0])
    head, first = _head(grid[title:], headed=headed)
    first += title
    if head and first == len(grid):
        yield _block([(label, "") for label in head], at[title], title + 1)
    for n in range(first, len(grid)):
        row = grid[n]
        if len(row) == 1 and row[0]:
            yield Block("row", row[0], line=at[n], row=n + 1)
        elif head is not None:
            yield _block([(head[i] if i < len(head) else "", value) for i, value in enumerate(row)], at[n], n + 1)
        elif any(row):
            pairs = _pairs(row)
            yield _block(pairs, at[n], n + 1, own_labels=any(label for label, _ in pairs))


def _is_title(grid: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row fills its first cell only, above headings with a blank corner."""
    if len(grid) < _PAIR or not grid[0][0] or any(grid[0][1:]):
        return False
    return len(grid[1]) > _PAIR and not grid[1][0] and all(grid[1][1:])


def _head(grid: Sequence[Sequence[str]], *, headed: bool) -> tuple[Sequence[str] | None, int]:
    """Give the heading row, or None where each row carries its own labels; and where the records start."""
    first = grid[0]
    if not any(first):
        return None, 1
    full = [row for row in grid if len(row) >= _PAIR]
    if len(first) > _PAIR and len(full) > 1 and all(step_of(row[0]) for row in full[:2]):
        return None, 0  # `Prepared by | Ann | 3 May`, `Approved by | Bob | 4 May`
    also = sum(is_known(folded(row[0])) for row in full[1:])
    alone = len(full) == 1 and all(column_of(folded(label)) for label in first[::_PAIR])
    if _carries_labels(first) and (alone or 0 < len(full) - 1 <= also * 3):
        return None, 0
    colons = sum(row[0].endswith(":") for row in full)
    if len(first) == _PAIR and colons * 2 > len(full):
        return None, 0
    if len(first) == _PAIR and also * 2 >= len(full) > 1:
        return None, int(headed)
    # The corner of a table with headings on two sides is blank.
    if not headed and (len(full) == 1 or not all(first[1:] if len(first) > _PAIR else first)):
        return None, 0
    return first, 1


def _carries_labels(row: Sequence[str]) -> bool:
    """Say whether a row reads `label, value` or `label, value, label, value`."""
    return (
        len(row) % _PAIR == 0
        and all(is_known(folded(label)) for label in row[::_PAIR])
        and not any(is_known(folded(value)) or _DEMAND.match(value) for value in row[1::_PAIR])
    )


def _pairs(row: Sequence[str]) -> list[tuple[str, str]]:
    if len(row) == _PAIR or _carries_labels(row):
        return list(zip(row[::_PAIR], row[1::_PAIR], strict=True))
    return _spaced(row) or [("", value) for value in row]


def _spaced(row: Sequence[str]) -> list[tuple[str, str]]:
    """Read `label, value, , label, value`: forms leave columns blank between them. Nothing for any other row."""
    pairs: list[tuple[str, str]] = []
    for cell in filter(None, row):
        if is_known(folded(cell)) and (cell.endswith(":") or not pairs or pairs[-1][1]):
            pairs.append((cell, ""))
        elif pairs and not pairs[-1][1] and not is_known(folded(cell)):
            pairs[-1] = (pairs[-1][0], cell)
        else:
            return []
    whole = all(label.endswith(":") or value for label, value in pairs)
    return pairs if whole and any(value for _, value in pairs) else []


def _block(pairs: list[tuple[str, str]], line: int, row: int, *, own_labels: bool = False) -> Block:
    pairs = [(label.rstrip(": "), value) for label, value in pairs]
    filled = [(label, value) for label, value in pairs if value not in _EMPTY]
    # A row that only names its subject says nothing about it.
    named_only = len(filled) == 1 and len(pairs) > 1 and filled[0] == pairs[0] and all(label for label, _ in pairs[1:])
    asked = own_labels and all(_DEMAND.match(value) for _, value in filled)
    blank = not filled or named_only or asked
    shown = [(label, value if value not in _EMPTY else BLANK) for label, value in pairs] if blank else filled
    text = "; ".join(f"{label}: {value}" if label else value for label, value in shown)
    return Block("row", text, line=line, pairs=tuple(pairs), own_labels=own_labels, blank=blank, row=row)
