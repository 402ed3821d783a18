"""Conditions R6 to R12 of the gate (domain report, section 7.2): for a certification, and against the audit before."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Collection

from qmscheck.judge.gate.seen import Said, Seen, judged, tagged
from qmscheck.model import Attestation, ConditionState, Decision, DecisionState, Verdict

__all__ = ["attested", "fresh", "kept", "operation", "repeats", "same_scope", "sequence", "waivers"]

#: States of an entry in whose place another one stands, or which is not there yet.
_PAST = {DecisionState.FUTURE, DecisionState.SUPERSEDED, DecisionState.WITHDRAWN}
#: States of an entry that looks as if it lifted something, and lifts nothing.
_POINTLESS = {DecisionState.ORPHANED, DecisionState.CONTRADICTORY, DecisionState.STALE}


def fresh(seen: Seen) -> Said:
    """R6. Evidence that is fresh in November is stale in March."""
    planned = seen.plan.planned_audit
    if planned is None:
        return Said(ConditionState.NOT_ASKED, "the plan names no planned audit")
    stale = [e for e in seen.expiring if e.kind == "evidence"]
    first = min((e.on for e in stale), default=None)
    told = f"{len(stale)} {'holds' if len(stale) == 1 else 'hold'} today and not on {planned}, the first until {first}"
    return judged([e.id for e in stale], told, f"what is fresh today is so on {planned}")


def attested(seen: Seen) -> Said:
    """R7. Judgement is half of the result: each answer is signed, valid on the day, and not about own work."""
    asked = [o for o in seen.applicable if o.question is not None]
    if not asked:
        return Said(ConditionState.NOT_ASKED, "the rulesets ask persons nothing")
    found = {o.id: _unreliable(o.attestation, seen) for o in asked if o.attestation is not None}
    wrong = {name: problem for name, problem in found.items() if problem is not None}
    unanswered = [o.id for o in asked if o.attestation is None]
    told = "; ".join(f"{number} {problem}" for problem, number in Counter(wrong.values()).items())
    if wrong:
        return Said(ConditionState.NOT_MET, told, list(wrong))
    if unanswered:
        return Said(ConditionState.UNDECIDED, f"{len(unanswered)} of {len(asked)} not answered", unanswered)
    return Said(ConditionState.MET, f"all {len(asked)} answers are signed and valid")


def _unreliable(given: Attestation, seen: Seen) -> str | None:
    """Say what keeps an answer from counting on the day, if anything does."""
    if not (given.by or given.role) or given.on is None:
        return "not signed or not dated"
    if given.expired or _later(given.on, seen.settings.attestations.months) < seen.day:
        return "expired"
    if given.stale:
        return "stale: what was seen has changed"
    if any(w.kind in {"own-work", "not-independent"} for w in given.warnings):
        return "about own work, or not said to be independent"
    return None if given.doubt is None else "not relied on"


def sequence(seen: Seen) -> Said:
    """R8. First the internal audit, then the management review that considered it, both inside the cycle."""
    return _by_rules(seen, "sequence")


def operation(seen: Seen) -> Said:
    """R10. That it is implemented must show in records over some months, in every core process."""
    return _by_rules(seen, "operation")


def _by_rules(seen: Seen, tag: str) -> Said:
    """Fold the rules that a ruleset names for a condition; without one it cannot be told."""
    found = list(tagged(seen, tag))
    named = [r for r in seen.ruleset.rules.values() if r.gate == tag]
    if not named:
        return Said(ConditionState.UNDECIDED, "the rulesets have no rule for this")
    failed = [f.rule for f in found if f.verdict is Verdict.FAIL]
    if failed:
        return Said(ConditionState.NOT_MET, f"{len(failed)} of {len(named)} rules are not met", failed)
    passed = {f.rule for f in found if f.verdict is Verdict.PASS}
    open_ = [r.id for r in named if r.id not in passed]
    if open_:
        verb = "is" if len(open_) == 1 else "are"
        return Said(ConditionState.UNDECIDED, f"{len(open_)} of {len(named)} rules {verb} not decided", open_)
    return Said(ConditionState.MET, f"all {len(named)} rules are met")


def repeats(seen: Seen) -> Said:
    """R9. What was found before and is found again was not effectively corrected.

    It is no repeat where another way of meeting the obligation carries by now; while one may yet carry, that is open.
    """
    if seen.plan.previous is None:
        return Said(ConditionState.NOT_ASKED, "no previous record was given")
    spare = seen.made_good
    needed = [f for f in seen.decided.findings if f.rule not in spare]
    hopeful = {rule for o in seen.decided.obligations if o.verdict is not Verdict.FAIL for rule in o.aside}
    found = [f for f in needed if f.since == "repeated" and f.final_grade != "none"]
    again = [f.rule for f in found if f.rule not in hopeful]
    if again:
        return Said(ConditionState.NOT_MET, f"{len(again)} {'is' if len(again) == 1 else 'are'} found again", again)
    open_ = [f.rule for f in needed if f.since == "not-shown" or f in found]
    if open_:
        verb = "is" if len(open_) == 1 else "are"
        return Said(ConditionState.UNDECIDED, f"{len(open_)} {verb} not shown to be closed", open_)
    return Said(ConditionState.MET, "none")


def kept(seen: Seen) -> Said:
    """What vanished, or was changed after it was closed, may have said something else: a person has to explain it."""
    if not seen.altered:
        return Said(ConditionState.MET, "they are")
    gone = sum(limit.reason == "vanished" for limit in seen.altered)
    told = [f"{gone} of its sources vanished"] if gone else []
    other = [limit.id for limit in seen.altered if limit.reason != "vanished"]
    told += [f"{', '.join(other)}: closed records differ, or cannot be compared"] if other else []
    return Said(ConditionState.UNDECIDED, "; ".join(told), [limit.id for limit in seen.altered])


def same_scope(seen: Seen) -> Said:
    """R11. No word on sites or products that were not examined."""
    wanted = seen.settings.certification
    if wanted is None:
        return Said(ConditionState.NOT_ASKED, "the plan declares no certification")
    used = seen.ruleset.used
    told = []
    if {u.id for u in used} != {*wanted.rulesets}:
        told.append(f"rulesets {', '.join(wanted.rulesets)} wanted, {', '.join(u.id for u in used)} used")
    editions = {u.edition for u in used}
    if editions != {wanted.edition}:
        told.append(f"edition {wanted.edition} wanted, {', '.join(sorted(editions))} used")
    if " ".join(wanted.scope.split()) != " ".join(seen.plan.scope.split()):
        told.append("the scope is another")
    if seen.plan.select or seen.plan.ignore:
        told.append("rules were left out by select or ignore")
    return judged(told, "; ".join(told), "ruleset, edition and scope are those of the certification", names=())


def waivers(seen: Seen) -> Said:
    """R12. Waivers are listed; one that expired and whose finding still fails counts as a fail.

    That an expired one has another mistake as well (a wrong rule, say) makes it no better.
    """
    given = [d for d in seen.decided.decisions if d.kind in {"waiver", "risk", "not-applicable"}]
    counting = [d for d in given if d.state not in _PAST]
    spare = seen.made_good
    failed = [f for f in seen.decided.findings if f.verdict is Verdict.FAIL and f.rule not in spare]
    failing = {name for f in failed for name in (f.fingerprint, f.rule)}
    failing |= {name for o in seen.decided.obligations if o.verdict is Verdict.FAIL for name in (o.fingerprint, o.id)}
    over = [d for d in counting if d.until is not None and d.until < seen.day and _is_open(d, failing)]
    idle = [f"{_about(d)} ({d.kind}, {d.state})" for d in counting if d.state in _POINTLESS and d not in over]
    force = [d for d in given if d.state is DecisionState.IN_FORCE]
    also = f"; without effect: {', '.join(dict.fromkeys(idle))}" if idle else ""
    told = f"{len(over)} expired on what is still not met"
    return judged([_about(d) for d in over], told + also, f"{len(force) or 'none'} in force, none expired{also}")


def _is_open(entry: Decision, failing: Collection[str]) -> bool:
    """Tell whether what an entry was about is still not met, by any of the names that it gives it."""
    if entry.kind == "not-applicable":
        return entry.state is not DecisionState.ORPHANED
    return any(name in failing for name in (entry.fingerprint, entry.rule, entry.obligation) if name)


def _about(entry: Decision) -> str:
    return entry.rule or entry.obligation or entry.fingerprint or ""


def _later(day: dt.date, months: int) -> dt.date:
    """Add months; the last day of a month stays one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > dt.MAXYEAR:
        return dt.date.max
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
