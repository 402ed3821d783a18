"""Draws without replacement, with SciPy and plain counting as referees."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from qmscheck.statistics.finite import at_most_chance, failing_between, failing_most, reaches
from qmscheck.statistics.proportions import clopper_pearson, hypergeometric


@st.composite
def draws(draw, most=60):
    population = draw(st.integers(1, most))
    n = draw(st.integers(1, population))
    return draw(st.integers(0, n)), n, population


def counted_chance(k, n, failing, population):
    ways = sum(math.comb(failing, i) * math.comb(population - failing, n - i) for i in range(k + 1))
    return Fraction(ways, math.comb(population, n))


@settings(deadline=None)
@given(draws(), st.data())
def test_chances_are_those_of_counting(drawn, data):
    k, n, population = drawn
    failing = data.draw(st.integers(0, population))
    assert at_most_chance(k, n, failing, population) == pytest.approx(
        float(counted_chance(k, n, failing, population)), rel=1e-12, abs=1e-14
    )


@settings(deadline=None)
@given(draws(1_000_000), st.data())
def test_chances_in_large_populations_are_scipys(drawn, data):
    k, n, population = drawn
    failing = data.draw(st.integers(0, population))
    wanted = stats.hypergeom.cdf(k, population, failing, n)
    assert at_most_chance(k, n, failing, population) == pytest.approx(wanted, rel=1e-7, abs=1e-9)


@settings(deadline=None)
@given(draws(30), st.sampled_from([0.8, 0.9, 0.95]), st.sampled_from([1, 2]))
def test_the_counts_that_remain_possible_are_those_that_trying_all_gives(drawn, confidence, sides):
    k, n, population = drawn
    alpha = (1 - Fraction(str(confidence))) / sides
    possible = [
        failing
        for failing in range(population + 1)
        if counted_chance(k, n, failing, population) > alpha
        and counted_chance(n - k, n, population - failing, population) > alpha
    ]
    assert failing_between(k, n, population, confidence=confidence, sides=sides) == (possible[0], possible[-1])


def test_a_tie_falls_by_integers_not_by_rounding():
    assert reaches(0, 19, 1, 20, Fraction(1, 20))
    assert not reaches(0, 18, 1, 20, Fraction(1, 20))
    assert reaches(0, 9, 1, 10, Fraction(1, 10))


def test_none_of_25_drawn_from_100_leaves_fewer_than_ten_failing_as_domain_5_3_says():
    assert failing_most(0, 25, 100) == 9
    assert failing_most(0, 24, 100) == 10


def test_one_failure_leaves_more():
    assert failing_most(1, 25, 100) == 15
    assert failing_between(1, 25, 100, sides=1) == (1, 15)


def test_the_whole_population_leaves_nothing_open():
    assert failing_between(3, 20, 20) == (3, 3)


def test_a_large_population_leaves_what_independent_draws_leave():
    finite, endless = hypergeometric(7, 80, 10_000_000), clopper_pearson(7, 80)
    assert (finite.low, finite.high) == pytest.approx((endless.low, endless.high), abs=1e-5)


@pytest.mark.parametrize(("n", "failing", "population"), [(5, 11, 10), (11, 5, 10), (5, -1, 10), (-1, 5, 10)])
def test_draws_that_cannot_be_are_refused(n, failing, population):
    with pytest.raises(ValueError, match="not possible"):
        at_most_chance(0, n, failing, population)


def test_a_large_draw_is_not_counted_out():
    """Its chance lies exactly at the limit by construction; integers of a million digits would take minutes."""
    chance = Fraction(at_most_chance(100_000, 1_000_000, 1_005_000, 10_000_000))
    assert reaches(100_000, 1_000_000, 1_005_000, 10_000_000, chance)
    assert not reaches(100_000, 1_000_000, 1_005_000, 10_000_000, chance * Fraction(999, 1000))
