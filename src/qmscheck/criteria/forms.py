"""What a rule that measures says of itself: its statistic, its target, what its records are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qmscheck.errors import did_you_mean
from qmscheck.model import Measure, Rule

if TYPE_CHECKING:
    from qmscheck.criteria.entries import Entries, Entry

__all__ = ["MEASURING", "check_inference", "check_measure", "check_target"]

#: Forms that take a statistic of the records.
MEASURING = ("trend", "signal", "measure")
#: Measures that are shares of records, 0 to 1.
SHARES = ("share", "within")

_COIN = 0.5
_ANSWER = (0, 10)
_SERIES = {
    "trend": ("share", "mean", "nps", "rate"),
    "signal": ("share", "mean", "nps", "rate"),
}
_CHARTS = {
    "xmr": ("mean", "nps", "share", "rate", None),
    "p": ("share",),
    "laney-p": ("share",),
    "u": ("rate", None),
    "laney-u": ("rate", None),
    "between": (None,),
}
_FEWEST = 12


def check_measure(rule: Rule, entry: Entry[Rule]) -> None:
    """Check that a rule has one statistic, with what belongs to it and nothing else."""
    measure = rule.measure
    if measure is not None:
        kinds = measure.kinds
        if len(kinds) != 1:
            given = " and ".join(f"'{kind}'" for kind in kinds) or "none"
            hint = "one of share, mean, median, percentile, nps, ratio, rate, within"
            entry.problem(
                f"a measure has one statistic, and this one has {given}", hint, "measure", *kinds[1:2], key=True
            )
            return
        _check_parts(measure, entry)
    for name, form in (("trend", rule.trend), ("signal", rule.signal)):
        kind = measure.kind if measure is not None else None
        if form is not None and kind is not None and kind not in _SERIES[name]:
            hint = "share, mean, nps, rate; or no measure, which counts records"
            entry.problem(f"a {name} has no measure '{kind}'", hint, "measure", kind, key=True)
    if rule.signal is not None:
        _check_signal(rule, entry)


def _check_parts(measure: Measure, entry: Entry[Rule]) -> None:
    kind = measure.kind
    at, below = measure.at, measure.to
    if kind == "percentile" and (at is None or not 0 < at < 1):
        entry.problem("a percentile says which: above 0 and below 1", "at = 0.9", "measure", *(["at"] if at else []))
    elif kind != "percentile" and at is not None:
        entry.problem(f"'at' has no meaning with '{kind}'", None, "measure", "at", key=True)
    if kind == "ratio" and below is None:
        entry.problem("a ratio says what its sum is divided by", 'to = "column"', "measure")
    elif kind != "ratio" and below is not None:
        entry.problem(f"'to' has no meaning with '{kind}'", None, "measure", "to", key=True)
    scale = measure.scale
    if kind == "nps" and scale != _ANSWER:
        hint = "scale = [0, 10]; answers on another scale are never turned into one"
        entry.problem(
            "a net promoter score needs answers on a scale of 0 to 10", hint, "measure", *(["scale"] if scale else [])
        )
    elif scale is not None and kind not in {"nps", "mean", "median", "percentile"}:
        entry.problem(f"'scale' has no meaning with '{kind}'", None, "measure", "scale", key=True)
    elif scale is not None and not (all(map(math.isfinite, scale)) and scale[0] < scale[1]):
        entry.problem("a scale goes from its least to its greatest value", "scale = [1, 5]", "measure", "scale")


def _check_signal(rule: Rule, entry: Entry[Rule]) -> None:
    signal = rule.signal
    assert signal is not None  # noqa: S101
    kind = rule.measure.kind if rule.measure is not None else None
    if signal.baseline < _FEWEST:
        hint = "20 to 25 are better"
        entry.problem(f"a baseline has {_FEWEST} points or more", hint, "signal", "baseline")
    if signal.chart is not None and kind not in _CHARTS[signal.chart]:
        fitting = [name for name, kinds in _CHARTS.items() if kind in kinds]
        what = f"the measure '{kind}'" if kind else "a count of records"
        entry.problem(
            f"a chart '{signal.chart}' does not show {what}", f"one of {', '.join(fitting)}", "signal", "chart"
        )


def check_inference(rule: Rule, entry: Entry[Rule]) -> None:
    """Check what a rule says that its records stand for."""
    if not _COIN < rule.confidence < 1:
        entry.problem("a confidence lies above 0.5 and below 1", "95 % is 0.95", "confidence")
    if rule.form in {"unique", "query", "count"}:
        keys = ("inference", "base", "confidence", "sides", "min_sample", "every_stratum")
        _refuse(keys, f"with '{rule.form}'", "use must, has, lacks or measure", rule, entry)
    elif rule.form in {"trend", "signal"}:
        others = ("inference", "base", "sides", "min_sample", "every_stratum")
        _refuse(others, f"with '{rule.form}'", None, rule, entry)
    elif rule.inference == "census":
        hint = 'add inference = "random-sample", or what it is'
        _refuse(("confidence", "sides", "base"), "for a census", hint, rule, entry)
    if rule.every_stratum and not rule.strata:
        entry.problem("'every_stratum' needs 'strata'", 'strata = ["site"]', "every_stratum", key=True)


def check_target(rule: Rule, entry: Entry[Rule], entries: Entries) -> bool:
    """Check the bound of a measure that is no share; tell whether it was this room's to check."""
    if rule.form in {"trend", "signal"}:
        hint = 'a trend says must_not = "fall" or "rise"' if rule.trend else "a chart finds its own limits"
        _refuse(("at_least", "at_most"), f"with '{rule.form}'", hint, rule, entry)
        return True
    if rule.measure is None:
        return False
    given = [key for key in ("at_least", "at_most") if getattr(rule, key) is not None]
    if not given:
        hint = 'at_least = "parameter" or at_most = "parameter"'
        entry.problem("a measure needs a target", hint, "measure", key=True)
    if not rule.measure.kinds or rule.measure.kind in SHARES:
        return not given
    if len(given) > 1:
        entry.problem("a measure has 'at_least' or 'at_most', not both", None, "at_most", key=True)
    for key in given:
        _check_number(key, getattr(rule, key), entry, entries)
    return True


def _check_number(key: str, bound: object, entry: Entry[Rule], entries: Entries) -> None:
    if not isinstance(bound, str):
        hint = f'name a parameter: {key} = "target"'
        entry.problem("a threshold has an origin: whose number is this?", hint, key)
        return
    found = entries.params.entries.get(bound)
    if found is None:
        entry.problem(f"there is no parameter '{bound}'", did_you_mean(bound, entries.params.entries), key)
    elif found.noun is not None and found.noun.type not in {"number", "integer"}:
        entry.problem(f"'{key}' is a number, and '{bound}' is {found.noun.type}", None, key)


def _refuse(keys: tuple[str, ...], where: str, hint: str | None, rule: Rule, entry: Entry[Rule]) -> None:
    """Refuse keys that say nothing here: an author who writes one expects that it does."""
    for key in keys:
        if key in rule.model_fields_set:
            entry.problem(f"'{key}' has no meaning {where}", hint, key, key=True)
