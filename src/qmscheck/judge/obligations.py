"""An obligation takes the gravest of its findings; where it has a question, a person's valid answer is part of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmscheck.judge.exceptions import place
from qmscheck.judge.grades import SEVERITY
from qmscheck.judge.verdicts import GRAVITY
from qmscheck.model import Attestation, BoundTable, Finding, Grade, Obligation, ObligationResult, Verdict
from qmscheck.sql.mapping import records
from qmscheck.sql.select import PLACE

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["ATTESTATIONS", "Answers", "attestations", "fold"]

#: The table of persons' answers, and the columns that the product itself reads.
ATTESTATIONS = "attestations"
#: Verdicts that leave nothing open.
_SETTLED = {Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}

COLUMNS = ("obligation", "answer", "statement", "by", "role", "on", "valid_until")


@dataclass(frozen=True)
class Answers:
    """The answers of persons by obligation, and why a `yes` among them cannot be relied on."""

    given: Mapping[str, Attestation]
    doubts: Mapping[str, str]


def attestations(bench: Bench) -> Answers:
    """Read the answers of persons: for each obligation the newest one dated on or before the audit.

    An answer without a readable date may be the newest. Of two of one day the less favourable counts.
    """
    table = bench.tables.get(ATTESTATIONS)
    if table is None or table.rows == 0 or table.problem is not None or {"obligation", "answer"} & table.absent:
        return Answers({}, {})
    rows = _signed(table, bench)
    newest: dict[str, _Signed] = {}
    for one in rows:
        if one.obligation is not None and (one.given.on is None or one.given.on <= bench.values.as_of):
            known = newest.get(one.obligation)
            newest[one.obligation] = one if known is None else max(known, one, key=_rank)
    given = {obligation: one.given for obligation, one in newest.items() if one.given.answer}
    stray = table.lost + sum(one.obligation is None for one in rows)
    endless = all(one.given.valid_until is None for one in rows)
    doubts = {obligation: _doubt(newest[obligation], stray, endless=endless) for obligation in given}
    return Answers(given, {obligation: why for obligation, why in doubts.items() if why})


@dataclass(frozen=True)
class _Signed:
    """One row of the attestations. `endless` says that its last day is filled and cannot be read."""

    obligation: str | None
    given: Attestation
    endless: bool


def _signed(table: BoundTable, bench: Bench) -> list[_Signed]:
    """Read every row, in an order that does not depend on that of the file."""
    unread = "_u_valid_until" if "valid_until" in table.flags else "valid_until"
    rows = bench.engine.rows(records(ATTESTATIONS, (*COLUMNS, unread)))
    return [_row(row, table) for row in sorted(rows, key=lambda row: tuple(str(c) for c in row))]


def _row(row: Sequence[object], table: BoundTable) -> _Signed:
    obligation, answer, statement, by, role, on, until, unread = (
        None if c is None else str(c) for c in row[: len(COLUMNS) + 1]
    )
    given = Attestation(
        answer=(answer or "").strip().lower(),
        statement=statement,
        by=by,
        role=role,
        on=dt.date.fromisoformat(on) if on else None,
        valid_until=dt.date.fromisoformat(until) if until else None,
        location=place(row[-len(PLACE) :], table, "answer"),
    )
    return _Signed(obligation, given, "valid_until" in table.flags and unread == "true" and until is None)


def _rank(one: _Signed) -> tuple[dt.date, int]:
    """Order answers: the later above the earlier, and of one day the less favourable above the other."""
    favour = ("no", "partly", "", "yes")
    answer = one.given.answer if one.given.answer in favour else ""
    return one.given.on or dt.date.max, -favour.index(answer)


def _doubt(one: _Signed, stray: int, *, endless: bool) -> str | None:
    """Say why a `yes` cannot be relied on, if so: nothing that is blank or unreadable makes an answer better."""
    if stray:
        rows = "1 row" if stray == 1 else f"{stray} rows"
        return f"{rows} of the attestations cannot be read or name no obligation: one may be a later answer."
    if one.endless:
        return "It cannot be read until when the answer to the question is valid."
    if endless:
        return "None of the answers to questions says until when it is valid."
    return None


def fold(obligation: Obligation, findings: Sequence[Finding], answers: Answers, bench: Bench) -> ObligationResult:
    """Fold findings and the person's answer into one verdict with the reason that decided it."""
    given = answers.given.get(obligation.id)
    verdict, grade, reason = _decide(obligation, findings, answers, bench)
    return ObligationResult(
        id=obligation.id,
        title=obligation.title,
        clauses=obligation.clauses,
        force=obligation.force,
        statement=obligation.statement,
        verdict=verdict,
        grade=grade,
        reason=reason,
        question=obligation.question,
        attestation=given,
        recommendation=obligation.recommendation,
        findings=tuple(f.rule for f in findings),
        undecided=() if verdict in _SETTLED else _undecided(obligation, findings, answers, bench),
    )


