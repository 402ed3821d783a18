"""What no rule may say, at every key that takes an expression: refused at its place while the ruleset is read.

No engine exists at that time (an import contract keeps it out of `criteria`), so it is the checked tree that refuses.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
import sqlite3
import tomllib
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlglot
from folders import HEADER, audited
from hypothesis import given, settings
from hypothesis import strategies as st
from shared import database
from sqlglot import exp

from qmscheck import criteria, plan, plugins
from qmscheck.audit import conduct
from qmscheck.criteria import Criteria
from qmscheck.errors import Problem, QmscheckError
from qmscheck.hookspecs import EngineKind
from qmscheck.plan import Overrides
from qmscheck.sql.dialects import UnsayableError, in_dialect
from qmscheck.sql.expression import Scope, SqlProblem, parse_condition
from qmscheck.sql.figures import Spelling, spelling_mistake
from qmscheck.sql.functions import Values, expand, literal, pattern
from qmscheck.sql.kinds import Kind

ATTACKS = tomllib.loads((Path(__file__).parent / "attacks.toml").read_text("utf-8"))

RULESET = """
[ruleset]
id = "attacked"
title = "Attacked"
standard = "none"
edition = "1"
version = "1"
language = "en"

[param.days]
type = "integer"
default = 5
min = 1
origin = "convention"
title = "Days"

[param.word]
type = "text"
default = "a"
origin = "convention"
title = "Word"

[param.share]
type = "number"
default = 0.5
min = 0.1
max = 0.9
origin = "convention"
title = "Share"

[term.customer]
en = ["customer"]

[table.orders]
purpose = "Orders"
key = "id"
[table.orders.columns]
id = { type = "text" }
note = { type = "text" }
n = { type = "integer" }
value = { type = "number" }
rush = { type = "boolean" }
day = { type = "date" }
closed = { type = "date" }
at = { type = "timestamp" }

[table.lines]
purpose = "Lines of orders"
key = "line"
[table.lines.columns]
line = { type = "text" }
order_id = { type = "text" }
amount = { type = "number" }
on = { type = "date" }

[[obligation]]
id = "A-1"
title = "An obligation"
force = "requirement"
clauses = ["1"]
doc_info = "retain"
statement = "Something is asked for."
question = "Is it so?"
grade = "minor"
grade_why = "It is a test."
recommendation = "Quality manager: do it, and write it down (1)."

[[rule]]
id = "A-1.0"
obligation = "A-1"
title = "Uses everything that a ruleset may not declare in vain"
statement = "{unmet} of {population}."
each = "orders"
must = "mentions(note, 'customer') or n > param('days') or note = param('word')"
at_least = "share"

