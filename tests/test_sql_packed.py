"""What is asked of states that are packed into few numbers is answered as by the states themselves."""

from __future__ import annotations

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qmscheck.engine import counts
from qmscheck.sql.packed import packed, packed_exceptions, packed_notable, packed_tallies
from qmscheck.sql.render import render
from qmscheck.sql.select import PLACE, UNMET, UNREADABLE
from qmscheck.sql.statement import Statement

STATE = st.sampled_from([0, 1, 2, None])
TESTS = st.sampled_from([1, 2, 31, 33])
CONNECTION = duckdb.connect()

Row = tuple[int | None, ...]


def judged(rows: list[Row], tests: int) -> None:
    """Make a relation of states: a key, places and as many states as there are tests."""
    states = ", ".join(f"s{i} INTEGER" for i in range(tests))
    CONNECTION.execute(
        f"CREATE OR REPLACE TABLE judged (k0 INTEGER, {', '.join(f'{p} INTEGER' for p in PLACE)}, {states})"
    )
    CONNECTION.executemany(
        f"INSERT INTO judged VALUES ({', '.join('?' * (1 + len(PLACE) + tests))})",
        [(n, *(10 * n + i for i in range(len(PLACE))), *row) for n, row in enumerate(rows)],
    )


def kept(statement: Statement) -> None:
    """Make a table of a statement."""
    CONNECTION.execute(f"CREATE OR REPLACE TABLE kept AS {render(statement, 'duckdb')}")


def told(statement: Statement) -> list[tuple[object, ...]]:
    """Give the rows of a statement, by key."""
    return sorted(CONNECTION.execute(render(statement, "duckdb")).fetchall())


def counted(rows: list[Row], test: int) -> tuple[int, int]:
    """Count the records that are unmet in a test, and those that are unreadable."""
    given = [row[test] for row in rows]
    return given.count(UNMET), given.count(UNREADABLE)


def expected(rows: list[Row]) -> list[tuple[object, ...]]:
    """Give the rows with key and places, as `judged` numbers them."""
    return [(n, *(10 * n + i for i in range(len(PLACE))), *row) for n, row in enumerate(rows)]


@settings(max_examples=6, deadline=None)
@given(TESTS.flatmap(lambda n: st.lists(st.tuples(*[STATE] * n), min_size=1, max_size=5)), st.data())
@example([(None,) * 62], None)
@example([(2,) * 31], None)
def test_what_is_asked_of_packed_states_is_what_they_say(rows: list[Row], data: st.DataObject | None) -> None:
    tests = len(rows[0])
    judged(rows, tests)
    kept(packed("judged", tests, 1))
    assert counts(told(packed_tallies("kept", tests))[0]) == [n for i in range(tests) for n in counted(rows, i)]
    test = tests - 1 if data is None else data.draw(st.integers(0, tests - 1))
    wanted = [(*row[:1], row[1 + len(PLACE) + test], *row[1 : 1 + len(PLACE)]) for row in expected(rows)]
    found = told(packed_exceptions("kept", test, 1, [UNMET, UNREADABLE], 1000))
    assert found == [row for row in wanted if row[1] in {UNMET, UNREADABLE}]


@settings(max_examples=6, deadline=None)
@given(TESTS.flatmap(lambda n: st.lists(st.tuples(*[STATE] * n), min_size=1, max_size=5)))
def test_of_notable_records_those_that_are_met_or_out_of_scope_throughout_are_left_out(rows: list[Row]) -> None:
    tests = len(rows[0])
    judged(rows, tests)
    kept(packed_notable("judged", tests, 1))
    assert counts(told(packed_tallies("kept", tests))[0]) == [n for i in range(tests) for n in counted(rows, i)]
    wanted = [row[0] for row in expected(rows) if {UNMET, UNREADABLE} & set(row[1 + len(PLACE) :])]
    assert [row[0] for row in sorted(CONNECTION.execute("SELECT k0 FROM kept").fetchall())] == wanted


def test_thirty_one_states_take_one_number() -> None:
    columns = [len(packed("judged", tests, 1).tree.expressions) - 1 - len(PLACE) for tests in (1, 31, 32, 62, 100)]
    assert columns == [1, 1, 2, 2, 4]
