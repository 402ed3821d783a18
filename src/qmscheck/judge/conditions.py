"""The twelve conditions of the gate (domain report, section 7.2), each a function of what is known on one day.

A condition that cannot be told is never met; one that nobody asked for is neither met nor in the way.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qmscheck.judge.decided import Decided
from qmscheck.judge.grades import SEVERITY
from qmscheck.model import (
    Attestation,
    AuditPlan,
    ConditionResult,
    ConditionState,
    Decision,
    DecisionState,
    Expiring,
    Finding,
    Force,
    GateSetting,
    GateSettings,
    Grade,
    Limit,
    ObligationResult,
    ParameterUse,
    Ruleset,
    Scalar,
    Verdict,
)

__all__ = ["Seen", "conditions"]

_OUTSIDE = {Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}
_OPEN = {Verdict.INSUFFICIENT, Verdict.MANUAL}
_BINDING = {Force.REQUIREMENT, Force.IMPLIED}
_PARTS = ("correction", "cause", "action", "owner", "due")
_PLAIN = "the plan names no planned audit and has no [gate]"

#: What needs a response, and may not be concentrated: a minor that becomes a major must not count for less.
_GRAVE = {Grade.MINOR, Grade.MAJOR}

#: Conditions that are about a certification: asked where the plan names a planned audit or has [gate].
_CERTIFICATION = {"responses", "concentration", "attestations", "sequence", "operation"}

#: States of an entry in whose place another one stands, or which is not there yet.
_PAST = {DecisionState.FUTURE, DecisionState.SUPERSEDED, DecisionState.WITHDRAWN}
#: States of an entry that looks as if it lifted something, and lifts nothing.
_POINTLESS = {DecisionState.ORPHANED, DecisionState.CONTRADICTORY, DecisionState.STALE}


@dataclass(frozen=True)
class Seen:
    """What the conditions look at: the plan and its ruleset, findings and decisions as they are on a day, what of the
    evidence of the audit before is gone or was altered.
    """

    plan: AuditPlan
    ruleset: Ruleset
    decided: Decided
    expiring: tuple[Expiring, ...] = ()
    altered: tuple[Limit, ...] = ()

    @property
    def day(self) -> dt.date:
        """The day on which the gate is looked at."""
        return self.decided.day

    @property
    def settings(self) -> GateSettings:
        """What the plan says of the conditions, else their defaults."""
        return self.plan.gate or GateSettings()

    @property
    def applicable(self) -> list[ObligationResult]:
        """The obligations that were to be examined."""
        return [o for o in self.decided.obligations if o.verdict not in _OUTSIDE]

    def is_core(self, obligation: str) -> bool:
        """Tell whether an obligation is in the core list; a ruleset that names none has only core."""
        whole = not any(o.core for o in self.ruleset.obligations.values())
        return whole or self.ruleset.obligations[obligation].core

    @property
    def made_good(self) -> frozenset[str]:
        """The rules whose fails another way of meeting their obligation makes good."""
        return frozenset(rule for o in self.decided.obligations for rule in o.made_good)

    @property
    def grave(self) -> list[ObligationResult]:
        """The obligations of which something is open that is minor or graver."""
        return [o for o in self.decided.obligations if self.decided.counted.get(o.fingerprint) in _GRAVE]


@dataclass(frozen=True)
class _Said:
    """What a condition found."""

    state: ConditionState
    detail: str
    decided_by: Sequence[str] = ()


def conditions(seen: Seen) -> tuple[ConditionResult, ...]:
    """Evaluate every condition, in the order in which a person asks."""
    asked = (row for row in _TABLE if row[0] != "kept" or seen.plan.previous is not None)
    return tuple(_condition(seen, *row) for row in asked)


def _condition(
    seen: Seen,
    name: str,
    number: str | None,
    title: Callable[[Seen], str],
    test: Callable[[Seen], _Said],
    numbers: Mapping[str, str],
) -> ConditionResult:
    setting: GateSetting = getattr(seen.settings, name, GateSetting())
    certified = seen.plan.planned_audit is not None or seen.plan.gate is not None
    if not setting.on:
        said = _Said(ConditionState.OFF, setting.why or "")
    elif name in _CERTIFICATION and not certified:
        said = _Said(ConditionState.NOT_ASKED, _PLAIN)
    else:
        said = test(seen)
    return ConditionResult(
        id=name,
        number=number,
        title=title(seen),
        state=said.state,
        detail=said.detail,
        decided_by=tuple(dict.fromkeys(said.decided_by)),
        parameters=tuple(_use(setting, key, text) for key, text in numbers.items()),
    )


def _use(setting: GateSetting, name: str, title: str) -> ParameterUse:
    value: Scalar = getattr(setting, name)
    return ParameterUse(name=name, value=value, origin=setting.origin, ref=setting.ref, title=title)


# ---------------------------------------------------------------- R1 to R5: what was found, and what was not


def _fails_title(seen: Seen) -> str:
    if seen.plan.fail_on is None:
        return "No fail counts against the gate (fail-on never)"
    return f"No open {' or '.join(SEVERITY[: SEVERITY.index(seen.plan.fail_on) + 1])}, proposed or final"


def _fails(seen: Seen) -> _Said:
    """R1. A proposed grade counts until a person has decided."""
    if seen.plan.fail_on is None:
        return _Said(ConditionState.NOT_ASKED, "not asked for")
    counted = SEVERITY[: SEVERITY.index(seen.plan.fail_on) + 1]
    found = [o.id for o in seen.decided.obligations if seen.decided.counted.get(o.fingerprint) in counted]
    verb = "is" if len(found) == 1 else "are"
    return _judged(found, f"{_obligations(len(found))} {verb} not met at that grade", "none")


def _responses(seen: Seen) -> _Said:
    """R2. Every open minor has a response that is whole and not late; the firm's own list of actions is in order."""
    answers = seen.decided.responses()
    wrong: dict[str, str] = {}
    minors = _minors(seen)
    for name, marks in minors.items():
        answer = next((answers[m] for m in marks if m in answers), None)
        problem = _incomplete(answer, seen)
        if problem:
            wrong[name] = problem
    for finding in _tagged(seen, "responses"):
        if finding.verdict is Verdict.FAIL:
            wrong.setdefault(finding.rule, "its list of actions is not in order")
    told = Counter(wrong.values())
    detail = "; ".join(f"{number} {problem}" for problem, number in told.items())
    return _judged(list(wrong), detail, _all_of(len(minors), "open finding", "has a response", "have a response"))


