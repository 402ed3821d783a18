"""Cuts of public data with known answers: the figures are computed here once more, without the product."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from folders import HEADER, audited
from python_calamine import CalamineWorkbook

from qmscheck.model import Finding, Tally, Verdict

EVIDENCE = Path(__file__).parent / "evidence"

DELIVERIES = (
    HEADER
    + """
[table.deliveries]
purpose = "Each delivery, with the day that was promised"
key = "delivery"
[table.deliveries.columns]
delivery = { type = "text" }
promised = { type = "date" }
delivered = { type = "date" }

[[rule]]
id = "T.on-time"
obligation = "T"
title = "On time"
each = "deliveries"
must = "delivered <= promised"
statement = "{unmet} of {population} were late."
"""
)

EVENTS = (
    HEADER
    + """
[table.events]
purpose = "Each change of a ticket"
key = ["number", "change"]
[table.events.columns]
number = { type = "text" }
change = { type = "integer" }
in_time = { type = "boolean" }
opened = { type = "timestamp" }

[[rule]]
id = "T.event"
obligation = "T"
title = "Each event is in time"
each = "events"
must = "in_time and opened is not null"
statement = "{unmet} of {population} events are late."

[[rule]]
id = "T.incident"
obligation = "T"
title = "Each incident, as it was opened, has no late event"
each = "events"
where = "change = 0"
query = '''select e.number, 0 as change from events e
           group by e.number having sum(case when e.in_time then 0 else 1 end) > 0'''
statement = "{unmet} of {population} incidents are late."
"""
)

INCIDENTS = (
    HEADER
    + """
[table.incidents]
purpose = "Each ticket, once"
key = "number"
[table.incidents.columns]
number = { type = "text" }
in_time = { type = "boolean" }

[[rule]]
id = "T.incident"
obligation = "T"
title = "Each incident is in time"
each = "incidents"
must = "in_time"
statement = "{unmet} of {population} incidents are late."
"""
)

WORDS = (
    HEADER
    + """
[term.policy]
en = ["quality policy"]
[term.feedback]
en = ["feedback"]
[term.review]
en = ["management review*"]

[table.passages]
purpose = "What the documents say"
key = "passage_id"
[table.passages.columns]
passage_id = { type = "text" }
document = { type = "text" }
text = { type = "text" }
"""
    + "".join(
        f"""
