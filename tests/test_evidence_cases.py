"""Fetch: a log of events becomes one record for each case, and says what the log does not show."""

from __future__ import annotations

import csv
import gzip
import shutil
from collections import defaultdict
from pathlib import Path

import pytest
from folders import audited
from test_evidence import RULESET, SOURCE, only, read
from test_evidence_mapping import tally

from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord

EVIDENCE = Path(__file__).parent / "evidence"

CASES = '[source.cases]\nkey = "id"\norder = { from = "at" }\n[source.columns]\n'
LOG = (
    "id,at,received,days\n"
    "A,2026-01-02 10:00,2026-01-01,\n"  # 2
    "A,2026-01-01 10:00,2026-01-03,7\n"
    "B,2026-01-01 10:00,2026-01-04,1\n"
    "B,2026-01-03 10:00,,2\n"  # 5
    "A,2026-01-03 10:00,2026-01-02,\n"
)


def days(folder: Path, take: str, text: str = LOG, value: str = "days", cases: str = CASES) -> AuditRecord:
    more = f'{cases}days = {{ from = "{value}", take = "{take}" }}\n'
    (folder / "c.csv").write_text(text, "utf-8")
    ruleset = RULESET.replace("days >= 0", "days in (7, 2)").replace("received is not null", "days is null or days = 3")
    return audited(folder, ruleset, SOURCE.format(path="c.csv", more=more))


@pytest.mark.parametrize(
    ("take", "quick", "blank"),
    [
        ("first", (1, 1, 0), (0, 2, 0)),  # 7, 1
        ("last", (1, 1, 0), (1, 1, 0)),  # blank, 2
        ("first filled", (1, 1, 0), (0, 2, 0)),  # 7, 1
        ("last filled", (2, 0, 0), (0, 2, 0)),  # 7, 2
        ("min", (1, 1, 0), (0, 2, 0)),  # 7, 1
        ("max", (2, 0, 0), (0, 2, 0)),  # 7, 2
    ],
)
def test_the_plan_says_which_event_counts(
    tmp_path: Path, take: str, quick: tuple[int, int, int], blank: tuple[int, int, int]
) -> None:
    record = days(tmp_path, take)
    assert tally(record, "O.quick") == quick
    assert tally(record, "O.received") == blank


def test_events_are_counted(tmp_path: Path) -> None:
    assert tally(days(tmp_path, "count", value="id"), "O.received") == (1, 1, 0)  # 3, 2
    assert tally(days(tmp_path, "count", value="days"), "O.quick") == (1, 1, 0)  # 1, 2


def test_a_case_is_one_record_at_the_row_of_its_last_event_and_that_is_said(tmp_path: Path) -> None:
    record = read(tmp_path, LOG, CASES)
    entry = only(record)
    assert entry.rows_read == 2
    assert entry.notes == ("5 events are 2 cases, by 'id'; the row of a case is that of its last event",)
    assert entry.unmapped_columns == ()
    assert tally(record, "O.received") == (1, 1, 0)
    (finding,) = (f for f in record.findings if f.rule == "O.received")
    assert [(e.key, e.location.row) for e in finding.exceptions if e.location] == [("B", 5)]


def test_events_at_one_time_are_in_the_order_of_their_rows(tmp_path: Path) -> None:
    text = "id,at,received,days\nA,2026-01-01,,7\nA,2026-01-01,,8\nA,2026-01-01,,2\n"
    assert tally(days(tmp_path, "first", text), "O.quick") == (1, 0, 0)
    assert tally(days(tmp_path, "last", text), "O.quick") == (1, 0, 0)


@pytest.mark.parametrize(
    ("take", "unreadable"),
    [("first", 0), ("last", 1), ("first filled", 0), ("last filled", 1), ("min", 1), ("max", 1), ("count", 0)],
)
def test_a_cell_is_unreadable_where_the_event_that_decides_is(tmp_path: Path, take: str, unreadable: int) -> None:
    text = "id,at,received,days\nA,2026-01-01,,7\nA,2026-01-02,,2\nA,2026-01-03,,soon\n"
    record = days(tmp_path, take, text)
    assert tally(record, "O.quick")[2] == unreadable
    assert [cell.location.row for cell in only(record).unreadable] == [4] * unreadable


@pytest.mark.parametrize(
    ("take", "unreadable"), [("first", 1), ("last", 1), ("last filled", 1), ("min", 0), ("max", 0)]
)
@pytest.mark.parametrize("time", ["", "noon"])
def test_an_event_without_a_time_leaves_first_and_last_open(
    tmp_path: Path, take: str, unreadable: int, time: str
) -> None:
    text = f"id,at,received,days\nA,2026-01-01,,7\nA,{time},,2\nB,2026-01-01,,2\n"
    record = days(tmp_path, take, text)
    assert tally(record, "O.quick")[2] == unreadable
    assert "1 cases have an event without 'at': which is their last is unreadable" in only(record).notes


