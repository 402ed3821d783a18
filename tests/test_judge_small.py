"""Small tables: what is counted and listed of fetched records is what the engine would count and list."""

from __future__ import annotations

from functools import cache

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.engine import counts
from qmscheck.judge.counting.small import Count, Fetched
from qmscheck.sql.render import render
from qmscheck.sql.select import MET, PLACE, PLACE_WORDS, UNMET, UNREADABLE, exceptions, strata, tallies
from qmscheck.sql.statement import Statement

NAMES = ("k0", "k1", "v0", "v1", "x0", *PLACE, "s0", "s1")
TEXT = st.none() | st.sampled_from(["a", "B", "ä", "Z", "", "10", "9", "\U0001f600", "\ufffd"])
STATE = st.sampled_from([None, UNMET, MET, UNREADABLE])
ROW = st.tuples(
    TEXT, TEXT, TEXT, TEXT, TEXT, st.integers(0, 2), st.none() | st.integers(1, 9), TEXT, st.none(), TEXT,
    st.none() | st.integers(1, 3), TEXT, STATE, STATE,
)  # fmt: skip


@cache
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


def asked(statement: Statement) -> list[tuple[object, ...]]:
    return connection().execute(render(statement, "duckdb")).fetchall()


def fetched(rows: list[tuple[object, ...]]) -> Fetched:
    """Put rows into the engine as the relation `judged`, and fetch them in the order in which records are shown."""
    text = {*PLACE_WORDS, *NAMES[:5]}
    cells = ", ".join(f'"{n}" {"text" if n in text else "bigint"}' for n in NAMES)
    connection().execute(f'create or replace table "judged" ({cells})')
    if rows:
        connection().executemany(f'insert into "judged" values ({", ".join("?" * len(NAMES))})', rows)
    order = ", ".join(f'"{n}" nulls last' for n in ("k0", "k1", *PLACE))
    return Fetched(connection().execute(f'select * from "judged" order by {order}').fetchall(), 2, 2, 1)


def three(numbers: tuple[object, ...]) -> Count:
    return Count(*counts(numbers))


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=12))
def test_totals_and_strata_are_those_of_the_engine(rows: list[tuple[object, ...]]) -> None:
    found = fetched(rows)
    (numbers,) = asked(tallies("judged", [0, 1]))
    assert [found.total(0), found.total(1)] == [three(numbers[:3]), three(numbers[3:])]
    for stratum in (0, 1):
        counted = {v: three(n) for v, *n in asked(strata("judged", stratum, [1])) if n[0]}  # type: ignore[arg-type]
        assert list(found.layers(stratum, 1).items()) == list(counted.items())


@settings(max_examples=60, deadline=None)
@given(st.lists(ROW, max_size=12), st.sets(st.sampled_from([UNMET, MET, UNREADABLE])), st.integers(1, 14))
def test_records_are_listed_as_the_engine_lists_them(
    rows: list[tuple[object, ...]], wanted: set[int], limit: int
) -> None:
    found = fetched(rows)
    for extra in (0, 1):
        listed = found.listed(1, extra, wanted, limit)
        if not wanted:
            assert listed == []
            continue
        engine = asked(exceptions("judged", 1, 2, extra, wanted, limit))
        # Records that agree in keys and places stand in no order of their own.
        assert [(row[:2], row[-6:]) for row in listed] == [(row[:2], row[-6:]) for row in engine]
        if limit > len(rows):
            assert sorted(map(str, listed)) == sorted(map(str, engine))


def test_nothing_counts_as_nothing() -> None:
    assert Fetched([], 1, 1, 0).total(0) == Count(0, 0, 0)
    assert Fetched([], 1, 1, 0).layers(0, 0) == {}
    assert Count(5, 2, 1).unmet == 2
