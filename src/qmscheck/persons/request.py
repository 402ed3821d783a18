"""What to ask whom for before an audit: every table that rules read, its columns, their shape, and who can give it.

The evidence list of an audit plan (ISO 19011 asks that needed information is requested before the visit), written from
the ruleset itself, so that nothing is asked for that no rule reads.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from qmscheck.model import ColumnSpec, Ruleset, parted
from qmscheck.persons.sheets import Cell, Column, Sheet, workbook
from qmscheck.sql.select import RowTest, columns_read

__all__ = ["Asked", "TableAsked", "asked_for", "to_markdown", "to_workbook"]

_SHAPES: Mapping[str, str] = {
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "yes or no",
    "date": "date, YYYY-MM-DD or your own format (say which)",
    "timestamp": "date and time",
}
_NAME = 31  # the most characters of a sheet's name
#: The first sheet, and the name that Excel keeps for itself; capitals or not are the same to it.
_TAKEN = frozenset({"overview", "history"})


@dataclass(frozen=True)
class Asked:
    """A column that is asked for. `obligations` are those of the rules that read it; a key may be read by none.

    `also` are names that other systems have for it, `words` the closed list of what may stand in it.
    """

    name: str
    title: str
    shape: str
    key: bool
    personal: bool
    optional: bool
    obligations: tuple[str, ...]
    also: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableAsked:
    """A table that is asked for: what belongs in it, who can give it, and what it is for.

    `also` are names that files and sheets with such records have elsewhere.
    """

    name: str
    purpose: str
    giver: str
    columns: tuple[Asked, ...]
    rules: int
    obligations: tuple[str, ...]
    also: tuple[str, ...] = ()


def asked_for(ruleset: Ruleset, tests: Mapping[str, RowTest], selected: Collection[str]) -> tuple[TableAsked, ...]:
    """List the tables that the selected rules read, in the order of the ruleset, with the columns that they read."""
    readers: dict[tuple[str, str], set[str]] = {}
    rules: dict[str, set[str]] = {}
    for name in selected:
        rule = ruleset.rules[name]
        read = {table: set(columns) for table, columns in columns_read([tests[name]]).items()}
        read.setdefault(rule.table, set()).update(rule.strata)
        for table, used in read.items():
            rules.setdefault(table, set()).add(name)
            for column in used:
                readers.setdefault((table, column), set()).add(rule.obligation)
    order = list(ruleset.obligations)
    found = []
    for table, spec in ruleset.tables.items():
        if table not in rules:
            continue
        purpose, giver = parted(spec.purpose)
        columns = tuple(
            _column(name, column, sorted(readers.get((table, name), ()), key=order.index), key=name in spec.keys)
            for name, column in spec.columns.items()
            if (table, name) in readers or name in spec.keys
        )
        obligations = {o for c in columns for o in c.obligations}
        found.append(
            TableAsked(
                table,
                purpose,
                giver,
                columns,
                len(rules[table]),
                tuple(sorted(obligations, key=order.index)),
                spec.synonyms,
            )
        )
    return tuple(found)


def _column(name: str, spec: ColumnSpec, obligations: list[str], *, key: bool) -> Asked:
    return Asked(
        name,
        spec.title or name.replace("_", " "),
        _SHAPES[spec.type],
        key,
        spec.is_personal,
        spec.optional,
        tuple(obligations),
        spec.synonyms,
        tuple(spec.values),
    )


def to_markdown(ruleset: Ruleset, tables: tuple[TableAsked, ...], by: dt.date | None) -> str:
    """Write the list as Markdown: a table of contents by giver, then one section for each table."""
    lines = [f"# Records asked for: {', '.join(used.title for used in ruleset.used)}", "", *_heading(tables, by), ""]
    lines += ["| Table | What belongs in it | Given by | Rules |", "|---|---|---|---|"]
    lines += [f"| `{t.name}` | {_cell(t.purpose)} | {_cell(t.giver)} | {t.rules} |" for t in tables]
    for table in tables:
        lines += ["", f"## {table.name}", "", f"{table.purpose}."]
        lines += [f"Given by: {table.giver}."] if table.giver else []
        lines += [_elsewhere(table)] if table.also else []
        lines += [f"Needed for: {', '.join(table.obligations)}.", ""]
        lines += ["| Column | What stands in it | Shape | Also called | Needed for |", "|---|---|---|---|---|"]
        lines += [f"| `{c.name}` | {' | '.join(_cell(text) for text in _told(c))} |" for c in table.columns]
    return "\n".join(lines) + "\n"


def to_workbook(ruleset: Ruleset, tables: tuple[TableAsked, ...], by: dt.date | None, written_on: dt.date) -> bytes:
    """Write the list as a workbook: one sheet to keep track of what has come, and one for each table."""
    title = f"Records asked for: {', '.join(used.title for used in ruleset.used)}"
    track = Sheet(
        "Overview",
        (title, *_heading(tables, by)),
        (
            Column("Table", 22),
            Column("What belongs in it", 60),
            Column("Given by", 36),
            Column("By", 12),
            Column("Received on", 14, fill=True, date=True),
            Column("File, and what is missing", 40, fill=True),
        ),
        [(t.name, t.purpose, t.giver, by, None, None) for t in tables],
        frozen=1,
    )
    headings = (
        Column("Column", 24),
        Column("What stands in it", 60),
        Column("Shape", 34),
        Column("Also called", 40),
        Column("Needed for", 44),
        Column("Its name with us", 30, fill=True),
    )
    pages = [
        Sheet(
            name,
            (
                t.name,
                f"{t.purpose}.",
                *([f"Given by: {t.giver}."] if t.giver else []),
                *([_elsewhere(t)] if t.also else []),
            ),
            headings,
            [_row(c) for c in t.columns],
            frozen=1,
        )
        for name, t in zip(_sheet_names(tables), tables, strict=True)
    ]
    return workbook([track, *pages], written_on)


def _sheet_names(tables: tuple[TableAsked, ...]) -> list[str]:
    """Name a sheet for each table: a workbook has no name twice, no long ones, and Excel keeps one for itself."""
    names: list[str] = []
    for table in tables:
        ends = itertools.chain([""], (f"_{n}" for n in itertools.count(2)))
        shown = (table.name[: _NAME - len(end)] + end for end in ends)
        names.append(next(name for name in shown if name not in {*names, *_TAKEN}))
    return names


def _heading(tables: tuple[TableAsked, ...], by: dt.date | None) -> tuple[str, ...]:
    until = f" Please send them by {by}." if by is not None else ""
    tables_in_all = f"{len(tables)} table{'' if len(tables) == 1 else 's'}"
    return (
        f"{tables_in_all}, as exports of your own systems: columns may have other names and another order.{until}",
        "Leave out a column that you do not keep, and do not fill it in for the audit: missing is what it is.",
        "Personal columns are tested and never printed; pseudonyms will do, if they are the same in every table.",
    )


def _row(column: Asked) -> tuple[Cell, ...]:
    return (column.name, *_told(column), None)


def _told(column: Asked) -> tuple[str, ...]:
    return (column.title, _shape(column), ", ".join(column.also), _purposes(column))


def _elsewhere(table: TableAsked) -> str:
    return f"Also called: {', '.join(table.also)}."


def _purposes(column: Asked) -> str:
    return ", ".join(column.obligations) or "to tell records apart"


def _shape(column: Asked) -> str:
    told = [f"{column.shape}: {', '.join(column.words)}, or your own words for them" if column.words else column.shape]
    told += ["key: each record has its own"] if column.key else []
    told += ["personal"] if column.personal else []
    told += ["if you keep it"] if column.optional else []
    return "; ".join(told)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
