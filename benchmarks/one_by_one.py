"""Rules as one query each: `python one_by_one.py FOLDER COUNT [patterns|plain]` prints counts as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import duckdb
from reading import source
from width_rules import some

__all__ = ["answers"]


def answers(folder: Path, count: int, *, patterns: bool) -> dict[str, tuple[int, int]]:
    """Give population and met of each rule. A query reads the columns of its rule only; null is not met."""
    connection = duckdb.connect()
    with tempfile.TemporaryDirectory(prefix="one-by-one-") as scratch:
        table = source(folder, "complaints", "parquet", Path(scratch))
    found = {}
    for rule in some(count, patterns=patterns):
        scope = f" WHERE {rule.where}" if rule.where else ""
        row = connection.execute(f"SELECT count(*), count_if({rule.sql}) FROM {table}{scope}").fetchone()
        assert row is not None
        found[rule.name] = int(row[0]), int(row[1])
    return found


if __name__ == "__main__":
    json.dump(answers(Path(sys.argv[1]), int(sys.argv[2]), patterns=sys.argv[3] == "patterns"), sys.stdout)
