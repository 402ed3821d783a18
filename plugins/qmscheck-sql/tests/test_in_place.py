"""Records that stay on a PostgreSQL server: the same findings as if they were brought, and nothing is changed there."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from folders import audited
from qmscheck_sql.arrow_rows import fetched
from qmscheck_sql.engine import PostgreSQL

from qmscheck import InPlace, Opening, Rows, Statement
from qmscheck.cli import main
from qmscheck.engine import EngineError
from qmscheck.errors import QmscheckError
from qmscheck.evidence import typing
from qmscheck.extracts import Batch, Parquet
from qmscheck.judge.counting import scan
from qmscheck.model import AuditRecord, Verdict
from qmscheck.sql import candidates
from qmscheck.sql.kinds import Kind
from qmscheck.sql.trees import exp

RULESET = """
[ruleset]
id = "orders"
title = "Orders"
standard = "none"
edition = "1"
version = "1"
language = "en"

[term.urgent]
en = ["urgent", "rush*"]

[param.some]
type = "number"
default = 0.5
min = 0.01
max = 0.99
origin = "own-procedure"
ref = "QP-1"
title = "Some"

[table.orders]
purpose = "Every order"
key = "id"
[table.orders.columns]
id = { type = "text" }
site = { type = "text" }
value = { type = "number" }
pieces = { type = "integer" }
placed = { type = "date" }
seen = { type = "timestamp" }
paid = { type = "boolean" }
note = { type = "text" }

[table.customers]
purpose = "Every customer"
key = "id"
[table.customers.columns]
id = { type = "text" }

