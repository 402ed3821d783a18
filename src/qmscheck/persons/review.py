"""Looking through the decisions file: what has run out, what decides about nothing, what contradicts itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qmscheck.cells import plain_name
from qmscheck.errors import Problem
from qmscheck.model import Decision, DecisionKind, DecisionState
from qmscheck.persons.decisions import DecisionFile

__all__ = ["Remark", "review"]

#: Days before its last day from which an entry is named as running out soon.
_SOON_DAYS = 30

_LIFTS = {DecisionKind.WAIVER, DecisionKind.RISK}
_STATES = {
    DecisionState.FUTURE: ("does not count yet: it is dated {on}", None),
    DecisionState.SUPERSEDED: ("does not count any more: a later entry takes its place", None),
    DecisionState.WITHDRAWN: ("takes back the entry before it", None),
    DecisionState.IDLE: ("decides about a finding that is no fail now", None),
    DecisionState.ORPHANED: (
        "decides about nothing: the rulesets have no {target}",
        "qmscheck explain RULE prints the fingerprint of a finding",
    ),
    DecisionState.CONTRADICTORY: (
        "contradicts itself: the fingerprint is not that of {target}",
        "add an entry with the right fingerprint, and one with withdrawn = true for this",
    ),
    DecisionState.EXPIRED: ("expired on {until}", "decide again: add a new entry, or one with withdrawn = true"),
    DecisionState.STALE: ("is stale: it was decided of a proposal '{was}', and that has changed", "decide again"),
}
_QUIET = {DecisionState.FUTURE, DecisionState.SUPERSEDED, DecisionState.WITHDRAWN, DecisionState.IDLE}


_RECORD = "give --record RECORD: an audit knows the records that are not met"
_NAMES = "qmscheck explain RULE names the records and the units"


@dataclass(frozen=True)
class Remark:
    """Something to say of an entry, at its place; `grave` if somebody has to act now."""

    problem: Problem
    grave: bool


def review(
    file: DecisionFile, stated: Sequence[Decision], day: dt.date, soon: int = _SOON_DAYS, *, judged: bool = True
) -> tuple[Remark, ...]:
    """Name the mistakes of a file, and the entries that a person should look at on a day.

    `stated` are the decisions of the file with their states; `judged` says that they were held against an audit record.
    Grave are mistakes and what is expired, orphaned, stale, contradictory or decided about own work; the rest is for
    information.
    """
    found = [Remark(problem, grave=True) for problem in file.document.problems]
    found += [
        Remark(p, grave=grave)
        for n, d in enumerate(stated)
        for p, grave in _remarks(file, n, d, day, soon, judged=judged)
    ]
    found += [Remark(problem, grave=True) for problem in _together(file, stated)]
    return tuple(sorted(found, key=lambda r: (r.problem.line, r.problem.column, r.problem.message)))


def _remarks(
    file: DecisionFile, number: int, entry: Decision, day: dt.date, soon: int, *, judged: bool
) -> Iterator[tuple[Problem, bool]]:
    a = f"this {entry.kind}"
    if entry.state in _STATES:
        text, hint = _STATES[entry.state]
        target = entry.rule or entry.obligation or f"finding '{entry.fingerprint}'"
        if entry.state is DecisionState.ORPHANED and entry.fingerprint and not _part(entry):
            of = f" (of {entry.rule})" if entry.rule else ""
            target = f"finding with the fingerprint {entry.fingerprint}{of}"
        told = text.format(on=entry.on, until=entry.until, was=entry.from_, target=target)
        if entry.state is DecisionState.ORPHANED and (part := _part(entry)):
            told, hint = f"decides about nothing: {target} has no {part} that is not met", _NAMES
        yield file.problem(number, f"{a} {told}", hint), entry.state not in _QUIET
    if entry.state is not DecisionState.IN_FORCE:
        return
    if not judged and (part := _part(entry)):
        yield file.problem(number, f"{a} is about {part}: whether there is one was not looked at", _RECORD), False
    if entry.until is not None and (entry.until - day).days <= soon:
        left = (entry.until - day).days
        told = "today is its last day" if left == 0 else f"its last day is {entry.until}, in {left} days"
        yield file.problem(number, f"{a} runs out soon: {told}", None, "until"), False
    if entry.owner is not None and _same(entry.owner, entry.verified_by):
        message = f"{a} was verified by the person whose action it is"
        yield file.problem(number, message, "let another person look whether it works", "verified_by"), True


def _part(entry: Decision) -> str:
    """Name the single record or unit that an entry is about, where it is about one."""
    parts = [f"record '{entry.key}'"] if entry.key is not None else []
    return " in ".join([*parts, *([f"unit {entry.unit.column} = '{entry.unit.value}'"] if entry.unit else [])])


def _together(file: DecisionFile, stated: Sequence[Decision]) -> Iterator[Problem]:
    """Name what only shows when entries about the same finding are seen together."""
    force = [(n, d) for n, d in enumerate(stated) if d.state is DecisionState.IN_FORCE]
    for number, entry in force:
        others = [d for n, d in force if n != number and d.fingerprint and d.fingerprint == entry.fingerprint]
        owners = [d.owner for d in others if d.kind is DecisionKind.RESPONSE]
        if entry.kind is not DecisionKind.RESPONSE and any(_same(entry.by, owner) for owner in owners):
            message = f"this {entry.kind} was decided by the person whose action it is"
            yield file.problem(number, message, "let another person decide", "by")
        if entry.to == "none" and any(d.kind in _LIFTS or d.kind is DecisionKind.RESPONSE for d in others):
            message = "this grade says that it is no finding, and another entry deals with it as one"
            yield file.problem(number, message, "withdraw one of them", "to")
        if entry.kind is DecisionKind.WAIVER and entry.key is None and entry.unit is None:
            yield from (
                file.problem(number, "this waiver and an accepted risk are about the same finding", "withdraw one")
                for d in others
                if d.kind is DecisionKind.RISK and d.key is None and d.unit is None
            )
    yield from _out_of_order(file, stated)


def _out_of_order(file: DecisionFile, stated: Sequence[Decision]) -> Iterator[Problem]:
    newest: dict[tuple[str, ...], dt.date] = {}
    for number, entry in enumerate(stated):
        before = newest.get(entry.about)
        if before is not None and entry.on < before:
            message = f"this {entry.kind} is dated {entry.on} and takes the place of one dated {before}"
            yield file.problem(number, message, "entries are added in the order in which they are decided", "on")
        newest[entry.about] = max(entry.on, before or entry.on)


def _same(one: str, other: str | None) -> bool:
    return other is not None and plain_name(one) == plain_name(other)
