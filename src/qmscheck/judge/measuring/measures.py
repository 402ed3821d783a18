"""One statistic against its target: counted in the engine, and told so that a person can repeat it."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from qmscheck.judge.bounds import bounds
from qmscheck.judge.counting.breach import Breach
from qmscheck.judge.counting.scan import Count
from qmscheck.judge.measuring import reading as told
from qmscheck.judge.measuring.change import smallest_change
from qmscheck.judge.measuring.estimates import Asked, Estimated, Numbers, Sample, estimate, standing
from qmscheck.judge.measuring.formulas import FORMULAS, inserted
from qmscheck.judge.measuring.mix import compared
from qmscheck.judge.measuring.numbers import share_of, whole
from qmscheck.judge.measuring.reading import Reading
from qmscheck.judge.measuring.samples import BaseProblem, certain, defined, sample_of
from qmscheck.judge.measuring.strata import judged
from qmscheck.judge.measuring.units import unit_of
from qmscheck.model import Measured, MixPart, Rule, Verdict
from qmscheck.statistics.intervals import Standing

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.finding.findings import Case

__all__ = ["read"]


def read(case: Case, bench: Bench, one: Count) -> Reading:
    """Measure a rule's records, of which `one` was counted, and hold the statistic against its target."""
    rule = case.rule
    sample = sample_of(rule, case.test, bench, one.population)
    if isinstance(sample, BaseProblem):
        return Reading(Verdict.INSUFFICIENT, sample.reason)
    asked, unit = _asked_of(rule, bench), unit_of(rule)
    if sample.inference != "census" and one.population < sample.fewest:
        against = whole(case, bench, one, asked, sample) if asked.kind == "rate" else Numbers(0, 0)
        return _too_few(case, one, asked, sample, against)
    numbers = whole(case, bench, one, asked, sample)
    found = estimate(asked, numbers, sample)
    stands = standing(asked, found, sample)
    mix, more = compared(case, bench, asked)
    units = judged(case, bench, asked, sample)
    verdict = {"met": Verdict.PASS, "missed": Verdict.FAIL}.get(stands, Verdict.INSUFFICIENT)
    size = float(numbers.exposure[0]) if asked.kind == "rate" else one.population
    reason = told.joined([_reason(rule, asked, found, one, numbers, sample, stands, unit), *more])
    if units.missed and verdict is not Verdict.FAIL:
        verdict, reason = Verdict.FAIL, told.joined([reason, units.sentence])
    elif rule.every_stratum and verdict is Verdict.PASS and not units.all_met:
        verdict, reason = Verdict.INSUFFICIENT, told.joined([reason, units.sentence])
    else:
        reason = told.joined([reason, units.sentence])
    enough = found.enough if stands == "not shown" and (found.enough or 0) > size else None
    return Reading(
        verdict,
        reason,
        calculation=_calculation(rule, asked, found, numbers, sample, unit),
        to_pass=smallest_change(rule, asked, found, numbers, one, sample, unit, units.missed_names)
        if verdict is Verdict.FAIL
        else None,
        measured=_measured(asked, found, numbers, sample, stands, unit, enough, mix),
        strata=units.strata,
        breach=_breach(asked, found, numbers, one, unit),
        few=verdict is Verdict.INSUFFICIENT
        and certain(asked, numbers, one.unreadable, sample)
        and defined(asked, found),
        figures={
            "value": "not known" if found.value is None else told.figure(found.value, asked.kind, unit, asked.target),
            "interval": _ends(asked, found, unit),
            "target": told.figure(asked.target, asked.kind, unit),
        },
    )


def _ends(asked: Asked, found: Estimated, unit: str) -> str:
    low, high = (found.low, found.high) if found.interval is None else (found.interval.low, found.interval.high)
    return told.span(low, high, asked.kind, unit, asked.target)


def _asked_of(rule: Rule, bench: Bench) -> Asked:
    """Say what a rule asks of its statistic. A plain share is always one of records that are met."""
    given, measure = bounds(rule, bench), rule.measure
    if measure is None:
        target = 1 - given.most if given.most is not None else Fraction(1) if given.least is None else given.least
        return Asked("share", target, at_least=True)
    least, most = given
    goal = least if least is not None else most
    assert goal is not None  # noqa: S101
    within = measure.within
    limit = (within.days if within.days is not None else within.hours) if within is not None else 0
    scale = None if measure.scale is None else (Fraction(str(measure.scale[0])), Fraction(str(measure.scale[1])))
    return Asked(
        measure.kind,
        goal,
        at_least=least is not None,
        scale=scale,
        at=Fraction(str(measure.at)) if measure.at is not None else Fraction(1, 2),
        per=measure.rate.per if measure.rate is not None else 1,
        limit=int(str(bench.params[limit].value)) if isinstance(limit, str) else limit or 0,
    )


