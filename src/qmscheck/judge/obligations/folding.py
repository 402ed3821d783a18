"""An obligation takes the gravest of its findings; where it has a question, a person's valid answer is part of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmscheck.judge.finding.grades import SEVERITY
from qmscheck.judge.obligations.answers import Answers
from qmscheck.judge.obligations.routes import deciding, routes, told
from qmscheck.model import GRAVITY, Finding, Grade, Obligation, ObligationResult, Verdict

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["fold"]

#: So many reasons for what is open stand with an obligation. Each rule gives its own besides.
_REASONS = 2

#: Verdicts that leave nothing open.
_SETTLED = {Verdict.PASS, Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}


def fold(obligation: Obligation, findings: Sequence[Finding], answers: Answers, bench: Bench) -> ObligationResult:
    """Fold findings and the person's answer into one verdict with the reason that decided it."""
    given = answers.given.get(obligation.id)
    own = [r for r in bench.ruleset.rules.values() if r.obligation == obligation.id]
    ways = routes(own, findings, {source.table for source in bench.plan.sources})
    counting, aside = deciding(own, findings, ways)
    rules = [r.id for r in own if r.id not in aside]
    verdict, grade, reason = _decide(obligation, rules, counting, answers, bench)
    if ways and verdict is Verdict.PASS and not any(w.carries or w.verdict is Verdict.MANUAL for w in ways):
        verdict, reason = Verdict.INSUFFICIENT, "What was judged is met, and no way of meeting it is complete."
    if verdict in {Verdict.PASS, Verdict.FAIL, Verdict.INSUFFICIENT}:
        reason += told(ways, met=verdict is Verdict.PASS)
    settled = verdict in _SETTLED
    undecided = () if settled else _undecided(obligation, rules, counting, answers, bench)
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
        independent=obligation.independent,
        attestation=given,
        recommendation=obligation.recommendation,
        findings=tuple(f.rule for f in findings),
        undecided=undecided,
        routes=ways,
        aside=aside,
    )


def _undecided(
    obligation: Obligation, rules: Sequence[str], findings: Sequence[Finding], answers: Answers, bench: Bench
) -> tuple[str, ...]:
    """Name what is open even where something else already fails: a slight fail must not hide what nobody looked at."""
    answer, _ = answers.decide(obligation, findings)
    open_ = {Verdict.INSUFFICIENT, Verdict.ERROR, *([] if answer is Verdict.PASS else [Verdict.MANUAL])}
    left_out = sorted({*rules} - bench.selected)
    asked = ["question"] if answer is Verdict.MANUAL and obligation.question is not None else []
    return (*(f.rule for f in findings if f.verdict in open_), *left_out, *asked)


def _decide(
    obligation: Obligation, rules: Sequence[str], findings: Sequence[Finding], answers: Answers, bench: Bench
) -> tuple[Verdict, Grade | None, str]:
    declared = bench.plan.not_applicable.get(obligation.id)
    if declared is not None:
        return (
            Verdict.NOT_APPLICABLE,
            None,
            f"Declared not applicable by {declared.by} on {declared.on}: {declared.reason}",
        )
    every = [r.id for r in bench.ruleset.rules.values() if r.obligation == obligation.id]
    if every and not any(r in bench.selected for r in every):
        return Verdict.NOT_SELECTED, None, "Left out by select or ignore."
    worst = min((f.verdict for f in findings), key=GRAVITY.index, default=None)
    if worst is Verdict.FAIL:
        failed = [f for f in findings if f.verdict is Verdict.FAIL]
        grade = min((f.proposed_grade for f in failed if f.proposed_grade), key=SEVERITY.index)
        return worst, grade, f"Not met by {_rules([f.rule for f in failed])}."
    answer, why = answers.decide(obligation, findings)
    if answer is Verdict.FAIL:
        return answer, obligation.grade, why
    if worst in {Verdict.ERROR, Verdict.INSUFFICIENT}:
        return worst, None, _left_open([f for f in findings if f.verdict is worst])
    if worst is Verdict.NOT_APPLICABLE:
        return Verdict.INSUFFICIENT, None, "No rule found anything to judge."
    if worst is Verdict.MANUAL and obligation.id not in answers.given:
        return worst, None, "A person has to read what was found."
    if answer is not Verdict.PASS:
        return Verdict.MANUAL, None, why
    if len({*rules} - bench.selected):
        return Verdict.MANUAL, None, "Some rules of this obligation were left out, so it cannot pass."
    return Verdict.PASS, None, f"All rules are met. {why}".strip()


def _left_open(findings: Sequence[Finding]) -> str:
    """Say why rules with one verdict were not decided, or not run: what holds of one need not hold of the next."""
    word = "could not be run" if findings[0].verdict is Verdict.ERROR else "could not be decided"
    rules: dict[str, list[str]] = {}
    for finding in findings:
        rules.setdefault(finding.reason, []).append(finding.rule)
    told = [f"{_rules(names)} {word}: {reason}" for reason, names in list(rules.items())[:_REASONS]]
    others = sum(len(names) for names in list(rules.values())[_REASONS:])
    own = "for a reason of its own" if others == 1 else "for reasons of their own"
    return " ".join(told) + (f" {others} more {word}, {own}." if others else "")


def _rules(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:3])} and {len(names) - 3} more"  # noqa: PLR2004
