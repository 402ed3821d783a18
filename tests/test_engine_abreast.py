"""Several calls at once: their results come in order, and what one raises is raised in its turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from qmscheck.engine.abreast import abreast

WIDTHS = pytest.mark.parametrize("width", [1, 2, 4])


class Refused(Exception):  # noqa: N818
    """What a call raises."""


def refuse() -> int:
    raise Refused


@WIDTHS
def test_results_come_in_the_order_of_the_calls(width: int) -> None:
    assert list(abreast([partial(pow, n, 2) for n in range(20)], width)) == [n * n for n in range(20)]


@WIDTHS
def test_nothing_is_given_for_no_calls(width: int) -> None:
    assert list(abreast([], width)) == []


@WIDTHS
def test_what_one_raises_is_raised_in_its_turn(width: int) -> None:
    calls: list[Callable[[], int]] = [lambda: 1, refuse, lambda: 3]
    coming = abreast(calls, width)
    assert next(coming) == 1
    with pytest.raises(Refused):
        next(coming)


def test_two_wait_for_each_other_only_where_two_may_run() -> None:
    meeting = threading.Barrier(2, timeout=30)
    assert sorted(abreast([meeting.wait, meeting.wait], 2)) == [0, 1]


def test_those_that_have_not_begun_are_not_called_after_one_raised() -> None:
    called: list[int] = []

    def slow(n: int) -> int:
        called.append(n)
        time.sleep(0.01)
        return n

    with pytest.raises(Refused):
        list(abreast([refuse, *(partial(slow, n) for n in range(500))], 2))
    assert len(called) < 500
