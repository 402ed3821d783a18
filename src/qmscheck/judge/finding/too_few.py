"""Too few records for a statistic: the full list, of which another rule judges each record, decides in its place.

An auditor who meets nine complaints reads all nine (domain report 9.7). So a rule that only the number of its records
leaves open is not applicable where the rule that it names has judged every one of them. It is never a pass by that, and
nothing that is shown is ever hidden by it. Why and how far: docs/decisions/0020.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from qmscheck.engine import counts
from qmscheck.judge.counting.scan import flags
from qmscheck.judge.finding.verdicts import counted_of
from qmscheck.model import Finding, Rule, TooFew, Verdict
from qmscheck.sql.select import RowTest, outside

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["size", "stood_in"]

_DECIDED = {Verdict.PASS, Verdict.FAIL}
#: Fewer than this part of what the audit before counted is a register that shrank.
_HALF = 2


def stood_in(findings: Collection[Finding], few: Collection[str], bench: Bench) -> tuple[Finding, ...]:
    """Let the full list decide for the rules of `few`, which nothing but the number of their records leaves open."""
    by_rule = {f.rule: f for f in findings}
    return tuple(_one(f, by_rule, bench) if f.rule in few else f for f in findings)


def size(finding: Finding) -> int:
    """Give the number of records that a finding is about: of a rate those that are counted, else those in scope."""
    if finding.tally is None:
        return 0
    rate = finding.measured is not None and finding.measured.statistic == "rate"
    return finding.tally.met if rate else finding.tally.population


def _one(finding: Finding, by_rule: Mapping[str, Finding], bench: Bench) -> Finding:
    rule = bench.ruleset.rules[finding.rule]
    given = rule.too_few
    if given is None:
        return finding
    use = bench.params[given.up_to]
    if size(finding) > int(str(use.value)):
        return finding
    other = by_rule.get(given.instead)
    problem = _problem(finding, rule, given, other, bench)
    if other is None or problem is not None:
        return finding.model_copy(update={"reason": f"{finding.reason} {problem}"})
    reason = f"Too few for a statistic, so they are judged one by one: {_full_list(other)} {finding.reason}"
    return finding.model_copy(
        update={
            "verdict": Verdict.NOT_APPLICABLE,
            "reason": reason,
            "statement": reason if finding.statement == finding.reason else finding.statement,
            "instead": other.rule,
            "parameters": (*finding.parameters, *([] if use in finding.parameters else [use])),
        }
    )


def _problem(finding: Finding, rule: Rule, given: TooFew, other: Finding | None, bench: Bench) -> str | None:
    """Say why the full list cannot decide in the place of a statistic; None where it can."""
    head = "So few could be judged one by one, but"
    if other is None or other.verdict not in _DECIDED or other.tally is None:
        return f"{head} {given.instead}, which would, is not decided."
    tests = bench.tests
    if other.verdict is Verdict.PASS and other.tally.met < other.tally.population:
        return f"{head} {other.rule}, which would, is met without some of them."
    left = _left_out(tests[rule.id], tests[other.rule], bench)
    if left:
        return f"{head} {other.rule}, which would, is not about {left} of them."
    history = bench.history
    if history is None:
        return None
    if finding.fingerprint in history.failed:
        return f"{head} it failed at the audit of {history.as_of}, and fewer records do not undo that."
    before = history.sizes.get(finding.fingerprint, 0)
    if before > int(str(bench.params[given.up_to].value)) and size(finding) * _HALF < before:
        return f"{head} the audit of {history.as_of} counted {before} of them: show where the others are."
    return None


def _left_out(test: RowTest, other: RowTest, bench: Bench) -> int:
    """Count the records that the other rule does not judge."""
    if other.scope is None:
        return 0
    return counts(bench.at(test.table).rows(outside(test, other, bench.values, flags(bench)))[0])[0]


def _full_list(other: Finding) -> str:
    tally = other.tally
    assert tally is not None  # noqa: S101
    return f"{other.rule}, {counted_of(tally.met, tally.population, ('is met', 'are met'))}."
