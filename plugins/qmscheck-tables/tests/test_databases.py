"""A database by its address: where the address is kept, and what is said when it leads nowhere."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from qmscheck_tables import qmscheck_readers

from qmscheck import Extract, QmscheckError, Request, Rows, Unread

(SQL,) = [reader for reader in qmscheck_readers() if reader.name == "sql"]


def read(folder: Path, **options: str) -> Extract | Unread:
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
        ({"url": "keyring:erp/reader"}, "keyring"),
    ],
)
def test_a_reference_that_leads_nowhere_stops_the_audit(erp, options, message):
    with pytest.raises(QmscheckError, match=message):
        read(erp, **options)


def test_a_database_that_is_not_there_or_not_known_is_told_without_its_address(erp, monkeypatch):
    monkeypatch.setenv("ERP_URL", "sqlite:///secret-place.db")
    missing = read(erp, url="env:ERP_URL")
    monkeypatch.setenv("ERP_URL", "postgresql://reader:pa55@host/erp")
    unknown = read(erp, url="env:ERP_URL")
    assert isinstance(missing, Unread)
    assert isinstance(unknown, Unread)
    assert (missing.reason, unknown.reason) == ("missing", "unsupported")
    assert "secret-place" not in missing.detail
    assert "pa55" not in unknown.detail
