"""The twelve conditions of the gate (domain report, section 7.2), each a function of what is known on one day.

A condition that cannot be told is never met; one that nobody asked for is neither met nor in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qmscheck.judge.gate import certification, found
from qmscheck.judge.gate.seen import Said, Seen
from qmscheck.model import ConditionResult, ConditionState, GateSetting, ParameterUse, Scalar

__all__ = ["conditions"]

_PLAIN = "the plan names no planned audit and has no [gate]"

#: Conditions that are about a certification: asked where the plan names a planned audit or has [gate].
_CERTIFICATION = {"responses", "concentration", "attestations", "sequence", "operation"}


def conditions(seen: Seen) -> tuple[ConditionResult, ...]:
    """Evaluate every condition, in the order in which a person asks."""
    asked = (row for row in _TABLE if row[0] != "kept" or seen.plan.previous is not None)
    return tuple(_condition(seen, *row) for row in asked)


def _condition(
    seen: Seen,
    name: str,
    number: str | None,
    title: Callable[[Seen], str],
    test: Callable[[Seen], Said],
    numbers: Mapping[str, str],
) -> ConditionResult:
    setting: GateSetting = getattr(seen.settings, name, GateSetting())
    certified = seen.plan.planned_audit is not None or seen.plan.gate is not None
    if not setting.on:
        said = Said(ConditionState.OFF, setting.why or "")
    elif name in _CERTIFICATION and not certified:
        said = Said(ConditionState.NOT_ASKED, _PLAIN)
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


def _titled(text: str) -> Callable[[Seen], str]:
    return lambda _seen: text


_Row = tuple[str, str | None, Callable[[Seen], str], Callable[[Seen], Said], Mapping[str, str]]
_TABLE: tuple[_Row, ...] = (
    ("fails", "R1", found.fails_title, found.fails, {}),
    (
        "responses",
        "R2",
        _titled("Every open minor, or major, has a response: correction, cause, action, owner, date; none is overdue"),
        found.responses,
        {"days": "Days within which a response is done"},
    ),
    (
        "concentration",
        "R3",
        _titled("Minors and majors are not concentrated on one requirement, and not too many"),
        found.concentration,
        {
            "per_requirement": "Open minors, or majors, on one requirement from which they are too many",
            "total": "Requirements that may have an open minor, or major",
        },
    ),
    (
        "decided",
        "R4",
        found.decided_title,
        found.requirements_decided,
        {"core": "Share of the core requirements to decide", "rest": "Share of the other requirements to decide"},
    ),
    ("errors", "R5", _titled("No rule failed to run, and no core requirement met no record"), found.nothing_broken, {}),
    ("freshness", "R6", _titled("Evidence is still fresh on the day of the planned audit"), certification.fresh, {}),
    (
        "attestations",
        "R7",
        _titled("Answers of persons are signed, valid and independent"),
        certification.attested,
        {"months": "Months for which an answer is valid at most"},
    ),
    (
        "sequence",
        "R8",
        _titled("Internal audit held, then management review that considered it, both inside the cycle"),
        certification.sequence,
        {},
    ),
    ("repeats", "R9", _titled("No finding of the previous audit recurs"), certification.repeats, {}),
    (
        "kept",
        None,
        _titled("The evidence of the previous audit is there, and what was closed then is as it was"),
        certification.kept,
        {},
    ),
    (
        "operation",
        "R10",
        _titled("Records of every core process over the months asked for"),
        certification.operation,
        {},
    ),
    (
        "scope",
        "R11",
        _titled("Ruleset, edition and scope are those of the planned certification"),
        certification.same_scope,
        {},
    ),
    (
        "waivers",
        "R12",
        _titled("Waivers and accepted risks are listed, and none has expired"),
        certification.waivers,
        {"up_to": "Gravest finding that a waiver lifts"},
    ),
    ("examined", None, _titled("Something was examined"), found.examined, {}),
)
