"""The best total of an assignment: no other has a larger one."""

from __future__ import annotations

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.proposal.assignment import best_total

_SCORES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 9).map(lambda n: n / 10), min_size=width, max_size=width), min_size=1, max_size=4
    )
)


@given(_SCORES)
def test_no_other_assignment_has_a_larger_total(scores: list[list[float]]) -> None:
    found = best_total(scores)
    size = min(len(scores), len(scores[0]))
    others = (
        sum(scores[row][column] for row, column in zip(rows, columns, strict=True))
        for rows in combinations(range(len(scores)), size)
        for columns in permutations(range(len(scores[0])), size)
    )

    assert sum(scores[row][column] for row, column in found) == pytest.approx(max(others))
    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found) == size


def test_the_best_single_score_gives_way_where_the_total_is_better() -> None:
    assert best_total([[0.9, 0.8], [0.85, 0.1]]) == [(0, 1), (1, 0)]


def test_nothing_is_assigned_where_there_is_nothing() -> None:
    assert best_total([]) == []
    assert best_total([[], []]) == []
