"""The gate: twelve conditions as of today and on the day of the planned audit, and that nothing bad ever improves it."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from firm import AS_OF, GOOD, RULESET, audit
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qmscheck.judge.finding.fingerprints import fingerprint
from qmscheck.model import (
    AttestationsSetting,
    AuditRecord,
    Certification,
    ConcentrationSetting,
    ConditionResult,
    ConditionState,
    DecidedSetting,
    GateResult,
    GateSetting,
    GateSettings,
    Grade,
    Origin,
    ResponsesSetting,
    WaiversSetting,
)

PLANNED = dt.date(2027, 3, 1)
OWNER, LETTER = fingerprint("A-1", "A-1.owner"), fingerprint("A-2", "A-2.letter")
TAGGED = RULESET.replace('id = "A-1.once"\n', 'id = "A-1.once"\ngate = "sequence"\n').replace(
    'id = "A-2.recent"\n', 'id = "A-2.recent"\ngate = "operation"\n'
)
ASKED = GateSettings()
Firm = dict[str, list[dict[str, Any]]]


def changed(table: str, index: int, **cells: Any) -> Firm:
    firm = copy.deepcopy(GOOD)
    firm[table][index] |= cells
    return firm


MINOR = changed("complaints", 1, owner=None)


def of(record: AuditRecord, name: str) -> ConditionResult:
    return next(c for c in record.gate.conditions if c.id == name)


def then(record: AuditRecord, name: str) -> ConditionResult:
    assert record.gate.at_audit is not None
    return next(c for c in record.gate.at_audit.conditions if c.id == name)


def entry(kind: str, mark: str = OWNER, on: str = "2026-11-01", **given: object) -> str:
    lines = [f"{key} = {value!r}" if isinstance(value, str) else f"{key} = {value}" for key, value in given.items()]
    signed = ['by = "Ada"', 'role = "QM"', f"on = {on}", 'why = "seen"']
    return "\n".join(["[[decision]]", f'kind = "{kind}"', f'fingerprint = "{mark}"', *lines, *signed, ""])


RESPONSE = {"correction": "named", "cause": "no field", "action": "field", "owner": "Bob", "due": dt.date(2026, 12, 15)}


def decided(tmp_path: Path, *entries: str, firm: Mapping[str, Any] = MINOR, **plan: Any) -> AuditRecord:
    (tmp_path / "decisions.toml").write_text("".join(entries), "utf-8")
    return audit(tmp_path, firm, ruleset=plan.pop("ruleset", TAGGED), **plan)


# ---------------------------------------------------------------- what is asked


def test_without_a_plan_for_a_certification_only_what_every_audit_needs_is_asked(tmp_path: Path) -> None:
    record = audit(tmp_path)
    assert record.gate.result is GateResult.READY
    assert [(c.number, c.id, c.state.value) for c in record.gate.conditions] == [
        ("R1", "fails", "met"),
        ("R2", "responses", "not-asked"),
        ("R3", "concentration", "not-asked"),
        ("R4", "decided", "met"),
        ("R5", "errors", "met"),
        ("R6", "freshness", "not-asked"),
        ("R7", "attestations", "not-asked"),
        ("R8", "sequence", "not-asked"),
        ("R9", "repeats", "not-asked"),
        ("R10", "operation", "not-asked"),
        ("R11", "scope", "not-asked"),
        ("R12", "waivers", "met"),
        (None, "examined", "met"),
    ]
    assert record.gate.at_audit is None


def test_a_planned_audit_or_a_gate_in_the_plan_asks_for_all(tmp_path: Path) -> None:
    for plan in ({"planned_audit": PLANNED}, {"gate": ASKED}):
        record = audit(tmp_path, ruleset=TAGGED, **plan)
        left_out = [c.id for c in record.gate.conditions if c.state is ConditionState.NOT_ASKED]
        assert left_out == (["repeats", "scope"] if "gate" not in plan else ["freshness", "repeats", "scope"])
        assert record.gate.result is GateResult.READY


def test_a_condition_that_is_turned_off_is_told_with_its_reason_and_closes_nothing(tmp_path: Path) -> None:
    off = ASKED.model_copy(update={"responses": ResponsesSetting(on=False, why="a trial run")})
    assert decided(tmp_path, gate=ASKED).gate.result is GateResult.NOT_READY
    record = decided(tmp_path, gate=off)
    assert (of(record, "responses").state, of(record, "responses").detail) == (ConditionState.OFF, "a trial run")
    assert record.gate.result is GateResult.READY


def test_that_nothing_was_examined_cannot_be_turned_off(tmp_path: Path) -> None:
    whole = {
        name: type(getattr(ASKED, name))(on=False, why="no")
        for name in GateSettings.model_fields
        if name != "certification"
    }
    record = decided(tmp_path, gate=GateSettings.model_validate(whole), select=("A-1",), not_applicable={})
    assert record.gate.result is GateResult.READY
    assert [c.id for c in record.gate.conditions if c.state is not ConditionState.OFF] == ["examined"]


# ---------------------------------------------------------------- each condition


def test_r1_counts_the_final_grade_where_decided_and_else_the_proposal(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        complaint["owner"] = None
    assert of(decided(tmp_path, firm=firm), "fails").decided_by == ("A-1",)
    lowered = entry("grade", **{"from": "major", "to": "minor"})
    assert of(decided(tmp_path, lowered, firm=firm), "fails").state is ConditionState.MET
    stale = entry("grade", **{"from": "minor", "to": "opportunity"})
    assert of(decided(tmp_path, stale, firm=firm), "fails").state is ConditionState.NOT_MET
    raised = entry("grade", **{"from": "minor", "to": "major"})
    assert of(decided(tmp_path, raised), "fails").state is ConditionState.NOT_MET
    assert of(decided(tmp_path, raised, fail_on=None), "fails").state is ConditionState.NOT_ASKED


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, None),
        ({"due": dt.date(2026, 11, 19)}, "1 with a response that is overdue"),
        ({"due": dt.date(2027, 2, 1)}, "1 with a due date more than 90 days away"),
        ({"owner": None}, "1 with a response that is not whole"),
        ({"due": dt.date(2026, 11, 15), "verified_on": dt.date(2026, 11, 18), "verified_by": "Eve"}, None),
    ],
)
def test_r2_asks_for_a_response_that_is_whole_and_in_time(
    tmp_path: Path, given: dict[str, object], said: str | None
) -> None:
    fields = {k: v for k, v in (RESPONSE | given).items() if v is not None}
    on = "2026-11-18" if "verified_on" in given else "2026-11-01"
    found = of(decided(tmp_path, entry("response", on=on, **fields), gate=ASKED), "responses")
    assert (found.state is ConditionState.MET) == (said is None)
    assert said is None or found.detail == said


def test_r2_takes_days_at_the_end_of_the_calendar(tmp_path: Path) -> None:
    late = entry("response", on="2026-11-15", **(RESPONSE | {"due": dt.date.max}))
    detail = of(decided(tmp_path, late, gate=ASKED), "responses").detail
    assert "1 with a due date more than 90 days away" in detail
    with pytest.raises(ValueError, match="less than or equal to 3660"):
        ResponsesSetting(days=99_999_999_999)


def test_r2_names_the_minors_without_a_response_and_takes_one_on_the_obligation(tmp_path: Path) -> None:
    found = of(decided(tmp_path, gate=ASKED), "responses")
    assert (found.detail, found.decided_by) == ("1 without a response", ("A-1.owner",))
    whole = entry("response", fingerprint("A-1"), **RESPONSE)
    assert of(decided(tmp_path, whole, gate=ASKED), "responses").detail == "the one open finding has a response"


def test_r2_counts_a_persons_no_and_the_firms_own_list_of_actions(tmp_path: Path) -> None:
    said_no = GOOD | {"attestations": [{"obligation": "A-2", "answer": "no", "by": "Eve", "on": "2026-11-01"}]}
    assert of(decided(tmp_path, firm=said_no, gate=ASKED), "responses").decided_by == ("A-2",)
    listed = TAGGED.replace('id = "A-1.owner"\n', 'id = "A-1.owner"\ngate = "responses"\n')
    late = entry("grade", **{"from": "minor", "to": "opportunity"})
    found = of(decided(tmp_path, late, gate=ASKED, ruleset=listed), "responses")
    assert found.detail == "1 its list of actions is not in order"


def test_r3_counts_minors_on_one_requirement_and_in_all(tmp_path: Path) -> None:
    firm = copy.deepcopy(MINOR)
    firm["complaints"][1]["id"] = "C1"
    two = ASKED.model_copy(
        update={"concentration": ConcentrationSetting(per_requirement=2, origin=Origin.OWN_PROCEDURE)}
    )
    found = of(decided(tmp_path, firm=firm, gate=two), "concentration")
    assert (found.state, found.decided_by) == (ConditionState.NOT_MET, ("A-1",))
    assert [(p.name, p.value, p.origin) for p in found.parameters] == [
        ("per_requirement", 2, "own-procedure"),
        ("total", 10, "own-procedure"),
    ]
    none = ASKED.model_copy(update={"concentration": ConcentrationSetting(total=0)})
    assert of(decided(tmp_path, gate=none), "concentration").detail.endswith("and 0 are the most")
    assert of(decided(tmp_path, gate=ASKED), "concentration").detail == "requirements with an open minor, or major: 1"


def test_r4_asks_for_all_of_the_core_and_for_a_share_of_the_rest(tmp_path: Path) -> None:
    core = TAGGED.replace('id = "A-1"\ntitle', 'id = "A-1"\ncore = true\ntitle')
    firm = GOOD | {"attestations": GOOD["attestations"][1:]}
    found = of(decided(tmp_path, firm=firm, ruleset=core), "decided")
    assert found.title == "The core requirements are wholly decided, the others for 90 %"
    assert (found.state, found.decided_by) == (ConditionState.UNDECIDED, ("A-2",))
    less = ASKED.model_copy(update={"decided": DecidedSetting(rest=0.0)})
    found = of(decided(tmp_path, firm=firm, ruleset=core, gate=less), "decided")
    assert (found.state, found.detail) == (ConditionState.MET, "1 of 2 is not decided, or not wholly")
    bare = {k: v for k, v in GOOD.items() if k != "complaints"}
    assert of(decided(tmp_path, firm=bare, ruleset=core, gate=less), "decided").decided_by == ("A-1",)
    half = ASKED.model_copy(update={"decided": DecidedSetting(core=0.5)})
    assert of(decided(tmp_path, firm=firm, gate=half), "decided").title == "50 % are decided"


def test_r5_takes_a_core_requirement_that_met_no_record_for_no_success(tmp_path: Path) -> None:
    found = of(decided(tmp_path, firm=GOOD | {"complaints": []}), "errors")
    assert found.state is ConditionState.UNDECIDED
    assert found.detail == "1 obligation of the core met no record at all"


def test_r6_names_what_is_fresh_today_and_will_not_be(tmp_path: Path) -> None:
    record = audit(tmp_path, planned_audit=dt.date(2027, 12, 1), ruleset=TAGGED, gate=ASKED)
    assert of(record, "freshness").state is ConditionState.NOT_MET
    assert record.gate.today is GateResult.NOT_READY
    assert [(e.kind, e.id, str(e.on)) for e in record.gate.expiring] == [
        ("answer", "A-2", "2027-10-02"),
        ("evidence", "A-2.recent", "2027-11-20"),
    ]
    assert of(record, "operation").state is ConditionState.MET
    assert then(record, "operation").state is ConditionState.NOT_MET


def test_r7_wants_signed_valid_answers(tmp_path: Path) -> None:
    def answers(**cells: Any) -> ConditionResult:
        firm = GOOD | {"attestations": [GOOD["attestations"][0] | cells]}
        return of(decided(tmp_path, firm=firm, gate=ASKED), "attestations")

    assert answers().state is ConditionState.MET
    assert answers(by=None).detail == "1 not signed or not dated"
    assert answers(valid_until="2026-11-19").detail == "1 expired"
    assert answers(on="2025-11-19").detail == "1 expired"
    assert answers(seen='[["gone.csv", "00"]]').detail == "1 stale: what was seen has changed"
    apart = TAGGED.replace(
        'question = "Was the answer fair?"\n', 'question = "Was the answer fair?"\nindependent = true\n'
    )
    found = of(decided(tmp_path, firm=GOOD, gate=ASKED, ruleset=apart), "attestations")
    assert found.detail == "1 about own work, or not said to be independent"
    assert answers(answer="perhaps").detail == "1 not relied on"
    assert answers(statement=None).detail == "1 not relied on"
    assert answers(question="Was it polite?").detail == "1 not relied on"
    long = ASKED.model_copy(update={"attestations": AttestationsSetting(months=24)})
    old = GOOD | {"attestations": [GOOD["attestations"][0] | {"on": "2025-11-19"}]}
    assert of(decided(tmp_path, firm=old, gate=long), "attestations").state is ConditionState.MET
    none = of(decided(tmp_path, firm=GOOD | {"attestations": []}, gate=ASKED), "attestations")
    assert (none.state, none.detail) == (ConditionState.UNDECIDED, "1 of 1 not answered")
    silent = TAGGED.replace('question = "Was the answer fair?"\n', "")
    assert of(decided(tmp_path, gate=ASKED, ruleset=silent), "attestations").state is ConditionState.NOT_ASKED


def test_r8_and_r10_follow_the_rules_that_the_ruleset_names(tmp_path: Path) -> None:
    assert of(audit(tmp_path, gate=ASKED), "sequence").detail == "the rulesets have no rule for this"
    assert audit(tmp_path, gate=ASKED).gate.result is GateResult.CANNOT_TELL
    assert of(decided(tmp_path, gate=ASKED), "sequence").detail == "all 1 rules are met"
    twice = of(decided(tmp_path, firm=changed("complaints", 1, id="C1"), gate=ASKED), "sequence")
    assert (twice.state, twice.decided_by) == (ConditionState.NOT_MET, ("A-1.once",))
    gone = of(decided(tmp_path, firm=GOOD | {"answers": []}, gate=ASKED), "operation")
    assert (gone.state, gone.decided_by) == (ConditionState.UNDECIDED, ("A-2.recent",))
    left_out = of(decided(tmp_path, gate=ASKED, ignore=("A-1.once",)), "sequence")
    assert (left_out.state, left_out.decided_by) == (ConditionState.UNDECIDED, ("A-1.once",))


def test_r9_has_an_answer_of_its_own_without_a_previous_record(tmp_path: Path) -> None:
    found = of(audit(tmp_path, gate=ASKED), "repeats")
    assert (found.state, found.detail) == (ConditionState.NOT_ASKED, "no previous record was given")


def test_r11_compares_with_the_certification_that_is_declared(tmp_path: Path) -> None:
    def scope(**update: Any) -> ConditionResult:
        wanted = {"rulesets": ("firm",), "edition": "1", "scope": "All "} | update
        plan = {"select": ("A-1",)} if wanted.pop("select", None) else {}
        gate = ASKED.model_copy(update={"certification": Certification.model_validate(wanted)})
        return of(audit(tmp_path, gate=gate, **plan), "scope")

    assert scope().state is ConditionState.MET
    assert scope(edition="2").detail == "edition 2 wanted, 1 used"
    assert scope(rulesets=("firm", "other")).detail == "rulesets firm, other wanted, firm used"
    assert scope(scope="All sites").detail == "the scope is another"
    assert scope(select=True).detail == "rules were left out by select or ignore"


def test_r12_lists_waivers_and_counts_the_expired_as_fails(tmp_path: Path) -> None:
    force = entry("waiver", until=dt.date(2026, 12, 1))
    record = decided(tmp_path, force, fail_on=Grade.MINOR)
    assert record.gate.result is GateResult.READY
    assert record.finding("A-1.owner").verdict.value == "fail"
    assert of(record, "waivers").detail == "1 in force, none expired"
    expired = decided(tmp_path, entry("waiver", until=dt.date(2026, 11, 19)), fail_on=Grade.MINOR)
    assert of(expired, "waivers").decided_by == (OWNER,)
    assert of(expired, "fails").state is ConditionState.NOT_MET
    passed = decided(tmp_path, entry("waiver", until=dt.date(2026, 11, 19)), firm=GOOD)
    assert of(passed, "waivers").state is ConditionState.MET


def test_r12_names_what_lifts_nothing(tmp_path: Path) -> None:
    """A key that no finding has: it looks like a waiver, and is none."""
    record = decided(tmp_path, entry("waiver", until=dt.date(2026, 12, 1), key="C44"), fail_on=Grade.MINOR)
    assert of(record, "waivers").detail == f"none in force, none expired; without effect: {OWNER} (waiver, orphaned)"
    assert of(record, "fails").state is ConditionState.NOT_MET


@pytest.mark.parametrize(
    "more",
    [
        {"rule": "A-1.once"},
        {"obligation": "A-2"},
        {"key": "C44"},
        {"mark": "0" * 16, "rule": "A-1.owner"},
        {"mark": "0" * 16, "obligation": "A-1"},
    ],
    ids=["wrong-rule", "wrong-obligation", "wrong-key", "wrong-fingerprint", "obligation-alone"],
)
def test_r12_is_not_met_by_an_expired_waiver_that_has_another_mistake_too(tmp_path: Path, more: dict[str, str]) -> None:
    given = {"mark": OWNER} | more
    record = decided(tmp_path, entry("waiver", given.pop("mark"), until=dt.date(2026, 11, 19), **given))
    assert of(record, "waivers").state is ConditionState.NOT_MET
    assert of(record, "waivers").detail == "1 expired on what is still not met"
    assert len(of(record, "waivers").decided_by) == 1


def test_r12_is_met_where_another_entry_has_taken_the_place_of_the_expired(tmp_path: Path) -> None:
    over, new = (entry("waiver", until=day) for day in (dt.date(2026, 11, 19), dt.date(2026, 12, 1)))
    assert of(decided(tmp_path, over, new), "waivers").state is ConditionState.MET


def test_a_waiver_lifts_a_major_only_where_the_plan_says_so(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD)
    for complaint in firm["complaints"]:
        complaint["owner"] = None
    force = entry("waiver", until=dt.date(2026, 12, 1))
    assert decided(tmp_path, force, firm=firm).gate.result is GateResult.NOT_READY
    own = WaiversSetting(up_to=Grade.MAJOR, origin=Origin.OWN_PROCEDURE, ref="QP-9")
    off = {name: GateSetting(on=False, why="not now") for name in ("sequence", "operation")}
    record = decided(tmp_path, force, firm=firm, gate=ASKED.model_copy(update={"waivers": own, **off}))
    assert record.gate.result is GateResult.READY


# ---------------------------------------------------------------- the planned audit


def test_the_gate_is_looked_at_today_and_on_the_day_of_the_planned_audit(tmp_path: Path) -> None:
    entries = [entry("response", **RESPONSE), entry("waiver", LETTER, until=dt.date(2027, 2, 1))]
    firm = copy.deepcopy(MINOR)
    firm["answers"] = firm["answers"][1:]
    record = decided(tmp_path, *entries, firm=firm, planned_audit=PLANNED)
    assert record.gate.today is GateResult.READY
    assert record.gate.at_audit is not None
    assert record.gate.at_audit.result is GateResult.NOT_READY
    assert record.gate.result is GateResult.NOT_READY
    assert then(record, "responses").detail == "1 with a response that is overdue; 1 without a response"
    assert then(record, "waivers").state is ConditionState.NOT_MET
    assert [(e.kind, str(e.on)) for e in record.gate.expiring] == [("response", "2026-12-16"), ("waiver", "2027-02-02")]


@pytest.mark.parametrize("written", ["AUDIT_DATE()", "Audit_Date( )"])
def test_a_rule_asks_for_the_day_of_the_audit_in_capitals_too(tmp_path: Path, written: str) -> None:
    plain, capitals = (
        audit(tmp_path, ruleset=text, planned_audit=dt.date(2027, 12, 1))
        for text in (TAGGED, TAGGED.replace("audit_date()", written))
    )
    assert "A-2.recent" in [e.id for e in plain.gate.expiring]
    assert capitals.gate == plain.gate


def test_a_decision_dated_after_the_audit_does_not_help_on_the_day_that_is_planned(tmp_path: Path) -> None:
    later = entry("response", on="2026-12-01", **RESPONSE)
    record = decided(tmp_path, later, planned_audit=PLANNED)
    assert then(record, "responses").detail == "1 without a response"


def test_a_planned_audit_today_is_today(tmp_path: Path) -> None:
    record = audit(tmp_path, planned_audit=AS_OF, ruleset=TAGGED)
    assert record.gate.at_audit is None
    assert of(record, "freshness").state is ConditionState.MET


# ---------------------------------------------------------------- nothing bad improves it

few = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_FAVOURABLE = st.sampled_from(
    [
        entry("grade", **{"from": "minor", "to": "opportunity"}),
        entry("grade", LETTER, **{"from": "minor", "to": "none"}),
        entry("waiver", until=dt.date(2027, 6, 1)),
        entry("waiver", LETTER, until=dt.date(2026, 12, 1)),
        entry("risk", fingerprint("A-2"), until=dt.date(2027, 6, 1)),
        entry("response", on="2026-11-15", **RESPONSE),
        entry("response", LETTER, **RESPONSE),
    ]
)
_BAD = {"id": "C9", "owner": None, "received": "2026-05-01", "answered": None, "state": "closed"}
_FIRMS = st.sampled_from(
    [GOOD, MINOR, GOOD | {"answers": GOOD["answers"][1:]}, MINOR | {"answers": GOOD["answers"][:2]}]
)
_WORSE = st.sampled_from(
    [
        lambda firm: firm | {"complaints": [*firm["complaints"], _BAD]},
        lambda firm: {k: v for k, v in firm.items() if k != "answers"},
        lambda firm: firm | {"answers": firm["answers"][:1]},
        lambda firm: firm | {"attestations": []},
        lambda firm: firm | {"attestations": [a | {"valid_until": "2026-11-10"} for a in firm["attestations"]]},
        lambda firm: firm | {"complaints": [c | {"received": "?"} for c in firm["complaints"]]},
    ]
)


def _met(record: AuditRecord) -> bool:
    return record.gate.result is GateResult.READY


@few
@given(firm=_FIRMS, entries=st.lists(_FAVOURABLE, max_size=4), drop=st.integers(0, 3), planned=st.booleans())
def test_fewer_decisions_never_improve_the_gate(
    tmp_path: Path, firm: Firm, entries: list[str], drop: int, planned: bool
) -> None:
    """Those in force and favourable; docs/decisions/0015 says why the others are another matter."""
    plan = {"planned_audit": PLANNED} if planned else {"fail_on": Grade.MINOR, "gate": ASKED}
    fewer = [e for n, e in enumerate(entries) if n != drop]
    before, after = decided(tmp_path, *entries, firm=firm, **plan), decided(tmp_path, *fewer, firm=firm, **plan)
    assert not _met(after) or _met(before)


@few
@given(firm=_FIRMS, worse=_WORSE, entries=st.lists(_FAVOURABLE, max_size=4))
def test_worse_evidence_never_improves_the_gate_whatever_was_decided(
    tmp_path: Path, firm: Firm, worse: Any, entries: list[str]
) -> None:
    plan: dict[str, Any] = {"planned_audit": PLANNED, "fail_on": Grade.OPPORTUNITY}
    before, after = (
        decided(tmp_path, *entries, firm=firm, **plan),
        decided(tmp_path, *entries, firm=worse(firm), **plan),
    )
    assert not _met(after) or _met(before)


@few
@given(firm=_FIRMS, entries=st.lists(_FAVOURABLE, max_size=4), days=st.integers(1, 400))
def test_a_later_planned_audit_never_improves_the_gate(
    tmp_path: Path, firm: Firm, entries: list[str], days: int
) -> None:
    """More has expired by then; nothing that is not there today is there."""
    sooner = decided(tmp_path, *entries, firm=firm, planned_audit=AS_OF + dt.timedelta(1))
    later = decided(tmp_path, *entries, firm=firm, planned_audit=AS_OF + dt.timedelta(1 + days))
    assert not _met(later) or _met(sooner)
