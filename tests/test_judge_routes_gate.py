"""What a way that plays no part has wrong does not count at the gate: not its grade, its repeats, waivers or dates."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from firm import GOOD, RULESET, audit

from qmscheck import record as records
from qmscheck.judge.finding.fingerprints import fingerprint
from qmscheck.judge.gate.history import remembered
from qmscheck.model import (
    AuditRecord,
    ConditionResult,
    ConditionState,
    GateSettings,
    Grade,
    ObligationResult,
    Verdict,
)
from qmscheck.report import order

#: A-1 may be met by owners, or by numbers that are used once; that complaints have a site is asked of all.
_SITED = """
[[rule]]
id = "A-1.sited"
obligation = "A-1"
title = "Site"
each = "complaints"
must = "site is not null"
grade = "minor"
statement = "{unmet} of {population} complaints have no site."
"""
WAYS = (RULESET + _SITED).replace('id = "A-1.owner"', 'id = "A-1.owner"\nroute = "owners"')
WAYS = WAYS.replace('id = "A-1.once"', 'id = "A-1.once"\nroute = "numbers"\ngrade = "minor"')
OWNER = fingerprint("A-1", "A-1.owner")
#: A-2 may be met by letters, or by answers that are in time.
LETTERS = RULESET
for _rule, _route in (("A-2.letter", "letters"), ("A-2.recent", "letters"), ("A-2.in-time", "book")):
    LETTERS = LETTERS.replace(f'id = "{_rule}"', f'id = "{_rule}"\nroute = "{_route}"')
AGGREGATE = """[param.aggregate_minors]
type = "integer"
default = 2
min = 2
max = 9
origin = "convention"
title = "Minors that may be one major"

"""
ASKED = GateSettings()
Firm = dict[str, list[dict[str, Any]]]

UNOWNED: dict[str, Any] = {"owner": None}
UNSITED: dict[str, Any] = {"site": None}
SAME: dict[str, Any] = {"id": "C1"}


def firm(*flaws: dict[str, Any]) -> Firm:
    """Give the made-up firm, every complaint of which has the flaws."""
    made = copy.deepcopy(GOOD)
    for complaint in made["complaints"]:
        for flaw in flaws:
            complaint.update(flaw)
    return made


def of(record: AuditRecord, name: str) -> ConditionResult:
    return next(c for c in record.gate.conditions if c.id == name)


def first(record: AuditRecord) -> ObligationResult:
    return record.obligations[0]


def audited(tmp_path: Path, *flaws: dict[str, Any], decisions: str = "", **plan: Any) -> AuditRecord:
    (tmp_path / "decisions.toml").write_text(decisions, "utf-8")
    return audit(tmp_path, firm(*flaws), ruleset=plan.pop("ruleset", WAYS), **plan)


def test_the_gate_grades_an_obligation_as_the_obligation_is_graded(tmp_path: Path) -> None:
    """The owners fail as a major and are made good by the numbers; what is left is a minor."""
    record = audited(tmp_path, UNOWNED, UNSITED, fail_on=Grade.MAJOR)
    assert record.finding("A-1.owner").proposed_grade is Grade.MAJOR
    assert (first(record).verdict, first(record).grade) == (Verdict.FAIL, Grade.MINOR)
    assert of(record, "fails").state is ConditionState.MET


def test_where_no_way_carries_the_nearest_one_is_graded(tmp_path: Path) -> None:
    record = audited(tmp_path, UNOWNED, SAME, fail_on=Grade.MAJOR)
    assert first(record).grade is Grade.MINOR
    assert first(record).aside == ("A-1.owner",)
    assert of(record, "fails").state is ConditionState.MET
    worse = audited(tmp_path, UNOWNED, SAME, fail_on=Grade.MINOR)
    assert "A-1" in of(worse, "fails").decided_by


def test_no_response_is_asked_for_to_what_plays_no_part(tmp_path: Path) -> None:
    record = audited(tmp_path, UNOWNED, UNSITED, gate=ASKED)
    assert of(record, "responses").decided_by == ("A-1.sited",)


def test_what_plays_no_part_is_not_counted_as_concentrated(tmp_path: Path) -> None:
    settings = GateSettings.model_validate(
        {"concentration": {"per_requirement": 2, "total": 10, "origin": "own-procedure", "ref": "Q"}}
    )
    assert of(audited(tmp_path, UNOWNED, UNSITED, gate=settings), "concentration").state is ConditionState.MET
    both = audited(tmp_path, UNSITED, UNOWNED, SAME, gate=settings)
    assert of(both, "concentration").decided_by == ("A-1",)


def test_a_person_who_says_no_is_graded_though_one_way_carries(tmp_path: Path) -> None:
    """The answer is the only finding then, and the response is asked to the obligation as a whole."""
    asked = WAYS.replace('statement = "Each complaint has an owner."', 'statement = "Owned."\nquestion = "Is it so?"')
    given = firm(UNOWNED)
    given["attestations"].append(
        {"obligation": "A-1", "answer": "no", "statement": "No.", "by": "Auditor", "on": "2026-10-01"}
    )
    record = audit(tmp_path, given, ruleset=asked, gate=ASKED)
    assert of(record, "responses").decided_by == ("A-1",)


def test_what_persons_decided_of_what_decides_is_the_final_grade_of_all(tmp_path: Path) -> None:
    entry = f"""[[decision]]
