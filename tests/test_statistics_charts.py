"""Control charts, with the worked examples of Montgomery's textbook."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.statistics import charts
from qmscheck.statistics.charts import Signal
from qmscheck.statistics.intervals import TooLittle

# D. C. Montgomery, Introduction to Statistical Quality Control (6th ed. 2009).
JUICE = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
PAINT = [33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12, 33.84]
BOARDS = [21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16, 19, 17, 15]
VALVES = [286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96]


def beyond(chart):
    return [s.place for s in chart.signals if s.rule == "beyond a limit"]


def test_montgomerys_p_chart_of_orange_juice_cans():
    """Table 7.1, example 7.1: centre .2313, limits .0524 and .4102; samples 15 and 23 plot above."""
    chart = charts.p([(k, 50) for k in JUICE])
    point = chart.points[0]
    assert (round(point.centre, 4), round(point.low, 4), round(point.high, 4)) == (0.2313, 0.0524, 0.4102)
    assert beyond(chart) == [14, 22]


def test_montgomerys_chart_of_individuals_of_primer_paint():
    """Example 6.5: centre 33.52, limits 32.24 and 34.80, nothing beyond."""
    chart = charts.xmr(PAINT)
    point = chart.points[0]
    assert (round(point.centre, 2), round(point.low, 2), round(point.high, 2)) == (33.52, 32.24, 34.80)
    assert chart.signals == ()


def test_montgomerys_chart_of_nonconformities_of_circuit_boards():
    """Example 7.3: 26 samples of 100 boards, centre 19.85, limits 6.48 and 33.22; samples 6 and 20 plot beyond."""
    chart = charts.u([(events, 1) for events in BOARDS])
    point = chart.points[0]
    assert (round(point.centre, 2), round(point.low, 2), round(point.high, 2)) == (19.85, 6.48, 33.21)
    assert beyond(chart) == [5, 19]


def test_montgomerys_chart_of_the_time_between_valve_failures():
    """Example 7.6 takes the power .2777 of the hours: 286 becomes 4.80986, 948 6.70903; all failures plot within."""
    powers = [v**0.2777 for v in VALVES]
    assert [round(v, 5) for v in powers[:2]] == [4.80986, 6.70903]
    chart = charts.t(VALVES)
    assert chart.points[0].centre ** 0.2777 == pytest.approx(sum(powers) / 20, rel=1e-4)
    assert beyond(chart) == []
    assert chart.points[0].low == 0


def test_a_share_has_wider_limits_where_fewer_were_counted():
    chart = charts.p([(30, 100)] * 12 + [(5, 10)])
    assert chart.points[-1].high > chart.points[0].high
    assert chart.points[-1].low < chart.points[0].low


def test_the_baseline_is_frozen():
    """Later points change neither the centre nor the limits."""
    before = charts.xmr([5, 6] * 6, baseline=12)
    after = charts.xmr([5, 6] * 6 + [90] * 5, baseline=12)
    assert after.points[:12] == before.points
    assert after.baseline == 12
    assert beyond(after) == [12, 13, 14, 15, 16]


def test_eight_on_one_side_are_a_signal_and_seven_are_not():
    chart = charts.xmr([5, 6] * 6 + [5.9] * 8, baseline=12)
    assert chart.signals == (
        Signal(18, "eight on one side", "above"),
        Signal(19, "eight on one side", "above"),
    )


def test_a_point_on_the_centre_line_ends_a_run():
    chart = charts.xmr([5, 6] * 6 + [5.1] * 7 + [5.5] + [5.1] * 7, baseline=12)
    assert chart.signals == ()
    assert charts.xmr([5, 6] * 6 + [5.1] * 8, baseline=12).signals[0].side == "below"


@settings(deadline=None)
@given(st.lists(st.integers(0, 40), min_size=12, max_size=40))
def test_laneys_limits_are_the_plain_ones_times_the_spread_of_the_scores(events):
    counts = [(e, 50) for e in events]
    for plain, laney in ((charts.p, charts.laney_p), (charts.u, charts.laney_u)):
        try:
            wide, tight = laney(counts), plain(counts)
        except TooLittle:
            continue
        centre = tight.points[0].centre
        s = math.sqrt(centre * ((1 - centre) if plain is charts.p else 1) / 50)
        scores = [(e / 50 - centre) / s for e in events]
        factor = sum(abs(b - a) for a, b in itertools.pairwise(scores)) / (len(events) - 1) / 1.128
        assert wide.points[0].centre == centre
        assert wide.points[0].low == pytest.approx(max(0, centre - 3 * s * factor))


def test_laney_is_calm_where_real_life_varies_more_than_chance():
    seed = random.Random(3)
    counts = [(round(50_000 * seed.gauss(0.8, 0.02)), 50_000) for _ in range(24)]
    assert len(beyond(charts.p(counts))) > 8
    assert beyond(charts.laney_p(counts)) == []


def test_a_g_chart_sees_a_long_gap_and_a_run_of_short_ones():
    gaps = [20, 35, 8, 50, 15, 28, 41, 5, 33, 60, 12, 25]
    mean = sum(gaps) / 12
    chart = charts.g([*gaps, 150] + [3] * 8, baseline=12)
    assert chart.points[0].high == pytest.approx(mean + 3 * math.sqrt(mean * (mean + 1)))
    assert chart.points[0].low == 0
    assert chart.points[0].centre == pytest.approx(-math.log(0.5) / math.log1p(1 / mean))
    assert chart.signals == (Signal(12, "beyond a limit", "above"), Signal(20, "eight on one side", "below"))


def test_rare_events_on_a_count_chart_raise_false_alarms_as_domain_9_6_says():
    """A mean of 0.5 a month: a count above the c chart's limit 0.5 + 3 sqrt(0.5) in 29 % of 24-month runs."""
    above = 1 - sum(math.exp(-0.5) * 0.5**k / math.factorial(k) for k in range(3))
    assert round(100 * (1 - (1 - above) ** 24)) == 29


