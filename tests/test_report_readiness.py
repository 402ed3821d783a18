"""The words of the gate: why it has its word, what nobody asked for, what runs out before the audit."""

from __future__ import annotations

import datetime as dt

from records import full_record, ready_record, undecided_record

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import (
    AuditRecord,
    ConditionResult,
    ConditionState,
    Expiring,
    Gate,
    GateDay,
    GateResult,
    Origin,
    ParameterUse,
)
from qmscheck.report import human, page, readiness

FULL = full_record()
PLANNED = dt.date(2027, 3, 1)
DAYS = ParameterUse(name="days", value=60, origin=Origin.OWN_PROCEDURE, ref="QP-9", title="Days to respond")


def condition(state: ConditionState, title: str = "It is so", **given: object) -> ConditionResult:
    whole: dict[str, object] = {"id": "x", "title": title, "state": state, "detail": "found", "decided_by": ()} | given
    return ConditionResult.model_validate(whole)


def with_gate(*conditions: ConditionResult, then: GateDay | None = None, **given: object) -> AuditRecord:
    gate = Gate.model_validate(
        {"result": GateResult.NOT_READY, "scope": "", "conditions": conditions, "at_audit": then} | given
    )
    return FULL.model_copy(update={"gate": gate})


def test_the_reason_is_one_sentence_with_the_conditions_that_decided() -> None:
    assert readiness.reason(FULL) == (
        "Not ready, because 2 of 3 conditions are not met: “No obligation fails as major or graver”; "
        "“Every obligation of force requirement can be told”."
    )
    assert readiness.reason(ready_record()) == "Ready: the 1 condition is met."
    assert readiness.reason(undecided_record()) == (
        "Cannot tell, because 1 of 1 condition is not met: “Every obligation can be told”."
    )


def test_several_conditions_that_are_met_are_counted() -> None:
    ready = ready_record()
    gate = ready.gate.model_copy(update={"conditions": ready.gate.conditions * 3})
    assert readiness.reason(ready.model_copy(update={"gate": gate})) == "Ready: all 3 conditions are met."


def test_what_cannot_be_told_is_not_said_to_be_unmet() -> None:
    open_ = condition(ConditionState.UNDECIDED, "All is told")
    assert readiness.reason(with_gate(open_, result=GateResult.CANNOT_TELL)) == (
        "Cannot tell, because 1 of 1 condition cannot be told: “All is told”."
    )
    assert readiness.reason(with_gate(open_, condition(ConditionState.NOT_MET))) == (
        "Not ready, because 1 of 2 conditions is not met: “It is so”; and 1 more cannot be told: “All is told”."
    )


def test_what_was_not_asked_is_not_counted_and_named_with_its_reason() -> None:
    aside = [
        condition(ConditionState.NOT_ASKED, id="repeats", number="R9", detail="no previous record"),
        condition(ConditionState.NOT_ASKED, id="scope", number="R11", detail="no previous record"),
        condition(ConditionState.OFF, id="examined", detail="we know"),
    ]
    record = with_gate(condition(ConditionState.MET), *aside, result=GateResult.READY)
    assert readiness.reason(record) == "Ready: the 1 condition is met."
    assert readiness.unasked(record.gate.conditions) == [
        "examined, turned off: we know",
        "R9 repeats, R11 scope: no previous record",
    ]
    text = human.render(record, RenderOptions(width=100, verbose=-1))
    assert "left out     examined, turned off: we know" in text
    assert "R9 repeats, R11 scope: no previous record" in text
    assert ">turned off<" in page.render(record, RenderOptions())


def test_the_day_of_the_planned_audit_is_told_where_it_differs() -> None:
    met, later = condition(ConditionState.MET), condition(ConditionState.NOT_MET, parameters=(DAYS,), decided_by=("A",))
    then = GateDay(on=PLANNED, result=GateResult.NOT_READY, conditions=(later,))
    runs_out = Expiring(kind="evidence", id="A-1.x", on=dt.date(2027, 1, 15), detail="Reviewed in time")
    record = with_gate(met, then=then, today=GateResult.READY, expiring=(runs_out,))
    assert readiness.reason(record) == (
        "As of 2026-11-20: Ready: the 1 condition is met. On 2027-03-01, the day of the planned audit: Not ready, "
        "because 1 of 1 condition is not met: “It is so”."
    )
    assert readiness.changed(record) == [later]
    for text in (human.render(record, RenderOptions(width=100, verbose=1)), page.render(record, RenderOptions())):
        assert "2027-01-15  evidence of A-1.x: Reviewed in time" in text
        assert "days = 60 (own procedure, QP-9): Days to respond" in text
    assert "ON THE DAY OF THE PLANNED AUDIT, 2027-03-01: NOT READY" in human.render(record, RenderOptions(width=100))


def test_a_day_that_differs_in_nothing_is_told_in_a_few_words() -> None:
    met = condition(ConditionState.MET)
    record = with_gate(
        met, then=GateDay(on=PLANNED, result=GateResult.READY, conditions=(met,)), result=GateResult.READY
    )
    assert readiness.reason(record) == (
        "As of 2026-11-20: Ready: the 1 condition is met. The same will be so on 2027-03-01, the day of the planned audit."
    )
    assert "nothing is told otherwise than today" in human.render(record, RenderOptions(width=100))
