"""Law 8: the examples of every rule, and tables that are made up, get the same finding on PostgreSQL as on the embedded
engine: verdict, tally, strata, statement, exceptions and their places. The server is a real one.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import qmscheck_iso9001
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qmscheck_sql.engine import PostgreSQL

from qmscheck import Opening, criteria
from qmscheck.cache import Cache
from qmscheck.criteria import Criteria
from qmscheck.engine import Engine
from qmscheck.engine.embedded import Embedded
from qmscheck.model import Example
from qmscheck.sql.select import columns_read
from qmscheck.testing import AS_OF, judge_records

if TYPE_CHECKING:
    from conftest import Server

ROOT = Path(__file__).parents[3]
RULESETS = {
    "iso9001": Path(qmscheck_iso9001.__file__).parent,
    "complaints-law": ROOT / "examples" / "complaints-law" / "ruleset",
}
#: Parts of the rules, so that several processes share them.
PARTS = 12
#: Of the examples of the ruleset, every third is judged, or all where the environment says so: they take minutes.
STEP = 1 if os.environ.get("QMSCHECK_POSTGRESQL_EXAMPLES") == "all" else 3


@cache
def asked(name: str) -> Criteria:
    if name == "iso9001":
        return criteria.load([(name, RULESETS[name])])
    return criteria.load([("iso9001", RULESETS["iso9001"]), (name, RULESETS[name])])


@pytest.fixture(scope="module")
def engines(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """Give the embedded engine and the server: each remembers its statements, which rules' examples share."""
    own = Embedded(tmp_path_factory.mktemp("own"), threads=1, cache=Cache())
    theirs = PostgreSQL(Opening(tmp_path_factory.mktemp("theirs"), cache=Cache(), address=server.address()))
    yield own, theirs
    theirs.close()
    own.close()


def differing(name: str, examples: list[tuple[str, int, Example]], engines: tuple[Engine, Engine]) -> list[str]:
    """Say which findings are others, and how."""
    lines = []
    for rule, number, one in examples:
        found = []
        for engine in engines:
            as_of = one.as_of or AS_OF
            found.append(judge_records(asked(name), rule, one.given, as_of=as_of, params=one.params, engine=engine))
        if found[0] != found[1]:
            told = [f.model_dump() for f in found]
            keys = [key for key in told[0] if told[0][key] != told[1][key]]
            lines += [f"{rule}, example {number}, {key}: {told[0][key]!r}, and {told[1][key]!r}" for key in keys]
    return lines


def examples_of(name: str) -> list[tuple[str, int, Example]]:
    rules = asked(name).ruleset.rules.values()
    return [(rule.id, number, one) for rule in rules for number, one in enumerate(rule.example, 1)]


@pytest.mark.parametrize("part", range(PARTS))
def test_examples_of_the_ruleset_get_the_same_finding(part: int, engines: tuple[Engine, Engine]) -> None:
    everything = examples_of("iso9001")[::STEP]
    size = -(-len(everything) // PARTS)
    mine = everything[part * size : (part + 1) * size]
    assert len(mine) > 200 // STEP
    assert differing("iso9001", mine, engines) == []


def test_every_example_of_the_law_gets_the_same_finding(engines: tuple[Engine, Engine]) -> None:
    known = set(asked("iso9001").ruleset.rules)
    mine = [one for one in examples_of("complaints-law") if one[0] not in known]
    assert mine
    assert differing("complaints-law", mine, engines) == []


WORDS = (
    "a",
    "A",
    "ä",
    "B-1",
    "b 1",
    "n/a",
    "nobody",
    "TBD",
    "closed",
    "open",
    "yes",
    "Complaint",
    "\u017f",
    "x" * 70,
    "#N/A",
)
DAYS = (
    "2026-06-30",
    "2026-07-01",
    "2024-02-29",
    "2025-07-01",
    "0001-01-01",
    "2026-02-30",
    "30.06.2026",
    "2026-6-1",
    "soon",
)
CELLS = {
    "text": st.sampled_from(WORDS),
    "integer": st.sampled_from(("0", "1", "-1", "7", "07", "3.0", "2.5", "1,234", "9223372036854775808", "many")),
    "number": st.sampled_from(("0", "0.1", "0.3", "-2.5", "1e3", "1e400", "1,234.5", "1_0", "nan", "7", "10", "x")),
    "boolean": st.sampled_from(("yes", "no", "true", "0", "perhaps")),
    "date": st.sampled_from(DAYS),
    "timestamp": st.sampled_from((*DAYS, "2026-06-29 10:00", "2026-06-30T23:59:59.5Z", "2026-06-30 24:00:00")),
}


@st.composite
def made_up(draw: st.DrawFn) -> tuple[str, Example]:
    """Make up records for the tables that a rule reads; every second cell is one that its rule knows."""
    found = asked("iso9001")
    rule = draw(st.sampled_from(sorted(found.ruleset.rules)))
    spec = found.ruleset.rules[rule]
    known = [e.given for e in spec.example]
    tables = {}
    for table, columns in columns_read([found.tests[rule]]).items():
        cells = {}
        for column in sorted({*columns, *(spec.strata if table == found.tests[rule].table else ())}):
            seen = [r[column] for g in known for r in g.get(table, ()) if r.get(column) is not None]
            any_ = CELLS[found.ruleset.tables[table].columns[column].type]
            cells[column] = st.one_of(st.none(), any_, *([st.sampled_from(seen)] * 2 if seen else []))
        tables[table] = draw(st.lists(st.fixed_dictionaries(cells), max_size=6))
    as_of = draw(st.sampled_from((AS_OF, dt.date(2024, 2, 29))))
    return rule, spec.example[0].model_copy(update={"given": tables, "as_of": as_of, "params": {}})


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(made_up())
def test_tables_that_are_made_up_get_the_same_finding(engines: tuple[Engine, Engine], one: tuple[str, Example]) -> None:
    assert differing("iso9001", [(one[0], 0, one[1])], engines) == []
