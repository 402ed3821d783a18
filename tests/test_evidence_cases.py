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


def test_where_the_times_of_events_have_two_readings_no_case_is_told(tmp_path: Path) -> None:
    text = "id,at,received,days\nA,01/02/2026,2026-01-01,1\nA,02/01/2026,2026-01-03,7\n"
    record = read(tmp_path, text, CASES)
    assert {str(f.verdict) for f in record.findings} == {"insufficient"}
    assert "The table complaints cannot be relied on: the dates in 'at' can be read as" in record.findings[0].reason


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
        ('[source.cases]\nkey = "id"\n', 9, "the key 'order' is missing here"),
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


def several(folder: Path, take: str, *texts: str, value: str = "days", optional: bool = False) -> AuditRecord:
    """Audit a log that lies in several files, named in this order."""
    folder.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (folder / f"c{number}.csv").write_text(text, "utf-8")
    more = ", optional = true" if optional else ""
    more = f'{CASES}days = {{ from = "{value}", take = "{take}"{more} }}\n'
    ruleset = RULESET.replace("days >= 0", "days in (7, 2)").replace("received is not null", "days is null or days = 3")
    return audited(folder, ruleset, SOURCE.format(path="c*.csv", more=more))


def split(*files: tuple[int, ...]) -> list[str]:
    """Write rows of the log, counting from 1, into several files."""
    head, *rows = LOG.splitlines()
    return ["\n".join([head, *(rows[number - 1] for number in file)]) + "\n" for file in files]


@pytest.mark.parametrize(
    "files", [[(1, 2), (3, 4, 5)], [(1, 4), (2, 3), (5,)], [(5,), (1, 2, 3, 4)], [(3, 4), (1, 2, 5)]]
)
@pytest.mark.parametrize("take", ["first", "last", "first filled", "last filled", "min", "max", "count"])
def test_a_log_in_several_files_has_the_cases_that_it_has_in_one(
    tmp_path: Path, take: str, files: list[tuple[int, ...]]
) -> None:
    one, many = days(tmp_path, take), several(tmp_path / "many", take, *split(*files))
    assert [tally(many, rule) for rule in ("O.quick", "O.received")] == [
        tally(one, rule) for rule in ("O.quick", "O.received")
    ]
    assert sum(entry.rows_read for entry in many.evidence) == 2


def test_a_case_is_found_in_the_file_of_its_last_event_and_that_is_said(tmp_path: Path) -> None:
    record = several(tmp_path, "last", *split((1, 2, 3), (4, 5)))

    assert [(entry.locator, entry.rows_read) for entry in record.evidence] == [("c0.csv", 0), ("c1.csv", 2)]
    told = "5 events in 2 files are 2 cases, by 'id'; the row of a case is that of its last event"
    assert all(told in entry.notes for entry in record.evidence)
    (finding,) = (f for f in record.findings if f.rule == "O.quick")
    assert [(e.key, e.location.path, e.location.row) for e in finding.exceptions if e.location] == [("A", "c1.csv", 3)]


def test_a_cell_that_cannot_be_read_is_placed_in_its_file(tmp_path: Path) -> None:
    broken = [text.replace(",2\n", ",soon\n") for text in split((1, 2, 3), (4, 5))]
    record = several(tmp_path, "last", *broken)
    assert [cell.location.path for entry in record.evidence for cell in entry.unreadable] == ["c1.csv"]
    assert tally(record, "O.quick")[2] == 1


@pytest.mark.parametrize(("take", "unreadable"), [("first filled", 1), ("last", 1), ("last filled", 1), ("max", 2)])
def test_what_a_file_lacks_leaves_its_events_unknown(tmp_path: Path, take: str, unreadable: int) -> None:
    whole, later = "id,at,received,days\nA,2026-01-01,,7\nB,2026-01-01,,2\n", "id,at\nA,2026-01-02\nB,2025-01-01\n"
    record = several(tmp_path, take, whole, later, optional=True)

    assert tally(record, "O.quick")[2] == unreadable
    assert ["days" in entry.missing_columns for entry in record.evidence] == [False, True]


def test_sources_of_one_log_are_put_together(tmp_path: Path) -> None:
    first, second = split((1, 2, 3), (4, 5))
    (tmp_path / "old.csv").write_text(first, "utf-8")
    (tmp_path / "new.csv").write_text(second.replace("id,at", "id,changed"), "utf-8")
    ruleset = RULESET.replace("days >= 0", "days in (7, 2)")
    more = CASES + 'days = { from = "days", take = "last filled" }\n'
    later = more.replace('from = "at"', 'from = "changed"')
    record = audited(
        tmp_path, ruleset, SOURCE.format(path="old.csv", more=more) + SOURCE.format(path="new.csv", more=later)
    )
    assert tally(record, "O.quick") == (2, 0, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('take = "last"', 'take = "first"'), "take 'days' from different events"),
        (('from = "at" }', 'from = "at", type = "number" }'), "order its events by times here, by numbers there"),
        (
            ("[source.columns]", 'begins = { from = "at", value = "x" }\n[source.columns]'),
            "not say the same of a first",
        ),
    ],
)
def test_sources_of_one_log_say_the_same_of_its_cases(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    for name, text in zip(("old.csv", "new.csv"), split((1, 2, 3), (4, 5)), strict=True):
        (tmp_path / name).write_text(text, "utf-8")
    more = CASES + 'days = { from = "days", take = "last" }\n'
    plan = SOURCE.format(path="old.csv", more=more) + SOURCE.format(path="new.csv", more=more.replace(*change))
    with pytest.raises(QmscheckError, match=message) as refused:
        audited(tmp_path, RULESET, plan)
    assert refused.value.problems[0].line > 0


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
