"""Readers for tables: delimited text, workbooks, Parquet, JSON and SQLite. Libraries are loaded when they read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmscheck import Reader, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qmscheck import Extract, Holding, Request, Unread

__all__ = ["qmscheck_readers"]


@hookimpl
def qmscheck_readers() -> list[Reader]:
    """Give the readers of this plugin."""
    plain = _plain()
    inside = {option: told for reader in plain for option, told in reader.options.items()}
    member = {"member": 'the file inside, such as "export/orders.csv" or "*/orders*.csv"; default: the only table'}
    archive = Reader(
        name="zip",
        title="A table inside a ZIP archive",
        suffixes=(".zip",),
        read=_zip,
        settled=True,
        options={**member, **inside},
        holds=_members,
    )
    return [*plain, archive]


def _plain() -> list[Reader]:
    return [
        Reader(
            name="csv",
            title="Delimited text (CSV, TSV), also gzip",
            suffixes=(".csv", ".tsv", ".csv.gz", ".tsv.gz"),
            read=_csv,
            settled=True,
            options={
                "delimiter": 'what stands between cells, such as ";" or "\\t"; default: found from the file',
                "encoding": 'how letters are written, such as "cp1252"; default: found from the file',
                "header_row": "row number of the first headings, counting from 1; default: found from the file",
                "header_rows": "how many rows of headings there are; their labels are joined; default: 1",
                "short_rows": '"pad" fills rows with too few cells up with blanks; default: they are unreadable',
                "quote": 'character around cells, such as "\'"; "" for none; default: the double quotation mark',
            },
        ),
        Reader(
            name="excel",
            title="Workbooks (Excel, LibreOffice)",
            suffixes=(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
            read=_excel,
            settled=True,
            options={
                "sheet": "name of the sheet; default: the first visible sheet with records",
                "range": 'cells, "B4:H90" or "Log!B4:H90", a defined name or a named table; default: the whole sheet',
                "header_row": "row number of the first headings, counting from 1; default: found from the sheet",
                "header_rows": "how many rows of headings there are; their labels are joined; default: 1",
                "hidden": '"skip" leaves hidden and filtered rows out; default: "read", and they are named',
                "fill_merged": "true counts a merged cell's value for each of its rows; default: for the first only",
                "formulas": '"mark" reads a cell with a formula as #FORMULA!, whatever it shows; default: "value"',
            },
            holds=_sheets,
        ),
        Reader(
            name="parquet", title="Parquet, also folders of it", suffixes=(".parquet",), read=_parquet, settled=True
        ),
        Reader(
            name="json",
            title="JSON and JSON Lines",
            suffixes=(".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz"),
            read=_json,
            settled=True,
            options={
                "records": 'dotted path to the list of records, such as "result.complaints"',
                "keyed": 'lists of keys and values, such as ["custom_fields"]: custom_fields[360001] is a column',
            },
            holds=_lists,
        ),
        Reader(
            name="sqlite",
            title="SQLite database",
            suffixes=(".sqlite", ".sqlite3", ".db"),
            read=_sqlite,
            settled=True,
            options={
                "from": "name of a table or view; default: the only one",
                "query": "one SELECT, instead of `from`",
            },
            holds=_relations,
        ),
    ]


def _csv(request: Request) -> Iterator[Extract | Unread]:
    from qmscheck_tables.delimited import read  # noqa: PLC0415

    return read(request)


def _excel(request: Request) -> Iterator[Extract | Unread]:
    from qmscheck_tables.workbook import read  # noqa: PLC0415

    return read(request)


def _parquet(request: Request) -> Iterator[Extract | Unread]:
    from qmscheck_tables.parquet import read  # noqa: PLC0415

    return read(request)


def _json(request: Request) -> Iterator[Extract | Unread]:
    from qmscheck_tables.json_records import read  # noqa: PLC0415

    if request.path is None or not request.path.name.lower().endswith(".gz"):
        return read(request)
    from qmscheck_tables.packed import unzipped  # noqa: PLC0415

    return unzipped(request, read)


def _zip(request: Request) -> Iterator[Extract | Unread]:
    from qmscheck_tables.packed import read  # noqa: PLC0415

    return read(request, {ending: reader.read for reader in _plain() for ending in reader.suffixes})


def _members(request: Request) -> Iterator[Holding]:
    from qmscheck_tables.packed import holds  # noqa: PLC0415

    return holds(request, {ending: reader for reader in _plain() for ending in reader.suffixes})


def _sqlite(request: Request) -> Iterator[Extract | Unread]:
    from qmscheck_tables.sqlite_tables import read  # noqa: PLC0415

    return read(request)


def _sheets(request: Request) -> Iterator[Holding]:
    from qmscheck_tables.workbook import holds  # noqa: PLC0415

    return holds(request)


def _lists(request: Request) -> Iterator[Holding]:
    from qmscheck_tables.json_records import holds  # noqa: PLC0415

    return holds(request)


def _relations(request: Request) -> Iterator[Holding]:
    from qmscheck_tables.sqlite_tables import holds  # noqa: PLC0415

    return holds(request)
