"""The same audit on two days: as of its date, and on the day of the planned audit, with what runs out between them.

Rules say `audit_date()` where evidence must still be fresh on the day of the planned audit. They are judged again as if
that day were today; whatever holds today and will not hold then is looked for day by day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qmscheck.judge.counting.scan import count
from qmscheck.judge.finding.findings import Case, finding
from qmscheck.judge.gate.decided import Decided
from qmscheck.model import Attestation, DecisionKind, DecisionState, Expiring, Finding, Verdict
from qmscheck.sql.select import RowTest

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["expiring", "judged_on"]

_HOLDS = {Verdict.PASS, Verdict.MANUAL}
_DAY = dt.timedelta(1)


def judged_on(bench: Bench, day: dt.date, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Judge the rules that ask for the day of the audit as if that were `day`; the other findings stay."""
    asking = [f.rule for f in findings if _asks_for_the_day(bench.tests[f.rule])]
    again = _again(bench, day, asking)
    return tuple(again.get(f.rule, f) for f in findings)


def _asks_for_the_day(test: RowTest) -> bool:
    """Tell whether a rule may ask for the day of the audit. SQL has capitals and spaces where an author likes them."""
    return any("audit_date" in expression.text.lower() for expression in test.expressions)


def expiring(bench: Bench, today: Decided, then: Decided) -> tuple[Expiring, ...]:
    """Say what holds today and will have run out by the day of the planned audit, and when; the earliest first.

    What another way of meeting its obligation will make good on that day is not needed then.
    """
    planned = then.day
    later = {f.rule: f.verdict for f in then.findings}
    spare = {rule for result in then.obligations for rule in result.made_good}
    found = [
        _evidence(bench, f, today.day, planned)
        for f in today.findings
        if f.verdict in _HOLDS and later[f.rule] not in {*_HOLDS, Verdict.NOT_APPLICABLE} and f.rule not in spare
    ]
    for result in today.obligations:
        given: Attestation | None = result.attestation
        if given is not None and given.valid_until is not None and today.day <= given.valid_until < planned:
            detail = f"the answer to the question, by {given.by or given.role or 'nobody named'}"
            found.append(Expiring(kind="answer", id=result.id, on=given.valid_until + _DAY, detail=detail))
    found += _decisions(today, planned)
    return tuple(sorted(found, key=lambda e: (e.on, e.kind, e.id)))


def _decisions(today: Decided, planned: dt.date) -> list[Expiring]:
    """Name waivers, accepted risks and declarations that end before the audit, and responses that fall due."""
    found = []
    for entry in today.decisions:
        if entry.state is not DecisionState.IN_FORCE:
            continue
        name = entry.rule or entry.obligation or entry.fingerprint or ""
        if entry.kind is DecisionKind.RESPONSE:
            if entry.due is not None and entry.verified_on is None and today.day <= entry.due < planned:
                detail = f"the response is due, owner {entry.owner or 'nobody'}, and nobody has verified it"
                found.append(Expiring(kind="response", id=name, on=entry.due + _DAY, detail=detail))
        elif entry.kind is not DecisionKind.GRADE and entry.until is not None and entry.until < planned:
            detail = f"decided by {entry.by} ({entry.role}) on {entry.on}"
            found.append(Expiring(kind=entry.kind.value, id=name, on=entry.until + _DAY, detail=detail))  # type: ignore[arg-type]
    return found


def _evidence(bench: Bench, holds: Finding, today: dt.date, planned: dt.date) -> Expiring:
    """Find the first day on which a rule that holds today no longer does, by halving the days between."""
    good, bad = today, planned
    while bad - good > _DAY:
        middle = good + (bad - good) // 2
        if _again(bench, middle, [holds.rule])[holds.rule].verdict in _HOLDS:
            good = middle
        else:
            bad = middle
    return Expiring(kind="evidence", id=holds.rule, on=bad, detail=holds.title)


def _again(bench: Bench, day: dt.date, rules: Sequence[str]) -> Mapping[str, Finding]:
    """Judge some rules as if the day of the audit were another one."""
    other = replace(bench, values=replace(bench.values, audit_date=day), name=f"{day} ")
    counted = count({r: bench.tests[r] for r in rules}, other, lambda _text: None)
    ruleset = bench.ruleset
    return {
        r: finding(
            Case(ruleset.rules[r], ruleset.obligations[ruleset.rules[r].obligation], bench.tests[r], counted[r]), other
        )
        for r in rules
    }
