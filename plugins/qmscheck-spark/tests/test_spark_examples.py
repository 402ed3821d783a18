"""The rule examples of the rulesets, and tables that are made up, on Spark: the same finding as on the embedded engine.

They are asked together (`alike`, `crowd`): the records of many examples are typed in one statement, and the same statement
of many examples is one. Even so all of them take long. Always judged are those of every so many rules, spread over the
ruleset, and of some more (`ALWAYS`). `QMSCHECK_SPARK_EXAMPLES` names others, by parts of all (`PARTS`): `all`, numbers such
as `0,3`, or `today` for some that are others each day (UTC), so that all are in six days.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alike import differing, questioned
from crowd import Crowd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_up import made_up

from qmscheck import criteria, plugins, testing
from qmscheck.audit.asked import in_force, values
from qmscheck.cache import Cache
from qmscheck.criteria import Criteria
from qmscheck.engine.embedded import Embedded
from qmscheck.judge.counting.sayable import Home, refused
from qmscheck.model import AuditPlan, Example, Period
from qmscheck.sql.select import RowTest

ROOT = Path(__file__).parents[3]
ISO = ("iso9001", ROOT / "rulesets/iso9001/src/qmscheck_iso9001")
LAW = ("complaints-law", ROOT / "examples/complaints-law/ruleset")

#: Of so many rules, the examples of one are judged always, and those of these rules.
STEP = 40
ALWAYS = [
    "CF-10.2-b1.repeated",
    "CF-10.3-1.departments",
    "CF-4.1-1.risk",
    "CF-5.1.1-1.complete",
    "CF-5.2-1.no-blanks",
    "CF-6.2.1-1.exists",
    "CF-6.2.1-2.judgeable",
    "CF-7.1-1.decided",
    "CF-7.5-1.in-date",
    "CF-8.2.1-b1.counts",
    "CF-8.2.3-1.complete",
    "CF-8.5.3-1.in-time",
    "CF-8.5.3-1.recorded",
    "CF-8.7-1.credit-notes",
    "CF-8.7-1.others",
    "CF-9.1.2-2.response",
    "CF-9.1.2-5.talked-with",
    "CF-9.2-2.qualified",
    "CF-9.3-c1.improvement",
    "CF-9.3.3-1.in-time",
    "CF-P-02.used",
    "CF-P-05.meetings-act",
    "CF-P-06.elements",
    "CF-P-07.trend",
    "CF-P-09.spent",
    "DISP-1.4.1.redress-paid",
    "DISP-1.6.2.not-yet-complete",
    "DISP-1.6.2.rights-told",
]
#: Rules that are refused on Spark before evidence is read: a sub-query of theirs looks out two queries.
REFUSED = {"CF-5.1.1-1.red-decided", "CF-6.2.1-2.reaction"}
#: Parts of the examples, and how many of them are judged a day.
PARTS, A_DAY = 12, 2
#: Rules that stay together.
NEIGHBOURS = 12

Numbered = tuple[str, int, Example]


@cache
def asked() -> Criteria:
    return criteria.load([ISO, LAW])


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    made = Embedded(tmp_path_factory.mktemp("embedded"), threads=1, cache=Cache())
    yield made
    made.close()


def together(examples: Sequence[Numbered], engine: Any, embedded: Embedded) -> list[str]:
    """Say which findings are others on Spark, and how."""
    embedded.clear()
    given = [questioned(asked(), rule, number, one, embedded, keeps=True) for rule, number, one in examples]
    numbers = [number for number, one in enumerate(given) for _ in one.questions]
    crowd = Crowd(engine)
    return differing(asked(), given, lambda questions: crowd.answers(list(zip(numbers, questions, strict=True))))


def part_of(part: int | None) -> list[Numbered]:
    """Give the examples of one part of the rules: some neighbours, who share tables, from every region of the ruleset; or
    those that are always judged.
    """
    every = {rule: one for rule, one in asked().ruleset.rules.items() if rule not in REFUSED}
    mine = list(dict.fromkeys([*list(every)[::STEP], *ALWAYS]))
    if part is not None:
        starts = range(part * NEIGHBOURS, len(every), PARTS * NEIGHBOURS)
        mine = [rule for first in starts for rule in list(every)[first : first + NEIGHBOURS]]
    return [(rule, number, one) for rule in mine for number, one in enumerate(every[rule].example, 1)]


def due(chosen: str, today: dt.date) -> tuple[int | None, ...]:
    """Give the parts that are judged; None is what is always judged."""
    first = today.toordinal() % (PARTS // A_DAY) * A_DAY
    known = {"": (None,), "all": tuple(range(PARTS)), "today": tuple(range(first, first + A_DAY))}
    return known[chosen] if chosen in known else tuple(int(part) for part in chosen.split(","))


DUE = due(os.environ.get("QMSCHECK_SPARK_EXAMPLES", ""), dt.datetime.now(dt.UTC).date())


@pytest.mark.unmeasured
@pytest.mark.parametrize("part", DUE)
def test_examples_get_the_same_finding_on_spark(part: int | None, engine: Any, embedded: Embedded) -> None:
    mine = part_of(part)
    assert len(mine) > 1800 // PARTS
    assert together(mine, engine, embedded) == []


def test_all_parts_are_due_within_six_days() -> None:
    days = [dt.date(2026, 12, 30) + dt.timedelta(days=n) for n in range(6)]
    assert {part for day in days for part in due("today", day)} == set(range(PARTS))
    assert due("all", days[0]) == tuple(range(PARTS))
    assert due("0,3", days[0]) == (0, 3)
    assert due("", days[0]) == (None,)


def test_the_parts_are_all_examples_but_those_of_rules_that_are_refused() -> None:
    rules = [rule for rule in asked().ruleset.rules.values() if rule.id not in REFUSED]
    known = [(rule.id, number) for rule in rules for number in range(1, len(rule.example) + 1)]
    assert sorted((rule, number) for part in range(PARTS) for rule, number, _ in part_of(part)) == sorted(known)
    assert len(known) > 3000


def test_another_answer_of_spark_is_another_finding(
    engine: Any, embedded: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is compared here would be found out: one count is raised on its way."""
    mine = ("CF-4.2-a1.group", 1, asked().ruleset.rules["CF-4.2-a1.group"].example[0])
    ask = Crowd._asked

    def raised(self: Crowd, text: str) -> list[tuple[object, ...]]:
        return [(row[0], *(n + 1 if isinstance(n, int) else n for n in row[1:])) for row in ask(self, text)]

    monkeypatch.setattr(Crowd, "_asked", raised)
    assert together([mine], engine, embedded) != []


