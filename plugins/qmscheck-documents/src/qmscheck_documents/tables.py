"""Table rows as passages: `Heading: value; Heading: value`, so that each row can be read alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qmscheck_documents.blocks import Block
from qmscheck_documents.labels import column_of, folded, is_known

__all__ = ["rows"]

_BLANK = "(blank)"
_EMPTY = frozenset({"", "-", "\u2013", "—", "..."})
_PAIR = 2
_DEMAND = re.compile(r"(?:enter|insert|fill in|add|describe|specify|name of|state|your)\b", re.IGNORECASE)


def rows(grid: Sequence[Sequence[str]], lines: Sequence[int] = (), *, headed: bool = False) -> Iterator[Block]:
    """Give one block for each row of a table.

    `headed` says that the format itself calls the first row a heading (Markdown); else it is judged by its cells.
    """
    if not grid:
        return
    at = list(lines) or [0] * len(grid)
    if max(map(len, grid)) <= 1:
        yield from (Block("row", row[0], line=at[n], row=n + 1) for n, row in enumerate(grid) if row and row[0])
        return
    head, first = _head(grid, headed=headed)
    if head and first == len(grid):
        yield _block([(label, "") for label in head], at[0], 1)
    for n in range(first, len(grid)):
        row = grid[n]
        if len(row) == 1 and row[0]:
            yield Block("row", row[0], line=at[n], row=n + 1)
        elif head is not None:
            yield _block([(head[i] if i < len(head) else "", value) for i, value in enumerate(row)], at[n], n + 1)
        elif any(row):
            yield _block(_pairs(row), at[n], n + 1, own_labels=len(row) == _PAIR or _carries_labels(row))


def _head(grid: Sequence[Sequence[str]], *, headed: bool) -> tuple[Sequence[str] | None, int]:
    """Give the heading row, or None where each row carries its own labels; and where the records start."""
    first = grid[0]
    if not any(first):
        return None, 1
    full = [row for row in grid if len(row) >= _PAIR]
    also = sum(is_known(folded(row[0])) for row in full[1:])
    alone = len(full) == 1 and all(column_of(folded(label)) for label in first[::_PAIR])
    if _carries_labels(first) and (alone or 0 < len(full) - 1 <= also * 3):
        return None, 0
    colons = sum(row[0].endswith(":") for row in full)
    if len(first) == _PAIR and colons * 2 > len(full):
        return None, 0
    if len(first) == _PAIR and also * 2 >= len(full) > 1:
        return None, int(headed)
    if not headed and (len(full) == 1 or not all(first)):
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
    return [("", value) for value in row]


def _block(pairs: list[tuple[str, str]], line: int, row: int, *, own_labels: bool = False) -> Block:
    pairs = [(label.rstrip(": "), value) for label, value in pairs]
    filled = [(label, value) for label, value in pairs if value not in _EMPTY]
    # A row that only names its subject says nothing about it.
    named_only = len(filled) == 1 and len(pairs) > 1 and filled[0] == pairs[0] and all(label for label, _ in pairs)
    asked = own_labels and all(_DEMAND.match(value) for _, value in filled)
    blank = not filled or named_only or asked
    shown = [(label, value if value not in _EMPTY else _BLANK) for label, value in pairs] if blank else filled
    text = "; ".join(f"{label}: {value}" if label else value for label, value in shown)
    return Block("row", text, line=line, pairs=tuple(pairs), own_labels=own_labels, blank=blank, row=row)
