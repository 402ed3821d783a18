"""An interval against a target: what a tally shows, what it does not, and why (design section 7)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from qmscheck.engine import EngineError
from qmscheck.judge.bounds import bounds, target
from qmscheck.judge.counting.scan import Count, Counted
from qmscheck.judge.finding import missing
from qmscheck.model import BoundTable, Rule, Verdict
from qmscheck.sql.select import RowTest

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.measuring.reading import Reading

    Measure = Callable[[Count], Reading]

__all__ = ["Decided", "asked", "counted_of", "decide", "percent"]


class Decided(NamedTuple):
    """A verdict, its reason, and what was measured, if anything."""

    verdict: Verdict
    reason: str
    reading: Reading | None = None


def decide(rule: Rule, test: RowTest, counted: Counted, bench: Bench, measure: Measure | None = None) -> Decided:
    """Give the verdict of a rule and the reason in one sentence. What cannot be relied on is decided first.

    `measure` reads what a count says, where that takes more than the count itself.
    """
    if measure is None or counted.error is not None:
        return Decided(*_decide(rule, test, counted, bench, lambda one: _plainly(rule, one, bench)))
    readings: list[Reading] = []

    def measured(one: Count) -> tuple[Verdict, str]:
        readings.append(measure(one))
        return readings[-1].verdict, readings[-1].reason

    try:
        verdict, reason = _decide(rule, test, counted, bench, measured)
    except EngineError as error:
        return Decided(Verdict.ERROR, f"The engine could not evaluate the rule: {error}.")
    return Decided(verdict, reason, readings[0] if readings else None)


def _undecided(counted: Counted) -> str | None:
    return None if counted.undecided is None else f"Not decided: {counted.undecided}."


def _plainly(rule: Rule, one: Count, bench: Bench) -> tuple[Verdict, str]:
    return _by_count(rule, one, bench) if rule.count is not None else _by_share(rule, one, bench)


def _decide(
    rule: Rule, test: RowTest, counted: Counted, bench: Bench, read: Callable[[Count], tuple[Verdict, str]]
) -> tuple[Verdict, str]:
    if counted.error is not None:
        return Verdict.ERROR, f"The engine could not evaluate the rule: {counted.error}."
    if counted.stray:
        keys = _numbered(counted.stray, "key")
        return Verdict.ERROR, f"The rule's query returned {keys} that {rule.table} does not have."
    unreliable = missing.unreliable(rule, test, bench) or _undecided(counted)
    if unreliable is not None:
        return Verdict.INSUFFICIENT, unreliable
    one = counted.total
    if one.population == 0:
        return _nothing_in_scope(rule, test, bench)
    if one.population < rule.min_population:
        found = f"Only {_numbered(one.population, 'record')} {_verb(one.population)} in scope"
        return Verdict.INSUFFICIENT, f"{found}, and at least {rule.min_population} are needed."
    verdict, reason = read(one)
    if verdict is Verdict.INSUFFICIENT and one.unreadable:
        reason = f"{reason} {missing.remedy(rule, test, one, bench)}".strip()
    if verdict is Verdict.PASS and (doubt := _doubt(rule, test, counted, bench, read)) is not None:
        return Verdict.INSUFFICIENT, f"{reason} But that {doubt}."
    if not rule.conclusive:
        verdict, reason = _inconclusive(verdict, one)
    gone = missing.not_there(test, bench) if verdict is Verdict.INSUFFICIENT else ""
    return verdict, f"{gone} {reason}".strip()


def _doubt(
    rule: Rule, test: RowTest, counted: Counted, bench: Bench, read: Callable[[Count], tuple[Verdict, str]]
) -> str | None:
    """Say what takes a pass away although the records say so."""
    if _rests_on_blanks(rule, counted, read):
        return f"rests on blank cells: {_blank(counted, bench)}"
    if (short := _short(rule, test, bench)) is not None:
        return f"is not shown for all of the period: {short}"
    strange = missing.unlisted(test, bench)
    return None if strange is None else f"rests on words that nobody has explained: {strange}"


def asked(rule: Rule, bench: Bench) -> str:
    """Write the bounds of a count with the numbers in force."""
    least, most = (None if b is None else int(b) for b in bounds(rule, bench))
    told = [
        *([f"at least {least} {_verb(least)} asked for"] if least is not None else []),
        *([f"at most {most} {_verb(most)} allowed"] if most is not None else []),
    ]
    return " and ".join(told)


def counted_of(number: int, population: int, verbs: tuple[str, str]) -> str:
    """Write `1 of 3 records is met`: the verb goes with the number, or with the one record that there is."""
    return f"{number} of {_numbered(population, 'record')} {verbs[0] if 1 in {number, population} else verbs[1]}"


def percent(share: Fraction, digits: int = 2) -> str:
    """Write a share in percent; what is not all, or not nothing, never rounds to 100 or 0."""
    text = f"{float(share):.{digits}%}"
    if share not in {0, 1} and float(text[:-1]) in {0.0, 100.0} and digits < 12:  # noqa: PLR2004  (what a float holds)
        return percent(share, digits + 1)
    return text


def _short(rule: Rule, test: RowTest, bench: Bench) -> str | None:
    """Say why a pass is not shown for the whole period. That enough is there needs no more than what is there."""
    if rule.count is not None and bounds(rule, bench).most is None:
        return None
    return next((short for table in missing.reads(test) if (short := bench.tables[table].short) is not None), None)


def _rests_on_blanks(rule: Rule, counted: Counted, read: Callable[[Count], tuple[Verdict, str]]) -> bool:
    """Tell whether a pass would not hold if columns that are blank in every record were unknown."""
    one = counted.doubted
    if one is None:
        return False
    if rule.form in {"measure", "trend", "signal"} and not (rule.measure is not None and rule.measure.share):
        return one != counted.total
    verdict, _ = read(one)
    return verdict is not Verdict.PASS


def _blank(counted: Counted, bench: Bench) -> str:
    """Name the columns that are blank in every record. A column that is not there is never called blank."""
    return " and ".join(_without_value(bench.tables[table], column) for table, column in counted.blank)


def _without_value(table: BoundTable, column: str) -> str:
    if column in table.absent:
        return f"no source of {table.name} has the column {column}"
    where = "the one record" if table.rows == 1 else f"all {table.rows} records"
    return f"{column} is blank in {where} of {table.name}"


def _nothing_in_scope(rule: Rule, test: RowTest, bench: Bench) -> tuple[Verdict, str]:
    """Judge an empty scope. A column of the scope that is blank throughout never excuses anything."""
    table = bench.tables[rule.table]
    if test.scope is not None:
        columns = dict.fromkeys(test.scope.columns_of(rule.table))
        blank = [_without_value(table, c) for c in columns if c in table.blank]
        if blank:
            return Verdict.INSUFFICIENT, f"No record is known to be in scope of this rule: {' and '.join(blank)}."
    if rule.on_zero != "fail" and (strange := missing.unlisted(test, bench)) is not None:
        return Verdict.INSUFFICIENT, f"{missing.outside(rule, test, bench)}, and nobody has explained words: {strange}."
    means = {"fail": ", which it takes as not met", "manual": ": a person decides what that means"}
    return Verdict(rule.on_zero), f"{missing.outside(rule, test, bench)}{means.get(rule.on_zero, '')}."


def _by_share(rule: Rule, one: Count, bench: Bench) -> tuple[Verdict, str]:
    wanted = target(rule, bench)
    low, high = Fraction(one.met, one.population), Fraction(one.met + one.unreadable, one.population)
    needed = "all must be" if wanted == 1 else f"at least {_short_percent(wanted)} must be"
    found = counted_of(one.met, one.population, ("is met", "are met"))
    if low >= wanted:
        return Verdict.PASS, f"{found}; {needed}."
    if high < wanted:
        return Verdict.FAIL, f"{found}; {needed}."
    return Verdict.INSUFFICIENT, f"Not shown: {found}, {one.unreadable} cannot be told, and {needed}."


def _by_count(rule: Rule, one: Count, bench: Bench) -> tuple[Verdict, str]:
    low, high = one.met, one.met + one.unreadable
    least, most = bounds(rule, bench)
    found = f"{counted_of(one.met, one.population, ('counts', 'count'))}; {asked(rule, bench)}."
    if (least is None or low >= least) and (most is None or high <= most):
        return Verdict.PASS, found
    if (least is not None and high < least) or (most is not None and low > most):
        return Verdict.FAIL, found
    return Verdict.INSUFFICIENT, f"Not shown: {found} {_numbered(one.unreadable, 'record')} cannot be told."


def _inconclusive(verdict: Verdict, one: Count) -> tuple[Verdict, str]:
    """Turn what words alone suggest into what they can show."""
    if verdict is Verdict.PASS:
        return (
            Verdict.MANUAL,
            f"Words were found in {_numbered(one.met, 'record')}. Words are no proof: a person reads them and decides.",
        )
    if verdict is Verdict.FAIL:
        return (
            Verdict.INSUFFICIENT,
            "The words that were looked for were not found. That shows nothing by itself: other words may say it.",
        )
    return verdict, "Some of the text could not be read, so the words can be neither found nor missed."


def _short_percent(share: Fraction) -> str:
    return f"{float(share * 100):.4g} %"


def _numbered(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _verb(number: int) -> str:
    return "is" if number == 1 else "are"
