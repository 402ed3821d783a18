"""Durations with open cases: Kaplan-Meier, with published data and SciPy as referees."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qmscheck.statistics.survival import Counted, curve, time_until, within

# Remission of 21 children on 6-MP, in weeks; E. J. Freireich et al., Blood 21 (1963) 699-716; + is still in remission.
CLOSED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
OPEN = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
REMISSION = curve([*(Counted(d, 1, 0) for d in CLOSED), *(Counted(d, 0, 1) for d in OPEN)])


@pytest.mark.parametrize(
    ("weeks", "watched", "still", "low", "high"),
    [
        (6, 21, 0.857, 0.620, 0.952),
        (7, 17, 0.807, 0.563, 0.923),
        (10, 15, 0.753, 0.503, 0.889),
        (13, 12, 0.690, 0.432, 0.849),
        (16, 11, 0.627, 0.368, 0.805),
        (22, 7, 0.538, 0.268, 0.747),
        (23, 6, 0.448, 0.188, 0.680),
    ],
)
def test_the_published_curve_of_freireichs_children(weeks, watched, still, low, high):
    """D. G. Kleinbaum and M. Klein, Survival Analysis (2nd ed. 2005), 2.II; limits on the log-log scale."""
    step = next(step for step in REMISSION if step.duration == weeks)
    share = within(REMISSION, weeks)
    assert (step.watched, round(step.still_open, 3)) == (watched, still)
    assert share.value == pytest.approx(1 - step.still_open)
    assert (round(1 - share.interval.high, 3), round(1 - share.interval.low, 3)) == (low, high)


def test_the_published_median_of_freireichs_children_has_no_upper_end():
    median = time_until(REMISSION)
    assert (median.value, median.interval.low, median.interval.high) == (23, 13, math.inf)


def test_the_small_example_of_kaplan_and_meier_1958():
    """Page 464: deaths at 0.8, 3.1, 5.4, 9.2, losses at 1.0, 2.7, 7.0, 12.1; shares .875, .700, .525, .2625."""
    steps = curve([Counted(d, 1, 0) for d in (0.8, 3.1, 5.4, 9.2)] + [Counted(d, 0, 1) for d in (1.0, 2.7, 7.0, 12.1)])
    shares = [round(1 - within(steps, d).value, 4) for d in (0.8, 3.1, 5.4, 9.2)]
    assert shares == [0.875, 0.7, 0.525, 0.2625]


@st.composite
def watched(draw):
    durations = st.integers(0, 30)
    closed = draw(st.lists(durations, min_size=1, max_size=40))
    return closed, draw(st.lists(durations, max_size=40))


@settings(deadline=None)
@given(watched())
def test_the_curve_is_scipys(cases):
    closed, still = cases
    steps = curve([*(Counted(d, 1, 0) for d in closed), *(Counted(d, 0, 1) for d in still)])
    censored = stats.CensoredData(uncensored=np.array(closed, float), right=np.array(still, float))
    theirs = stats.ecdf(censored)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        ends = theirs.sf.confidence_interval(method="log-log")
    for step in steps:
        assert step.still_open == pytest.approx(theirs.sf.evaluate(step.duration), abs=1e-12)
        if 0 < step.still_open < 1:
            ours = within(steps, step.duration).interval
            assert 1 - ours.high == pytest.approx(ends.low.evaluate(step.duration), abs=1e-9)
            assert 1 - ours.low == pytest.approx(ends.high.evaluate(step.duration), abs=1e-9)


@settings(deadline=None)
@given(watched(), st.integers(1, 30))
def test_counting_first_changes_nothing_and_a_longer_limit_never_closes_fewer(cases, limit):
    closed, still = cases
    one = curve([*(Counted(d, 1, 0) for d in closed), *(Counted(d, 0, 1) for d in still)])
    many = curve([Counted(d, closed.count(d), still.count(d)) for d in range(31)])
    assert one == many
    shorter, longer = within(one, limit - 1), within(one, limit)
    if shorter.value is not None and longer.value is not None:
        assert shorter.value <= longer.value
        assert longer.interval.low <= longer.value <= longer.interval.high


@settings(deadline=None)
@given(watched())
def test_open_cases_counted_as_closed_flatter(cases):
    closed, still = cases
    honest = curve([*(Counted(d, 1, 0) for d in closed), *(Counted(d, 0, 1) for d in still)])
    flattering = curve([Counted(d, 1, 0) for d in (*closed, *still)])
    for limit in range(31):
        share = within(honest, limit).value
        assert share is None or share <= within(flattering, limit).value + 1e-12


def test_without_open_cases_the_share_is_the_plain_one_and_the_median_the_plain_one():
    steps = curve([Counted(d, 1, 0) for d in (1, 2, 3, 4, 5)])
    assert within(steps, 3).value == pytest.approx(0.6)
    assert time_until(steps).value == 3
    assert time_until(steps, 0.6).value == 3


def test_nothing_closed_yet_and_everything_closed_have_exact_ends():
    none, every = curve([Counted(5, 0, 40)]), curve([Counted(5, 40, 0)])
    assert within(none, 5, sides=1).interval.high == pytest.approx(1 - 0.05 ** (1 / 40))
    assert within(none, 5).value == within(every, 4).value == 0
    assert within(every, 5).value == 1
    assert within(every, 5, sides=1).interval.low == pytest.approx(0.05 ** (1 / 40))
    assert time_until(none).value is None
    assert time_until(none).interval.high == math.inf


def test_beyond_the_longest_watch_only_what_has_closed_is_known():
    beyond = within(REMISSION, 40)
    assert beyond.value is None
    assert beyond.interval.low == within(REMISSION, 35).interval.low
    assert beyond.interval.high == 1


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="no share of nothing"):
        curve([])
    with pytest.raises(ValueError, match="no share of nothing"):
        within((), 3)
    for wrong in (Counted(-1, 1, 0), Counted(math.inf, 1, 0), Counted(1, -1, 0)):
        with pytest.raises(ValueError, match="0 or more"):
            curve([wrong, Counted(2, 3, 3)])
    with pytest.raises(ValueError, match="between 0 and 1"):
        time_until(REMISSION, 1)
