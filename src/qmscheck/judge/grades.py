"""How grave a fail is: a proposal that names the criterion that fired."""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.judge.scan import Count
from qmscheck.model import Force, Grade, Obligation, Origin, ParameterUse

__all__ = ["SEVERITY", "propose"]

#: From grave to slight. Grades are never compared by their letters.
SEVERITY = (Grade.MAJOR, Grade.MINOR, Grade.OPPORTUNITY)


def propose(
    obligation: Obligation, own: Grade | None, one: Count, parameters: Sequence[ParameterUse], breach: str
) -> tuple[Grade, str]:
    """Propose a grade: the default if nothing is met, one lower for a partial breach, never above a cap.

    The default is the rule's `own`, where it has one, else the obligation's. `breach` says how far it goes, in figures.
    """
    default, whose = (own, "rule") if own is not None else (obligation.grade, "obligation")
    grade = default if one.met == 0 else _lower(default)
    why = [f"Nothing is met: the {whose}'s own grade is {default}."]
    if one.met:
        below = "" if grade is default else "one below "
        why = [f"A partial breach ({breach}): {below}the {whose}'s own grade, {default}."]
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
