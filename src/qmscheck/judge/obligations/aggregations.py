"""Minor findings on one requirement that together may be one major: asked of the auditor, never decided here.

Source: domain report 5.5, step 5 (three or more minors on the same requirement across obligations).
"""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.model import Aggregation, Finding, Grade, ObligationResult, ParameterUse, Verdict, plain

__all__ = ["aggregations"]


def aggregations(
    results: Sequence[ObligationResult], findings: Sequence[Finding], enough: ParameterUse
) -> tuple[Aggregation, ...]:
    """Ask about each clause with enough minor findings, and no major among what is graded there already.

    Clauses that have the same findings are asked about once, and not at all where another clause has them and more.
    The order is that of the obligations.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for clause in dict.fromkeys(c for result in results for c in result.clauses):
        own = [r for r in results if clause in r.clauses and r.verdict is Verdict.FAIL]
        if any(r.grade is Grade.MAJOR for r in own):
            continue
        named = {r.id for r in own}
        aside = {rule for r in own for rule in r.aside}
        counting = (f for f in findings if f.obligation in named and f.rule not in aside)
        minors = tuple(f.rule for f in counting if _grade(f) == Grade.MINOR)
        if len(minors) >= int(plain(enough.value)):
            groups.setdefault(minors, []).append(clause)
    whole = {minors: clauses for minors, clauses in groups.items() if not any(set(minors) < set(o) for o in groups)}
    return tuple(_asked(clauses, minors, findings, enough) for minors, clauses in whole.items())


def _grade(finding: Finding) -> str | None:
    """Give the grade that counts: a person's, else the proposed one."""
    return finding.final_grade or finding.proposed_grade


def _asked(
    clauses: Sequence[str], minors: tuple[str, ...], findings: Sequence[Finding], enough: ParameterUse
) -> Aggregation:
    obligations = tuple(dict.fromkeys(f.obligation for f in findings if f.rule in set(minors)))
    where = f"{'clause' if len(clauses) == 1 else 'clauses'} {', '.join(clauses)}"
    question = (
        f"{len(minors)} findings on {where} are minor each: do they together show that the requirement is not met?"
    )
    return Aggregation(
        clauses=tuple(clauses),
        obligations=obligations,
        findings=minors,
        question=f"{question} If so, one major takes their place.",
        parameter=enough,
    )
