"""Conditions R1 to R5 of the gate (domain report, section 7.2): what was found, and what was not looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from qmscheck.judge.finding.grades import SEVERITY
from qmscheck.judge.gate.seen import GRAVE, Said, Seen, judged, obligations, tagged
from qmscheck.model import ConditionState, Decision, Finding, Force, ObligationResult, Verdict

__all__ = [
    "concentration",
    "decided_title",
    "examined",
    "fails",
    "fails_title",
    "nothing_broken",
    "requirements_decided",
    "responses",
]

_OPEN = {Verdict.INSUFFICIENT, Verdict.MANUAL}
_BINDING = {Force.REQUIREMENT, Force.IMPLIED}
_PARTS = ("correction", "cause", "action", "owner", "due")


def fails_title(seen: Seen) -> str:
    """Say at which grades R1 counts."""
    if seen.plan.fail_on is None:
        return "No fail counts against the gate (fail-on never)"
    return f"No open {' or '.join(SEVERITY[: SEVERITY.index(seen.plan.fail_on) + 1])}, proposed or final"


def fails(seen: Seen) -> Said:
    """R1. A proposed grade counts until a person has decided."""
    if seen.plan.fail_on is None:
        return Said(ConditionState.NOT_ASKED, "not asked for")
    counted = SEVERITY[: SEVERITY.index(seen.plan.fail_on) + 1]
    found = [o.id for o in seen.decided.obligations if seen.decided.counted.get(o.fingerprint) in counted]
    verb = "is" if len(found) == 1 else "are"
    return judged(found, f"{obligations(len(found))} {verb} not met at that grade", "none")


def responses(seen: Seen) -> Said:
    """R2. Every open minor has a response that is whole and not late; the firm's own list of actions is in order."""
    answers = seen.decided.responses()
    wrong: dict[str, str] = {}
    minors = _minors(seen)
    for name, marks in minors.items():
        answer = next((answers[m] for m in marks if m in answers), None)
        problem = _incomplete(answer, seen)
        if problem:
            wrong[name] = problem
    for finding in tagged(seen, "responses"):
        if finding.verdict is Verdict.FAIL:
            wrong.setdefault(finding.rule, "its list of actions is not in order")
    told = Counter(wrong.values())
    detail = "; ".join(f"{number} {problem}" for problem, number in told.items())
    return judged(list(wrong), detail, _all_of(len(minors), "open finding", "has a response", "have a response"))


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


def concentration(seen: Seen) -> Said:
    """R3. Several minors on one requirement may show that the system fails there."""
    setting = seen.settings.concentration
    counted = seen.decided.counted
    per = {
        o.id: sum(f.obligation == o.id and counted.get(f.fingerprint) in GRAVE for f in seen.decided.findings)
        for o in seen.decided.obligations
    }
    crowded = [name for name, number in per.items() if number >= setting.per_requirement]
    minor = [o.id for o in seen.grave]
    told = (
        [f"{obligations(len(crowded))} with {setting.per_requirement} or more open minors or majors"] if crowded else []
    )
    if len(minor) > setting.total:
        told.append(f"{obligations(len(minor))} with one, and {setting.total} are the most")
    wrong = [*crowded, *(minor if len(minor) > setting.total else [])]
    return judged(wrong, "; ".join(told), f"requirements with an open minor, or major: {len(minor) or 'none'}")


def decided_title(seen: Seen) -> str:
    """Say how much R4 wants to be decided."""
    setting = seen.settings.decided
    if all(seen.is_core(o) for o in seen.ruleset.obligations):
        return "Every requirement is wholly decided" if setting.core == 1 else f"{_share(setting.core)} are decided"
    core = "wholly" if setting.core == 1 else f"for {_share(setting.core)}"
    return f"The core requirements are {core} decided, the others for {_share(setting.rest)}"


def requirements_decided(seen: Seen) -> Said:
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
        return Said(ConditionState.UNDECIDED, told, short)
    return Said(ConditionState.MET, told if open_ else fine)


def nothing_broken(seen: Seen) -> Said:
    """R5. A broken export must not look like success."""
    broken = [o.id for o in seen.applicable if o.verdict is Verdict.ERROR]
    empty = [o.id for o in seen.applicable if seen.is_core(o.id) and _is_vacuous(o, seen.decided.findings)]
    told = [f"{obligations(len(broken))} could not be examined"] if broken else []
    told += [f"{obligations(len(empty))} of the core met no record at all"] if empty else []
    if told:
        return Said(ConditionState.UNDECIDED, "; ".join(told), [*broken, *empty])
    return Said(ConditionState.MET, "none")


def _is_vacuous(result: ObligationResult, findings: Iterable[Finding]) -> bool:
    """Tell whether the rules of an obligation found no record at all, in any of their tables."""
    tallies = [f.tally for f in findings if f.obligation == result.id and f.tally is not None]
    return bool(tallies) and all(tally.population == 0 for tally in tallies)


def examined(seen: Seen) -> Said:
    """Of nothing at all nothing can be said."""
    total, number = len(seen.decided.obligations), len(seen.applicable)
    detail = f"{number} of {obligations(total)} {'was' if number == 1 else 'were'} examined"
    return Said(ConditionState.MET if number else ConditionState.UNDECIDED, detail)


def _minors(seen: Seen) -> dict[str, tuple[str, ...]]:
    """Name every open minor, with the fingerprints that a response may have: its own, or that of its obligation."""
    counted = seen.decided.counted
    whole = {o.id: o for o in seen.decided.obligations}
    found = {
        f.rule: (f.fingerprint, whole[f.obligation].fingerprint)
        for f in seen.decided.findings
        if counted.get(f.fingerprint) in GRAVE
    }
    aside = {rule for o in seen.decided.obligations for rule in o.aside}
    with_rules = {f.obligation for f in seen.decided.findings if f.verdict is Verdict.FAIL and f.rule not in aside}
    alone = [o for o in seen.grave if o.id not in with_rules]
    return found | {o.id: (o.fingerprint,) for o in alone}


def _all_of(number: int, noun: str, one: str, more: str) -> str:
    if number == 0:
        return f"no {noun}"
    return f"the one {noun} {one}" if number == 1 else f"all {number} {noun}s {more}"


def _share(share: float) -> str:
    return f"{share * 100:g} %"
