"""What a sieve asks of a file that is scanned in place."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from test_sql_select import VALUES

from qmscheck.sql.expression import Scope, parse_condition
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, finished
from qmscheck.sql.render import render
from qmscheck.sql.select import RowTest
from qmscheck.sql.sieve import Sieve, sifted

KINDS = {"k": Kind.INTEGER, "n": Kind.INTEGER, "d": Kind.DATE}
RULES = ("k is not null", "n between 1 and 9", "d <= as_of()")


def asked(path: Path) -> str:
    """Give what DuckDB does to sieve a Parquet file by the rules."""
    scope = Scope({"t": KINDS}, "t", {}, frozenset())
    tests = tuple(RowTest("t", ("k",), must=parse_condition(rule, scope)) for rule in RULES)
    columns = [finished(MappedColumn(name=n, kind=kind, header=n, native=kind), 0) for n, kind in KINDS.items()]
    with duckdb.connect() as connection:
        connection.execute(f"create view raw as select * from read_parquet('{path}', file_row_number = true)")
        text = render(sifted("raw", Sieve(RULES, tests, VALUES), columns, ["file_row_number"]), "duckdb")
        plan = connection.execute(f"explain {text}").fetchall()[0][1]
        assert isinstance(plan, str)
        return plan


def made(path: Path, *, numbers: str, keys: str, days: str) -> Path:
    """Write a Parquet file of which the engine has statistics."""
    with duckdb.connect() as connection:
        cells = f"{keys} as k, {numbers} as n, {days} as d"
        connection.execute(f"copy (select {cells} from range(9) t(i)) to '{path}' (format parquet)")
    return path


def test_what_the_statistics_of_a_parquet_file_prove_is_not_asked_of_its_records(tmp_path: Path) -> None:
    day = VALUES.as_of.isoformat()
    proven = made(tmp_path / "all.parquet", numbers="1 + i", keys="i", days=f"date '{day}' - i::integer")
    assert "Empty Result" in asked(proven)  # nothing is read


@pytest.mark.parametrize(
    ("numbers", "keys", "days", "left"),
    [
        ("i", "i", "0", "(n >= 1)"),
        ("1 + i", "nullif(i, 3)", "0", "(NOT (k IS NULL))"),
        ("1 + i", "i", "i::integer", f"(d <= '{VALUES.as_of.isoformat()}'::DATE)"),
    ],
)
def test_what_they_do_not_prove_is_asked_alone(tmp_path: Path, numbers: str, keys: str, days: str, left: str) -> None:
    day = VALUES.as_of.isoformat()
    plan = asked(made(tmp_path / "some.parquet", numbers=numbers, keys=keys, days=f"date '{day}' + {days}"))
    assert f"NOT COALESCE({left}, false)" in plan
