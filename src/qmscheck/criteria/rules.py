"""One rule: its form, its bounds, its expressions, as a checked test of records."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from qmscheck.criteria.entries import Entries, Entry
from qmscheck.criteria.forms import MEASURING, check_inference, check_measure, check_target
from qmscheck.criteria.measures import measuring, sampled
from qmscheck.criteria.targets import check_targets
from qmscheck.errors import did_you_mean
from qmscheck.model import Match, Rule, TableSpec
from qmscheck.sql.expression import Expression, Scope, parse_condition
from qmscheck.sql.kinds import Kind, comparable
from qmscheck.sql.margins import with_margin
from qmscheck.sql.query import parse_query
from qmscheck.sql.reading import SqlProblem
from qmscheck.sql.select import Related, RowTest
from qmscheck.sql.words import in_words, parts_of

__all__ = ["compile_rule"]

T = TypeVar("T")

_FORMS = ("must", "has", "lacks", "unique", "query")
_SECOND = (*_FORMS, *MEASURING)
_THRESHOLD = "a threshold has an origin: whose number is this?"
_FIGURES = ("population", "met", "unmet", "unreadable", "share", "value", "interval", "target")


def compile_rule(rule: Rule, entry: Entry[Rule], entries: Entries, scope: Scope) -> RowTest | None:
    """Check a rule whole; give it as a test, or None with mistakes added to its document."""
    before = len(entry.document.problems)
    _check_form(rule, entry)
    check_measure(rule, entry)
    check_targets(rule, entry, entries)
    check_inference(rule, entry)
    _check_bounds(rule, entry, entries)
    _check_statement(rule, entry, entries)
    table = _table(rule.table, entry, entries, "each" if rule.each else "count") if rule.table else None
    if table is None:
        return None
    _check_strata(rule, entry, table)
    if len(entry.document.problems) > before and rule.form in MEASURING:
        return None
    compiled = measuring if rule.form in MEASURING else _test
    test = sampled(compiled(rule, entry, entries, scope, table), rule, entry, entries, scope)
    if test is None or len(entry.document.problems) != before:
        return None
    days = [name for name, kind in scope.params.items() if kind is Kind.DATE]
    about = in_words(rule.where, days) if rule.where else None
    parts = parts_of(rule.must, days) if rule.must else ()
    kinds = {name: column.type for name, column in table.columns.items()}
    return replace(with_margin(test, kinds), about=about, parts=parts)


def _check_form(rule: Rule, entry: Entry[Rule]) -> None:
    given = [form for form in _SECOND if getattr(rule, form) is not None]
    if given[-1:] == ["measure"] and len(given) == 2 and given[0] in {"trend", "signal"}:  # noqa: PLR2004  (of what a series is made)
        given = given[:1]
    if rule.count is not None and (rule.each is not None or given):
        other = "each" if rule.each is not None else given[0]
        entry.problem(f"a rule has one form, and this one has 'count' and '{other}'", None, other, key=True)
    elif rule.count is None and rule.each is None:
        hint = 'each = "table" with must, has, lacks, unique, query or measure; or count = "table"'
        entry.problem(f"rule '{rule.id}' names no table", hint)
    elif rule.count is None and not given:
        entry.problem(
            f"rule '{rule.id}' says nothing of each record",
            "add must, has, lacks, unique, query, measure, trend or signal",
        )
    for second in given[1:]:
        entry.problem(f"a rule has one form, and this one has '{given[0]}' and '{second}'", None, second, key=True)


def _check_bounds(rule: Rule, entry: Entry[Rule], entries: Entries) -> None:
    if rule.count is not None:
        _check_numbers(rule, entry, entries)
    elif not check_target(rule, entry, entries):
        _check_shares(rule, entry, entries)
    if rule.on_zero == "not-applicable" and rule.where is None:
        hint = "only a rule with 'where' can find nothing to judge in a table that has records"
        entry.problem("'on_zero = \"not-applicable\"' needs 'where'", hint, "on_zero")


def _check_numbers(rule: Rule, entry: Entry[Rule], entries: Entries) -> None:
    """Check the bounds of a count: other than `at least 1` and `at most 0`, a number of records is a threshold."""
    least, most = rule.at_least, rule.at_most
    for key, bound, plain in (("at_least", least, 1), ("at_most", most, 0)):
        if isinstance(bound, str):
            _check_bound(key, bound, ("integer",), entry, entries)
        elif isinstance(bound, float) or (bound is not None and bound < 0):
            entry.problem(f"'{key}' of a count is a whole number of records, 0 or more", None, key)
        elif bound is not None and bound > plain:
            entry.problem(_THRESHOLD, f'name a parameter: {key} = "records_needed"', key)
    if least is None and most is None:
        entry.problem("a count needs 'at_least' or 'at_most'", None, "count", key=True)
    elif most is None and isinstance(least, int) and least == 0:
        entry.problem("'at_least = 0' would pass whatever the records say", None, "at_least")
    elif isinstance(least, int) and isinstance(most, int) and least > most:
        entry.problem("'at_least' is above 'at_most'", None, "at_least")
    if rule.strata:
        entry.problem("a count has no strata", None, "strata", key=True)


def _check_shares(rule: Rule, entry: Entry[Rule], entries: Entries) -> None:
    """Check the bounds of the other forms: shares of the records. All and none need no origin; 95 % does."""
    for key, bound, empty in (("at_least", rule.at_least, 0), ("at_most", rule.at_most, 1)):
        if isinstance(bound, str):
            _check_bound(key, bound, ("number", "integer"), entry, entries)
        elif bound is not None and not 0 <= bound <= 1:
            entry.problem(f"'{key}' is a share of the records, from 0 to 1", "95 % is 0.95", key)
        elif bound == empty:
            entry.problem(f"'{key} = {empty}' would pass whatever the records say", None, key)
        elif bound is not None and 0 < bound < 1:
            entry.problem(_THRESHOLD, f'name a parameter: {key} = "share_needed"', key)
    if rule.at_least is not None and rule.at_most is not None:
        entry.problem("a share has 'at_least' or 'at_most', not both", None, "at_most", key=True)
    if rule.at_most is not None and rule.form in {"unique", "query"}:
        entry.problem(f"'at_most' has no meaning with '{rule.form}'", "use at_least", "at_most", key=True)


def _check_bound(key: str, name: str, kinds: tuple[str, ...], entry: Entry[Rule], entries: Entries) -> None:
    """Check a bound that a parameter holds: its type, and that no plan can make it senseless."""
    found = entries.params.entries.get(name)
    if found is None:
        entry.problem(f"there is no parameter '{name}'", did_you_mean(name, entries.params.entries), key)
        return
    spec = found.noun
    if spec is None:
        return
    share = "number" in kinds
    if spec.type not in kinds:
        entry.problem(
            f"'{key}' is {'a share' if share else 'a number of records'}, and '{name}' is {spec.type}", None, key
        )
    elif spec.min is None or (share and spec.max is None):
        entry.problem(f"parameter '{name}' is a bound, so it needs {'min and max' if share else 'min'}", None, key)
    elif share and not all(isinstance(b, int | float) and 0 <= b <= 1 for b in (spec.min, spec.max)):
        entry.problem(f"parameter '{name}' is a share, so min and max lie between 0 and 1", None, key)
    elif share and key == "at_least" and spec.min == 0:
        hint = "a share in 'at_least' has a min above 0"
        entry.problem(f"with '{name}' = 0 the rule would pass whatever the records say", hint, key)
    elif share and key == "at_most" and spec.max == 1:
        hint = "a share in 'at_most' has a max below 1"
        entry.problem(f"with '{name}' = 1 the rule would pass whatever the records say", hint, key)


def _check_statement(rule: Rule, entry: Entry[Rule], entries: Entries) -> None:
    try:
        parts = [part for part in string.Formatter().parse(rule.statement) if part[1] is not None]
    except ValueError as error:
        entry.problem(f"the statement's braces do not fit: {error}", "write {{ for a brace", "statement")
        return
    known = [*_FIGURES, *(f"param.{p}" for p in entries.params.entries)]
    for _, name, form, conversion in parts:
        if form or conversion:
            entry.problem(f"a figure is written '{{{name}}}' and nothing else", None, "statement")
        elif name is None or name not in known:
            hint = did_you_mean(name or "", known) or f"figures are {', '.join(f'{{{figure}}}' for figure in known)}"
            entry.problem(f"the statement has no figure '{{{name}}}'", hint, "statement")


def _check_strata(rule: Rule, entry: Entry[Rule], table: TableSpec) -> None:
    for i, column in enumerate(rule.strata):
        spec = table.columns.get(column)
        if spec is None:
            hint = did_you_mean(column, table.columns) or f"its columns are {', '.join(table.columns)}"
            entry.problem(f"table '{rule.table}' has no column '{column}'", hint, "strata", i)
        elif column in rule.strata[:i]:
            entry.problem(f"the stratum '{column}' stands twice", None, "strata", i)
        elif spec.is_personal:
            entry.problem(f"'{column}' is personal and is never printed, so it cannot be a stratum", None, "strata", i)


def _test(rule: Rule, entry: Entry[Rule], entries: Entries, scope: Scope, table: TableSpec) -> RowTest | None:
    name = rule.table
    inner = scope.within(name)
    where = _parsed(
        entry, ("where",), rule.where, lambda text: parse_condition(text, inner, entries.cache, careful=True)
    )
    if rule.count is not None:
        everything = where or parse_condition("true", inner, entries.cache)
        return RowTest(name, table.keys, must=everything, unknown_met=rule.at_most is not None)
    inverted = rule.at_most is not None
    if rule.must is not None:
        must = _parsed(
            entry, ("must",), rule.must, lambda text: parse_condition(text, inner, entries.cache, careful=True)
        )
        if must is not None and not must.columns:
            entry.problem("the condition reads no column: it says the same of every record", None, "must")
        return RowTest(name, table.keys, where, must, invert=inverted)
    if rule.unique is not None:
        for i, column in enumerate(rule.unique):
            if column not in table.columns:
                hint = did_you_mean(column, table.columns)
                entry.problem(f"table '{name}' has no column '{column}'", hint, "unique", i)
            elif column in rule.unique[:i]:
                entry.problem(f"the column '{column}' stands twice", None, "unique", i)
        return RowTest(name, table.keys, where, unique=rule.unique)
    if rule.query is not None:
        keys = {k: inner.tables[name][k] for k in table.keys if k in inner.tables[name]}
        query = _parsed(
            entry, ("query",), rule.query, lambda text: parse_query(text, scope, keys, entries.cache, careful=True)
        )
        return RowTest(name, table.keys, where, query=query) if query is not None else None
    match = rule.has or rule.lacks
    if match is None:
        return None
    form = "has" if rule.has is not None else "lacks"
    related = _related(rule, form, match, entry, entries, scope)
    lacks = (form == "lacks") != inverted
    return None if related is None else RowTest(name, table.keys, where, related=related, lacks=lacks)


def _related(rule: Rule, form: str, match: Match, entry: Entry[Rule], entries: Entries, scope: Scope) -> Related | None:
    """Check the other side of a match: its table, its keys and their types, its condition."""
    other = _table(match.table, entry, entries, form, "table")
    if other is None:
        return None
    if match.table == rule.table:
        entry.problem(f"'{form}' needs another table", "compare a table with itself in a 'query'", form, "table")
        return None
    mine, theirs = scope.tables[rule.table], scope.tables[match.table]
    fine = True
    for left, right in match.pairs:
        for column, columns, table in ((left, mine, rule.table), (right, theirs, match.table)):
            if column not in columns:
                turned = left != right and left in theirs and right in mine
                hint = f'the column of {rule.table} stands first: {{ {right} = "{left}" }}' if turned else None
                hint = hint or did_you_mean(column, columns) or f"its columns are {', '.join(columns)}"
                entry.problem(f"table '{table}' has no column '{column}'", hint, form, "on")
                fine = False
        if fine and not comparable(mine[left], theirs[right]):
            message = f"{rule.table}.{left} is {mine[left]} and {match.table}.{right} is {theirs[right]}"
            entry.problem(message, "keys are of one type", form, "on")
    inner = scope.within(match.table, rule.table)
    where = _parsed(
        entry, (form, "where"), match.where, lambda text: parse_condition(text, inner, entries.cache, careful=True)
    )
    return Related(match.table, match.pairs, where) if fine else None


def _table(name: str, entry: Entry[Rule], entries: Entries, *loc: str) -> TableSpec | None:
    found = entries.tables.entries.get(name)
    if found is None:
        hint = (
            did_you_mean(name, entries.tables.entries) or "declare it here, or name the ruleset that declares it first"
        )
        entry.problem(f"there is no table '{name}'", hint, *loc)
        return None
    return found.noun


def _parsed(
    entry: Entry[Rule], loc: tuple[str, ...], text: str | None, parse: Callable[[str], Expression]
) -> Expression | None:
    """Parse an expression; a mistake in it gets the place inside the file."""
    if text is None:
        return None
    try:
        return parse(text)
    except SqlProblem as problem:
        line, column, length = problem.place
        message, hint = problem.message, problem.hint
        entry.document.add(entry.document.problem_inside(entry.loc + loc, line, column, length, message, hint))
    except RecursionError:
        entry.problem("the expression is nested too deeply", None, *loc)
    return None