@pytest.mark.parametrize(
    "ask",
    [
        lambda n: charts.xmr(list(range(n))),
        lambda n: charts.p([(i % 5, 10) for i in range(n)]),
        lambda n: charts.u([(i % 5, 10) for i in range(n)]),
        lambda n: charts.g(list(range(n))),
        lambda n: charts.t(list(range(n))),
    ],
)
def test_eleven_points_set_no_limits(ask):
    assert ask(12).baseline == 12
    with pytest.raises(TooLittle, match="11 points set no limits"):
        ask(11)


def test_a_baseline_longer_than_the_series_or_shorter_than_twelve_is_refused():
    for wanted in (11, 21):
        with pytest.raises(TooLittle, match="set no limits"):
            charts.xmr(list(range(20)), baseline=wanted)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: charts.xmr([5.0] * 12), "does not vary"),
        (lambda: charts.t([5.0] * 12), "does not vary"),
        (lambda: charts.p([(0, 10)] * 12), "does not vary"),
        (lambda: charts.p([(10, 10)] * 12), "does not vary"),
        (lambda: charts.laney_p([(3, 10)] * 12), "does not vary"),
        (lambda: charts.u([(0, 10)] * 12), "no event"),
        (lambda: charts.g([0] * 12), "nothing between"),
    ],
)
def test_a_baseline_that_does_not_vary_sets_no_limits(ask, said):
    with pytest.raises(TooLittle, match=said):
        ask()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: charts.xmr([math.nan] * 12), "not a number"),
        (lambda: charts.p([(1, 0)] * 12), "nothing was counted"),
        (lambda: charts.u([(1, 0)] * 12), "exposure is above 0"),
        (lambda: charts.u([(-1, 1)] * 12), "events are 0 or more"),
        (lambda: charts.g([3] * 11 + [-1]), "a gap of -1"),
        (lambda: charts.t([3] * 11 + [-1]), "0 or more"),
    ],
)
def test_what_cannot_be_is_refused(ask, said):
    with pytest.raises(ValueError, match=said):
        ask()


def test_a_rate_on_the_centre_line_ends_a_run_however_it_is_rounded():
    """4 / 0.2 and 48 / 2.4000000000000004 are the same rate."""
    assert charts.u([(4, 0.2)] * 36, baseline=12).signals == ()
