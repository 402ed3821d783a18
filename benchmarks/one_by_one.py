"""Rules as one query each: `python one_by_one.py FOLDER COUNT patterns|plain parquet|csv` prints counts as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import duckdb
from reading import source
from width_rules import some

__all__ = ["answers"]


def answers(folder: Path, count: int, suffix: str, *, patterns: bool) -> dict[str, tuple[int, int]]:
    """Give population and met of each rule; null is not met. A query reads the columns of its rule only: of a Parquet
    file from there, of text from a table into which it is read once.
    """
    connection = duckdb.connect()
    found = {}
    with tempfile.TemporaryDirectory(prefix="one-by-one-") as scratch:
        table = source(folder, "complaints", suffix, Path(scratch))
        if suffix != "parquet":
            connection.execute(f"CREATE TEMP TABLE complaints AS FROM {table}")
            table = "complaints"
        for rule in some(count, patterns=patterns):
            scope = f" WHERE {rule.where}" if rule.where else ""
            row = connection.execute(f"SELECT count(*), count_if({rule.sql}) FROM {table}{scope}").fetchone()
            assert row is not None
            found[rule.name] = int(row[0]), int(row[1])
    return found


if __name__ == "__main__":
    _, place, number, kind, suffix = sys.argv
    json.dump(answers(Path(place), int(number), suffix, patterns=kind == "patterns"), sys.stdout)
