"""Many looks at once."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.statistics.many import chapman, holm, simpson

shares = st.lists(st.floats(0, 1), max_size=12)


def test_holms_correction_of_four_units():
    """The example of many textbooks: 0.01, 0.04, 0.03, 0.005 become 0.03, 0.06, 0.06, 0.02."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


@settings(deadline=None)
@given(shares)
def test_holm_is_the_step_down_procedure(chances):
    """Reject the smallest while it is at most alpha divided by how many are left."""
    adjusted = holm(chances)
    for alpha in (0.01, 0.05, 0.2):
        rejected, left = set(), len(chances)
        for place in sorted(range(len(chances)), key=chances.__getitem__):
            if chances[place] * left > alpha:
                break
            rejected.add(place)
            left -= 1
        assert {i for i, p in enumerate(adjusted) if p <= alpha} == rejected


@settings(deadline=None)
@given(shares)
def test_holm_never_lowers_a_chance_and_keeps_their_order(chances):
    adjusted = holm(chances)
    assert all(a >= c and 0 <= a <= 1 for a, c in zip(adjusted, chances, strict=True))
    order = sorted(range(len(chances)), key=chances.__getitem__)
    assert [adjusted[i] for i in order] == sorted(adjusted)


def test_kidney_stones_are_simpsons_case():
    """C. R. Charig et al., British Medical Journal 292 (1986) 879-882: 78 % against 83 %, but better for each size."""
    assert simpson([(234, 270), (55, 80)], [(81, 87), (192, 263)])
    assert simpson([(81, 87), (192, 263)], [(234, 270), (55, 80)])


def test_a_stratum_that_moves_with_the_whole_ends_simpsons_case():
    assert not simpson([(234, 270), (80, 80)], [(81, 87), (192, 263)])
    assert not simpson([(5, 10), (5, 10)], [(6, 10), (6, 10)])
    assert not simpson([(5, 10), (5, 10)], [(5, 10), (5, 10)])


def test_a_stratum_without_records_moves_nowhere():
    assert simpson([(234, 270), (55, 80), (0, 0)], [(81, 87), (192, 263), (0, 0)])
    assert not simpson([(1, 2), (0, 0)], [(0, 0), (2, 2)])


def test_the_cook_inlet_or_any_two_lists_by_chapman():
    """Seber, Estimation of Animal Abundance (2nd ed. 1982), page 60: 48 marked, 54 caught, 13 of them marked: 191.5."""
    found = chapman(48, 54, 13)
    assert round(found.value, 1) == 191.5
    assert 89 < found.interval.low < 191.5 < found.interval.high


@settings(deadline=None)
@given(st.integers(1, 500), st.integers(1, 500), st.data())
def test_an_estimate_of_all_is_never_below_what_was_seen(first, second, data):
    both = data.draw(st.integers(0, min(first, second)))
    found = chapman(first, second, both)
    assert first + second - both <= found.interval.low <= found.value + 1e-9
    assert found.value <= found.interval.high + 1e-9
    assert math.isfinite(found.interval.high)


def test_a_list_that_holds_the_other_one_leaves_nothing_unseen():
    found = chapman(30, 20, 20)
    assert found.value == found.interval.low == found.interval.high == 30


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, 1.1])
    with pytest.raises(ValueError, match="do not match"):
        simpson([(1, 2)], [])
    with pytest.raises(ValueError, match="nothing was counted"):
        simpson([(1, 0), (1, 2)], [(1, 2), (1, 2)])
    with pytest.raises(ValueError, match="nothing was counted"):
        simpson([(0, 0)], [(1, 2)])
    with pytest.raises(ValueError, match="4 of 3"):
        chapman(3, 9, 4)
    with pytest.raises(ValueError, match="nothing was counted"):
        chapman(0, 9, 0)
