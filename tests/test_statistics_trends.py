"""Trends: rank tests against counting, SciPy, Gilbert's table; the simulations of domain.md 9.5 done again."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qmscheck.statistics.autocorrelation import hamed_rao_factor, lag_one, lagged, yue_wang_factor
from qmscheck.statistics.intervals import TooLittle
from qmscheck.statistics.trends import (
    Trend,
    _exact_chances,
    hamed_rao,
    mann_kendall,
    normal_chances,
    prewhitened,
    yue_wang,
)

METHODS = (mann_kendall, hamed_rao, yue_wang, prewhitened)
RUNS = 400

numbers = st.lists(st.integers(-50, 50).map(float), min_size=8, max_size=30).filter(lambda v: len(set(v)) > 1)
different = st.lists(st.integers(-500, 500).map(float), min_size=8, max_size=30, unique=True)


@pytest.mark.parametrize(
    ("n", "chances"),
    [
        (4, {0: 0.625, 2: 0.375, 4: 0.167, 6: 0.042}),
        (5, {0: 0.592, 2: 0.408, 4: 0.242, 6: 0.117, 8: 0.042, 10: 0.0083}),
        (8, {0: 0.548, 2: 0.452, 4: 0.360, 6: 0.274, 8: 0.199, 10: 0.138, 12: 0.089, 14: 0.054, 16: 0.031, 18: 0.016}),
        (9, {10: 0.179, 12: 0.130, 14: 0.090, 16: 0.060, 18: 0.038, 20: 0.022, 22: 0.012}),
        (10, {1: 0.500, 9: 0.242, 15: 0.108, 17: 0.078, 19: 0.054, 21: 0.036, 23: 0.023, 25: 0.014}),
    ],
)
def test_the_chances_of_s_in_table_a18_of_gilbert_1987(n, chances):
    """R. O. Gilbert, Statistical Methods for Environmental Pollution Monitoring, table A18 (Hollander and Wolfe)."""
    for s, chance in chances.items():
        assert _exact_chances(s, n)[0] == pytest.approx(chance, abs=0.00051)


def test_no_order_of_four_values_is_rare_enough_and_of_five_only_a_perfect_one_as_domain_9_5_says():
    assert round(2 * _exact_chances(6, 4)[0], 3) == 0.083
    assert round(2 * _exact_chances(10, 5)[0], 3) == 0.017
    assert 2 * _exact_chances(8, 5)[0] > 0.05


@settings(deadline=None)
@given(different)
def test_without_ties_the_chance_is_that_of_kendalls_exact_test(values):
    found = mann_kendall(values)
    wanted = stats.kendalltau(range(len(values)), values, method="exact").pvalue
    assert found.p == pytest.approx(wanted, rel=1e-9)
    assert found.method == "Mann-Kendall, exact"


@settings(deadline=None)
@given(numbers)
def test_s_is_counted_and_its_variance_corrected_for_ties(values):
    found = mann_kendall(values)
    n = len(values)
    assert found.s == sum((b > a) - (b < a) for a, b in itertools.combinations(values, 2))
    groups = [g for g in Counter(values).values() if g > 1]
    variance = (n * (n - 1) * (2 * n + 5) - sum(g * (g - 1) * (2 * g + 5) for g in groups)) / 18
    assert found.variance == pytest.approx(variance)
    if groups and found.s > 0:
        assert found.p == pytest.approx(min(1, 2 * stats.norm.sf((found.s - 1) / math.sqrt(variance))))


@settings(deadline=None)
@given(numbers)
def test_the_slope_is_the_median_of_all_pairs_and_lies_in_its_interval(values):
    found = mann_kendall(values)
    assert found.slope.value == pytest.approx(stats.theilslopes(values).slope, abs=1e-12)
    assert found.slope.interval.low <= found.slope.value <= found.slope.interval.high
    wide = mann_kendall(values, confidence=0.99).slope.interval
    assert wide.low <= found.slope.interval.low
    assert found.slope.interval.high <= wide.high


def test_the_slopes_interval_is_between_the_order_statistics_of_gilbert_16_4():
    """Ranks (N' - C) / 2 and (N' + C) / 2 + 1 of the N' slopes, C = 1.96 sqrt(Var(S)); here C = 15.84, N' = 28."""
    values = [10.0, 15, 14, 20, 17, 26, 24, 31]
    slopes = sorted((values[j] - values[i]) / (j - i) for i, j in itertools.combinations(range(8), 2))
    seen = mann_kendall(values).slope.interval
    assert slopes[5] < seen.low < slopes[6]
    assert slopes[21] < seen.high < slopes[22]


@settings(deadline=None)
@given(numbers, st.sampled_from(METHODS))
def test_a_series_turned_over_has_the_opposite_trend(values, method):
    one, other = method(values), method([-v for v in values])
    assert one.s == -other.s
    assert one.p_rising == pytest.approx(other.p_falling)
    assert one.slope.value == pytest.approx(-other.slope.value)
    assert one.slope.interval.low == pytest.approx(-other.slope.interval.high)


@settings(deadline=None)
@given(numbers, st.floats(0.5, 100))
def test_another_unit_changes_the_slope_only(values, factor):
    one, other = mann_kendall(values), mann_kendall([v * factor for v in values])
    assert (one.s, one.p) == (other.s, other.p)
    assert other.slope.value == pytest.approx(one.slope.value * factor, abs=1e-9)


@settings(deadline=None)
@given(different.filter(lambda v: len(v) > 8))
def test_a_missing_period_keeps_the_others_in_their_places(values):
    gapped = [*values[:3], None, *values[4:]]
    found = mann_kendall(gapped)
    assert found.n == len(values) - 1
    line = [None if v is None else 3.0 * t for t, v in enumerate(gapped)]
    assert mann_kendall(line).slope.value == 3


def test_a_straight_line_is_a_trend_for_every_method():
    """Pre-whitened, the slope is found again in the unit of the series."""
    seed = random.Random(2)
    line = [2.0 * t + seed.gauss(0, 1) for t in range(30)]
    for method in METHODS:
        found = method(line)
        assert found.p_rising < 0.001
        assert found.p_falling > 0.99
        assert found.slope.value == pytest.approx(2, abs=0.15)


@pytest.mark.parametrize("method", METHODS)
def test_too_few_values_or_equal_ones_show_nothing(method):
    with pytest.raises(TooLittle, match="7 values cannot show a trend"):
        method([1, 2, 3, 4, None, 5, 6, 7])
    with pytest.raises(TooLittle, match="all values are the same"):
        method([4.0] * 12)
    assert method([3, 1, 4, 1.5, 5, 9, 2, 6]).p > 0.05


def test_gaps_that_leave_no_neighbours_cannot_be_prewhitened():
    with pytest.raises(TooLittle, match="cannot show a trend"):
        prewhitened([1, None, 5, None, 3, None, 8, None, 2, None, 7, None, 4, None, 6])


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="not a number"):
        mann_kendall([1, 2, 3, 4, 5, 6, 7, value])


def test_autocorrelation_is_the_textbooks():
    """G. E. P. Box and G. M. Jenkins, Time Series Analysis (1976), 2.1.5: r1 = -.79 of the first ten yields."""
    yields = [47.0, 64, 23, 71, 38, 64, 55, 41, 59, 48]
    points = list(enumerate(yields))
    assert lagged(points, 1) == pytest.approx(-0.79, abs=0.005)
    assert lagged(list(enumerate([3.0, 3, 3])), 1) == 0
    assert lag_one([(t, float(t // 500)) for t in range(1000)]) == 0.9


def test_autocorrelation_widens_and_independence_does_not():
    seed = random.Random(5)
    inert = list(enumerate(_series(seed, 200, 0.7)))
    assert yue_wang_factor(inert) == pytest.approx((1 + 0.7) / (1 - 0.7), rel=0.4)
    assert hamed_rao_factor(inert) > 2
    assert yue_wang_factor(list(enumerate(_series(seed, 200, -0.7)))) == 1


def test_ranks_of_equal_values_share_their_middle():
    """A series of two values only has an autocorrelation of its ranks as of its values."""
    steps = [(t, float(t % 3 == 0)) for t in range(30)]
    assert hamed_rao_factor(steps) == pytest.approx(hamed_rao_factor([(t, 7 * v + 2) for t, v in steps]))


def _series(seed, n, r):
    """First-order autocorrelated normal values of variance 1."""
    value, made = seed.gauss(0, 1), []
    for _ in range(n):
        made.append(value)
        value = r * value + math.sqrt(1 - r * r) * seed.gauss(0, 1)
    return made


def _alarms(method, make, runs=RUNS):
    """The percentage of series without a trend that `method` calls one at 5 %."""
    return 100 * sum(method(make()).p <= 0.05 for _ in range(runs)) / runs


def _near(percent, runs=RUNS):
    """Three standard errors and 1.5 points."""
    share = percent / 100
    return pytest.approx(percent, abs=300 * math.sqrt(share * (1 - share) / runs) + 1.5)


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("n", "r", "percent"),
    [
        *((8, 0, 3), (8, 0.3, 7), (8, 0.5, 12)),
        *((12, 0, 5), (12, 0.3, 11), (12, 0.5, 18)),
        *((24, 0, 4), (24, 0.3, 13), (24, 0.5, 21)),
        *((36, 0, 5), (36, 0.3, 13), (36, 0.5, 23)),
    ],
)
def test_the_false_alarms_of_domain_9_5(n, r, percent):
    seed = random.Random(1000 * n + int(10 * r))
    assert _alarms(mann_kendall, lambda: _series(seed, n, r)) == _near(percent)


@pytest.mark.parametrize(("n", "percent"), [(8, 2), (12, 60), (24, 19), (36, 9)])
def test_the_false_alarms_of_a_pure_season_in_domain_9_5(n, percent):
    """It does not say the season; a sine that starts at its rise, twice as high as the noise, gives its figures."""
    seed = random.Random(n)

    def make():
        return [2 * math.sin(math.pi * t / 6) + seed.gauss(0, 1) for t in range(n)]

    assert _alarms(mann_kendall, make) == _near(percent)


@pytest.mark.parametrize(("n", "percent"), [(12, 17), (24, 37), (36, 50)])
def test_the_power_in_domain_9_5(n, percent):
    """Complaints a month, Poisson, from a mean of 5 to one of 8."""
    seed = random.Random(n)

    def make():
        return [float(_poisson(seed, 5 + 3 * t / (n - 1))) for t in range(n)]

    assert _alarms(mann_kendall, make) == _near(percent)


@pytest.mark.parametrize(("n", "percent"), [(12, 29), (24, 54)])
def test_three_rises_in_a_row_by_chance_in_domain_9_5(n, percent):
    seed = random.Random(n)

    def rises(values):
        up = [b > a for a, b in itertools.pairwise(values)]
        return any(all(up[i : i + 3]) for i in range(n - 3))

    seen = sum(rises([seed.random() for _ in range(n)]) for _ in range(4000)) / 40
    assert seen == _near(percent, 4000)


@pytest.mark.unmeasured
@pytest.mark.parametrize(("n", "r"), list(itertools.product((8, 12, 24, 36), (0, 0.3, 0.5))))
def test_prewhitening_keeps_false_alarms_near_5_percent_where_domain_9_5_finds_up_to_23(n, r):
    seed = random.Random(100 * n + int(10 * r))
    assert _alarms(prewhitened, lambda: _series(seed, n, r)) <= 5 + 300 * math.sqrt(0.05 * 0.95 / RUNS) + 1.5


def test_hamed_rao_does_not_help_short_series_and_yue_wang_does_in_part():
    """24 values at r = 0.5 (docs/decisions/0012)."""
    alarms = {}
    for method in METHODS:
        seed = random.Random(9)
        alarms[method] = _alarms(method, lambda seed=seed: _series(seed, 24, 0.5))
    assert alarms[hamed_rao] > 15
    assert alarms[yue_wang] < 12
    assert alarms[prewhitened] < 10


def _poisson(seed, mean):
    """Count arrivals until they exceed a mean (Knuth)."""
    product, count = seed.random(), 0
    while product > math.exp(-mean):
        product *= seed.random()
        count += 1
    return count


def test_a_variance_that_vanishes_tells_nothing():
    """Covariances of dependent months can take all of it away."""
    assert normal_chances(9, 0) == (1, 1)


@pytest.mark.parametrize("method", METHODS[:3])
@pytest.mark.parametrize(("start", "step"), [(1.0, 0.02), (100.0, 2.0), (0.1, 0.1), (-3.3, 1e-3), (1e9, 7.7)])
def test_an_exact_line_is_the_same_line_whatever_its_scale(
    method: Callable[[Sequence[float]], Trend], start: float, step: float
) -> None:
    found, plain = method([start + step * i for i in range(10)]), method([float(i) for i in range(10)])
    assert (found.p, found.variance) == (plain.p, plain.variance)
    assert found.p < 0.01
    assert found.slope.value == pytest.approx(step, rel=1e-6)
