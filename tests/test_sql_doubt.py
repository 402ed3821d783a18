"""Queries beside cells that cannot be read: what is certain holds for every reading of them, what is possible for some.

The law is tried by writing every value into the unreadable cells, one reading after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_sql_select import CELLS, TABLES, UNREAD, Record, queried

from qmscheck.sql.select import MET, UNMET, UNREADABLE

QUERIES = [
    "select id from a where n > 1",
    "select id from a where not (n > 1 and s = 'x') or n = 0",
    "select one.id from a one join a two on two.s = one.s where one.n is distinct from two.n and two.n > 0",
    "select a.id from a cross join b where b.m = a.n or a.s = b.id",
    "select a.id from a where not exists (select 1 from b where b.id = a.s and b.m > a.n)",
    "select a.id from a where exists (select 1 from b where not (b.m > 1) and b.id = a.s) and a.n < 3",
    "select a.id from a where not exists (select 1 from b join a two on two.n = b.m where two.s = a.s)",
]
TEXTS, NUMBERS = ["x", "y", None, UNREAD], [0, 2, None, UNREAD]


def records(table: str, *columns: str) -> st.SearchStrategy[list[Record]]:
    """Two records whose keys can be read."""
    keys = {"id": st.sampled_from(["x", "y"])} if table == "b" else {}
    cells = {c: st.sampled_from(TEXTS if TABLES[table][c].value == "text" else NUMBERS) for c in columns}
    return st.lists(st.fixed_dictionaries({**keys, **cells}), min_size=1, max_size=2)


def readings(tables: dict[str, list[Record]]) -> Iterator[dict[str, list[Record]]]:
    """Give the tables as they would be for each way to read what cannot be read."""
    holes = [(t, n, c) for t, found in tables.items() for n, r in enumerate(found) for c in r if r[c] is UNREAD]
    for values in product(*(CELLS[TABLES[t][c]][:3] for t, _, c in holes)):
        whole = {table: [dict(record) for record in found] for table, found in tables.items()}
        for (table, number, column), value in zip(holes, values, strict=True):
            whole[table][number][column] = value
        yield whole


@pytest.mark.parametrize("text", QUERIES)
@settings(max_examples=5, deadline=None)
@given(ours=records("a", "n", "s"), others=records("b", "id", "m"))
def test_a_record_is_decided_only_where_every_reading_decides_it_so(
    text: str, ours: list[Record], others: list[Record]
) -> None:
    tables = {"a": [{"id": f"k{n}", **record} for n, record in enumerate(ours)], "b": others}
    if sum(cell is UNREAD for found in tables.values() for record in found for cell in record.values()) > 2:
        return  # too many readings to try
    told, _ = queried(text, **tables)
    for whole in readings(tables):
        each, _ = queried(text, **whole)
        for said, found in zip(told, each, strict=True):
            assert said in {found, UNREADABLE}, (text, tables, whole)


def test_only_records_whose_answer_could_change_are_unreadable() -> None:
    text = "select one.id from a one join a two on two.s = one.s where one.n is distinct from two.n and two.ok"
    ours: list[Record] = [
        {"id": "k0", "s": "x", "n": 1, "ok": True},
        {"id": "k1", "s": "x", "n": UNREAD, "ok": False},
        {"id": "k2", "s": "y", "n": 2, "ok": True},
        {"id": "k3", "s": "y", "n": 3, "ok": False},
    ]
    assert queried(text, a=ours, b=[])[0] == [MET, UNREADABLE, MET, UNMET]


def test_a_match_that_may_stand_in_an_unreadable_cell_concerns_every_record_that_could_match_it() -> None:
    text = "select one.id from a one join a two on two.s = one.s where one.n is distinct from two.n"
    ours: list[Record] = [{"id": "k0", "s": "x", "n": 1}, {"id": "k1", "s": UNREAD, "n": 2}, {"id": "k2", "n": 3}]
    assert queried(text, a=ours, b=[])[0] == [UNREADABLE, UNREADABLE, MET]


@pytest.mark.parametrize(
    "text",
    [
        "select id from a group by id having count(n) < 1",
        "select a.id from a left join b on b.m = a.n where b.id is null",
        "select a.id from a where a.n > (select max(m) from b)",
        "select a.id from a join (select m from b) c on c.m = a.n",
        "with c as (select m from b) select a.id from a join c on c.m = a.n",
        "select a.id from a where a.n in (select m from b)",
        "select max(id) as id from a where n > 5",
    ],
)
def test_where_a_count_or_what_is_missing_may_decide_no_record_is_said_to_be_met(text: str) -> None:
    ours: list[Record] = [{"id": "k0", "n": 1}, {"id": "k1", "n": UNREAD}]
    assert queried(text, a=ours, b=[{"id": "x", "m": 7}])[0] == [UNREADABLE, UNREADABLE]