def _incomplete(answer: Decision | None, seen: Seen) -> str | None:
    """Say what is missing in a response, or that it is late on the day."""
    if answer is None:
        return "without a response"
    if any(getattr(answer, part) is None for part in _PARTS):
        return "with a response that is not whole"
    setting = seen.settings.responses
    if answer.due is not None and answer.verified_on is None and answer.due < seen.day:
        return "with a response that is overdue"
    if answer.due is not None and (answer.due - answer.on).days > setting.days:
        return f"with a due date more than {setting.days} days away"
    return None


def _concentration(seen: Seen) -> _Said:
    """R3. Several minors on one requirement may show that the system fails there."""
    setting = seen.settings.concentration
    counted = seen.decided.counted
    per = {
        o.id: sum(f.obligation == o.id and counted.get(f.fingerprint) in _GRAVE for f in seen.decided.findings)
        for o in seen.decided.obligations
    }
    crowded = [name for name, number in per.items() if number >= setting.per_requirement]
    minor = [o.id for o in seen.grave]
    told = (
        [f"{_obligations(len(crowded))} with {setting.per_requirement} or more open minors or majors"]
        if crowded
        else []
    )
    if len(minor) > setting.total:
        told.append(f"{_obligations(len(minor))} with one, and {setting.total} are the most")
    wrong = [*crowded, *(minor if len(minor) > setting.total else [])]
    return _judged(wrong, "; ".join(told), f"requirements with an open minor, or major: {len(minor) or 'none'}")


