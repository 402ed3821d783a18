"""Ranges of characters: nothing is lost when they are joined, and outside is what inside is not."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from qmscheck.sql.dialects.ranges import LAST, Range, joined, outside

RANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)).map(lambda p: (p[0], p[0] + p[1])))


def members(ranges: list[Range], most: int = 60) -> set[int]:
    return {code for low, high in ranges for code in range(low, min(high, most) + 1)}


@given(RANGES)
def test_joined_ranges_hold_the_same_characters_and_do_not_meet(ranges: list[Range]) -> None:
    found = joined(ranges)
    assert members(found) == members(ranges)
    assert all(low <= high for low, high in found)
    assert all(one[1] + 1 < other[0] for one, other in itertools.pairwise(found))


@given(RANGES)
def test_outside_is_every_character_that_is_not_inside(ranges: list[Range]) -> None:
    found = outside(ranges)
    assert members(found) == set(range(61)) - members(ranges)
    assert outside(found) == joined(ranges)


def test_outside_of_nothing_is_everything_and_of_everything_nothing() -> None:
    assert outside([]) == [(0, LAST)]
    assert outside([(0, LAST)]) == []
