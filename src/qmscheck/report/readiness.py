"""The words of the gate: why it has its word, what was asked and what was not, and what runs out before the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from qmscheck.model import AuditRecord, ConditionResult, ConditionState, Expiring, GateResult
from qmscheck.report import wording

__all__ = ["STATES", "asked", "changed", "numbers", "reason", "runs_out", "unasked"]

STATES: Mapping[ConditionState, str] = MappingProxyType(
    {
        ConditionState.MET: "met",
        ConditionState.NOT_MET: "not met",
        ConditionState.UNDECIDED: "cannot tell",
        ConditionState.NOT_ASKED: "not asked for",
        ConditionState.OFF: "turned off",
    }
)
_ASIDE = {ConditionState.NOT_ASKED, ConditionState.OFF}
_KINDS = {
    "evidence": "evidence of",
    "answer": "answer on",
    "waiver": "waiver of",
    "risk": "accepted risk of",
    "not-applicable": "declaration on",
    "response": "response to",
}


def reason(record: AuditRecord) -> str:
    """Say why the gate has its word: in one sentence as of the audit, and in one on the day of the planned audit."""
    gate = record.gate
    if gate.at_audit is None:
        return _because(gate.result, gate.conditions)
    now = _because(gate.today or gate.result, gate.conditions)
    then = _because(gate.at_audit.result, gate.at_audit.conditions)
    day = f"{gate.at_audit.on}, the day of the planned audit"
    if not changed(record):
        return f"As of {record.as_of}: {now} The same will be so on {day}."
    return f"As of {record.as_of}: {now} On {day}: {then}"


def _because(result: GateResult, conditions: Sequence[ConditionResult]) -> str:
    """Write the word with the conditions that decided it."""
    counted = asked(conditions)
    number = wording.numbered(len(counted), "condition")
    word = result.value.capitalize()
    unmet = [c.title for c in counted if c.state is ConditionState.NOT_MET]
    open_ = [c.title for c in counted if c.state is ConditionState.UNDECIDED]
    if not unmet and not open_:
        return f"{word}: {'the 1 condition is' if len(counted) == 1 else f'all {number} are'} met."
    told = []
    if unmet:
        told.append(f"{len(unmet)} of {number} {'is' if len(unmet) == 1 else 'are'} not met: {_quoted(unmet)}")
    if open_:
        share = f"{len(open_)} more" if unmet else f"{len(open_)} of {number}"
        told.append(f"{share} cannot be told: {_quoted(open_)}")
    return f"{word}, because {'; and '.join(told)}."


def _quoted(titles: Sequence[str]) -> str:
    return "; ".join(f"“{title}”" for title in titles)


def asked(conditions: Sequence[ConditionResult]) -> list[ConditionResult]:
    """Give the conditions that were looked at."""
    return [c for c in conditions if c.state not in _ASIDE]


def unasked(conditions: Sequence[ConditionResult]) -> list[str]:
    """Name what was not looked at and why, those of one reason together; what was turned off for itself."""
    found: dict[str, list[str]] = {}
    for condition in conditions:
        if condition.state is ConditionState.NOT_ASKED:
            found.setdefault(condition.detail, []).append(_named(condition))
    told = [f"{', '.join(names)}: {why}" for why, names in found.items()]
    off = [f"{_named(c)}, turned off: {c.detail}" for c in conditions if c.state is ConditionState.OFF]
    return [*off, *told]


def changed(record: AuditRecord) -> list[ConditionResult]:
    """Give the conditions that are told otherwise on the day of the planned audit."""
    then, now = record.gate.at_audit, record.gate.conditions
    return [] if then is None else [c for c in then.conditions if c not in now]


def runs_out(one: Expiring) -> str:
    """Write what will have run out, and when."""
    return f"{one.on}  {_KINDS[one.kind]} {one.id}: {one.detail}"


def numbers(condition: ConditionResult) -> str:
    """Write the numbers of a condition, and whose they are."""
    return "; ".join(wording.parameter(use) for use in condition.parameters)


def _named(condition: ConditionResult) -> str:
    """Name a condition: by its number and its id, as the plan calls it."""
    return f"{condition.number} {condition.id}" if condition.number else condition.id
