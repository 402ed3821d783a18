"""An interval against a target: what a tally shows, what it does not, and why (design section 7)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from qmscheck.judge.bounds import bounds
from qmscheck.judge.scan import Count, Counted
from qmscheck.model import Rule, Verdict
from qmscheck.sql.select import RowTest

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["GRAVITY", "decide", "target"]

#: From grave to harmless. Verdicts are never compared by their letters.
GRAVITY = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.INSUFFICIENT,
    Verdict.MANUAL,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
    Verdict.NOT_SELECTED,
)


def decide(rule: Rule, test: RowTest, counted: Counted, bench: Bench) -> tuple[Verdict, str]:
    """Give the verdict of a rule and the reason in one sentence. What cannot be relied on is decided first."""
    if counted.error is not None:
        return Verdict.ERROR, f"The engine could not evaluate the rule: {counted.error}."
    if counted.stray:
        return Verdict.ERROR, f"The rule's query returned {counted.stray} keys that {rule.table} does not have."
    unreliable = _unreliable(test, bench)
    if unreliable is not None:
        return Verdict.INSUFFICIENT, unreliable
    one = counted.total
    if one.population == 0:
        return _nothing_in_scope(rule, test, bench)
    if one.population < rule.min_population:
        wanted = rule.min_population
        return Verdict.INSUFFICIENT, f"Only {one.population} records are in scope, and at least {wanted} are needed."
    verdict, reason = _by_count(rule, one, bench) if rule.count is not None else _by_share(rule, one, bench)
    if verdict is Verdict.INSUFFICIENT:
        reason = f"{_absent(test, bench)} {reason}".strip()
    if verdict is Verdict.PASS and _rests_on_blanks(rule, counted, bench):
        return Verdict.INSUFFICIENT, f"{reason} But that rests on blank cells: {_blank(counted, bench)}."
    if not rule.conclusive:
        return _inconclusive(verdict, one)
    return verdict, reason


def target(rule: Rule, bench: Bench) -> Fraction:
    """Give the share of records that must be met, exactly as it is written (95 % is 19/20)."""
    given = bounds(rule, bench)
    if given.most is not None:
        return 1 - given.most
    return Fraction(1) if given.least is None else given.least


def _unreliable(test: RowTest, bench: Bench) -> str | None:
    """Say why a table cannot be relied on: no source, refused, empty, or without a column that the rule reads."""
    for table in _reads(test):
        bound = bench.tables[table]
        if bound.problem is not None:
            return f"The table {table} cannot be relied on: {bound.problem}."
        if bound.rows == 0:
            lost = f" ({bound.lost} rows could not be read)" if bound.lost else ""
            return f"The table {table} holds no records{lost}: nothing was shown."
    return None


def _rests_on_blanks(rule: Rule, counted: Counted, bench: Bench) -> bool:
    """Tell whether a pass would not hold if columns that are blank in every record were unknown."""
    one = counted.doubted
    if one is None:
        return False
    verdict, _ = _by_count(rule, one, bench) if rule.count is not None else _by_share(rule, one, bench)
    return verdict is not Verdict.PASS


def _blank(counted: Counted, bench: Bench) -> str:
    """Name the columns that are blank in every record."""
    named = [
        f"{column} is blank in all {bench.tables[table].rows} records of {table}" for table, column in counted.blank
    ]
    return " and ".join(named)


def _reads(test: RowTest) -> dict[str, set[str]]:
    """Give the columns that a test reads, by table."""
    reads: dict[str, set[str]] = {test.table: set(test.unique)}
    for expression in (test.scope, test.must, test.query, test.related.where if test.related else None):
        for table, column in expression.columns if expression is not None else ():
            reads.setdefault(table, set()).add(column)
    if test.related is not None:
        reads[test.table].update(left for left, _ in test.related.pairs)
        reads.setdefault(test.related.table, set()).update(right for _, right in test.related.pairs)
    return reads


def _absent(test: RowTest, bench: Bench) -> str:
    """Name the columns that the rule reads and no source has."""
    found = [
        f"No source of {table} has the column {', '.join(absent)}."
        for table, columns in _reads(test).items()
        if (absent := sorted(columns & bench.tables[table].absent))
    ]
    return " ".join(found)


def _nothing_in_scope(rule: Rule, test: RowTest, bench: Bench) -> tuple[Verdict, str]:
    """Judge an empty scope. A column of the scope that is blank throughout never excuses anything."""
    rows = bench.tables[rule.table].rows
    if test.scope is not None:
        columns = dict.fromkeys(test.scope.columns_of(rule.table))
        blank = [c for c in columns if c in bench.tables[rule.table].blank]
        if blank:
            reason = f"The column {', '.join(blank)} is blank in all {rows} records of {rule.table}."
            return Verdict.INSUFFICIENT, reason
    reason = f"None of the {rows} records of {rule.table} is in scope of this rule."
    return Verdict(rule.on_zero), reason


def _by_share(rule: Rule, one: Count, bench: Bench) -> tuple[Verdict, str]:
    wanted = target(rule, bench)
    low, high = Fraction(one.met, one.population), Fraction(one.met + one.unreadable, one.population)
    asked = "all must be" if wanted == 1 else f"at least {_percent(wanted)} must be"
    if low >= wanted:
        return Verdict.PASS, f"{one.met} of {one.population} records are met; {asked}."
    if high < wanted:
        return Verdict.FAIL, f"{one.met} of {one.population} records are met; {asked}."
    reason = (
        f"Not shown: {one.met} of {one.population} records are met, {one.unreadable} cannot be read, and {asked}. "
        "Make them readable."
    )
    return Verdict.INSUFFICIENT, reason


def _by_count(rule: Rule, one: Count, bench: Bench) -> tuple[Verdict, str]:
    low, high = one.met, one.met + one.unreadable
    least, most = (None if b is None else int(b) for b in bounds(rule, bench))
    asked = " and ".join(
        text
        for text in (f"at least {least}" if least is not None else "", f"at most {most}" if most is not None else "")
        if text
    )
    found = f"{one.met} of {one.population} records count; {asked} are asked for."
    if (least is None or low >= least) and (most is None or high <= most):
        return Verdict.PASS, found
    if (least is not None and high < least) or (most is not None and low > most):
        return Verdict.FAIL, found
    return Verdict.INSUFFICIENT, f"Not shown: {found} {one.unreadable} records cannot be read."


def _inconclusive(verdict: Verdict, one: Count) -> tuple[Verdict, str]:
    """Turn what words alone suggest into what they can show."""
    if verdict is Verdict.PASS:
        return (
            Verdict.MANUAL,
            f"Words were found in {one.met} places. Words are no proof: a person reads them and decides.",
        )
    if verdict is Verdict.FAIL:
        return (
            Verdict.INSUFFICIENT,
            "The words that were looked for were not found. That shows nothing by itself: other words may say it.",
        )
    return verdict, "Some of the text could not be read, so the words can be neither found nor missed."


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.4g} %"