[[rule]]
id = "T.{name}"
obligation = "T"
title = "{name}"
count = "passages"
where = "mentions(text, '{name}')"
at_least = 1
conclusive = false
statement = "{{met}} passages."
"""
        for name in ("policy", "feedback", "review")
    )
)

DELIVERY_COLUMNS = """
[source.columns]
delivery = "ID"
promised = "Scheduled Delivery Date"
delivered = "Delivered to Client Date"
"""
EVENT_COLUMNS = """
missing = ["?"]
[source.columns]
number = "number"
change = "sys_mod_count"
in_time = "made_sla"
opened = { from = "opened_at", format = "%d/%m/%Y %H:%M" }
"""


def tally(finding: Finding) -> tuple[int, int, int, int]:
    assert isinstance(finding.tally, Tally)
    return finding.tally.population, finding.tally.met, finding.tally.unmet, finding.tally.unreadable


# ---------------------------------------------------------------- deliveries, three ways


def records_of(name: str) -> list[list[str]]:
    """Read a cut with the standard library, row by row, the heading first."""
    if name.endswith(".csv"):
        text = (EVIDENCE / "scms-deliveries" / name).read_bytes().decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline="")))
    if name.endswith(".tsv"):
        text = (EVIDENCE / "scms-deliveries" / name).read_bytes().decode("utf-8")
        return list(csv.reader(io.StringIO(text.replace("\r", "\n"), newline=""), delimiter="\t"))
    sheet = CalamineWorkbook.from_path(str(EVIDENCE / "scms-deliveries" / name)).get_sheet_by_index(0)
    return [[_cell(c) for c in row] for row in sheet.to_python()]


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strftime("%d-%b-%y") if isinstance(value, dt.date) else str(value)


def late(records: list[list[str]]) -> dict[str, int]:
    """Give the key and the row number of every late delivery."""
    head = records[0]
    promised, delivered = head.index("Scheduled Delivery Date"), head.index("Delivered to Client Date")

    def day(text: str) -> dt.date:
        return dt.datetime.strptime(text, "%d-%b-%y").replace(tzinfo=dt.UTC).date()

    return {r[0]: row for row, r in enumerate(records[1:], 2) if day(r[delivered]) > day(r[promised])}


@pytest.fixture(scope="module", params=["deliveries.csv", "deliveries_mac.tsv", "deliveries.xlsx"])
def on_time(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Finding]:
    """Give the name of a cut, and what an audit of it found."""
    name, folder = request.param, tmp_path_factory.mktemp("deliveries")
    shutil.copy(EVIDENCE / "scms-deliveries" / name, folder / name)
    record = audited(folder, DELIVERIES, f'[[source]]\ntable = "deliveries"\npath = "{name}"\n{DELIVERY_COLUMNS}')
    return name, record.finding("T.on-time")


def test_the_same_deliveries_are_late_in_whatever_file_they_stand(on_time: tuple[str, Finding]) -> None:
    name, finding = on_time
    assert tally(finding) == (400, 340, 60, 0)
    own = late(records_of(name))
    assert {e.key: e.location.row for e in finding.exceptions} == own
    assert list(own.values()) != list(late(records_of("deliveries_mac.tsv")).values()) or name.endswith("_mac.tsv")


def test_every_exception_opens_at_the_cell_that_is_late(on_time: tuple[str, Finding]) -> None:
    name, finding = on_time
    records = records_of(name)
    assert len(finding.exceptions) == 60
    for exception in finding.exceptions:
        place = exception.location
        assert place.path == name
        assert place.row is not None
        assert records[place.row - 1][0] == exception.key
        assert place.column == "Delivered to Client Date"
        if name.endswith(".xlsx"):
            book = CalamineWorkbook.from_path(str(EVIDENCE / "scms-deliveries" / name))
            assert place.sheet == book.sheet_names[0]
            assert place.cell == f"N{place.row}"
            assert records[0][ord("N") - ord("A")] == place.column
        else:
            assert (place.sheet, place.cell) == (None, None)


# ---------------------------------------------------------------- incidents: events are not incidents


def events() -> list[dict[str, str]]:
    with gzip.open(EVIDENCE / "it-incidents-sla/incident_event_log_first4000.csv.gz", "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_share_of_events_is_not_a_share_of_incidents(tmp_path: Path) -> None:
    name = "incident_event_log_first4000.csv.gz"
    shutil.copy(EVIDENCE / "it-incidents-sla" / name, tmp_path / name)
    record = audited(tmp_path, EVENTS, f'[[source]]\ntable = "events"\npath = "{name}"\n{EVENT_COLUMNS}')
    given = events()
    good = sum(e["made_sla"] == "true" for e in given)
    assert tally(record.finding("T.event")) == (4000, good, 4000 - good, 0)
    opened = {e["number"] for e in given if e["sys_mod_count"] == "0"}
    broken = {e["number"] for e in given if e["made_sla"] != "true"}
    finding = record.finding("T.incident")
    assert tally(finding) == (len(opened), len(opened - broken), len(opened & broken), 0)
    assert (4000 - good) / 4000 < 0.06
    assert len(opened & broken) / len(opened) > 0.3
    for exception in finding.exceptions:
        number, change = exception.key.split(" / ")
        assert exception.location.row is not None
        event = given[exception.location.row - 2]
        assert (event["number"], event["sys_mod_count"]) == (number, change)


def test_a_source_can_be_a_query_that_makes_one_record_of_each_incident(tmp_path: Path) -> None:
    given = events()
    with sqlite3.connect(tmp_path / "desk.sqlite") as desk:
        desk.execute("create table log (number text, made_sla text)")
        desk.executemany("insert into log values (?, ?)", [(e["number"], e["made_sla"]) for e in given])
    desk.close()
    query = "select number, min(made_sla = 'true') as kept from log group by number"
    source = f'[[source]]\ntable = "incidents"\npath = "desk.sqlite"\nquery = "{query}"\n[source.columns]\nin_time = "kept"\n'
    record = audited(tmp_path, INCIDENTS, source)
    every = {e["number"] for e in given}
    broken = {e["number"] for e in given if e["made_sla"] != "true"}
    assert tally(record.finding("T.incident")) == (len(every), len(every - broken), len(broken), 0)


# ---------------------------------------------------------------- documents: words are no proof


def test_passages_are_found_at_their_places_and_words_pass_nothing(tmp_path: Path) -> None:
    shutil.copytree(EVIDENCE / "gstt-csc-qms/qms", tmp_path / "qms")
    record = audited(tmp_path, WORDS, '[[source]]\ntable = "passages"\npath = "qms"\n')
    documents = {
        "T.policy": "qms/CSC-PL-001-Quality-Manual.md",
        "T.feedback": "qms/CSC-PR-006-Feedback-Management.md",
        "T.review": "qms/CSC-PR-011-Management-Review.md",
    }
    for rule, document in documents.items():
        finding = record.finding(rule)
        assert finding.verdict is Verdict.MANUAL
        assert document in {e.location.path for e in finding.exceptions}
        for exception in finding.exceptions:
            assert exception.state == "quoted"
            place = exception.location
            assert _stands(tmp_path / place.path, exception.quote or "", place.row)
            assert place.heading is None or _headings(tmp_path / place.path, place.heading)
    assert record.obligations[0].verdict is Verdict.MANUAL


def test_a_real_manual_alone_passes_nothing_of_iso_9001_and_what_is_not_read_is_named(tmp_path: Path) -> None:
    shutil.copytree(EVIDENCE / "gstt-csc-qms/qms", tmp_path / "qms")
    record = audited(tmp_path, "iso9001", '[[source]]\ntable = "documents"\npath = "qms"\n')
    assert not [o.id for o in record.obligations if o.verdict is Verdict.PASS]
    assert not [f.rule for f in record.findings if f.verdict is Verdict.PASS]
    assert ("file", "qms/LICENSE", "unsupported") in [(limit.kind, limit.id, limit.reason) for limit in record.limits]
    disagree = {"qms/CSC-PL-001-Quality-Manual.md", "qms/CSC-PR-006-Feedback-Management.md"}
    assert {e.location.path for e in record.finding("CF-7.5-1.agrees").exceptions} == disagree


def _stands(path: Path, quote: str, row: int | None) -> bool:
    """Tell whether each piece of a quotation stands in the file, and one of them on its line."""
    lines = [_words(line) for line in path.read_text("utf-8").splitlines()]
    pieces = [words for piece in re.split(r"[:;.…]", quote) if (words := _words(piece))]
    whole = " ".join(lines)
    assert row is not None
    begins = [" ".join(piece.split()[:2]) for piece in pieces]
    return bool(pieces) and all(p in whole for p in pieces) and any(b in lines[row - 1] for b in begins)


def _words(text: str) -> str:
    """Give the words of a line, without marks, tags and the targets of links."""
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"<[^>]*>|\]\([^)]*\)", " ", text)))


def _headings(path: Path, heading: str) -> bool:
    whole = _words(path.read_text("utf-8"))
    return all(_words(part) in whole for part in heading.split(" > "))
