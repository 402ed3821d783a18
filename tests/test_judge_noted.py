"""Records that may be unmet or unreadable are fetched once, with what is wrong with each as whole numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qmscheck.judge.counting.noted import noted
from qmscheck.judge.counting.small import Count, nearest
from qmscheck.sql.packed import TESTS
from qmscheck.sql.select import UNMET, UNREADABLE

PLACED = (0, 1, None, None, None, None, None)


def row(key: str, states: dict[int, int], tests: int) -> tuple[object, ...]:
    """Write what `sql.packed.noted` gives of a record, whose bad states are given by test."""
    wrong = [0] * -(-tests // TESTS)
    for test, state in states.items():
        wrong[test // TESTS] += (1 if state == UNMET else 2) * 4 ** (test % TESTS)
    return (key, *PLACED, *wrong)


@given(st.lists(st.dictionaries(st.integers(0, 69), st.sampled_from([UNMET, UNREADABLE])), max_size=6))
def test_what_is_wrong_with_each_record_is_read_from_numbers(states: list[dict[int, int]]) -> None:
    found = noted([row(f"C{n}", given, 70) for n, given in enumerate(states)], 1, 70)
    for test in range(70):
        bad = [(n, given[test]) for n, given in enumerate(states) if test in given]
        assert list(found.found.get(test, ())) == bad
        unreadable = sum(state == UNREADABLE for _, state in bad)
        assert found.total(test, 9) == Count(9, 9 - len(bad), unreadable)


def test_exceptions_are_listed_with_state_and_place_as_many_as_are_asked_for() -> None:
    found = noted(
        [row("C1", {31: UNMET}, 40), row("C2", {31: UNREADABLE, 0: UNMET}, 40), row("C3", {31: UNMET}, 40)], 1, 40
    )
    assert found.listed(31, [UNMET, UNREADABLE], 2) == [("C1", UNMET, *PLACED), ("C2", UNREADABLE, *PLACED)]
    assert found.listed(31, [UNMET], 9) == [("C1", UNMET, *PLACED), ("C3", UNMET, *PLACED)]
    assert found.listed(5, [UNMET], 9) == []


def test_of_unmet_records_those_that_miss_by_least_come_first() -> None:
    told = [(("C1", *PLACED), "days", 4), (("C2", *PLACED), "days", 2), (("C3", *PLACED), "days", None)]
    assert nearest(told, 1) == (("C2", "days", 2, 2, 4), ("C1", "days", 4, 2, 4))
    assert nearest([(("C1", *PLACED), "days", 0)], 1) == ()


def test_of_some_records_keys_and_places_of_the_unmet_are_given() -> None:
    found = noted([row("C1", {0: UNMET}, 1), row("C2", {0: UNREADABLE}, 1), row("C3", {}, 1)], 1, 1)
    assert found.unmet(0) == [("C1", *PLACED)]


def test_margins_that_were_fetched_with_the_records_are_told_with_their_units() -> None:
    rows = [(*row("C1", {0: UNMET}, 3), 4, None), (*row("C2", {0: UNMET, 2: UNMET}, 3), 2, 1.5)]
    found = noted(rows, 1, 3, {0: "days", 2: "hours"})
    assert nearest(found.margins(0), 1) == (("C2", "days", 2, 2, 4), ("C1", "days", 4, 2, 4))
    assert nearest(found.margins(2), 1) == (("C2", "hours", 1.5, 1, 1.5),)
    assert found.margins(1) == []
