"""What PostgreSQL is told, and what is refused because it cannot be said there exactly. No server is needed."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot import exp

from qmscheck.sql.dialects import UnsayableError, in_dialect, preamble, relation
from qmscheck.sql.dialects.postgres_patterns import translated


def said(text: str) -> str:
    return in_dialect(sqlglot.parse_one(text, dialect="duckdb"), "postgres").sql(dialect="postgres")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("select levenshtein(a, 'b') from t", "no exact translation"),
        ("select read_text('x') from t", "no exact translation"),
        ("select quantile_cont(a, 0.5) from t", "no exact translation"),
        ("select try_cast(a as blob) from t", "the type blob"),
        ("select try_cast(a as time) from t", "the type time"),
        ("select try_strptime(a, ['%d.%m.%Y %z']) from t", "no date with %z"),
        ("select try_strptime(a, ['%d.%m.%Y %H %p']) from t", "AM or PM"),
        ("select array_extract(a, 3) from t", "only the first and the last letter"),
        ("select trim(leading 'x' from a) from t", "a trim of both ends"),
        ("select a from t qualify row_number() over () = 1", "no exact translation"),
        ("select list_filter([1], x -> x > 1) from t", "no exact translation"),
    ],
)
def test_what_cannot_be_said_exactly_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(UnsayableError, match=reason):
        said(text)


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("regexp_matches", [exp.column("b")], "a pattern that is computed"),
        ("regexp_full_match", [exp.Literal.string(r"\p{Han}")], "no class of characters"),
        ("regexp_replace", [exp.Literal.string(t) for t in ("x", r"\1", "g")], "a replacement of every match"),
        ("regexp_replace", [exp.Literal.string(t) for t in ("x", "y", "i")], "a replacement of every match"),
    ],
)
def test_a_pattern_that_would_match_otherwise_is_refused(name: str, arguments: list[exp.Expr], reason: str) -> None:
    call = exp.Anonymous(this=name, expressions=[exp.column("a"), *arguments])
    with pytest.raises(UnsayableError, match=reason):
        in_dialect(exp.select(call), "postgres")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a >= '!' and a < '\x7f'", '((ASCII("a") + 61) / 94 = 1)'),
        ("b = 2 and a >= '!' and a < '\x7f'", '"b" = 2 AND ((ASCII("a") + 61) / 94 = 1)'),
        ("array_extract(a, 1) between '!' and '~'", '((ASCII("a") + 61) / 94 = 1)'),
        ("array_extract(a, -1) between '!' and '~'", '((ASCII(RIGHT("a", 1)) + 61) / 94 = 1)'),
    ],
)
def test_whether_a_letter_prints_is_asked_of_its_number(text: str, written: str) -> None:
    assert said(f"select {text} from t") == f'SELECT {written} FROM "~t" AS "t"'


@pytest.mark.parametrize(
    "text",
    [
        "a >= '!' and b < '\x7f'",
        "a >= '!' or a < '\x7f'",
        "a > '!' and a < '\x7f'",
        "a >= '!' and a < '~'",
        "a between '!' and '~'",
        "array_extract(a, 1) between '!' and 'z'",
        "b between 1 and 2 and a = '!'",
    ],
)
def test_other_bounds_of_texts_stay_comparisons(text: str) -> None:
    assert "ASCII" not in said(f"select {text} from t")


def test_a_dialect_without_translation_is_refused() -> None:
    with pytest.raises(UnsayableError, match="no translation into oracle"):
        in_dialect(sqlglot.parse_one("select 1"), "oracle")
    assert preamble("duckdb") == ()
    assert relation("t", "duckdb") == "t"


def test_relations_have_names_that_no_table_of_a_server_has_and_long_ones_stay_apart() -> None:
    assert said('select "t"."a" from "t"') == 'SELECT "t"."a" FROM "~t" AS "t"'
    long = [f"_judged {'x' * 60} {n}" for n in (1, 2)]
    names = [relation(name, "postgres") for name in long]
    assert len(set(names)) == 2
    assert all(len(name.encode()) <= 63 for name in names)


def test_a_quotient_is_a_fraction_and_a_negated_like_stays_negated() -> None:
    assert said("select a / 2 from t").startswith('SELECT (CAST(("a") AS DOUBLE PRECISION) / CAST((2)')
    assert "NOT (" in said("select a not like 'x%' from t")
    assert "COUNT(*) FILTER(WHERE" in said("select count_if(a) from t")


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        (r"\bTODO\b", r"(?:(?:\y)TODO(?:\y))"),
        ("a.b", r"(?:a[^\u000a]b)"),
        ("(?s)a.b", "(?:a(?:.)b)"),
        ("(?i)k", r"(?:[Kk\u212a])"),
        ("a{300}", "(?:(?:a{255}a{45}))"),
        ("a{0,300}", "(?:(?:a{0,255}a{0,45}))"),
        ("a{256,}", "(?:(?:a{255}a{1}a*))"),
        (r"[^\s\S]", "(?:(?:(?!)))"),
        (r"\x{1F600}", r"(?:\U0001f600)"),
        ("(?P<year>a)|b", "(?:(?:a)|b)"),
    ],
)
def test_a_pattern_is_written_out(pattern: str, written: str) -> None:
    assert translated(pattern) == written
