"""Ask DuckDB for single numbers over both tables: `python asked.py FOLDER FORMAT QUERIES`.

QUERIES is a JSON list of queries over `complaints` and `customers`; the numbers are printed as a JSON list.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
from reading import source

__all__ = ["numbers"]


def numbers(folder: Path, suffix: str, queries: Sequence[str]) -> list[int]:
    """Give the number that each query finds."""
    with tempfile.TemporaryDirectory(prefix="asked-") as scratch:
        connection = duckdb.connect()
        for table in ("complaints", "customers"):
            connection.execute(f"CREATE VIEW {table} AS FROM {source(folder, table, suffix, Path(scratch))}")
        rows = [connection.execute(query).fetchone() for query in queries]
    return [int(row[0]) for row in rows if row]


if __name__ == "__main__":
    json.dump(numbers(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])), sys.stdout)
