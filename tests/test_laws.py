"""The laws of design section 11, as properties: over both examples, one alteration at a time, and over made-up records.

An alteration can only change the rules that read what was altered, so only those are judged again, and of them only
those that did not pass: the law asks whether one of them passes now. That this shortcut gives what a whole audit gives
is a test of its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from extracts import Alter, Example, blanked, emptied, opened

from qmscheck import criteria, evidence
from qmscheck.audit import ANSWERS, _rulesets, conduct, in_force, values
from qmscheck.criteria import Criteria
from qmscheck.engine.embedded import Embedded
from qmscheck.errors import Problem
from qmscheck.hookspecs import Extract
from qmscheck.judge import Bench
from qmscheck.judge.findings import Case, finding
from qmscheck.judge.gate import gate
from qmscheck.judge.obligations import attestations, fold
from qmscheck.judge.scan import count
from qmscheck.model import AuditPlan, Finding, Gate, GateResult, ObligationResult, Verdict
from qmscheck.sql.select import columns_read


@dataclass(frozen=True)
class Again:
    """What the rules say that were judged again, and every obligation and the gate with them."""

    findings: tuple[Finding, ...]
    obligations: tuple[ObligationResult, ...]
    gate: Gate


@dataclass(frozen=True)
class Subject:
    """An example with its criteria, ready to be judged in part."""

    example: Example
    asked: Criteria

    def open_rules(self, table: str, column: str | None = None) -> list[str]:
        """Name the rules that did not pass and read the table, or that column of it."""
        found = []
        for one in self.example.record.findings:
            reads = columns_read([self.asked.tests[one.rule]]).get(table, frozenset())
            if one.verdict is not Verdict.PASS and (reads if column is None else column in reads):
                found.append(one.rule)
        return found

    def again(self, rules: list[str], plan: AuditPlan, alter: Alter) -> Again:
        """Judge some rules, and then every obligation, on altered evidence."""
        tests = {r: self.asked.tests[r] for r in rules}
        wanted = {t: set(c) for t, c in columns_read(list(tests.values())).items()}
        for rule in rules:
            wanted.setdefault(self.asked.ruleset.rules[rule].table, set()).update(self.asked.ruleset.rules[rule].strata)
        wanted["attestations"] = set(ANSWERS)
        read = {*wanted} | ({"documents"} if "passages" in wanted else set())
        needed = plan.model_copy(update={"sources": tuple(s for s in plan.sources if s.table in read)})
        with tempfile.TemporaryDirectory() as folder:
            engine = Embedded(Path(folder), 1)
            try:
                readers = self.example.replayed(alter).readers
                gathered = evidence.gather(
                    needed, self.asked.ruleset, wanted, readers, engine, Path(folder), _quiet, _mistaken
                )
                params = in_force(plan, self.asked)
                named = values(plan.as_of, plan, self.asked, params)
                bench = Bench(
                    plan,
                    self.asked.ruleset,
                    self.asked.tests,
                    gathered.tables,
                    engine,
                    named,
                    params,
                    frozenset(self.asked.tests),
                )
                return self._judged(tests, bench)
            finally:
                engine.close()

    def _judged(self, tests: dict[str, object], bench: Bench) -> Again:
        counted = count({r: self.asked.tests[r] for r in tests}, bench, _quiet)
        obligations = self.asked.ruleset.obligations
        rules = self.asked.ruleset.rules
        fresh = {
            r: finding(Case(rules[r], obligations[rules[r].obligation], self.asked.tests[r], counted[r]), bench)
            for r in tests
        }
        whole = [fresh.get(f.rule, f) for f in self.example.record.findings]
        answers = attestations(bench)
        folded = tuple(fold(o, [f for f in whole if f.obligation == o.id], answers, bench) for o in obligations.values())
        return Again(tuple(fresh.values()), folded, gate(bench.plan, folded))


def _quiet(_text: str) -> None:
    """Tell nobody."""


def _mistaken(_number: int, mistake: evidence.SourceMistake) -> Problem:
    raise mistake
