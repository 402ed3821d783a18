"""The one word for a pipeline, and the conditions that decided it. CANNOT TELL is never success."""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.judge.grades import SEVERITY
from qmscheck.model import AuditPlan, ConditionResult, Force, Gate, GateResult, ObligationResult, Verdict

__all__ = ["gate"]


def gate(plan: AuditPlan, results: Sequence[ObligationResult]) -> Gate:
    """Fold obligations into READY, NOT READY or CANNOT TELL."""
    grave = _no_fail_at_or_above(plan, results)
    sound = _nothing_failed_to_run(results)
    decided = _requirements_decided(results)
    examined = _something_examined(results)
    if not grave.met:
        result = GateResult.NOT_READY
    elif not (sound.met and decided.met and examined.met):
        result = GateResult.CANNOT_TELL
    else:
        result = GateResult.READY
    return Gate(result=result, scope=_scope(results), conditions=(grave, decided, sound, examined))


def _no_fail_at_or_above(plan: AuditPlan, results: Sequence[ObligationResult]) -> ConditionResult:
    if plan.fail_on is None:
        return ConditionResult(
            id="fails",
            title="No fail counts against the gate (fail-on never)",
            met=True,
            detail="not asked for",
            decided_by=(),
        )
    counted = SEVERITY[: SEVERITY.index(plan.fail_on) + 1]
    found = [r.id for r in results if r.verdict is Verdict.FAIL and r.grade in counted]
    title = f"No open {' or '.join(counted)}, proposed or final"
    verb = "is" if len(found) == 1 else "are"
    detail = f"{_obligations(len(found))} {verb} not met at that grade" if found else "none"
    return ConditionResult(id="fails", title=title, met=not found, detail=detail, decided_by=tuple(found))


def _requirements_decided(results: Sequence[ObligationResult]) -> ConditionResult:
    asked = [r for r in results if r.force in {Force.REQUIREMENT, Force.IMPLIED}]
    open_ = [r.id for r in asked if r.undecided or r.verdict in {Verdict.INSUFFICIENT, Verdict.MANUAL}]
    detail = "the one is decided" if len(asked) == 1 else f"all {len(asked)} are decided"
    if open_:
        detail = f"{len(open_)} of {len(asked)} {'is' if len(open_) == 1 else 'are'} not decided, or not wholly"
    return ConditionResult(
        id="decided", title="Every requirement is wholly decided", met=not open_, detail=detail, decided_by=tuple(open_)
    )


def _nothing_failed_to_run(results: Sequence[ObligationResult]) -> ConditionResult:
    broken = [r.id for r in results if r.verdict is Verdict.ERROR]
    detail = f"{_obligations(len(broken))} could not be examined" if broken else "none"
    return ConditionResult(
        id="errors", title="No rule failed to run", met=not broken, detail=detail, decided_by=tuple(broken)
    )


def _something_examined(results: Sequence[ObligationResult]) -> ConditionResult:
    examined = [r for r in results if r.verdict not in {Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}]
    verb = "was" if len(examined) == 1 else "were"
    detail = f"{len(examined)} of {_obligations(len(results))} {verb} examined"
    return ConditionResult(
        id="examined", title="Something was examined", met=bool(examined), detail=detail, decided_by=()
    )


def _obligations(number: int) -> str:
    return "1 obligation" if number == 1 else f"{number} obligations"


def _scope(results: Sequence[ObligationResult]) -> str:
    left_out = [r for r in results if r.verdict is Verdict.NOT_SELECTED]
    declared = [r for r in results if r.verdict is Verdict.NOT_APPLICABLE]
    number = "the one obligation" if len(results) == 1 else f"the {len(results)} obligations"
    text = f"{number} of the rulesets; other clauses of the standards were not examined"
    if left_out:
        text += f"; left out by choice: {len(left_out)}"
    if declared:
        text += f"; declared not applicable: {len(declared)}"
    return text + "."