@pytest.mark.parametrize(
    ("take", "unreadable"), [("first", 1), ("min", 1), ("count", 1), ("last", 0), ("max", 0), ("last filled", 0)]
)
def test_a_log_that_begins_after_its_case_does_not_show_how_it_began(
    tmp_path: Path, take: str, unreadable: int
) -> None:
    begun = CASES.replace("[source.columns]", 'begins = { from = "received", value = "New" }\n[source.columns]')
    text = "id,at,received,days\nA,2026-01-01,new,7\nB,2026-01-01,open,7\n"
    record = days(tmp_path, take, text, cases=begun)
    assert tally(record, "O.quick")[2] == unreadable
    assert "1 cases have no first event in the log: what they began with is unreadable" in only(record).notes


def test_events_may_be_in_the_order_of_a_number(tmp_path: Path) -> None:
    text = "id,at,received,days\nA,10,,7\nA,9,,1\nA,11,,2\n"
    numbered = CASES.replace('{ from = "at" }', '{ from = "at", type = "number" }')
    assert tally(days(tmp_path, "last", text, cases=numbered), "O.quick") == (1, 0, 0)


def test_an_event_that_names_no_case_is_a_lost_record(tmp_path: Path) -> None:
    record = read(tmp_path, LOG + ",2026-01-01,2026-01-01,1\n", CASES)
    assert tally(record, "O.received") == (1, 1, 1)
    (skipped,) = only(record).rows_skipped
    assert (skipped.row, skipped.reason) == (7, "an event that names no case")


@pytest.mark.parametrize(
    ("more", "line", "message"),
    [
        ('[source.cases]\nkey = "no"\norder = { from = "at" }\n', 10, "c.csv has no column 'no'"),
        ('[source.cases]\nkey = "id"\norder = { from = "when" }\n', 11, "c.csv has no column 'when'"),
        ('[source.cases]\nkey = "id"\n', 10, "the key 'order' is missing here"),
        ('[source.cases]\nkey = "id"\norder = { from = "at", format = "%H" }\n', 11, "a date format needs day"),
        ('[source.columns]\ndays = { from = "days", take = "first" }\n', 10, "'take' is for a log of events"),
        ('[source.columns]\ndays = { from = "days", take = "best" }\n', 10, "'take' should be"),
    ],
)
def test_a_fold_that_cannot_be_is_refused_at_its_line(tmp_path: Path, more: str, line: int, message: str) -> None:
    with pytest.raises(QmscheckError) as refused:
        read(tmp_path, LOG, more)
    (problem,) = refused.value.problems
    assert problem.line == line
    assert message in problem.message


def test_cases_are_made_of_one_file(tmp_path: Path) -> None:
    (tmp_path / "c1.csv").write_text(LOG, "utf-8")
    (tmp_path / "c2.csv").write_text(LOG, "utf-8")
    with pytest.raises(QmscheckError, match="makes cases of the events of one file, and there are 2"):
        audited(tmp_path, RULESET, SOURCE.format(path="c*.csv", more=CASES))


DESK = """
[ruleset]
id = "desk"
title = "Desk"
standard = "none"
edition = "1"
version = "1"
language = "en"

[table.incidents]
purpose = "Each incident"
key = "number"
[table.incidents.columns]
number = { type = "text" }
in_time = { type = "boolean" }
opened = { type = "timestamp" }
events = { type = "integer" }

[[obligation]]
id = "T"
title = "In time"
force = "requirement"
clauses = ["1"]
doc_info = "none"
statement = "Incidents are settled in time."
grade = "minor"
grade_why = "It can be mended."
recommendation = "The quality manager looks."

[[rule]]
id = "T.incident"
obligation = "T"
title = "In time"
each = "incidents"
must = "in_time and opened is not null and events > 0"
statement = "{unmet} of {population} were not."
"""

DESK_SOURCE = """[[source]]
table = "incidents"
path = "log.csv.gz"
missing = ["?"]
[source.cases]
key = "number"
order = { from = "sys_mod_count", type = "number" }
begins = { from = "sys_mod_count", value = "0" }
[source.columns]
number = "number"
in_time = { from = "made_sla", take = "last" }
opened = { from = "opened_at", format = "%d/%m/%Y %H:%M", take = "first filled" }
events = { from = "number", take = "count" }
"""


def test_the_log_of_a_service_desk_gives_the_share_of_incidents_and_not_that_of_events(tmp_path: Path) -> None:
    log = EVIDENCE / "it-incidents-sla/incident_event_log_first4000.csv.gz"
    shutil.copy(log, tmp_path / "log.csv.gz")
    events = defaultdict(list)
    with gzip.open(log, "rt", encoding="utf-8") as file:
        for event in csv.DictReader(file):
            events[event["number"]].append(event)
    late = {n for n, given in events.items() if all(e["sys_mod_count"] != "0" for e in given)}
    last = {n: max(given, key=lambda e: int(e["sys_mod_count"])) for n, given in events.items()}
    good = {n for n, event in last.items() if event["made_sla"] == "true"}
    record = audited(tmp_path, DESK, DESK_SOURCE)
    assert tally(record, "T.incident") == (len(good - late), len(events.keys() - good), len(good & late))
    assert only(record).rows_read == len(events)
