"""Law 8: the examples of every rule, and tables that are made up, get the same finding on PostgreSQL as on the embedded
engine: verdict, tally, strata, statement, exceptions and their places. The server is a real one.

All of them are asked together (`alike`): a statement that many examples share is asked once, for each of them (LATERAL).
Some are judged one by one, too, as an audit is. Each example of a ruleset gets the verdict that it says, too: CI judges
them here, and once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import qmscheck_iso9001
import shared
from alike import Answer, Question, differing, numbered, questioned
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up import made_up
from qmscheck_sql.engine import PostgreSQL

from qmscheck import EngineError, Opening, Statement, criteria, relation
from qmscheck.cache import Cache
from qmscheck.criteria import Criteria
from qmscheck.engine import Engine
from qmscheck.engine.embedded import Embedded
from qmscheck.model import Example
from qmscheck.testing import AS_OF, as_expected, judge_records

if TYPE_CHECKING:
    from conftest import Server

ROOT = Path(__file__).parents[3]
RULESETS = {
    "iso9001": Path(qmscheck_iso9001.__file__).parent,
    "complaints-law": ROOT / "examples" / "complaints-law" / "ruleset",
}
#: Parts of the rules, so that several processes share them.
PARTS = 12
#: Of all examples, every so many is judged alone.
ALONE = 25

Numbered = tuple[str, int, Example]


@cache
def asked(name: str) -> Criteria:
    if name == "iso9001":
        return shared.iso9001()
    return criteria.load([("iso9001", RULESETS["iso9001"]), (name, RULESETS[name])])


@pytest.fixture(scope="module")
def engines(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, PostgreSQL]]:
    """Give the embedded engine and the server: each remembers its statements, which rules' examples share."""
    own = Embedded(tmp_path_factory.mktemp("own"), threads=1, cache=Cache())
    theirs = PostgreSQL(Opening(tmp_path_factory.mktemp("theirs"), cache=Cache(), address=server.address()))
    yield own, theirs
    theirs.close()
    own.close()


def together(
    name: str, examples: Sequence[Numbered], engines: tuple[Engine, PostgreSQL], *, right: bool = False
) -> list[str]:
    """Say which findings are others on the server, and how; and, where they are `right`, which are not as the examples
    say. What examples have in common is asked once.
    """
    own, theirs = engines
    own.clear()
    given = [questioned(asked(name), rule, number, one, own) for rule, number, one in examples]
    wrong = [one for one in given if right and not as_expected(one.example, one.finding)]
    told = [f"{one.rule}, example {one.number}: {one.finding.calculation}" for one in wrong]
    return told + differing(asked(name), given, lambda questions: answers(theirs, questions))


def answers(theirs: PostgreSQL, questions: Sequence[Question]) -> list[Answer]:
    """Ask each question, those that are the same but for their records in one statement."""
    alike: dict[object, list[int]] = {}
    for number, question in enumerate(questions):
        alike.setdefault(_form(theirs, question), []).append(number)
    found: dict[int, Answer] = {}
    for numbers in alike.values():
        found.update(zip(numbers, _answered(theirs, [questions[n] for n in numbers]), strict=True))
    return [found[number] for number in range(len(questions))]


def _form(theirs: PostgreSQL, question: Question) -> object:
    """Give what two questions have in common that can be asked together."""
    made = [
        (one.name, theirs._rendered(one.content))
        if isinstance(one.content, Statement)
        else (one.name, one.content[0], [batch.rows is None for batch in one.content[1]])
        for one in question.made
    ]
    return theirs._rendered(question.statement), repr(made)


def _answered(theirs: PostgreSQL, questions: Sequence[Question]) -> list[Answer]:
    """Ask what is alike; where the server refuses it, one by one."""
    try:
        told = theirs._asked(_for_each(theirs, questions))
    except EngineError as error:
        if len(questions) == 1:
            return [error]
        return [answer for one in questions for answer in _answered(theirs, [one])]
    found: list[list[tuple[object, ...]]] = [[] for _ in questions]
    for number, *row in told:
        found[int(str(number))].append(tuple(row))
    return list(found)


