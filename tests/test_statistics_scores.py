"""Net promoter score, means, medians, percentiles and ratios; every figure of domain.md 9.3."""

from __future__ import annotations

import itertools
import math
import random
import statistics
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qmscheck.statistics.intervals import TooLittle, against
from qmscheck.statistics.scores import enough, mean, nps, quantile, quantile_ranks, ratio_of_means


def half_width(n):
    """At 50 % promoters and 15 % detractors, as a weighted count: n need not be a multiple of 20."""
    up, down = (0.5 * n + 0.75) / (n + 3), (0.15 * n + 0.75) / (n + 3)
    return 196 * math.sqrt((up + down - (up - down) ** 2) / (n + 3))


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [(10, 40, 45), (30, 25, 26), (50, 20, 20), (100, 14, 14), (200, 10, 10), (400, 7, 7), (1000, 4.5, 4.5)],
)
def test_the_half_widths_of_domain_9_3(n, low, high):
    """Its ranges reach from the adjusted interval to the plain one, 1.96 sqrt((p + d - (p - d)^2) / n)."""
    plain = 196 * math.sqrt((0.65 - 0.35**2) / n)
    digits = 1 if n == 1000 else 0
    assert round(half_width(n), digits) == low
    assert round(plain, digits) == high


def test_the_interval_is_the_adjusted_one():
    seen = nps(500, 350, 150)
    assert (seen.high - seen.low) / 2 == pytest.approx(half_width(1000), abs=1e-3)
    assert (seen.high + seen.low) / 2 == pytest.approx(100 * 350 / 1003)


def test_a_rise_from_31_to_36_with_100_answers_is_noise_as_domain_9_3_says():
    before, after = nps(46, 39, 15), nps(51, 34, 15)
    assert before.low < after.low < before.high < after.high


@settings(deadline=None)
@given(st.tuples(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300)).filter(any))
def test_a_score_turned_round_is_its_negative_and_stays_on_its_scale(counts):
    up, between, down = counts
    one, other = nps(up, between, down), nps(down, between, up)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert -100 <= one.low < one.high <= 100
    wider = nps(up, between, down, confidence=0.99)
    assert wider.low <= one.low
    assert one.high <= wider.high


@settings(deadline=None)
@given(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50)).filter(any), st.integers(0, 100))
def test_a_finite_base_narrows_a_score_and_is_known_when_all_answered(counts, silent):
    n = sum(counts)
    endless, finite = nps(*counts), nps(*counts, population=n + silent)
    assert finite.high - finite.low <= endless.high - endless.low + 1e-9
    known = nps(*counts, population=n)
    assert known.low == known.high == pytest.approx(100 * (counts[0] - counts[2]) / n)


@settings(deadline=None)
@given(st.lists(st.floats(-1000, 1000), min_size=2, max_size=50), st.sampled_from([0.8, 0.95, 0.99]))
def test_a_mean_has_scipys_interval(values, confidence):
    n, average, deviation = len(values), statistics.fmean(values), statistics.stdev(values)
    seen = mean(n, average, deviation, confidence=confidence)
    reach = stats.t.isf((1 - confidence) / 2, n - 1) * deviation / math.sqrt(n)
    assert (seen.low, seen.high) == pytest.approx((average - reach, average + reach), rel=1e-9, abs=1e-9)


def test_the_mean_of_students_sleep_differences():
    """ "Student" (1908): ten differences of sleep, mean 1.58, deviation 1.23; 95 % interval 0.70 to 2.46."""
    gained = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    seen = mean(10, statistics.fmean(gained), statistics.stdev(gained))
    assert (round(seen.low, 2), round(seen.high, 2)) == (0.70, 2.46)


def test_a_mean_of_a_whole_population_is_known():
    assert mean(12, 4.0, 0.8, population=12).low == mean(1, 4.0, 0.0, population=1).high == 4.0
    assert mean(11, 4.0, 0.8, population=12).high < mean(11, 4.0, 0.8).high


@pytest.mark.parametrize(
    ("n", "ranks"),
    [(5, (None, None)), (6, (1, 6)), (9, (2, 8)), (10, (2, 9)), (20, (6, 15)), (50, (18, 33)), (100, (40, 61))],
)
def test_the_ranks_around_a_median_of_the_published_table(n, ranks):
    """M. J. Campbell and M. J. Gardner, in Statistics with Confidence (2nd ed. 2000), table 18.4 / appendix: 95 %."""
    assert quantile_ranks(n) == ranks


