"""Read both tables into typed tables of DuckDB and judge nothing: `python read_alone.py FOLDER FORMAT`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb
from reading import source

__all__ = ["read"]


def read(folder: Path, suffix: str) -> int:
    """Keep every typed cell of both tables; give the number of complaints."""
    with tempfile.TemporaryDirectory(prefix="read-alone-") as scratch:
        connection = duckdb.connect()
        for table in ("complaints", "customers"):
            connection.execute(f"CREATE TABLE {table} AS FROM {source(folder, table, suffix, Path(scratch))}")
        row = connection.execute("SELECT count(*) FROM complaints").fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    print(read(Path(sys.argv[1]), sys.argv[2]))