def _form_of(test: RowTest) -> str:
    if test.statistic is not None:
        return test.statistic.kind
    if test.related is not None:
        return "lacks" if test.lacks else "has"
    if test.query is not None:
        return "query"
    return "unique" if test.unique else "count" if test.unknown_met else "must"


@pytest.mark.unmeasured
def test_of_each_form_an_example_that_is_judged_alone_gets_the_same_finding(engine: Any, embedded: Embedded) -> None:
    seen, different = set(), []
    for rule in asked().ruleset.rules.values():
        for one in rule.example:
            shape = (_form_of(asked().tests[rule.id]), one.verdict)
            if one.verdict not in ("pass", "fail") or shape in seen:
                continue
            seen.add(shape)
            of = {"as_of": one.as_of or testing.AS_OF, "params": one.params}
            here, there = (
                testing.judge_records(asked(), rule.id, one.given, engine=e, **of) for e in (embedded, engine)
            )
            different += [(rule.id, one.title, here, there)] if here != there else []
    assert different == []
    assert len(seen) > 12


@pytest.mark.unmeasured
def test_of_all_rules_those_that_look_too_far_out_are_refused_before_evidence_is_read() -> None:
    start = dt.date(2025, 11, 21)
    plan = AuditPlan(
        root="/", file=None, organization="Firm", scope="All", rulesets=(), as_of=testing.AS_OF, planned_audit=None,
        period=Period(from_=start, to=testing.AS_OF), params={}, sources=(),
    )  # fmt: skip
    named = values(testing.AS_OF, plan, asked(), in_force(plan, asked()))
    there = {table: Home(plugins.load().engines["spark"], 0) for table in asked().ruleset.tables}
    found = {one.message for one in refused(plan, asked().ruleset, asked().tests, there, named)}
    assert {message.split()[2] for message in found} == REFUSED
    assert all("Spark cannot look from a sub-query for" in message for message in found)


@pytest.mark.unmeasured
@settings(max_examples=4, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
@given(st.lists(st.deferred(lambda: made_up(asked())), min_size=3, max_size=3))
def test_tables_that_are_made_up_get_the_same_finding_on_spark(
    engine: Any, embedded: Embedded, made: list[tuple[str, Example]]
) -> None:
    assert together([(rule, n, one) for n, (rule, one) in enumerate(made)], engine, embedded) == []