def _decided_title(seen: Seen) -> str:
    setting = seen.settings.decided
    if all(seen.is_core(o) for o in seen.ruleset.obligations):
        return "Every requirement is wholly decided" if setting.core == 1 else f"{_share(setting.core)} are decided"
    core = "wholly" if setting.core == 1 else f"for {_share(setting.core)}"
    return f"The core requirements are {core} decided, the others for {_share(setting.rest)}"


def _requirements_decided(seen: Seen) -> _Said:
    """R4. What was not looked at does not conform."""
    setting = seen.settings.decided
    asked = [o for o in seen.applicable if o.force in _BINDING]
    open_ = [o.id for o in asked if o.undecided or o.verdict in _OPEN]
    short = []
    for core, wanted in ((True, setting.core), (False, setting.rest)):
        part = [o.id for o in asked if seen.is_core(o.id) is core]
        left = [name for name in part if name in open_]
        if len(part) - len(left) < wanted * len(part):
            short += left
    verb = "is" if len(open_) == 1 else "are"
    told = f"{len(open_)} of {len(asked)} {verb} not decided, or not wholly"
    fine = "the one is decided" if len(asked) == 1 else f"all {len(asked)} are decided"
    if short:
        return _Said(ConditionState.UNDECIDED, told, short)
    return _Said(ConditionState.MET, told if open_ else fine)


def _nothing_broken(seen: Seen) -> _Said:
    """R5. A broken export must not look like success."""
    broken = [o.id for o in seen.applicable if o.verdict is Verdict.ERROR]
    empty = [o.id for o in seen.applicable if seen.is_core(o.id) and _is_vacuous(o, seen.decided.findings)]
    told = [f"{_obligations(len(broken))} could not be examined"] if broken else []
    told += [f"{_obligations(len(empty))} of the core met no record at all"] if empty else []
    if told:
        return _Said(ConditionState.UNDECIDED, "; ".join(told), [*broken, *empty])
    return _Said(ConditionState.MET, "none")


def _is_vacuous(result: ObligationResult, findings: Iterable[Finding]) -> bool:
    """Tell whether the rules of an obligation found no record at all, in any of their tables."""
    tallies = [f.tally for f in findings if f.obligation == result.id and f.tally is not None]
    return bool(tallies) and all(tally.population == 0 for tally in tallies)


def _examined(seen: Seen) -> _Said:
    total, number = len(seen.decided.obligations), len(seen.applicable)
    detail = f"{number} of {_obligations(total)} {'was' if number == 1 else 'were'} examined"
    return _Said(ConditionState.MET if number else ConditionState.UNDECIDED, detail)


# ---------------------------------------------------------------- R6 to R12: for a certification


def _fresh(seen: Seen) -> _Said:
    """R6. Evidence that is fresh in November is stale in March."""
    planned = seen.plan.planned_audit
    if planned is None:
        return _Said(ConditionState.NOT_ASKED, "the plan names no planned audit")
    stale = [e for e in seen.expiring if e.kind == "evidence"]
    first = min((e.on for e in stale), default=None)
    told = f"{len(stale)} {'holds' if len(stale) == 1 else 'hold'} today and not on {planned}, the first until {first}"
    return _judged([e.id for e in stale], told, f"what is fresh today is so on {planned}")


def _attested(seen: Seen) -> _Said:
    """R7. Judgement is half of the result: each answer is signed, valid on the day, and not about own work."""
    asked = [o for o in seen.applicable if o.question is not None]
    if not asked:
        return _Said(ConditionState.NOT_ASKED, "the rulesets ask persons nothing")
    found = {o.id: _unreliable(o.attestation, seen) for o in asked if o.attestation is not None}
    wrong = {name: problem for name, problem in found.items() if problem is not None}
    unanswered = [o.id for o in asked if o.attestation is None]
    told = "; ".join(f"{number} {problem}" for problem, number in Counter(wrong.values()).items())
    if wrong:
        return _Said(ConditionState.NOT_MET, told, list(wrong))
    if unanswered:
        return _Said(ConditionState.UNDECIDED, f"{len(unanswered)} of {len(asked)} not answered", unanswered)
    return _Said(ConditionState.MET, f"all {len(asked)} answers are signed and valid")


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


