"""What a rule says of too few records: which rule of the same obligation judges each of them, and up to how many."""

from __future__ import annotations

from qmscheck.criteria.entries import Entries, Entry
from qmscheck.criteria.forms import MEASURING
from qmscheck.errors import did_you_mean
from qmscheck.model import Rule, TooFew

__all__ = ["check_too_few"]

#: A list of more records than this is read by nobody (the advice in QSIT is about thirty).
_LONGEST = 100
_EACH = ("must", "has", "lacks", "unique", "query")


def check_too_few(entries: Entries) -> None:
    """Refuse a full list that does not judge each record of the statistic, or that could hide what is shown."""
    for _, rule, entry in entries.rules.good():
        if rule.too_few is not None:
            _check_rule(rule, entry)
            _check_up_to(rule.too_few, entry, entries)
            _check_instead(rule, rule.too_few, entry, entries)


def _check_rule(rule: Rule, entry: Entry[Rule]) -> None:
    if rule.form not in MEASURING:
        hint = "it is for measure, trend and signal"
        entry.problem(f"'too_few' has no meaning with '{rule.form}': it counts", hint, "too_few", key=True)
        return
    census = rule.form == "measure" and rule.inference == "census"
    if census and not (rule.measure is not None and rule.measure.kind == "within"):
        hint = 'add inference = "process", or what the records are'
        entry.problem("a census is exact: it never has too few records", hint, "too_few", key=True)
    if rule.inference == "judgement-sample":
        entry.problem("records that somebody picked show nothing of others, few or many", None, "too_few", key=True)
    if rule.route is not None:
        entry.problem("a rule of a route has to pass: nothing can stand in for it", None, "too_few", key=True)
    if "audit_date" in (rule.where or "").lower():
        message = "what counts as few is told as of the audit, and 'where' asks for the day of the planned audit"
        entry.problem(message, "use as_of()", "where")


def _check_up_to(given: TooFew, entry: Entry[Rule], entries: Entries) -> None:
    loc, name = ("too_few", "up_to"), given.up_to
    found = entries.params.entries.get(name)
    if found is None:
        entry.problem(f"there is no parameter '{name}'", did_you_mean(name, entries.params.entries), *loc)
        return
    spec = found.noun
    if spec is None:
        return
    low, high = spec.min, spec.max
    if spec.type != "integer" or not (isinstance(low, int) and low >= 1 and isinstance(high, int) and high <= _LONGEST):
        message = f"parameter '{name}' should be an integer with min = 1 or more and max = {_LONGEST} or less"
        entry.problem(message, "longer lists are not read record by record", *loc)


def _check_instead(rule: Rule, given: TooFew, entry: Entry[Rule], entries: Entries) -> None:
    loc, known = ("too_few", "instead"), entries.rules.entries
    found = known.get(given.instead)
    if found is None:
        entry.problem(f"there is no rule '{given.instead}'", did_you_mean(given.instead, known), *loc)
        return
    other = found.noun
    if other is None:
        return
    wrong = None
    if other.obligation != rule.obligation:
        wrong = f"belongs to {other.obligation}"
    elif other.each != rule.each:
        wrong = f"walks {other.table}"
    elif other.form not in _EACH:
        wrong = "does not judge each record"
    elif other.inference != "census":
        wrong = "takes its records as a sample"
    elif not other.conclusive:
        wrong = "finds words, and words decide nothing"
    elif other.route is not None:
        wrong = "is part of a route"
    if wrong is not None:
        hint = f"a rule of {rule.obligation} that judges each of {rule.each}: must, has, lacks, unique or query"
        entry.problem(f"{other.id} cannot decide in its place: it {wrong}", hint, *loc)