def _undecided(obligation: Obligation, findings: Sequence[Finding], answers: Answers, bench: Bench) -> tuple[str, ...]:
    """Name what is open even where something else already fails: a slight fail must not hide what nobody looked at."""
    answer, _ = _answer(obligation, findings, answers, bench)
    open_ = {Verdict.INSUFFICIENT, Verdict.ERROR, *([] if answer is Verdict.PASS else [Verdict.MANUAL])}
    rules = {r.id for r in bench.ruleset.rules.values() if r.obligation == obligation.id}
    left_out = sorted(rules - bench.selected)
    asked = ["question"] if answer is Verdict.MANUAL and obligation.question is not None else []
    return (*(f.rule for f in findings if f.verdict in open_), *left_out, *asked)


def _decide(
    obligation: Obligation, findings: Sequence[Finding], answers: Answers, bench: Bench
) -> tuple[Verdict, Grade | None, str]:
    declared = bench.plan.not_applicable.get(obligation.id)
    if declared is not None:
        return (
            Verdict.NOT_APPLICABLE,
            None,
            f"Declared not applicable by {declared.by} on {declared.on}: {declared.reason}",
        )
    rules = [r.id for r in bench.ruleset.rules.values() if r.obligation == obligation.id]
    if rules and not any(r in bench.selected for r in rules):
        return Verdict.NOT_SELECTED, None, "Left out by select or ignore."
    worst = min((f.verdict for f in findings), key=GRAVITY.index, default=None)
    if worst is Verdict.FAIL:
        failed = [f for f in findings if f.verdict is Verdict.FAIL]
        grade = min((f.proposed_grade for f in failed if f.proposed_grade), key=SEVERITY.index)
        return worst, grade, f"Not met by {_rules([f.rule for f in failed])}."
    answer, why = _answer(obligation, findings, answers, bench)
    if answer is Verdict.FAIL:
        return answer, obligation.grade, why
    if worst in {Verdict.ERROR, Verdict.INSUFFICIENT}:
        undecided = [f for f in findings if f.verdict is worst]
        word = "could not be run" if worst is Verdict.ERROR else "could not be decided"
        return worst, None, f"{_rules([f.rule for f in undecided])} {word}: {undecided[0].reason}"
    if worst is Verdict.NOT_APPLICABLE:
        return Verdict.INSUFFICIENT, None, "No rule found anything to judge."
    if worst is Verdict.MANUAL and obligation.id not in answers.given:
        return worst, None, "A person has to read what was found."
    if answer is not Verdict.PASS:
        return Verdict.MANUAL, None, why
    if len({*rules} - bench.selected):
        return Verdict.MANUAL, None, "Some rules of this obligation were left out, so it cannot pass."
    return Verdict.PASS, None, f"All rules are met. {why}".strip()


def _answer(obligation: Obligation, findings: Sequence[Finding], answers: Answers, bench: Bench) -> tuple[Verdict, str]:
    """Judge a person's answer, where one is asked for: only a signed, valid `yes` is one."""
    as_of = bench.values.as_of
    given = answers.given.get(obligation.id)
    if obligation.question is None and not any(f.verdict is Verdict.MANUAL for f in findings):
        return Verdict.PASS, ""
    if given is None:
        return Verdict.MANUAL, "The rules are met where there are any; a person has still to answer the question."
    signed = f"{given.by or given.role or 'nobody'}, {given.on or 'undated'}"
    if (given.by is None and given.role is None) or given.on is None:
        return Verdict.MANUAL, "The answer to the question is not signed or not dated."
    if given.valid_until is not None and given.valid_until < as_of:
        return Verdict.MANUAL, f"The answer to the question expired on {given.valid_until} ({signed})."
    if given.answer in {"no", "partly"}:
        return Verdict.FAIL, f"A person answered '{given.answer}' to the question ({signed})."
    if given.answer != "yes":
        return Verdict.MANUAL, f"The answer '{given.answer}' to the question is none of yes, partly, no ({signed})."
    if obligation.id in answers.doubts:
        return Verdict.MANUAL, answers.doubts[obligation.id]
    return Verdict.PASS, f"A person answered 'yes' to the question ({signed})."


def _rules(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:3])} and {len(names) - 3} more"  # noqa: PLR2004
