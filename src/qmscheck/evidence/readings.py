"""What cells mean whose spelling the plan does not declare: the one possible reading, or a question to the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qmscheck.engine import counts
from qmscheck.evidence.bound import Question
from qmscheck.evidence.typing import Typing
from qmscheck.extracts import InPlace
from qmscheck.sql.days import DATE_FORMATS
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, format_fits, offsets, telling, two_readings

__all__ = ["date_formats", "is_text", "undeclared", "zones"]


def is_text(column: MappedColumn) -> bool:
    """Tell whether the file gives the cells of a column as text."""
    return column.native in {None, Kind.TEXT}


def date_formats(
    work: Typing, columns: Sequence[MappedColumn], asked: Sequence[MappedColumn], found: Mapping[str, str | None]
) -> tuple[list[str], list[Question], list[MappedColumn]]:
    """Find the format of date columns that declare none and are not ISO: (notes, questions, columns).

    The one possible format is used and reported; two possible readings are a question to the user, never a guess.
    """
    notes: list[str] = []
    questions: list[Question] = []
    given = list(columns)
    for column in asked:
        heading = found.get(column.name) or column.name
        reading = _date_format(work, column, heading)
        if isinstance(reading, Question):
            questions.append(reading)
        elif reading is not None:
            given[given.index(column)] = replace(column, formats=(reading,))
            notes.append(f"'{heading}' was read with the date format {reading}: no other fits its cells")
    return notes, questions, given


def _date_format(work: Typing, column: MappedColumn, heading: str) -> str | Question | None:
    """Find the format of a date column; None where none fits."""
    (counted,) = work.engine.rows(format_fits(f"{work.name}_raw", column))
    filled, iso, *fits = counts(counted)
    readable = [form for form, n in zip(DATE_FORMATS, fits, strict=True) if n == filled]
    if not readable:  # some cells are no dates at all: the format that reads most is proposed only if it is alone
        most = max(fits)
        best = [form for form, n in zip(DATE_FORMATS, fits, strict=True) if n == most]
        readable = best if most > iso else []
    readable = _once(readable)
    if not readable:
        return None
    if not _swapped(readable):
        return readable[0]
    if _read_as_two_days(readable):
        day, month = readable[0], readable[1]
        told = (
            f"the dates in '{heading}' can be read as {_spoken(day)} and as {_spoken(month)}: declare its format, "
            f'{column.name} = {{ from = "{heading}", format = "{day}" }} or format = "{month}"'
        )
    else:
        listed = ", ".join(f'"{form}"' for form in readable)
        told = (
            f"the dates in '{heading}' are written in more than one way: declare all of them, "
            f'{column.name} = {{ from = "{heading}", format = [{listed}] }}'
        )
    return Question(told, (column.name,))


def _once(forms: Sequence[str]) -> list[str]:
    """Leave out one of two formats that mean the same: May is its own short form."""
    return [f for f in forms if "%B" not in f or f.replace("%B", "%b") not in forms]


def _swapped(forms: Sequence[str]) -> bool:
    """Tell whether two of the formats differ in the order of day and month (or of anything that changes the date)."""
    return len({"".join(c for c in f if c in "dmbBYy") for f in forms}) > 1 and len(forms) > 1


def _read_as_two_days(forms: Sequence[str]) -> bool:
    """Tell whether some two formats differ in the order of day and month only, so that a cell may be either day."""
    turned = {form.translate(str.maketrans("dm", "md")) for form in forms}
    return bool(turned & set(forms))


def _spoken(form: str) -> str:
    names = {"%d": "day", "%m": "month", "%Y": "year", "%y": "year", "%b": "month", "%B": "month"}
    for code, word in names.items():
        form = form.replace(code, word)
    return form


def zones(
    work: Typing, columns: Sequence[MappedColumn], found: Mapping[str, str | None]
) -> tuple[list[str], list[Question]]:
    """Say how times with their offset from UTC were read: (notes, questions). Different ones need a declared zone, even
    in two columns: one of their times may be compared with the other.
    """
    questions: list[Question] = []
    told: dict[str, list[str]] = {}
    alike: dict[str, list[str]] = {}
    compared: list[str] = []
    for column in columns:
        if not column.kind.temporal or column.header is None or not is_text(column):
            continue
        heading = found.get(column.name) or column.name
        seen = [str(offset) for offset, _ in work.engine.rows(offsets(f"{work.name}_raw", column))]
        if column.zone is not None and seen:
            told.setdefault(f"an offset from UTC: they are told by {column.zone}", []).append(f"'{heading}'")
        elif len(seen) == 1:
            alike.setdefault(seen[0], []).append(f"'{heading}'")
            compared.append(column.name)
        elif seen:
            questions.append(Question(_asked_zone(f"the times in '{heading}'", seen), (column.name,)))
    if len(alike) > 1:
        which = f"the times in {', '.join(n for names in alike.values() for n in names)}"
        questions.append(Question(_asked_zone(which, [*alike]), tuple(compared)))
    else:
        told |= {
            f"the offset {o}: they are read as they are written, as [audit] names no timezone": names
            for o, names in alike.items()
        }
    return [f"times in {', '.join(names)} have {how}" for how, names in told.items()], questions


def _asked_zone(which: str, seen: Sequence[str]) -> str:
    return (
        f"{which} have different offsets from UTC ({', '.join(seen[:4])}): declare the zone "
        'whose clock the audit goes by, [audit] timezone = "Europe/London"'
    )


def undeclared(work: Typing, columns: Sequence[MappedColumn], found: Mapping[str, str | None]) -> list[str]:
    """Show the two readings of numbers that cannot be read because the plan does not say how they are spelled, and name
    what else it may declare of cells in files: codes for nothing, a unit, per cent.
    """
    notes: list[str] = []
    here = not isinstance(work.extract.content, InPlace)
    for column in columns:
        if here and is_text(column) and column.kind is not Kind.TEXT:
            notes += _other_marks(work, column, found.get(column.name) or column.name)
        if not column.kind.numeric or not is_text(column) or column.spelling.decimal or column.spelling.thousands:
            continue
        (number,) = counts(work.engine.rows(two_readings(f"{work.name}_raw", column))[0])
        if number:
            heading = found.get(column.name) or column.name
            readings = "which may be 1.234 or 1234: declare its decimal mark"
            notes.append(f"{number} cells of '{heading}' are written like 1,234, {readings}")
    return notes


def _other_marks(work: Typing, column: MappedColumn, heading: str) -> Iterator[str]:
    """Say that cells of a column hold what the plan could declare."""
    coded, united = counts(work.engine.rows(telling(f"{work.name}_raw", column))[0])
    if coded:
        told = "hold a code such as n/a, - or tbd: if it means blank, declare missing = [...]"
        yield f"{coded} cells of '{heading}' {told}"
    if united and column.kind.numeric and not column.spelling.units and column.spelling.percent is None:
        told = "have a unit or a sign of per cent beside the number: declare unit = [...] or percent"
        yield f"{united} cells of '{heading}' {told}"
