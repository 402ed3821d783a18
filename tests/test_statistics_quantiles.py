"""Quantiles and tails, with SciPy as referee."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qmscheck.statistics import quantiles as q

TAILS = (0.5, 0.25, 0.1, 0.05, 0.025, 0.005, 0.0005, 1e-8)
SHAPES = (0.5, 1, 2, 5.5, 17, 100, 2500.5, 1e5, 1e7)


@pytest.mark.parametrize("tail", TAILS)
def test_normal_quantiles_are_scipys(tail):
    assert q.normal_quantile(tail) == pytest.approx(stats.norm.isf(tail), rel=1e-13, abs=1e-15)
    assert q.normal_tail(q.normal_quantile(tail)) == pytest.approx(tail, rel=1e-12)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4.5, 9, 29, 120, 1e4, 1e7])
@pytest.mark.parametrize("tail", TAILS)
def test_t_quantiles_are_scipys(freedom, tail):
    assert q.t_quantile(tail, freedom) == pytest.approx(stats.t.isf(tail, freedom), rel=1e-11, abs=1e-15)


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize(("a", "b"), list(itertools.product(SHAPES, SHAPES)))
def test_beta_quantiles_are_scipys(a, b, upper):
    for tail in TAILS:
        wanted = stats.beta.isf(tail, a, b) if upper else stats.beta.ppf(tail, a, b)
        assert q.beta_quantile(tail, a, b, upper=upper) == pytest.approx(wanted, rel=1e-8, abs=1e-15)


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("a", SHAPES)
def test_gamma_quantiles_are_scipys(a, upper):
    for tail in TAILS[:-1]:
        wanted = stats.gamma.isf(tail, a) if upper else stats.gamma.ppf(tail, a)
        assert q.gamma_quantile(tail, a, upper=upper) == pytest.approx(wanted, rel=1e-10)


@settings(deadline=None)
@given(a=st.floats(0.5, 1e6), b=st.floats(0.5, 1e6), tail=st.floats(1e-6, 0.5), upper=st.booleans())
def test_a_beta_quantile_leads_back_to_its_tail(a, b, tail, upper):
    x = q.beta_quantile(tail, a, b, upper=upper)
    if 1e-12 < x < 1 - 1e-4:
        assert q.beta_tail(x, 1 - x, a, b, upper=upper) == pytest.approx(tail, rel=1e-7)


@settings(deadline=None)
@given(a=st.floats(0.5, 1e7), tail=st.floats(1e-6, 0.5), upper=st.booleans())
def test_a_gamma_quantile_leads_back_to_its_tail(a, tail, upper):
    assert q.gamma_tail(q.gamma_quantile(tail, a, upper=upper), a, upper=upper) == pytest.approx(tail, rel=1e-7)


def test_the_two_tails_of_a_beta_and_of_a_gamma_add_up_to_one():
    for x in (0.01, 0.3, 0.5, 0.99):
        assert q.beta_tail(x, 1 - x, 3, 8) + q.beta_tail(x, 1 - x, 3, 8, upper=True) == pytest.approx(1, abs=1e-15)
        assert q.gamma_tail(20 * x, 7) + q.gamma_tail(20 * x, 7, upper=True) == pytest.approx(1, abs=1e-15)


def test_nothing_lies_beyond_the_ends():
    assert (q.beta_tail(0, 1, 2, 3), q.beta_tail(0, 1, 2, 3, upper=True)) == (0, 1)
    assert (q.beta_tail(1, 0, 2, 3), q.beta_tail(1, 0, 2, 3, upper=True)) == (1, 0)
    assert (q.gamma_tail(0, 2), q.gamma_tail(0, 2, upper=True)) == (0, 1)


@pytest.mark.parametrize(
    ("k", "n", "p"), [(0, 10, 0.3), (10, 10, 0.3), (0, 5, 0.9), (5, 5, 0.9), (3, 10, 0.3), (400, 10**6, 5e-4)]
)
def test_binomial_chances_are_scipys(k, n, p):
    assert math.exp(q.binomial_log(k, n, p, 1 - p)) == pytest.approx(stats.binom.pmf(k, n, p), rel=1e-11)


@pytest.mark.parametrize(("tail", "freedom"), [(0.6, 5), (0, 5), (0.05, 0)])
def test_a_t_that_does_not_exist_is_refused(tail, freedom):
    with pytest.raises(ValueError, match="no t exists"):
        q.t_quantile(tail, freedom)


def test_a_far_tail_of_a_large_gamma_is_that_of_cornish_and_fisher_where_scipy_loses_digits():
    """E. A. Cornish and R. A. Fisher, Revue de l'Institut International de Statistique 5 (1938) 307-320."""
    a, z = 1e7, stats.norm.isf(1e-8)
    assert q.gamma_quantile(1e-8, a) == pytest.approx(a - z * math.sqrt(a) + (z * z - 1) / 3, abs=0.5)