[[rule]]
id = "A-1.01"
obligation = "A-1"
title = "Uses the other table"
statement = "{unmet} of {population}."
each = "lines"
must = "order_id is not null"
"""

#: How a rule says something at each key: `TEXT` is what is said.
RULES = {
    "must": 'each = "orders"\nmust = TEXT',
    "where": 'each = "orders"\nwhere = TEXT\nmust = "n > 1"',
    "has": 'each = "orders"\nhas = { table = "lines", on = { id = "order_id" }, where = TEXT }',
    "lacks": 'each = "orders"\nlacks = { table = "lines", on = { id = "order_id" }, where = TEXT }',
    "share": 'each = "orders"\nmeasure = { share = TEXT }\nat_least = "share"',
    "mean": 'each = "orders"\nmeasure = { mean = TEXT }\nat_least = "days"',
    "to": 'each = "orders"\nmeasure = { ratio = "n", to = TEXT }\nat_least = "days"',
    "nps": 'each = "orders"\nmeasure = { nps = TEXT, scale = [0, 10] }\nat_least = "days"',
    "trend": 'each = "orders"\nmeasure = { mean = "n" }\ntrend = { on = TEXT, by = "month", must_not = "fall" }',
    "signal": 'each = "orders"\nmeasure = { mean = "n" }\nsignal = { on = TEXT, by = "month", baseline = 12 }',
    "opened": 'each = "orders"\nmeasure = { within = { opened = TEXT, closed = "closed", days = "days" } }\nat_least = "share"',
    "closed": 'each = "orders"\nmeasure = { within = { opened = "day", closed = TEXT, days = "days" } }\nat_least = "share"',
    "rate_where": 'each = "orders"\nmeasure = { rate = { table = "lines", where = TEXT } }\nat_most = "days"',
    "rate_sum": 'each = "orders"\nmeasure = { rate = { table = "lines", sum = TEXT } }\nat_most = "days"',
    "base_where": 'each = "orders"\nmeasure = { mean = "n" }\nat_least = "days"\ninference = "random-sample"\nbase = { table = "lines", where = TEXT }',
    "answered": 'each = "orders"\nmeasure = { mean = "n" }\nat_least = "days"\ninference = "random-sample"\nbase = { number = "days", answered = TEXT }',
    "mix": 'each = "orders"\nmeasure = { mean = "n" }\nat_least = "days"\ninference = "random-sample"\nbase = { table = "lines", mix = { note = TEXT } }',
    "query": 'each = "orders"\nquery = TEXT',
}


def ruleset(key: str, text: str) -> str:
    """Write a ruleset whose one rule says `text` at a key."""
    head = '[[rule]]\nid = "A-1.1"\nobligation = "A-1"\ntitle = "A rule"\nstatement = "{unmet} of {population}."\n'
    return f"{RULESET}\n{head}{RULES[key].replace('TEXT', json.dumps(text).replace(chr(127), chr(92) + 'u007f'))}\n"


def loaded(key: str, text: str) -> Criteria:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ruleset.toml"
        path.write_text(ruleset(key, text), "utf-8")
        return criteria.load([("ruleset.toml", path)])


def refusal(key: str, text: str) -> tuple[Problem, ...]:
    try:
        loaded(key, text)
    except QmscheckError as error:
        return error.problems
    return ()


def listed(part: str) -> list[tuple[str, str]]:
    return [(key, text) for family in ATTACKS[part].values() for key, texts in family.items() for text in texts]


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize("family", [f"{part}.{name}" for part in ("tried", "new") for name in ATTACKS[part]])
def test_an_attack_is_refused_at_its_place_before_an_engine_exists(family: str) -> None:
    part, name = family.split(".")
    for key, texts in ATTACKS[part][name].items():
        for text in texts:
            problems = refusal(key, text)
            assert problems, f"{key}: {text}"
            at = ruleset(key, text).split("\n").index(next(s for s in shown_of(key, text) if "TEXT" not in s)) + 1
            for problem in problems:
                assert problem.path == "ruleset.toml", text
                assert problem.line == at, f"{text}: {problem}"
                assert problem.column >= 1, text
                assert "sqlglot" not in problem.message, text


def shown_of(key: str, text: str) -> list[str]:
    """Give the lines of a rule that hold an attack."""
    lines = ruleset(key, text).split("\n")
    return [
        line
        for line, raw in zip(reversed(lines), reversed(ruleset(key, "\1").split("\n")), strict=False)
        if "\\u0001" in raw
    ]


def test_there_are_the_attacks_that_were_tried_and_as_many_new_ones() -> None:
    assert len(set(listed("tried"))) == 63
    assert len(set(listed("new"))) >= 460
    assert not set(listed("tried")) & set(listed("new"))


def test_every_key_that_takes_an_expression_is_attacked_and_takes_a_good_one() -> None:
    attacked = {key for key, _ in listed("new")}
    assert attacked == set(RULES) == set(ATTACKS["allowed"])


@pytest.mark.parametrize("key", RULES)
def test_what_is_allowed_is_accepted(key: str) -> None:
    for text in ATTACKS["allowed"][key]:
        assert refusal(key, text) == ()


# ---------------------------------------------------------------- what is accepted holds nothing else


#: Written here by hand, not taken from the checker: the parts of SQL that a rendered condition may hold ...
PARTS = {
    "Column", "Identifier", "Literal", "Boolean", "Null", "Paren", "And", "Or", "Not", "Is", "EQ", "NEQ", "GT", "GTE", "LT",
    "LTE", "NullSafeEQ", "NullSafeNEQ", "Between", "In", "Like", "ILike", "Add", "Sub", "Mul", "Div", "IntDiv", "Mod", "Neg",
    "DPipe", "Case", "If", "Cast", "TryCast", "DataType", "Lower", "Upper", "Trim", "Length", "StartsWith", "EndsWith",
    "Contains", "Coalesce", "Nullif", "Greatest", "Least", "Abs", "Round", "Year", "Month", "Day", "RegexpLike", "TimeToUnix",
    "ToDays", "ToMonths",
}  # fmt: skip
#: ... the functions without a type of their own, the engine's and ours, and what a cast may make.
NAMED = {"regexp_matches", "to_months", "epoch"}
TARGETS = {"TEXT", "VARCHAR", "DATE", "INT", "BIGINT", "DOUBLE", "TIMESTAMPNTZ"}

VALUES = Values(
    as_of=dt.date(2026, 11, 20),
    audit_date=dt.date(2026, 11, 20),
    period=(dt.date(2025, 11, 1), dt.date(2026, 10, 31)),
    params={"days": 5, "word": "a' || read_text('/etc/passwd') || '", "share": 0.5},
    patterns={"customer": pattern(["customer*", "'); drop table orders; --"])},
)

_ODD = [text for _, text in [*listed("tried"), *listed("new")]]
_NUMBERS = ["n", "value", "1", "2.5", "param('days')", "days_between(day, as_of())", "length(note)", "year(at)"]
_TEXTS = ["note", "id", "'x'", "param('word')", "lower(note)", "cast(n as text)", "'a'';--'"]
_DAYS = ["day", "as_of()", "date '2026-01-31'", "add_days(day, 3)", "add_months(day, n)", "period_from()"]


def _spelt(draw: st.DrawFn, depth: int) -> str:
    """Write a condition of allowed parts, now and then with one that is not."""
    if depth <= 0 or draw(st.integers(0, 30)) == 0:
        return draw(st.sampled_from(["rush", "n > 1", "note is null", draw(st.sampled_from(_ODD))]))
    number, text, day = (st.sampled_from(some) for some in (_NUMBERS, _TEXTS, _DAYS))
    form = draw(st.sampled_from(_FORMS))
    while "{b}" in form:
        form = form.replace("{b}", f"({_spelt(draw, depth - 1)})", 1)
    for mark, choice in (("{n}", number), ("{t}", text), ("{d}", day)):
        while mark in form:
            form = form.replace(mark, draw(choice), 1)
    return form


_FORMS = [
    "{b} and {b}", "{b} or not {b}", "case when {b} then {b} else {b} end", "{n} + {n} * {n} > {n}", "{n} between {n} and {n}",
    "{n} in ({n}, {n})", "{t} like 'a%'", "{t} || {t} = {t}", "coalesce({t}, {t}) = {t}", "nullif({n}, 0) is not null",
    "cast({t} as date) = {d}", "cast({t} as number) > {n}", "{t}::integer = {n}", "greatest({d}, {d}) > least({d}, {d})",
    "matches({t}, '^[a-c]+$')", "matches({t}, '(TODO|TBD)')", "mentions({t}, 'customer')", "filled({d})", "in_period({d})",
    "working_days({d}, {d}) < {n}", "hours_between(at, {d}) < {n}", "starts_with({t}, {t})", "contains({t}, {t})",
    "{d} is distinct from {d}", "round({n}, 1) = abs({n})", "month({d}) = {n}", "trim(upper({t})) <> {t}",
]  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn) -> str:
    text = _spelt(draw, draw(st.integers(1, 3)))
    if draw(st.integers(0, 3)) == 0:  # a piece of an attack, anywhere
        at = draw(st.integers(0, len(text)))
        odd = draw(st.sampled_from(_ODD))
        text = text[:at] + odd[: draw(st.integers(0, len(odd)))] + text[at:]
    return text


@settings(max_examples=200, deadline=None)
@given(conditions())
def test_whatever_is_accepted_is_rendered_of_nothing_but_what_is_allowed(text: str) -> None:
    scope = Scope(
        {"orders": ORDERS},
        "orders",
        {"days": Kind.INTEGER, "word": Kind.TEXT, "share": Kind.NUMBER},
        frozenset({"customer"}),
    )
    try:
        found = parse_condition(text, scope)
    except SqlProblem:
        return
    rendered = expand(found.tree, VALUES).sql("duckdb", comments=False)
    trees = sqlglot.parse(rendered, read="duckdb")
    assert len(trees) == 1
    for node in trees[0].walk():
        kind = type(node).__name__
        if kind == "Anonymous":
            assert node.name.lower() in NAMED, rendered
        elif kind == "DataType":
            assert node.this.name in TARGETS, rendered
        elif kind == "Column":
            assert (node.table, node.db, node.catalog) == ("orders", "", ""), rendered
            assert node.name in ORDERS, rendered
        else:
            assert kind in PARTS, f"{kind} in {rendered}"


ORDERS = {
    "id": Kind.TEXT,
    "note": Kind.TEXT,
    "n": Kind.INTEGER,
    "value": Kind.NUMBER,
    "rush": Kind.BOOLEAN,
    "day": Kind.DATE,
    "at": Kind.TIMESTAMP,
}


# ---------------------------------------------------------------- on every engine


#: An engine of each dialect, as a plugin brings it. To open one is a failure of the test.
ENGINES = {name: EngineKind(name, dialect, lambda _: pytest.fail("it was opened"), name, takes=True) for name, dialect in
           (("duckdb", "duckdb"), ("server", "postgres"), ("lake", "spark"))}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ATTACKS["new"])
def test_an_attack_is_refused_at_its_place_before_an_engine_of_any_dialect_is_opened(
    engine: str, name: str, tmp_path: Path
) -> None:
    key, texts = next(iter(ATTACKS["new"][name].items()))
    (tmp_path / "orders.csv").write_text("id,note\nO-1,x\n", "utf-8")
    (tmp_path / "rules.toml").write_text(ruleset(key, texts[0]), "utf-8")
    source = '[[source]]\ntable = "orders"\npath = "orders.csv"\n' + (
        "" if engine == "duckdb" else f'engine = "{engine}"\n'
    )
    head = '[audit]\norganization = "O"\nscope = "S"\nrulesets = ["rules.toml"]\nas_of = 2026-11-20\n'
    (tmp_path / "qmscheck.toml").write_text(f"{head}\n{source}", "utf-8")
    brought = replace(plugins.load(), engines=ENGINES)
    planfile = plan.read(tmp_path, brought.readers, Overrides(dt.date(2026, 11, 20)), (), ENGINES)
    with pytest.raises(QmscheckError) as error:
        conduct(planfile, brought, threads=1)
    assert {problem.path.rpartition("/")[2] for problem in error.value.problems} == {"rules.toml"}
    assert all(problem.line and problem.column for problem in error.value.problems)


DIALECTS = ("duckdb", "postgres", "spark")
EVIL = [text for _, text in [*listed("tried"), *listed("new")] if "'" in text] + ATTACKS["texts"]["text"]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("text", ATTACKS["allowed"]["must"])
def test_what_is_accepted_reads_nothing_but_its_table_in_any_dialect(text: str, dialect: str) -> None:
    scope = Scope({"orders": ORDERS}, "orders", {"days": Kind.INTEGER}, frozenset({"customer"}))
    tree = expand(parse_condition(text, scope).tree, VALUES)
    said = in_dialect(tree, dialect).sql(dialect, comments=False)
    for node in sqlglot.parse_one(said, read=dialect).walk():
        assert not isinstance(node, exp.Query | exp.Table | exp.Command | exp.DDL | exp.DML), said


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("evil", [*EVIL, "\\", "\\'", "'\\''", "$$", "\n--", "%s{0}:x?"])
def test_a_text_that_a_person_gives_is_one_literal_in_any_dialect(evil: str, dialect: str) -> None:
    values = replace(VALUES, params={"word": evil}, patterns={"customer": pattern([evil])})
    scope = Scope({"orders": ORDERS}, "orders", {"word": Kind.TEXT}, frozenset({"customer"}))
    for text in ("note = param('word')", f"note = {literal(evil).sql('duckdb')}"):
        said = in_dialect(expand(parse_condition(text, scope).tree, values), dialect).sql(dialect, comments=False)
        tree = sqlglot.parse_one(said, read=dialect)
        assert [one.name for one in tree.find_all(exp.Literal) if one.is_string] == [evil], said
        assert not [*tree.find_all(exp.Query, exp.Table, exp.Command, exp.DDL, exp.DML)], said
    try:
        said = in_dialect(expand(parse_condition("mentions(note, 'customer')", scope).tree, values), dialect).sql(
            dialect
        )
    except UnsayableError:
        return
    assert not [*sqlglot.parse_one(said, read=dialect).find_all(exp.Query, exp.Table, exp.Command, exp.DDL, exp.DML)]


@pytest.mark.parametrize(
    "name",
    [
        'o"; drop table x; --',
        "o'",
        "O",
        "o.x",
        "o o",
        "",
        "o\u0000",
        "\uff4f",
        "o" * 64,
        "_o",
        "1o",
        "o-x",
        "o\nx",
        "o`x",
        "o;x",
    ],
)
@pytest.mark.parametrize("declared", ["table", "column", "param", "term"])
def test_no_name_that_a_ruleset_declares_holds_a_quotation_mark(name: str, declared: str) -> None:
    told = json.dumps(name)
    more = {
        "table": f'[table.{told}]\npurpose = "P"\nkey = "id"\ncolumns = {{ id = {{ type = "text" }} }}\n',
        "column": f'[table.other]\npurpose = "P"\nkey = "id"\ncolumns = {{ id = {{ type = "text" }}, {told} = {{ type = "text" }} }}\n',
        "param": f'[param.{told}]\ntype = "integer"\ndefault = 5\norigin = "convention"\ntitle = "T"\n',
        "term": f'[term.{told}]\nen = ["x"]\n',
    }[declared]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ruleset.toml"
        path.write_text(RULESET + more, "utf-8")
        with pytest.raises(QmscheckError) as error:
            criteria.load([("ruleset.toml", path)])
    said = " ".join(
        problem.message for problem in error.value.problems if problem.path and problem.line and problem.column
    )
    assert re.search("should be lower-case letters|at most 63", said), error.value


# ---------------------------------------------------------------- texts of the plan


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(ATTACKS["texts"]["text"]))
def test_a_text_stays_the_text_that_it_is_in_an_engine(text: str) -> None:
    given = text.replace("\0", "")
    assert database().sql(f"select {literal(given).sql('duckdb')}").fetchall() == [(given,)]


@pytest.mark.parametrize("text", ATTACKS["of-a-source"]["query"])
def test_the_query_of_a_source_changes_nothing(text: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "erp.db")) as base:
        base.executescript("create table orders (id text); insert into orders values ('O-1');")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    source = f'\n[[source]]\ntable = "orders"\nreader = "sql"\nurl = "sqlite:erp.db"\nquery = {json.dumps(text)}\n'
    rules = HEADER + '[table.orders]\npurpose = "P"\nkey = "id"\ncolumns = { id = { type = "text" } }\n' + RULE
    with suppress(QmscheckError):  # refused, or nothing came of it: nothing passes
        assert audited(tmp_path, rules, source).findings[0].verdict == "insufficient", text
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".toml"}
    assert after == before


RULE = """
[[rule]]
id = "T.1"
obligation = "T"
title = "A rule"
statement = "{unmet} of {population}."
each = "orders"
must = "id = 'O-1'"
"""


@pytest.mark.parametrize("text", ATTACKS["texts"]["text"])
def test_a_text_of_the_plan_is_a_text_and_no_sql(text: str, tmp_path: Path) -> None:
    told = json.dumps(text)
    cells = [text, "plain", "?"]
    with (tmp_path / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["id", text, "price"], *([f"O-{i}", cell, f"{i} {text}"] for i, cell in enumerate(cells))]
        )
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    source = (
        f'\n[params]\nword = {{ value = {told}, origin = "own-procedure", ref = "Q" }}\n'
        f'\n[[source]]\ntable = "orders"\npath = "orders.csv"\nmissing = ["", "?", {json.dumps(text + "?")}]\n'
        f"[source.columns]\nid = 'id'\nnote = {{ from = {told}, values = {{ plain = {told} }} }}\n"
        f"price = {{ from = 'price', unit = [{told}] }}\n"
    )
    rules = HEADER + TEXTS.replace("TEXT", told)
    if spelling_mistake(Spelling(units=(text,))) is not None:  # what would be part of a number
        with pytest.raises(QmscheckError, match="unit"):
            audited(tmp_path, rules, source)
        source = source.replace(f", unit = [{told}]", "")
    record = audited(tmp_path, rules, source)
    tally = record.findings[0].tally
    assert tally is not None
    assert (tally.population, tally.met) == (3, 2)
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".toml"}
    assert after == before


TEXTS = """
[param.word]
type = "text"
default = TEXT
origin = "convention"
title = "A word"

[term.words]
en = [TEXT]

[table.orders]
purpose = "Orders"
key = "id"
[table.orders.columns]
id = { type = "text" }
note = { type = "text", synonyms = [TEXT] }
price = { type = "number" }

[[rule]]
id = "T.1"
obligation = "T"
title = TEXT
statement = "{unmet} of {population}."
each = "orders"
must = "note = param('word') and (mentions(note, 'words') or price is null or price > 0)"
"""
