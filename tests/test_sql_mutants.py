"""What is changed in an expression, one place at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.sql.mutants import changed_condition, changed_query
from qmscheck.sql.reading import read_condition, read_query


def _changes(text: str, params: tuple[str, ...] = ()) -> dict[str, str]:
    return {one.change: one.text for one in changed_condition(text, params)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b", {"a < b becomes a <= b": "a <= b"}),
        ("a <= b", {"a <= b becomes a < b": "a < b"}),
        ("a > b", {"a > b becomes a >= b": "a >= b"}),
        ("a >= b", {"a >= b becomes a > b": "a > b"}),
        ("a = b", {"a = b becomes a <> b": "a <> b"}),
        ("a <> b", {"a <> b becomes a = b": "a = b"}),
        ("a is null", {"a IS NULL becomes is not null": "NOT a IS NULL"}),
        ("a is not null", {"NOT a IS NULL without not": "a IS NULL"}),
        ("not a", {"NOT a without not": "a"}),
        ("filled(a)", {"not filled(a)": "NOT (filled(a))"}),
        ("a like 'x%'", {"not a LIKE 'x%'": "NOT (a LIKE 'x%')"}),
        (
            "a is distinct from b",
            {"a IS DISTINCT FROM b becomes a IS NOT DISTINCT FROM b": "a IS NOT DISTINCT FROM b"},
        ),
    ],
)
def test_a_comparison_is_taken_for_its_neighbour_and_a_question_for_its_opposite(
    text: str, expected: dict[str, str]
) -> None:
    assert _changes(text) == expected


def test_each_side_of_and_is_dropped_and_the_whole_is_taken_for_or() -> None:
    found = _changes("x and y and (z or x)")
    assert found["x dropped"] == "(y AND (z OR x))"
    assert found["y dropped"] == "(x AND (z OR x))"
    assert found["(z OR x) dropped"] == "(x AND y)"
    assert found["and becomes or: x AND y AND (z OR x)"] == "(x OR y OR (z OR x))"
    assert found["or becomes and: z OR x"] == "x AND y AND ((z AND x))"
    assert found["z dropped"] == "x AND y AND ((x))"


def test_and_inside_or_without_parentheses_keeps_its_meaning_when_the_or_is_changed() -> None:
    assert _changes("x or y and z")["or becomes and: x OR y AND z"] == "(x AND (y AND z))"
    assert _changes("x and y or z")["and becomes or: x AND y"] == "(x OR y) OR z"


def test_each_value_is_taken_out_of_a_list_but_the_last() -> None:
    found = _changes("a in ('x', 'y')")
    assert found["'x' taken out of a IN ('x', 'y')"] == "a IN ('y')"
    assert found["'y' taken out of a IN ('x', 'y')"] == "a IN ('x')"
    assert list(_changes("a in ('x')")) == ["not a IN ('x')"]


def test_a_number_moves_by_one_in_its_last_place() -> None:
    assert set(_changes("a < 5").values()) == {"a <= 5", "a < 4", "a < 6"}
    assert set(_changes("a < 0.50").values()) == {"a <= 0.50", "a < 0.49", "a < 0.51"}
    assert set(_changes("a < 0").values()) == {"a <= 0", "a < (-1)", "a < 1"}
    assert set(_changes("a between 1 and 3").values()) >= {"a BETWEEN 0 AND 3", "a BETWEEN 1 AND 4"}


def test_a_parameter_that_can_be_moved_is_moved_both_ways() -> None:
    found = _changes("a <= param('days')", ("days",))
    assert found["param('days') moved up in a <= param('days')"] == "a <= param('days_moved_up')"
    assert found["param('days') moved down in a <= param('days')"] == "a <= param('days_moved_down')"
    assert list(_changes("a = param('word')")) == ["a = param('word') becomes a <> param('word')"]


def test_the_scope_of_each_select_is_dropped_and_exists_is_negated() -> None:
    text = "select t.k from t where exists (select 1 from u where u.k = t.k)"
    found = {one.change: one.text for one in changed_query(text, ())}
    assert found["WHERE u.k = t.k dropped"] == "SELECT t.k FROM t WHERE EXISTS(SELECT 1 FROM u)"
    assert found["not EXISTS(SELECT 1 FROM u WHERE u.k = t.k)"].startswith("SELECT t.k FROM t WHERE NOT (EXISTS")
    assert found["WHERE EXISTS(SELECT 1 FROM u WHERE u.k = t.k) dropped"] == "SELECT t.k FROM t"


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("select t.k from t where exists (select 1 from u where u.n > 2)", {"2"}),
        ("select t.k from t where (select count(case when u.n > 2 then 1 end) from u) = 5", {"2", "5"}),
        (
            "select t.k from t where (select count(distinct case when u.n > 2 then 1 else 3 end) from u) = 5",
            {"1", "2", "3", "5"},
        ),
        ("select t.k from t where (select sum(case when u.n > 2 then 1 end) from u) = 5", {"1", "2", "5"}),
    ],
)
def test_a_number_that_only_has_to_be_there_is_not_moved(text: str, moved: set[str]) -> None:
    found = {one.change.split()[0] for one in changed_query(text, ()) if one.change.split()[1] == "becomes"}
    assert found == moved


def test_the_same_change_in_two_places_has_two_names() -> None:
    found = _changes("(a < 1 and x) or (a < 1 and y)")
    assert "a < 1 dropped" in found
    assert "a < 1 dropped (2)" in found


def test_a_long_piece_is_named_by_its_beginning() -> None:
    found = _changes(f"a = '{'x' * 100}' and b")
    assert f"a = '{'x' * 67}… dropped" in found


_NUMBERS = st.sampled_from(["a", "b", "1", "0.5", "param('p')", "add_days(d, 3)"])
_LEAVES = st.one_of(
    st.tuples(_NUMBERS, st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]), _NUMBERS).map(" ".join),
    st.sampled_from(["filled(a)", "a is null", "b is not null", "c in ('x', 'y')", "a between 1 and 2", "c like 'x%'"]),
)
_CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"not ({t})"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]} and {t[1]}"),
    ),
    max_leaves=6,
)


@given(_CONDITIONS)
def test_each_change_reads_back_as_another_tree_under_a_name_and_a_text_of_its_own(text: str) -> None:
    found = list(changed_condition(text, ("p",)))
    assert found
    assert len({one.change for one in found}) == len({one.text for one in found}) == len(found)
    for one in found:
        assert read_condition(one.text) != read_condition(text)


def test_a_changed_query_reads_back() -> None:
    text = """
        with late as (select o.k as k, count(*) as n from o where o.d < date '2026-01-31' group by o.k having count(*) > 2)
        select t.k from t left join late on late.k = t.k and t.a is not null
        where case when t.a > 1 then coalesce(t.b, 0) else 2 end >= 2 and month(t.d) <> 5
    """
    found = list(changed_query(text, ()))
    assert len(found) > 20
    for one in found:
        assert read_query(one.text) != read_query(text)
