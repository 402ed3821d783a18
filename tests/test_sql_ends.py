"""What a condition shows of the ends of a text is true of every text that meets it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared import database
from test_sql_functions import VALUES

from qmscheck.sql.ends import shown_by
from qmscheck.sql.expression import Scope, parse_condition
from qmscheck.sql.functions import expand
from qmscheck.sql.kinds import Kind
from qmscheck.sql.select import RowTest
from qmscheck.sql.trees import exp

COLUMNS = {"a": Kind.TEXT, "b": Kind.TEXT, "n": Kind.INTEGER}
SCOPE = Scope(tables={"t": COLUMNS}, default="t", params={}, terms=frozenset())
BOTH = frozenset({"start", "end"})


def shown(must: str, **more: object) -> dict[str, frozenset[str]]:
    test = RowTest("t", ("a",), must=parse_condition(must, SCOPE), **more)  # type: ignore[arg-type]
    return {c: frozenset(ends) for c, ends in shown_by([test]).items() if ends}


@pytest.mark.parametrize(
    ("must", "found"),
    [
        ("a in ('x', 'Jones & Sons')", {"a": BOTH}),
        ("a = 'x'", {"a": BOTH}),
        ("(a is null)", {"a": BOTH}),
        ("a is null or a = 'x'", {"a": BOTH}),
        ("a = 'x' or b = 'x'", {}),
        ("a = 'x' and b in ('y')", {"a": BOTH, "b": BOTH}),
        ("(a = 'x' or a in ('y', 'z')) and n > 3", {"a": BOTH}),
        ("a in ('x', ' y')", {}),
        ("a in ('x', '')", {}),
        ("a not in ('x')", {}),
        ("a <> 'x'", {}),
        ("a is not null", {}),
        ("a = b", {}),
        ("n in (1, 2)", {}),
        ("not a = 'x'", {}),
        ("matches(a, '^C-[0-9]{9}$')", {"a": BOTH}),
        ("matches(a, '^[A-Z][a-z]+ [A-Z][a-z]+$')", {"a": BOTH}),
        (r"matches(a, '^[^@ ]+@[^@ ]+\.[a-z]{2,}$')", {"a": frozenset({"end"})}),
        (r"a is null or matches(a, '^\.x*$')", {"a": frozenset({"start"})}),
        ("matches(lower(a), '^x$')", {}),
        ("matches(a, '^x')", {}),
        ("matches(a, 'x$')", {}),
        ("matches(a, '^x|y$')", {}),
        ("matches(a, '^(x)$')", {}),
        ("matches(a, '^.$')", {}),
        ("matches(a, '^[ -z]$')", {}),
        ("matches(a, '^[^x]$')", {}),
        (r"matches(a, '^\s$')", {}),
        ("matches(a, '^x*y{0,2}$')", {}),
        ("matches(a, '^[x ]y?$')", {}),
    ],
)
def test_what_a_condition_shows(must: str, found: dict[str, frozenset[str]]) -> None:
    assert shown(must) == found


def test_a_condition_that_holds_of_some_records_only_or_must_not_hold_shows_nothing() -> None:
    assert not shown("a = 'x'", scope=parse_condition("n > 3", SCOPE))
    assert not shown("a = 'x'", invert=True)
    assert not shown_by([RowTest("t", ("a",), unique=("a",))])


PIECES = [
    "^",
    "$",
    "x",
    ".",
    r"\.",
    r"\s",
    "[ x]",
    "[a-z]",
    "[^x]",
    "[!-~]",
    "*",
    "?",
    "+",
    "{0}",
    "{0,2}",
    "{2}",
    "|",
    "(x)",
    " ",
]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join),
    st.lists(st.sampled_from(["", " ", "x", " x", "x ", "\t", "\u00a0x", ".", "x\n", "xx", "ax", "a b"]), min_size=1),
)
def test_a_text_that_matches_has_no_white_space_where_the_pattern_shows_it(middle: str, texts: list[str]) -> None:
    pattern = f"^{middle}$"
    tree = exp.Anonymous(this="matches", expressions=[exp.column("a", table="t"), exp.Literal.string(pattern)])
    ends = shown(f"matches(a, '{pattern}')").get("a", frozenset()) if _is_read(pattern) else frozenset()
    written = expand(tree, VALUES).sql(dialect="duckdb") if ends else ""
    for text in texts if ends else ():
        ((met,),) = database().execute(f"select {written} from (select ? as a) t", [text]).fetchall()
        if met:
            assert text
            assert "start" not in ends or text[0] == text[0].strip()
            assert "end" not in ends or text[-1] == text[-1].strip()


def _is_read(pattern: str) -> bool:
    try:
        database().execute("select regexp_matches('x', ?)", [pattern]).fetchall()
        parse_condition(f"matches(a, '{pattern}')", SCOPE)
    except Exception:  # noqa: BLE001  (whatever refuses it)
        return False
    return True
