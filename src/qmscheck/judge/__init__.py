"""Decide: rules become tallies, tallies verdicts, verdicts grades, findings obligations, obligations the gate.

No library of its own; SQL is built in `sql` and runs in an engine. Nothing here reads a file or prints.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qmscheck.engine import Engine
from qmscheck.judge.counting.across import across_engines
from qmscheck.judge.counting.keys import repeated_keys
from qmscheck.judge.counting.planner import ScanPlan
from qmscheck.judge.counting.scan import by_scan
from qmscheck.judge.counting.small import Fetched
from qmscheck.judge.finding.exceptions import Shown
from qmscheck.judge.finding.findings import Case, Weighed, weigh
from qmscheck.judge.finding.too_few import stood_in
from qmscheck.judge.gate.clock import expiring, judged_on
from qmscheck.judge.gate.decided import Decided, decide
from qmscheck.judge.gate.history import History
from qmscheck.judge.gate.seen import Seen
from qmscheck.judge.gate.word import gate
from qmscheck.judge.limits import limit
from qmscheck.judge.obligations.aggregations import aggregations
from qmscheck.judge.obligations.answers import Answers, answers
from qmscheck.judge.obligations.folding import fold
from qmscheck.model import (
    Aggregation,
    AuditPlan,
    BoundTable,
    Decision,
    Finding,
    Gate,
    GateSettings,
    Limit,
    ObligationResult,
    ParameterUse,
    Ruleset,
    Verdict,
)
from qmscheck.privacy.mask import NOBODY, Mask
from qmscheck.sql.functions import Values
from qmscheck.sql.select import RowTest

__all__ = ["Bench", "Judged", "judge"]


def _no_digest(_path: str) -> str | None:
    """Know no file: hand-made records have none."""
    return None


def _unheard(_plan: ScanPlan) -> None:
    """Let nobody know how rules are counted."""


@dataclass(frozen=True)
class Bench:
    """What judgement stands on: criteria, evidence in its engine, and the values of the audit's own functions.

    `tests` are the rules as tests of records, `params` the parameters in force, both by name. `selected` are the ids of
    the rules to judge. `doubts` says that a column which is blank in every record is taken as unknown before a rule
    passes; a rule's own examples are too few records for that. `asides` says that what no verdict stands on is asked,
    too: which parts of its condition a fail lacks, and which keys stand more than once; no example asks for it.
    `digest` gives the SHA-256 that a file, named as in the manifest, has now, and None where it is gone. `decisions`
    are the entries of persons, as they stand in their file.
    `name` tells relations of one judgement from those of another. `history` is what the audit before found. `mask`
    knows who is named in the evidence. `read` are the columns that were asked for, by table; `altered` is what of the
    evidence of the audit before is gone or not as it was. `elsewhere` are the engines of the tables that `engine` does
    not hold; `undecided` says of rules across engines why they cannot be decided. `roomy` tells that no limit of memory
    was set, so that findings may be written while scans still run.
    """

    plan: AuditPlan
    ruleset: Ruleset
    tests: Mapping[str, RowTest]
    tables: Mapping[str, BoundTable]
    engine: Engine
    values: Values
    params: Mapping[str, ParameterUse]
    selected: frozenset[str]
    doubts: bool = True
    asides: bool = True
    digest: Callable[[str], str | None] = _no_digest
    decisions: tuple[Decision, ...] = ()
    name: str = ""
    history: History | None = None
    mask: Mask = NOBODY
    read: Mapping[str, Collection[str]] = field(default_factory=dict)
    altered: tuple[Limit, ...] = ()
    elsewhere: Mapping[str, Engine] = field(default_factory=dict)
    undecided: Mapping[str, str] = field(default_factory=dict)
    planned: Callable[[ScanPlan], None] = _unheard
    roomy: bool = True

    def at(self, table: str) -> Engine:
        """Give the engine that holds the records of a table."""
        return self.elsewhere.get(table, self.engine)


@dataclass(frozen=True)
class Judged:
    """What the audit decided, and what it did not examine."""

    findings: tuple[Finding, ...]
    obligations: tuple[ObligationResult, ...]
    gate: Gate
    limits: tuple[Limit, ...]
    decisions: tuple[Decision, ...] = ()
    aggregations: tuple[Aggregation, ...] = ()


def judge(bench: Bench, progress: Callable[[str], None]) -> Judged:
    """Judge every selected rule and every obligation of the ruleset."""
    applicable = {
        rule.id
        for rule in bench.ruleset.rules.values()
        if rule.id in bench.selected and rule.obligation not in bench.plan.not_applicable
    }
    bench = across_engines(bench, applicable)
    tests = {rule: test for rule, test in bench.tests.items() if rule in applicable}
    weighed, fetched = _weighed(tests, bench, progress)
    few = frozenset(one.finding.rule for one in weighed if one.few)
    alone = [one.finding for one in weighed]
    findings = stood_in(alone, few, bench)
    given = answers(bench)
    decided = _decided(bench, findings, given, bench.values.as_of)
    return Judged(
        decided.findings,
        decided.obligations,
        _gate(bench, decided, alone, few, given),
        (
            *_limits(bench, decided.obligations),
            *_unasked(bench, given),
            *_too_few(findings),
            *(repeated_keys(tests, fetched, bench) if bench.asides else ()),
        ),
        decided.decisions,
        aggregations(decided.obligations, decided.findings, limit("aggregate_minors", bench)),
    )


def _weighed(
    tests: Mapping[str, RowTest], bench: Bench, progress: Callable[[str], None]
) -> tuple[list[Weighed], dict[str, Fetched]]:
    """Judge each rule, those of a scan that has ended while others still run: a server, and a small memory, have no
    room for both at once. Gives the small tables beside, as they were fetched for it.
    """
    told = by_scan(tests, bench, progress)
    weighed: dict[str, Weighed] = {}
    fetched: dict[str, Fetched] = {}
    shown = Shown()
    for counted in told if bench.roomy and not bench.elsewhere else list(told):
        for name, one in counted.items():
            progress(f"judging {name}")
            rule = bench.ruleset.rules[name]
            case = Case(rule, bench.ruleset.obligations[rule.obligation], tests[name], one)
            weighed[name] = weigh(case, bench, shown)
            if one.fetched is not None:
                fetched[tests[name].table] = one.fetched
    return [weighed[name] for name in bench.ruleset.rules if name in tests], fetched


def _decided(bench: Bench, findings: Sequence[Finding], given: Answers, day: dt.date) -> Decided:
    """Fold findings into obligations as of a day, and put to them what persons decided that is in force on it."""
    on = replace(bench, values=replace(bench.values, as_of=day))
    results = [
        fold(o, [f for f in findings if f.obligation == o.id], given, on) for o in bench.ruleset.obligations.values()
    ]
    up_to = (bench.plan.gate or GateSettings()).waivers.up_to
    known = [d for d in bench.decisions if day == bench.values.as_of or d.on <= bench.values.as_of]
    return decide(findings, results, known, day, up_to)


def _gate(bench: Bench, decided: Decided, alone: Sequence[Finding], few: Collection[str], given: Answers) -> Gate:
    """Look at the gate as of the audit and, where one is planned, on the day of the planned audit.

    `alone` are the findings before the full list stood in for what has too few records: on either day it does so anew.
    """
    planned, as_of = bench.plan.planned_audit, bench.values.as_of
    if planned is None or planned == as_of:
        return gate(Seen(bench.plan, bench.ruleset, decided, altered=bench.altered))
    findings = stood_in(alone, few, bench)
    today = _decided(bench, stood_in(judged_on(bench, as_of, alone), few, bench), given, as_of)
    then = _decided(bench, findings, given.on(planned), planned)
    runs_out = expiring(bench, today, then)
    seen = (Seen(bench.plan, bench.ruleset, day, runs_out, bench.altered) for day in (today, then))
    return gate(*seen)


def _unasked(bench: Bench, given: Answers) -> list[Limit]:
    """List the answers to what no ruleset has: a slip in a name must not look like an answer that counts."""
    detail = "The attestations hold an answer to it, and no ruleset has such an obligation."
    names = sorted(name for name in given.given if name not in bench.ruleset.obligations)
    return [Limit(kind="obligation", id=name, reason="unknown", detail=detail) for name in names]


def _limits(bench: Bench, results: tuple[ObligationResult, ...]) -> list[Limit]:
    """List the obligations and rules that were not examined, and why."""
    found = []
    for result in results:
        declared = bench.plan.not_applicable.get(result.id)
        if declared is not None:
            detail = f"{declared.reason} ({declared.by}, {declared.on})"
            found.append(Limit(kind="obligation", id=result.id, reason="not applicable", detail=detail))
        elif result.verdict is Verdict.NOT_SELECTED:
            found.append(
                Limit(kind="obligation", id=result.id, reason="not selected", detail="left out by select or ignore")
            )
    left_out = {o.id for o in results if o.verdict is Verdict.NOT_SELECTED or o.id in bench.plan.not_applicable}
    for rule in bench.ruleset.rules.values():
        if rule.id not in bench.selected and rule.obligation not in left_out:
            found.append(Limit(kind="rule", id=rule.id, reason="not selected", detail="left out by select or ignore"))  # noqa: PERF401
    return found


def _too_few(findings: Sequence[Finding]) -> list[Limit]:
    """List the statistics for which the full list stood in."""
    return [
        Limit(kind="rule", id=f.rule, reason="too few records for a statistic", detail=f"{f.instead} judges each")
        for f in findings
        if f.instead is not None
    ]
