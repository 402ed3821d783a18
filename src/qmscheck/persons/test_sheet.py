"""The test sheet of a sample: a workbook that says what to read, takes what was seen, and is read back cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.persons.samples import FORM, Draw, Drawn, place, plural, written_asked
from qmscheck.persons.sheets import Cell, Column, Sheet, workbook

__all__ = ["COLUMNS", "DRAW", "FACTS", "FACTS_HEADING", "FORCED", "HEADING", "RESULTS", "SAMPLE", "known", "write"]

SAMPLE, FORCED, DRAW = "Sample", "Forced", "Draw"
RESULTS = ("met", "not met", "not found", "not applicable")

#: The row of the headings of each sheet of records, and of the sheet of facts, counting from 1.
HEADING, FACTS_HEADING = 5, 3
FACTS = (Column("Fact", 16), Column("Value", 110))

COLUMNS = (
    Column("No.", 6),
    Column("Key", 20),
    Column("Stratum", 16),
    Column("File", 28),
    Column("Sheet or heading", 16),
    Column("Row or page", 10),
    Column("Result", 14, RESULTS, fill=True, note="not found counts as not met; not applicable: say why under Seen."),
    Column("Seen", 40, fill=True, note="What was seen. Needed where the result is not 'met'."),
    Column("Reference", 20, fill=True, note="Where it was seen: a record number, a page."),
    Column("Tester", 16, fill=True),
    Column("Date", 12, fill=True, note="The day of the test, such as 2026-11-20."),
)


def write(draw: Draw) -> bytes:
    """Write a draw as a workbook: the records to read, those that were forced apart, and the draw itself."""
    criterion = draw.asked.criterion or "(not stated: it is asked for when the sheet is read back)"
    head = (
        f"Criterion: {criterion}",
        _of(draw),
        "Fill in Result, Tester and Date for each record, and Seen where it is not met. Change no other cell.",
    )
    apart = ("Picked by a person, not drawn: reported apart, never part of the rate.", *head[1:])
    sheets = [_records(SAMPLE, head, draw.records)] if draw.is_random else []
    sheets += [_records(FORCED, (head[0], apart[0], head[2]), draw.picked)] if draw.picked else []
    facts = [*draw.facts(), ("Request", written_asked(draw.asked))]
    lines = ("What was drawn, and how. Change nothing here: the sheet is checked against it.", FORM)
    return workbook([*sheets, Sheet(DRAW, lines, FACTS, facts)], draw.asked.as_of)


def _of(draw: Draw) -> str:
    drawn = f"{plural(len(draw.records), 'record')} of {plural(draw.size, 'record')} of {draw.table}"
    return f"{drawn}; form {draw.id}; as of {draw.asked.as_of}"


def _records(name: str, head: Sequence[str], records: Sequence[Drawn]) -> Sheet:
    return Sheet(name, (*head, *[""] * (HEADING - 1 - len(head))), COLUMNS, [[*known(r), *[None] * 5] for r in records])


def known(record: Drawn) -> tuple[Cell, ...]:
    """Give the cells of a record that the sheet states, and that nobody may change."""
    path, sheet, spot = place(record.location)
    key = f"{record.key} (also picked)" if record.picked else record.key
    return record.number, key, record.stratum, path, sheet, spot
