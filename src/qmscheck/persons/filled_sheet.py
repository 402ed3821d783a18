"""A filled test sheet, read back cell by cell: what it was made for, and what was seen. A mistake has its cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qmscheck.cells import cell_name, visible
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.extracts import Extract, Request, Rows, Unread
from qmscheck.hookspecs import Reader
from qmscheck.persons.days import read_day
from qmscheck.persons.filled import ERROR, FORMULA
from qmscheck.persons.samples import Asked, Draw, Drawn, read_asked, written_asked
from qmscheck.persons.sheets import Column
from qmscheck.persons.test_sheet import COLUMNS, DRAW, FACTS, FACTS_HEADING, FORCED, HEADING, RESULTS, SAMPLE, known

__all__ = ["Filled", "Seen", "asked_for", "check_draw", "results"]

_MOST = 20
_KNOWN = 6
_FAILS = frozenset({"not met", "not found"})


@dataclass(frozen=True)
class Filled:
    """A workbook that a person filled in. `name` is how messages call it; `reader` brings its cells."""

    path: Path
    name: str
    reader: Reader
    scratch: Path

    def problem(self, sheet: str, at: tuple[int, int] | None, message: str, hint: str | None = None) -> Problem:
        """Write what is wrong with a cell: `at` is its row, counting from 1, and its column, counting from 0."""
        cell = f", cell {cell_name(at[1], at[0])}" if at is not None else ""
        return Problem(f'{self.name}, sheet "{sheet}"{cell}', 0, 0, message, hint)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw of a record; `cut` is the clock beside the day that was left away."""

    record: Drawn
    result: str
    seen: str | None
    reference: str | None
    tester: str
    on: dt.date
    cut: str | None = None

    @property
    def fails(self) -> bool:
        """What cannot be found counts as not met."""
        return self.result in _FAILS


def asked_for(filled: Filled) -> tuple[Asked, list[tuple[int, str, str]]]:
    """Read what a sheet was made for, and its facts (row, name, value). Raises QmscheckError where it is none."""
    facts = [(n, row[0] or "", row[1] or "") for n, row in _rows(filled, DRAW, FACTS, FACTS_HEADING)]
    for row, name, value in facts:
        asked = read_asked(value) if name == "Request" else None
        if name == "Request" and asked is None:
            raise QmscheckError(filled.problem(DRAW, (row, 1), "was changed: it does not say what was asked for"))
        if asked is not None:
            return asked, facts
    raise QmscheckError(filled.problem(DRAW, None, "has no row 'Request': it does not say what was asked for"))


def check_draw(filled: Filled, facts: Sequence[tuple[int, str, str]], draw: Draw) -> None:
    """Refuse a sheet that is not of this draw: the population has changed since, or the sheet was changed.

    Raises QmscheckError that says what was, and what is.
    """
    now = [*draw.facts(), ("Request", written_asked(draw.asked))]
    were = _named([(name, value) for _, name, value in facts])
    rows = dict(zip(were, (row for row, _, _ in facts), strict=True))
    are = _named(now)
    problems = []
    for key in {**were, **are}:
        was, is_ = were.get(key), are.get(key)
        if was != is_:
            at = (rows[key], 1) if key in rows else None
            message = f"'{key[0]}' was {_quoted(was)}, and is now {_quoted(is_)}"
            problems.append(filled.problem(DRAW, at, message))
    if not problems:
        return
    changed = were.get(("Population", 0)) != are.get(("Population", 0))
    what = "the population has changed since the draw" if changed else "the sheet is not of this draw"
    hint = "draw a new sample" if changed else "was a fact in the sheet changed, or the plan, the ruleset or qmscheck?"
    raise QmscheckError(Problem(filled.name, 0, 0, f"{what}: nothing may be concluded from it", hint), *problems)


def results(filled: Filled, draw: Draw, today: dt.date) -> tuple[tuple[Seen, ...], tuple[Seen, ...]]:
    """Read what was seen of the records drawn, and of those picked. Raises QmscheckError with every cell that is wrong
    or not filled in.
    """
    problems: list[Problem] = []
    found = []
    for sheet, records in ((SAMPLE, draw.records), (FORCED, draw.picked)):
        found.append(tuple(_sheet(filled, sheet, records, (draw.asked.as_of, today), problems)) if records else ())
    if problems:
        more = len(problems) - _MOST
        left = [Problem(filled.name, 0, 0, f"and {more} more cells or rows")] if more > 0 else []
        raise QmscheckError(*problems[:_MOST], *left)
    return found[0], found[1]


# ---------------------------------------------------------------- one sheet of records


def _sheet(
    filled: Filled, sheet: str, records: Sequence[Drawn], days: tuple[dt.date, dt.date], problems: list[Problem]
) -> Iterator[Seen]:
    by_number = {str(record.number): record for record in records}
    rows: dict[str, int] = {}
    for row, cells in _rows(filled, sheet, COLUMNS, HEADING):
        number = cells[0] or ""
        record = by_number.get(number)
        if record is None:
            message = f"'{number}' is no number of this draw" if number else "this row has no number"
            problems.append(filled.problem(sheet, (row, 0), message, "remove the row, or put its number back"))
        elif number in rows:
            problems.append(filled.problem(sheet, (row, 0), f"number {number} stands in row {rows[number]} too"))
        else:
            rows[number] = row
            before = len(problems)
            problems += _computed(filled, sheet, row, cells)
            if len(problems) > before:
                continue
            problems += _changed(filled, sheet, row, cells, record)
            problems += _mistakes(filled, sheet, row, cells[_KNOWN:], days)
            if len(problems) == before:
                result, seen, reference, tester, on = cells[_KNOWN:]
                day = read_day(on or "")
                assert day.day is not None  # noqa: S101  (checked with the other cells)
                yield Seen(record, _result(result) or "", seen, reference, tester or "", day.day, day.cut)
    problems += [
        filled.problem(sheet, None, f"number {number} ({record.key}) is missing", "each drawn record stands there once")
        for number, record in by_number.items()
        if number not in rows
    ]


