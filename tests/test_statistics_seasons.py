"""Trends within seasons: months compared with the same month of other years."""

from __future__ import annotations

import itertools
import math
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.statistics.intervals import TooLittle
from qmscheck.statistics.seasons import _covariance, seasonal_mann_kendall
from qmscheck.statistics.trends import mann_kendall


def monthly(seed, years, *, slope=0.0, season=2.0):
    return [season * math.sin(math.pi * t / 6) + slope * t + seed.gauss(0, 1) for t in range(12 * years)]


def test_a_season_is_no_trend_where_the_plain_test_sees_one():
    """Domain.md 9.5: the plain test calls 19 % of such pure seasons of 24 months a trend."""
    seed = random.Random(1)
    series = [monthly(seed, 2) for _ in range(400)]
    plain = sum(mann_kendall(s).p <= 0.05 for s in series) / 4
    seasonal = sum(seasonal_mann_kendall(s).p <= 0.05 for s in series) / 4
    assert plain > 12
    assert seasonal <= 5 + 300 * math.sqrt(0.05 * 0.95 / 400) + 1.5


def test_a_trend_under_a_season_is_found_with_its_slope():
    found = seasonal_mann_kendall(monthly(random.Random(3), 5, slope=0.1))
    assert found.p_rising < 0.001
    assert found.slope.value == pytest.approx(0.1, abs=0.03)
    assert found.slope.interval.low < 0.1 < found.slope.interval.high


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 20).map(float), min_size=24, max_size=24),
    st.lists(st.integers(-99, 99), min_size=12, max_size=12),
)
def test_adding_a_season_changes_nothing(values, season):
    shifted = [v + season[t % 12] for t, v in enumerate(values)]
    try:
        one = seasonal_mann_kendall(values)
    except TooLittle:
        return
    assert seasonal_mann_kendall(shifted) == one


def test_s_variance_and_slope_are_those_of_each_month_added_up():
    values = monthly(random.Random(4), 4)
    found = seasonal_mann_kendall(values)
    months = [values[g::12] for g in range(12)]
    assert found.s == sum((b > a) - (b < a) for m in months for a, b in itertools.combinations(m, 2))
    assert found.variance == pytest.approx(12 * 4 * 3 * 13 / 18)
    slopes = [(m[j] - m[i]) / (12 * (j - i)) for m in months for i, j in itertools.combinations(range(4), 2)]
    assert found.slope.value == pytest.approx(statistics.median(slopes))


def test_a_season_depends_on_itself_by_its_own_variance():
    """Hirsch and Slack 1984, equation 7, with h = g: n (n - 1) (2 n + 5) / 18."""
    season = [(t, v) for t, v in enumerate([3.0, 1, 4, 1.5, 9, 2, 6])]
    assert _covariance(season, season, 7) == pytest.approx(7 * 6 * 19 / 18)
    assert _covariance(season, [(t, -v) for t, v in season], 7) == pytest.approx(-7 * 6 * 19 / 18)


def test_dependent_months_tell_less():
    seed = random.Random(6)
    values, value = [], 0.0
    for t in range(120):
        value = 0.7 * value + seed.gauss(0, 1)
        values.append(value + 0.01 * t)
    apart, tied = seasonal_mann_kendall(values), seasonal_mann_kendall(values, dependent=True)
    assert tied.s == apart.s
    assert tied.variance > 1.5 * apart.variance
    assert tied.p > apart.p


def test_a_month_without_a_value_is_left_out():
    values = monthly(random.Random(8), 3)
    found = seasonal_mann_kendall([None, *values[1:]])
    assert found.n == 35
    assert found.variance == pytest.approx(11 * 3 * 2 * 11 / 18 + 1)
    with pytest.raises(ValueError, match="without gaps"):
        seasonal_mann_kendall([None, *monthly(random.Random(8), 5)[1:]], dependent=True)


def test_quarters_of_three_years_can_be_tested_and_of_two_cannot():
    rising = [float(t) for t in range(12)]
    assert seasonal_mann_kendall(rising, period=4).p < 0.05
    with pytest.raises(TooLittle, match="even if every season rose"):
        seasonal_mann_kendall(rising[:8], period=4)


@pytest.mark.parametrize(
    ("n", "said"), [(12, "1 years and 0 more"), (23, "1 years and 11 more"), (30, "2 years and 6 more")]
)
def test_months_need_whole_years_and_24_of_them(n, said):
    with pytest.raises(TooLittle, match=said):
        seasonal_mann_kendall([float(t) for t in range(n)])


def test_what_cannot_be_tested_is_refused():
    with pytest.raises(TooLittle, match="5 or more"):
        seasonal_mann_kendall(monthly(random.Random(1), 4), dependent=True)
    with pytest.raises(TooLittle, match="within each season"):
        seasonal_mann_kendall([float(t % 12) for t in range(36)])
    with pytest.raises(TooLittle, match="all values are the same"):
        seasonal_mann_kendall([1.0] * 36)
    with pytest.raises(ValueError, match="has no season"):
        seasonal_mann_kendall([1.0, 2] * 20, period=1)
