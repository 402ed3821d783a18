"""Trends and control charts, through the public path. The tests of the formulas are in test_statistics_*."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from measuring import judged

from qmscheck.judge.measuring.series import first_day, last_day, period_of
from qmscheck.model import Finding, Series, Verdict
from qmscheck.sql.statistic import By

AS_OF = dt.date(2026, 1, 10)
BY = {"month": 1, "quarter": 3, "year": 12}


def series(finding: Finding) -> Series:
    assert finding.series is not None
    return finding.series


def spread(
    numbers: Sequence[int], by: str = "quarter", *, start: int = 2021, good: Callable[[int, int], int] | None = None
) -> list[dict[str, Any]]:
    """Give so many records in each period; `good` says of (period, record) what its score is."""
    found = []
    for i, number in enumerate(numbers):
        month = i * BY[by]
        for j in range(number):
            day = dt.date(start + month // 12, month % 12 + 1, 1 + j % 28)
            found.append({"id": f"{i}-{j}", "opened": day, "score": good(i, j) if good else 5, "site": "N"})
    return found


RISES = 'trend = { on = "opened", by = "quarter", must_not = "rise" }\n'
FALLS = RISES.replace("rise", "fall")


# ---------------------------------------------------------------- trends


def test_a_rising_count_fails_where_it_must_not_rise() -> None:
    found = judged(RISES, spread(range(1, 13)), as_of=last_of(12))
    assert found.verdict is Verdict.FAIL
    assert (series(found).slope, len(series(found).points)) == (4.0, 12)
    assert found.reason.startswith("It rises: 4 records a year (4 to 4, 95 %, two-sided), p = 0.0004, 12 periods")
    assert found.to_pass == "The slope must fall by 4, from 4 to 0 records a year."
    assert found.form == "trend"
    assert "2021-Q1 to 2023-Q4: 1 2 3 4 5 6 7 8 9 10 11 12" in found.calculation


def test_a_silent_last_year_passes_nothing() -> None:
    rule = 'trend = { on = "opened", by = "year", must_not = "rise" }\n'
    counts = range(12, 0, -1)
    assert judged(rule, spread(counts, "year", start=2014)).verdict is Verdict.PASS
    found = judged(rule, spread(counts, "year", start=2013))
    assert found.verdict is Verdict.INSUFFICIENT


def test_a_slope_of_nothing_is_no_rise() -> None:
    """One date of long ago (a mistyped year) and rare records since: ranks rise, and most periods are alike."""
    rule = RISES.replace('"rise"', '"rise", test = "mann-kendall"')
    found = judged(rule, spread([1, *[0] * 30, *[2] * 9], start=2016), as_of=last_of(60))
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.reason.startswith("Not shown: most periods are alike, so that the slope is 0: 0 records a year")
    assert "2016-Q2" in found.reason
    assert "2019-Q1, and 18 more." in found.reason


def test_the_same_series_meets_a_rule_that_it_must_not_fall() -> None:
    found = judged(FALLS, spread(range(1, 13)), as_of=last_of(12))
    assert (found.verdict, found.to_pass) == (Verdict.PASS, None)


def test_no_trend_shown_is_not_no_trend() -> None:
    found = judged(RISES, spread([5, 7, 4, 6, 5, 7, 6, 4, 5, 6, 5, 6]), as_of=last_of(12))
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.reason.startswith("No trend shown, which is not the same as no trend")


def test_a_tolerance_lets_a_steady_series_pass() -> None:
    rule = RISES.replace('"rise"', '"rise", by_more_than = "tolerated"')
    steady = spread([5, 6] * 10)
    assert judged(rule, steady).verdict is Verdict.PASS
    assert "It does not rise by more than 1 records a year" in judged(rule, steady).reason
    assert judged(rule, spread(range(1, 13)), as_of=last_of(12)).verdict is Verdict.FAIL
    slow = spread([3, 3, 4, 3, 4, 4, 4, 5, 4, 5, 5, 5])
    open_ = judged(rule, slow, as_of=last_of(12), params={"tolerated": 0.9})
    assert open_.verdict is Verdict.INSUFFICIENT
    assert "Not shown: it rises, and whether by more than 0.9 records a year is open" in open_.reason
    tolerated = judged(rule, slow, as_of=last_of(12))
    assert tolerated.verdict is Verdict.PASS
    assert "It does not rise by more than 1 records a year" in tolerated.reason


@pytest.mark.parametrize(("points", "verdict"), [(7, Verdict.INSUFFICIENT), (8, Verdict.FAIL)])
def test_a_trend_takes_eight_periods(points: int, verdict: Verdict) -> None:
    found = judged(RISES, spread(range(1, points + 1), start=2021), as_of=last_of(points))
    assert found.verdict is verdict


def last_of(quarters: int) -> dt.date:
    return dt.date(2021 + quarters // 4, quarters % 4 * 3 + 1, 1) - dt.timedelta(days=1)


@pytest.mark.parametrize(("months", "shown"), [(23, False), (24, True), (35, True)])
def test_months_need_whole_years_and_two_of_them_at_least(months: int, *, shown: bool) -> None:
    rule = RISES.replace("quarter", "month")
    day = dt.date(2021 + months // 12, months % 12 + 1, 1) - dt.timedelta(days=1)
    found = judged(rule, spread([2 + i // 6 for i in range(months)], "month"), as_of=day)
    assert (found.verdict is Verdict.FAIL) is shown
    if months == 23:
        assert found.reason.startswith("Not shown: ")


def test_months_that_make_no_whole_year_are_left_out_and_named() -> None:
    rule = RISES.replace("quarter", "month")
    found = judged(rule, spread([2 + i // 6 for i in range(61)], "month"), as_of=dt.date(2026, 1, 31))
    assert series(found).left_out == ("2021-01 (to compare whole years)",)
    assert len(series(found).points) == 60


def test_a_season_is_no_trend() -> None:
    yearly = [4, 4, 5, 6, 8, 9, 9, 8, 7, 6, 5, 4] * 4
    rule = RISES.replace("quarter", "month")
    assert judged(rule, spread(yearly, "month"), as_of=dt.date(2024, 12, 31)).verdict is Verdict.INSUFFICIENT


@pytest.mark.parametrize("test", ["mann-kendall", "yue-wang", "hamed-rao", "pre-whitened", "seasonal"])
def test_a_rule_may_name_its_test(test: str) -> None:
    rule = RISES.replace('"rise"', f'"rise", test = "{test}"')
    found = judged(rule, spread([i // 2 + 3 + i % 2 for i in range(20)]))
    assert {"yue-wang": "Yue-Wang", "hamed-rao": "Hamed-Rao", "pre-whitened": "pre-whitened"}.get(
        test, test.split("-", maxsplit=1)[0].capitalize()
    ).lower() in series(found).method.lower()


def test_periods_that_are_not_whole_are_left_out() -> None:
    answers = [r | {"opened": r["opened"] + dt.timedelta(days=1)} for r in spread(range(1, 21))]
    found = judged(RISES, [*answers, {"id": "x", "opened": dt.date(2026, 1, 5)}])
    first, last = series(found).left_out
    assert first.startswith("2021-Q1 (the first records lie in it, so it may not be whole")
    assert last == "2026-Q1 (not over by the audit)"
    assert series(found).points[0].period == "2021-Q2"


def test_the_register_may_say_since_when_it_is_complete() -> None:
    rule = RISES.replace('"rise"', '"rise", since = "begun"')
    answers = [r | {"opened": r["opened"] + dt.timedelta(days=1)} for r in spread(range(1, 21))]
    assert series(judged(rule, answers)).points[0].period == "2021-Q1"
    later = rule.replace('"begun"', "2021-01-02")
    assert series(judged(later, answers)).points[0].period == "2021-Q2"
    assert "the register is complete since 2021-01-02" in series(judged(later, answers)).left_out[0]


def test_a_period_without_a_record_is_named_and_counts_as_none_of_a_count_only() -> None:
    numbers = [3, 4, 0, 5, 6, 7, 8, 9, 10, 11]
    counted = judged(RISES, spread(numbers), as_of=last_of(10))
    assert (series(counted).gaps[0], series(counted).points[2].value) == ("2021-Q3", 0.0)
    assert "Without a record: 2021-Q3" in counted.reason
    mean = judged('measure = { mean = "score" }\n' + FALLS, spread(numbers, good=lambda i, _: 20 - i))
    assert (mean.verdict, series(mean).points[2].value) == (Verdict.FAIL, None)


def test_a_falling_share_fails() -> None:
    rule = 'measure = { share = "score >= 4" }\n' + FALLS
    found = judged(rule, spread([20] * 20, good=lambda i, j: 5 if j > i // 2 else 1))
    assert found.verdict is Verdict.FAIL
    assert (series(found).points[0].value, series(found).points[19].value) == (0.95, 0.5)
    assert "percentage points a year" in found.reason


def test_the_tolerance_of_a_share_is_written_in_percentage_points_a_year() -> None:
    """9 points a year: 10 points are tolerated, 8 are not; a fraction of a point tolerates nearly nothing."""
    rule = 'measure = { share = "score >= 4" }\n' + FALLS.replace('"fall"', '"fall", by_more_than = "tolerated"')
    records = spread([400] * 20, good=lambda i, j: 5 if j >= 9 * i else 1)

    def found(tolerated: float) -> Finding:
        return judged(rule, records, params={"tolerated": tolerated})

    assert found(8).verdict is Verdict.FAIL
    assert "It falls by more than 8 percentage points a year: -9 percentage points a year" in found(8).reason
    assert found(8).to_pass == "The slope must rise by 1, from -9 to -8 percentage points a year."
    assert found(8).criterion.endswith("must not fall by more than param('tolerated') percentage points a year")
    assert found(10).verdict is Verdict.PASS
    assert found(0.1).verdict is Verdict.FAIL


@pytest.mark.parametrize(("way", "start"), [("fall", 10), ("rise", 0)])
def test_a_share_that_moves_by_exactly_what_is_tolerated_is_within_it(way: str, start: int) -> None:
    """Ten points a quarter are forty a year; 0.9 - 0.8 in binary is a little more than 0.8 - 0.7, and neither is 0.1."""
    step = -1 if way == "fall" else 1
    trend = FALLS.replace('"fall"', f'"{way}", by_more_than = "tolerated"')
    records = spread([10] * 10, good=lambda i, j: 5 if j < start + step * i else 1)

    def found(tolerated: float) -> Finding:
        rule = 'measure = { share = "score >= 4" }\n' + trend
        return judged(rule, records, as_of=last_of(10), params={"tolerated": tolerated})

    assert found(40).verdict is Verdict.PASS
    assert found(40).reason.startswith(f"It does not {way} by more than 40 percentage points a year")
    assert found(39.999).verdict is Verdict.FAIL
    assert found(40.001).verdict is Verdict.PASS


def test_a_falling_nps_fails() -> None:
    rule = 'measure = { nps = "score", scale = [0, 10] }\n' + FALLS
    found = judged(rule, spread([20] * 20, good=lambda i, j: 10 if j > i // 2 else 1))
    assert (found.verdict, series(found).points[0].value) == (Verdict.FAIL, 90.0)


def test_growing_exposure_is_divided_out() -> None:
    answers = spread(range(2, 22))
    customers = [r | {"since": r["opened"], "id": f"C{r['id']}"} for r in spread([n * 10 for n in range(2, 22)])]
    orders = [{"id": c["id"], "since": c["since"]} for c in customers]
    assert judged(RISES, answers).verdict is Verdict.FAIL
    rate = 'measure = { rate = { table = "customers", on = "since", per = 100 } }\n' + RISES
    found = judged(rate, answers, orders)
    assert {p.value for p in series(found).points} == {10.0}
    assert found.verdict is Verdict.INSUFFICIENT
    assert "All values are the same" in found.reason
    unclear = judged(rate, answers, [*orders, {"id": "x", "since": "?"}])
    assert unclear.verdict is Verdict.INSUFFICIENT
    assert unclear.reason.startswith("Not shown")


def test_a_period_without_exposure_is_a_gap() -> None:
    rate = 'measure = { rate = { table = "customers", sum = "orders", on = "since" } }\n' + RISES
    orders = [
        {"id": str(i), "orders": 10 + i, "since": dt.date(2021 + i // 4, i % 4 * 3 + 1, 1)} for i in range(20) if i != 5
    ]
    found = judged(rate, spread([3 + i for i in range(20)]), orders)
    assert series(found).points[5].value is None
    assert "2022-Q2" in series(found).gaps


@pytest.mark.parametrize("cell", [None, "?"])
def test_a_record_without_a_day_leaves_the_trend_open(cell: object) -> None:
    found = judged(RISES, [*spread(range(1, 13)), {"id": "x", "opened": cell}], as_of=last_of(12))
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.reason.startswith("Not shown: 1 record cannot be placed in the series")


def test_no_whole_period_is_said() -> None:
    found = judged(RISES, [{"id": "1", "opened": dt.date(2026, 1, 5)}])
    assert found.verdict is Verdict.INSUFFICIENT
    assert "No whole period has a record." in found.reason
    undated = judged(RISES, [{"id": "1"}])
    assert undated.verdict is Verdict.INSUFFICIENT


def test_a_change_of_mix_that_turns_the_whole_round_is_shown() -> None:
    """Simpson: both sites improve, and the whole falls, because the poor site grows."""

    def records() -> list[dict[str, Any]]:
        found = []
        for i in range(10):
            late = i >= 5
            for site, n, k in (
                ("A", 10 if late else 90, 10 if late else 81),
                ("B", 90 if late else 10, 36 if late else 3),
            ):
                day = dt.date(2021 + i // 4, i % 4 * 3 + 1, 1)
                found += [
                    {"id": f"{i}{site}{j}", "opened": day, "site": site, "score": 5 if j < k else 1} for j in range(n)
                ]
        return found

    rule = 'measure = { share = "score >= 4" }\nstrata = ["site"]\n' + FALLS
    found = judged(rule, records(), as_of=dt.date(2023, 6, 30))
    assert "the whole goes from 84 % to 46 %, but only because its mix changed" in found.reason
    assert "A 90 % to 100 % (mix 90 % to 10 %); B 30 % to 40 % (mix 10 % to 90 %)" in found.reason


def test_a_register_that_ends_early_never_passes() -> None:
    ended = judged(FALLS, spread(range(1, 13)), as_of=dt.date(2024, 6, 30))
    assert ended.verdict is Verdict.INSUFFICIENT
    assert "there is no record from 2024-Q1 on" in ended.reason
    assert series(ended).points[-1].period == "2023-Q4"
    assert judged(FALLS, spread(range(1, 13)), as_of=dt.date(2024, 3, 31)).verdict is Verdict.PASS
    assert judged(RISES, spread(range(1, 13)), as_of=dt.date(2024, 6, 30)).verdict is Verdict.FAIL
    chart = judged(CHART, spread([*CALM, 10, 11], "month"), as_of=dt.date(2022, 5, 31))
    assert chart.verdict is Verdict.INSUFFICIENT
    assert "no record from 2022-03 on" in chart.reason


@pytest.mark.parametrize("by", ["month", "quarter", "year"])
def test_the_last_day_of_the_calendar_is_a_day_like_any_other(by: str) -> None:
    rule = RISES.replace("quarter", by)
    answers = [{"id": str(i), "opened": dt.date(9999, 12, 31), "score": 5} for i in range(3)]
    assert judged(rule, answers, as_of=dt.date(9999, 12, 31)).verdict is Verdict.INSUFFICIENT
    chart = REACTED.replace("month", by).replace('"days"', "3000")
    assert judged(chart, answers, as_of=dt.date(9999, 12, 31)).verdict is Verdict.INSUFFICIENT


@pytest.mark.parametrize("by", ["month", "quarter", "year"])
def test_the_last_day_of_a_period_is_the_day_before_the_next(by: By) -> None:
    for period in range(period_of(dt.date(1999, 1, 1), by), period_of(dt.date(2030, 1, 1), by)):
        assert last_day(period, by) == first_day(period + 1, by) - dt.timedelta(days=1)


def daily(until: dt.date, *, good: Callable[[dt.date], int] = lambda _: 5, start: int = 2021) -> list[dict[str, Any]]:
    """Give a record for every day, up to the day on which the register was exported."""
    first = dt.date(start, 1, 1)
    days = [first + dt.timedelta(days=i) for i in range((until - first).days + 1)]
    return [{"id": str(day), "opened": day, "score": good(day), "site": "N"} for day in days]


PARTIAL = "2025-Q4 is left out: its last record, of 2025-10-03, is earlier in it than in those before"


def test_a_last_period_that_was_not_recorded_to_its_end_is_left_out_and_named() -> None:
    """Exported on 3 October: three records in the fourth quarter are no fall."""
    found = judged(FALLS.replace('"fall"', '"fall", by_more_than = "tolerated"'), daily(dt.date(2025, 10, 3)))
    assert series(found).points[-1].period == "2025-Q3"
    assert series(found).left_out[-1].startswith("2025-Q4 (its last record, of 2025-10-03, is earlier in it")
    assert PARTIAL in found.reason
    assert "(without 2025-Q4, which may not be whole)" in found.statement


@pytest.mark.parametrize("last", [dt.date(2025, 12, 31), dt.date(2026, 1, 2)], ids=["its-last-day", "a-later-record"])
def test_a_last_period_that_is_shown_to_be_whole_stays(last: dt.date) -> None:
    found = judged(FALLS, daily(last))
    assert series(found).points[-1].period == "2025-Q4"
    assert "may not be whole" not in found.reason + found.statement


def test_a_record_dated_after_the_audit_does_not_show_that_the_register_went_on() -> None:
    found = judged(FALLS, [*daily(dt.date(2025, 10, 3)), {"id": "x", "opened": dt.date(2027, 1, 1), "score": 5}])
    assert PARTIAL in found.reason


def test_answers_that_always_come_early_in_a_period_are_a_whole_period() -> None:
    """A yearly survey in March is whole in December."""
    answers = [
        {"id": f"{year}-{i}", "opened": dt.date(year, 3, 1 + i), "score": 5 if i < year - 2005 else 1}
        for year in range(2010, 2026)
        for i in range(20)
    ]
    rule = 'measure = { share = "score >= 4" }\n' + FALLS.replace("quarter", "year")
    found = judged(rule, answers)
    assert series(found).points[-1].period == "2025"
    assert "may not be whole" not in found.reason


def test_what_is_good_must_be_so_with_the_last_period_too() -> None:
    """It rises for eight quarters; of the ninth there are three records, all of its first days."""
    rises = [30, 34, 31, 38, 35, 42, 39, 46]
    assert judged(FALLS, spread(rises), as_of=last_of(8)).verdict is Verdict.PASS
    found = judged(FALLS, spread([*rises, 3]), as_of=last_of(9))
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.reason.startswith("Not shown: it depends on 2023-Q1: its last record, of 2023-01-03, is earlier in it")
    assert "With it: No trend shown" in found.reason
    assert "Without it: It rises" in found.reason
    rule = FALLS.replace('"fall"', '"fall", test = "mann-kendall"')
    steep = judged(rule, spread([30, 40, 50, 60, 70, 80, 90, 100, 3]), as_of=last_of(9))
    assert steep.verdict is Verdict.PASS
    assert "2023-Q1 is left out" in steep.reason


# ---------------------------------------------------------------- signals


CHART = 'signal = { on = "opened", by = "month", baseline = 12, watch = "high" }\n'
CALM = [9, 11, 10, 8, 12, 10, 9, 11, 10, 12, 8, 10]
REACTED = CHART.replace('"high"', '"high", reaction = { table = "actions", on = "done", days = "days" }')


def test_a_signal_is_a_question_with_its_period() -> None:
    found = judged(CHART, spread([*CALM, 10, 30, 10], "month"), as_of=dt.date(2022, 3, 31))
    assert found.verdict is Verdict.MANUAL
    assert found.reason == (
        "1 signal in 3 points after the baseline (u chart): 2022-02: 30, above the limit of 19.49. "
        "What happened? A person answers."
    )
    assert [(p.period, p.signal) for p in series(found).points if p.signal] == [
        ("2022-02", "30, above the limit of 19.49")
    ]
    assert (series(found).baseline, series(found).centre, found.form) == (12, 10.0, "signal")


def test_no_signal_is_a_pass_where_no_reaction_is_asked_for() -> None:
    found = judged(CHART, spread([*CALM, 10, 11, 10], "month"), as_of=dt.date(2022, 3, 31))
    assert found.verdict is Verdict.PASS
    assert found.reason.startswith("No signal in 3 points after the baseline (u chart)")


def test_the_side_that_is_not_watched_asks_nothing() -> None:
    low = spread([*CALM, 10, 0, 1], "month")
    assert judged(CHART, low, as_of=dt.date(2022, 3, 31)).verdict is Verdict.PASS
    assert judged(CHART.replace("high", "low"), low, as_of=dt.date(2022, 3, 31)).verdict is Verdict.MANUAL


def test_eight_on_one_side_are_told_once() -> None:
    found = judged(CHART, spread([*CALM, *[12] * 10], "month"), as_of=dt.date(2022, 10, 31))
    assert [p.period for p in series(found).points if p.signal] == ["2022-08"]
    assert "eight in a row above the centre" in found.reason


@pytest.mark.parametrize(
    ("actions", "as_of", "verdict"),
    [
        ([], dt.date(2022, 3, 31), Verdict.FAIL),
        ([{"id": "1", "done": dt.date(2022, 3, 5)}], dt.date(2022, 3, 31), Verdict.PASS),
        ([{"id": "1", "done": dt.date(2022, 3, 6)}], dt.date(2022, 3, 31), Verdict.FAIL),
        ([{"id": "1", "done": dt.date(2022, 1, 31)}], dt.date(2022, 3, 31), Verdict.FAIL),
        ([{"id": "1", "done": dt.date(2022, 2, 1)}], dt.date(2022, 3, 31), Verdict.PASS),
        ([{"id": "1", "done": dt.date(2021, 1, 1)}], dt.date(2022, 3, 5), Verdict.INSUFFICIENT),
        ([{"id": "1", "done": "?"}], dt.date(2022, 3, 31), Verdict.INSUFFICIENT),
        ([{"id": "1", "done": None}], dt.date(2022, 3, 31), Verdict.FAIL),
    ],
    ids=["none", "in-time", "a-day-late", "before", "at-once", "time-left", "unreadable", "blank"],
)
def test_a_reaction_may_be_asked_for(actions: list[dict[str, object]], as_of: dt.date, verdict: Verdict) -> None:
    given = actions or [{"id": "0", "done": dt.date(2020, 1, 1)}]
    found = judged(REACTED, spread([*CALM, 10, 30, 10], "month"), (), given, as_of=as_of)
    assert found.verdict is verdict
    if verdict is Verdict.FAIL:
        assert found.to_pass == "A record in actions dated 2022-02-01 to 2022-03-05."
        assert found.grade_why is not None
        assert "1 of 1 signal without a reaction" in found.grade_why


def test_nothing_to_react_to_is_no_pass() -> None:
    action = [{"id": "1", "done": dt.date(2022, 1, 1)}]
    calm = spread([*CALM, 10, 11, 10], "month")
    found = judged(REACTED, calm, (), action, as_of=dt.date(2022, 3, 31))
    assert (found.verdict, "nothing to react to" in found.reason) == (Verdict.INSUFFICIENT, True)
    rule = REACTED + 'where = "site is not null"\non_zero = "not-applicable"\n'
    assert judged(rule, calm, (), action, as_of=dt.date(2022, 3, 31)).verdict is Verdict.NOT_APPLICABLE


def test_the_baseline_must_be_passed() -> None:
    found = judged(CHART, spread(CALM, "month"), as_of=dt.date(2021, 12, 31))
    assert found.verdict is Verdict.INSUFFICIENT
    assert "12 whole periods are no more than the baseline of 12" in found.reason
    assert len(series(found).points) == 12


def test_a_signal_in_the_baseline_is_said() -> None:
    found = judged(CHART, spread([*CALM[:6], 40, *CALM[:5], 10], "month"), as_of=dt.date(2022, 1, 31))
    assert "The baseline itself has a signal (2021-07), so its limits may be too wide." in found.reason


def test_a_record_without_a_day_leaves_the_chart_open_but_not_the_question() -> None:
    calm = judged(CHART, [*spread([*CALM, 10], "month"), {"id": "x"}], as_of=dt.date(2022, 1, 31))
    assert calm.verdict is Verdict.INSUFFICIENT
    assert "1 record cannot be placed in the chart" in calm.reason
    asked = judged(CHART, [*spread([*CALM, 30], "month"), {"id": "x"}], as_of=dt.date(2022, 1, 31))
    assert asked.verdict is Verdict.MANUAL


@pytest.mark.parametrize(
    ("measure", "chart", "method"),
    [
        ('share = "score >= 4"', None, "p"),
        ('share = "score >= 4"', "laney-p", "Laney p'"),
        ('share = "score >= 4"', "xmr", "XmR"),
        ('mean = "score"', None, "XmR"),
        ('nps = "score", scale = [0, 10]', None, "XmR"),
        ('rate = { table = "customers", on = "since", per = 10 }', None, "u"),
        ('rate = { table = "customers", on = "since" }', "laney-u", "Laney u'"),
    ],
)
def test_each_measure_has_its_chart(measure: str, chart: str | None, method: str) -> None:
    rule = f"measure = {{ {measure} }}\n" + CHART.replace('month"', f'month", chart = "{chart}"' if chart else 'month"')
    answers = spread([20 + i % 3 for i in range(20)], "month", good=lambda i, j: 10 if (j * 7 + i * 5) % 10 < 6 else 3)
    customers = [{"id": str(i), "since": dt.date(2021 + i // 24, i // 2 % 12 + 1, 1)} for i in range(40)]
    found = judged(rule, answers, customers, as_of=dt.date(2022, 8, 31))
    assert series(found).method == method


def test_a_last_month_that_was_not_recorded_to_its_end_is_no_point_of_a_chart() -> None:
    """Three days of a month are no low number; and a high number in them keeps the chart from passing."""
    calm = daily(dt.date(2022, 6, 3))
    low = judged(CHART.replace("high", "low"), calm, as_of=dt.date(2022, 7, 5))
    assert low.verdict is Verdict.INSUFFICIENT
    assert low.reason.startswith("Not shown: it depends on 2022-06: its last record, of 2022-06-03")
    assert judged(CHART, calm, as_of=dt.date(2022, 7, 5)).verdict is Verdict.PASS
    more = [{"id": f"x{i}", "opened": dt.date(2022, 6, 3), "score": 5} for i in range(90)]
    high = judged(CHART, [*calm, *more], as_of=dt.date(2022, 7, 5))
    assert high.verdict is Verdict.INSUFFICIENT
    assert "With it: 1 signal in 6 points after the baseline" in high.reason


def test_rare_records_are_charted_by_the_days_between_them() -> None:
    days = [dt.date(2021, 1, 1) + dt.timedelta(days=30 * i + i % 4 * 3) for i in range(30)]
    answers = [{"id": str(i), "opened": day} for i, day in enumerate(days)]
    found = judged(CHART.replace('"high"', '"both"'), answers, as_of=dt.date(2023, 8, 1))
    assert (series(found).by, series(found).statistic, series(found).method) == ("record", "days between", "t")
    assert len(series(found).points) == 29
    few = judged(CHART.replace('"month"', '"month", chart = "between"'), answers[:10], as_of=dt.date(2023, 8, 1))
    assert few.verdict is Verdict.INSUFFICIENT
    assert "9 waits between records" in few.reason


@pytest.mark.parametrize(("watch", "verdict"), [("high", Verdict.MANUAL), ("low", Verdict.PASS)])
def test_rare_records_that_come_more_often_are_high_numbers(watch: str, verdict: Verdict) -> None:
    days = [dt.date(2021, 1, 1) + dt.timedelta(days=30 * i + i % 4 * 3) for i in range(14)]
    days += [days[-1] + dt.timedelta(days=4 * i) for i in range(1, 10)]
    answers = [{"id": str(i), "opened": day} for i, day in enumerate(days)]
    found = judged(CHART.replace('"high"', f'"{watch}"'), answers, as_of=days[-1] + dt.timedelta(days=5))
    assert (found.verdict, series(found).method) == (verdict, "t")


def test_a_baseline_that_does_not_vary_sets_no_limits() -> None:
    rule = 'measure = { mean = "score" }\n' + CHART
    found = judged(rule, spread([5] * 14, "month"), as_of=dt.date(2022, 2, 28))
    assert found.verdict is Verdict.INSUFFICIENT
    assert "does not vary" in found.reason