[[obligation]]
id = "O"
title = "Orders"
force = "requirement"
clauses = ["1"]
doc_info = "retain"
statement = "Orders are as they should be."
grade = "minor"
grade_why = "It can be mended."
recommendation = "The sales manager asks."
""" + "".join(
    f'\n[[rule]]\nid = "O.{name}"\nobligation = "O"\ntitle = "{name}"\nstatement = "{{unmet}} of {{population}}."\n{form}\n'
    for name, form in {
        "placed": 'each = "orders"\nmust = "placed >= date \'2026-01-01\' and value > 0"\nstrata = ["site"]',
        "paid": 'each = "orders"\nwhere = "pieces > 2"\nmust = "paid"\nat_least = "some"',
        "urgent": 'each = "orders"\nmust = "not mentions(note, \'urgent\') or seen <= add_days(placed, 1)"',
        "numbered": "each = \"orders\"\nmust = \"matches(id, '^N[0-9]{2}$') or matches(note, '^C[0-9]$|^C2$')\"",
        "sited": "each = \"orders\"\nmust = \"site in ('Leeds', 'Brno', 'York', 'Hull')\"",
        "one": 'each = "orders"\nunique = ["id"]',
        "known": 'each = "orders"\nhas = { table = "customers", on = { note = "id" } }',
        "twice": 'each = "orders"\nquery = "select o.id from orders o join orders p on p.site = o.site and p.id <> o.id"',
    }.items()
)


@pytest.fixture(scope="module")
def orders(server):
    server.run(
        "drop schema if exists stock cascade",  # the processes of a run may set it up twice
        "create schema stock",
        "create table stock.orders (id text, site varchar(20), value numeric(12, 2), pieces smallint, placed date,"
        " seen timestamp, paid boolean, note text)",
        "insert into stock.orders select 'N' || n, (array['Leeds', 'Brno', 'Ústí', null])[n % 4 + 1],"
        " nullif(n % 7, 3) - 1.25, n % 5, date '2025-12-20' + n, timestamp '2025-12-20 10:00' + n * interval '25 hours',"
        " n % 3 > 0, (array['rush order', 'URGENT', 'none', ' C1 ', 'C1', ''])[n % 6 + 1] from generate_series(1, 60) n",
        "insert into stock.orders select * from stock.orders where id = 'N7'",
        "create table stock.customers (id text)",
        "insert into stock.customers values ('C1'), ('none')",
        "grant usage on schema stock to auditor",
        "grant select, insert on all tables in schema stock to auditor",
    )
    return server


def audit(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    url: str,
    more: str,
    query: str = "",
    columns: str = "",
    rules: str = RULESET,
) -> AuditRecord:
    monkeypatch.setenv("ERP_URL", url)
    folder.mkdir()
    asked = {"orders": query or "select * from stock.orders order by id", "customers": "select * from stock.customers"}
    plan = "".join(
        f'[[source]]\ntable = "{table}"\nreader = "sql"\nurl = "env:ERP_URL"\nquery = "{text}"\n{more}\n'
        f"{columns if table == 'orders' else ''}"
        for table, text in asked.items()
    )
    return audited(folder, rules, plan)


def test_records_that_stay_get_the_findings_of_records_that_are_brought(orders, tmp_path, monkeypatch) -> None:
    brought = audit(tmp_path / "brought", monkeypatch, orders.address(), "")
    stayed = audit(tmp_path / "stayed", monkeypatch, orders.address(), 'engine = "postgresql"')
    shown = [
        {
            f.rule: (
                f.verdict,
                f.tally,
                f.strata,
                f.statement,
                f.proposed_grade,
                sorted(str(e.key) for e in f.exceptions),
                f.change.lacking if f.change is not None else (),
            )
            for f in record.findings
        }
        for record in (brought, stayed)
    ]
    assert shown[0] == shown[1]
    assert {v for v, *_ in shown[0].values()} >= {Verdict.FAIL}
    assert any(lacking for *_, lacking in shown[0].values())


def test_keys_that_stand_more_than_once_are_told_of_records_that_stay(orders, tmp_path, monkeypatch) -> None:
    unasked = RULESET.replace('unique = ["id"]', 'must = "filled(id)"')
    for name, more in (("brought", ""), ("stayed", 'engine = "postgresql"')):
        record = audit(tmp_path / name, monkeypatch, orders.address(), more, rules=unasked)
        (told,) = (one.detail for one in record.limits if one.reason == "keys that stand more than once")
        assert told.startswith("2 of 61 records share their id with another")


def test_months_that_stay_are_the_first_days_that_months_that_are_brought_are(orders, tmp_path, monkeypatch) -> None:
    query = (
        "select id, site, value, pieces, case when id = 'N9' then '2026-13' else to_char(placed, 'YYYY-MM') end as placed,"
        " seen, paid, note from stock.orders order by id"
    )
    shown = []
    for name, more in (("brought", ""), ("stayed", 'engine = "postgresql"')):
        month = 'placed = { from = "placed", format = "%Y-%m", day = "first" }'
        record = audit(tmp_path / name, monkeypatch, orders.address(), more, query, f"[source.columns]\n{month}\n")
        found = {f.rule: f for f in record.findings}["O.placed"]
        shown.append((found.verdict, found.tally, sorted((str(e.key), e.state) for e in found.exceptions)))
    assert shown[0] == shown[1]
    tally = shown[0][1]
    assert tally is not None
    assert (tally.population, tally.unreadable) == (61, 1)


def test_codes_that_may_be_values_are_the_same_limits_for_records_that_stay(
    orders, tmp_path, monkeypatch, capsys
) -> None:
    columns = (
        '[source.columns]\npieces = { from = "pieces", missing = ["0", "?"] }\n'
        'placed = { from = "placed", missing = ["2025-12-21"] }\npaid = { from = "paid", missing = ["false"] }\n'
        'value = { from = "value", missing = ["0.75"] }\nseen = { from = "seen", missing = ["9999-12-31"] }\n'
        'note = { from = "note", missing = ["None"] }\n'
    )
    told = []
    for name, more in (("brought", ""), ("stayed", 'engine = "postgresql"')):
        record = audit(tmp_path / name, monkeypatch, orders.address(), more, columns=columns)
        told.append([limit.detail for limit in record.limits if limit.reason == "values read as blank"])
        main(["evidence", str(tmp_path / name), "--output-format", "json"])
        assert "'None' stands for blank in" in capsys.readouterr().out
    assert told[0] == told[1]
    assert [text.partition(" filled")[0] for text in told[1]] == [
        "'0' stands for blank in 12 of 61",
        "'0.75' stands for blank in 9 of 52",
        "'2025-12-21' stands for blank in 1 of 61",
        "'false' stands for blank in 20 of 61",
    ]


def test_a_query_that_would_change_something_is_refused_by_the_server(orders, tmp_path, monkeypatch) -> None:
    orders.run(
        "create function stock.sly() returns setof stock.orders language sql volatile as"
        " $$ insert into stock.orders(id) values ('sly') returning * $$"
    )
    record = audit(
        tmp_path / "sly", monkeypatch, orders.address(), 'engine = "postgresql"', "select * from stock.sly()"
    )
    assert not any(f.verdict is Verdict.PASS for f in record.findings)
    orders.run("do $$ begin if exists (select from stock.orders where id = 'sly') then raise 'changed'; end if; end $$")


def test_one_moment_is_seen_throughout(orders, tmp_path) -> None:
    engine = PostgreSQL(Opening(tmp_path, address=orders.address()))
    engine.load("t", (), InPlace("postgresql", "", "select id from stock.customers"))
    asked = Statement("count", (), lambda: exp.select(exp.Count(this=exp.Star())).from_(exp.to_table("t", quoted=True)))
    before = engine.rows(asked)
    orders.run("insert into stock.customers values ('late')")
    try:
        assert engine.rows(asked) == before
    finally:
        engine.close()
        orders.run("delete from stock.customers where id = 'late'")


def test_columns_have_the_kinds_that_the_server_says(orders, tmp_path) -> None:
    engine = PostgreSQL(Opening(tmp_path, address=orders.address()))
    query = (
        "select 1::smallint a, 1.5::real b, 2.50::numeric c, true d, date '2026-01-02' e, timestamp '2026-01-02 10:00' f,"
        " timestamptz '2026-01-02 10:00+02' g, '{\"x\": 1}'::json h, 'word'::varchar i, 1::int i;"
    )
    loaded = engine.load("t", (), InPlace("postgresql", "", query))
    kinds = [Kind.INTEGER, Kind.NUMBER, Kind.NUMBER, Kind.BOOLEAN, Kind.DATE, Kind.TIMESTAMP, Kind.TEXT, Kind.TEXT]
    assert [kind for _, kind in loaded.columns] == [*kinds, Kind.TEXT, Kind.INTEGER]
    assert [heading for heading, _ in loaded.columns][-2:] == ["i", "i (2)"]
    assert loaded.zoned
    cells = [exp.cast(exp.column(n, quoted=True), "text") for n in loaded.names]
    asked = Statement("cells", (), lambda: exp.select(*cells).from_(exp.to_table("t", quoted=True)))
    (row,) = engine.rows(asked)
    assert row[:7] == ("1", "1.5", "2.5", "true", "2026-01-02", "2026-01-02 10:00:00", "2026-01-02 08:00:00+00")
    engine.close()


def test_the_conditions_of_a_part_are_computed_once_and_by_several_processes(orders, tmp_path) -> None:
    engine = PostgreSQL(Opening(tmp_path, address=orders.address()))
    engine.load("t", (), InPlace("postgresql", "", "select value from stock.orders"))
    met = exp.alias_(exp.GT(this=exp.Mul(this=column("c0"), expression=column("c0")), expression=number(7)), "s")
    part = Statement("part", (), lambda: exp.select(met).from_(exp.to_table("t", quoted=True)))
    engine.define("judged", part, materialise=False)
    counted = [exp.CountIf(this=column("s")), exp.CountIf(this=exp.not_(column("s")))]
    asked = Statement("tally", (), lambda: exp.select(*counted).from_(exp.to_table("judged", quoted=True)))
    shown = explained(engine, asked)
    engine.close()
    assert "Partial Aggregate" in shown
    scanned = shown.partition("Parallel Seq Scan")[2]
    assert "> '7'" in scanned, "merged with the counts, the condition would be computed for each of them"


def explained(engine: PostgreSQL, statement: Statement) -> str:
    """Give the server's plan of a statement, as if its table were so large that several processes pay."""
    text = engine._rendered(statement)
    for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
        engine._asked(f"SET {setting} = 0")
    with engine._connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "false"})
        cursor.execute(f"EXPLAIN (VERBOSE, COSTS OFF) {engine._parts(text)}{text}")
        return "\n".join(str(line) for (line,) in fetched(cursor.fetch_arrow())[1])


