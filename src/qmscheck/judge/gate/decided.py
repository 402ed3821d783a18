"""What persons decided about findings, as it stands on one day. A decision never changes a verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qmscheck.judge.finding.fingerprints import fingerprint
from qmscheck.judge.finding.grades import SEVERITY
from qmscheck.model import (
    Decision,
    DecisionKind,
    DecisionState,
    Final,
    Finding,
    Grade,
    ObligationResult,
    Verdict,
)

__all__ = ["Decided", "Target", "decide", "gravest", "standing", "targets"]

#: Kinds that take a finding out of what the gate counts, until their last day.
_LIFTS = (DecisionKind.WAIVER, DecisionKind.RISK)


@dataclass(frozen=True)
class Target:
    """What a fingerprint names: a finding by its rule, or an obligation as a whole (`name` is then its id).

    `fails` and `proposed` are what the audit says of it; `fails` is None where nobody has judged it yet. `records` are
    the keys of what is bad in it, `units` the units that it was counted by; None where they are not known, or not all.
    """

    name: str
    obligation: str
    fails: bool | None = None
    proposed: Grade | None = None
    records: frozenset[str] | None = None
    units: frozenset[tuple[str, str | None]] | None = None

    def has(self, entry: Decision) -> bool:
        """Tell whether there is what an entry names of it: a record or a unit. An obligation as a whole has neither."""
        if self.name == self.obligation:
            return entry.key is None and entry.unit is None
        record = entry.key is None or self.records is None or entry.key in self.records
        named = None if entry.unit is None else (entry.unit.column, entry.unit.value)
        return record and (named is None or self.units is None or named in self.units)


@dataclass(frozen=True)
class Decided:
    """Findings and obligations with what persons decided, and every entry with its state on that day.

    `counted` are the grades of what is open, by fingerprint of finding and obligation: final where decided, else as
    proposed, without what a person called no finding, what is lifted, and what plays no part in its obligation.
    """

    findings: tuple[Finding, ...]
    obligations: tuple[ObligationResult, ...]
    decisions: tuple[Decision, ...]
    day: dt.date
    counted: Mapping[str, Grade]

    def responses(self) -> dict[str, Decision]:
        """Give the response in force for each fingerprint that has one."""
        return {
            d.fingerprint: d
            for d in self.decisions
            if d.kind is DecisionKind.RESPONSE and d.state is DecisionState.IN_FORCE and d.fingerprint
        }


def targets(findings: Iterable[Finding], obligations: Iterable[ObligationResult]) -> dict[str, Target]:
    """Give what can be decided about in an audit, by fingerprint."""
    found = {
        f.fingerprint: Target(
            f.rule,
            f.obligation,
            f.verdict is Verdict.FAIL,
            f.proposed_grade,
            _records(f),
            frozenset((s.column, s.value) for s in f.strata),
        )
        for f in findings
    }
    return found | {fingerprint(o.id): Target(o.id, o.id, o.verdict is Verdict.FAIL, o.grade) for o in obligations}


def standing(
    decisions: Sequence[Decision], known: Mapping[str, Target], obligations: Collection[str], day: dt.date
) -> tuple[Decision, ...]:
    """Say of every entry what becomes of it on a day. Of entries about the same, the last of the file counts."""
    last = {d.about: number for number, d in enumerate(decisions) if d.on <= day}
    return tuple(
        d.model_copy(update={"state": _state(d, known, obligations, day, last=last.get(d.about) == number)})
        for number, d in enumerate(decisions)
    )


def decide(
    findings: Sequence[Finding],
    obligations: Sequence[ObligationResult],
    decisions: Sequence[Decision],
    day: dt.date,
    up_to: Grade = Grade.MINOR,
) -> Decided:
    """Put the decisions of persons that are in force on a day to findings and obligations. No verdict changes.

    `up_to` is the gravest grade that a waiver or an accepted risk lifts from what is counted.
    """
    known = targets(findings, obligations)
    stated = standing(decisions, known, {o.id for o in obligations}, day)
    force: dict[str, list[Decision]] = {}
    for entry in stated:
        if entry.state is DecisionState.IN_FORCE and entry.fingerprint is not None:
            force.setdefault(entry.fingerprint, []).append(entry)
    ruled = tuple(_finding(f, force.get(f.fingerprint, [])) for f in findings)
    aside = {rule for result in obligations for rule in result.aside}
    own: dict[str, list[Finding]] = {}
    for finding in ruled:
        if finding.rule not in aside:
            own.setdefault(finding.obligation, []).append(finding)
    whole = tuple(_obligation(o, own.get(o.id, []), force.get(fingerprint(o.id), [])) for o in obligations)
    counted: dict[str, Grade] = {}
    for result in whole:
        force_on_it = force.get(result.fingerprint, [])
        counted |= _counted(result, own.get(result.id, []), force_on_it, up_to)
    return Decided(ruled, whole, stated, day, counted)


def gravest(grades: Iterable[Final | None]) -> Final | None:
    """Give the gravest of some grades; that it is no finding is less than any grade."""
    order: list[Final] = [*SEVERITY, "none"]
    return min((g for g in grades if g is not None), key=order.index, default=None)


def _state(
    entry: Decision, known: Mapping[str, Target], obligations: Collection[str], day: dt.date, *, last: bool
) -> DecisionState:
    """Find the first thing that keeps an entry from counting; `from` must still be what is proposed."""
    target = known.get(entry.fingerprint or "")
    about_obligation = entry.kind is DecisionKind.NOT_APPLICABLE
    exists = entry.obligation in obligations if about_obligation else target is not None
    misnamed = target is not None and (
        entry.rule not in {None, target.name} or entry.obligation not in {None, target.obligation}
    )
    judged = target is not None and target.fails is not None
    kept = (
        (entry.on > day, DecisionState.FUTURE),
        (not last, DecisionState.SUPERSEDED),
        (entry.withdrawn, DecisionState.WITHDRAWN),
        (not exists, DecisionState.ORPHANED),
        (misnamed, DecisionState.CONTRADICTORY),
        (entry.until is not None and entry.until < day, DecisionState.EXPIRED),
        (judged and target is not None and not target.fails, DecisionState.IDLE),
        (target is not None and not target.has(entry), DecisionState.ORPHANED),
        (
            judged and target is not None and entry.from_ not in {None, target.proposed},
            DecisionState.STALE,
        ),
    )
    return next((state for holds, state in kept if holds), DecisionState.IN_FORCE)


def _finding(finding: Finding, force: Sequence[Decision]) -> Finding:
    if not force:
        return finding
    grades = [d.to for d in force if d.kind is DecisionKind.GRADE]
    final = grades[-1] if grades else None
    return finding.model_copy(update={"final_grade": final, "lifted_until": _lifted(finding, force)})


def _lifted(finding: Finding, force: Sequence[Decision]) -> dt.date | None:
    """Say until when the whole finding is lifted; entries about single records or units must cover all that is bad."""
    lifts = [d for d in force if d.kind in _LIFTS and d.until is not None]
    days = [d.until for d in lifts if d.key is None and d.unit is None]
    if finding.form != "count":
        days += [_covered({d.key: d.until for d in lifts if d.key is not None}, _records(finding))]
        whole = [(d.unit, d.until) for d in lifts if d.unit is not None and d.key is None]  # not one record of a unit
        for column in {unit.column for unit, _ in whole}:
            given = {unit.value: until for unit, until in whole if unit.column == column}
            days.append(_covered(given, _bad_units(finding, column)))
    return max((day for day in days if day is not None), default=None)


def _covered(given: Mapping[str, dt.date | None], bad: Collection[str | None] | None) -> dt.date | None:
    """Give the first last day of what covers all that is bad; None where something is not covered or not known."""
    if not bad or not {*bad} <= {*given}:
        return None
    return min(day for name in bad if name is not None and (day := given[name]) is not None)


def _records(finding: Finding) -> frozenset[str] | None:
    """Name the records that are not met or unreadable; None where the record does not list them all.

    What is wrong with a count is wrong with none of its records.
    """
    if finding.form == "count":
        return frozenset()
    bad = frozenset(e.key for e in finding.exceptions if e.state != "quoted")
    return bad if len(finding.exceptions) == finding.exceptions_total else None


def _bad_units(finding: Finding, column: str) -> set[str | None] | None:
    """Name the units of a column with anything bad in them; None where they do not add up to the whole."""
    parts = [s for s in finding.strata if s.column == column]
    tally = finding.tally
    if tally is None or sum(s.tally.population for s in parts) != tally.population:
        return None
    return {s.value for s in parts if s.tally.unmet or s.tally.unreadable}


def _obligation(result: ObligationResult, own: Sequence[Finding], force: Sequence[Decision]) -> ObligationResult:
    """Fold the decisions on its findings, and those on the obligation as a whole, which go before them."""
    named = result.model_copy(update={"fingerprint": fingerprint(result.id)})
    if result.verdict is not Verdict.FAIL:
        return named
    failed = [f for f in own if f.verdict is Verdict.FAIL]
    grades = [d.to for d in force if d.kind is DecisionKind.GRADE]
    final = grades[-1] if grades else None
    if final is None and failed and all(f.final_grade is not None for f in failed):
        final = gravest(f.final_grade for f in failed)
    days = [d.until for d in force if d.kind in _LIFTS and d.until is not None]
    counted = [f for f in failed if f.final_grade != "none"]
    lifted = [f.lifted_until for f in counted if f.lifted_until is not None]
    if lifted and len(lifted) == len(counted):
        days.append(min(lifted))
    return named.model_copy(update={"final_grade": final, "lifted_until": max(days, default=None)})


def _counted(
    result: ObligationResult, own: Sequence[Finding], force: Sequence[Decision], up_to: Grade
) -> dict[str, Grade]:
    """Grade what is open of an obligation. What was decided of it as a whole goes before what was of its findings."""
    if result.verdict is not Verdict.FAIL:
        return {}
    whole = next((d.to for d in reversed(force) if d.kind is DecisionKind.GRADE), None)
    lifted = any(d.kind in _LIFTS for d in force)
    failed = [f for f in own if f.verdict is Verdict.FAIL]
    given: dict[str, tuple[Final | None, bool]] = {
        f.fingerprint: (whole or f.final_grade or f.proposed_grade, lifted or f.lifted_until is not None)
        for f in failed
    }
    if not failed:
        given = {result.fingerprint: (whole or result.grade, lifted)}
    open_: dict[str, Grade] = {}
    for name, (grade, waived) in given.items():
        light = isinstance(grade, Grade) and SEVERITY.index(grade) >= SEVERITY.index(up_to)
        if isinstance(grade, Grade) and not (waived and light):
            open_[name] = grade
    worst = gravest(open_.values())
    return open_ | ({result.fingerprint: worst} if isinstance(worst, Grade) else {})