def _too_few(case: Case, one: Count, asked: Asked, sample: Sample, against: Numbers) -> Reading:
    """Give counts and no percentage: so few records say nothing of others. `against` is the exposure of a rate."""
    unit = unit_of(case.rule)
    numbers = share_of(case.rule, one) if asked.kind == "share" else None
    seen = f" ({numbers.hits} of {numbers.n + numbers.unknown} satisfy what is asked)" if numbers is not None else ""
    if asked.kind == "rate" and against.exposure[0] > 0:
        base = f"{told.figure(against.exposure[0], '', '')} of {_exposed(case.rule)}"
        seen = f" ({against.hits} of them count, to {base})"
    reason = (
        f"Not shown: {told.records(one.population)}{seen}, and fewer than {sample.fewest} say nothing of others; "
        f"{told.bound(asked, unit)}."
    )
    measured = Measured(
        statistic=asked.kind,
        unit=unit,
        value=None,
        worst=None,
        best=None,
        interval=None,
        n=one.population,
        base=sample.base,
        exposure=None,
        inference=sample.inference,
        bound="at least" if asked.at_least else "at most",
        target=float(told.rounded(asked.target) or 0),
        standing="not shown",
        enough=None,
        mix=(),
        notes=(),
    )
    needed = f"at least {sample.fewest} are needed ({sample.inference})"
    figures = {"value": "not known", "interval": "not known", "target": told.figure(asked.target, asked.kind, unit)}
    few = certain(asked, against, one.unreadable, sample)
    return Reading(Verdict.INSUFFICIENT, reason, calculation=(needed,), measured=measured, few=few, figures=figures)


def _reason(
    rule: Rule,
    asked: Asked,
    found: Estimated,
    one: Count,
    numbers: Numbers,
    sample: Sample,
    stands: Standing,
    unit: str,
) -> str:
    """Say the statistic, what widens it, and what is asked."""
    parts = [_observed(rule, asked, found, one, numbers, unit)]
    if found.interval is not None:
        ends = told.span(found.interval.low, found.interval.high, asked.kind, unit, asked.target)
        parts.append(f"{found.interval.method} {ends} ({told.level(found.interval)})")
    elif found.low != found.high:
        parts.append(f"{told.span(found.low, found.high, asked.kind, unit, asked.target)} is possible")
    head = f"{'; '.join(parts)}; {told.bound(asked, unit)}."
    more = _meaning(sample, found)
    if stands == "not shown":
        size = numbers.exposure[0] if asked.kind == "rate" else one.population
        noun = f"of {_exposed(rule)}" if asked.kind == "rate" else "records"
        return told.joined(
            [
                f"Not shown: {head}",
                *(_sentence(n) for n in found.notes),
                more,
                told.enough(asked, found, math.floor(size), noun),
            ]
        )
    return told.joined([head[0].upper() + head[1:], *(_sentence(n) for n in found.notes), more])


def _observed(rule: Rule, asked: Asked, found: Estimated, one: Count, numbers: Numbers, unit: str) -> str:
    """Write the statistic with what it was made of."""
    whole = one.population
    blank = f", {one.unreadable} cannot be told" if one.unreadable else ""
    value = "no value" if found.value is None else told.figure(found.value, asked.kind, unit, asked.target)
    if asked.kind == "share":
        verb = "satisfies it" if 1 in {numbers.hits, whole} else "satisfy it"
        of = f"{numbers.hits} of {told.records(whole)} {verb}"
        if found.value is None or whole < _FEW:
            return f"{of}{blank}"
        return f"{of}{blank} ({value} of the other {numbers.n})" if blank else f"{of} ({value})"
    if asked.kind == "rate":
        least, most = numbers.exposure
        against = told.figure(least, "", "") if most == least else f"{told.figure(least, '', '')} or more"
        return f"{numbers.hits} of {rule.table} to {against} of {_exposed(rule)}: {value}{blank}"
    name = {"nps": "NPS", "within": "closed within the limit, by Kaplan-Meier:"}.get(asked.kind, asked.kind)
    if asked.kind == "percentile":
        name = f"percentile {float(asked.at * 100):g}"
    if found.value is None and not numbers.n:
        return f"{name} of {told.records(whole)}, none of which can be told"
    return f"{name} {value} of {told.records(whole)}{blank}"


