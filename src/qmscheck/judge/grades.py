"""How grave a fail is: a proposal that names the criterion that fired."""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.judge.scan import Count
from qmscheck.model import Force, Grade, Obligation, Origin, ParameterUse

__all__ = ["SEVERITY", "propose"]

#: From grave to slight. Grades are never compared by their letters.
SEVERITY = (Grade.MAJOR, Grade.MINOR, Grade.OPPORTUNITY)


def propose(obligation: Obligation, one: Count, parameters: Sequence[ParameterUse]) -> tuple[Grade, str]:
    """Propose a grade: the obligation's own if nothing is met, one lower for a partial breach, never above a cap."""
    nothing = one.met == 0
    grade = obligation.grade if nothing else _lower(obligation.grade)
    if nothing:
        why = [f"Nothing is met: the obligation's own grade is {obligation.grade}."]
    elif grade is obligation.grade:
        why = [f"A partial breach; the obligation's own grade is {obligation.grade}."]
    else:
        partial = f"A partial breach ({one.unmet} of {one.population})"
        why = [f"{partial}: one below the obligation's own grade, {obligation.grade}."]
    if obligation.force in {Force.GUIDANCE, Force.PRINCIPLE} and not obligation.adopted_by:
        grade, why = _cap(grade, why, f"force {obligation.force}")
    conventions = [p.name for p in parameters if p.origin is Origin.CONVENTION]
    if conventions:
        grade, why = _cap(grade, why, f"the threshold {', '.join(conventions)} is a convention, nobody's own rule")
    return grade, " ".join(why)


def _lower(grade: Grade) -> Grade:
    """One lower, but a minor stays a minor (a requirement that is not met is no mere opportunity)."""
    return Grade.MINOR if grade is Grade.MAJOR else grade


def _cap(grade: Grade, why: list[str], cause: str) -> tuple[Grade, list[str]]:
    if grade is Grade.OPPORTUNITY:
        return grade, why
    return Grade.OPPORTUNITY, [*why, f"Capped at opportunity: {cause}."]
