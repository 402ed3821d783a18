"""The smallest change turns a fail, and one record, one day or one key less does not."""

from __future__ import annotations

import copy
import datetime as dt
import math
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from firm import GOOD, RULESET, audit
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.engine import EngineError
from qmscheck.engine.embedded import Embedded
from qmscheck.judge.counting import planner, scan
from qmscheck.judge.finding.changes import fewest_new_keys
from qmscheck.model import AuditRecord, Change, Finding, Verdict
from qmscheck.sql.statement import Statement

Rows = list[dict[str, Any]]
ON = dt.date(2026, 5, 1)


def complaints(number: int, **cells: Any) -> Rows:
    base = {"owner": "Ada", "site": "N", "received": ON.isoformat(), "answered": ON.isoformat(), "state": "closed"}
    return [{"id": f"C{i:02}", **base, **cells} for i in range(number)]


def judged(rows: Rows, rule: str, ruleset: str = RULESET, **more: Rows) -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        record: AuditRecord = audit(Path(folder), {**copy.deepcopy(GOOD), "complaints": rows, **more}, ruleset=ruleset)
    return record.finding(rule)


def changed(finding: Finding) -> Change:
    assert finding.verdict is Verdict.FAIL
    assert finding.change is not None
    return finding.change


def with_must(must: str, extra: str = "") -> str:
    return RULESET.replace('must = "owner is not null"', f'must = "{must}"{extra}')


# ---------------------------------------------------------------- how many records


@given(st.integers(1, 12), st.data())
@settings(max_examples=12, deadline=None)
def test_so_many_records_more_turn_a_share_and_one_less_does_not(number: int, data: st.DataObject) -> None:
    missing = data.draw(st.integers(math.floor(number * 0.1) + 1, number))
    rows = complaints(number)
    for row in rows[:missing]:
        row["answered"] = "2026-06-30"
    needed = changed(judged(rows, "A-2.in-time")).records
    for row in rows[: needed - 1]:
        row["answered"] = "2026-05-02"
    assert judged(rows, "A-2.in-time").verdict is Verdict.FAIL
    rows[needed - 1]["answered"] = "2026-05-02"
    assert judged(rows, "A-2.in-time").verdict is Verdict.PASS


@given(st.lists(st.sampled_from(["a", "b", "c", None]), min_size=2, max_size=9))
@settings(max_examples=20, deadline=None)
def test_so_many_new_keys_make_all_unique_and_one_less_does_not(keys: list[str | None]) -> None:
    rows = [{**row, "id": key} for row, key in zip(complaints(len(keys)), keys, strict=True)]
    finding = judged([*rows, *complaints(1)], "A-1.once")
    if finding.verdict is Verdict.PASS:
        return
    needed = changed(finding).records
    counted = Counter(key for key in keys if key)
    assert needed == sum(n - 1 for n in counted.values()) + keys.count(None)
    left = needed
    seen: set[str | None] = {None}
    for i, row in enumerate(rows):
        if row["id"] in seen:
            if left == 1:
                assert judged([*rows, *complaints(1)], "A-1.once").verdict is Verdict.FAIL
            row["id"], left = f"new{i}", left - 1
        seen.add(row["id"])
    assert judged([*rows, *complaints(1)], "A-1.once").verdict is Verdict.PASS


@given(st.lists(st.integers(2, 5), max_size=4), st.integers(0, 3), st.data())
def test_the_fewest_new_keys_are_what_trying_all_finds(groups: list[int], blank: int, data: st.DataObject) -> None:
    unmet = sum(groups) + blank
    if not unmet:
        return
    needed = data.draw(st.integers(1, unmet))
    doubled = sorted(Counter(groups).items())

    def gained(changes: tuple[int, ...], blanks: int) -> int:
        return blanks + sum(c + (c == size - 1) for c, size in zip(changes, groups, strict=True))

    ways = [((), 0)]
    for size in groups:
        ways = [((*w, c), n) for w, n in ways for c in range(size)]  # type: ignore[misc]
    best = min(
        sum(way) + b for way, _ in ways for b in range(blank + 1) if gained(way, b) >= needed
    )  # fmt: skip
    assert fewest_new_keys(doubled, blank, needed) == best


