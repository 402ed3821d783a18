"""Who prepared, reviewed and approved a document, and when, as a table of it tells: one recogniser for all formats.

It looks at a grid of cells, whatever format that came from. What stands under `Approved`, or beside it, belongs to that
step alone: a blank there is a blank, and never the name of the next column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from qmscheck_documents.blocks import Signed
from qmscheck_documents.dates import date_in, is_date, iso_date, split_date
from qmscheck_documents.labels import column_of, facets_of, folded, step_of
from qmscheck_documents.placeholders import says_nothing

__all__ = ["INNER", "PICTURE", "signed"]

#: How a picture in a cell is written: a signature often is one.
PICTURE = "(picture)"
#: How a cell is written in which nothing but a table stands: it is not blank.
INNER = "(table)"

Grid = Sequence[Sequence[str]]

_STEPS = ("prepared", "reviewed", "approved")
#: Rows that a block may have below its headings: what has more is a register.
_MOST_ROWS = 6
#: Rows of a table in which a block is looked for; and what stands in every block, in some form.
_SEEN = 60
_APPROVAL = re.compile(r"approv|authori[sz]|releas|signed|freig(?:eg)?eb|freigab|genehmig", re.IGNORECASE)
#: What `_APPROVAL` finds has one of these in small letters.
_PARTS = ("approv", "authori", "releas", "signed", "freig", "genehmig")
_PAIR = 2
_VERSION = re.compile(r"(?:v|version|rev|revision|ausgabe)?[. ]*(\d+(?:\.\d+)*)", re.IGNORECASE)
_DATED = re.compile(r"\d.*\d")


@dataclass(slots=True)
class _Signer:
    """One step of one person: the cells that were found for it, by what they ask (`name`, `role`, `date` ...)."""

    step: str
    cells: dict[str, str] = field(default_factory=dict)

    def put(self, facets: Sequence[str], value: str) -> None:
        """Keep the value of a cell that asks for one or several things; the first of each that is filled counts."""
        name, date = split_date(value) if set(facets) & {"name", "signature"} else (value, None)
        for facet in facets:
            if facet != "date":
                told = "" if len(facets) > 1 and is_date(name) else name
            else:
                told = date_in(value) or ("" if len(facets) > 1 else value)
            self.cells[facet] = self.cells.get(facet) or told
        if date is not None:
            self.cells["date"] = self.cells.get("date") or date

    def filled(self, facet: str) -> str:
        """Give what stands in the cell for a facet; nothing for a blank, and for what is no date or no name."""
        text = self.cells.get(facet, "")
        when = self.cells.get("name", "")
        if facet == "date" and says_nothing(text) and is_date(when):  # `Approved | 3 May 2026` over `Signature | AL`
            return when
        if facet == "name" and is_date(text):
            return ""
        if says_nothing(text) or (facet == "date" and not _DATED.search(text)):
            return ""
        return "" if facet in {"name", "role"} and text == PICTURE else text

    def who(self) -> str:
        """Give who did it: nobody, where the block has cells for a date or a signature and all of them are blank."""
        asked = [facet for facet in ("date", "signature") if facet in self.cells]
        if asked and not any(map(self.filled, asked)):
            return ""
        by = self.filled("name")
        if not by and asked:
            signature = self.filled("signature")
            by = signature if signature != PICTURE else ""
        return by or (self.filled("role") if asked or "name" not in self.cells else "")


def signed(grid: Grid) -> Signed | None:
    """Read a block of approvals, or the newest row of a history of changes; None for any other table."""
    seen = grid[:_SEEN]
    if not _tells_of_approval(seen):
        return None
    readings: tuple[Callable[[Grid], list[_Signer]], ...] = (_in_columns, _in_rows, _without_heading, _in_pairs)
    for reading in readings:
        found = reading(seen)
        if found:
            return Signed(tuple(_told(found)))
    newest = _newest(grid)
    return Signed(tuple(newest), history=True) if newest else None


def _tells_of_approval(grid: Grid) -> bool:
    """Say whether a cell may tell of an approval: most tables are settled by a look for parts of words in all of it."""
    small = "\n".join(["\n".join(row) for row in grid]).casefold()
    return any(one in small for one in _PARTS) and any(_APPROVAL.search(cell) for row in grid for cell in row)


def _told(found: Sequence[_Signer]) -> Iterator[tuple[str, str]]:
    """Give `approved by`, `approved on` and the like; where several must approve, one blank leaves it open."""
    for step in _STEPS:
        signers = [one for one in found if one.step == step]
        if not signers:
            continue
        names = [one.who() for one in signers]
        dates = [one.filled("date") if name else "" for one, name in zip(signers, names, strict=True)]
        yield f"{step} by", "; ".join(names) if all(names) else ""
        yield f"{step} on", max(map(iso_date, dates)) if all(dates) and all(names) else ""
    versions = [text for one in reversed(found) if (text := one.filled("version"))]
    if versions:
        yield "version", versions[0]


def _split(cell: str) -> tuple[str, str]:
    """Split `Date: 3 May 2026` where what stands before the colon is asked for in such blocks; else give the cell."""
    label, colon, rest = cell.partition(":")
    return (label, rest.strip()) if colon and (facets_of(label) or step_of(label)) else ("", cell)


def _heads(row: Sequence[str]) -> list[tuple[int, str, str]]:
    """Give column, step and what else stands in the cell, for a row in which all cells but the first name steps."""
    found = []
    for column, cell in enumerate(row):
        label, rest = _split(cell)
        step = step_of(label or cell)
        if step is not None:
            found.append((column, step, rest if label else ""))
        elif column and cell:
            return []
    return found


def _in_columns(grid: Grid) -> list[_Signer]:
    """Read `Prepared | Reviewed | Approved` over rows such as Name, Date, Signature, or over rows without labels."""
    for at, row in enumerate(grid):
        heads = _heads(row)
        if not heads or (len(heads) == 1 and heads[0][0] == 0):
            continue
        below = grid[at + 1 :]
        if len(heads) > 1 and heads[0][0] == 0 and below:
            label = next((cell for cell in below[0][: heads[1][0]] if cell), "")
            heads = heads[1:] if facets_of(label) else heads  # `Approval` above or beside Name and Date is a title
        found = [(column, _Signer(step, {"name": rest} if rest else {})) for column, step, rest in heads]
        if below and len(below[0]) > heads[0][0] and all(map(facets_of, below[0][heads[0][0] :])):
            read = _under_two_headings(found, below)
        elif heads[0][0] == 0:
            read = len(heads) > 1 and _unlabelled(found, below)
        else:
            read = _labelled(found, below)
        if read:
            return [signer for _, signer in found]
    return []


def _under_two_headings(found: list[tuple[int, _Signer]], below: Grid) -> bool:
    """Read `Prepared | | Approved |` over `Name | Date | Name | Date` over one row of values."""
    if len(below) < _PAIR:
        return False
    for column, label in enumerate(below[0]):
        over = [signer for first, signer in found if first <= column]
        if over:
            over[-1].put(facets_of(label), _at(below[1], column))
    return True


def _labelled(found: list[tuple[int, _Signer]], below: Grid) -> bool:
    first = min(column for column, _ in found)
    read = False
    for row in below:
        facets = facets_of(next((cell for cell in row[:first] if cell), ""))
        if not facets:
            break
        read = True
        for column, signer in found:
            signer.put(facets, _split(_at(row, column))[1])
    return read


def _unlabelled(found: list[tuple[int, _Signer]], below: Grid) -> bool:
    """Read rows below the steps by what stands in them: dates, or names first and what they are after them."""
    if len(below) > _MOST_ROWS:
        return False
    texts = ["name", "role"]
    for row in below:
        parts = [(signer, *_split(_at(row, column))) for column, signer in found]
        plain = [value for _, label, value in parts if value and not label]
        dates = bool(plain) and all(iso_date(value) != value or is_date(value) for value in plain)
        if not plain and not any(label for _, label, _ in parts) and not texts:
            continue
        facet = "date" if dates else texts[0] if texts else ""
        if facet in texts:
            texts.remove(facet)
        for signer, label, value in parts:
            facets = facets_of(label) if label else (facet,) if facet else ()
            signer.put(facets, value)
    return bool(below) or any(signer.cells for _, signer in found)


def _in_rows(grid: Grid) -> list[_Signer]:
    """Read `Step | Name | Date | Signature` over rows that begin with `Prepared by`, `Approved by`."""
    for at, head in enumerate(grid):
        for column in (0, 1):
            # Under `Status` a word such as `approved` is what became of something.
            if len(head) <= column or column_of(folded(head[column])) == "status":
                continue
            asked = [() if n == column else facets_of(cell) for n, cell in enumerate(head)]
            if step_of(head[column]) and not all(f for n, f in enumerate(asked) if n != column and head[n]):
                continue  # a row of `label | value` pairs
            if not {facet for facets in asked for facet in facets} & {"name", "date", "signature"}:
                continue
            found = list(_rows_of_steps(grid[at + 1 :], column, asked))
            if found:
                return found
    return []


def _rows_of_steps(below: Grid, column: int, asked: Sequence[Sequence[str]]) -> Iterator[_Signer]:
    for row in below:
        step = step_of(_at(row, column))
        if step is None:
            return
        signer = _Signer(step)
        for n, facets in enumerate(asked):
            if facets:
                signer.put(facets, _at(row, n))
        yield signer


def _without_heading(grid: Grid) -> list[_Signer]:
    """Read rows such as `Approved by | Ann | 3 May 2026` that stand under no heading."""
    first = next((row for row in grid if any(row)), ("",))
    found = []
    for row in grid if step_of(first[0]) else ():
        step = step_of(row[0]) if len(row) > _PAIR else None
        rest = list(row[1:])
        if step is None or any(step_of(cell) or facets_of(_split(cell)[0] or cell) for cell in rest):
            continue
        dates = [cell for cell in rest if is_date(cell) or iso_date(cell) != cell]
        signer = _Signer(step)
        signer.put(("name",), rest[0] if rest[0] not in dates else "")
        others = [cell for cell in rest[1:] if cell not in dates and not says_nothing(cell)]
        signer.cells.setdefault("date", dates[0] if dates else "")
        signer.cells.setdefault("signature", others[0] if others else "")
        found.append(signer)
    steps = {one.step for one in found}
    return found if len(steps) > 1 else []


def _in_pairs(grid: Grid) -> list[_Signer]:
    """Read `Approved by | Ann` that is followed by `Date | 3 May 2026`, in the same row or the next.

    Without a cell for date or signature it is no block, but a row of a head table.
    """
    found: list[_Signer] = []
    above: dict[int, _Signer] = {}
    for row in grid:
        if len(row) % _PAIR:
            above = {}
            continue
        above = _row_of_pairs(row, above, found)
    whole = [one for one in found if {"date", "signature"} & one.cells.keys()]
    return found if any(one.step == "approved" for one in whole) else []


def _row_of_pairs(row: Sequence[str], above: dict[int, _Signer], found: list[_Signer]) -> dict[int, _Signer]:
    """Read a row; what it asks for belongs to the step left of it, or above it. Give the steps still open."""
    still: dict[int, _Signer] = {}
    left: _Signer | None = None
    for column in range(0, len(row), _PAIR):
        label, value = row[column], row[column + 1]
        step, facets = step_of(label), facets_of(label)
        if step is not None:
            left = _Signer(step)
            left.put(("name",), value)
            found.append(left)
            still[column] = left
        elif facets and (owner := left or above.get(column) or (above[0] if set(above) == {0} else None)):
            owner.put(facets, value)
            still.setdefault(column if left is None and column in above else min(still, default=0), owner)
        elif label:
            left = None
    return still


def _newest(grid: Grid) -> list[tuple[str, str]]:
    """Give what the newest row of a history of changes tells: one that begins with the version and says who approved.

    A list of many documents has a version in a later column, and does not count up.
    """
    head = next((row for row in grid if any(row)), ())
    columns = [column_of(folded(cell)) for cell in head[:2]]
    if "version" not in columns or (columns[0] != "version" and facets_of(head[0]) != ("date",)):
        return []
    place = columns.index("version")
    steps = {n: step for n, cell in enumerate(head) if (step := step_of(cell)) is not None}
    rows = [row for row in grid[grid.index(head) + 1 :] if any(row)]
    numbers = [_number(_at(row, place)) for row in rows]
    if "approved" not in steps.values() or not rows or not all(numbers):
        return []
    if numbers not in (sorted(set(numbers)), sorted(set(numbers), reverse=True)):
        return []
    row = rows[numbers.index(max(numbers))]
    told = [("version", _at(row, place))]
    for n, step in steps.items():
        ever = any(not says_nothing(_at(one, n)) for one in rows)
        told += [(f"{step} by", "" if says_nothing(_at(row, n)) else _at(row, n))] if ever else []
        dated = n + 1 < len(head) and facets_of(head[n + 1]) == ("date",)
        told += [(f"{step} on", _at(row, n + 1))] if dated and _DATED.search(_at(row, n + 1)) else []
    told += [("approved on", _at(row, n)) for n, cell in enumerate(head) if column_of(folded(cell)) == "approved_on"]
    return told


def _number(text: str) -> tuple[int, ...]:
    found = _VERSION.fullmatch(text.strip())
    return tuple(map(int, found[1].split("."))) if found else ()


def _at(row: Sequence[str], column: int) -> str:
    return row[column] if column < len(row) else ""