def _computed(filled: Filled, sheet: str, row: int, cells: Sequence[str | None]) -> Iterator[Problem]:
    """Refuse formulas and errors: what a cell shows is not what a person saw."""
    for i, cell in enumerate(cells[_KNOWN:], _KNOWN):
        if cell == FORMULA:
            yield filled.problem(sheet, (row, i), "holds a formula", "write the text or the date itself")
        elif cell is not None and ERROR.fullmatch(cell):
            yield filled.problem(sheet, (row, i), f"holds the error {cell}", "write the text or the date itself")


def _changed(filled: Filled, sheet: str, row: int, cells: Sequence[str | None], record: Drawn) -> Iterator[Problem]:
    """Find what the sheet stated of a record and a person changed."""
    for i, stated in enumerate(known(record)):
        was = None if stated is None else str(stated)
        if visible(cells[i]) != visible(was):
            message = f"was {_quoted(was)}, and is now {_quoted(cells[i])}"
            yield filled.problem(sheet, (row, i), message, "what was drawn may not be changed")


def _mistakes(
    filled: Filled, sheet: str, row: int, cells: Sequence[str | None], days: tuple[dt.date, dt.date]
) -> Iterator[Problem]:
    given, seen, _, tester, on = cells
    if not any(cells):
        yield filled.problem(sheet, (row, _KNOWN), "nothing is filled in for this record")
        return
    result = _result(given)
    if given is None:
        yield filled.problem(sheet, (row, _KNOWN), "no result is filled in", f"one of: {', '.join(RESULTS)}")
    elif result is None:
        hint = did_you_mean(given.lower(), RESULTS) or f"one of: {', '.join(RESULTS)}"
        yield filled.problem(sheet, (row, _KNOWN), f"'{given}' is no result", hint)
    elif result != "met" and seen is None:
        yield filled.problem(sheet, (row, _KNOWN + 1), f"says nothing, and the result is '{result}'", "what was seen?")
    if tester is None:
        yield filled.problem(sheet, (row, _KNOWN + 3), "no tester is filled in", "who read the record?")
    yield from _dated(filled, sheet, row, on, days)


def _dated(filled: Filled, sheet: str, row: int, on: str | None, days: tuple[dt.date, dt.date]) -> Iterator[Problem]:
    """Check the day of a test: nobody has read a record before it was drawn, or will have tomorrow."""
    at = (row, _KNOWN + 4)
    first, today = days
    if on is None:
        yield filled.problem(sheet, at, "no date is filled in", "when was the record read?")
        return
    found = read_day(on)
    if found.day is None:
        message = found.mistake if found.hint is not None else f"'{on}' is no date"
        yield filled.problem(sheet, at, message or "", found.hint or "as in 2026-11-20")
    elif found.day > today:
        yield filled.problem(sheet, at, f"{found.day} is after today ({today})")
    elif found.day < first:
        message = f"{found.day} is before the draw ({first}): nobody knew yet which records would be drawn"
        yield filled.problem(sheet, at, message, "write the day on which the record was read for this sample")


def _result(given: str | None) -> str | None:
    plain = " ".join((given or "").lower().split())
    return plain if plain in RESULTS else None


# ---------------------------------------------------------------- cells


def _rows(
    filled: Filled, sheet: str, columns: Sequence[Column], heading: int
) -> Iterator[tuple[int, list[str | None]]]:
    """Give the rows of a sheet below its headings, with their numbers; blank cells are None."""
    request = Request(
        table="sheet",
        path=filled.path,
        options={"sheet": sheet, "header_row": heading, "formulas": "mark"},
        as_of=dt.date(2000, 1, 1),
        scratch=filled.scratch,
        root=filled.path.parent,
    )
    for part in filled.reader.read(request):
        if isinstance(part, Unread):
            hint = "is it a test sheet of qmscheck?" if part.reason in {"no-such-sheet", "empty"} else None
            raise QmscheckError(Problem(filled.name, 0, 0, f"cannot be read back: {part.detail}", hint))
        if not isinstance(part, Extract):
            continue
        wanted = [column.heading for column in columns]
        if part.first_column or list(part.columns[: len(wanted)]) != wanted:
            message = f"row {heading} no longer holds the headings {', '.join(wanted)}"
            raise QmscheckError(filled.problem(sheet, None, message, "put rows and columns back as they were"))
        yield from _cells(part, len(wanted))


def _cells(part: Extract, width: int) -> Iterator[tuple[int, list[str | None]]]:
    assert isinstance(part.content, Rows)  # noqa: S101  (a workbook has no other)
    for batch in part.content.batches:
        for i, row in enumerate(batch.rows or ()):
            cells = [visible(column[i]) for column in batch.columns[:width]]
            if any(cells):
                yield row, cells


def _named(facts: Sequence[tuple[str, str]]) -> Mapping[tuple[str, int], str]:
    """Number facts of the same name."""
    seen: dict[str, int] = {}
    found = {}
    for name, value in facts:
        found[name, seen.setdefault(name, 0)] = value
        seen[name] += 1
    return found


def _quoted(text: str | None) -> str:
    return "nothing" if text is None else f"'{text}'"
