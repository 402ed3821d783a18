"""The audit record: everything that one audit found."""

import datetime as dt
from typing import Literal

from qmscheck.model.evidence import ClosedRecords, Evidence
from qmscheck.model.findings import Finding
from qmscheck.model.persons import Decision, DecisionsUsed
from qmscheck.model.plan import Period
from qmscheck.model.results import Aggregation, Gate, ObligationResult
from qmscheck.model.used import RulesetUsed
from qmscheck.model.words import DecisionState, Grade, Noun, Verdict

__all__ = ["AuditRecord", "Limit", "PlanUsed", "Previous", "Tool"]


class Tool(Noun):
    """What ran."""

    name: str
    version: str


class PlanUsed(Noun):
    """The part of the plan that shaped the result."""

    organization: str
    scope: str
    period: Period
    planned_audit: dt.date | None
    fail_on: Grade | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]


class Previous(Noun):
    """The record of the audit before: which one, and in what it differs from this audit."""

    name: str
    sha256: str
    as_of: dt.date
    organization: str
    differs: tuple[str, ...]


class Limit(Noun):
    """Something that was not examined, and why."""

    kind: Literal["source", "table", "file", "obligation", "rule"]
    id: str
    reason: str
    detail: str


class AuditRecord(Noun):
    """Everything one audit found. Every report is a view of it."""

    schema_version: Literal["1"]
    tool: Tool
    as_of: dt.date
    plan: PlanUsed
    rulesets: tuple[RulesetUsed, ...]
    evidence: tuple[Evidence, ...]
    obligations: tuple[ObligationResult, ...]
    findings: tuple[Finding, ...]
    gate: Gate
    limits: tuple[Limit, ...]
    decisions_file: DecisionsUsed | None = None
    decisions: tuple[Decision, ...] = ()
    aggregations: tuple[Aggregation, ...] = ()
    previous: Previous | None = None
    closed: tuple[ClosedRecords, ...] = ()

    def decided(self, fingerprint: str) -> tuple[Decision, ...]:
        """Give the decisions in force on a finding, in the order of the file."""
        return tuple(d for d in self.decisions if d.fingerprint == fingerprint and d.state is DecisionState.IN_FORCE)

    def finding(self, rule: str) -> Finding:
        """Give the finding of a rule id. Raises KeyError where the record has none."""
        for finding in self.findings:
            if finding.rule == rule:
                return finding
        raise KeyError(rule)

    def count(self, verdict: Verdict) -> int:
        """Count the obligations with this verdict."""
        return sum(result.verdict is verdict for result in self.obligations)
