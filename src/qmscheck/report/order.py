"""Which parts of a record are shown together, and in which order: the gravest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from qmscheck.model import GRAVITY, AuditRecord, Finding, Grade, ObligationResult, Verdict
from qmscheck.report.wording import GRADES, PLAIN

__all__ = ["Block", "blocks", "by_gravity", "findings_of", "open_questions", "unexamined"]

_KINDS = ("source", "table", "file", "obligation", "rule")


class Block(NamedTuple):
    """An obligation, with those of its findings that have one verdict."""

    obligation: ObligationResult
    findings: tuple[Finding, ...]


def by_gravity(record: AuditRecord) -> list[ObligationResult]:
    """Order the obligations: gravest verdict first, then gravest grade, then as the ruleset has them."""
    return sorted(record.obligations, key=lambda o: (GRAVITY.index(o.verdict), _rank(o.grade)))


def findings_of(record: AuditRecord, obligation: ObligationResult) -> list[Finding]:
    """Give the findings of an obligation: gravest verdict first, then gravest grade, then as the ruleset has them."""
    return _gravest_first(finding for finding in record.findings if finding.obligation == obligation.id)


def blocks(record: AuditRecord, *verdicts: Verdict) -> list[Block]:
    """Give the obligations that have, or of which a finding has, one of the verdicts; gravest first.

    What is undecided is shown of the way that decides, what fails of every way that no other one makes good.
    """
    found = []
    findings = dict[str, list[Finding]]()
    for finding in record.findings:
        if finding.verdict in verdicts:
            findings.setdefault(finding.obligation, []).append(finding)
    for obligation in by_gravity(record):
        aside = obligation.excused if Verdict.FAIL in verdicts else frozenset(obligation.aside)
        own = tuple(f for f in _gravest_first(findings.get(obligation.id, ())) if f.rule not in aside)
        if own or obligation.verdict in verdicts:
            found.append(Block(obligation, own))
    return sorted(found, key=lambda b: _rank(_gravest(b)))


def open_questions(record: AuditRecord) -> list[Block]:
    """Give what waits for a person: a verdict `manual`, or a question without an answer that still counts."""
    asked = {block.obligation.id: block for block in blocks(record, Verdict.MANUAL)}
    for obligation in by_gravity(record):
        outside = obligation.verdict in {Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}
        if obligation.question and not outside and _unanswered(record, obligation):
            asked.setdefault(obligation.id, Block(obligation, ()))
    return sorted(asked.values(), key=lambda b: (not b.findings, GRAVITY.index(b.obligation.verdict)))


def unexamined(record: AuditRecord) -> list[tuple[str, str, str]]:
    """Give (kind, which one, why) of everything that was not examined: the limits, and what did not apply."""
    found: list[tuple[str, str, str]] = [(x.kind, x.id, _sentence(x.reason, x.detail)) for x in record.limits]
    named = {(kind, name) for kind, name, _ in found}
    outside = (Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED)
    others = [("obligation", o.id, o.verdict, o.reason) for o in record.obligations]
    others += [("rule", f.rule, f.verdict, f.reason) for f in record.findings]
    found += [
        (kind, name, _sentence(PLAIN[verdict], why))
        for kind, name, verdict, why in others
        if verdict in outside and (kind, name) not in named
    ]
    return sorted(found, key=lambda limit: _KINDS.index(limit[0]))


def _unanswered(record: AuditRecord, obligation: ObligationResult) -> bool:
    """Tell whether a question is open: nobody answered it, the answer expired or is in doubt, or it says so."""
    answer = obligation.attestation
    expired = answer is not None and answer.valid_until is not None and answer.valid_until < record.as_of
    doubtful = answer is not None and answer.doubt is not None
    return answer is None or expired or doubtful or "question" in obligation.undecided


def _sentence(word: str, detail: str) -> str:
    return f"{word}: {detail}" if detail else word


def _gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda f: (GRAVITY.index(f.verdict), _rank(f.proposed_grade)))


def _gravest(block: Block) -> Grade | None:
    grades_found = [f.proposed_grade for f in block.findings] + [block.obligation.grade]
    return min(grades_found, key=_rank)


def _rank(grade: Grade | None) -> int:
    return len(GRADES) if grade is None else GRADES.index(grade)
