from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmscheck import Extract, QmscheckError, Unread


def database(path, *statements):
    """Write a database."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


TWO = ("CREATE TABLE complaints (id INTEGER, text TEXT)", "INSERT INTO complaints VALUES (1, 'late'), (2, NULL)")


def test_the_only_table_is_read_without_being_named(bench):
    extract = bench.extract(database(bench.folder / "a.sqlite", *TWO), "sqlite")
    assert extract.columns == ("id", "text")
    assert bench.rows(extract) == {1: ("1", "late"), 2: ("2", None)}
    assert extract.files == (bench.folder / "a.sqlite",)


def test_a_table_or_view_is_chosen_by_name(bench):
    path = database(
        bench.folder / "a.db", *TWO, 'CREATE VIEW "late ""ones""" AS SELECT id FROM complaints WHERE id = 1'
    )
    assert bench.rows(bench.extract(path, "sqlite", **{"from": 'late "ones"'})) == {1: ("1",)}
    assert len(bench.rows(bench.extract(path, "sqlite", **{"from": "COMPLAINTS"}))) == 2


def test_several_tables_are_named_where_none_is_chosen(bench):
    path = database(bench.folder / "a.db", *TWO, "CREATE TABLE orders (id)")
    for options in ({}, {"from": "nope"}):
        refused = bench.refused(path, "sqlite", **options)
        assert refused.reason == "no-such-table"
        assert "complaints, orders" in refused.detail


def test_a_query_chooses_rows_and_columns(bench):
    path = database(bench.folder / "a.db", *TWO, "CREATE TABLE orders (id)")
    query = "WITH late AS (SELECT id, id, upper(text) FROM complaints) SELECT * FROM late WHERE id = 1"
    extract = bench.extract(path, "sqlite", query=query)
    assert bench.rows(extract) == {1: ("1", "1", "LATE")}


def test_a_query_for_what_is_not_there_is_told(bench):
    path = database(bench.folder / "a.db", *TWO)
    assert bench.refused(path, "sqlite", query="SELECT * FROM nope").reason == "no-such-table"
    assert bench.refused(path, "sqlite", query="SELECT nope FROM complaints").reason == "no-such-table"


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM complaints",
        "DROP TABLE complaints",
        "SELECT 1; DELETE FROM complaints",
        "ATTACH 'other.db' AS other",
        "PRAGMA journal_mode = wal",
        "SELECT load_extension('x')",
        "CREATE TABLE x AS SELECT 1",
        "SELEKT 1",
        "",
        "-- nothing",
    ],
)
def test_a_query_that_does_more_than_read_stops_the_audit_and_changes_nothing(bench, query):
    path = database(bench.folder / "a.db", *TWO)
    before = path.read_bytes()
    with pytest.raises(QmscheckError, match="query"):
        bench.read(path, "sqlite", query=query)
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in bench.folder.iterdir()) == ["a.db", "scratch"]


def test_a_query_and_a_table_exclude_each_other(bench):
    with pytest.raises(QmscheckError, match="exclude"):
        bench.read(database(bench.folder / "a.db", *TWO), "sqlite", query="SELECT 1", **{"from": "complaints"})


def test_text_that_is_no_utf8_survives(bench):
    path = database(
        bench.folder / "a.db", "CREATE TABLE t (a)", "INSERT INTO t VALUES (CAST(x'41ff' AS TEXT)), (x'00ff'), (1.0)"
    )
    assert bench.rows(bench.extract(path, "sqlite")) == {1: ("A�",), 2: ("00ff",), 3: ("1",)}


def test_changes_that_wait_beside_the_database_are_read_and_left_alone(bench):
    path = bench.folder / "a.db"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode = wal")
        writer.execute("CREATE TABLE t (a)")
        writer.execute("INSERT INTO t VALUES (1)")
        writer.commit()
        before = (path.read_bytes(), path.with_name("a.db-wal").read_bytes())
        extract = bench.extract(path, "sqlite")
        assert bench.rows(extract) == {1: ("1",)}
        assert (path.read_bytes(), path.with_name("a.db-wal").read_bytes()) == before
    assert extract.files == (path, path.with_name("a.db-wal"))


def test_many_records_come_in_batches(bench):
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) SELECT i FROM n"
    extract = bench.extract(database(bench.folder / "a.db", *TWO), "sqlite", query=many)
    assert [len(batch.rows) for batch in extract.content.batches] == [10_000, 10_000, 5000]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"rubbish" * 100, "corrupt"),
        (b"SQLite format 3\0" + bytes(84), "corrupt"),
        (b"version https://git-lfs.github.com/spec/v1\n", "lfs-pointer"),
    ],
)
def test_what_is_no_database_is_told(bench, content, reason):
    assert bench.refused(bench.write(content, "a.db"), "sqlite").reason == reason


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**9))
def test_any_damage_is_survived(bench, seed):
    path = bench.folder / "a.db"
    path.unlink(missing_ok=True)
    database(path, *TWO, *["INSERT INTO complaints SELECT id, text || hex(randomblob(90)) FROM complaints"] * 6)
    chance, content = random.Random(seed), bytearray(path.read_bytes())
    for _ in range(chance.randrange(1, 200)):
        content[chance.randrange(16, len(content))] = chance.randrange(256)
    path.write_bytes(content[: chance.choice([len(content), chance.randrange(16, len(content))])])
    outcome = bench.read(path, "sqlite")
    assert isinstance(outcome, Extract | Unread)
    if isinstance(outcome, Extract):
        bench.rows(outcome)


def test_the_tables_and_views_of_a_database_are_listed(bench):
    path = database(bench.folder / "a.db", *TWO, "CREATE TABLE orders (id)", "CREATE VIEW late AS SELECT 1 AS id")
    held = bench.holds(path, "sqlite")
    assert held == {name: {"from": name} for name in ("complaints", "late", "orders")}
    assert bench.extract(path, "sqlite", **held["complaints"]).columns == ("id", "text")


def test_the_only_table_is_listed_without_an_option_and_no_database_lists_nothing(bench):
    assert bench.holds(database(bench.folder / "a.db", *TWO), "sqlite") == {"complaints": {}}
    assert bench.holds(bench.write("SQLite format 3\0 and then nonsense" * 9, "b.db"), "sqlite") == {}
    assert bench.holds(bench.write("no database", "c.db"), "sqlite") == {}
    assert bench.holds(bench.write("", "d.db"), "sqlite") == {}
