"""Which date format a column is written in, with the cell that proves it, or the question where it can be read twice.

Formats come in families of one way to write, and that of `03/04/2026` has two readings. One is proposed only where
some cell can be read in no other way, and none only the other way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qmscheck.engine import Engine, counts
from qmscheck.proposal.seen import Column, Value
from qmscheck.sql.days import DATE_FORMATS
from qmscheck.sql.mapping import MappedColumn
from qmscheck.sql.profile import COUNTED, fits, odd, proof

__all__ = ["Dates", "dates_of", "unread"]

#: Values that are looked at for their form, and different dates that make a column of words one of dates.
_SAMPLE, _ENOUGH = 60, 12
_SHAPED = re.compile(
    r"(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})|\d{1,2}[-/ ][A-Za-zäÄ]{3,9}[-/ ]\d{2,4}"
    r"|[A-Za-z]{3,9} \d{1,2}, ?\d{4}|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|\d{4}-\d{2}-\d{2})(?P<time>[ T]\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?)?Z?"
)


@dataclass(frozen=True, slots=True)
class Dates:
    """How the dates of a column are written.

    `read` counts the cells that read as a date, in ISO 8601 or in `formats`; `why` proves these. `question` stands in
    place of a format where nothing decides between the `either` two.
    """

    read: int
    formats: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    question: str = ""
    either: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """A column in the engine."""

    engine: Engine
    view: str
    column: Column

    def proof(self, form: str, other: str) -> tuple[str, int | None] | None:
        """Give the first cell, and its row, that `form` reads and `other` does not."""
        found = self.engine.rows(proof(self.view, self.column.name, form, other))
        return (str(found[0][0]), None if found[0][1] is None else int(str(found[0][1]))) if found else None


def dates_of(engine: Engine, view: str, column: Column) -> Dates:
    """Find the date formats of a column; those of one that does not look like dates are not searched for."""
    shaped = [value for value in column.top if _SHAPED.fullmatch(value.text)]
    few = sum(value.count for value in shaped) * 2 < sum(value.count for value in column.top)
    if not shaped or (few and (len(shaped) * 2 < len(column.top) or len(shaped) < _ENOUGH)):
        return Dates(column.iso)
    place = _Place(engine, view, column)
    forms = list(_possible(unread(engine, view, column, COUNTED[-1], _SAMPLE)))
    if not forms:
        return Dates(column.iso)
    (row,) = engine.rows(fits(view, column.name, forms))
    iso, *read = counts(row)
    by_form = {form: n for form, n in zip(forms, read, strict=True) if n}
    found = Dates(iso)
    for family in _families(by_form):
        found = _with_family(place, found, family, max(by_form[form] for form in family))
    return replace(found, read=min(found.read, column.filled))


def unread(engine: Engine, view: str, column: Column, mapped: MappedColumn, most: int) -> tuple[Value, ...]:
    """Give the commonest values that a mapping cannot read."""
    found = engine.rows(odd(view, column.name, mapped, most))
    return tuple(Value(str(text), int(str(n)), None if row is None else int(str(row))) for text, n, row in found)


def _possible(values: Sequence[Value]) -> Iterator[str]:
    """Give the formats that look like some value, with the time that stands behind it."""
    texts = [value.text for value in values if _SHAPED.fullmatch(value.text)]
    times = sorted({_time(text) for text in texts})
    signs = {sign for text in texts for sign in text[:11] if sign in "./- "} | {""}
    lettered = any(re.search("[A-Za-z]", text[:12]) for text in texts)
    for form in DATE_FORMATS:
        between = re.sub(r"%\w|,", "", form)[:1]
        if between in signs and ("%b" in form.lower()) <= lettered:
            yield from (form + time for time in times)


def _time(text: str) -> str:
    """Write the format of the time behind a date; nothing where there is none."""
    found = _SHAPED.fullmatch(text)
    time = (found["time"] if found else None) or ""
    if not time:
        return ""
    half = re.search(r"( ?)[AaPp][Mm]$", time)
    seconds = ":%S" if time.count(":") == 2 else ""  # noqa: PLR2004  (hours:minutes:seconds)
    return f"{time[0]}{'%I' if half else '%H'}:%M{seconds}" + (f"{half[1]}%p" if half else "")


def _families(by_form: dict[str, int]) -> Iterator[tuple[str, ...]]:
    """Give formats that read something, each with its other reading, those that read most first."""
    told: set[str] = set()
    for form in sorted(by_form, key=lambda f: (-by_form[f], f)):
        short = form.replace("%B", "%b")
        if form in told or (short != form and by_form.get(short) == by_form[form]):  # May is its own short form
            continue
        other = _swapped(form)
        family = (form, other) if other is not None and other in by_form else (form,)
        told |= set(family)
        yield family


def _swapped(form: str) -> str | None:
    """Write a format with day and month in each other's place; None for what has no other reading."""
    if form.startswith("%Y") or "%m" not in form:
        return None
    return form.replace("%d", "%~").replace("%m", "%d").replace("%~", "%m")


def _with_family(place: _Place, found: Dates, family: tuple[str, ...], read: int) -> Dates:
    """Add what one way of writing tells: a format with its proof, or a question."""
    form, other = family[0], _swapped(family[0])
    added = replace(found, read=found.read + read, formats=(*found.formats, form))
    if other is None:
        text, row = place.proof(form, "%Y/%j") or ("", None)
        return replace(added, why=(*found.why, f"as in {_at(text, row)}"))
    first, second = place.proof(form, other), place.proof(other, form)
    if first is not None and second is None:
        why = f"{_spoken(form)}: {_at(*first)} cannot be read as {_spoken(other)}"
        return replace(added, why=(*found.why, why))
    if first is None and second is None and len(family) == 1:
        text, row = place.proof(form, "%Y/%j") or ("", None)
        return replace(added, why=(*found.why, f"dots, so {_spoken(form)}, as in {_at(text, row)}: no cell proves it"))
    forms = tuple(sorted((form, other)))
    if first is not None and second is not None:
        told = f"{_at(*first)} is {_spoken(form)} and {_at(*second)} is {_spoken(other)}: two ways in one column"
    else:
        told = f"every date can be read as {_spoken(forms[0])} and as {_spoken(forms[1])}{_as_in(place.column)}"
    return replace(found, read=found.read + read, question=told, either=forms)


def _as_in(column: Column) -> str:
    sample = next((value for value in column.top if _SHAPED.fullmatch(value.text)), None)
    return f", such as {_at(sample.text, sample.row)}" if sample else ""


def _at(text: str, row: int | None) -> str:
    return f"'{text}'" + (f" in row {row}" if row is not None else "")


def _spoken(form: str) -> str:
    return (
        re.sub(r"[ T]%[HI].*", "", form)
        .replace("%d", "day")
        .replace("%m", "month")
        .replace("%b", "month")
        .replace("%B", "month")
        .replace("%Y", "year")
        .replace("%y", "year")
    )