@pytest.mark.parametrize(("key", "bound", "kind", "records"), [("at_least", 5, "count-more", 2), ("at_most", 1, "count-fewer", 2)])  # fmt: skip
def test_a_count_says_how_many_more_or_fewer(tmp_path: Path, key: str, bound: int, kind: str, records: int) -> None:
    param = f'[param.n]\ntype = "integer"\ndefault = {bound}\nmin = 1\norigin = "contract"\nref = "K"\ntitle = "N"\n\n'
    asked = RULESET.replace("[term.sorry]", f"{param}[term.sorry]")
    asked = asked.replace(
        'at_least = 1\nstatement = "{met} letters in', f'{key} = "n"\nstatement = "{{met}} letters in'
    )
    found = changed(audit(tmp_path, ruleset=asked).finding("A-2.recent"))
    assert (found.kind, found.records) == (kind, records)


def test_what_may_count_must_go_too_before_at_most_is_shown(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    firm["answers"][0]["sent"] = "31.02.2026"
    asked = RULESET.replace('at_least = 1\nstatement = "{met} letters in', 'at_most = 0\nstatement = "{met} letters in')
    assert changed(audit(tmp_path, firm, ruleset=asked).finding("A-2.recent")).records == 3


@given(st.integers(2, 6), st.data())
@settings(max_examples=8, deadline=None)
def test_so_many_records_need_a_match(number: int, data: st.DataObject) -> None:
    without = data.draw(st.integers(1, number))
    rows = complaints(number)
    letters = [{"letter": f"L{i}", "id": r["id"], "sent": "2026-06-01", "body": "x"} for i, r in enumerate(rows)]
    other = {"letter": "L99", "id": "other", "sent": "2026-06-01", "body": "x"}
    needed = changed(judged(rows, "A-2.letter", answers=[other, *letters[without:]])).records
    assert needed == without
    assert judged(rows, "A-2.letter", answers=[other, *letters[without - needed + 1 :]]).verdict is Verdict.FAIL
    assert judged(rows, "A-2.letter", answers=[other, *letters[without - needed :]]).verdict is Verdict.PASS


# ---------------------------------------------------------------- by how many days


CONDITIONS = {
    "answered <= add_days(received, 5)": "days",
    "answered < add_days(received, 6)": "days",
    "add_days(received, 5) >= answered": "days",
    "days_between(received, answered) <= 5": "days",
    "days_between(received, answered) < 6": "days",
    "5 >= days_between(received, answered)": "days",
    "filled(owner) and answered <= add_days(received, 5)": "days",
    "state = 'void' or (answered <= add_days(received, 5))": "days",
    "answered >= received and days_between(received, answered) <= 5": "days",
}


@pytest.mark.parametrize("must", CONDITIONS)
@given(late=st.lists(st.integers(6, 60), min_size=1, max_size=4))
@settings(max_examples=3, deadline=None)
def test_a_record_is_late_by_so_many_days_and_one_less_is_not_enough(must: str, late: list[int]) -> None:
    rows = complaints(len(late))
    for row, days in zip(rows, late, strict=True):
        row["answered"] = (ON + dt.timedelta(days)).isoformat()
    found = changed(judged(rows, "A-1.owner", with_must(must)))
    assert found.unit == CONDITIONS[must]
    assert (found.nearest, found.worst, found.measured) == (min(late) - 5, max(late) - 5, len(late))
    by = {c.key: int(c.misses_by) for c in found.candidates}
    assert [by[row["id"]] for row in rows] == [days - 5 for days in late]

    def moved(short: int) -> Rows:
        return [
            {**r, "answered": (ON + dt.timedelta(d - by[r["id"]] + short)).isoformat()}
            for r, d in zip(rows, late, strict=True)
        ]

    assert judged(moved(0), "A-1.owner", with_must(must)).verdict is Verdict.PASS
    assert judged(moved(1), "A-1.owner", with_must(must)).verdict is Verdict.FAIL


def test_two_columns_of_dates_are_compared_as_they_stand() -> None:
    found = changed(judged(complaints(2, answered="2026-05-09"), "A-1.owner", with_must("answered <= received")))
    assert (found.unit, found.nearest) == ("days", 8)
    stamped = with_must("answered <= received").replace(
        'answered = { type = "date" }', 'answered = { type = "timestamp" }'
    )
    assert changed(judged(complaints(2, answered="2026-05-09"), "A-1.owner", stamped)).unit is None


def test_working_days_and_hours_have_their_unit() -> None:
    rows = complaints(1, received="2026-05-01", answered="2026-05-11")
    found = changed(judged(rows, "A-1.owner", with_must("working_days(received, answered) <= 5")))
    assert (found.unit, found.nearest) == ("working days", 1)
    found = changed(judged(rows, "A-1.owner", with_must("hours_between(received, answered) <= 228")))
    assert (found.unit, found.nearest) == ("hours", 12)


@pytest.mark.parametrize(
    "must",
    [
        "not (answered <= received)",
        "answered = received",
        "working_days(received, answered) <= 5 and answered <= add_days(received, 5)",
        "hours_between(received, answered) < 24",
        "filled(note) and answered <= add_days(received, 5)",
        "owner < 'A'",
    ],
)
def test_what_no_date_alone_would_turn_has_no_margin(must: str) -> None:
    rows = complaints(2, answered="2026-05-20")
    if must.startswith("not"):
        rows = complaints(2, answered="2026-04-20")
    found = changed(judged(rows, "A-1.owner", with_must(must)))
    assert (found.records, found.unit, found.candidates) == (2, None, ())


def test_a_record_without_a_date_is_not_measured_and_the_sentence_says_of_how_many() -> None:
    rows = complaints(4, answered="2026-05-20")
    rows[0]["answered"] = None
    rows[1]["answered"] = "2026-05-09"
    finding = judged(rows, "A-1.owner", with_must("answered <= add_days(received, 5)"))
    assert (
        finding.to_pass == "All 4 records of complaints must meet the rule. 3 miss it by 3 to 14 days (C01 by least)."
    )
    same = judged(rows[2:], "A-1.owner", with_must("answered <= add_days(received, 5)"))
    assert (same.to_pass or "").endswith(" 2 miss it by 14 days each.")
    one = judged(rows[1:2], "A-1.owner", with_must("answered <= add_days(received, 7)"))
    assert one.to_pass == "The one record of complaints must meet the rule. C01 misses it by 1 day."


def test_of_doubles_the_sentence_speaks_of_keys(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    firm["complaints"][1]["id"] = "C1"
    finding = audit(tmp_path, firm).finding("A-1.once")
    assert finding.to_pass == "1 of the 3 records of complaints needs a key that no other record has."


@pytest.mark.parametrize("large", [(), ("SMALL", "KEPT"), ("SMALL", "KEPT", "MOST")])
def test_a_margin_that_the_engine_refuses_is_told_in_its_own_finding_alone(
    monkeypatch: pytest.MonkeyPatch, large: tuple[str, ...]
) -> None:
    """Of a small table, of a large one of which few records are looked at, and of one of which many are."""
    for name in large:
        monkeypatch.setattr(scan if name == "MOST" else planner, name, 0)
    plain, define = Embedded.rows, Embedded.define

    def refused_of(given: object) -> None:
        if any("as_of" in test.must.text for test in (given if isinstance(given, list) else [given])):
            raise EngineError("a date beyond the calendar")

    def refusing(engine: Embedded, asked: Statement) -> list[tuple[object, ...]]:
        if asked.name.endswith((".misses", ".margins")):
            refused_of(asked.given[0][0])  # type: ignore[index]
        return plain(engine, asked)

    def refusing_to_make(engine: Embedded, name: str, asked: Statement, *, materialise: bool) -> None:
        if asked.name.endswith(".notable"):
            _, tests, measured, *_ = asked.given[0]  # type: ignore[misc]
            refused_of([tests[i] for i in measured])
        define(engine, name, asked, materialise=materialise)

    monkeypatch.setattr(Embedded, "rows", refusing)
    monkeypatch.setattr(Embedded, "define", refusing_to_make)
    rows = complaints(10, answered="2026-06-20")
    ruleset = with_must("answered >= as_of()")
    with tempfile.TemporaryDirectory() as folder:
        record = audit(Path(folder), {**copy.deepcopy(GOOD), "complaints": rows}, ruleset=ruleset)
    late, refused = changed(record.finding("A-2.in-time")), changed(record.finding("A-1.owner"))
    assert (late.unit, late.measured) == ("days", 10)
    assert (refused.unit, refused.measured, refused.records) == (None, 0, 10)
    assert record.finding("A-1.owner").to_pass == (
        "All 10 records of complaints must meet the rule. The engine could not compute by how much each misses it."
    )
    assert "could not compute" not in (record.finding("A-2.in-time").to_pass or "")


# ---------------------------------------------------------------- which parts of a condition do not hold


PARTS = "filled(owner) and (answered <= add_days(received, 5) and site <> 'gone')"


@pytest.mark.parametrize("small", [True, False])
def test_a_condition_of_several_parts_says_which_do_not_hold_and_where_cells_are_blank(
    monkeypatch: pytest.MonkeyPatch, small: bool
) -> None:
    if not small:
        monkeypatch.setattr(planner, "SMALL", 0)
        monkeypatch.setattr(planner, "KEPT", 0)
    rows = complaints(6)
    rows[0] |= {"owner": None}
    rows[1] |= {"owner": None, "answered": None}
    rows[2] |= {"answered": "2026-05-20"}
    rows[3] |= {"site": "gone", "answered": "31.02."}  # of a cell that cannot be read nobody says that it is late
    rows[4] |= {"state": "open", "owner": None}  # out of scope
    finding = judged(rows, "A-1.owner", with_must(PARTS, "\nwhere = \"state <> 'open'\""))
    lacking = changed(finding).lacking
    assert [(one.column, one.records, one.blank) for one in lacking] == [
        ("owner", 2, 2),
        ("answered", 2, 1),
        ("site", 1, 0),
    ]
    assert finding.to_pass is not None
    assert finding.to_pass.endswith(
        " Not filled in: owner in 2; answered in 1. Not so: what is asked of answered in 1; site is not gone in 1."
    )
    assert {one.location.column for one in finding.exceptions if one.state == "unmet"} == {"owner"}


def test_of_one_record_no_number_is_said_and_titles_are() -> None:
    titled = with_must("filled(site) and answered >= received").replace(
        'site = { type = "text" }', 'site = { type = "text", title = "Where it was made" }'
    )
    finding = judged(complaints(1, site=None, answered="2026-04-01"), "A-1.owner", titled)
    assert finding.to_pass is not None
    assert finding.to_pass.endswith("Not filled in: site (Where it was made). Not so: what is asked of answered.")


def test_a_part_that_the_engine_cannot_ask_alone_costs_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first part keeps the second from a date out of the calendar; asked alone, it has none to keep it."""
    original = Embedded.rows

    def refuses(engine: Embedded, statement: Statement) -> Any:
        if statement.name.endswith("lacking"):
            raise EngineError("out of the calendar")
        return original(engine, statement)

    monkeypatch.setattr(Embedded, "rows", refuses)
    found = changed(judged(complaints(2, owner=None), "A-1.owner", with_must("filled(owner) and filled(site)")))
    assert found.lacking == ()


def test_what_is_judged_is_shown_where_that_which_it_is_compared_with_is_written_first() -> None:
    for must in (
        "days_between(received, answered) <= 5",
        "add_days(received, 5) >= answered",
        "not (add_days(received, 5) < answered)",
    ):
        finding = judged(complaints(1, answered="2026-06-30"), "A-1.owner", with_must(must))
        assert [one.location.column for one in finding.exceptions] == ["answered"], must


def test_the_part_that_some_record_lacks_is_the_one_that_is_shown() -> None:
    finding = judged(complaints(1, site=None), "A-1.owner", with_must("filled(owner) and filled(site)"))
    assert [one.location.column for one in finding.exceptions] == ["site"]
