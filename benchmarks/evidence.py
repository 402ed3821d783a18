"""Write the evidence of the benchmarks: `python evidence.py ROWS FOLDER FORMAT...`. Run in a process of its own.

Parquet is made first; CSV, a workbook (XLSX) and SQLite have the same cells as it. A plan, written last, says that a
format is there.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import duckdb

__all__ = ["FORMATS", "LONGEST_SHEET", "write"]

_HERE = Path(__file__).parent
_TABLES = ("complaints", "customers")
_PLAN = """\
[audit]
organization = "Benchmark"
scope = "Complaints"
rulesets = ["{ruleset}"]
as_of = 2026-10-31

[[source]]
table = "complaints"
path = "complaints.{suffix}"

[[source]]
table = "customers"
path = "customers.{suffix}"
"""
LONGEST_SHEET = 1_048_575
"""The records that a sheet can hold below its headings."""


def write(rows: int, folder: Path, formats: Sequence[str]) -> None:
    """Write complaints and customers in each format, and its plan; what is there stays. A file appears when whole."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    if not all((folder / f"{table}.parquet").exists() for table in _TABLES):
        connection.execute((_HERE / "complaints_evidence.sql").read_text("utf-8").replace("$rows", str(rows)))
        for table in _TABLES:
            _whole(folder / f"{table}.parquet", lambda made, table=table: _parquet(connection, table, made))
    for suffix in formats:
        for table in _TABLES:
            if suffix != "parquet":
                given = folder / f"{table}.parquet"
                _whole(folder / f"{table}.{suffix}", lambda made, a=given, f=FORMATS[suffix]: f(connection, a, made))
        plan = _PLAN.format(ruleset=(_HERE / "complaints.toml").as_posix(), suffix=suffix)
        (folder / f"{suffix}.toml").write_text(plan, "utf-8")


def _whole(path: Path, write_into: Callable[[Path], None]) -> None:
    made = path.with_name(f"{path.name}.making")
    made.unlink(missing_ok=True)
    write_into(made)
    made.replace(path)


def _parquet(connection: duckdb.DuckDBPyConnection, table: str, made: Path) -> None:
    connection.execute(f"COPY {table} TO '{made}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)")


def _delimited(connection: duckdb.DuckDBPyConnection, parquet: Path, made: Path) -> None:
    connection.execute(f"COPY (FROM '{parquet}') TO '{made}' (FORMAT csv, HEADER)")


def _workbook(connection: duckdb.DuckDBPyConnection, parquet: Path, made: Path) -> None:
    """Write one sheet; moments and days are true ones, and so are numbers."""
    import xlsxwriter  # noqa: PLC0415 only where a workbook is made

    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"}
    with xlsxwriter.Workbook(made, options) as book:
        sheet = book.add_worksheet(parquet.stem)
        for number, row in enumerate(_rows(connection, parquet)):
            sheet.write_row(number, 0, row)


def _sqlite(connection: duckdb.DuckDBPyConnection, parquet: Path, made: Path) -> None:
    """Write one table without declared types; days and moments are text, as SQLite has none, truth is 0 or 1."""
    rows = _rows(connection, parquet)
    names = next(rows)
    with closing(sqlite3.connect(made)) as database, database:
        database.execute(f"CREATE TABLE {parquet.stem} ({', '.join(map(str, names))})")
        marks = ", ".join("?" * len(names))
        database.executemany(f"INSERT INTO {parquet.stem} VALUES ({marks})", ([*map(_stored, row)] for row in rows))


def _rows(connection: duckdb.DuckDBPyConnection, parquet: Path) -> Iterator[Sequence[object]]:
    """Give the headings, and then the records."""
    found = connection.cursor().execute(f"FROM '{parquet}'")
    yield [column[0] for column in found.description]
    while rows := found.fetchmany(10_000):
        yield from rows


def _stored(cell: object) -> object:
    return cell if isinstance(cell, int | float | str | None) else str(cell)


FORMATS: Mapping[str, Callable[[duckdb.DuckDBPyConnection, Path, Path], None]] = {
    "parquet": lambda *_: None,
    "csv": _delimited,
    "xlsx": _workbook,
    "sqlite": _sqlite,
}


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