@settings(deadline=None)
@given(st.integers(1, 300), st.sampled_from([0.1, 0.5, 0.9, 0.95]), st.sampled_from([0.8, 0.95]))
def test_ranks_are_the_tightest_that_the_binomial_allows(n, share, confidence):
    low, high = quantile_ranks(n, share, confidence=confidence)
    alpha = (1 - confidence) / 2 * (1 + 1e-9)
    fewer = [r for r in range(1, n + 1) if stats.binom.cdf(r - 1, n, share) <= alpha]
    more = [r for r in range(1, n + 1) if stats.binom.sf(r - 1, n, share) <= alpha]
    assert low == (max(fewer) if fewer else None)
    assert high == (min(more) if more else None)


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 60), st.integers(0, 60), st.sampled_from([0.1, 0.5, 0.9]), st.sampled_from([0.8, 0.95]))
def test_ranks_in_a_finite_population_are_the_tightest_that_the_draw_allows(n, unseen, share, confidence):
    population = n + unseen
    low, high = quantile_ranks(n, share, confidence=confidence, population=population)
    alpha, place = (1 - confidence) / 2 * (1 + 1e-9), math.ceil(Fraction(str(share)) * population)
    fewer = [r for r in range(1, n + 1) if stats.hypergeom.cdf(r - 1, population, place, n) <= alpha]
    more = [r for r in range(1, n + 1) if stats.hypergeom.sf(r - 1, population, place - 1, n) <= alpha]
    assert low == (max(fewer) if fewer else None)
    assert high == (min(more) if more else None)


@pytest.mark.parametrize("values", [range(1, 11), [1, 1, 2, 2, 2, 3, 3, 5, 8, 8]])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_of_all_draws_from_a_population_the_ranks_hold_its_percentile_as_often_as_they_say(values, share):
    """Every draw of 6 of 10, also where values are tied: at least 90 % hold it, and each end alone at least 95 %."""
    ordered = sorted(values)
    wanted = ordered[math.ceil(Fraction(str(share)) * 10) - 1]
    low, high = quantile_ranks(6, share, confidence=0.9, population=10)
    draws = [sorted(draw) for draw in itertools.combinations(ordered, 6)]
    too_high = sum(low is not None and draw[low - 1] > wanted for draw in draws)
    too_low = sum(high is not None and draw[high - 1] < wanted for draw in draws)
    assert max(too_high, too_low) <= 0.05 * len(draws)
    assert low is not None or high is not None


def test_a_large_population_has_the_ranks_of_an_endless_one_and_a_whole_one_is_known():
    assert quantile_ranks(20, population=10_000_000) == quantile_ranks(20)
    assert quantile_ranks(30, 0.1, population=30) == (3, 3)
    low, high = quantile_ranks(20, population=25)
    assert (low, high) == (9, 12)  # C(13, 8) of C(25, 20) draws, 2.4 %, have but 8 of the lowest 13; endless: 6 and 15


def test_a_percentile_of_values_lies_between_two_of_them_or_has_no_end():
    values = list(range(20, 0, -1))
    seen = quantile(values)
    assert (seen.low, seen.high) == (6, 15)
    assert quantile(values, 0.9).high == math.inf
    assert quantile([3.0], 0.5).low == -math.inf


def test_fiellers_interval_holds_the_ratio_as_often_as_it_says():
    seed, held = random.Random(7), 0
    for _ in range(400):
        bottoms = [seed.gauss(10, 2) for _ in range(20)]
        tops = [2 * b + seed.gauss(0, 3) for b in bottoms]
        found = ratio_of_means(20, *_moments(tops, bottoms))
        held += found.interval.low <= 2 <= found.interval.high
    assert held / 400 == pytest.approx(0.95, abs=0.033)


def _moments(tops, bottoms):
    return (
        statistics.fmean(tops),
        statistics.fmean(bottoms),
        statistics.variance(tops),
        statistics.variance(bottoms),
        statistics.covariance(tops, bottoms),
    )


def test_a_ratio_to_an_exact_mean_is_a_mean():
    found, plain = ratio_of_means(16, 30, 10, 4, 0, 0), mean(16, 3, 0.2)
    assert found.value == 3
    assert (found.interval.low, found.interval.high) == pytest.approx((plain.low, plain.high))


