from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qmscheck_tables import parquet, qmscheck_readers
from shared import database

from qmscheck import Extract, Parquet, Request, Unread


def test_the_engine_is_given_the_file_and_asks_it_for_its_columns(bench):
    path = bench.folder / "a.parquet"
    database().sql("select 1 as id, 'late' as text").write_parquet(str(path))
    extract = bench.extract(path, "parquet")
    assert extract.content == Parquet(path)
    assert extract.columns == ()
    assert extract.files == (path,)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"id,text\n", "corrupt"),
        (b"PAR1 cut off", "corrupt"),
        (b"PAR1", "corrupt"),
        (b"PARE" + bytes(20) + b"PARE", "encrypted"),
        (b"version https://git-lfs.github.com/spec/v1\n", "lfs-pointer"),
    ],
)
def test_what_is_no_parquet_file_is_told(bench, content, reason):
    assert bench.refused(bench.write(content, "a.parquet"), "parquet").reason == reason


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40), st.sampled_from([b"", b"PAR1", b"PARE"]), st.sampled_from([b"", b"PAR1", b"PARE"]))
def test_any_bytes_are_handed_over_or_told(bench, content, head, tail):
    outcome = bench.read(bench.write(head + content + tail, "a.parquet"), "parquet")
    assert isinstance(outcome, Extract | Unread)


def test_every_file_of_a_folder_is_read_with_what_its_folders_say(bench):
    for place, value in (("year=2025/site=New%20York", 1), ("year=2026/site=__HIVE_DEFAULT_PARTITION__", 2)):
        folder = bench.folder / "orders" / place
        folder.mkdir(parents=True)
        database().sql(f"select {value} as id").write_parquet(str(folder / "part-0.parquet"))
    (bench.folder / "orders" / "_metadata.parquet").write_bytes(b"x")
    (bench.folder / "orders" / "_SUCCESS").write_bytes(b"")
    found = list(read_all(bench, bench.folder / "orders"))
    assert [e.content.partition for e in found] == [
        (("year", "2025"), ("site", "New York")),
        (("year", "2026"), ("site", None)),
    ]
    assert [e.files for e in found] == [(e.path,) for e in found]


def read_all(bench, path):
    request = Request("orders", path, {}, dt.date(2026, 6, 30), bench.folder, bench.folder)
    (reader,) = [reader for reader in qmscheck_readers() if reader.name == "parquet"]
    return reader.read(request)


def test_a_folder_without_files_and_one_with_a_broken_file_are_told_as_a_whole(bench, monkeypatch):
    folder = bench.folder / "orders"
    folder.mkdir()
    assert bench.refused(folder, "parquet").reason == "empty"
    (folder / "a.parquet").write_bytes(b"PAR1 cut off")
    refused = bench.refused(folder, "parquet")
    assert (refused.reason, refused.detail.split(":")[0]) == ("corrupt", "a.parquet")
    monkeypatch.setattr(parquet, "_MOST_FILES", 0)
    assert bench.refused(folder, "parquet").reason == "too-large"
