"""Write the evidence of `scan.py` into a folder: `python evidence.py ROWS FOLDER`. Run in a process of its own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb

__all__ = ["write"]

_HERE = Path(__file__).parent
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


def write(rows: int, folder: Path) -> None:
    """Write complaints and customers as Parquet and CSV, and a plan for each; the folder appears when all is there."""
    made = folder.with_name(f"{folder.name}.making")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    connection = duckdb.connect()
    connection.execute((_HERE / "complaints_evidence.sql").read_text("utf-8").replace("$rows", str(rows)))
    for table in ("complaints", "customers"):
        parquet, delimited = made / f"{table}.parquet", made / f"{table}.csv"
        connection.execute(f"COPY {table} TO '{parquet}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)")
        connection.execute(f"COPY (FROM '{parquet}') TO '{delimited}' (FORMAT csv, HEADER)")
    for suffix in ("parquet", "csv"):
        plan = _PLAN.format(ruleset=(_HERE / "complaints.toml").as_posix(), suffix=suffix)
        (made / f"{suffix}.toml").write_text(plan, "utf-8")
    made.rename(folder)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
