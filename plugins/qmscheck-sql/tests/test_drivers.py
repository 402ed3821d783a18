"""Databases by a driver of PEP 249: rows in batches, ADBC as a stream, and a query that can change nothing."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
import types
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from qmscheck_sql import qmscheck_readers

from qmscheck import Extract, QmscheckError, Request, Rows, Stream, Unread

(SQL,) = qmscheck_readers()


def read(folder: Path, **options: str | int) -> tuple[Extract | Unread, list[tuple[object, ...]]]:
    """Read a source, and its records while the connection is open."""
    request = Request("orders", None, options, dt.date(2026, 6, 30), folder, folder)
    records: list[tuple[object, ...]] = []
    found: Extract | Unread | None = None
    for part in SQL.read(request):
        assert found is None
        found = part
        if isinstance(part, Extract) and isinstance(part.content, Stream):
            with duckdb.connect() as engine:
                records = engine.from_arrow(part.content.arrow).fetchall()
        elif isinstance(part, Extract):
            assert isinstance(part.content, Rows)
            records = [r for batch in part.content.batches for r in zip(*batch.columns, strict=True)]
    assert found is not None
    return found, records


@pytest.fixture
def erp(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "erp.db")) as database:
        database.executescript(
            "create table orders (id text, due text, n integer); "
            "insert into orders values ('A1', '2026-01-01', 3), ('A2', null, 4)"
        )
    return tmp_path


def test_rows_of_any_driver_come_in_batches(erp):
    found, records = read(erp, url=str(erp / "erp.db"), driver="sqlite3", query="select * from orders order by id")
    assert isinstance(found, Extract)
    assert found.columns == ("id", "due", "n")
    assert records == [("A1", "2026-01-01", "3"), ("A2", None, "4")]
    assert found.notes == ()


def test_rows_of_an_adbc_driver_come_as_a_stream_with_their_types(erp):
    driver = "adbc_driver_sqlite.dbapi:connect"
    found, records = read(erp, url=str(erp / "erp.db"), driver=driver, **{"from": "orders"})
    assert isinstance(found, Extract)
    assert records == [("A1", "2026-01-01", 3), ("A2", None, 4)]


def test_what_a_query_would_change_is_refused_by_the_database(erp):
    query = "with x as (select 1) insert into orders select 9, 9, 9"
    found, _ = read(erp, url=str(erp / "erp.db"), driver="sqlite3", query=query)
    assert isinstance(found, Unread)
    assert "readonly database" in found.detail
    with closing(sqlite3.connect(erp / "erp.db")) as database:
        assert database.execute("select count(*) from orders").fetchone() == (2,)


def test_a_table_that_is_not_there_is_told(erp):
    found, _ = read(erp, url=str(erp / "erp.db"), driver="sqlite3", **{"from": "nowhere"})
    assert isinstance(found, Unread)
    assert found.detail.endswith("the database does not give the rows: no such table: nowhere")


class Failing:
    """A driver whose connection, or whose rows, fail as a test wants it."""

    def __init__(self, state: str = "", rows: int = 0) -> None:
        self.state, self.left, self.description = state, rows, [("id",)]

    def cursor(self):
        return self

    promises = True

    def execute(self, statement):
        if statement.startswith(("SET", "PRAGMA")) and not self.promises:
            raise RuntimeError("syntax error")
        if self.state and not statement.startswith(("SET", "PRAGMA")):
            raise self.error()

    def error(self):
        error = RuntimeError("at secret.example: refused")
        error.sqlstate = self.state
        return error

    def fetchmany(self, _):
        if not self.left:
            raise self.error()
        self.left -= 1
        return [("A",), ("B",)]

    def rollback(self):
        raise RuntimeError("gone")

    close = rollback


def driver(monkeypatch, connection) -> str:
    module = types.ModuleType("made_driver")
    module.apilevel, module.threadsafety, module.paramstyle = "2.0", 1, "qmark"
    module.connect = lambda _: connection
    monkeypatch.setitem(sys.modules, "made_driver", module)
    return "made_driver"


@pytest.mark.parametrize(
    ("state", "reason"),
    [("42P01", "no-such-table"), ("42501", "no-such-table"), ("57014", "timeout"), ("08006", "missing")],
)
def test_what_a_database_refuses_is_a_reason_without_its_address(monkeypatch, tmp_path, state, reason):
    options = {"url": "x://secret.example/d", "driver": driver(monkeypatch, Failing(state)), "query": "select 1"}
    found, _ = read(tmp_path, **options)
    assert isinstance(found, Unread)
    assert found.reason == reason
    assert "secret.example: refused" not in found.detail


@pytest.mark.parametrize(("state", "message"), [("25006", "query may only read"), ("42601", "is not one SELECT")])
def test_what_is_wrong_with_a_query_stops_the_audit(monkeypatch, tmp_path, state, message):
    with pytest.raises(QmscheckError, match=message):
        read(tmp_path, url="x://secret.example/d", driver=driver(monkeypatch, Failing(state)), query="select 1")


def test_rows_that_break_off_are_lost_from_there_on_and_told(monkeypatch, tmp_path):
    found, records = read(tmp_path, url="x://h", driver=driver(monkeypatch, Failing(rows=1)), query="select 1")
    assert isinstance(found, Extract)
    assert records == [("A",), ("B",)]
    ((row, reason, lost),) = [(s.row, s.reason, s.lost) for s in found.skipped]
    assert (row, lost) == (3, True)
    assert reason.startswith("the rows cannot be read from this one on")


def test_a_statement_without_rows_is_refused(monkeypatch, tmp_path):
    connection = Failing()
    connection.description = None
    with pytest.raises(QmscheckError, match="gives no rows"):
        read(tmp_path, url="x://h", driver=driver(monkeypatch, connection), query="select 1")


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("select * into copy from orders", "INTO"),
        ("with x as (delete from orders returning *) select * from x", "DELETE"),
        ("select 1; drop table orders", "DROP"),
        ("select 'it''s' ; update orders set a = 1", "UPDATE"),
        ("select replace(a, 'insert', 'x') as \"delete\" /* drop */ from orders -- update", None),
    ],
)
def test_a_database_that_promises_nothing_is_asked_nothing_that_could_change_it(monkeypatch, tmp_path, query, word):
    connection = Failing(rows=1)
    connection.promises = False
    options = {"url": "x://h", "driver": driver(monkeypatch, connection), "query": query}
    if word is None:
        found, _ = read(tmp_path, **options)
        assert isinstance(found, Extract)
        assert "use a login that may only read" in found.notes[0]
    else:
        with pytest.raises(QmscheckError, match=f"holds the word {word}"):
            read(tmp_path, **options)
