"""What is asked of each entry of a dictionary leaves no record out that is doubtful, and adds at most empty texts."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sql_strictest import tree

from qmscheck.sql.entries import by_entry
from qmscheck.sql.strictest import Condition, strictest
from qmscheck.sql.trees import exp

TEXTS = ["open", "closed", "TBD", "A", "B7", "it's", "", " open", "Open", "opens", "ä", "a\n"]
LEAVES = [
    "a in ('open', 'closed', 'it''s', 'A')",
    "a in ('open', 'open', 'B7')",
    "a in ('open', '')",
    "a not in ('closed', 'TBD', 'ä')",
    "b in ('open', 'closed', 'TBD')",
    "a is null or a in ('open', 'closed', 'TBD')",
    "a in ('open', b, 'closed')",
    "lower(a) in ('open', 'closed', 'tbd')",
    "n in (1, 2, 3)",
    "matches(a, '^[a-z]+$')",
    "matches(a, '^[a-z]*$')",
    "matches(a, '^[A-Z]')",
    "matches(b, '^a$|^$')",
    "not matches(a, '^[a-z]+$')",
    "case when b in ('open', 'closed', 'TBD') then matches(a, '^[a-z]+$') else n > 1 end",
]


def written(condition: str, least: int = 3, *, patterns: bool = True) -> str:
    found = by_entry(doubtful([Condition(tree(condition))]), least, patterns=patterns).sql("duckdb")
    return found.replace('"t".', "").replace('"', "")


def doubtful(conditions: list[Condition]) -> exp.Expr:
    return exp.not_(exp.func("coalesce", strictest(conditions), exp.false()), copy=False)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (
            "a in ('x', 'y', 'it''s', 'x')",
            "NOT COALESCE((NOT TRY_CAST(a AS ENUM('x', 'y', 'it''s')) IS NULL), FALSE)",
        ),
        ("a in ('x', 'y')", "NOT COALESCE((a IN ('x', 'y')), FALSE)"),
        ("a not in ('x', 'y', 'z')", "NOT COALESCE((NOT a IN ('x', 'y', 'z')), FALSE)"),
        ("n in (1, 2, 3)", "NOT COALESCE((n IN (1, 2, 3)), FALSE)"),
        ("matches(a, '^x+$')", "NOT COALESCE((REGEXP_EXTRACT(a, '^x+$') <> ''), FALSE)"),
        ("matches(a, '^x+')", "NOT COALESCE((REGEXP_MATCHES(a, '^x+')), FALSE)"),
        ("matches(a, '^x+$|^y$')", "NOT COALESCE((REGEXP_MATCHES(a, '^x+$|^y$')), FALSE)"),
        ("not matches(a, '^x+$')", "NOT COALESCE((NOT REGEXP_MATCHES(a, '^x+$')), FALSE)"),
    ],
)
def test_long_lists_and_patterns_for_whole_texts_are_rewritten_where_they_must_be_true(
    condition: str, found: str
) -> None:
    assert written(condition) == found


def test_patterns_stay_where_no_dictionary_is_expected() -> None:
    assert written("matches(a, '^x+$')", patterns=False) == "NOT COALESCE((REGEXP_MATCHES(a, '^x+$')), FALSE)"


def test_a_condition_of_another_form_stays() -> None:
    asked = tree("a in ('x', 'y', 'z')")
    assert by_entry(asked.copy(), 3, patterns=True) == asked


CONDITIONS = st.lists(st.tuples(st.sampled_from(LEAVES), st.none() | st.sampled_from(LEAVES)), min_size=1, max_size=4)
CELLS = st.tuples(st.none() | st.sampled_from(TEXTS), st.none() | st.sampled_from(TEXTS), st.none() | st.integers(0, 4))


@settings(max_examples=60, deadline=None)
@given(CONDITIONS, st.lists(CELLS, min_size=1, max_size=8))
def test_no_doubtful_record_is_left_out_and_only_empty_texts_are_added(
    conditions: list[tuple[str, str | None]], cells: list[tuple[str | None, str | None, int | None]]
) -> None:
    def asked() -> exp.Expr:
        return doubtful([Condition(tree(must), None if scope is None else tree(scope)) for must, scope in conditions])

    with duckdb.connect() as connection:
        connection.execute("create table t (a varchar, b varchar, n bigint)")
        connection.executemany("insert into t values (?, ?, ?)", cells)
        before, after = asked().sql("duckdb"), by_entry(asked(), 3, patterns=True).sql("duckdb")
        for a, b, was, now in connection.execute(f"select a, b, {before}, {after} from t").fetchall():
            assert was == now or (now and "" in {a, b})
