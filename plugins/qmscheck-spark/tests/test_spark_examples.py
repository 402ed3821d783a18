"""The rule examples of the rulesets on Spark: the same finding as on the embedded engine.

For each form of rule the first example that passes and the first that fails are judged always: each takes about ten
statements, and there are thousands. `QMSCHECK_SPARK_EXAMPLES=all` judges every one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qmscheck import criteria, testing
from qmscheck.criteria import Criteria
from qmscheck.engine.embedded import Embedded
from qmscheck.model import Example, Rule
from qmscheck.sql.select import RowTest

ROOT = Path(__file__).parents[3]
ISO = ("iso9001", ROOT / "rulesets/iso9001/src/qmscheck_iso9001")
LAW = ("complaints-law", ROOT / "examples/complaints-law/ruleset")


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    made = Embedded(tmp_path_factory.mktemp("embedded"), threads=1)
    yield made
    made.close()


def _form(test: RowTest) -> str:
    if test.statistic is not None:
        return test.statistic.kind
    if test.related is not None:
        return "lacks" if test.lacks else "has"
    if test.query is not None:
        return "query"
    return "unique" if test.unique else "count" if test.unknown_met else "must"


def chosen(asked: Criteria, *, every: bool) -> Iterator[tuple[Rule, Example]]:
    """Give the examples that are judged: all, or the first of each form and verdict."""
    seen = set()
    for rule in asked.ruleset.rules.values():
        for example in rule.example:
            shape = (_form(asked.tests[rule.id]), example.verdict)
            if every or (example.verdict in ("pass", "fail") and shape not in seen):
                seen.add(shape)
                yield rule, example


def test_rule_examples_get_the_same_finding_on_spark(engine: Any, embedded: Embedded) -> None:
    asked = criteria.load([ISO, LAW])
    every = os.environ.get("QMSCHECK_SPARK_EXAMPLES") == "all"
    judged, differing = 0, []
    for rule, example in chosen(asked, every=every):
        asked_of = {"as_of": example.as_of or testing.AS_OF, "params": example.params}
        here = testing.judge_records(asked, rule.id, example.given, engine=embedded, **asked_of)
        there = testing.judge_records(asked, rule.id, example.given, engine=engine, **asked_of)
        judged += 1
        if here != there:
            differing.append((rule.id, example.title, here, there))
    assert differing == []
    assert judged > (2900 if every else 12)
