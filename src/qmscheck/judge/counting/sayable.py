"""What the engine of a table cannot say exactly is refused before evidence is read: it is never brought close instead.

The statements of a rule are written in the dialect of the engine that holds its records, as if every column that it
reads had unreadable cells. Nothing is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from qmscheck.hookspecs import OWN_ENGINE, EngineKind
from qmscheck.model import AuditPlan, Rule, Ruleset
from qmscheck.sql import measures as sql
from qmscheck.sql.dialects import UnsayableError
from qmscheck.sql.functions import Values
from qmscheck.sql.pseudonyms import Need, needs
from qmscheck.sql.render import render
from qmscheck.sql.select import Flags, RowTest, columns_read, matchable, states, stray_keys
from qmscheck.sql.statement import Statement
from qmscheck.sql.statistic import Statistic

__all__ = ["Home", "Refused", "homes", "refused"]

Asked = tuple[str, Statement]


@dataclass(frozen=True)
class Home:
    """The engine that holds the records of a table, and the number of the source that names it."""

    kind: EngineKind
    source: int


@dataclass(frozen=True)
class Refused:
    """A source whose engine cannot judge its records, why, and what to do."""

    source: int
    message: str
    hint: str


def homes(
    plan: AuditPlan, kinds: Mapping[str, EngineKind], brings: Mapping[str, Collection[str]]
) -> Mapping[str, Home]:
    """Give the engine of every table that the embedded one does not hold. `brings` are further tables, by reader."""
    found: dict[str, Home] = {}
    for number, source in enumerate(plan.sources):
        if source.engine != OWN_ENGINE:
            for table in (source.table, *brings.get(source.reader or "", ())):
                found.setdefault(table, Home(kinds[source.engine], number))
    return found


def refused(
    plan: AuditPlan, ruleset: Ruleset, tests: Mapping[str, RowTest], given: Mapping[str, Home], values: Values
) -> Iterator[Refused]:
    """Find the tables that would lie in two engines, and the rules that the engine of their records cannot judge.

    `tests` are those of the rules that will be judged.
    """
    for number, source in enumerate(plan.sources):
        home = given.get(source.table)
        if home is not None and home.kind.name != source.engine:
            message = f"the records of '{source.table}' would lie in two engines: a table lies in one"
            yield Refused(
                max(number, home.source), message, f"name '{home.kind.name}' in each of its sources, or in none"
            )
    for rule, test in tests.items():
        found = _reason(ruleset.rules[rule], test, given, values)
        if found is not None:
            home, reason = found
            yield Refused(
                home.source,
                f"the rule {rule} cannot be judged by the engine '{home.kind.name}': {reason}",
                f"leave 'engine' out, so that the records are read and judged here, or leave the rule: --ignore {rule}",
            )


def _reason(rule: Rule, test: RowTest, given: Mapping[str, Home], values: Values) -> tuple[Home, str] | None:
    """Say which engine cannot judge a rule, and why; None where each can."""
    read = columns_read([test])
    there = {table: given[table] for table in (test.table, *sorted(read)) if table in given}
    if not there:
        return None
    if test.query is not None:
        names = {
            table: given[table].kind.name if table in given else OWN_ENGINE
            for table in (test.table, *test.query.tables)
        }
        if len(set(names.values())) > 1:
            told = " and ".join(f"{table} in '{name}'" for table, name in sorted(names.items()))
            return next(iter(there.values())), f"its query reads {told}, and a query is asked of one engine"
    compared = needs(
        [test], [(table, c) for table in there for c in read.get(table, ()) if (table, c) in values.personal]
    )
    for (table, column), need in sorted(compared.columns.items()):
        if need is Need.EQUALITY and not there[table].kind.veils:
            return there[table], f"it compares the personal column '{column}', and that engine makes no pseudonyms"
    flags = {(table, c): False for table, columns in read.items() for c in columns}
    for table, statement in _asked(rule, test, values, flags):
        if table in there:
            try:
                render(statement, there[table].kind.dialect)
            except UnsayableError as unsayable:
                return there[table], str(unsayable)
    return None


def _asked(rule: Rule, test: RowTest, values: Values, flags: Flags) -> Iterator[Asked]:
    """Give what a rule may ask, each with the table whose engine is asked."""
    yield test.table, states([test], rule.strata, (), values, flags)
    if test.query is not None:
        yield test.table, stray_keys([test], values, flags)
    if test.related is not None:
        yield test.related.table, matchable(test.related, flags, (), values, 1)
    if test.statistic is not None:
        yield from _measured(rule, test, test.statistic, values, flags)
        yield from _beside(rule, test.statistic, values, flags)


def _measured(rule: Rule, test: RowTest, statistic: Statistic, values: Values, flags: Flags) -> Iterator[Asked]:
    """Give what a measure or a series asks of the records themselves."""
    series = rule.trend or rule.signal
    if series is not None:
        yield test.table, sql.periods(test, series.by, None, values, flags)
    if rule.signal is not None:
        yield test.table, sql.days(test, values, flags)
    for stratum in (None, *rule.strata):
        if statistic.kind == "within":
            yield test.table, sql.cases(test, 1, stratum, values, flags)
        elif statistic.kind in {"mean", "nps", "ratio"}:
            yield test.table, sql.moments(test, stratum, values, flags)
        elif statistic.kind in {"median", "percentile"}:
            yield test.table, sql.ranked(test, (1,), values, flags)
            if stratum is not None:
                yield test.table, sql.reached(test, "1", stratum, values, flags)
    if statistic.group is not None:
        yield test.table, sql.groups(test, values, flags)
    if statistic.answered is not None:
        yield test.table, sql.halves(test, values, flags)


def _beside(rule: Rule, statistic: Statistic, values: Values, flags: Flags) -> Iterator[Asked]:
    """Give what a measure or a series asks of the tables beside its own."""
    series = rule.trend or rule.signal
    for other in (statistic.exposure, statistic.base):
        if other is not None:
            yield other.table, sql.totals(other, None, None, values, flags)
    if series is not None and statistic.exposure is not None and statistic.exposure.date is not None:
        yield statistic.exposure.table, sql.totals(statistic.exposure, series.by, None, values, flags)
    if statistic.base is not None and statistic.base.group is not None:
        yield statistic.base.table, sql.groups_of(statistic.base, values, flags)
    if statistic.reaction is not None:
        yield statistic.reaction.table, sql.days_of(statistic.reaction, values, flags)
        yield statistic.reaction.table, sql.unread(statistic.reaction, values, flags)
