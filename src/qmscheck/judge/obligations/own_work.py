"""Who answers for the records that an answer is about: nobody should be the only witness of their own work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qmscheck.judge.counting.across import put
from qmscheck.model import Ruleset
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import records
from qmscheck.sql.persons import named
from qmscheck.sql.select import RowTest, columns_read

if TYPE_CHECKING:
    from qmscheck.engine import Engine
    from qmscheck.judge import Bench

__all__ = ["OwnWork", "own_work", "person_columns"]

#: What is asked of an answer: for what, when, and by whom.
_SIGNED = ("obligation", "on", "by", "role")

_WORD = {"owner": "the owner", "author": "the author or approver"}


def person_columns(ruleset: Ruleset, tests: Sequence[RowTest]) -> Mapping[str, frozenset[str]]:
    """Give the columns that say who answers for a record, of every table that tests read."""
    return {
        table: frozenset(c for c, spec in ruleset.tables[table].columns.items() if spec.person is not None)
        for table in columns_read(tests)
        if table in ruleset.tables
    }


def own_work(answers: str, obligations: Collection[str], bench: Bench) -> OwnWork:
    """Find in how many records those who answered for some obligations are named as owner or author.

    `answers` is the table of answers. No name is repeated: names are compared in the engine (letter case and outer
    spaces do not matter), in one statement for all, and only numbers come back.
    """
    columns = {name: _columns(name, bench) for name in obligations}
    held = sorted({pair for pairs in columns.values() for pair in pairs})
    found: dict[tuple[tuple[str, str], str, str], int] = {}
    for engine in dict.fromkeys(bench.at(table) for table, _ in held):
        found |= _counted([pair for pair in held if bench.at(pair[0]) is engine], answers, engine, bench)
    return OwnWork(columns, found)


def _counted(
    held: Sequence[tuple[str, str]], answers: str, engine: Engine, bench: Bench
) -> dict[tuple[tuple[str, str], str, str], int]:
    """Count in one engine. To another than that of the answers, who answered for what and when is brought."""
    compared = bench.values.compared & set(held) if engine.veils else frozenset()
    if engine is not bench.at(answers):
        signed = bench.at(answers).rows(records(answers, _SIGNED))
        cells = [[None if row[i] is None else str(row[i]) for row in signed] for i in range(len(_SIGNED))]
        answers = f"_{answers} {bench.name}"
        put(engine, answers, dict.fromkeys(_SIGNED, Kind.TEXT), cells)
    rows = engine.rows(named(held, answers, compared))
    return {(held[int(str(at))], str(name), str(day)): int(str(number)) for at, name, day, number in rows}


@dataclass(frozen=True)
class OwnWork:
    """The columns that name persons, by obligation, and how many records of each name who answered for it on a day."""

    columns: Mapping[str, Sequence[tuple[str, str]]]
    found: Mapping[tuple[tuple[str, str], str, str], int]

    def of(self, obligation: str, on: dt.date, bench: Bench) -> Sequence[str]:
        """Say in how many records the person who answered on a day, or that role, is named."""
        lines = []
        for table, column in self.columns.get(obligation, ()):
            number, total = self.found.get(((table, column), obligation, on.isoformat()), 0), bench.tables[table].rows
            if number:
                word = _WORD[bench.ruleset.tables[table].columns[column].person or "owner"]
                records = "the 1 record" if total == 1 else f"{total} records"
                place = f"{number} of {records} of {table} ({column})"
                lines.append(f"The person who answered, or that role, is named as {word} in {place}.")
        return lines


def _columns(obligation: str, bench: Bench) -> list[tuple[str, str]]:
    """Give the columns with persons of the tables that the rules of an obligation read, in the order of their names."""
    rules = [r.id for r in bench.ruleset.rules.values() if r.obligation == obligation and r.id in bench.selected]
    found = []
    for table, columns in sorted(person_columns(bench.ruleset, [bench.tests[rule] for rule in rules]).items()):
        bound = bench.tables.get(table)
        if bound is not None and bound.rows:
            found += [(table, column) for column in sorted(columns - bound.absent)]
    return found