def column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def number(value: int) -> exp.Literal:
    return exp.Literal.number(value)


def test_what_an_engine_cannot_have_is_said_in_one_line_without_the_address(orders, tmp_path) -> None:
    wrong = [
        (Opening(tmp_path, address=orders.address(password="nobody-knows")), "missing"),
        (Opening(tmp_path, address=orders.address(database="nowhere")), "missing"),
    ]
    for opening, reason in wrong:
        with pytest.raises(EngineError) as refused:
            PostgreSQL(opening)
        assert refused.value.reason == reason
        assert "\n" not in str(refused.value)
        assert "nobody-knows" not in str(refused.value)
        assert "127.0.0.1" not in str(refused.value)
    engine = PostgreSQL(Opening(tmp_path, threads=2, address=orders.address()))
    with pytest.raises(EngineError) as refused:
        engine.load("t", (), InPlace("postgresql", "", "select * from stock.nothing"))
    assert refused.value.reason == "no-such-table"
    with pytest.raises(EngineError, match="no files"):
        engine.load("t", ("a",), Parquet(tmp_path / "a.parquet"))
    with pytest.raises(EngineError, match="NUL"):
        engine.load("t", ("a",), Rows([Batch((["a\0b"],))]))
    with pytest.raises(EngineError, match="100000"):
        engine.load("t", ("a",), Rows([Batch((["a"] * 100_001,))]))
    with pytest.raises(EngineError, match="pseudonyms"):
        engine.veil((b"", b""), ())
    assert not engine.rename("t", "u")
    assert engine.rejected() == []
    engine.close()


