"""Rates per exposure, and their ratio."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qmscheck.statistics.intervals import against
from qmscheck.statistics.rates import enough, poisson, ratio


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0, 3.69), (1, 0.0253, 5.57), (2, 0.242, 7.22), (5, 1.62, 11.67), (10, 4.80, 18.39), (50, 37.11, 65.92)],
)
def test_the_limits_of_garwoods_table(events, low, high):
    """F. Garwood, Biometrika 28 (1936) 437-442; E. S. Pearson and H. O. Hartley, Biometrika Tables I, table 40."""
    seen = poisson(events, 1)
    assert seen.low == pytest.approx(low, abs=0.005)
    assert seen.high == pytest.approx(high, abs=0.005)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.8, 0.95, 0.999]))
def test_the_limits_are_scipys(events, confidence):
    seen = poisson(events, 1, confidence=confidence)
    alpha = (1 - confidence) / 2
    assert seen.low == pytest.approx(stats.chi2.ppf(alpha, 2 * events) / 2 if events else 0, rel=1e-9)
    assert seen.high == pytest.approx(stats.chi2.isf(alpha, 2 * events + 2) / 2, rel=1e-9)


def test_no_event_in_an_exposure_leaves_three_per_exposure_one_sided():
    assert poisson(0, 100, sides=1).high == pytest.approx(0.02996, abs=1e-5)
    assert poisson(0, 100).low == 0


@settings(deadline=None)
@given(st.integers(0, 500), st.floats(0.1, 1000))
def test_more_events_never_lower_an_end_and_more_confidence_never_narrows(events, exposure):
    fewer, more, wider = (
        poisson(events, exposure),
        poisson(events + 1, exposure),
        poisson(events, exposure, confidence=0.99),
    )
    assert fewer.low <= more.low
    assert fewer.high <= more.high
    assert wider.low <= fewer.low <= events / exposure <= fewer.high <= wider.high


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.5, 50), st.floats(0.5, 50))
def test_a_ratio_turned_round_is_its_inverse(events1, events2, exposure1, exposure2):
    one, other = ratio(events1, exposure1, events2, exposure2), ratio(events2, exposure2, events1, exposure1)
    assert one.low == pytest.approx(1 / other.high if other.high else math.inf, rel=1e-9)
    assert 0 <= one.low <= one.high


def test_a_ratio_is_that_of_the_exact_conditional_test():
    """One end of the interval is 1 where the conditional test gives that tail."""
    seen = ratio(15, 100, 5, 100, confidence=0.9)
    share = stats.binomtest(15, 20).proportion_ci(0.9, "exact")
    assert (seen.low, seen.high) == pytest.approx((share.low / (1 - share.low), share.high / (1 - share.high)))


def test_a_ratio_to_no_event_has_no_upper_end_and_of_none_to_none_nothing_is_known():
    assert ratio(4, 10, 0, 10).high == math.inf
    assert ratio(4, 10, 0, 10).low > 0
    assert (ratio(0, 10, 0, 10).low, ratio(0, 10, 0, 10).high) == (0, math.inf)


@settings(deadline=None)
@given(st.integers(0, 60), st.floats(0.01, 2), st.booleans())
def test_enough_exposure_shows_the_target_and_less_does_not(events, target, at_least):
    needed = enough(events, 50, target, at_least=at_least)
    shown = against(poisson(events, 50), target, at_least=at_least) == "met"
    if needed is None:
        assert not shown
    else:
        assert shown == (needed <= 50 * (1 + 1e-8))


def test_enough_exposure_for_a_rate_below_its_target():
    needed = enough(5, 100, 0.08)
    assert needed == pytest.approx(341.01, abs=0.01)
    assert poisson(17, 17 / 0.05).high < 0.0801
    assert enough(0, 10, 0.1) == pytest.approx(-math.log(0.025) / 0.1)
    assert enough(8, 100, 0.08) is None
    assert enough(8, 100, 0.08 + 1e-12) is None
    assert enough(9, 100, 0.08) is None
    assert enough(7, 100, 0.08, at_least=True) is None


@pytest.mark.parametrize(("events", "exposure"), [(-1, 1), (1, 0), (1, -2), (1, math.inf), (1, math.nan)])
def test_impossible_events_and_exposures_are_refused(events, exposure):
    for ask in (poisson, lambda e, x: ratio(1, 1, e, x), lambda e, x: enough(e, x, 1)):
        with pytest.raises(ValueError, match=r"not possible|no rate"):
            ask(events, exposure)


def test_a_target_below_zero_is_refused():
    with pytest.raises(ValueError, match="not below zero"):
        enough(1, 1, -1)
