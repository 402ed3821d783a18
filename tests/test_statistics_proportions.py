"""Shares: Wilson, Clopper-Pearson, finite populations; every figure of domain.md 9.2."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qmscheck.statistics.intervals import against
from qmscheck.statistics.proportions import chance_of_at_most, clopper_pearson, hypergeometric, none_of, wilson

CONFIDENCES = (0.8, 0.9, 0.95, 0.99, 0.999)


@st.composite
def counts(draw, most=400):
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


@pytest.mark.parametrize(
    ("k", "n", "percent", "eighty", "ninety"),
    [
        (4, 5, (38, 96), "not shown", "not shown"),
        (10, 10, (72, 100), "not shown", "not shown"),
        (27, 30, (74, 97), "not shown", "not shown"),
        (45, 50, (79, 96), "not shown", "not shown"),
        (85, 100, (77, 91), "not shown", "not shown"),
        (90, 100, (83, 94), "met", "not shown"),
        (180, 200, (85, 93), "met", "not shown"),
        (340, 400, (81, 88), "met", "missed"),
    ],
)
def test_the_table_of_domain_9_2(k, n, percent, eighty, ninety):
    seen = wilson(k, n)
    assert (round(100 * seen.low), round(100 * seen.high)) == percent
    assert (against(seen, 0.8), against(seen, 0.9)) == (eighty, ninety)


def test_none_of_40_is_below_7_2_percent_one_sided_as_domain_9_2_says():
    assert round(100 * none_of(40), 1) == 7.2
    assert none_of(40) < 3 / 40


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_in_table_1_of_newcombe_1998(k, n, low, high):
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score)."""
    seen = wilson(k, n)
    assert (round(seen.low, 4), round(seen.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_the_exact_interval_in_table_1_of_newcombe_1998(k, n, low, high):
    """The same table, method 5 (Clopper-Pearson)."""
    seen = clopper_pearson(k, n)
    assert (round(seen.low, 4), round(seen.high, 4)) == (low, high)


@settings(deadline=None)
@given(counts(10_000_000), st.sampled_from(CONFIDENCES))
def test_both_intervals_are_scipys(kn, confidence):
    k, n = kn
    referee = stats.binomtest(k, n)
    for ours, method in ((wilson, "wilson"), (clopper_pearson, "exact")):
        theirs = referee.proportion_ci(confidence, method)
        seen = ours(k, n, confidence=confidence)
        assert seen.low == pytest.approx(theirs.low, abs=1e-11)
        assert seen.high == pytest.approx(theirs.high, abs=1e-11)


@pytest.mark.parametrize("n", [1, 7, 300, 10_000_000])
def test_the_exact_interval_keeps_its_digits_at_the_ends(n):
    for k in {0, 1, n - 1, n}:
        seen = clopper_pearson(k, n)
        assert stats.binom.sf(k - 1, n, seen.low) == pytest.approx(0.025 if k else 1, rel=1e-8)
        assert stats.binom.cdf(k, n, seen.high) == pytest.approx(0.025 if k < n else 1, rel=1e-6)


def test_one_side_at_95_percent_is_one_end_of_two_at_90_percent():
    for ours in (wilson, clopper_pearson):
        one, two = ours(17, 40, sides=1), ours(17, 40, confidence=0.9)
        assert (one.low, one.high) == pytest.approx((two.low, two.high))
        assert (one.sides, two.sides) == (1, 2)


@settings(deadline=None)
@given(counts(), st.sampled_from(CONFIDENCES))
def test_more_hits_never_lower_an_end(kn, confidence):
    k, n = kn
    for ours in (wilson, clopper_pearson, lambda *a, **o: hypergeometric(*a, 2 * n, **o)):
        ends = [ours(i, n, confidence=confidence) for i in (max(0, k - 1), k)]
        assert ends[0].low <= ends[1].low
        assert ends[0].high <= ends[1].high
        assert 0 <= ends[1].low <= k / n <= ends[1].high <= 1


@settings(deadline=None)
@given(counts(), st.sampled_from([None, 1, 2, 5]))
def test_more_confidence_never_narrows(kn, times):
    k, n = kn
    whole = None if times is None else n * times
    for tight, wide in itertools.pairwise(CONFIDENCES):
        inner, outer = (wilson(k, n, confidence=c, population=whole) for c in (tight, wide))
        assert outer.low <= inner.low <= inner.high <= outer.high
        inner, outer = (clopper_pearson(k, n, confidence=c) for c in (tight, wide))
        assert outer.low <= inner.low <= inner.high <= outer.high


@settings(deadline=None)
@given(counts(60), st.integers(2, 50))
def test_more_records_with_the_same_share_narrow(kn, times):
    k, n = kn
    for ours in (wilson, clopper_pearson):
        few, many = ours(k, n), ours(k * times, n * times)
        assert many.high - many.low < few.high - few.low


@settings(deadline=None)
@given(counts(), st.integers(0, 400))
def test_a_finite_population_narrows_and_is_known_when_all_are_seen(kn, unseen):
    k, n = kn
    endless, finite = wilson(k, n), wilson(k, n, population=n + unseen)
    assert finite.high - finite.low <= endless.high - endless.low + 1e-12
    assert finite.low <= k / n <= finite.high
    known = wilson(k, n, population=n)
    assert (known.low, known.high) == (k / n, k / n)


@settings(deadline=None)
@given(counts(60), st.integers(0, 60))
def test_a_finite_population_holds_what_was_seen(kn, unseen):
    k, n = kn
    whole = n + unseen
    for seen in (wilson(k, n, population=whole), hypergeometric(k, n, whole)):
        assert k / whole <= seen.low
        assert seen.high <= (k + unseen) / whole


def test_wilson_of_a_large_population_is_wilson():
    endless, finite = wilson(45, 50), wilson(45, 50, population=10**9)
    assert (finite.low, finite.high) == pytest.approx((endless.low, endless.high), abs=1e-8)


@pytest.mark.parametrize("ours", [wilson, clopper_pearson])
@pytest.mark.parametrize(("k", "n"), [(0, 0), (-1, 3), (4, 3)])
def test_a_share_of_nothing_or_of_impossible_counts_is_refused(ours, k, n):
    with pytest.raises(ValueError, match=r"nothing was counted|not possible"):
        ours(k, n)


def test_a_sample_larger_than_its_population_is_refused():
    for refused in (wilson, hypergeometric):
        with pytest.raises(ValueError, match="12 of 10 is not possible"):
            refused(3, 12, population=10)


@settings(deadline=None)
@given(counts(), st.floats(0, 1))
def test_the_chance_of_so_few_is_scipys(kn, share):
    k, n = kn
    assert chance_of_at_most(k, n, share) == pytest.approx(stats.binom.cdf(k, n, share), rel=1e-9, abs=1e-12)


def test_a_chance_without_a_share_is_refused():
    with pytest.raises(ValueError, match="a share lies"):
        chance_of_at_most(1, 2, 1.5)