def test_a_database_of_other_letters_and_a_login_without_temporary_objects_are_refused(server, tmp_path) -> None:
    server.run(
        "create database latin template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'", database="postgres"
    )
    with pytest.raises(EngineError, match="UTF8"):
        PostgreSQL(Opening(tmp_path, address=server.address("owner", database="latin")))
    server.run("create database shut", database="postgres")
    server.run("revoke temporary on database shut from public", database="shut")
    with pytest.raises(EngineError, match="TEMPORARY"):
        PostgreSQL(Opening(tmp_path, address=server.address(database="shut")))


def test_a_query_that_takes_too_long_is_late(orders, tmp_path) -> None:
    engine = PostgreSQL(Opening(tmp_path, address=orders.address(), settings={"timeout": 1}))
    engine.load("t", (), InPlace("postgresql", "", "select pg_sleep(3)::text as a"))
    asked = Statement(
        "late", (), lambda: exp.select(exp.column("c0", quoted=True)).from_(exp.to_table("t", quoted=True))
    )
    with pytest.raises(EngineError) as late:
        engine.rows(asked)
    assert late.value.reason == "timeout"
    engine.close()


def test_an_audit_that_stops_makes_the_server_give_up(orders, tmp_path) -> None:
    told = []
    engine = PostgreSQL(Opening(tmp_path, address=orders.address(), on_stop=told.append))
    engine.load("t", (), InPlace("postgresql", "", "select pg_sleep(30)::text as a"))
    asked = Statement(
        "long", (), lambda: exp.select(exp.column("c0", quoted=True)).from_(exp.to_table("t", quoted=True))
    )
    again = threading.Timer(0.5, told[0])
    again.start()
    with pytest.raises(EngineError, match="cancel"):
        engine.rows(asked)
    engine.close()


