"""Looking at a folder through the readers: what is found, and what is lost and named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import xlsxwriter
from proposing import looking, seen, written

from qmscheck import Batch, Extract, Holding, Problem, QmscheckError, Reader, Request, Rows
from qmscheck.proposal import looking as module
from qmscheck.proposal.looking import look
from qmscheck.proposal.seen import Seen


def _seen(tmp_path: Path, files: dict[str, str], *readers: Reader) -> Seen:
    return seen(written(tmp_path / "folder", files), tmp_path / "scratch", readers)


def test_sheets_tables_and_lists_are_tables_of_their_own(tmp_path: Path) -> None:
    folder = written(tmp_path / "folder", {"a.json": '{"x": [{"i": 1}], "y": [{"j": "b"}, {"j": "c"}]}'})
    with closing(sqlite3.connect(folder / "b.sqlite")) as database:
        database.executescript("create table t (n); insert into t values (1), (2); create view v as select n from t;")
    with xlsxwriter.Workbook(folder / "c.xlsx") as book:
        book.add_worksheet("One").write_column(0, 0, ["h", "v"])
        sheet = book.add_worksheet("Two")
        sheet.write_row(0, 0, ["A list of things"])
        sheet.write_row(2, 0, ["p", "q"])
        sheet.write_row(3, 0, ["1", "2"])
    tables = {table.label: table for table in seen(folder, tmp_path / "scratch").tables}

    assert {label: table.rows for label, table in tables.items()} == {
        "a.json [x]": 1, "a.json [y]": 2, "b.sqlite [t]": 2, "b.sqlite [v]": 2, "c.xlsx [One]": 1, "c.xlsx [Two]": 1,
    }  # fmt: skip
    assert tables["c.xlsx [Two]"].header_row == 3
    assert tables["b.sqlite [v]"].options == {"from": "v"}


def test_columns_are_counted_as_an_audit_would_read_them(tmp_path: Path) -> None:
    (table,) = _seen(tmp_path, {"a.csv": "n;d;w\n1,5;2026-01-02;ja\n2,5;2026-01-03;ja\n;;\n"}).tables
    by_heading = {column.heading: column for column in table.columns}

    assert (by_heading["n"].commas, by_heading["n"].numbers, by_heading["n"].filled) == (2, 0, 2)
    assert (by_heading["d"].iso, by_heading["d"].distinct) == (2, 2)
    assert (by_heading["w"].booleans, by_heading["w"].top[0].count, by_heading["w"].whole) == (2, 2, True)


def test_a_large_table_is_looked_at_in_part_and_says_so(tmp_path: Path, monkeypatch: object) -> None:
    monkeypatch.setattr(module, "_MOST_CELLS", 10)  # type: ignore[attr-defined]
    monkeypatch.setattr(module, "_MOST_ROWS", 2)  # type: ignore[attr-defined]
    lines = "".join(f'{{"i": {n}}}\n' for n in range(6000))
    csv, json = _seen(tmp_path, {"a.csv": "n;m\n" + "1;2\n" * 20, "b.jsonl": lines}).tables

    assert "Of its 20 rows, one in 5 was looked at." in csv.notes
    assert any(note.startswith("Only the first 2 rows") for note in json.notes)
    assert json.rows == 5000


def test_files_that_cannot_be_read_are_named_and_end_nothing(tmp_path: Path) -> None:
    files = {
        "a.csv": "n;m\n1;2\n",
        "b.csv": "",
        "c.xlsx": "nonsense",
        "d.exe": "x",
        ".hidden.csv": "a;b\n1;2\n",
        "Thumbs.db": "x",
        "desktop.ini": "[x]\n",
        "docs/Policy.md": "# Policy\n\nWe try.\n",
        "docs/list.csv": "n;m\n1;2\n",
        "qmscheck.toml": "",
    }
    found = _seen(tmp_path, files)

    assert [table.path for table in found.tables] == ["a.csv", "docs/list.csv"]
    assert {lost.label: lost.reason.partition(":")[0] for lost in found.lost} == {
        "b.csv": "empty",
        "c.xlsx": "corrupt",
        "d.exe": "no reader knows such files",
    }


def test_names_that_no_plan_can_hold_are_told(tmp_path: Path) -> None:
    found = _seen(tmp_path, {"a\nb.csv": "n;m\n1;2\n"})
    assert [(lost.label, lost.reason) for lost in found.lost] == [
        ("a\\nb.csv", "its name cannot be written in a plan: rename it")
    ]


def test_more_files_than_anybody_meant_are_not_all_looked_at(tmp_path: Path, monkeypatch: object) -> None:
    monkeypatch.setattr(module, "_MOST_FILES", 1)  # type: ignore[attr-defined]
    found = _seen(tmp_path, {"a.csv": "n;m\n1;2\n", "b.csv": "n;m\n1;2\n"})
    assert [table.path for table in found.tables] == ["a.csv"]
    assert found.lost[0].reason == "more than 1 files: the others were not looked at"


def test_a_reader_that_breaks_costs_its_file_alone(tmp_path: Path) -> None:
    def broken(_request: Request) -> Iterator[Extract]:
        raise RuntimeError("no")
        yield

    def listing(_request: Request) -> Iterator[Holding]:
        raise RuntimeError("no")
        yield

    def refusing(_request: Request) -> Iterator[Extract]:
        raise QmscheckError(Problem("", 0, 0, "not like this"))
        yield

    def empty(request: Request) -> Iterator[Extract]:
        assert request.path is not None
        yield Extract("found", request.path, (), Rows([Batch(())]), (request.path,))

    readers = [
        Reader("one", (".one",), broken),
        Reader("two", (".two",), broken, holds=listing),
        Reader("three", (".three",), refusing),
        Reader("four", (".four",), empty),
    ]
    found = _seen(tmp_path, {f"x.{reader.name}": "x" for reader in readers} | {"a.csv": "n;m\n1;2\n"}, *readers)

    assert [table.path for table in found.tables] == ["a.csv"]
    assert {lost.label: lost.reason for lost in found.lost} == {
        "x.four": "empty: it has no columns",
        "x.one": "the reader 'one' failed: RuntimeError",
        "x.three": "corrupt: not like this",
        "x.two": "the reader 'two' failed: RuntimeError",
    }


def test_documents_are_read_by_their_folders_with_their_kinds(tmp_path: Path) -> None:
    policy = "# Quality policy\n\nCustomers come first.\n"
    found = _seen(
        tmp_path, {"docs/Policy.md": policy, "docs/deep/Minutes.md": "# Minutes\n\nHeld.\n", "note.md": "# Note\n\nx\n"}
    )

    assert found.folders == ("docs", "note.md")
    assert {document.path: document.kind for document in found.documents} == {
        "docs/Policy.md": "policy", "docs/deep/Minutes.md": "minutes", "note.md": "other",
    }  # fmt: skip


def test_a_folder_of_nothing_but_documents_is_itself_the_source(tmp_path: Path) -> None:
    assert _seen(tmp_path, {"a.md": "# A\n\nx\n", "b/c.md": "# C\n\nx\n", "d.md": "x\n", "e.md": "x\n"}).folders == (
        ".",
    )
    assert seen(written(tmp_path / "other", {"a.md": "# A\n\nx\n"}), tmp_path / "scratch").folders == (".",)


def test_a_reader_of_documents_that_breaks_is_told(tmp_path: Path) -> None:
    def broken(_request: Request) -> Iterator[Extract]:
        raise RuntimeError("no")
        yield

    folder = written(tmp_path / "folder", {"docs/a.md": "# A\n"})
    with looking(folder, tmp_path / "scratch") as given:
        known = dict(given.readers)
        known["documents"] = Reader("documents", ("/", ".md"), broken)
        changed = type(given)(given.folder, known, given.engine, given.scratch, given.as_of)
        found = look(changed, lambda _path, _options: False)
    assert found.lost[-1].reason == "the documents cannot be read: RuntimeError"


# ---------------------------------------------------------------- what a reader advises, and several tables of a sheet

TWO_ROWS = "Received;;Cost\non;by;\n31.01.2026;A;3\n01.02.2026;B;4\n"


def test_two_rows_of_headings_are_looked_at_as_one_heading_each(tmp_path: Path) -> None:
    (table,) = seen(written(tmp_path / "folder", {"a.csv": TWO_ROWS}), tmp_path / "scratch").tables

    assert [column.heading for column in table.columns] == ["Received on", "Received by", "Cost"]
    assert (dict(table.advised), table.header_row, table.rows) == ({"header_rows": 2}, None, 2)


def test_two_rows_of_headings_below_a_title_are_told_with_their_place(tmp_path: Path) -> None:
    text = "Complaints 2026;;\n;;\n" + TWO_ROWS
    (table,) = seen(written(tmp_path / "folder", {"a.csv": text}), tmp_path / "scratch").tables
    assert (dict(table.advised), table.header_row) == ({"header_rows": 2}, 3)


def test_advice_that_would_call_two_columns_alike_is_not_taken(tmp_path: Path) -> None:
    text = "Received;;;Cost\non;on;by;\n31.01.2026;31.01.2026;A;3\n01.02.2026;01.02.2026;B;4\n"
    (table,) = seen(written(tmp_path / "folder", {"a.csv": text}), tmp_path / "scratch").tables
    assert dict(table.advised) == {}
