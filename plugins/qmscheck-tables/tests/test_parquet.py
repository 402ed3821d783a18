from __future__ import annotations

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmscheck import Extract, Parquet, Unread


def test_the_engine_is_given_the_file_and_asks_it_for_its_columns(bench):
    path = bench.folder / "a.parquet"
    duckdb.sql("select 1 as id, 'late' as text").write_parquet(str(path))
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
