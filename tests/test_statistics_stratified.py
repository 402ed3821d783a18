"""Stratified draws: shares that add up, sizes that show what they promise, limits that are never too small."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from qmscheck.statistics.finite import failing_between, failing_most
from qmscheck.statistics.intervals import Sides
from qmscheck.statistics.samples import discovery_size
from qmscheck.statistics.stratified import DrawnFrom, allocation, estimate, limits, stratified_size

SIZES = st.lists(st.integers(1, 400), min_size=1, max_size=12)


@given(SIZES, st.integers(0, 3000), st.integers(0, 4))
def test_shares_add_up_reach_the_least_and_stay_near_proportion(sizes: list[int], n: int, least: int) -> None:
    found = allocation(sizes, n, least=least)
    floors = [min(least, size) for size in sizes]
    assert sum(found) == min(max(n, sum(floors)), sum(sizes))
    assert all(floor <= share <= size for floor, share, size in zip(floors, found, sizes, strict=True))
    if least == 0 and n <= sum(sizes):
        assert all(abs(f - Fraction(n * s, sum(sizes))) < 1 for f, s in zip(found, sizes, strict=True))


def test_shares_of_a_worked_case() -> None:
    assert allocation([500, 300, 200], 10) == (5, 3, 2)
    assert allocation([900, 90, 10], 20) == (16, 2, 2)
    assert allocation([900, 1, 10], 20) == (17, 1, 2)
    assert allocation([5, 5, 5], 7) == (3, 2, 2)
    assert allocation([3, 4], 100) == (3, 4)
    assert allocation([7, 5], 1, least=0) == (1, 0)


@pytest.mark.parametrize(("sizes", "n", "least"), [([], 1, 2), ([0, 3], 1, 2), ([3], -1, 2), ([3], 1, -1)])
def test_what_cannot_be_shared_is_refused(sizes: list[int], n: int, least: int) -> None:
    with pytest.raises(ValueError, match="cannot be shared"):
        allocation(sizes, n, least=least)


@given(st.lists(st.integers(1, 300), min_size=1, max_size=6), st.sampled_from([0.05, 0.1, 0.2]))
def test_a_stratified_size_shows_the_rate_it_was_made_for(sizes: list[int], rate: float) -> None:
    n = stratified_size(sizes, rate)
    population = sum(sizes)
    assert discovery_size(population, rate) <= n <= population
    strata = [DrawnFrom(s, d) for s, d in zip(sizes, allocation(sizes, n), strict=True)]
    assert limits(strata)[1] < math.ceil(Fraction(str(rate)) * population)


def test_one_stratum_is_a_draw_that_is_not_stratified() -> None:
    assert stratified_size([100], 0.1) == 25
    assert limits([DrawnFrom(100, 25, 2)])[1] == failing_most(2, 25, 100)
    assert limits([DrawnFrom(100, 25, 2)], sides=2) == failing_between(2, 25, 100)


def test_strata_that_were_read_whole_are_certain() -> None:
    assert limits([DrawnFrom(10, 10, 3), DrawnFrom(5, 5)]) == (3, 3)
    assert limits([DrawnFrom(10, 10, 3), DrawnFrom(100, 25)])[1] == 3 + failing_most(0, 25, 100)


def test_the_estimate_weighs_strata_by_their_size() -> None:
    assert estimate([DrawnFrom(900, 10, 1), DrawnFrom(100, 10, 5)]) == pytest.approx(0.14)


STRATUM = st.integers(2, 8).flatmap(lambda size: st.tuples(st.just(size), st.integers(1, size)))


@settings(max_examples=25, deadline=None)
@given(STRATUM, STRATUM, st.sampled_from([1, 2]), st.sampled_from([0.9, 0.95]))
def test_limits_are_passed_no_more_often_than_they_say_whatever_the_truth(
    one: tuple[int, int], two: tuple[int, int], sides: Sides, confidence: float
) -> None:
    """Every truth and every outcome, chances by SciPy's hypergeom: the limits miss the truth no more than they may."""
    chances = [
        [hypergeom.pmf(range(drawn + 1), size, failing, drawn) for failing in range(size + 1)]
        for size, drawn in (one, two)
    ]
    shown = {
        (i, j): limits([DrawnFrom(*one, i), DrawnFrom(*two, j)], confidence=confidence, sides=sides)
        for i, j in product(range(one[1] + 1), range(two[1] + 1))
    }
    alpha = (1 - confidence) / sides + 1e-9
    for first, second in product(range(one[0] + 1), range(two[0] + 1)):
        chance = {(i, j): chances[0][first][i] * chances[1][second][j] for i, j in shown}
        assert sum(p for k, p in chance.items() if shown[k][1] < first + second) <= alpha
        assert sum(p for k, p in chance.items() if shown[k][0] > first + second) <= alpha


def test_the_best_hidden_spread_is_found() -> None:
    """Of all spreads of D failing records, the greedy one is silent with the greatest chance: by trying them all."""
    strata = [(15, 4), (10, 3), (8, 4)]
    most = limits([DrawnFrom(*s) for s in strata])[1]
    silent = [[float(hypergeom.pmf(0, size, f, drawn)) for f in range(size + 1)] for size, drawn in strata]

    def silence(failing: int) -> float:
        spreads = product(*(range(size + 1) for size, _ in strata))
        return max(
            math.prod(chances[f] for f, chances in zip(spread, silent, strict=True))
            for spread in spreads
            if sum(spread) == failing
        )

    assert silence(most) > 0.05 >= silence(most + 1)


@pytest.mark.parametrize("strata", [[], [DrawnFrom(5, 0)], [DrawnFrom(5, 6)], [DrawnFrom(5, 2, 3)]])
def test_counts_that_cannot_be_are_refused(strata: list[DrawnFrom]) -> None:
    with pytest.raises(ValueError, match=r"not possible|nothing was counted"):
        limits(strata)
