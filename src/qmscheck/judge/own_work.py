"""Who answers for the records that an answer is about: nobody should be the only witness of their own work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from qmscheck.engine import counts
from qmscheck.model import Ruleset
from qmscheck.sql.persons import named
from qmscheck.sql.select import RowTest, columns_read

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["own_work", "person_columns"]

_WORD = {"owner": "the owner", "author": "the author or approver"}


def person_columns(ruleset: Ruleset, tests: Sequence[RowTest]) -> Mapping[str, frozenset[str]]:
    """Give the columns that say who answers for a record, of every table that tests read."""
    return {
        table: frozenset(c for c, spec in ruleset.tables[table].columns.items() if spec.person is not None)
        for table in columns_read(tests)
        if table in ruleset.tables
    }


def own_work(answers: str, obligation: str, on: dt.date, bench: Bench) -> Sequence[str]:
    """Say in how many records the person who answered on a day, or that role, is named as owner or author.

    `answers` is the table of answers. No name is repeated: names are compared in the engine (letter case and outer
    spaces do not matter), and only the numbers come back.
    """
    rules = [r.id for r in bench.ruleset.rules.values() if r.obligation == obligation and r.id in bench.selected]
    lines = []
    for table, columns in sorted(person_columns(bench.ruleset, [bench.tests[rule] for rule in rules]).items()):
        bound = bench.tables.get(table)
        if bound is None or not bound.rows:
            continue
        for column in sorted(columns - bound.absent):
            (row,) = bench.engine.rows(named(table, column, answers, obligation, on))
            number, total = counts(row)
            if number:
                word = _WORD[bench.ruleset.tables[table].columns[column].person or "owner"]
                records = "the 1 record" if total == 1 else f"{total} records"
                place = f"{number} of {records} of {table} ({column})"
                lines.append(f"The person who answered, or that role, is named as {word} in {place}.")
    return lines
