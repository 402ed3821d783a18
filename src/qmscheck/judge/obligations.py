"""An obligation takes the gravest of its findings; where it has a question, a person's valid answer is part of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qmscheck.judge.exceptions import place
from qmscheck.judge.grades import SEVERITY
from qmscheck.judge.verdicts import GRAVITY
from qmscheck.model import Attestation, Finding, Grade, Obligation, ObligationResult, Verdict
from qmscheck.sql.mapping import records
from qmscheck.sql.select import PLACE

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["ATTESTATIONS", "attestations", "fold"]

#: The table of persons' answers, and the columns that the product itself reads.
ATTESTATIONS = "attestations"
#: Verdicts that leave nothing open.
_SETTLED = {Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}

COLUMNS = ("obligation", "answer", "statement", "by", "role", "on", "valid_until")


def attestations(bench: Bench) -> Mapping[str, Attestation]:
    """Read the answers of persons: for each obligation the newest one dated on or before the audit."""
    table = bench.tables.get(ATTESTATIONS)
    if table is None or table.rows == 0 or table.problem is not None or {"obligation", "answer"} & table.absent:
        return {}
    found: dict[str, Attestation] = {}
    for row in sorted(bench.engine.rows(records(ATTESTATIONS, COLUMNS)), key=lambda r: tuple(str(c) for c in r)):
        obligation, answer, statement, by, role, on, until = (
            None if c is None else str(c) for c in row[: len(COLUMNS)]
        )
        given = dt.date.fromisoformat(on) if on else None
        if obligation is None or answer is None or (given is not None and given > bench.values.as_of):
            continue
        known = found.get(obligation)
        if known is not None and (known.on or dt.date.min) > (given or dt.date.min):
            continue
        found[obligation] = Attestation(
            answer=answer.strip().lower(),
            statement=statement,
            by=by,
            role=role,
            on=given,
            valid_until=dt.date.fromisoformat(until) if until else None,
            location=place(row[-len(PLACE) :], table, "answer"),
        )
    return found


def fold(
    obligation: Obligation, findings: Sequence[Finding], answers: Mapping[str, Attestation], bench: Bench
) -> ObligationResult:
    """Fold findings and the person's answer into one verdict with the reason that decided it."""
    given = answers.get(obligation.id)
    verdict, grade, reason = _decide(obligation, findings, given, bench)
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
        undecided=() if verdict in _SETTLED else _undecided(obligation, findings, given, bench),
    )


def _undecided(
    obligation: Obligation, findings: Sequence[Finding], given: Attestation | None, bench: Bench
) -> tuple[str, ...]:
    """Name what is open even where something else already fails: a slight fail must not hide what nobody looked at."""
    answer, _ = _answer(obligation, given, bench)
    open_ = {Verdict.INSUFFICIENT, Verdict.ERROR} | (set() if answer is Verdict.PASS and given else {Verdict.MANUAL})
    rules = {r.id for r in bench.ruleset.rules.values() if r.obligation == obligation.id}
    left_out = sorted(rules - bench.selected)
    asked = ["question"] if answer is Verdict.MANUAL else []
    return (*(f.rule for f in findings if f.verdict in open_), *left_out, *asked)


def _decide(
    obligation: Obligation, findings: Sequence[Finding], given: Attestation | None, bench: Bench
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
    answer, why = _answer(obligation, given, bench)
    if answer is Verdict.FAIL:
        return answer, obligation.grade, why
    if worst in {Verdict.ERROR, Verdict.INSUFFICIENT}:
        undecided = [f for f in findings if f.verdict is worst]
        word = "could not be run" if worst is Verdict.ERROR else "could not be decided"
        return worst, None, f"{_rules([f.rule for f in undecided])} {word}: {undecided[0].reason}"
    if worst is Verdict.NOT_APPLICABLE:
        return Verdict.INSUFFICIENT, None, "No rule found anything to judge."
    if worst is Verdict.MANUAL and given is None:
        return worst, None, "A person has to read what was found."
    if answer is not Verdict.PASS:
        return Verdict.MANUAL, None, why
    if len({*rules} - bench.selected):
        return Verdict.MANUAL, None, "Some rules of this obligation were left out, so it cannot pass."
    return Verdict.PASS, None, "All rules are met." + (f" {why}" if obligation.question else "")


def _answer(obligation: Obligation, given: Attestation | None, bench: Bench) -> tuple[Verdict, str]:
    """Judge the answer to the question: only a signed, valid `yes` is one."""
    as_of = bench.values.as_of
    if obligation.question is None:
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
    return Verdict.PASS, f"A person answered 'yes' to the question ({signed})."


def _rules(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:3])} and {len(names) - 3} more"  # noqa: PLR2004