kind = "grade"
fingerprint = "{fingerprint("A-1", "A-1.sited")}"
from = "minor"
to = "opportunity"
by = "Ada"
role = "QM"
on = 2026-11-01
why = "seen"
"""
    record = audited(tmp_path, UNOWNED, UNSITED, decisions=entry)
    assert first(record).final_grade is Grade.OPPORTUNITY


def repeated(tmp_path: Path, then: Firm, now: Firm, ruleset: str = WAYS) -> ConditionResult:
    """Audit a firm twice, and give what the gate says of repeats."""
    before = audit(tmp_path, then, ruleset=ruleset, as_of=dt.date(2026, 6, 30))
    (tmp_path / "before.json").write_text(records.write(before), "utf-8")
    return of(audit(tmp_path, now, ruleset=ruleset, previous="before.json"), "repeats")


def test_what_another_way_makes_good_by_now_is_no_repeat(tmp_path: Path) -> None:
    assert repeated(tmp_path, firm(UNOWNED, SAME), firm(UNOWNED)).state is ConditionState.MET


def test_what_no_way_makes_good_is_a_repeat_though_another_way_comes_nearer(tmp_path: Path) -> None:
    said = repeated(tmp_path, firm(UNOWNED, SAME), firm(UNOWNED, SAME))
    assert (said.state, said.decided_by[:2]) == (ConditionState.NOT_MET, ("A-1.owner", "A-1.once"))


def test_what_an_undecided_way_may_make_good_is_not_yet_a_repeat(tmp_path: Path) -> None:
    then = firm({"answered": "2026-10-30", "state": "closed"})
    for letter in then["answers"]:
        letter["sent"] = "2024-01-01"
    said = repeated(tmp_path, then, then | {"answers": []}, LETTERS)
    assert (said.state, said.decided_by) == (ConditionState.UNDECIDED, ("A-2.in-time", "A-2.letter", "A-2.recent"))


def test_a_fail_of_a_way_that_nobody_claimed_is_not_remembered(tmp_path: Path) -> None:
    then = firm({"answered": "2026-10-30", "state": "closed"})
    del then["answers"]
    record = audit(tmp_path, then, ruleset=LETTERS)
    assert {*remembered(record).failed.values()} == {"A-2.in-time"}


WAIVED = f"""[[decision]]
kind = "waiver"
fingerprint = "{OWNER}"
until = 2026-11-10
by = "Ada"
role = "QM"
on = 2026-11-01
why = "seen"
"""


@pytest.mark.parametrize(
    ("flaws", "state"),
    [((UNOWNED,), ConditionState.MET), ((UNOWNED, SAME), ConditionState.NOT_MET)],
)
def test_an_expired_waiver_of_what_another_way_makes_good_is_in_nobodys_way(
    tmp_path: Path, flaws: tuple[dict[str, Any], ...], state: ConditionState
) -> None:
    assert of(audited(tmp_path, *flaws, decisions=WAIVED), "waivers").state is state


def test_evidence_that_runs_out_on_a_way_that_is_not_needed_is_in_nobodys_way(tmp_path: Path) -> None:
    """The letters are a year old by the day of the audit, and the answers in time carry without them."""
    planned = dt.date(2027, 12, 1)
    plain = audited(tmp_path, planned_audit=planned)
    assert "A-2.recent" in of(plain, "freshness").decided_by
    record = audited(tmp_path, planned_audit=planned, ruleset=LETTERS)
    assert of(record, "freshness").state is ConditionState.MET
    assert [e.id for e in record.gate.expiring if e.kind == "evidence"] == []


def test_minors_of_a_way_that_plays_no_part_are_not_added_up_to_a_major(tmp_path: Path) -> None:
    own = WAYS.replace('id = "A-1.owner"\n', 'id = "A-1.owner"\ngrade = "minor"\n')
    own = own.replace("[param.days]", AGGREGATE + "[param.days]")
    assert audited(tmp_path, UNOWNED, UNSITED, ruleset=own).aggregations == ()
    assert len(audited(tmp_path, UNOWNED, UNSITED, SAME, ruleset=own).aggregations) == 1


def test_the_reports_show_all_that_fails_and_of_what_is_open_only_the_way_that_decides(tmp_path: Path) -> None:
    record = audited(tmp_path, UNOWNED, SAME)
    (block,) = [b for b in order.blocks(record, Verdict.FAIL) if b.obligation.id == "A-1"]
    assert {f.rule for f in block.findings} == {"A-1.owner", "A-1.once"}
    without = firm()
    for complaint in without["complaints"]:
        del complaint["answered"]
    record = audit(tmp_path, without | {"answers": []}, ruleset=LETTERS)
    (block,) = [b for b in order.blocks(record, Verdict.INSUFFICIENT) if b.obligation.id == "A-2"]
    assert [f.rule for f in block.findings] == ["A-2.in-time"]
    assert "letters lacks A-2.letter, A-2.recent" in block.obligation.reason


def test_a_record_from_before_ways_were_put_aside_is_read_by_its_routes(tmp_path: Path) -> None:
    record = audited(tmp_path, UNOWNED)
    old = record.model_copy(
        update={"obligations": tuple(o.model_copy(update={"aside": ()}) for o in record.obligations)}
    )
    assert remembered(old).failed == remembered(record).failed == {}