def test_a_ratio_in_a_finite_population_to_an_exact_mean_is_a_mean_there():
    found, plain = ratio_of_means(16, 30, 10, 4, 0, 0, population=20), mean(16, 3, 0.2, population=20)
    assert (found.interval.low, found.interval.high) == pytest.approx((plain.low, plain.high))
    assert found.interval.method == "Fieller with finite-population correction"


def test_fiellers_interval_holds_the_ratio_of_a_finite_population_as_often_as_it_says():
    """Without the correction it would hold it far too often: 30 of 40 are drawn."""
    seed, held, narrower = random.Random(11), 0, 0
    bottoms = [seed.gauss(10, 2) for _ in range(40)]
    tops = [2 * b + seed.gauss(0, 3) for b in bottoms]
    true = sum(tops) / sum(bottoms)
    for _ in range(400):
        drawn = seed.sample(range(40), 30)
        moments = _moments([tops[i] for i in drawn], [bottoms[i] for i in drawn])
        found, endless = ratio_of_means(30, *moments, population=40), ratio_of_means(30, *moments)
        held += found.interval.low <= true <= found.interval.high
        narrower += endless.interval.low < found.interval.low <= found.interval.high < endless.interval.high
    assert narrower == 400
    assert held / 400 == pytest.approx(0.95, abs=0.033)


def test_the_ratio_of_a_whole_population_is_known():
    found = ratio_of_means(16, 30, 10, 4, 1, 0.5, population=16)
    assert (found.interval.low, found.interval.high) == (3, 3)
    assert ratio_of_means(1, 30, 10, 0, 0, 0, population=1).interval.low == 3
    with pytest.raises(TooLittle):
        ratio_of_means(1, 30, 10, 0, 0, 0, population=2)
    with pytest.raises(ValueError, match="16"):
        ratio_of_means(16, 30, 10, 4, 1, 0.5, population=15)
    with pytest.raises(ValueError, match="16"):
        quantile_ranks(16, population=15)


def test_one_side_of_a_ratio_at_95_percent_is_an_end_of_two_at_90_percent():
    one, two = ratio_of_means(16, 30, 10, 4, 1, 0.5, sides=1), ratio_of_means(16, 30, 10, 4, 1, 0.5, confidence=0.9)
    assert (one.interval.low, one.interval.high) == pytest.approx((two.interval.low, two.interval.high))
    assert one.interval.sides == 1


def test_a_ratio_to_what_may_be_zero_is_not_bounded():
    found = ratio_of_means(5, 3, 0.1, 1, 4, 0)
    assert (found.interval.low, found.interval.high) == (-math.inf, math.inf)


@pytest.mark.parametrize("at_least", [True, False])
def test_enough_answers_show_a_mean(at_least):
    target = 3.9 if at_least else 4.1
    needed = enough(50, 4.0, 0.9, target, at_least=at_least)
    assert needed == 312
    assert against(mean(needed + 2, 4.0, 0.9), target, at_least=at_least) == "met"
    assert against(mean(needed - 2, 4.0, 0.9), target, at_least=at_least) == "not shown"
    assert enough(50, 4.0, 0.9, 4.0, at_least=at_least) is None
    assert enough(50, 4.0, 0.1, target, at_least=at_least) == 50


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="below zero"):
        nps(3, -1, 2)
    with pytest.raises(ValueError, match="nothing was counted"):
        nps(0, 0, 0)
    with pytest.raises(ValueError, match="5 of 4"):
        nps(2, 2, 1, population=4)
    with pytest.raises(TooLittle, match="one value"):
        mean(1, 4, 0)
    for ask in (lambda: mean(3, 4, -1), lambda: enough(3, 4, math.nan, 5)):
        with pytest.raises(ValueError, match="standard deviation"):
            ask()
    with pytest.raises(ValueError, match="a percentile"):
        quantile_ranks(10, 1)
    with pytest.raises(ValueError, match="covariance"):
        ratio_of_means(5, 1, 1, 1, 1, 2)
    with pytest.raises(TooLittle, match="one record"):
        ratio_of_means(1, 1, 1, 0, 0, 0)
    with pytest.raises(TooLittle, match="mean of zero"):
        ratio_of_means(3, 1, 0, 0, 0, 0)
