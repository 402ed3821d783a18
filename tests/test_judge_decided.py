"""What persons decided, as it stands on a day: it gives final grades and lifts findings, and never changes a verdict."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from firm import AS_OF, GOOD, audit, verdicts
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.judge.finding.fingerprints import fingerprint
from qmscheck.judge.gate.decided import Target, decide, gravest, standing, targets
from qmscheck.model import (
    AuditRecord,
    Decision,
    DecisionKind,
    DecisionState,
    Grade,
    Unit,
    Verdict,
)

BAD = GOOD | {
    "complaints": [
        *GOOD["complaints"],
        {"id": "C4", "owner": None, "site": "S", "received": "2026-06-01", "answered": None, "state": "closed"},
        {"id": "C5", "owner": None, "site": "S", "received": "2026-06-02", "answered": None, "state": "closed"},
    ]
}
OWNER = fingerprint("A-1", "A-1.owner")
LATER = dt.date(2027, 1, 31)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> AuditRecord:
    found = audit(tmp_path_factory.mktemp("firm"), BAD)
    assert found.finding("A-1.owner").proposed_grade is Grade.MINOR
    return found


def entry(kind: DecisionKind = DecisionKind.GRADE, **given: Any) -> Decision:
    signed = {"by": "A", "role": "auditor", "on": AS_OF, "why": "seen", "fingerprint": OWNER}
    return Decision.model_construct(kind=kind, **(signed | given))


def waiver(**given: Any) -> Decision:
    return entry(DecisionKind.WAIVER, **({"until": LATER} | given))


def states(record: AuditRecord, *decisions: Decision, day: dt.date = AS_OF) -> list[DecisionState | None]:
    return [d.state for d in decide(record.findings, record.obligations, decisions, day).decisions]


def lifted(record: AuditRecord, *decisions: Decision) -> dt.date | None:
    found = decide(record.findings, record.obligations, decisions, AS_OF).findings
    return next(f.lifted_until for f in found if f.rule == "A-1.owner")


def test_a_fingerprint_is_made_of_ids_alone_and_stays() -> None:
    assert fingerprint("CF-8.2.1-c2", "CF-8.2.1-c2.owner") == "4d02e9111f0e9b36"


def test_a_fingerprint_survives_other_rows_files_and_order(tmp_path: Path, record: AuditRecord) -> None:
    other = audit(tmp_path, BAD | {"complaints": list(reversed(BAD["complaints"]))})
    assert [f.fingerprint for f in other.findings] == [f.fingerprint for f in record.findings]


def test_findings_without_a_decision_stay_proposals(record: AuditRecord) -> None:
    assert {f.final_grade for f in record.findings} == {None}
    assert record.decisions == ()


def test_a_final_grade_stands_beside_the_proposal(record: AuditRecord) -> None:
    decided = decide(record.findings, record.obligations, [entry(from_=Grade.MINOR, to=Grade.MAJOR)], AS_OF)
    finding = next(f for f in decided.findings if f.rule == "A-1.owner")
    assert (finding.proposed_grade, finding.final_grade, finding.verdict) == (Grade.MINOR, Grade.MAJOR, Verdict.FAIL)
    assert decided.obligations[0].final_grade is Grade.MAJOR
    assert decided.obligations[0].grade is Grade.MINOR


def test_an_obligation_has_no_final_grade_before_all_of_its_fails_have_one(record: AuditRecord) -> None:
    assert [f.rule for f in record.findings if f.obligation == "A-2" and f.verdict is Verdict.FAIL] == [
        "A-2.in-time",
        "A-2.letter",
    ]
    one = entry(fingerprint=fingerprint("A-2", "A-2.letter"), to=Grade.OPPORTUNITY)
    other = entry(fingerprint=fingerprint("A-2", "A-2.in-time"), to="none")
    assert decide(record.findings, record.obligations, [one], AS_OF).obligations[1].final_grade is None
    both = decide(record.findings, record.obligations, [one, other], AS_OF).obligations[1]
    assert both.final_grade is Grade.OPPORTUNITY


def test_an_obligation_may_be_decided_as_a_whole(record: AuditRecord) -> None:
    whole = entry(fingerprint=fingerprint("A-2"), to="none")
    assert decide(record.findings, record.obligations, [whole], AS_OF).obligations[1].final_grade == "none"


def test_a_persons_no_can_be_graded_by_the_obligation(tmp_path: Path) -> None:
    said_no = GOOD | {"attestations": [{"obligation": "A-2", "answer": "no", "by": "Auditor", "on": "2026-11-20"}]}
    found = audit(tmp_path, said_no)
    decided = decide(found.findings, found.obligations, [entry(fingerprint=fingerprint("A-2"), to="none")], AS_OF)
    assert (decided.obligations[1].verdict, decided.obligations[1].final_grade) == (Verdict.FAIL, "none")


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (entry(to="none"), DecisionState.IN_FORCE),
        (entry(to="none", on=LATER), DecisionState.FUTURE),
        (entry(to="none", withdrawn=True), DecisionState.WITHDRAWN),
        (entry(to="none", fingerprint="0" * 16), DecisionState.ORPHANED),
        (entry(to="none", rule="A-1.once"), DecisionState.CONTRADICTORY),
        (entry(to="none", obligation="A-2"), DecisionState.CONTRADICTORY),
        (waiver(until=AS_OF), DecisionState.IN_FORCE),
        (waiver(until=AS_OF - dt.timedelta(1)), DecisionState.EXPIRED),
        (entry(to="none", from_=Grade.MAJOR), DecisionState.STALE),
        (waiver(from_=Grade.OPPORTUNITY), DecisionState.STALE),
        (entry(to="none", fingerprint=fingerprint("A-1", "A-1.once")), DecisionState.IDLE),
        (waiver(key="C4"), DecisionState.IN_FORCE),
        (waiver(key="C44"), DecisionState.ORPHANED),
        (waiver(key="C1"), DecisionState.ORPHANED),
        (waiver(unit=Unit(column="site", value="S")), DecisionState.IN_FORCE),
        (waiver(unit=Unit(column="site", value="Leeds")), DecisionState.ORPHANED),
        (waiver(key="C44", until=AS_OF - dt.timedelta(1)), DecisionState.EXPIRED),
        (waiver(key="C44", fingerprint=fingerprint("A-1", "A-1.once")), DecisionState.IDLE),
        (waiver(key="C4", fingerprint=fingerprint("A-1")), DecisionState.ORPHANED),
        (waiver(unit=Unit(column="site", value="S"), fingerprint=fingerprint("A-1")), DecisionState.ORPHANED),
        (entry(DecisionKind.NOT_APPLICABLE, fingerprint=None, obligation="A-1"), DecisionState.IN_FORCE),
        (entry(DecisionKind.NOT_APPLICABLE, fingerprint=None, obligation="B-1"), DecisionState.ORPHANED),
    ],
)
def test_an_entry_counts_or_it_is_said_why_not(record: AuditRecord, given: Decision, state: DecisionState) -> None:
    assert states(record, given) == [state]


def test_the_later_entry_about_the_same_takes_the_place_of_the_earlier(record: AuditRecord) -> None:
    first, second = entry(to=Grade.MAJOR), entry(to="none")
    assert states(record, first, second, waiver()) == ["superseded", "in-force", "in-force"]
    assert states(record, first, entry(to="none", on=LATER)) == ["in-force", "future"]
    assert states(record, first, entry(withdrawn=True)) == ["superseded", "withdrawn"]


def test_entries_about_different_records_stand_side_by_side(record: AuditRecord) -> None:
    assert states(record, waiver(key="C4"), waiver(key="C5"), waiver(key="C4")) == [
        "superseded",
        "in-force",
        "in-force",
    ]


def test_before_an_audit_it_is_not_known_whether_a_finding_fails() -> None:
    known = {OWNER: targets([], []).get(OWNER)}
    assert known == {OWNER: None}
    assert standing([entry(to="none")], {}, [], AS_OF)[0].state is DecisionState.ORPHANED


def test_a_waiver_of_single_records_lifts_when_it_covers_all_that_is_bad(record: AuditRecord) -> None:
    early = AS_OF + dt.timedelta(5)
    assert lifted(record, waiver()) == LATER
    assert lifted(record, waiver(key="C4")) is None
    assert lifted(record, waiver(key="C4"), waiver(key="C5", until=early)) == early


def test_a_waiver_of_a_unit_lifts_when_nothing_is_bad_elsewhere(record: AuditRecord) -> None:
    assert lifted(record, waiver(unit=Unit(column="site", value="N"))) is None
    assert lifted(record, waiver(unit=Unit(column="site", value="S"))) == LATER
    assert lifted(record, waiver(unit=Unit(column="state", value="S"))) is None


def test_a_waiver_of_one_record_in_a_unit_is_none_of_the_unit(record: AuditRecord) -> None:
    south = Unit(column="site", value="S")
    assert lifted(record, waiver(key="C4", unit=south)) is None
    assert lifted(record, waiver(key="C4", unit=south), waiver(key="C5", unit=south)) == LATER


def test_a_waiver_of_records_lifts_nothing_where_the_record_does_not_list_them_all(tmp_path: Path) -> None:
    few = audit(tmp_path, BAD, max_exceptions=1)
    assert few.finding("A-1.owner").exceptions_total == 2
    assert lifted(few, waiver(key="C4")) is None


def test_whether_a_record_is_there_is_open_where_not_all_are_listed(tmp_path: Path) -> None:
    few = audit(tmp_path, BAD, max_exceptions=1)
    assert states(few, waiver(key="C44")) == [DecisionState.IN_FORCE]
    assert lifted(few, waiver(key="C44")) is None


def test_a_waiver_of_one_record_never_lifts_a_whole_obligation(record: AuditRecord) -> None:
    whole = waiver(fingerprint=fingerprint("A-1"), key="C4")
    decided = decide(record.findings, record.obligations, [whole], AS_OF)
    assert decided.obligations[0].lifted_until is None
    assert decided.counted[fingerprint("A-1")] is Grade.MINOR
    assert standing([whole], {fingerprint("A-1"): Target("A-1", "A-1")}, {"A-1"}, AS_OF)[0].state == "orphaned"


def test_a_count_has_no_record_that_could_be_waived(tmp_path: Path) -> None:
    found = audit(tmp_path, GOOD | {"answers": [a | {"sent": "2020-01-01"} for a in GOOD["answers"]]})
    assert found.finding("A-2.recent").form == "count"
    assert found.finding("A-2.recent").verdict is Verdict.FAIL
    assert states(found, waiver(fingerprint=fingerprint("A-2", "A-2.recent"), key="L1")) == ["orphaned"]


def test_an_obligation_is_lifted_as_long_as_all_of_its_fails_are(record: AuditRecord) -> None:
    early = AS_OF + dt.timedelta(5)
    one = waiver(fingerprint=fingerprint("A-2", "A-2.letter"), until=early)
    other = waiver(fingerprint=fingerprint("A-2", "A-2.in-time"))
    assert decide(record.findings, record.obligations, [one], AS_OF).obligations[1].lifted_until is None
    assert decide(record.findings, record.obligations, [one, other], AS_OF).obligations[1].lifted_until == early
    whole = waiver(fingerprint=fingerprint("A-2"))
    assert decide(record.findings, record.obligations, [whole], AS_OF).obligations[1].lifted_until == LATER


def test_the_gravest_of_no_grades_is_none() -> None:
    assert gravest([]) is None
    assert gravest(["none", Grade.OPPORTUNITY, None]) is Grade.OPPORTUNITY


_FINGERPRINTS = st.sampled_from(
    [OWNER, fingerprint("A-1", "A-1.once"), fingerprint("A-2", "A-2.letter"), fingerprint("A-2"), "0" * 16]
)
_DAYS = st.dates(AS_OF - dt.timedelta(60), AS_OF + dt.timedelta(60))
_GRADES = st.sampled_from(list(Grade))
_ENTRIES = st.lists(
    st.builds(
        entry,
        st.sampled_from([DecisionKind.GRADE, DecisionKind.WAIVER, DecisionKind.RISK, DecisionKind.RESPONSE]),
        fingerprint=_FINGERPRINTS,
        on=_DAYS,
        until=_DAYS,
        from_=st.none() | _GRADES,
        to=st.just("none") | _GRADES,
        key=st.none() | st.sampled_from(["C4", "C5"]),
        withdrawn=st.booleans(),
    ),
    max_size=6,
)


@given(decisions=_ENTRIES, day=_DAYS)
def test_no_decision_changes_a_verdict_or_a_proposal(
    record: AuditRecord, decisions: list[Decision], day: dt.date
) -> None:
    decided = decide(record.findings, record.obligations, decisions, day)
    own = {"final_grade": None, "lifted_until": None}
    assert tuple(f.model_copy(update=own) for f in decided.findings) == record.findings
    assert tuple(o.model_copy(update=own) for o in decided.obligations) == record.obligations
    assert [d.model_copy(update={"state": None}) for d in decided.decisions] == [
        d.model_copy(update={"state": None}) for d in decisions
    ]


@given(decisions=_ENTRIES, day=_DAYS)
def test_every_entry_has_one_state_and_of_one_matter_at_most_one_counts(
    record: AuditRecord, decisions: list[Decision], day: dt.date
) -> None:
    stated = decide(record.findings, record.obligations, decisions, day).decisions
    assert all(d.state is not None for d in stated)
    counting = [d.about for d in stated if d.state is DecisionState.IN_FORCE]
    assert len(counting) == len(set(counting))
    assert all(d.on <= day for d in stated if d.state is DecisionState.IN_FORCE)


def test_an_obligation_declared_not_applicable_by_a_decision_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "decisions.toml").write_text(
        '[[decision]]\nkind = "not-applicable"\nobligation = "A-1"\nby = "Ada"\nrole = "QM"\non = 2026-11-01\n'
        'why = "We have no complaints desk."\n',
        "utf-8",
    )
    record = audit(tmp_path, BAD)
    assert verdicts(record)["A-1"] == "not-applicable"
    assert "A-1.owner" not in verdicts(record)
    assert record.obligations[0].reason == "Declared not applicable by Ada on 2026-11-01: We have no complaints desk."
    assert record.decisions_file is not None
    assert (record.decisions_file.path, record.decisions_file.entries) == ("decisions.toml", 1)
    assert [d.state for d in record.decisions] == [DecisionState.IN_FORCE]
    assert [limit.detail for limit in record.limits if limit.id == "A-1"] == [
        "We have no complaints desk. (Ada, 2026-11-01)"
    ]
