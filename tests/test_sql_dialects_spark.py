"""What Spark is told, and what it is not: trees are translated without a Spark here (`plugins/qmscheck-spark` asks one)."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shared import database

from qmscheck.sql.dialects import UnsayableError, in_dialect
from qmscheck.sql.dialects.java_patterns import java
from qmscheck.sql.trees import exp


def said(sql: str) -> str:
    """Translate a text: functions that the product names itself are nodes of their own in what a parser makes."""
    from sqlglot import parse_one

    tree = parse_one(sql, dialect="duckdb").transform(as_the_product_writes)
    return in_dialect(tree, "spark").sql(dialect="spark")


def as_the_product_writes(node: exp.Expr) -> exp.Expr:
    names = {exp.RegexpLike: "regexp_matches", exp.TimeToUnix: "epoch"}
    if type(node) not in names:
        return node
    given = [node.this, *([node.expression] if node.expression else [])]
    return exp.Anonymous(this=names[type(node)], expressions=given)


def refusal(sql: str) -> str:
    with pytest.raises(UnsayableError) as error:
        said(sql)
    return str(error.value)


@pytest.mark.parametrize(
    ("sql", "spark"),
    [
        ("select a from t order by a", "SELECT a FROM t ORDER BY a ASC NULLS LAST"),
        ("select a from t order by a desc nulls first", "SELECT a FROM t ORDER BY a DESC NULLS FIRST"),
        ("select a / 2 from t", "SELECT CAST(a AS DOUBLE) / CAST(2 AS DOUBLE) FROM t"),
        ("select count(*) filter (where a) from t", "SELECT COUNT(*) FILTER(WHERE a) FROM t"),
        ("a is distinct from b", "a IS DISTINCT FROM b"),
        ("length(a)", "CHAR_LENGTH(a)"),
        ("starts_with(a, 'x')", "STARTSWITH(a, 'x')"),
        ("regexp_matches(a, 'x$')", r"REGEXP_LIKE(a, 'x\\z')"),
        ("cast('2026-01-31' as date) - cast('2026-01-01' as date)",
         "(CAST(DATEDIFF(CAST('2026-01-31' AS DATE), CAST('2026-01-01' AS DATE)) AS BIGINT))"),
        ("trim(a, ' x')", "BTRIM(a, ' x')"),
        ("a like 'x_'", r"REGEXP_LIKE(a, '\\A\\x{78}[\\s\\S]\\z')"),
        ("a not like 'x'", r"NOT REGEXP_LIKE(a, '\\A\\x{78}\\z')"),
    ],
)  # fmt: skip
def test_a_tree_is_told_in_words_of_spark(sql: str, spark: str) -> None:
    assert said(sql) == spark


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("pow(a, 2)", "Spark is not known to say POW exactly"),
        ("nobody_knows(a)", "Spark is not known to say nobody_knows() exactly"),
        ("cast(a as json)", "Spark is not known to cast to JSON exactly"),
        ("cast(cast(a as date) as boolean)", "Spark is not known to cast date to boolean exactly"),
        ("select a from t offset 3", "Spark is not known to say SELECT with offset exactly"),
        ("select a from t group by all", "Spark is not known to say GROUP with all exactly"),
        ("regexp_matches(a, b)", "a pattern must be written out on Spark"),
        ("regexp_matches(a, '(?i)\\p{Lu}')", "the pattern asks for Lu without regard to case"),
        ("a like b", "the pattern of 'like' must be written out on Spark"),
        ("round(a, b)", "round() needs a number of digits that is written out on Spark"),
        ("avg(a + 1.5)", "a mean of decimals is not known on Spark: cast(x as double)"),
        ("cast(a as date) + 1", "Spark is not known to add or subtract these dates exactly"),
        ("epoch(a)", "only the time between two times can be counted on Spark"),
        ("try_strptime(a, ['%d.%m.%Y %Z'])", "the date format '%d.%m.%Y %Z' has %Z, which Spark cannot be told to read alike"),
        ("trim(leading from a)", "Spark is not known to say TRIM with position exactly"),
    ],
)  # fmt: skip
def test_what_spark_cannot_say_alike_is_refused_with_a_reason(sql: str, reason: str) -> None:
    assert refusal(sql) == reason


def test_a_dialect_without_a_translation_is_refused() -> None:
    with pytest.raises(UnsayableError, match="there is no translation into klingon"):
        in_dialect(exp.column("a"), "klingon")


@pytest.mark.parametrize(
    ("re2", "said"),
    [
        ("a.b", r"a[^\n]b"),
        ("(?s).", r"[\s\S]"),
        ("^a$", r"\Aa\z"),
        ("(?m)^a$", r"(?:\A|(?<=\n))a(?:\z|(?=\n))"),
        (r"\d\s", r"[0-9][\x{9}-\x{A}\x{C}-\x{D}\x{20}]"),
        ("(?i)s", r"[Ss\x{17F}]"),
        ("(?i:k)k", r"(?:[Kk\x{212A}])k"),
        ("(?i)i", "[Ii]"),
        (r"[^\D5]", r"[^\x{0}-\x{2F}5\x{3A}-\x{10FFFF}]"),
        ("[[:alpha:]]", "[A-Za-z]"),
        (r"\p{Greek}\P{L}", r"[\p{IsGreek}][[^\p{L}]]"),
        (r"\pC", r"[\p{Cc}\p{Cf}\p{Cs}\p{Co}]"),
        ("(?P<y>a)(?:b)", "(a)(?:b)"),
        ("a{2,3}?b*", "(?:a){2,3}?(?:b)*"),
        ("(?U)a*?", "(?:a)*"),
        ("a{,3}", r"a\x{7B}\x{2C}3\x{7D}"),
        (r"\x41\x{1F600}", r"A\x{1F600}"),
        (r"\v", r"\x{B}"),
        (r"[^\s\S]", r"[^\x{0}-\x{10FFFF}]"),
        ("a|", "a|"),
    ],
)
def test_a_pattern_of_re2_is_written_for_java(re2: str, said: str) -> None:
    assert java(re2) == said


@pytest.mark.parametrize(
    "re2",
    [
        "a**",
        "*a",
        "(a",
        "a)",
        "[a",
        r"\1",
        r"\k",
        "(?=a)",
        "(?<a",
        r"\p{Klingon}",
        "[[:klingon:]]",
        "[z-a]",
        "a{2}{3}",
        "\\",
    ],
)
def test_a_pattern_that_is_not_known_is_refused(re2: str) -> None:
    with pytest.raises(UnsayableError):
        java(re2)


_PIECE = st.sampled_from(
    [
        "a",
        "B",
        "ä",
        "s",
        ".",
        "^",
        "$",
        r"\d",
        r"\W",
        r"\b",
        "[a-c]",
        "[^b]",
        "(?:ab|c)",
        "(a|)",
        "a*",
        "b+?",
        "c?",
        "-",
        " ",
    ]
)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(pieces=st.lists(_PIECE, min_size=1, max_size=5), text=st.text("aAbBcäÄsS\u017f1_- \n", max_size=6))
@example(pieces=["a", r"\b"], text="aä")
@example(pieces=["a", "$"], text="a\n")
def test_a_translated_pattern_finds_what_re2_finds(pieces: list[str], text: str) -> None:
    """Python reads what is written for Java, but for the end of a text and characters by their number."""
    pattern = "".join(pieces)
    own = re.sub(r"\\x\{([0-9A-F]+)\}", lambda m: re.escape(chr(int(m[1], 16))), java(pattern).replace(r"\z", r"\Z"))
    ((right,),) = database().execute("select regexp_matches(?, ?)", [text, pattern]).fetchall()
    assert (re.search(own, text) is not None) is right


FAR = "select p.a from t as p where exists (select 1 from u as d where d.a = p.a and not exists ({inner}))"


def test_a_sub_query_that_looks_two_queries_out_is_refused_on_spark() -> None:
    far = FAR.format(inner="select 1 from t as b where b.c = p.c")
    assert refusal(far) == "Spark cannot look from a sub-query for p.c, two queries further out"


@pytest.mark.parametrize(
    "inner",
    [
        "select 1 from t as b where b.c = d.c",
        "select 1 from t as p where p.c = 1",
        "select 1 from t as b join (select p.c from t as p) as q on q.c = b.c",
    ],
    ids=["one query out", "a table of that name within", "a list of tables within"],
)
def test_a_sub_query_that_looks_no_further_is_not_refused_on_spark(inner: str) -> None:
    assert said(FAR.format(inner=inner)).startswith("SELECT p.a FROM t AS p WHERE EXISTS(")