def _sequence(seen: Seen) -> _Said:
    """R8. First the internal audit, then the management review that considered it, both inside the cycle."""
    return _by_rules(seen, "sequence")


def _operation(seen: Seen) -> _Said:
    """R10. That it is implemented must show in records over some months, in every core process."""
    return _by_rules(seen, "operation")


def _by_rules(seen: Seen, tag: str) -> _Said:
    """Fold the rules that a ruleset names for a condition; without one it cannot be told."""
    found = list(_tagged(seen, tag))
    named = [r for r in seen.ruleset.rules.values() if r.gate == tag]
    if not named:
        return _Said(ConditionState.UNDECIDED, "the rulesets have no rule for this")
    failed = [f.rule for f in found if f.verdict is Verdict.FAIL]
    if failed:
        return _Said(ConditionState.NOT_MET, f"{len(failed)} of {len(named)} rules are not met", failed)
    passed = {f.rule for f in found if f.verdict is Verdict.PASS}
    open_ = [r.id for r in named if r.id not in passed]
    if open_:
        verb = "is" if len(open_) == 1 else "are"
        return _Said(ConditionState.UNDECIDED, f"{len(open_)} of {len(named)} rules {verb} not decided", open_)
    return _Said(ConditionState.MET, f"all {len(named)} rules are met")


def _repeats(seen: Seen) -> _Said:
    """R9. What was found before and is found again was not effectively corrected.

    It is no repeat where another way of meeting the obligation carries by now; while one may yet carry, that is open.
    """
    if seen.plan.previous is None:
        return _Said(ConditionState.NOT_ASKED, "no previous record was given")
    spare = seen.made_good
    needed = [f for f in seen.decided.findings if f.rule not in spare]
    hopeful = {rule for o in seen.decided.obligations if o.verdict is not Verdict.FAIL for rule in o.aside}
    found = [f for f in needed if f.since == "repeated" and f.final_grade != "none"]
    again = [f.rule for f in found if f.rule not in hopeful]
    if again:
        return _Said(ConditionState.NOT_MET, f"{len(again)} {'is' if len(again) == 1 else 'are'} found again", again)
    open_ = [f.rule for f in needed if f.since == "not-shown" or f in found]
    if open_:
        verb = "is" if len(open_) == 1 else "are"
        return _Said(ConditionState.UNDECIDED, f"{len(open_)} {verb} not shown to be closed", open_)
    return _Said(ConditionState.MET, "none")


def _kept(seen: Seen) -> _Said:
    """What vanished, or was changed after it was closed, may have said something else: a person has to explain it."""
    if not seen.altered:
        return _Said(ConditionState.MET, "they are")
    gone = sum(limit.reason == "vanished" for limit in seen.altered)
    told = [f"{gone} of its sources vanished"] if gone else []
    other = [limit.id for limit in seen.altered if limit.reason != "vanished"]
    told += [f"{', '.join(other)}: closed records differ, or cannot be compared"] if other else []
    return _Said(ConditionState.UNDECIDED, "; ".join(told), [limit.id for limit in seen.altered])


def _same_scope(seen: Seen) -> _Said:
    """R11. No word on sites or products that were not examined."""
    wanted = seen.settings.certification
    if wanted is None:
        return _Said(ConditionState.NOT_ASKED, "the plan declares no certification")
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
    return _judged(told, "; ".join(told), "ruleset, edition and scope are those of the certification", names=())


def _waivers(seen: Seen) -> _Said:
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
    return _judged([_about(d) for d in over], told + also, f"{len(force) or 'none'} in force, none expired{also}")


def _is_open(entry: Decision, failing: Collection[str]) -> bool:
    """Tell whether what an entry was about is still not met, by any of the names that it gives it."""
    if entry.kind == "not-applicable":
        return entry.state is not DecisionState.ORPHANED
    return any(name in failing for name in (entry.fingerprint, entry.rule, entry.obligation) if name)


# ---------------------------------------------------------------- shared


