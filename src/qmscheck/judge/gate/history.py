"""The audit before: what was found then, what of it is found again, what is closed, and what evidence has gone since.

It is a value made of that audit's record. It changes no verdict; it raises the grade of what was found before and had
time to be corrected (domain report 5.5, step 4), and the gate asks whether anything recurs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from qmscheck.judge.finding.too_few import size
from qmscheck.model import (
    AuditPlan,
    AuditRecord,
    ClosedRecords,
    Evidence,
    Finding,
    Limit,
    Previous,
    RulesetUsed,
    Verdict,
)

__all__ = ["History", "compared", "gone", "remembered", "vanished"]

Since = Literal["new", "repeated", "closed", "not-shown"]

_UNDECIDED = {Verdict.INSUFFICIENT, Verdict.ERROR, Verdict.MANUAL}


@dataclass(frozen=True)
class History:
    """What the audit before holds, by the fingerprint of a finding.

    `failed` gives the rule of each finding that failed, `sizes` the number of records of each statistic.
    """

    as_of: dt.date
    failed: Mapping[str, str]
    evidence: tuple[Evidence, ...]
    sizes: Mapping[str, int] = field(default_factory=dict)
    closed: tuple[ClosedRecords, ...] = ()

    def since(self, fingerprint: str, verdict: Verdict) -> Since | None:
        """Say what became of a finding: new, repeated, closed, or not shown to be closed; None where there was none."""
        if fingerprint not in self.failed:
            return "new" if verdict is Verdict.FAIL else None
        if verdict is Verdict.FAIL:
            return "repeated"
        return "not-shown" if verdict in _UNDECIDED else "closed" if verdict is Verdict.PASS else None


def remembered(record: AuditRecord) -> History:
    """Take what counts from a record: not what a person decided to be none, nor what another route made good."""
    aside = {rule for obligation in record.obligations for rule in obligation.excused}
    failed = {
        f.fingerprint: f.rule
        for f in record.findings
        if f.verdict is Verdict.FAIL and f.final_grade != "none" and f.rule not in aside
    }
    measured = {f.fingerprint: size(f) for f in record.findings if f.measured is not None or f.series is not None}
    return History(record.as_of, failed, record.evidence, measured, record.closed)


def compared(
    record: AuditRecord, name: str, sha256: str, canonical: str, plan: AuditPlan, used: Sequence[RulesetUsed]
) -> Previous:
    """Name the record before, and say in what it differs from this audit, so that nobody compares what cannot be.

    `sha256` is that of the file, `canonical` that of the record as it is written: they differ where somebody changed
    the file.
    """
    return Previous(
        name=name,
        sha256=sha256,
        as_of=record.as_of,
        organization=record.plan.organization,
        differs=tuple(_differences(record, plan, used, changed=sha256 != canonical)),
    )


def gone(history: History, findings: Sequence[Finding]) -> list[Limit]:
    """List what was found then and is not judged now."""
    return list(_not_judged(history, {f.fingerprint for f in findings}))


def _differences(record: AuditRecord, plan: AuditPlan, used: Sequence[RulesetUsed], *, changed: bool) -> Iterator[str]:
    if changed:
        yield "the file is not as qmscheck wrote it: its digest is not that of the record in it"
    if record.plan.organization != plan.organization:
        yield f"it is about {record.plan.organization}"
    then, now = _standards(record.rulesets), _standards(used)
    if then != now:
        yield f"it was held against {', '.join(sorted(then)) or 'no standard'}"
        return
    digests = {r.id: r.digest for r in record.rulesets}
    other = [r.id for r in used if r.id in digests and digests[r.id] != r.digest]
    if other:
        yield f"the ruleset {', '.join(other)} has changed since"
    if (record.plan.select, record.plan.ignore) != (plan.select, plan.ignore):
        yield "other rules were selected"


def _standards(used: Sequence[RulesetUsed]) -> set[str]:
    return {f"{r.standard}:{r.edition}" for r in used}


def vanished(history: History, evidence: Sequence[Evidence]) -> Iterator[Limit]:
    """List evidence that was read then and is not there now: by place and, where a file was renamed, by content."""
    places = {(e.table, e.locator) for e in evidence if e.status == "read"}
    digests = {(e.table, e.sha256) for e in evidence if e.status == "read"}
    for one in history.evidence:
        if one.status != "read" or (one.table, one.locator) in places or (one.table, one.sha256) in digests:
            continue
        rows = "1 row" if one.rows_read == 1 else f"{one.rows_read} rows"
        detail = f"{rows} of {one.table} were read from it on {history.as_of}, and nothing is now"
        yield Limit(kind="source", id=one.locator or one.source, reason="vanished", detail=detail)


def _not_judged(history: History, judged: Collection[str]) -> Iterator[Limit]:
    for fingerprint, rule in history.failed.items():
        if fingerprint not in judged:
            detail = f"it failed on {history.as_of}, and this audit does not judge it"
            yield Limit(kind="rule", id=rule, reason="not judged again", detail=detail)