def test_what_a_dialect_cannot_say_stops_the_audit_before_evidence_is_read(orders, tmp_path, monkeypatch) -> None:
    rule = RULESET.replace("not mentions(note, 'urgent')", r"not mentions(note, 'urgent') or matches(note, '\\p{Han}')")
    monkeypatch.setenv("ERP_URL", orders.address())
    plan = (
        '[[source]]\ntable = "orders"\nreader = "sql"\nurl = "env:ERP_URL"\nfrom = "stock.orders"\nengine = "postgresql"\n'
        '[[source]]\ntable = "customers"\nreader = "sql"\nurl = "env:ERP_URL"\nfrom = "stock.customers"\n'
    )
    with pytest.raises(QmscheckError, match="no class of characters"):
        audited(tmp_path, rule, plan)


ODD = """
create table stock.odd as
select 'N' || row_number() over () as id, s as site, v as value, p as pieces, d as placed,
  d + interval '30 hours' as seen, p > 1 as paid, n as note
from unnest(array['Leeds', ' Leeds', E'Leeds\\u00a0', '', 'Ústí', null]) s,
  unnest(array[1.5, -1, 'NaN', 'Infinity', null]::float8[]) v, unnest(array[1, 3, null]) p,
  unnest(array[date '2026-01-02', '2025-01-02', null]) d, unnest(array['urgent', E'urgent\\u2003', ' ', 'C1', null]) n
"""


@pytest.mark.unmeasured
def test_a_large_table_is_judged_by_what_lies_there_before_any_cell_is_read(orders, tmp_path, monkeypatch) -> None:
    """Odd cells in every column; most records are met where only the plain ones are looked at."""
    orders.run("drop table if exists stock.odd", ODD, "grant select on stock.odd to auditor")
    query, more = "select * from stock.odd", 'engine = "postgresql"'
    whole = audit(tmp_path / "whole", monkeypatch, orders.address(), more, query)
    asked: list[str] = []
    monkeypatch.setattr(typing, "_MANY", 0)
    monkeypatch.setattr(
        scan, "kept", lambda tests, found, flags: asked.append(found) or candidates.kept(tests, found, flags)
    )
    sieved = audit(tmp_path / "sieved", monkeypatch, orders.address(), more, query)
    assert asked == ["orders, doubtful"]
    assert sieved.model_copy(update={"rulesets": ()}) == whole.model_copy(update={"rulesets": ()})
    assert {f.tally.unreadable > 0 for f in whole.findings if f.tally} == {True, False}
    code = '[source.columns.id]\nfrom = "id"\nmissing = ["-"]'
    late = audit(tmp_path / "late", monkeypatch, orders.address(), f"{more}\n{code}", query)
    assert asked == ["orders, doubtful"], "a code for nothing is only found by reading the cell"
    assert {f.rule: f.tally for f in late.findings} == {f.rule: f.tally for f in whole.findings}


def test_of_rules_that_are_judged_together_on_a_server_only_the_one_that_fails_is_an_error(
    orders, tmp_path, monkeypatch
) -> None:
    orders.run("drop table if exists stock.odd", ODD, "grant select on stock.odd to auditor")
    late = re.sub(r'must = "matches.*"', 'must = "pieces * 9223372036854775807 > 0"', RULESET)
    monkeypatch.setattr(typing, "_MANY", 0)
    query, more = "select * from stock.odd", 'engine = "postgresql"'
    record = audit(tmp_path / "late", monkeypatch, orders.address(), more, query, rules=late)
    assert [f.rule for f in record.findings if f.verdict is Verdict.ERROR] == ["O.numbered"]
    assert {f.rule: f.verdict for f in record.findings}["O.sited"] is Verdict.FAIL
