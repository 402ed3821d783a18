"""PostgreSQL itself, from the query of a plan to the verdict: types, zones, read-only, limits of time, no secrets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from folders import audited

from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord

RULESET = """
[ruleset]
id = "orders"
title = "Orders"
standard = "none"
edition = "1"
version = "1"
language = "en"

[table.orders]
purpose = "Every order"
key = "id"
[table.orders.columns]
id = { type = "text" }
value = { type = "number" }
placed = { type = "date" }
seen = { type = "timestamp" }
paid = { type = "boolean" }

[[obligation]]
id = "O"
title = "Orders"
force = "requirement"
clauses = ["1"]
doc_info = "retain"
statement = "Orders are placed in 2026."
grade = "minor"
grade_why = "It can be mended."
recommendation = "The sales manager asks."

[[rule]]
id = "O.placed"
obligation = "O"
title = "Placed"
each = "orders"
must = "placed >= DATE '2026-01-01' and value > 0 and seen >= DATE '2026-01-01' and paid"
statement = "{unmet} of {population} are not."
"""


@pytest.fixture(scope="module")
def orders(server):
    server.run(
        "drop schema if exists sales cascade",  # the processes of a run may set it up twice
        "create schema sales",
        "create table sales.orders (id text, value numeric(12, 2), placed date, seen timestamptz, paid boolean, note text)",
        "insert into sales.orders values ('00123', 12.50, '2026-01-02', '2025-12-31 23:30+00', true, null),"
        " ('00124', 'NaN', '2026-01-02', '2026-01-02 10:00+00', true, null),"
        " ('00125', 7, '2026-01-03', '2026-01-02 10:00+00', false, null), ('00126', 7, null, null, true, null)",
        "grant usage on schema sales to auditor",
        "grant select on sales.orders to auditor",
        "create table sales.secret (a int)",
        "grant insert, delete, update on sales.orders to auditor",
    )
    return server


def audit(folder: Path, monkeypatch: pytest.MonkeyPatch, url: str, more: str, head: str = "") -> AuditRecord:
    monkeypatch.setenv("ERP_URL", url)
    source = f'{head}[[source]]\ntable = "orders"\nreader = "sql"\nurl = "env:ERP_URL"\n{more}'
    return audited(folder, RULESET, source)


def test_a_table_is_read_with_its_types_and_instants_are_told_by_the_zone_of_the_audit(orders, tmp_path, monkeypatch):
    zone = 'timezone = "Europe/Berlin"\n'
    record = audit(tmp_path, monkeypatch, orders.address(), 'from = "sales.orders"\n', head=zone)
    (entry,) = record.evidence
    assert (entry.locator, entry.rows_read, entry.status) == ("env:ERP_URL", 4, "read")
    assert entry.unmapped_columns == ("note",)
    (cell,) = entry.unreadable
    assert (cell.location.row, cell.location.column) == (2, "value")
    (finding,) = record.findings
    assert (finding.tally.met, finding.tally.unmet, finding.tally.unreadable) == (1, 2, 1)
    assert [e.location.row for e in finding.exceptions if e.location] == [3, 4, 2]  # what cannot be told comes last


def test_without_a_zone_instants_are_those_of_utc_and_that_is_said(orders, tmp_path, monkeypatch):
    record = audit(
        tmp_path, monkeypatch, orders.address(), "query = \"select * from sales.orders where id = '00123'\"\n"
    )
    (finding,) = record.findings
    assert (finding.tally.met, finding.tally.unmet) == (0, 1)
    assert record.evidence[0].notes == (
        "times in 'seen' have the offset +00: they are read as they are written, as [audit] names no timezone",
    )


@pytest.mark.parametrize(
    "query",
    [
        "with gone as (delete from sales.orders returning *) select * from gone",
        "select * from sales.orders; delete from sales.orders",
    ],
)
def test_a_query_that_would_change_something_stops_the_audit_and_changes_nothing(orders, tmp_path, monkeypatch, query):
    with pytest.raises(QmscheckError) as refused:
        audit(tmp_path, monkeypatch, orders.address(), f'query = "{query}"\n')
    (problem,) = refused.value.problems
    assert problem.path.endswith("qmscheck.toml")
    assert problem.line == 10
    assert "query" in problem.message
    assert len(rows_of(orders, tmp_path, monkeypatch)) == 4


def rows_of(orders, folder, monkeypatch) -> list[int]:
    record = audit(folder, monkeypatch, orders.address(), 'from = "sales.orders"\n')
    return list(range(record.evidence[0].rows_read))


@pytest.mark.parametrize(
    ("more", "reason", "told"),
    [
        ('from = "sales.nowhere"\n', "no-such-table", 'relation "sales.nowhere" does not exist'),
        ('from = "sales.secret"\n', "no-such-table", "permission denied for table secret"),
        ('query = "select pg_sleep(5) from sales.orders"\ntimeout = 1\n', "", "statement timeout"),
        ('query = "select 1 / (value - value) as id from sales.orders"\n', "", "division by zero"),
    ],
)
def test_rows_that_the_database_does_not_give_are_a_limit_and_nothing_passes(
    orders, tmp_path, monkeypatch, more, reason, told
):
    record = audit(tmp_path, monkeypatch, orders.address(), more)
    (entry,) = record.evidence
    assert entry.rows_read == 0
    assert entry.status == (reason or entry.status)
    assert told in str(entry.detail)
    assert {f.verdict for f in record.findings} == {"insufficient"}


def test_what_a_function_may_do_in_a_transaction_that_only_reads_is_rolled_back(orders, tmp_path, monkeypatch):
    audit(tmp_path, monkeypatch, orders.address(), 'query = "select lo_create(7) as id"\n')
    query = 'query = "select oid::text as id from pg_largeobject_metadata"\n'
    assert audit(tmp_path, monkeypatch, orders.address(), query).evidence[0].rows_read == 0


@pytest.mark.parametrize("wrong", [{"password": "wr0ng-pass"}, {"database": "nowhere-db"}, {"user": "nobody-known"}])
def test_no_part_of_an_address_is_in_what_is_told_of_a_refused_login(server, tmp_path, monkeypatch, wrong):
    url = server.address(**wrong)
    record = audit(tmp_path, monkeypatch, url, 'from = "sales.orders"\n')
    text = record.model_dump_json()
    assert record.evidence[0].status == "missing"
    for part in re.split(r"[:/@]+", url):
        assert part in {"postgresql", "erp", "auditor"} or part not in text


def test_many_rows_keep_their_order(server, tmp_path, monkeypatch):
    query = "select g::text as id, 1.5::float8 as value, date '2026-01-02' as placed, timestamp '2026-01-02 10:00' as seen, g <> 123456 as paid from generate_series(1, 200000) g order by g"
    record = audit(tmp_path, monkeypatch, server.address(), f'query = "{query}"\n')
    (finding,) = record.findings
    assert (finding.tally.met, finding.tally.unmet) == (199_999, 1)
    (only,) = finding.exceptions
    assert (only.key, only.location.row) == ("123456", 123_456)
