"""How grave a fail is: a proposal, step by step, each step with the criterion that fired and its figures.

The steps, and why their order keeps a grade from falling when more is unmet, are in docs/decisions/0014.
Source: domain report section 5.5 (proposal logic), after the accreditation papers that it cites.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qmscheck.judge.counting.breach import Breach
from qmscheck.model import Force, Grade, GradeStep, Obligation, Origin, ParameterUse, Rule

__all__ = ["SEVERITY", "Grounds", "Layer", "Repeat", "propose", "sentence"]

#: From grave to slight. Grades are never compared by their letters.
SEVERITY = (Grade.MAJOR, Grade.MINOR, Grade.OPPORTUNITY)


_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Layer:
    """The breach in one value of a stratum column."""

    column: str
    value: str | None
    breach: Breach


@dataclass(frozen=True, slots=True)
class Repeat:
    """The audit before found the same: when, how many days before this one, and how many there were to correct it."""

    on: dt.date
    days: int
    enough: ParameterUse

    @property
    def counts(self) -> bool:
        """True where there was time to correct it."""
        return self.days >= _number(self.enough)


@dataclass(frozen=True)
class Grounds:
    """All that a grade is proposed from.

    `used` are the parameters of the rule, `share`, `minimum` and `isolated` those of grading. `repeated` says when the
    audit before found the same.
    """

    obligation: Obligation
    rule: Rule
    breach: Breach
    layers: Sequence[Layer]
    used: Sequence[ParameterUse]
    share: ParameterUse
    minimum: ParameterUse
    isolated: ParameterUse
    repeated: Repeat | None = None


def propose(grounds: Grounds) -> tuple[GradeStep, ...]:
    """Propose a grade: the last step has it. Each step says what it did to the one before it."""
    steps = [_default(grounds)]
    for take in (_partial, _isolated, _large, _grave, _by_force, _by_origin):
        steps.extend(take(grounds, tuple(steps)))
    return tuple(steps)


def sentence(steps: Sequence[GradeStep]) -> str:
    """Write the steps one after the other, as a person would say them."""
    return " ".join(step.why for step in steps)


def _raised(grade: Grade) -> Grade:
    """Give the next graver grade; a major stays one."""
    return SEVERITY[max(SEVERITY.index(grade) - 1, 0)]


# ---------------------------------------------------------------- the steps, in their order


def _default(grounds: Grounds) -> GradeStep:
    own = grounds.rule.grade
    whose, grade = ("rule", own) if own is not None else ("obligation", grounds.obligation.grade)
    return GradeStep(
        criterion="default", effect="start", grade=grade, why=f"The {whose}'s own grade, if nothing is met, is {grade}."
    )


def _partial(grounds: Grounds, steps: tuple[GradeStep, ...]) -> Iterator[GradeStep]:
    """Lower a major by one where something is met. A minor stays one: what is asked and not done is no advice."""
    grade, breach = steps[-1].grade, grounds.breach
    if breach.whole:
        yield _step("whole", "keep", grade, f"Nothing is met ({breach.words}): {grade}.", breach)
    elif grade is Grade.MAJOR:
        yield _step("partial", "lower", Grade.MINOR, f"A partial breach ({breach.words}), one lower: minor.", breach)
    else:
        why = f"A partial breach ({breach.words}) is no less than {grade}: {grade}."
        yield _step("partial", "keep", grade, why, breach)


def _isolated(grounds: Grounds, steps: tuple[GradeStep, ...]) -> Iterator[GradeStep]:
    """Lower one case, or less than 1 %, by one; what a shall asks stays a minor. What was found before is no such."""
    if not _is_isolated(grounds):
        return
    grade, breach = steps[-1].grade, grounds.breach
    force = grounds.obligation.force
    bound = force in {Force.REQUIREMENT, Force.IMPLIED}
    lowered = Grade.OPPORTUNITY if grade is Grade.MINOR and not bound else grade
    one = breach.cases == 1
    alone = "one case" if one else f"{_percent(_cases(breach))}, under {_percent(_number(grounds.isolated))}"
    floor = ", and what is required and not met is at least minor" if bound and grade is Grade.MINOR else ""
    effect = "lower" if lowered is not grade else "keep"
    limit = None if one else grounds.isolated
    yield _step("isolated", effect, lowered, f"Isolated ({alone}){floor}: {lowered}.", breach, _cases(breach), limit)


def _large(grounds: Grounds, steps: tuple[GradeStep, ...]) -> Iterator[GradeStep]:
    """Take a partial breach for a whole one where it is large, in all or in one stratum. Never above the default."""
    breach = grounds.breach
    if breach.whole or _is_isolated(grounds):
        return
    found = _large_somewhere(grounds)
    if found is None:
        return
    where, large, limit = found
    default, higher = steps[0].grade, _raised(steps[-1].grade)
    grade = higher if SEVERITY.index(higher) >= SEVERITY.index(default) else default
    effect = "raise" if grade is not steps[-1].grade else "keep"
    named = f" in {where}" if where else ""
    ceiling = "" if effect == "raise" else ", and no more than if nothing were met"
    why = f"The breach is large{named} ({_large_words(large)}; {limit}){ceiling}: {grade}."
    criterion = "stratum" if where else "share"
    yield _step(criterion, effect, grade, why, large, large.share, grounds.share, where)


def _grave(grounds: Grounds, steps: tuple[GradeStep, ...]) -> Iterator[GradeStep]:
    """Raise by one, once, for law or safety, for a reaction that never came, and for what was found before."""
    before = next((s for s in reversed(steps) if s.effect != "raise"), steps[0]).grade
    grade = steps[-1].grade
    top = _raised(before)
    for criterion, cause in _causes(grounds):
        enough = _enough(grounds) if criterion == "repeat" else None
        excuse = _excuse(grounds.repeated, before) if criterion == "repeat" else None
        if excuse is not None:
            yield _step("repeat", "keep", grade, f"{cause}, and {excuse}: {grade}.", parameter=enough)
            continue
        higher = top if SEVERITY.index(top) < SEVERITY.index(grade) else grade
        effect = "raise" if higher is not grade else "keep"
        why = f"{cause}{', one higher' if effect == 'raise' else ''}: {higher}."
        yield _step(criterion, effect, higher, why, parameter=enough)
        grade = higher


def _by_force(grounds: Grounds, steps: tuple[GradeStep, ...]) -> Iterator[GradeStep]:
    obligation, grade = grounds.obligation, steps[-1].grade
    if obligation.force not in {Force.GUIDANCE, Force.PRINCIPLE}:
        return
    if obligation.adopted_by:
        why = f"The cap of force {obligation.force} is lifted: adopted by {obligation.adopted_by}."
        yield _step("adopted", "keep", grade, why)
    elif grade is Grade.OPPORTUNITY:
        yield _step("force", "keep", grade, f"Force {obligation.force} allows no more than opportunity.")
    else:
        yield _step("force", "cap", Grade.OPPORTUNITY, f"Capped at opportunity: force {obligation.force}.")


def _by_origin(grounds: Grounds, steps: tuple[GradeStep, ...]) -> Iterator[GradeStep]:
    conventions = [p for p in grounds.used if p.origin is Origin.CONVENTION]
    if conventions and steps[-1].grade is not Grade.OPPORTUNITY:
        names = ", ".join(p.name for p in conventions)
        why = f"Capped at opportunity: the threshold {names} is a convention, nobody's own rule."
        yield _step("origin", "cap", Grade.OPPORTUNITY, why, parameter=conventions[0])


# ---------------------------------------------------------------- what the steps ask


def _is_isolated(grounds: Grounds) -> bool:
    breach = grounds.breach
    if breach.whole or (grounds.repeated is not None and grounds.repeated.counts):
        return False
    few = _cases(breach) < _number(grounds.isolated) and _large_somewhere(grounds) is None
    return breach.cases == 1 or few


def _cases(breach: Breach) -> Fraction:
    """Give the share of records not shown to be met, whatever the rule allows."""
    return Fraction(breach.cases, breach.of) if breach.of else Fraction(0)


def _large_somewhere(grounds: Grounds) -> tuple[str | None, Breach, str] | None:
    """Find a large breach: as a whole, else in the worst stratum that is large enough; with the limit in words.

    Of fewer records than the minimum, more than half: a lower share of so few may be two cases.
    """
    limit, fewest = _number(grounds.share), _number(grounds.minimum)
    whole = grounds.breach
    if whole.of < fewest and whole.share > _HALF:
        return None, whole, f"of fewer than {fewest}, more than half"
    if whole.of >= fewest and whole.share >= limit:
        return None, whole, f"{_percent(limit)} or more"
    found = [x for x in grounds.layers if x.breach.of >= fewest and x.breach.share >= limit and x.breach.cases > 1]
    if not found:
        return None
    worst = max(found, key=lambda x: x.breach.share)
    named = f"{worst.column} {worst.value if worst.value is not None else '(blank)'}"
    return named, worst.breach, f"{_percent(limit)} or more"


def _causes(grounds: Grounds) -> Iterator[tuple[str, str]]:
    touched = dict.fromkeys((*grounds.rule.touches, *grounds.obligation.touches))
    for what in touched:
        yield what, f"A {'requirement of law' if what == 'law' else 'requirement of safety'} is touched"
    if grounds.rule.escape:
        yield "escape", "What does not conform reached customers, and nobody reacted"
    if grounds.repeated is not None:
        ago = f"{grounds.repeated.days} {'day' if grounds.repeated.days == 1 else 'days'} before"
        yield "repeat", f"The audit of {grounds.repeated.on}, {ago}, found the same"


def _excuse(repeated: Repeat | None, before: Grade) -> str | None:
    """Say why a finding that is found again is no graver, if so."""
    if before is Grade.OPPORTUNITY:
        return "an opportunity does not grow by being found again"
    if repeated is not None and not repeated.counts:
        return f"{_number(repeated.enough)} days to correct it are not over"
    return None


def _enough(grounds: Grounds) -> ParameterUse | None:
    return None if grounds.repeated is None else grounds.repeated.enough


def _large_words(breach: Breach) -> str:
    more = " beyond what is allowed" if breach.beyond != breach.cases else ""
    return f"{breach.beyond} of {breach.of}{more}, {_percent(breach.share)}"


def _number(use: ParameterUse) -> Fraction:
    return Fraction(str(use.value))


def _percent(share: Fraction) -> str:
    """Write a share in percent, so exactly that it stays on its side of a whole number."""
    text = f"{float(share) * 100:.4g}"
    return f"{text} %"


def _step(
    criterion: str,
    effect: str,
    grade: Grade,
    why: str,
    breach: Breach | None = None,
    share: Fraction | None = None,
    parameter: ParameterUse | None = None,
    stratum: str | None = None,
) -> GradeStep:
    return GradeStep(
        criterion=criterion,  # type: ignore[arg-type]
        effect=effect,  # type: ignore[arg-type]
        grade=grade,
        why=why,
        cases=None if breach is None else breach.cases,
        beyond=None if breach is None else breach.beyond,
        of=None if breach is None else breach.of,
        share=None if share is None else float(share),
        stratum=stratum,
        parameter=parameter,
    )
