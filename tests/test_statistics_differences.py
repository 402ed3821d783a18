"""Changes of shares between two waves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qmscheck.statistics.differences import mcnemar, newcombe, newcombe_paired


@pytest.mark.parametrize(
    ("k1", "n1", "k2", "n2", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_the_hybrid_score_interval_in_table_2_of_newcombe_1998(k1, n1, k2, n2, low, high):
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10, cases (a) to (h)."""
    seen = newcombe(k1, n1, k2, n2)
    assert (round(seen.low, 4), round(seen.high, 4)) == (low, high)


def test_the_paired_interval_of_the_airway_example_of_fagerland_2014():
    """M. W. Fagerland, S. Lydersen and P. Laake, Statistics in Medicine 33 (2014) 2850-2875: -0.507 to -0.026."""
    seen = newcombe_paired(1, 1, 7, 12)
    assert (round(seen.low, 3), round(seen.high, 3)) == (-0.507, -0.026)


@st.composite
def waves(draw):
    n1, n2 = draw(st.integers(1, 300)), draw(st.integers(1, 300))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


@settings(deadline=None)
@given(waves())
def test_turning_the_waves_round_turns_the_interval_round(wave):
    k1, n1, k2, n2 = wave
    one, other = newcombe(k1, n1, k2, n2), newcombe(k2, n2, k1, n1)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert -1 - 1e-12 <= one.low <= k1 / n1 - k2 / n2 <= one.high <= 1 + 1e-12


@settings(deadline=None)
@given(st.tuples(*[st.integers(0, 60)] * 4).filter(any))
def test_turning_paired_waves_round_turns_the_interval_round(counts):
    both, first, second, neither = counts
    one, other = newcombe_paired(both, first, second, neither), newcombe_paired(both, second, first, neither)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert -1 - 1e-12 <= one.low <= one.high <= 1 + 1e-12


def test_the_same_persons_tell_more_than_different_ones():
    paired, apart = newcombe_paired(40, 12, 4, 44), newcombe(52, 100, 44, 100)
    assert paired.high - paired.low < apart.high - apart.low


@settings(deadline=None)
@given(st.integers(0, 80), st.integers(0, 80))
def test_mcnemars_chance_is_the_binomial_one(first, second):
    wanted = stats.binomtest(first, first + second).pvalue if first + second else 1
    assert mcnemar(first, second) == pytest.approx(wanted, rel=1e-9)


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="not two counts"):
        mcnemar(-1, 3)
    with pytest.raises(ValueError, match="below zero"):
        newcombe_paired(1, -1, 2, 3)
    with pytest.raises(ValueError, match="nothing was counted"):
        newcombe_paired(0, 0, 0, 0)
