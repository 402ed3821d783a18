"""Numbers that decide whatever the records say: targets and tolerances outside of what is measured.

A rule may write one, its parameter may have one as default, an example or a plan may set one: each is asked here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qmscheck.model import Rule, Ruleset

if TYPE_CHECKING:
    from qmscheck.criteria.entries import Entries, Entry

__all__ = ["check_targets", "decides", "hints", "needless"]

_POINTS = 100.0


def check_targets(rule: Rule, entry: Entry[Rule], entries: Entries) -> None:
    """Refuse such a number, and such a default of a parameter, at the key of the rule that names it."""
    for loc, given in _named(rule):
        if isinstance(given, str):
            found = entries.params.entries.get(given)
            default = found.noun.default if found is not None and found.noun is not None else None
            hint = decides(rule, loc[-1], default)
            if hint is not None:
                entry.problem(f"with '{given}' = {default} the rule would say nothing of the records", hint, *loc)
        elif (hint := decides(rule, loc[-1], given)) is not None:
            entry.problem(f"this {_word(loc[-1])} decides whatever the answers are", hint, *loc)


def needless(ruleset: Ruleset, name: str, value: object) -> Iterator[tuple[str, str]]:
    """Give each rule that would say nothing of the records if a parameter had a value, with a hint."""
    for rule in ruleset.rules.values():
        for hint in hints(rule, name, value):
            yield rule.id, hint


def hints(rule: Rule, name: str, value: object) -> Iterator[str]:
    """Say within what a rule's number makes sense, for each that a parameter with a value outside would hold."""
    for loc, given in _named(rule):
        hint = decides(rule, loc[-1], value) if given == name else None
        if hint is not None:
            yield hint


def decides(rule: Rule, key: str, value: object) -> str | None:
    """Say within what a target or a tolerance makes sense, where this one does not. No number is no such one."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    low, high = _reach(rule)
    hint = f"what is measured lies from {low:g} to {high:g}"
    if key == "by_more_than":
        return None if value < high - low else f"{hint}, and nothing moves further than that"
    fine = low < value <= high if key == "at_least" else low <= value < high
    return None if fine else hint


def _named(rule: Rule) -> Iterator[tuple[tuple[str, ...], object]]:
    """Give the numbers that are held against a statistic, with their keys. Shares have bounds of their own."""
    trend = rule.trend
    if (rule.measure is None and trend is None) or (rule.measure is not None and len(rule.measure.kinds) != 1):
        return
    if rule.form == "trend" and trend is not None and trend.by_more_than is not None:
        yield ("trend", "by_more_than"), trend.by_more_than
    if rule.form == "measure" and rule.measure is not None and rule.measure.kind not in {"share", "within"}:
        for key in ("at_least", "at_most"):
            if getattr(rule, key) is not None:
                yield (key,), getattr(rule, key)


def _reach(rule: Rule) -> tuple[float, float]:
    """Give the least and the greatest value of a statistic: of a share in points, else in its own unit."""
    measure = rule.measure
    kind = measure.kind if measure is not None else "count"
    if kind == "share":
        return 0.0, _POINTS
    if kind == "nps":
        return -_POINTS, _POINTS
    if kind in {"rate", "count"}:
        return 0.0, math.inf
    return (measure.scale if measure is not None else None) or (-math.inf, math.inf)


def _word(key: str) -> str:
    return "tolerance" if key == "by_more_than" else "target"
