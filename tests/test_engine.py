"""The embedded engine: what it loads, what it refuses once it is locked, and what it leaves behind."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import sqlglot
from shared import database

from qmscheck.engine import EngineError, OutOfMemoryError, counts, embedded
from qmscheck.engine.embedded import Embedded
from qmscheck.extracts import Batch, Delimited, Parquet, Rows, Skipped, Stream
from qmscheck.sql.kinds import Kind
from qmscheck.sql.statement import Statement


def asked(text: str) -> Statement:
    return Statement("asked", (text,), lambda: sqlglot.parse_one(text, dialect="duckdb"))


@pytest.fixture
def engine(tmp_path: Path) -> Embedded:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Embedded(scratch, threads=1)


def test_batches_become_one_relation_with_the_places_that_they_bring(engine: Embedded) -> None:
    batches = [Batch((["a", None], ["1", "2"]), rows=[2, 3]), Batch((["ü"], ["3"]), rows=[7])]
    loaded = engine.load("t", ("name", 'a "quoted" heading'), Rows(batches))
    assert loaded.places == ("_row",)
    assert [heading for heading, _ in loaded.columns] == ["name", 'a "quoted" heading']
    assert engine.rows(asked("select * from t order by _row")) == [("a", "1", 2), (None, "2", 3), ("ü", "3", 7)]


def test_no_batches_are_a_relation_without_records(engine: Embedded) -> None:
    engine.load("t", ("a", "b"), Rows([]))
    assert engine.rows(asked("select count(*) from t")) == [(0,)]


def test_rows_that_cannot_be_taken_apart_are_given_by_number_and_then_forgotten(
    engine: Embedded, tmp_path: Path
) -> None:
    file = tmp_path / "t.csv"
    file.write_text("a,b\n1,2\n3\n4,5,6\n7,8\n", "utf-8")
    loaded = engine.load("t", ("a", "b"), Delimited(file, ",", skip=1, quote=""), careful=True)
    columns = ", ".join(loaded.names)
    engine.define("kept", asked(f"select {columns} from t"), materialise=True)
    lost = engine.rejected()
    assert engine.rows(asked("select * from kept order by all")) == [("1", "2"), ("7", "8")]
    assert [s.reason for s in lost] == ["fewer cells than the heading has", "more cells than the heading has"]
    assert len({s.row for s in lost}) == 2
    assert engine.rejected() == []


def test_a_parquet_file_keeps_its_types_and_counts_its_records(engine: Embedded, tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    database().sql("select 1::smallint as i, 1.5::decimal(4, 2) as n, date '2026-01-02' as d, 'x' as t").write_parquet(
        str(file)
    )
    loaded = engine.load("t", ("i", "n", "d", "t"), Parquet(file))
    assert dict(loaded.columns) == {"i": Kind.INTEGER, "n": Kind.NUMBER, "d": Kind.DATE, "t": Kind.TEXT}
    assert loaded.position is not None


@pytest.mark.parametrize("content", ["parquet", "delimited"])
def test_content_that_cannot_be_read_is_an_engine_error_in_one_line(
    engine: Embedded, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "broken"
    file.write_bytes(b"PAR1 this is nothing\xff\x00")
    given = Parquet(file) if content == "parquet" else Delimited(tmp_path / "gone.csv", ",", skip=0)
    with pytest.raises(EngineError) as refused:
        engine.load("t", ("a",), given)
    assert str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_statement_that_fails_while_it_runs_is_an_engine_error(engine: Embedded) -> None:
    with pytest.raises(EngineError, match="Conversion"):
        engine.rows(asked("select cast('x' as integer)"))
    with pytest.raises(EngineError, match="Conversion"):
        engine.define("t", asked("select cast('x' as integer) as a"), materialise=True)


@pytest.mark.parametrize(
    "text",
    [
        "select * from read_csv('{secret}')",
        "select * from read_text('{secret}')",
        "select * from read_blob('{secret}')",
        "select * from glob('{folder}/*')",
        "select * from '{secret}'",
        "copy (select 1) to '{folder}/written.csv'",
        "attach '{folder}/other.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "set temp_directory = '{folder}'",
        "set allowed_paths = ['{secret}']",
        "pragma enable_progress_bar",
    ],
)
def test_a_locked_engine_reads_and_writes_no_file_and_keeps_its_settings(
    engine: Embedded, tmp_path: Path, text: str
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", "utf-8")
    engine.lock([])
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(EngineError):
        engine.rows(asked(text.format(secret=secret, folder=tmp_path)))
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_folders_give_a_parquet_file_columns_that_it_lacks(engine: Embedded, tmp_path: Path) -> None:
    folder = tmp_path / "secret=1"
    folder.mkdir()
    database().sql("select 1 as a, 'own' as Site").write_parquet(str(folder / "t.parquet"))
    given = (("year", "2025"), ("site", "x"), ("it's", None))
    loaded = engine.load("t", (), Parquet(folder / "t.parquet", given))
    assert [name for name, _ in loaded.columns] == ["a", "Site", "year", "it's"]
    assert engine.rows(asked('select a, "Site", year, "it\'\'s" from t'.replace("''", "'"))) == [
        (1, "own", "2025", None)
    ]


def test_a_locked_engine_still_reads_the_files_that_it_was_told_of(engine: Embedded, tmp_path: Path) -> None:
    file, other = tmp_path / "t.parquet", tmp_path / "other.parquet"
    for path in (file, other):
        database().sql("select 1 as a").write_parquet(str(path))
    engine.load("t", ("a",), Parquet(file))
    engine.lock([file])
    assert engine.rows(asked("select a from t")) == [(1,)]
    with pytest.raises(EngineError):
        engine.rows(asked(f"select * from read_parquet('{other}')"))


def test_a_forgotten_relation_is_gone_whether_it_was_a_table_or_a_view(engine: Embedded) -> None:
    for materialise in (True, False):
        engine.define("t", asked("select 1 as a"), materialise=materialise)
        engine.forget("t")
        with pytest.raises(EngineError, match="does not exist"):
            engine.rows(asked("select * from t"))
    engine.forget("never was")


def test_what_spills_lies_in_the_private_folder_and_nowhere_else(tmp_path: Path) -> None:
    engine = Embedded(tmp_path, threads=1)
    (value,) = engine.rows(asked("select current_setting('temp_directory')"))[0]
    assert Path(str(value)) == tmp_path / "spill"
    engine.close()
    assert not any((tmp_path / "spill").glob("*"))


def test_the_database_gets_what_the_rest_of_the_program_leaves_of_the_memory_limit(tmp_path: Path) -> None:
    for given, share in (((1 << 30), "800.0 MiB"), (256 << 20, "102.3 MiB")):
        engine = Embedded(tmp_path, threads=1, memory=given)
        assert engine.rows(asked("select current_setting('memory_limit')")) == [(share,)]
        engine.close()


def test_under_a_limit_memory_that_was_let_go_is_soon_given_back(tmp_path: Path) -> None:
    kept = "select current_setting('allocator_flush_threshold')"
    by_itself, limited = Embedded(tmp_path, threads=1), Embedded(tmp_path, threads=1, memory=1 << 30)
    assert by_itself.rows(asked(kept)) == [("134217728B",)]
    assert limited.rows(asked(kept)) == [("8388608B",)]
    for engine in (by_itself, limited):
        engine.close()


def test_with_little_memory_a_large_file_is_read_in_small_pieces_and_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text("id,note\n" + "".join(f'{n},"{n % 97} words of a note"\n' for n in range(300_000)), "utf-8")
    asking = asked("SELECT count(*), count(DISTINCT c1), max(length(c1)), sum(CAST(c0 AS BIGINT)) FROM kept")
    found = []
    for memory in (None, 256 << 20):
        engine = Embedded(tmp_path, threads=2, memory=memory)
        engine.load("t", ("id", "note"), Delimited(path, ",", 1))
        engine.define("kept", asked("SELECT * FROM t"), materialise=True)
        assert engine.rejected() == []
        found.append(engine.rows(asking))
        engine.close()
    assert found[0] == found[1]
    assert found[0][0][0] == 300_000


def test_what_takes_too_much_memory_is_an_error_of_its_own(tmp_path: Path) -> None:
    engine = Embedded(tmp_path, threads=1, memory=256 << 20)
    with pytest.raises(OutOfMemoryError) as caught:
        engine.rows(asked("select quantile_cont(range, 0.5) from range(40000000)"))
    assert "Out of Memory Error" in str(caught.value)
    assert caught.value.reason == "out-of-memory"
    assert engine.rows(asked("select 1")) == [(1,)]
    engine.close()


def test_times_do_not_depend_on_the_machine(engine: Embedded) -> None:
    assert engine.rows(asked("select current_setting('TimeZone')")) == [("UTC",)]


def test_a_count_over_no_records_is_none() -> None:
    assert counts((3, None, 0)) == [3, 0, 0]


def test_a_large_file_with_quotation_marks_is_parsed_in_parallel_as_in_one_thread(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    cells = ('"a, ""b"", c"', 'x "y" z', '""', '","', '" "', '"1,2"')
    lines = [f"{n},{cells[n % 6]},{cells[n % 5]},{'z' * (n % 110)}\n" for n in range(900_000)]
    file.write_text("a,b,c,d\n" + "".join(lines), "utf-8")
    assert file.stat().st_size > 2 * (32 << 20)  # more than two of the engine's buffers
    content = Delimited(file, ",", skip=1, quote='"', lines=900_000)
    found = []
    for careful in (False, True):
        engine = Embedded(tmp_path, threads=2)
        engine.load("t", ("a", "b", "c", "d"), content, careful=careful)
        engine.define("kept", asked("select * from t"), materialise=True)
        found.append(engine.rows(asked("select count(*), sum(hash(c0, c1, c2, c3, rowid)) from kept")))
        assert engine.rejected() == []
        engine.close()
    assert found[0] == found[1]
    assert found[0][0][0] == content.lines


def test_a_table_can_be_renamed_and_a_view_cannot(tmp_path: Path) -> None:
    engine = Embedded(tmp_path, threads=1)
    engine.define("made", asked("select 1 as x"), materialise=True)
    engine.define("seen", asked("select 2 as x"), materialise=False)
    assert engine.rename("made", "other")
    assert not engine.rename("seen", "another")
    assert not engine.rename("nothing", "another")
    assert engine.rows(asked('select * from "other"')) == [(1,)]
    engine.forget("other")
    engine.forget("other")
    with pytest.raises(EngineError, match="other"):
        engine.rows(asked('select * from "other"'))
    engine.close()


@pytest.mark.parametrize("small", [True, False])
def test_small_tables_are_planned_without_what_pays_for_large_ones(tmp_path: Path, *, small: bool) -> None:
    engine = Embedded(tmp_path, threads=1)
    engine.lock([], small=small)
    (found,) = engine.rows(asked("select current_setting('disabled_optimizers')"))
    assert found == ("in_clause" if small else "",)
    engine.close()


def test_rows_in_several_batches_make_one_table_and_none_makes_an_empty_one(tmp_path: Path) -> None:
    engine = Embedded(tmp_path, threads=1)
    parts = [Batch((["a", " "], ["#N/A", "b"]), rows=[1, 2]), Batch((["c"], [None]), rows=[3])]
    loaded = engine.load("some", ("x", "y"), Rows(parts))
    assert loaded.signed == {"c1"}
    assert engine.rows(asked('select * from "some"')) == [("a", "#N/A", 1), (None, "b", 2), ("c", None, 3)]
    assert engine.load("none", ("x",), Rows([])).signed == frozenset()
    assert engine.rows(asked('select count(*) from "none"')) == [(0,)]
    engine.close()


@pytest.mark.parametrize(("many", "memory"), [(1, None), (1 << 40, None), (1, 256 << 20)])
def test_a_record_over_two_megabytes_is_lost_by_its_number_however_much_is_read_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int, memory: int | None
) -> None:
    monkeypatch.setattr(embedded, "_MANY_BYTES", many)
    engine = Embedded(tmp_path, threads=1, memory=memory)
    path = tmp_path / "long.csv"
    path.write_text(f"id,note\n1,x\n2,{'y' * 2_100_000}\n3,{'z' * 1_900_000}\n4,x\n", "utf-8")
    engine.load("t", ("id", "note"), Delimited(path, ",", 1))
    engine.define("kept", asked("SELECT * FROM t"), materialise=True)
    assert engine.rejected() == [Skipped(3, "the line is too long")]
    assert [row[0] for row in engine.rows(asked("SELECT c0 FROM kept"))] == ["1", "3", "4"]


class Other:
    """An Arrow stream as any library gives it."""

    def __init__(self, relation: duckdb.DuckDBPyRelation) -> None:
        self.relation = relation

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.relation.__arrow_c_stream__(requested_schema)


def test_a_stream_is_read_with_its_types_and_instants_become_text(engine: Embedded) -> None:
    source = duckdb.connect()
    source.execute("set timezone = 'UTC'")
    query = "select 1 as a, 'x' as b, timestamptz '2026-01-02 10:00+02' as c, 2.5 as a from range(3000)"
    loaded = engine.load("t", (), Stream(Other(source.sql(query))))
    assert loaded.columns == (("a", Kind.INTEGER), ("b", Kind.TEXT), ("c", Kind.TEXT), ("a_1", Kind.NUMBER))
    assert loaded.places == ("_row",)
    assert engine.rows(asked("select c2, _row from t order by _row"))[-1] == ("2026-01-02 08:00:00+00", 3000)
    engine.forget("t")
    with pytest.raises(EngineError):
        engine.rows(asked("select * from t_stream"))


def test_a_batch_gives_the_places_that_its_reader_told_and_no_other() -> None:
    assert Batch((["x"],)).places() == ()
    told = Batch(
        (["x"],), rows=[2], paths=["a.csv"], pages=[None], headings=[None], paragraphs=[7], cells=["B2"]
    ).places()
    assert [(place.name, place.cells, place.is_text) for place in told] == [
        ("_row", [2], False),
        ("_path", ["a.csv"], True),
        ("_page", [None], False),
        ("_heading", [None], True),
        ("_paragraph", [7], False),
        ("_cell", ["B2"], True),
    ]
