"""The audit before is remembered: what is new, found again or closed since, and what evidence has gone."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from firm import AS_OF, GOOD, RULESET, audit

from qmscheck import record as records
from qmscheck.errors import QmscheckError
from qmscheck.hookspecs import RenderOptions
from qmscheck.judge.gate.history import remembered
from qmscheck.model import AuditRecord, ConditionState, Grade, Verdict
from qmscheck.report import human, wording
from qmscheck.report.explain import explain
from qmscheck.report.page import render as page_of

BEFORE = dt.date(2025, 12, 1)


def unowned(*indexes: int, **more: Any) -> dict[str, list[dict[str, Any]]]:
    firm = copy.deepcopy(GOOD)
    for index in indexes:
        firm["complaints"][index] |= {"owner": None, **more}
    return firm


def kept(folder: Path, record: AuditRecord, name: str = "before.json") -> str:
    (folder / name).write_text(records.write(record), "utf-8")
    return name


def after(tmp_path: Path, then: AuditRecord, firm: dict[str, Any] = GOOD, **plan: Any) -> AuditRecord:
    return audit(tmp_path, firm, previous=kept(tmp_path, then), **plan)


def repeats(record: AuditRecord) -> tuple[ConditionState, str]:
    condition = next(c for c in record.gate.conditions if c.id == "repeats")
    return condition.state, condition.detail


def test_without_a_record_nothing_is_compared(tmp_path: Path) -> None:
    record = audit(tmp_path, unowned(1))
    assert record.previous is None
    assert {f.since for f in record.findings} == {None}
    assert repeats(record)[0] is ConditionState.NOT_ASKED


def test_the_new_record_names_the_digest_of_the_one_before(tmp_path: Path) -> None:
    then = audit(tmp_path, as_of=BEFORE)
    record = after(tmp_path, then)
    assert record.previous is not None
    assert (record.previous.name, record.previous.sha256) == ("before.json", records.digest(then))
    assert (record.previous.as_of, record.previous.organization) == (BEFORE, "Firm")
    assert record.previous.differs == ()


def test_each_finding_is_new_found_again_closed_or_not_shown_to_be(tmp_path: Path) -> None:
    late = {"answered": "2026-10-30"}
    then = audit(tmp_path, unowned(1, **late), as_of=BEFORE)
    again = after(tmp_path, then, unowned(0, 1))
    since = {f.rule: f.since for f in again.findings}
    assert since["A-1.owner"] == "repeated"
    assert since["A-2.in-time"] == "closed"
    assert since["A-2.recent"] is None
    assert repeats(again) == (ConditionState.NOT_MET, "1 is found again")
    gone = copy.deepcopy(GOOD)
    gone["complaints"] = []
    open_ = after(tmp_path, then, gone)
    assert open_.finding("A-1.owner").since == "not-shown"
    assert repeats(open_)[0] is ConditionState.UNDECIDED
    fresh = after(tmp_path, audit(tmp_path, as_of=BEFORE), unowned(1))
    assert fresh.finding("A-1.owner").since == "new"
    assert repeats(fresh) == (ConditionState.MET, "none")


def test_reports_name_what_is_new_closed_or_not_shown_to_be(tmp_path: Path) -> None:
    then = audit(tmp_path, unowned(0), as_of=dt.date(2025, 12, 1))
    closed = after(tmp_path, then)
    assert [(told, [f.rule for f in found]) for told, found in wording.turned(closed)] == [("closed", ["A-1.owner"])]
    for verbose in (0, -1):
        text = human.render(closed, RenderOptions(width=80, verbose=verbose))
        told = "WHAT CHANGED SINCE THE AUDIT OF 2025-12-01\n\n  closed:\n  A-1.owner  "
        assert told in text
        assert text.index(told) > text.index("WHAT DECIDED IT")
    page = page_of(closed, RenderOptions())
    assert '<h2 id="h-turned">What changed since the audit of 2025-12-01</h2>' in page
    assert "<td>A-1.owner</td><td>closed</td>" in page
    again = after(tmp_path, then, unowned(0))
    assert wording.turned(again) == []
    assert "WHAT CHANGED" not in human.render(again, RenderOptions())
    fresh = after(tmp_path, audit(tmp_path, as_of=dt.date(2025, 12, 1)), unowned(1))
    assert [(told, [f.rule for f in found]) for told, found in wording.turned(fresh)] == [("new", ["A-1.owner"])]
    assert wording.turned(audit(tmp_path)) == []


def test_what_is_found_again_after_time_to_correct_it_is_one_graver(tmp_path: Path) -> None:
    then = audit(tmp_path, unowned(1), as_of=BEFORE)
    assert then.finding("A-1.owner").proposed_grade is Grade.MINOR
    found = after(tmp_path, then, unowned(1)).finding("A-1.owner")
    assert found.proposed_grade is Grade.MAJOR
    assert found.grade_steps[-1].why == "The audit of 2025-12-01, 354 days before, found the same, one higher: major."
    soon = audit(tmp_path, unowned(1), as_of=AS_OF - dt.timedelta(days=1))
    assert after(tmp_path, soon, unowned(1)).finding("A-1.owner").proposed_grade is Grade.MINOR


def test_no_verdict_depends_on_the_record_before(tmp_path: Path) -> None:
    then = audit(tmp_path, unowned(1), as_of=BEFORE)
    plain, compared = audit(tmp_path, unowned(0)), after(tmp_path, then, unowned(0))
    assert [(f.rule, f.verdict) for f in plain.findings] == [(f.rule, f.verdict) for f in compared.findings]


def test_the_same_inputs_and_record_give_the_same_bytes(tmp_path: Path) -> None:
    then = audit(tmp_path, unowned(1), as_of=BEFORE)
    assert records.write(after(tmp_path, then)) == records.write(after(tmp_path, then))


def test_evidence_that_was_read_then_and_is_gone_is_named(tmp_path: Path) -> None:
    then = audit(tmp_path, as_of=BEFORE)
    less = {table: rows for table, rows in GOOD.items() if table != "answers"}
    limits = [x for x in after(tmp_path, then, less).limits if x.reason == "vanished"]
    assert [(x.kind, x.id, x.detail) for x in limits] == [
        ("source", "answers.x", "3 rows of answers were read from it on 2025-12-01, and nothing is now")
    ]
    assert [x for x in after(tmp_path, then).limits if x.reason == "vanished"] == []


def test_what_failed_then_and_is_not_judged_now_is_named(tmp_path: Path) -> None:
    then = audit(tmp_path, unowned(1), as_of=BEFORE)
    limits = after(tmp_path, then, ignore=("A-1.owner",)).limits
    assert ("rule", "A-1.owner", "not judged again") in [(x.kind, x.id, x.reason) for x in limits]


def test_what_a_person_decided_to_be_none_is_not_found_again(tmp_path: Path) -> None:
    then = audit(tmp_path, unowned(1), as_of=BEFORE)
    finding = then.finding("A-1.owner")
    assert finding.fingerprint in remembered(then).failed
    none = then.model_copy(update={"findings": (finding.model_copy(update={"final_grade": "none"}),)})
    assert remembered(none).failed == {}


def test_what_differs_is_said_and_shown(tmp_path: Path) -> None:
    then = audit(tmp_path, unowned(1), as_of=BEFORE)
    plan = then.plan.model_copy(update={"organization": "Other Ltd", "ignore": ("A-3",)})
    other = then.model_copy(update={"plan": plan})
    changed = RULESET.replace('title = "Owner"', 'title = "An owner"')
    record = after(tmp_path, other, unowned(1), ruleset=changed)
    assert record.previous is not None
    told = ("it is about Other Ltd", "the ruleset firm has changed since", "other rules were selected")
    assert record.previous.differs == told
    lines = wording.before(record)
    assert lines[0] == "Since the audit of 2025-12-01 (before.json): 1 repeated"
    assert lines[1] == "Note on that record: it is about Other Ltd"
    since = "since       found again: the audit before found it too (2025-12-01)"
    assert since in explain(record, "A-1.owner")
    elsewhere = other.rulesets[0].model_copy(update={"standard": "ISO 1"})
    record = after(tmp_path, then.model_copy(update={"rulesets": (elsewhere,)}))
    assert record.previous is not None
    assert record.previous.differs == ("it was held against ISO 1:1",)
    assert wording.before(record)[0].endswith(": 1 closed")


def test_a_record_that_somebody_changed_is_said_to_be(tmp_path: Path) -> None:
    then = audit(tmp_path, as_of=BEFORE)
    (tmp_path / "before.json").write_text(records.write(then).replace("\n  ", "\n    "), "utf-8")
    record = audit(tmp_path, previous="before.json")
    assert record.previous is not None
    assert record.previous.differs[0].startswith("the file is not as qmscheck wrote it")
    assert wording.before(record)[0].endswith(": nothing found")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff{}", "before.json:1:1: byte 0xff is not UTF-8"),
        (b"{}", "has no 'schema_version'"),
        (None, "before.json: cannot be read: No such file"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "before.json").write_bytes(content)
    with pytest.raises(QmscheckError) as error:
        audit(tmp_path, previous="before.json")
    assert message in str(error.value)


def test_a_record_of_a_later_day_is_refused(tmp_path: Path) -> None:
    then = audit(tmp_path)
    with pytest.raises(QmscheckError, match="is dated 2026-11-20, after this audit"):
        after(tmp_path, then, as_of=dt.date(2026, 11, 19))


def test_a_rule_that_does_not_apply_now_is_neither_open_nor_closed(tmp_path: Path) -> None:
    then = remembered(audit(tmp_path, unowned(1), as_of=BEFORE))
    (mark,) = (m for m, rule in then.failed.items() if rule == "A-1.owner")
    assert then.since(mark, Verdict.NOT_APPLICABLE) is None
    assert dataclasses.replace(then, failed={}).since(mark, Verdict.PASS) is None
