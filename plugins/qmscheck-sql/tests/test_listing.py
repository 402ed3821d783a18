"""What `qmscheck init` sees of a database: its tables, only the first of their rows, and why it sees nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from proposing import RULESET
from qmscheck_sql import qmscheck_readers

from qmscheck import Holding, QmscheckError, Request, Stream, Unread, plugins
from qmscheck.proposal.planning import planned

TODAY = dt.date(2026, 6, 30)


@pytest.fixture(scope="module")
def shop(server) -> str:
    server.run("create database listed", database="postgres")
    server.run(
        "create schema sales",
        "create table sales.customers (customer_no text, country text, seen timestamptz, raw bytea)",
        "insert into sales.customers select 'K' || i, 'DE', now(), '\\x00' from generate_series(1, 30000) i",
        'create view "odd.name" as select 1 as n',
        "create table closed (n integer)",
        "grant usage on schema sales to auditor",
        'grant select on sales.customers, "odd.name" to auditor',
        database="listed",
    )
    return server.address(database="listed")


def asked(folder: Path, most: int | None = None, **options: str) -> Request:
    return Request("found", None, options, TODAY, folder, folder, most=most)


def held(request: Request) -> list[Holding | Unread]:
    (reader,) = qmscheck_readers()
    assert reader.holds is not None
    return list(reader.holds(request))


def test_tables_and_views_that_the_login_may_read_are_listed(shop: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("ERP_URL", shop)
    assert held(asked(tmp_path, url="env:ERP_URL")) == [
        Holding("odd.name", {"query": 'SELECT * FROM "public"."odd.name"'}),
        Holding("customers", {"from": "sales.customers"}),
    ]


def test_only_the_first_rows_are_fetched_for_a_proposal(shop: str, tmp_path: Path, monkeypatch) -> None:
    import duckdb

    monkeypatch.setenv("ERP_URL", shop)
    (reader,) = qmscheck_readers()
    for query in ("select * from sales.customers -- all", "select * from sales.customers ; "):
        for part in reader.read(asked(tmp_path, 20, url="env:ERP_URL", query=query)):
            assert isinstance(part.content, Stream)
            assert duckdb.connect().from_arrow(part.content.arrow).aggregate("count(*)").fetchall() == [(20,)]


def test_a_plan_is_proposed_for_a_database_without_any_part_of_its_address(
    shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ERP_URL", shop)
    (tmp_path / "shop.toml").write_text(RULESET, "utf-8")
    (tmp_path / "firm").mkdir()
    made = planned(tmp_path / "firm", [str(tmp_path / "shop.toml")], plugins.load(), TODAY, sources=["env:ERP_URL"])
    assert 'url = "env:ERP_URL"\nfrom = "sales.customers"\n[source.columns]\ncustomer_id = "customer_no"' in made.text
    assert "# 20,000 rows, 4 columns. Only the first 20,000 rows were looked at." in made.text
    assert "127.0.0.1" not in made.text


def test_a_database_that_does_not_answer_says_why_and_no_secret(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("ERP_URL", "postgresql://auditor:pa55-w0rd@127.0.0.1:1/erp")
    (lost,) = held(asked(tmp_path, url="env:ERP_URL"))
    assert isinstance(lost, Unread)
    assert "the database does not give the rows" in lost.detail
    assert "pa55" not in lost.detail


def test_a_file_of_sqlite_lists_its_tables_and_one_that_is_not_there_has_none(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "erp.sqlite") as database:
        database.executescript("create table a (n); create table b (n);")
    database.close()
    assert held(asked(tmp_path, url="sqlite:///erp.sqlite")) == [
        Holding("a", {"from": "a"}), Holding("b", {"from": "b"})
    ]  # fmt: skip
    assert held(asked(tmp_path, url="sqlite:///none.sqlite")) == []


@pytest.mark.parametrize("driver", ["sqlite3", None])
def test_a_database_that_does_not_describe_itself_lists_nothing(tmp_path: Path, driver: str | None) -> None:
    url = str(tmp_path / "other.db") if driver else "oracle://host/erp"
    assert held(asked(tmp_path, url=url, **({"driver": driver} if driver else {}))) == []


def test_a_database_without_its_address_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match="needs 'url'"):
        held(asked(tmp_path))
