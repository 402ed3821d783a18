"""Tables of PDF pages as passages: row by row, each with its page, also where a table goes on over several pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeVar

from qmscheck_documents import tables
from qmscheck_documents.approvals import signed
from qmscheck_documents.blocks import Block
from qmscheck_documents.labels import column_of, folded, is_label, labelled
from qmscheck_documents.placing import Table
from qmscheck_documents.wording import joined

__all__ = ["Spread", "margin", "rows", "together"]

_NEAR = 4.0
_PAIR = 2
_ENDS = (".", "!", "?", ":", ";")
_HEADS = 4  # rows at most that a table repeats on each page
_Line = TypeVar("_Line")


class Spread(NamedTuple):
    """A table with its parts on one page or on several, one after the other."""

    parts: tuple[Table, ...]


def together(pages: Iterable[Sequence[_Line | Table]]) -> Iterator[list[_Line | Spread]]:
    """Give the pages with each table where it begins, and all of it there."""
    found: list[list[_Line | Spread]] = []
    last: tuple[int, int] | None = None  # the table after which nothing came yet
    for items in pages:
        page: list[_Line | Spread] = []
        found.append(page)
        if items and Table not in set(map(type, items)):  # as on most pages
            page.extend(item for item in items if not isinstance(item, Table))
            last = None
            continue
        for item in items:
            if not isinstance(item, Table):
                page.append(item)
                last = None
                continue
            before = found[last[0]][last[1]] if last is not None else None
            if last is not None and isinstance(before, Spread) and _goes_on(before.parts[-1], item):
                found[last[0]][last[1]] = Spread((*before.parts, item))
            else:
                last = len(found) - 1, len(page)
                page.append(Spread((item,)))
    yield from found


def _goes_on(before: Table, table: Table) -> bool:
    """Say whether a table at the top of a page goes on with the one at the end of the page before: by its columns."""
    return (
        table.page == before.page + 1
        and not table.head
        and len(table.edges) == len(before.edges)
        and all(abs(a - b) <= _NEAR for a, b in zip(table.edges, before.edges, strict=True))
    )


def rows(parts: Sequence[Table]) -> Iterator[Block]:
    """Give the rows of a table that stands on one page or on several; headings that are repeated count once.

    Rows above the headings over which one cell lies are a title of the table, and no heading. A row that a page divides
    is one where that is certain; where it is not, the row below says so.
    """
    grid: list[tuple[str, ...]] = []
    pages: list[int] = []
    doubts: dict[int, str] = {}
    starts: set[int] = set()
    for part in parts:
        known = 0
        while known < len(part.rows) - 1 and part.rows[known] in grid[:_HEADS]:
            known += 1
        starts |= {len(grid)} if grid else set()
        grid += part.rows[known:]
        pages += [part.page] * (len(part.rows) - known)
    for n in sorted(starts, reverse=True):
        divided = _divided(grid, n, starts)
        if divided is None:
            doubts[n] = (
                f"page {pages[n]}: whether the first row of the table goes on with the one before cannot be told"
            )
        elif divided:
            grid[n - 1 : n + 1] = [tuple(joined(f"{a}\n{b}") for a, b in zip(grid[n - 1], grid[n], strict=True))]
            del pages[n]
            doubts = {(at - 1 if at > n else at): said for at, said in doubts.items()}
    titles = next((n for n, row in enumerate(grid) if len(row) > 1), 0)
    for n, row in enumerate(grid[:titles]):
        yield Block("row", row[0], page=pages[n], row=n + 1)
    for block in _rows(grid[titles:], in_margin=parts[0].at_edge):
        at = titles + block.row - 1
        yield block._replace(page=pages[at], row=at + 1, doubt=doubts.get(at, ""))


def _divided(grid: Sequence[Sequence[str]], n: int, starts: AbstractSet[int]) -> bool | None:
    """Say whether the first row of a page goes on with the last one of the page before; None where nobody can tell.

    It does where it alone has a blank first cell, all it says stands under something, and a sentence goes on.
    """
    above, row = grid[n - 1], grid[n]
    if len(row) != len(above) or len(row) < _PAIR or n - 1 == 0:
        return False
    told = [(one, two) for one, two in zip(above, row, strict=True) if two]
    small = [two for _, two in told if two[:1].isalpha()]
    goes_on = bool(small) and all(two[:1].islower() for two in small)
    if row[0]:
        usual = any(one[0][:1].islower() for m, one in enumerate(grid) if m not in starts)
        return None if goes_on and not usual and row[0][:1].islower() else False
    if not told:
        return False
    also = any(not one[0] for m, one in enumerate(grid[1:], 1) if m not in starts and len(one) == len(row))
    open_ended = any(one and not one.endswith(_ENDS) for one, _ in told)
    return True if not also and all(one for one, _ in told) and (goes_on or open_ended) else None


def margin(table: Table) -> Iterator[Block]:
    """Give the rows of a table in a header or footer."""
    for block in rows([table]):
        yield block._replace(kind="paragraph", mark="header_footer", row=0)


def _rows(grid: Sequence[Sequence[str]], *, in_margin: bool) -> Iterator[Block]:
    told = _as_head(grid)
    # `(logo) | Version | 3` over ` | Owner | Ann`: what is no label and no value stands before them.
    scanned = [_scanned(row) for row in told] if told is grid and signed(grid) is None else []
    # `Version: 3` in a cell tells of the document where the whole row is such cells, and in a header or footer.
    found = sum(_tells(pairs, row, in_margin=in_margin) for pairs, row in zip(scanned, grid, strict=False))
    if found * 2 < len(grid) or found < (1 if in_margin else _PAIR) or any(is_label(folded(row[0])) for row in grid):
        yield from tables.rows(told)
        return
    for n, pairs in enumerate(scanned):
        text = "; ".join(f"{label}: {value or tables.BLANK}" if label else value for label, value in pairs)
        yield Block("row", text, pairs=tuple(pairs), own_labels=True, row=n + 1)


def _tells(pairs: Sequence[tuple[str, str]], row: Sequence[str], *, in_margin: bool) -> bool:
    inside = sum(labelled(cell) is not None for cell in row)
    return any(label for label, _ in pairs) and (in_margin or not inside or inside == sum(map(bool, row)))


def _scanned(row: Sequence[str]) -> list[tuple[str, str]]:
    """Give each label of a row with what stands behind it, and what else stands in the row without a label."""
    pairs: list[tuple[str, str]] = []
    cells = list(row)
    while cells:
        cell = cells.pop(0)
        if (pair := labelled(cell)) is not None and pair[1]:
            pairs.append(pair)
        elif is_label(folded(cell)) and cells and not is_label(folded(cells[0])):
            pairs.append((cell.rstrip(": "), cells.pop(0)))
        elif cell:
            pairs.append(("", cell))
    return pairs


def _as_head(grid: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """Give the rows of a head table as label and value, whatever its columns; any other table as it is.

    `Approved by | A. Novak | 2026-03-01` has one value in two cells, and `Title | Complaints |  | ` one over three.
    """
    if max(map(len, grid), default=0) <= _PAIR or signed(grid) is not None:
        return grid
    if len(grid) == _PAIR and _stands_under(*grid):
        return [tuple(cell for pair in zip(*grid, strict=True) for cell in pair)]
    labelled = sum(map(_is_labelled, grid))
    if labelled * 2 < len(grid) or (labelled < _PAIR and len(grid) > 1):
        return grid
    return [_as_pair(row) for row in grid]


def _stands_under(heads: Sequence[str], values: Sequence[str]) -> bool:
    """Say whether one row of values stands under labels of a head table; with a title it is a list of documents."""
    columns = [column_of(folded(head)) for head in heads]
    return (
        len(heads) == len(values)
        and None not in columns
        and "title" not in columns
        and not any(is_label(folded(value)) for value in values)
    )


def _is_labelled(row: Sequence[str]) -> bool:
    """Say whether a row begins with a label, and has others only where a label may stand: in odd places."""
    return is_label(folded(row[0])) and not any(is_label(folded(cell)) for cell in row[1::_PAIR])


def _as_pair(row: Sequence[str]) -> Sequence[str]:
    if any(is_label(folded(cell)) for cell in row[1:]) or len(row) < _PAIR:
        return row
    return row[0], " ".join(cell for cell in row[1:] if cell)
