"""Who is named is counted in the engine, in one statement in which no name stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.sql.persons import named
from qmscheck.sql.render import render

names = st.sampled_from(["Ada", " ADA  ", "A\u200bda", "bob", "Bob Lee", "bob\u00a0 lee", "", None])
answers = st.lists(
    st.tuples(st.sampled_from(["O-1", "O-2"]), st.sampled_from(["2026-01-01", "2026-01-02", None]), names, names),
    max_size=5,
)
HELD = (("tasks", "owner"), ("tasks", "made by"), ("files", "author"))


def compared(name: str | None) -> str | None:
    """Write a name as it is compared."""
    if name is None:
        return None
    seen = "".join(c for c in name if unicodedata.category(c) != "Cf")
    return re.sub(r"[ \t\n\r\f]+", " ", seen).strip(" ").lower()


def counted(
    given_answers: Sequence[tuple[object, ...]], tasks: Sequence[tuple[object, ...]], files: Sequence[object]
) -> dict[tuple[object, ...], object]:
    with duckdb.connect() as engine:
        engine.execute('CREATE TABLE answers (obligation VARCHAR, "on" DATE, "by" VARCHAR, role VARCHAR)')
        engine.execute('CREATE TABLE tasks (owner VARCHAR, "made by" VARCHAR)')
        engine.execute("CREATE TABLE files (author VARCHAR)")
        for table, rows in (("answers", given_answers), ("tasks", tasks), ("files", [(one,) for one in files])):
            for row in rows:
                engine.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        found = engine.execute(render(named(HELD, "answers"), "duckdb")).fetchall()
    assert len({row[:3] for row in found}) == len(found)
    return {row[:3]: row[3] for row in found}


@given(answers, st.lists(st.tuples(names, names), max_size=4), st.lists(names, max_size=4))
def test_every_record_that_names_one_of_those_who_answered_is_counted_once(
    given_answers: list[tuple[str, str | None, str | None, str | None]],
    tasks: list[tuple[str | None, str | None]],
    files: list[str | None],
) -> None:
    who: dict[tuple[str, str | None], set[str | None]] = {}
    for obligation, day, by, role in given_answers:
        who.setdefault((obligation, day), set()).update(compared(n) for n in (by, role) if n is not None)
    cells = [[t[0] for t in tasks], [t[1] for t in tasks], files]
    wanted = {
        (at, obligation, day): number
        for at, column in enumerate(cells)
        for (obligation, day), persons in who.items()
        if (number := sum(cell is not None and compared(cell) in persons for cell in column))
    }
    assert counted(given_answers, tasks, files) == wanted


def test_no_text_stands_in_the_statement_but_what_no_one_sees() -> None:
    texts = set(re.findall(r"'[^']*'", render(named(HELD[:1], "answers"), "duckdb")))
    assert texts == {r"'\p{Cf}+'", "''", r"'\s+'", "' '", "'g'"}
