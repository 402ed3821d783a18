"""Mistakes in rules that measure: each is told at its place, with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest
from folders import audited
from measuring import loaded, ruleset

from qmscheck.errors import QmscheckError

SHARE = 'measure = { share = "score >= 4" }\nat_least = "share"\n'
TREND = 'trend = { on = "opened", by = "quarter", must_not = "rise" }\n'
SIGNAL = 'signal = { on = "opened", baseline = 12 }\n'

MISTAKES = {
    "two-forms": ('must = "score > 1"\n' + SHARE, "a rule has one form, and this one has 'must' and 'measure'"),
    "trend-and-signal": (TREND + SIGNAL, "a rule has one form, and this one has 'trend' and 'signal'"),
    "count-and-measure": ("", ""),
    "two-statistics": (
        'measure = { share = "score > 1", mean = "score" }\nat_least = "share"\n',
        "a measure has one statistic, and this one has 'share' and 'mean'",
    ),
    "no-statistic": (
        'measure = { unit = "days" }\nat_least = "share"\n',
        "a measure has one statistic, and this one has none",
    ),
    "no-target": ('measure = { share = "score >= 4" }\n', "a measure needs a target"),
    "two-targets": (SHARE + 'at_most = "share"\n', "a share has 'at_least' or 'at_most', not both"),
    "two-targets-of-a-mean": (
        'measure = { mean = "score" }\nat_least = "goal"\nat_most = "goal"\n',
        "a measure has 'at_least' or 'at_most', not both",
    ),
    "text-statistic": (
        'measure = { mean = "site" }\nat_least = "goal"\n',
        "this must be of type integer or number, and it is text",
    ),
    "condition-as-mean": (
        'measure = { mean = "score > 3" }\nat_least = "goal"\n',
        "this must be of type integer or number, and it is a boolean",
    ),
    "number-as-share": (
        'measure = { share = "score" }\nat_least = "share"\n',
        "a condition must be true or false, and this is an integer",
    ),
    "share-of-nothing": ('measure = { share = "true" }\nat_least = "share"\n', "the condition reads no column"),
    "nps-without-scale": (
        'measure = { nps = "score" }\nat_least = "goal"\n',
        "a net promoter score needs answers on a scale of 0 to 10",
    ),
    "nps-on-five": (
        'measure = { nps = "score", scale = [1, 5] }\nat_least = "goal"\n',
        "a net promoter score needs answers on a scale of 0 to 10",
    ),
    "scale-of-a-share": (
        'measure = { share = "score > 1", scale = [1, 5] }\nat_least = "share"\n',
        "'scale' has no meaning with 'share'",
    ),
    "target-below-the-scale": (
        'measure = { mean = "score", scale = [1, 5] }\nat_least = 0\n',
        "this target decides whatever the answers are",
    ),
    "target-above-the-scale": (
        'measure = { nps = "score", scale = [0, 10] }\nat_most = 100\n',
        "this target decides whatever the answers are",
    ),
    "default-above-the-scale": (
        'measure = { mean = "score", scale = [1, 3] }\nat_least = "goal"\n',
        "with 'goal' = 3.5 the rule would say nothing of the records",
    ),
    "default-that-no-rate-can-miss": (
        'measure = { rate = { table = "customers" } }\nat_least = "nothing"\n',
        "with 'nothing' = 0 the rule would say nothing of the records",
    ),
    "tolerance-of-the-whole-scale": (
        'measure = { mean = "score", scale = [1, 2] }\n'
        + TREND.replace('"rise"', '"rise", by_more_than = "tolerated"'),
        "with 'tolerated' = 1 the rule would say nothing of the records",
    ),
    "example-above-the-scale": (
        (
            'measure = { mean = "score", scale = [1, 5] }\nat_least = "goal"\n'
            '[[rule.example]]\nverdict = "pass"\nparams = { goal = 7 }\n'
        ),
        "with 'goal' = 7 the rule would say nothing of the records",
    ),
    "scale-turned-round": (
        'measure = { mean = "score", scale = [5, 1] }\nat_least = "goal"\n',
        "a scale goes from its least to its greatest value",
    ),
    "percentile-of-what": (
        'measure = { percentile = "score" }\nat_most = "goal"\n',
        "a percentile says which: above 0 and below 1",
    ),
    "percentile-of-all": (
        'measure = { percentile = "score", at = 90.0 }\nat_most = "goal"\n',
        "a percentile says which: above 0 and below 1",
    ),
    "at-of-a-mean": ('measure = { mean = "score", at = 0.9 }\nat_most = "goal"\n', "'at' has no meaning with 'mean'"),
    "ratio-to-what": ('measure = { ratio = "price" }\nat_most = "goal"\n', "a ratio says what its sum is divided by"),
    "to-of-a-mean": (
        'measure = { mean = "score", to = "lines" }\nat_most = "goal"\n',
        "'to' has no meaning with 'mean'",
    ),
    "bare-target": ('measure = { mean = "score" }\nat_least = 4\n', "a threshold has an origin"),
    "unknown-target": ('measure = { mean = "score" }\nat_least = "gaol"\n', "there is no parameter 'gaol'"),
    "target-of-text": (
        'measure = { mean = "score" }\nat_least = "text"\n',
        "'at_least' is a number, and 'text' is text",
    ),
    "confidence-above": (
        SHARE + 'inference = "process"\nconfidence = 1.0\n',
        "a confidence lies above 0.5 and below 1",
    ),
    "confidence-below": (
        SHARE + 'inference = "process"\nconfidence = 0.5\n',
        "a confidence lies above 0.5 and below 1",
    ),
    "confidence-of-a-census": (SHARE + "confidence = 0.9\n", "'confidence' has no meaning for a census"),
    "sides-of-a-census": (SHARE + 'sides = "one"\n', "'sides' has no meaning for a census"),
    "unknown-inference": (SHARE + 'inference = "guess"\n', "'inference' should be"),
    "inference-of-a-query": (
        'query = "select id from answers"\ninference = "process"\n',
        "'inference' has no meaning with 'query'",
    ),
    "inference-of-a-trend": (TREND + 'inference = "process"\n', "'inference' has no meaning with 'trend'"),
    "every-stratum-of-none": (SHARE + "every_stratum = true\n", "'every_stratum' needs 'strata'"),
    "target-of-a-trend": (TREND + 'at_least = "share"\n', "'at_least' has no meaning with 'trend'"),
    "target-of-a-chart": (SIGNAL + 'at_most = "share"\n', "'at_most' has no meaning with 'signal'"),
    "trend-without-a-date": ('trend = { by = "quarter", must_not = "rise" }\n', "'on'"),
    "trend-on-text": (TREND.replace("opened", "site"), "this must be of type date or timestamp, and it is text"),
    "trend-of-a-median": ('measure = { median = "score" }\n' + TREND, "a trend has no measure 'median'"),
    "trend-of-a-year-by-season": (
        TREND.replace('"quarter"', '"year"').replace('"rise"', '"rise", test = "seasonal"'),
        "a year has no seasons to compare",
    ),
    "bare-tolerance": (TREND.replace('"rise"', '"rise", by_more_than = 2'), "a threshold has an origin"),
    "unknown-tolerance": (TREND.replace('"rise"', '"rise", by_more_than = "x"'), "there is no parameter 'x'"),
    "negative-tolerance": (
        TREND.replace('"rise"', '"rise", by_more_than = "goal"'),
        "parameter 'goal' should be a number with a min of 0 or more",
    ),
    "since-a-number": (TREND.replace('"rise"', '"rise", since = "goal"'), "'since' is a date, and 'goal' is number"),
    "rate-of-a-trend-without-a-date": (
        'measure = { rate = { table = "customers" } }\n' + TREND,
        "a series of a rate needs the date of what it is counted against",
    ),
    "rate-per-nothing": ('measure = { rate = { table = "x" } }\nat_most = "goal"\n', "there is no table 'x'"),
    "rate-of-a-stratum": (
        'measure = { rate = { table = "actions" } }\nat_most = "goal"\nstrata = ["site"]\n',
        "table 'actions' has no column 'site'",
    ),
    "short-baseline": (SIGNAL.replace("12", "8"), "a baseline has 12 points or more"),
    "chart-that-does-not-fit": (
        SIGNAL.replace('"opened"', '"opened", chart = "p"'),
        "a chart 'p' does not show a count of records",
    ),
    "chart-that-does-not-fit-a-mean": (
        'measure = { mean = "score" }\n' + SIGNAL.replace('"opened"', '"opened", chart = "u"'),
        "a chart 'u' does not show the measure 'mean'",
    ),
    "reaction-where": (
        SIGNAL.replace("12", '12, reaction = { table = "x", on = "done", days = "days" }'),
        "there is no table 'x'",
    ),
    "reaction-days": (
        SIGNAL.replace("12", '12, reaction = { table = "actions", on = "done", days = 0 }'),
        "'days' is 1 or more",
    ),
    "reaction-days-of-a-number": (
        SIGNAL.replace("12", '12, reaction = { table = "actions", on = "done", days = "goal" }'),
        "parameter 'goal' should be an integer with a min of 1 or more",
    ),
    "reaction-of-text": (
        SIGNAL.replace("12", '12, reaction = { table = "actions", on = "kind", days = "days" }'),
        "this must be of type date or timestamp, and it is text",
    ),
    "within-two-limits": (
        'measure = { within = { opened = "opened", closed = "closed", days = "days", hours = "days" } }\nat_least = "share"\n',
        "'within' has a limit in days or in hours",
    ),
    "within-no-limit": (
        'measure = { within = { opened = "opened", closed = "closed" } }\nat_least = "share"\n',
        "'within' has a limit in days or in hours",
    ),
    "within-a-bare-limit": (
        'measure = { within = { opened = "opened", closed = "closed", days = 5 } }\nat_least = "share"\n',
        "a threshold has an origin",
    ),
    "within-text": (
        'measure = { within = { opened = "site", closed = "closed", days = "days" } }\nat_least = "share"\n',
        "this must be of type date or timestamp, and it is text",
    ),
    "base-of-both": (
        SHARE + 'inference = "process"\nbase = { table = "customers", number = 5 }\n',
        "a base is a table or a number",
    ),
    "base-of-nothing": (SHARE + 'inference = "process"\nbase = { mix = "site" }\n', "a base is a table or a number"),
    "base-of-no-table": (SHARE + 'inference = "process"\nbase = { table = "x" }\n', "there is no table 'x'"),
    "base-below-one": (SHARE + 'inference = "process"\nbase = { number = 0 }\n', "'number' is 1 or more"),
    "mix-of-a-number": (
        SHARE + 'inference = "process"\nbase = { number = 5, mix = "site" }\n',
        "'mix' needs the table of the base",
    ),
    "mix-of-no-column": (
        SHARE + 'inference = "process"\nbase = { table = "customers", mix = "side" }\n',
        "table 'answers' has no column 'side'",
    ),
    "mix-of-names": (
        SHARE + 'inference = "process"\nbase = { table = "customers", mix = { name = "site" } }\n',
        "'name' is personal and is never printed, so it cannot be a group",
    ),
    "early-answers-of-must": (
        'must = "score > 1"\ninference = "process"\nbase = { number = 5, answered = "opened" }\n',
        "early and late answers are not compared with 'must'",
    ),
    "early-answers-of-a-median": (
        (
            'measure = { median = "score" }\nat_least = "goal"\ninference = "self-selected"\n'
            'base = { table = "customers", answered = "opened" }\n'
        ),
        "early and late answers are not compared with 'median'",
    ),
    "too-deep": (
        f'measure = {{ mean = "{"(" * 40}score{")" * 40}" }}\nat_least = "goal"\n',
        "nested more than 30 deep",
    ),
}
del MISTAKES["count-and-measure"]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_at_its_place(name: str) -> None:
    rule, message = MISTAKES[name]
    with pytest.raises(QmscheckError) as caught:
        loaded(rule)
    found = [p for p in caught.value.problems if message in p.message]
    assert found, [p.message for p in caught.value.problems]
    assert found[0].line >= 100, found[0]  # in the rule, not in the head of the file
    assert found[0].frame is not None


@pytest.mark.parametrize(
    "rule",
    [
        SHARE,
        TREND,
        SIGNAL,
        SHARE.replace('"share"', "1"),
        'measure = { mean = "score" }\nat_least = "goal"\nstrata = ["site"]\nevery_stratum = true\n',
        'measure = { rate = { table = "customers", sum = "orders" } }\nat_most = "goal"\nstrata = ["site"]\n',
        TREND.replace('"rise"', '"rise", by_more_than = 0'),
        SHARE.replace('at_least = "share"', "") + TREND.replace('"rise"', '"rise", by_more_than = "goal_of_points"'),
        'measure = { mean = "score", scale = [1, 5] }\nat_least = "goal"\n',
        'measure = { rate = { table = "customers" } }\nat_most = "nothing"\n',
        'has = { table = "customers", on = { id = "id" } }\ninference = "random-sample"\nbase = { number = "days" }\n',
    ],
)
def test_what_is_right_is_taken(rule: str) -> None:
    assert loaded(rule).tests["T.rule"].statistic is not None or "has" in rule


@pytest.mark.parametrize(
    ("rule", "value", "within"),
    [
        ('measure = { mean = "score", scale = [1, 5] }\nat_least = "goal"\n', 1, "lies from 1 to 5"),
        ('measure = { mean = "score", scale = [1, 5] }\nat_least = "goal"\n', 5.5, "lies from 1 to 5"),
        ('measure = { mean = "score", scale = [1, 5] }\nat_most = "goal"\n', 5, "lies from 1 to 5"),
        ('measure = { nps = "score", scale = [0, 10] }\nat_least = "goal"\n', -100, "lies from -100 to 100"),
        ('measure = { rate = { table = "customers" } }\nat_most = "goal"\n', -1, "lies from 0 to inf"),
        (
            'measure = { share = "score > 3" }\n' + TREND.replace('"rise"', '"rise", by_more_than = "tolerated"'),
            100,
            "lies from 0 to 100, and nothing moves further than that",
        ),
    ],
)
def test_a_plan_cannot_set_a_target_that_says_nothing_of_the_records(
    tmp_path: Path, rule: str, value: float, within: str
) -> None:
    name = "tolerated" if "tolerated" in rule else "goal"
    params = f'[params]\n{name} = {{ value = {value}, origin = "own-procedure", ref = "QP-2" }}\n'
    with pytest.raises(QmscheckError) as caught:
        audited(tmp_path, ruleset(rule), params)
    (problem,) = caught.value.problems
    assert (problem.line, problem.message) == (
        7,
        f"with '{name}' = {value} the rule T.rule would say nothing of the records",
    )
    assert within in (problem.hint or "")
    assert problem.frame is not None


@pytest.mark.parametrize("value", [1.1, 5])
def test_a_plan_may_set_a_target_on_the_scale(tmp_path: Path, value: float) -> None:
    rule = 'measure = { mean = "score", scale = [1, 5] }\nat_least = "goal"\n'
    params = f'[params]\ngoal = {{ value = {value}, origin = "own-procedure", ref = "QP-2" }}\n'
    assert audited(tmp_path, ruleset(rule), params).finding("T.rule").parameters[0].value == value
