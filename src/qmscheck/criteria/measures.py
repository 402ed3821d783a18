"""Rules that measure become checked tests: what is taken of each record, and of the tables it is held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qmscheck.criteria.forms import MEASURING
from qmscheck.errors import did_you_mean
from qmscheck.model import Base, Exposure, ParameterSpec, Reaction, Rule, TableSpec, Within
from qmscheck.sql.expression import Expression, Scope, parse_condition, parse_value
from qmscheck.sql.kinds import Kind
from qmscheck.sql.reading import SqlProblem
from qmscheck.sql.select import RowTest
from qmscheck.sql.statistic import Other, Statistic, known_case, known_value

if TYPE_CHECKING:
    from qmscheck.criteria.entries import Entries, Entry

__all__ = ["measuring", "sampled"]

_NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})
_DAYS = frozenset({Kind.DATE, Kind.TIMESTAMP})
#: Measures of which early and late answers can be compared.
_HALVES = frozenset({"share", "mean", "nps"})
_EVERY = frozenset(Kind)


@dataclass(frozen=True)
class _Parts:
    """What parsing needs: the rule, its place, all entries, and the names of its own table."""

    rule: Rule
    entry: Entry[Rule]
    entries: Entries
    scope: Scope

    def inner(self, table: str) -> Scope:
        """Give the scope of the records of one table."""
        return self.scope.within(table)

    def value(self, text: str | None, table: str, kinds: frozenset[Kind], *loc: str) -> Expression | None:
        """Parse a value of one of these types."""
        return self._parsed(
            text, loc, lambda t: parse_value(t, self.inner(table), kinds, self.entries.cache, careful=True)
        )

    def condition(self, text: str | None, table: str, *loc: str) -> Expression | None:
        """Parse a condition."""
        return self._parsed(
            text, loc, lambda t: parse_condition(t, self.inner(table), self.entries.cache, careful=True)
        )

    def number(self, name: int | str | None, *loc: str) -> None:
        """Check that a whole number is 1 or more, or names a parameter that is."""
        if isinstance(name, str):
            spec = self.parameter(name, *loc)
            if spec is not None and (spec.type != "integer" or not isinstance(spec.min, int) or spec.min < 1):
                self.entry.problem(f"parameter '{name}' should be an integer with a min of 1 or more", None, *loc)
        elif name is not None and name < 1:
            self.entry.problem(f"'{loc[-1]}' is 1 or more", None, *loc)

    def parameter(self, name: str, *loc: str) -> ParameterSpec | None:
        """Find a parameter that a key names."""
        found = self.entries.params.entries.get(name)
        if found is None:
            hint = did_you_mean(name, self.entries.params.entries)
            self.entry.problem(f"there is no parameter '{name}'", hint, *loc)
            return None
        return found.noun

    def keys(self, table: str) -> tuple[str, ...]:
        """Give the key columns of a table."""
        spec = self.entries.tables.entries[table].noun
        return spec.keys if spec is not None else ()

    def table(self, name: str, *loc: str) -> bool:
        """Check that a table is declared."""
        if name in self.scope.tables:
            return True
        self.entry.problem(f"there is no table '{name}'", did_you_mean(name, self.scope.tables), *loc)
        return False

    def _parsed(self, text: str | None, loc: tuple[str, ...], parse: Callable[[str], Expression]) -> Expression | None:
        if text is None:
            return None
        document = self.entry.document
        try:
            return parse(text)
        except SqlProblem as problem:
            line, column, length = problem.place
            where = self.entry.loc + loc
            document.add(document.problem_inside(where, line, column, length, problem.message, problem.hint))
        except RecursionError:
            self.entry.problem("the expression is nested too deeply", None, *loc)
        return None


def measuring(rule: Rule, entry: Entry[Rule], entries: Entries, scope: Scope, table: TableSpec) -> RowTest | None:
    """Compile a rule that measures; None with mistakes added to its document."""
    parts = _Parts(rule, entry, entries, scope)
    name, measure = rule.table, rule.measure
    where = parts.condition(rule.where, name, "where")
    date = _date(parts)
    value, below = _values(parts)
    statistic = Statistic(
        kind=measure.kind if measure is not None else "count",
        value=value,
        below=below,
        date=date,
        exposure=_exposure(parts, measure.rate, series=rule.form != "measure") if measure and measure.rate else None,
        reaction=_reaction(parts, rule.signal.reaction) if rule.signal and rule.signal.reaction else None,
    )
    statistic = _base(parts, statistic)
    if measure is not None and measure.within is not None:
        return _cases(parts, measure.within, statistic, where, table)
    if rule.form == "measure" and statistic.kind == "rate":
        counted = where or parse_condition("true", parts.inner(name), entries.cache)
        return RowTest(name, table.keys, must=counted, unknown_met=True, statistic=statistic)
    if rule.form != "measure":
        if date is None:
            return None
        values = (value,) if value is not None else ()
        known = known_value(values, measure.scale if measure is not None else None, date)
        return RowTest(name, table.keys, where, known, unknown_met=True, statistic=replace(statistic, known=known))
    if value is None:
        return None
    both = (value,) if below is None else (value, below)
    known = known_value(both, measure.scale if measure is not None else None)
    statistic = replace(statistic, known=known)
    if statistic.kind == "share":
        return RowTest(name, table.keys, where, value, invert=rule.at_most is not None, statistic=statistic)
    return RowTest(name, table.keys, where, known, unknown_met=True, statistic=statistic)


def sampled(test: RowTest | None, rule: Rule, entry: Entry[Rule], entries: Entries, scope: Scope) -> RowTest | None:
    """Add what a share of a plain form was drawn from."""
    if test is None or rule.base is None or rule.form in MEASURING:
        return test
    if rule.base.answered is not None:
        hint = "write the rule as measure = { share = ... }"
        entry.problem(f"early and late answers are not compared with '{rule.form}'", hint, "base", "answered", key=True)
    parts = _Parts(rule, entry, entries, scope)
    return replace(test, statistic=_base(parts, Statistic(kind="share")))


def _values(parts: _Parts) -> tuple[Expression | None, Expression | None]:
    """Parse the value of a measure, and what is below a ratio."""
    measure, name = parts.rule.measure, parts.rule.table
    if measure is None or measure.kind in {"rate", "within"}:
        return None, None
    kind = measure.kind
    text = str(getattr(measure, kind))
    if kind == "share":
        condition = parts.condition(text, name, "measure", kind)
        if condition is not None and not condition.columns:
            parts.entry.problem(
                "the condition reads no column: it says the same of every record", None, "measure", kind
            )
        return condition, None
    return parts.value(text, name, _NUMBERS, "measure", kind), parts.value(measure.to, name, _NUMBERS, "measure", "to")


def _date(parts: _Parts) -> Expression | None:
    """Parse the date of a series, and check what else it names."""
    rule = parts.rule
    series = rule.trend or rule.signal
    if series is None:
        return None
    form = rule.form
    if isinstance(series.since, str):
        spec = parts.parameter(series.since, form, "since")
        if spec is not None and spec.type != "date":
            parts.entry.problem(f"'since' is a date, and '{series.since}' is {spec.type}", None, form, "since")
    if rule.trend is not None and rule.trend.test == "seasonal" and rule.trend.by == "year":
        parts.entry.problem("a year has no seasons to compare", "by month or quarter", "trend", "test")
    if rule.trend is not None and rule.trend.by_more_than is not None:
        _check_tolerance(parts, rule.trend.by_more_than)
    return parts.value(series.on, rule.table, _DAYS, form, "on")


def _check_tolerance(parts: _Parts, tolerance: float | str) -> None:
    loc = ("trend", "by_more_than")
    if not isinstance(tolerance, str):
        if tolerance != 0:
            hint = 'name a parameter: by_more_than = "tolerated_fall"'
            parts.entry.problem("a threshold has an origin: whose number is this?", hint, *loc)
        return
    spec = parts.parameter(tolerance, *loc)
    if spec is not None and (
        spec.type not in {"number", "integer"} or not isinstance(spec.min, int | float) or spec.min < 0
    ):
        parts.entry.problem(f"parameter '{tolerance}' should be a number with a min of 0 or more", None, *loc)


def _exposure(parts: _Parts, given: Exposure, *, series: bool) -> Other | None:
    loc = ("measure", "rate")
    if not parts.table(given.table, *loc, "table"):
        return None
    date = parts.value(given.on, given.table, _DAYS, *loc, "on")
    if series and given.on is None:
        parts.entry.problem("a series of a rate needs the date of what it is counted against", 'on = "date"', *loc)
    columns = parts.scope.tables[given.table]
    for i, column in enumerate(parts.rule.strata):
        if not series and column not in columns:
            hint = f"the rate of a {column} is counted against the records of that {column}"
            parts.entry.problem(f"table '{given.table}' has no column '{column}'", hint, "strata", i)
    units = (
        ()
        if series
        else tuple(parts.value(c, given.table, _EVERY, "strata") for c in parts.rule.strata if c in columns)
    )
    return Other(
        given.table,
        parts.keys(given.table),
        parts.condition(given.where, given.table, *loc, "where"),
        parts.value(given.sum, given.table, _NUMBERS, *loc, "sum"),
        date,
        units=tuple(u for u in units if u is not None),
    )


def _reaction(parts: _Parts, given: Reaction) -> Other | None:
    loc = ("signal", "reaction")
    parts.number(given.days, *loc, "days")
    if not parts.table(given.table, *loc, "table"):
        return None
    date = parts.value(given.on, given.table, _DAYS, *loc, "on")
    return Other(
        given.table, parts.keys(given.table), parts.condition(given.where, given.table, *loc, "where"), date=date
    )


def _cases(
    parts: _Parts, given: Within, statistic: Statistic, where: Expression | None, table: TableSpec
) -> RowTest | None:
    """Compile cases that are closed within a limit."""
    loc, name = ("measure", "within"), parts.rule.table
    if (given.days is None) == (given.hours is None):
        parts.entry.problem("'within' has a limit in days or in hours", 'days = "days_to_close"', *loc)
    for key in ("days", "hours"):
        limit = getattr(given, key)
        parts.number(limit, *loc, key)
        if isinstance(limit, int):
            hint = f'name a parameter: {key} = "limit"'
            parts.entry.problem("a threshold has an origin: whose number is this?", hint, *loc, key)
    opened = parts.value(given.opened, name, _DAYS, *loc, "opened")
    closed = parts.value(given.closed, name, _DAYS, *loc, "closed")
    if opened is None or closed is None:
        return None
    known = known_case(opened, closed)
    whole = replace(statistic, known=known, opened=opened, closed=closed, hours=given.hours is not None)
    return RowTest(name, table.keys, where, known, unknown_met=True, statistic=whole)


def _base(parts: _Parts, statistic: Statistic) -> Statistic:
    """Parse what a sample was drawn from."""
    given = parts.rule.base
    if given is None:
        return statistic
    if (given.table is None) == (given.number is None):
        parts.entry.problem("a base is a table or a number", 'base = { table = "customers" }', "base")
        return statistic
    parts.number(given.number, "base", "number")
    for key in ("where", "mix"):
        if given.table is None and getattr(given, key) is not None:
            parts.entry.problem(f"'{key}' needs the table of the base", None, "base", key, key=True)
    measure = parts.rule.measure
    if given.answered is not None and measure is not None and measure.kind not in _HALVES:
        message, hint = f"early and late answers are not compared with '{measure.kind}'", "share, mean or nps"
        parts.entry.problem(message, hint, "base", "answered", key=True)
    answered = parts.value(given.answered, parts.rule.table, _DAYS, "base", "answered")
    if given.table is None or not parts.table(given.table, "base", "table"):
        return replace(statistic, answered=answered)
    own, theirs = _mix(given)
    return replace(
        statistic,
        answered=answered,
        group=_group(parts, own, parts.rule.table),
        base=Other(
            given.table,
            parts.keys(given.table),
            parts.condition(given.where, given.table, "base", "where"),
            group=_group(parts, theirs, given.table),
        ),
    )


def _mix(given: Base) -> tuple[str | None, str | None]:
    if given.mix is None or isinstance(given.mix, str):
        return given.mix, given.mix
    return next(iter(given.mix.items()), (None, None))


def _group(parts: _Parts, column: str | None, table: str) -> Expression | None:
    """Check the column of a mix: it is printed, so it is nothing personal."""
    found = parts.entries.tables.entries.get(table)
    spec = found.noun.columns.get(column) if found is not None and found.noun is not None and column else None
    if spec is not None and spec.is_personal:
        message = f"'{column}' is personal and is never printed, so it cannot be a group"
        parts.entry.problem(message, None, "base", "mix")
    return parts.value(column, table, _EVERY, "base", "mix")
