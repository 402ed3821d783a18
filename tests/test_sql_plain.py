"""A plain cast reads a cell as careful treatment does, or the cell is odd: never does one slip through."""

from __future__ import annotations

from functools import cache

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qmscheck.engine import counts
from qmscheck.sql.figures import Spelling
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, can_fail, typed
from qmscheck.sql.plain import ASIDE, may_be_plain, plainly, put_aside, sample, together, typed_plainly
from qmscheck.sql.render import render
from qmscheck.sql.statement import Statement

KINDS = ["text", "integer", "number", "boolean", "date", "timestamp"]
CELLS = [
    None, "", " ", "x", " x", "x ", "n/a", "N/A ", "?", "ja", " yes", "true", "TRUE", "false ", "0", "1", "t", "-",
    "+5", "05", "5.0", "5.7", "1e3", "0x1f", "1_000", "1,000", "1.000", "1,5", " 7", "7 ", "9223372036854775808",
    "nan", "inf", "-inf", "1e400", "-0", "2026-01-02", " 2026-01-02", "2026-01-02 ", "2026/01/02", "2026-1-2",
    " 202-01-02", "  20-01-02", "0001-01-01", "0999-12-31", "12026-01-02", "-026-01-02", "2026-02-30", "epoch",
    "infinity", "2026-01-02 10:00", "2026-01-02T10:00:00", "2026-01-02 25:00", "2026-01-02 10:00:00+02", "02.01.2026",
    "2026-01-02 (BC)", "ü", "\u00a0x", "x\u200b", "\t5", "5\t", "\x1f5", "x\x7f",
]  # fmt: skip
CELL = st.sampled_from(CELLS) | st.text(st.sampled_from(" 0159-+.,:_eTx\u00a0"), max_size=12)
PLAIN_SPACE_ONLY = [c for c in CELLS if c is None or not set(c) & set("\t\x1f\u00a0\u200b")]


@cache
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect(config={"threads": 1})
    opened.execute("set timezone = 'UTC'")
    return opened


def run(text: str) -> list[tuple[object, ...]]:
    return connection().execute(text).fetchall()


def make(name: str, statement: Statement) -> None:
    run(f'create or replace table "{name}" as {render(statement, "duckdb")}')


def fill(records: list[tuple[str | None, ...]]) -> None:
    cells = ", ".join(f'"c{i}" text' for i in range(len(records[0])))
    run(f'create or replace table "raw" ({cells}, "_row" bigint)')
    marks = ", ".join("?" for _ in range(len(records[0]) + 1))
    connection().executemany(f'insert into "raw" values ({marks})', [(*r, i) for i, r in enumerate(records)])


def shown(relation: str, columns: list[MappedColumn]) -> list[tuple[object, ...]]:
    """Read the records in order: each cell with whether it is unreadable."""
    flags = [f'"_u_{c.name}"' if can_fail(c) else "false" for c in columns]
    cells = ", ".join(f'"{c.name}", {flag}' for c, flag in zip(columns, flags, strict=True))
    return run(f'select {cells}, _row from "{relation}" order by _row')


def with_care(columns: list[MappedColumn]) -> list[tuple[object, ...]]:
    make("careful", typed("raw", columns, ["_row"]))
    return shown("careful", columns)


def quickly(columns: list[MappedColumn], chosen: set[str]) -> tuple[list[tuple[object, ...]], int]:
    """Read as a large file is read: the records, and how many were odd."""
    mixed = [plainly(c) if c.name in chosen else c for c in columns]
    make("base", typed_plainly("raw", mixed, ["_row"]))
    ((odd,),) = run(f'select count("{ASIDE}") from base')
    if not odd:
        return shown("base", mixed), 0
    make("odd", put_aside("base", mixed, ["_row"], "_at"))
    make("mended", typed("odd", columns, ["_row", "_at"]))
    make("whole", together("base", "mended", mixed, ["_row"], "_at"))
    assert run("select count(*), count(distinct _at) from whole") == run("select count(*), count(*) from raw")
    return shown("whole", columns), int(str(odd))


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from([(), ("n/a", "?"), ("x",)]), st.booleans())
def test_a_table_of_any_cells_is_read_as_with_care(data: st.DataObject, codes: tuple[str, ...], mapped: bool) -> None:
    kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
    records = data.draw(st.lists(st.tuples(*[CELL] * len(kinds)), min_size=1, max_size=6))
    values = {"ja": "yes", "x": ""} if mapped else None
    columns = [
        MappedColumn(f"c{len(kinds) - 1 - i}", Kind(kind), f"c{i}", values=values, missing=("", *codes))
        for i, kind in enumerate(kinds)
    ]
    able = [c.name for c in columns if may_be_plain(c)]
    if not able:
        return
    chosen = data.draw(st.sets(st.sampled_from(able), min_size=1))
    fill(records)
    assert quickly(columns, chosen)[0] == with_care(columns)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cells", [CELLS, PLAIN_SPACE_ONLY], ids=["any white space", "plain spaces"])
def test_every_kind_of_cell_is_read_as_with_care(kind: str, cells: list[str | None]) -> None:
    fill([(cell,) for cell in cells])
    columns = [MappedColumn("v", Kind(kind), "c0", spaces=cells is PLAIN_SPACE_ONLY)]
    assert quickly(columns, {"v"})[0] == with_care(columns)


@settings(max_examples=50, deadline=None)
@given(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False), st.datetimes())
@example(0, -0.0, "1000-01-01 00:00:00")
def test_what_a_machine_writes_is_plain(whole: int, number: float, moment: object) -> None:
    texts = (str(whole), repr(number), str(moment), str(moment)[:10], "true", "Jones & Sons")
    fill([texts])
    kinds = ["integer", "number", "timestamp", "date", "boolean", "text"]
    columns = [MappedColumn(f"v{i}", Kind(kind), f"c{i}", spaces=True) for i, kind in enumerate(kinds)]
    found, odd = quickly(columns, {c.name for c in columns})
    assert found == with_care(columns)
    assert odd == int(str(moment) < "1000")


@pytest.mark.parametrize(
    "column",
    [
        MappedColumn("v", Kind.TEXT, None),
        MappedColumn("v", Kind.TEXT, "c0", native=Kind.TEXT),
        MappedColumn("v", Kind.TEXT, "c0", spreadsheet=True),
        MappedColumn("v", Kind.TEXT, "c0", bare=True),
        MappedColumn("v", Kind.INTEGER, "c0", missing=("", "99")),
        MappedColumn("v", Kind.INTEGER, "c0", values={"none": "0"}),
        MappedColumn("v", Kind.NUMBER, "c0", spelling=Spelling(decimal=",")),
        MappedColumn("v", Kind.DATE, "c0", formats=("%d.%m.%Y",)),
    ],
)
def test_where_a_plain_cell_could_mean_something_else_all_are_read_with_care(column: MappedColumn) -> None:
    assert not may_be_plain(column)


def test_a_sample_counts_the_odd_cells_and_the_values_of_each_column_among_the_first_records() -> None:
    fill([("a", "1"), (" b", "2"), ("c", "1,000"), (None, "4"), (" e", "x")])
    columns = [MappedColumn("t", Kind.TEXT, "c0"), MappedColumn("n", Kind.INTEGER, "c1")]
    assert counts(run(render(sample("raw", columns, 4), "duckdb"))[0]) == [4, 1, 3, 1, 3]
    assert counts(run(render(sample("raw", columns, 9), "duckdb"))[0]) == [5, 2, 4, 2, 3]
