"""How somebody who knows the columns reads the tables of the benchmark: what stands after FROM, of each format.

Parquet and CSV are read by DuckDB itself. The cells of a workbook are given by calamine, those of SQLite by the
standard library; both are written as CSV once, and go on from there.
"""

from __future__ import annotations

import csv
import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

__all__ = ["COMPLAINTS", "CUSTOMERS", "TYPES", "source"]

_NAMES = {
    "VARCHAR": "complaint_id customer_id lot product site channel category severity status country owner email "
    "description root_cause name",
    "TIMESTAMP": "received_at acknowledged_at",
    "DATE": "answered_on due_on closed_on",
    "BIGINT": "quantity satisfaction",
    "DOUBLE": "amount hours",
    "BOOLEAN": "escalated",
}
TYPES = {column: kind for kind, names in _NAMES.items() for column in names.split()}
"""The type of each column, in SQL of DuckDB."""
CUSTOMERS = ("customer_id", "name")
COMPLAINTS = (
    "complaint_id", "customer_id", "lot", "product", "site", "channel", "category", "severity", "status", "country",
    "owner", "email", "description", "root_cause", "received_at", "acknowledged_at", "answered_on", "due_on",
    "closed_on", "quantity", "amount", "satisfaction", "hours", "escalated",
)  # fmt: skip


def source(folder: Path, table: str, suffix: str, scratch: Path) -> str:
    """Give the SQL that reads a table, `complaints` or `customers`; what has to be unpacked first goes into scratch."""
    path = folder / f"{table}.{suffix}"
    if suffix == "parquet":
        return f"read_parquet('{path}')"
    columns = COMPLAINTS if table == "complaints" else CUSTOMERS
    if suffix in _UNPACKED:
        plain = scratch / f"{table}.csv"
        with plain.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(_UNPACKED[suffix](path, table))
        path = plain
    return f"read_csv('{path}', header = true, columns = { {column: TYPES[column] for column in columns} })"


def _of_workbook(path: Path, table: str) -> Iterator[Iterable[object]]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 only where a workbook is read

    with closing(CalamineWorkbook.from_path(path)) as book:
        for row in book.get_sheet_by_name(table).iter_rows():
            yield [_plain(cell) for cell in row]


def _plain(cell: object) -> object:
    """Undo what a sheet does to values: it has no integers, and its days may be moments."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date()
    return cell


def _of_sqlite(path: Path, table: str) -> Iterator[Iterable[object]]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        rows = database.execute(f"SELECT * FROM {table}")
        yield [column[0] for column in rows.description]
        yield from rows


_UNPACKED = {"xlsx": _of_workbook, "sqlite": _of_sqlite}
