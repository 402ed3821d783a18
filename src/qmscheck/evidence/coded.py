"""Cells that the plan's codes for nothing took away: how many, and which of the codes are values of their column.

`missing = ["0"]` takes every zero out of a register: what is left may look better than it is. The plan says so, and an
auditor who knows how much it is may agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qmscheck.cells import WHITE_SPACE
from qmscheck.engine import Engine, counts
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import FALSE, TRUE, MappedColumn, coded

__all__ = ["Taken", "may_be_values", "taken"]


@dataclass(frozen=True, slots=True)
class Taken:
    """A code of the plan, as it is written there, and of how many filled cells of a heading it made blank ones.

    `value` says what the code is besides: a word of the column's list, a number, a day; empty where it is none.
    """

    heading: str
    code: str
    cells: int
    filled: int
    value: str

    @property
    def told(self) -> str:
        """The same in a sentence without its end."""
        share = (
            f"{self.cells} of {self.filled} filled cells of '{self.heading}' ({100 * self.cells / self.filled:.0f} %)"
        )
        known = f", and is {self.value}: if it is meant, take it out of 'missing'" if self.value else ""
        return f"'{self.code}' stands for blank in {share}{known}"


def may_be_values(columns: Sequence[MappedColumn]) -> bool:
    """Tell whether some column has a code for nothing that may be one of its values."""
    return any(_value(column, code) for column in _asked(columns) for code in _codes(column))


def taken(
    engine: Engine, raw: str, columns: Sequence[MappedColumn], headings: Mapping[str, str | None]
) -> tuple[Taken, ...]:
    """Count what each code took away, in one look at the raw records. Codes that took nothing are left out."""
    asked = _asked(columns)
    if not asked:
        return ()
    codes = [_codes(column) for column in asked]
    numbers = iter(counts(engine.rows(coded(raw, [*zip(asked, codes, strict=True)]))[0]))
    found: list[Taken] = []
    for column, listed in zip(asked, codes, strict=True):
        filled = next(numbers)
        heading = headings.get(column.name) or column.name
        found += [Taken(heading, code, next(numbers), filled, _value(column, code)) for code in listed]
    return tuple(one for one in found if one.cells)


def _asked(columns: Sequence[MappedColumn]) -> list[MappedColumn]:
    return [column for column in columns if column.header is not None and not column.others and _codes(column)]


def _codes(column: MappedColumn) -> list[str]:
    """Give the codes of a column, each once; what the plan maps to a value is none."""
    mapped = {word.strip(WHITE_SPACE).lower() for word in column.values or {}}
    named = {code.strip(WHITE_SPACE).lower(): code.strip(WHITE_SPACE) for code in column.missing}
    return [code for low, code in named.items() if low and low not in mapped]


def _value(column: MappedColumn, code: str) -> str:
    """Say what a code is as a value of its column; nothing where it is none."""
    low = code.lower()
    if low in {word.lower() for word in column.words}:
        return "a word of its list"
    match column.kind:
        case Kind.INTEGER | Kind.NUMBER:
            return "a number" if _is_number(code, column) else ""
        case Kind.DATE | Kind.TIMESTAMP:
            return "a day" if _is_day(code, column) else ""
        case Kind.BOOLEAN:
            return "a yes or no" if low in {*TRUE, *FALSE} else ""
        case _:
            return ""


def _is_number(code: str, column: MappedColumn) -> bool:
    spelling = column.spelling
    plain = code.replace(spelling.thousands or "\0", "").replace(spelling.decimal or ".", ".")
    try:
        return abs(float(plain)) < float("inf")
    except ValueError:
        return False


def _is_day(code: str, column: MappedColumn) -> bool:
    for form in (*column.formats, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"):
        try:
            dt.datetime.strptime(code, form)  # noqa: DTZ007  (only whether it is one)
        except ValueError:
            continue
        return True
    return False