_FEW = 10


def _meaning(sample: Sample, found: Estimated) -> str:
    """Say what the records stand for, where that is less than it seems."""
    if sample.inference == "self-selected":
        return (
            "Who answers chooses to: the interval is the least uncertainty there is, "
            "and says nothing of those who did not answer."
        )
    if sample.inference == "judgement-sample":
        return (
            "The records were picked by judgement: nothing is said of those that were not, "
            "so this can fail and not pass."
        )
    if sample.inference == "process" and found.interval is not None:
        return "The records are taken as a sample of what the process does."
    return ""


def _calculation(
    rule: Rule, asked: Asked, found: Estimated, numbers: Numbers, sample: Sample, unit: str
) -> tuple[str, ...]:
    """Write formula and figures, so that a person can repeat them."""
    parts = [FORMULAS[asked.kind], inserted(asked, numbers)]
    if asked.kind == "within":
        parts.append(f"limit {asked.limit} {_time(rule)}")
    low, high = (told.figure(x, asked.kind, unit, asked.target) for x in (found.low, found.high))
    if found.low != found.high:
        parts.append(f"at least {low}, at most {high}, whatever cannot be told")
    if found.interval is not None:
        reach = found.interval
        base = f", of a base of {sample.drawn_from}" if sample.drawn_from is not None else ""
        ends = told.span(reach.low, reach.high, asked.kind, unit, asked.target)
        parts.append(f"{sample.inference}{base}: {reach.method} interval {ends} at {told.level(reach)}")
    elif sample.inference != "census":
        parts.append(f"{sample.inference}: no interval")
    parts.append(f"target: {told.bound(asked, unit)}")
    return tuple(part for part in parts if part)


def _measured(
    asked: Asked,
    found: Estimated,
    numbers: Numbers,
    sample: Sample,
    stands: Standing,
    unit: str,
    enough: float | None,
    mix: tuple[MixPart, ...],
) -> Measured:
    return Measured(
        statistic=asked.kind,
        unit=unit,
        value=told.rounded(found.value),
        worst=told.rounded(found.low if asked.at_least else found.high),
        best=told.rounded(found.high if asked.at_least else found.low),
        interval=None if found.interval is None else told.reach(found.interval),
        n=numbers.n + numbers.unknown,
        base=sample.base,
        exposure=told.rounded(numbers.exposure[0]) if asked.kind == "rate" else None,
        inference=sample.inference,
        bound="at least" if asked.at_least else "at most",
        target=float(told.rounded(asked.target) or 0),
        standing=stands,
        enough=told.rounded(enough),
        mix=mix,
        notes=found.notes,
    )


def _breach(asked: Asked, found: Estimated, numbers: Numbers, one: Count, unit: str) -> Breach | None:
    """Say how far a fail goes: in records, where the statistic counts them. None: as every share does."""
    if asked.kind == "share":
        return None
    value = "no value" if found.value is None else told.figure(found.value, asked.kind, unit, asked.target)
    words, whole = f"{value} where {told.bound(asked, unit)}", one.population
    if asked.kind == "rate" and not asked.at_least:
        events, allowed = numbers.hits + numbers.unknown, math.floor(asked.target * numbers.exposure[0] / asked.per)
        return Breach(events, max(0, events - allowed), events, numbers.unknown, allowed <= 0, words)
    if asked.kind == "within" and asked.at_least:
        late = whole - sum(c.closed for c in numbers.cases if c.duration <= asked.limit)
        allowed = whole - math.ceil(asked.target * whole)
        return Breach(late, max(0, late - allowed), whole, numbers.unknown, late == whole, words)
    return Breach(max(whole, 2), 0, max(whole, 2), numbers.unknown, whole=False, words=words)


def _time(rule: Rule) -> str:
    within = rule.measure.within if rule.measure is not None else None
    return "hours" if within is not None and within.hours is not None else "days"


def _exposed(rule: Rule) -> str:
    rate = rule.measure.rate if rule.measure is not None else None
    if rate is None:
        return ""
    return f"{rate.sum} of {rate.table}" if rate.sum else rate.table


def _sentence(note: str) -> str:
    text = note[0].upper() + note[1:]
    return text if text.endswith(".") else f"{text}."