def _for_each(theirs: PostgreSQL, questions: Sequence[Question]) -> str:
    """Write one statement that asks a question of the records of each example."""
    theirs.clear()
    first, outer = questions[0], []
    for made in first.made:
        if isinstance(made.content, Statement):
            theirs.define(made.name, made.content, materialise=False)
            continue
        columns, rows = numbered(made.name, questions)
        whole, own = f"all {made.name}", relation(made.name, "postgres")
        loaded = theirs.load(whole, columns, rows)
        cells = ", ".join(f'"{c}"' for c in (*loaded.names[:-1], *loaded.places))
        every = theirs._made.pop(relation(whole, "postgres"))
        outer.append(f'"every {own}" AS MATERIALIZED ({every.text})')
        text = f'SELECT {cells} FROM "every {own}" AS v WHERE v."{loaded.names[-1]}" = e.n'
        theirs._made[own] = replace(every, text=text, once=False)
    text = theirs._rendered(first.statement)
    numbers = ", ".join(f"('{n}')" for n in range(len(questions)))
    each = f"SELECT e.n, t.* FROM (VALUES {numbers}) AS e(n) CROSS JOIN LATERAL ({theirs._parts(text)}{text}) AS t"
    return f"WITH {', '.join(outer)} {each}" if outer else each


def alone(name: str, examples: Sequence[Numbered], engines: tuple[Engine, PostgreSQL]) -> list[str]:
    """Say which findings are others where each example is judged as an audit is."""
    lines = []
    for rule, number, one in examples:
        as_of = one.as_of or AS_OF
        found = [judge_records(asked(name), rule, one.given, as_of=as_of, params=one.params, engine=e) for e in engines]
        if found[0] != found[1]:
            told = [f.model_dump() for f in found]
            keys = [key for key in told[0] if told[0][key] != told[1][key]]
            lines += [f"{rule}, example {number}, {key}: {told[0][key]!r}, and {told[1][key]!r}" for key in keys]
    return lines


def examples_of(name: str) -> list[Numbered]:
    rules = asked(name).ruleset.rules.values()
    return [(rule.id, number, one) for rule in rules for number, one in enumerate(rule.example, 1)]


@pytest.mark.unmeasured
@pytest.mark.parametrize("part", range(PARTS))
def test_every_example_of_the_ruleset_gets_the_same_finding(part: int, engines: tuple[Engine, PostgreSQL]) -> None:
    everything = examples_of("iso9001")
    size = -(-len(everything) // PARTS)
    mine = everything[part * size : (part + 1) * size]
    assert len(mine) > 200
    assert together("iso9001", mine, engines, right=True) == []


@pytest.mark.unmeasured
def test_every_example_of_the_law_gets_the_same_finding(engines: tuple[Engine, PostgreSQL]) -> None:
    known = set(asked("iso9001").ruleset.rules)
    mine = [one for one in examples_of("complaints-law") if one[0] not in known]
    assert mine
    assert together("complaints-law", mine, engines, right=True) == []


def test_an_example_that_is_judged_alone_gets_the_same_finding(engines: tuple[Engine, PostgreSQL]) -> None:
    mine = examples_of("iso9001")[::ALONE]
    assert len(mine) > 100
    assert alone("iso9001", mine, engines) == []


def test_another_answer_of_the_server_is_another_finding(
    engines: tuple[Engine, PostgreSQL], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is compared here would be found out: one count is raised on its way."""
    (mine,) = [one for one in examples_of("iso9001") if one[0] == "CF-4.2-a1.group" and one[1] == 1]
    ask = PostgreSQL._asked

    def raised(self: PostgreSQL, text: str) -> list[tuple[object, ...]]:
        return [(row[0], *(n + 1 if isinstance(n, int) else n for n in row[1:])) for row in ask(self, text)]

    monkeypatch.setattr(PostgreSQL, "_asked", raised)
    assert together("iso9001", [mine], engines) != []


@pytest.mark.unmeasured
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.deferred(lambda: made_up(asked("iso9001"))), min_size=1, max_size=25))
def test_tables_that_are_made_up_get_the_same_finding(
    engines: tuple[Engine, PostgreSQL], made: list[tuple[str, Example]]
) -> None:
    assert together("iso9001", [(rule, n, one) for n, (rule, one) in enumerate(made)], engines) == []
