"""The one word for a pipeline, and the conditions that decided it. CANNOT TELL is never success."""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.judge.gate.conditions import conditions
from qmscheck.judge.gate.seen import Seen
from qmscheck.model import ConditionResult, ConditionState, Gate, GateDay, GateResult, ObligationResult, Verdict

__all__ = ["gate"]

#: The worst first (docs/decisions/0002 says why this orders what is told, and not what is better).
_ORDER = (GateResult.NOT_READY, GateResult.CANNOT_TELL, GateResult.READY)


def gate(today: Seen, at_audit: Seen | None = None) -> Gate:
    """Fold what is known today, and what will be so on the day of the planned audit, into the worse of both words."""
    now = conditions(today)
    word = result = _word(now)
    then = None
    if at_audit is not None:
        later = conditions(at_audit)
        then = GateDay(on=at_audit.day, result=_word(later), conditions=later)
        result = min(result, then.result, key=_ORDER.index)
    return Gate(
        result=result,
        scope=_scope(today.decided.obligations),
        conditions=now,
        today=word,
        at_audit=then,
        expiring=today.expiring,
    )


def _word(results: Sequence[ConditionResult]) -> GateResult:
    """A condition that is not met makes it NOT READY, one that cannot be told CANNOT TELL."""
    states = {condition.state for condition in results}
    if ConditionState.NOT_MET in states:
        return GateResult.NOT_READY
    return GateResult.CANNOT_TELL if ConditionState.UNDECIDED in states else GateResult.READY


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
