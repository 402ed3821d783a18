"""Records that stay on a PostgreSQL server: the same findings as if they were brought, and nothing is changed there."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from folders import audited
from qmscheck_sql.engine import PostgreSQL

from qmscheck import InPlace, Opening, Rows, Statement
from qmscheck.engine import EngineError
from qmscheck.errors import QmscheckError
from qmscheck.hookspecs import Batch, Parquet
from qmscheck.model import AuditRecord, Verdict
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


def audit(folder: Path, monkeypatch: pytest.MonkeyPatch, url: str, more: str, query: str = "") -> AuditRecord:
    monkeypatch.setenv("ERP_URL", url)
    folder.mkdir()
    asked = {"orders": query or "select * from stock.orders order by id", "customers": "select * from stock.customers"}
    plan = "".join(
        f'[[source]]\ntable = "{table}"\nreader = "sql"\nurl = "env:ERP_URL"\nquery = "{text}"\n{more}\n'
        for table, text in asked.items()
    )
    return audited(folder, RULESET, plan)


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
            )
            for f in record.findings
        }
        for record in (brought, stayed)
    ]
    assert shown[0] == shown[1]
    assert {v for v, *_ in shown[0].values()} >= {Verdict.FAIL}


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
