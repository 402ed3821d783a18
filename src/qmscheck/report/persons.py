"""What persons answered and decided, in words."""

from __future__ import annotations

import datetime as dt

from qmscheck.model import (
    Attestation,
    AuditRecord,
    Decision,
    DecisionKind,
    DecisionState,
    Finding,
    Grade,
    ObligationResult,
)
from qmscheck.report.places import place

__all__ = ["answered", "cautions", "decided", "decision", "decisions"]


def answered(attestation: Attestation, as_of: dt.date) -> str:
    """Write a person's answer: what, who, when, and until when it counts or when it expired."""
    until = attestation.valid_until
    who = " ".join(part for part in (attestation.by, f"({attestation.role})" if attestation.role else None) if part)
    parts = (
        f"“{attestation.answer}”",
        f"by {who}" if who else "by nobody named",
        f"on {attestation.on}" if attestation.on else None,
        (f"expired on {until}" if until < as_of else f"valid until {until}") if until else None,
        f"“{attestation.statement}”" if attestation.statement else None,
        f"({place(attestation.location)})" if attestation.location else None,
    )
    return ", ".join(part for part in parts if part) + _changed(attestation)


def _changed(attestation: Attestation) -> str:
    """Add what is no longer as the person saw it; an answer without digests says nothing of that."""
    found = [
        f"{was.path} {'is gone' if was.state == 'gone' else 'has changed'}" for was in attestation.seen if was.stale
    ]
    return f"; stale: {', '.join(found)}" if found else ""


def cautions(attestation: Attestation) -> list[str]:
    """Say what a reader of an answer should know, but for the lack of digests: that is told where all is explained."""
    return [warning.detail for warning in attestation.warnings if warning.kind != "not-checkable"]


def decisions(record: AuditRecord, fingerprint: str) -> list[str]:
    """Write what persons decided about a finding, and which of their entries do not count (any more), and why."""
    without = (DecisionState.STALE, DecisionState.EXPIRED, DecisionState.CONTRADICTORY, DecisionState.ORPHANED)
    shown = (DecisionState.IN_FORCE, *without)
    found = [d for d in record.decisions if d.fingerprint == fingerprint and d.state in shown]
    return [("" if d.state is DecisionState.IN_FORCE else f"{d.state}: ") + decision(d) for d in found]


def decided(one: Finding | ObligationResult, proposed: Grade | None) -> str:
    """Say in a few words what persons decided: nothing, a final grade, a waiver."""
    told = []
    if one.final_grade is not None:
        said = "no finding" if one.final_grade == "none" else one.final_grade.value
        told.append(f"final: {said}, proposed: {proposed.value if proposed else 'nothing'}")
    if one.lifted_until is not None:
        told.append(f"waived or accepted until {one.lifted_until}")
    return "; ".join(told)


def decision(entry: Decision) -> str:
    """Write what a person decided: what, of what, who and when, why."""
    about = entry.rule or entry.obligation or entry.fingerprint or ""
    part = f", record {entry.key}" if entry.key else f", {entry.unit.column} {entry.unit.value}" if entry.unit else ""
    reason = f": {entry.why}" if entry.why else ""
    return f"{_decided(entry)} ({about}{part}), {entry.by} ({entry.role}), {entry.on}{reason}"


def _decided(entry: Decision) -> str:
    """Write what an entry decides."""
    if entry.withdrawn:
        return f"{entry.kind} withdrawn"
    until = f" until {entry.until}" if entry.until else ""
    match entry.kind:
        case DecisionKind.GRADE:
            said = "no finding" if entry.to == "none" else str(entry.to)
            return f"grade {said} confirmed" if entry.to == entry.from_ else f"grade {said} in place of {entry.from_}"
        case DecisionKind.WAIVER:
            return f"waived{until}"
        case DecisionKind.RISK:
            return f"risk accepted{until}"
        case DecisionKind.NOT_APPLICABLE:
            return f"declared not applicable{until}"
        case DecisionKind.RESPONSE:
            return f"response: {_response(entry)}"


def _response(entry: Decision) -> str:
    named = (("correction", entry.correction), ("cause", entry.cause), ("action", entry.action))
    told = [f"{name} “{text}”" for name, text in named if text]
    told += [f"owner {entry.owner}"] if entry.owner else []
    told += [f"due {entry.due}"] if entry.due else []
    told += [f"verified on {entry.verified_on} by {entry.verified_by}"] if entry.verified_on else []
    return ", ".join(told)
