"""What is missing where nothing can be shown: which table, column or cell, who can give it, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmscheck.judge.counting.scan import Count
from qmscheck.model import BoundTable, Rule, parted, plain
from qmscheck.sql.select import RowTest

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["absent", "not_there", "outside", "reads", "remedy", "unclear", "unlisted", "unreliable"]

#: So many columns are explained by their titles; of more the names have to do.
_EXPLAINED = 2

#: So many sources are named; of more their number has to do.
_NAMED = 2

#: A condition that takes more letters than this in words is for `qmscheck explain`.
_SHORT = 160


def absent(test: RowTest, bench: Bench) -> dict[str, list[str]]:
    """Give the columns that a test reads and no source has, by table."""
    found = {table: sorted(columns & bench.tables[table].absent) for table, columns in reads(test).items()}
    return {table: columns for table, columns in found.items() if columns}


def unreliable(rule: Rule, test: RowTest, bench: Bench) -> str | None:
    """Say why a table, or a column that the rule reads, cannot be relied on (no source, refused, empty, two readings),
    and who can give its records.
    """
    for table in reads(test):
        bound = bench.tables[table]
        giver = _giver(table, bench)
        if not bound.sourced:
            return f"Nothing was handed over: the plan names no source for the table '{table}'.{giver}"
        if bound.problem is not None:
            return f"The table {table} cannot be relied on: {bound.problem}.{giver}"
        if doubts := unclear(rule, test, bench).get(table):
            word = "column" if len(doubts) == 1 else "columns"
            told = "; ".join(dict.fromkeys(doubts.values()))
            return f"The {word} {', '.join(doubts)} of {table} cannot be relied on: {told}.{giver}"
        if bound.rows == 0:
            rows = "1 row" if bound.lost == 1 else f"{bound.lost} rows"
            lost = f" ({rows} could not be read)" if bound.lost else ""
            return f"The table {table} holds no records{lost}: nothing was shown."
    return None


def unclear(rule: Rule, test: RowTest, bench: Bench) -> dict[str, dict[str, str]]:
    """Give the columns that a rule reads and whose cells have two readings, with the question about them, by table."""
    found: dict[str, dict[str, str]] = {}
    for table, columns in reads(test).items():
        asked = columns.union(rule.strata if table == rule.table else ())
        found[table] = {column: told for column, told in bench.tables[table].unclear.items() if column in asked}
    return {table: columns for table, columns in found.items() if columns}


def unlisted(test: RowTest, bench: Bench) -> str | None:
    """Say which words in the columns that a test reads are none of their closed lists."""
    found = [
        told
        for table, columns in reads(test).items()
        for column, told in bench.tables[table].unlisted.items()
        if column in columns
    ]
    return "; ".join(dict.fromkeys(found)) or None


def not_there(test: RowTest, bench: Bench) -> str:
    """Name the columns that the rule reads and no source has, what they hold, and what to do."""
    told = []
    for table, columns in absent(test, bench).items():
        word, pronoun = ("column", "it") if len(columns) == 1 else ("columns", "them")
        titles = {c: bench.ruleset.tables[table].columns[c].title for c in columns}
        brief = len(columns) > _EXPLAINED
        names = [c if brief or not titles[c] else f"{c} ({titles[c]})" for c in columns]
        told.append(
            f"No source of {table} has the {word} {', '.join(names)}: name {pronoun} in the plan, or keep {pronoun}."
        )
    return " ".join(told)


def outside(rule: Rule, test: RowTest, bench: Bench) -> str:
    """Say that a table has records, and none that a rule is about: those that it asks for, where that is short."""
    rows = bench.tables[rule.table].rows
    values = {name: plain(param.value) for name, param in bench.params.items()}
    asked = test.about.format_map(values) if test.about else ""
    which = f" (it asks for those where {asked})" if 0 < len(asked) <= _SHORT else ""
    if rows == 1:
        return f"The one record of {rule.table} is not in scope of this rule{which}"
    return f"None of the {rows} records of {rule.table} is in scope of this rule{which}"


def remedy(rule: Rule, test: RowTest, one: Count, bench: Bench) -> str:
    """Say how records of which it cannot be told become so. What is not there at all has its own sentence."""
    if absent(test, bench):
        return ""
    lost = bench.tables[test.table].lost
    if one.unreadable == lost:
        return f"Mend the {'row' if lost == 1 else 'rows'} that could not be taken apart."
    unread = {table: sorted(columns & bench.tables[table].flags) for table, columns in reads(test).items()}
    lacking = {table: [c for c in columns if c in bench.tables[table].lacking] for table, columns in unread.items()}
    if told := " ".join(_some_lack(columns, bench.tables[table]) for table, columns in lacking.items() if columns):
        return told
    cells = " and ".join(f"{', '.join(columns)} ({table})" for table, columns in unread.items() if columns)
    which = "it" if one.unreadable == 1 else "them"
    if cells:
        whole = "A query compares all records with each other, so one such cell leaves all open. " if rule.query else ""
        return f"Cells of {cells} cannot be read. {whole}Make them readable."
    if lost:
        return f"Make {which} readable."
    scope = test.scope.columns_of(test.table) if test.scope is not None else ()
    named = f" of {', '.join(dict.fromkeys(scope))}" if scope else ""
    return f"Fill the blank cells{named} that say whether the rule is about {which}."


def _some_lack(columns: Sequence[str], table: BoundTable) -> str:
    """Name the sources of a table that lack columns which others of it have, and say what to do."""
    sources = list(dict.fromkeys(source for c in columns for source in table.lacking[c]))
    more = len(sources) - _NAMED
    named = f"{', '.join(sources[:_NAMED])} and {more} more" if more > 0 else " and ".join(sources)
    have, which = ("has" if len(sources) == 1 else "have"), ("it" if len(columns) == 1 else "them")
    word = "column" if len(columns) == 1 else "columns"
    told = f"{named} {have} no {word} {', '.join(columns)} ({table.name})"
    return f"{told}: name {which} in the plan, or keep {which} there."


def _giver(table: str, bench: Bench) -> str:
    """Say who can give the records of a table, where its purpose does."""
    _, giver = parted(bench.ruleset.tables[table].purpose)
    return f" Given by: {giver}." if giver else ""


def reads(test: RowTest) -> dict[str, set[str]]:
    """Give the columns that a test reads, by table."""
    reads: dict[str, set[str]] = {test.table: set(test.unique)}
    for expression in test.expressions:
        for table, column in expression.columns:
            reads.setdefault(table, set()).add(column)
    for other in test.statistic.others if test.statistic is not None else ():
        reads.setdefault(other.table, set())
    if test.related is not None:
        reads[test.table].update(left for left, _ in test.related.pairs)
        reads.setdefault(test.related.table, set()).update(right for _, right in test.related.pairs)
    return reads