def _judged(wrong: Sequence[str], told: str, fine: str, names: Sequence[str] | None = None) -> _Said:
    if wrong:
        return _Said(ConditionState.NOT_MET, told, wrong if names is None else names)
    return _Said(ConditionState.MET, fine)


def _minors(seen: Seen) -> dict[str, tuple[str, ...]]:
    """Name every open minor, with the fingerprints that a response may have: its own, or that of its obligation."""
    counted = seen.decided.counted
    whole = {o.id: o for o in seen.decided.obligations}
    found = {
        f.rule: (f.fingerprint, whole[f.obligation].fingerprint)
        for f in seen.decided.findings
        if counted.get(f.fingerprint) in _GRAVE
    }
    aside = {rule for o in seen.decided.obligations for rule in o.aside}
    with_rules = {f.obligation for f in seen.decided.findings if f.verdict is Verdict.FAIL and f.rule not in aside}
    alone = [o for o in seen.grave if o.id not in with_rules]
    return found | {o.id: (o.fingerprint,) for o in alone}


def _tagged(seen: Seen, tag: str) -> Iterable[Finding]:
    rules = seen.ruleset.rules
    return (f for f in seen.decided.findings if rules[f.rule].gate == tag)


def _about(entry: Decision) -> str:
    return entry.rule or entry.obligation or entry.fingerprint or ""


def _all_of(number: int, noun: str, one: str, more: str) -> str:
    if number == 0:
        return f"no {noun}"
    return f"the one {noun} {one}" if number == 1 else f"all {number} {noun}s {more}"


def _later(day: dt.date, months: int) -> dt.date:
    """Add months; the last day of a month stays one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > dt.MAXYEAR:
        return dt.date.max
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _share(share: float) -> str:
    return f"{share * 100:g} %"


def _obligations(number: int) -> str:
    return "1 obligation" if number == 1 else f"{number} obligations"


def _titled(text: str) -> Callable[[Seen], str]:
    return lambda _seen: text


_Row = tuple[str, str | None, Callable[[Seen], str], Callable[[Seen], _Said], Mapping[str, str]]
_TABLE: tuple[_Row, ...] = (
    ("fails", "R1", _fails_title, _fails, {}),
    (
        "responses",
        "R2",
        _titled("Every open minor, or major, has a response: correction, cause, action, owner, date; none is overdue"),
        _responses,
        {"days": "Days within which a response is done"},
    ),
    (
        "concentration",
        "R3",
        _titled("Minors and majors are not concentrated on one requirement, and not too many"),
        _concentration,
        {
            "per_requirement": "Open minors, or majors, on one requirement from which they are too many",
            "total": "Requirements that may have an open minor, or major",
        },
    ),
    (
        "decided",
        "R4",
        _decided_title,
        _requirements_decided,
        {"core": "Share of the core requirements to decide", "rest": "Share of the other requirements to decide"},
    ),
    ("errors", "R5", _titled("No rule failed to run, and no core requirement met no record"), _nothing_broken, {}),
    ("freshness", "R6", _titled("Evidence is still fresh on the day of the planned audit"), _fresh, {}),
    (
        "attestations",
        "R7",
        _titled("Answers of persons are signed, valid and independent"),
        _attested,
        {"months": "Months for which an answer is valid at most"},
    ),
    (
        "sequence",
        "R8",
        _titled("Internal audit held, then management review that considered it, both inside the cycle"),
        _sequence,
        {},
    ),
    ("repeats", "R9", _titled("No finding of the previous audit recurs"), _repeats, {}),
    (
        "kept",
        None,
        _titled("The evidence of the previous audit is there, and what was closed then is as it was"),
        _kept,
        {},
    ),
    ("operation", "R10", _titled("Records of every core process over the months asked for"), _operation, {}),
    ("scope", "R11", _titled("Ruleset, edition and scope are those of the planned certification"), _same_scope, {}),
    (
        "waivers",
        "R12",
        _titled("Waivers and accepted risks are listed, and none has expired"),
        _waivers,
        {"up_to": "Gravest finding that a waiver lifts"},
    ),
    ("examined", None, _titled("Something was examined"), _examined, {}),
)
