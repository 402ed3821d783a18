"""A database by its address: where the address is kept, and what is said when it leads nowhere."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
import types
from contextlib import closing
from pathlib import Path

import pytest
from qmscheck_sql import qmscheck_readers
from qmscheck_sql.address import Address, resolved

from qmscheck import Extract, InPlace, QmscheckError, Request, Rows, Unread

(SQL,) = qmscheck_readers()


def read(folder: Path, **options: str | int) -> Extract | Unread:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    (found,) = SQL.read(Request("orders", None, options, dt.date(2026, 6, 30), scratch, folder))
    return found


@pytest.fixture
def erp(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "erp.db")) as database:
        database.executescript(
            "create table orders (id, due); insert into orders values ('A1', '2026-01-01'), ('A2', null)"
        )
    return tmp_path


def records(found: Extract | Unread) -> list[tuple[str | None, ...]]:
    assert isinstance(found, Extract)
    assert isinstance(found.content, Rows)
    return [record for batch in found.content.batches for record in zip(*batch.columns, strict=True)]


def test_the_environment_holds_the_address(erp, monkeypatch):
    monkeypatch.setenv("ERP_URL", "sqlite:///erp.db")
    found = read(erp, url="env:ERP_URL", query="select * from orders order by id desc")
    assert records(found) == [("A2", None), ("A1", "2026-01-01")]


def test_a_file_holds_the_address(erp):
    (erp / "address.txt").write_text("sqlite:///erp.db\n")
    assert len(records(read(erp, url="file:address.txt", **{"from": "orders"}))) == 2


def test_a_plain_address_without_a_secret_is_fine(erp):
    assert len(records(read(erp, url=f"sqlite:///{erp / 'erp.db'}"))) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "needs 'url'"),
        ({"url": "env:QMSCHECK_NOT_SET"}, "the environment variable QMSCHECK_NOT_SET"),
        ({"url": "file:none.txt"}, "the file none.txt"),
        ({"url": "keyring:erp/reader"}, "package keyring is not installed"),
        ({"url": "postgresql://h/d"}, "needs 'query' or 'from'"),
        ({"url": "postgresql://h/d", "query": "delete from orders"}, "query may only read"),
        ({"url": "postgresql://h/d", "query": "-- select\nupdate x set a = 1"}, "query may only read"),
        ({"url": "postgresql://h/d", "query": "select 1", "from": "orders"}, "exclude each other"),
        ({"url": "postgresql://h/d", "query": "select 1", "timeout": 0}, "timeout must be a whole number"),
        ({"url": "postgresql://h/d", "query": "select 1", "timeout": "soon"}, "timeout must be a whole number"),
        ({"url": 7}, "url must be text"),
        ({"url": "x://h", "query": "select 1", "driver": "os:system"}, "no database driver"),
        ({"url": "x://h", "query": "select 1", "driver": "sqlite3:paramstyle"}, "no database driver"),
        ({"url": "x://h", "query": "select 1", "driver": "not_there_at_all"}, "cannot be loaded"),
        ({"url": "x://h", "query": "select 1", "driver": ".relative"}, "cannot be loaded"),
    ],
)
def test_a_reference_that_leads_nowhere_stops_the_audit(erp, options, message):
    with pytest.raises(QmscheckError, match=message):
        read(erp, **options)


def test_a_database_that_is_not_there_or_not_known_is_told_without_its_address(erp, monkeypatch):
    monkeypatch.setenv("ERP_URL", "sqlite:///secret-place.db")
    missing = read(erp, url="env:ERP_URL")
    monkeypatch.setenv("ERP_URL", "oracle://reader:pa55@host/erp")
    unknown = read(erp, url="env:ERP_URL")
    assert isinstance(missing, Unread)
    assert isinstance(unknown, Unread)
    assert (missing.reason, unknown.reason) == ("missing", "unsupported")
    assert "secret-place" not in missing.detail
    assert "pa55" not in unknown.detail


def test_a_keyring_holds_the_address(erp, monkeypatch):
    kept = {("erp", "reader"): "sqlite:///erp.db"}
    keyring = types.ModuleType("keyring")
    keyring.get_password = lambda service, user: kept.get((service, user))
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    assert len(records(read(erp, url="keyring:erp/reader"))) == 2
    with pytest.raises(QmscheckError, match="has no entry erp/writer"):
        read(erp, url="keyring:erp/writer")


def test_a_keyring_that_is_locked_is_told(erp, monkeypatch):
    keyring = types.ModuleType("keyring")

    def refuse(service, user):
        raise RuntimeError("locked: master-password")

    keyring.get_password = refuse
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    with pytest.raises(QmscheckError, match="cannot be asked: RuntimeError") as refused:
        read(erp, url="keyring:erp/reader")
    assert "master-password" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "text", "shown"),
    [
        ("postgresql://ann:s3cret@db.firm.example:5544/erp", 'login of "ann" at db.firm.example:5544 failed: s3cret',
         'login of "(hidden)" at (hidden):(hidden) failed: (hidden)'),
        ("postgresql://ann:a%40b%2F1@h.example/erp", "password a@b/1 is wrong\nsecond line", "password (hidden) is wrong"),
        ("dsn host=h.example password=hush", "cannot use hush at h.example", "cannot use (hidden) at (hidden)"),
        ("postgresql://[broken", "no such thing", "no such thing"),
        ("postgresql://h.example/erp", "\n", "no reason given"),
    ],
)  # fmt: skip
def test_no_part_of_an_address_is_repeated(url, text, shown):
    assert Address("env:X", url).hidden_in(text) == shown


@pytest.mark.parametrize(
    ("given", "name", "scheme"),
    [
        ("postgresql://h.example:5432/erp", "postgresql:h.example:5432/erp", "postgresql"),
        ("postgresql://ann@h.example/erp", "postgresql:h.example/erp", "postgresql"),
        ("orders.db", "orders.db", "none"),
    ],
)
def test_a_plain_address_is_shown_without_the_login(tmp_path, given, name, scheme):
    request = Request("orders", None, {}, dt.date(2026, 6, 30), tmp_path, tmp_path)
    address = resolved(request, given)
    assert (address.name, address.scheme) == (name, scheme)


def left(folder: Path, **options: str | int) -> Extract | Unread:
    """Leave the records to the engine of PostgreSQL."""
    request = Request("orders", None, options, dt.date(2026, 6, 30), folder, folder, engine="postgresql")
    (found,) = SQL.read(request)
    return found


def test_records_that_stay_on_their_server_are_handed_over_as_a_query(tmp_path, monkeypatch):
    monkeypatch.setenv("ERP_URL", "postgresql://reader:hunter2@nowhere.invalid/erp")
    found = left(tmp_path, url="env:ERP_URL", timeout=7, **{"from": "erp.orders"})
    assert isinstance(found, Extract)
    assert found.content == InPlace(
        "postgresql",
        "postgresql://reader:hunter2@nowhere.invalid/erp",
        'SELECT * FROM "erp"."orders"',
        {"timeout": 7},
    )
    assert (found.columns, found.files) == ((), ())
    assert "hunter2" not in f"{found!r}{found.path}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "postgresql://h/erp"}, "a database by its address needs 'query' or 'from'"),
        ({"url": "sqlite:///erp.db", "from": "orders"}, "url is no address of the engine 'postgresql'"),
        ({"url": "postgresql://h/erp", "from": "o", "driver": "psycopg"}, "driver is not for records that stay"),
    ],
)
def test_what_cannot_stay_on_a_server_is_refused(tmp_path, options, message):
    with pytest.raises(QmscheckError, match=message):
        left(tmp_path, **options)
