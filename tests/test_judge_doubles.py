"""Where keys grow, doubled and blank ones are found beside the breaks; where they do not, it is said so."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.engine.embedded import Embedded
from qmscheck.extracts import Parquet
from qmscheck.judge.counting import doubles
from qmscheck.judge.counting.doubles import doubles_of
from qmscheck.sql.mapping import placed
from qmscheck.sql.select import RowTest
from qmscheck.sql.statement import Statement
from qmscheck.sql.trees import exp

TEST = RowTest("t", ("k",), unique=("k",))


def found(keys: list[int | None], first: int = 1000, rare: int = 1) -> set[int] | None:
    """Give the numbers of the records that may be doubled, of a Parquet file with these keys; None if keys are said
    not to grow.
    """
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(doubles, "_FIRST", first)
        patch.setattr(doubles, "_RARE", rare)
        with duckdb.connect() as connection:
            connection.execute("create table t (k bigint)")
            connection.executemany("insert into t values (?)", [(k,) for k in keys])
            connection.execute(f"copy t to '{folder}/t.parquet' (format parquet)")
        engine = Embedded(Path(folder))
        loaded = engine.load("raw", (), Parquet(Path(folder) / "t.parquet"))
        engine.define("t", placed("raw", ["k"], {}, None, number=loaded.position), materialise=False)
        numbers = doubles_of("n", TEST, len(keys), engine, {})
        rows = engine.rows(_all(numbers)) if numbers else None
        left = [name for name in ("n, descents", "n, beside") if name in engine._made]
        engine.close()
    assert not left
    return None if rows is None else {int(str(number)) for (number,) in rows}


def _all(relation: str) -> Statement:
    table = exp.Table(this=exp.to_identifier(relation, quoted=True))
    return Statement("all", (relation,), lambda: exp.select(exp.column("_at", quoted=True)).from_(table))


def doubled(keys: list[int | None]) -> set[int]:
    times = Counter(keys)
    return {n for n, key in enumerate(keys) if key is None or times[key] > 1}


FAULTS = st.lists(st.tuples(st.integers(0, 39), st.sampled_from([None, 0, 7, 8, 20, 21, 39, 40, 99])), max_size=6)


@settings(max_examples=60, deadline=None)
@given(FAULTS)
def test_no_double_and_no_blank_is_left_out_of_keys_that_grow_but_for_some(
    faults: list[tuple[int, int | None]],
) -> None:
    keys: list[int | None] = [*range(40)]
    for place, key in faults:
        keys[place] = key
    numbers = found(keys)
    if numbers is not None:
        assert numbers >= doubled(keys)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=1, max_size=12))
def test_no_double_is_left_out_of_any_keys(keys: list[int | None]) -> None:
    numbers = found(keys)
    if numbers is not None:
        assert numbers >= doubled(keys)


def test_of_keys_that_grow_only_records_beside_breaks_are_doubtful() -> None:
    assert found([*range(100)]) == {0}
    assert found([*range(50), 7, *range(51, 100)]) == {0, 7, 49, 50}


def test_keys_that_do_not_grow_are_said_not_to_at_the_beginning_or_in_the_whole() -> None:
    assert found([*range(50, 0, -1)], first=40, rare=20) is None
    assert found([*range(60), *range(60, 0, -1)], first=40, rare=20) is None


def test_runs_that_overlap_do_not_grow() -> None:
    assert found([*range(100), *range(50, 150)], rare=20) is None
