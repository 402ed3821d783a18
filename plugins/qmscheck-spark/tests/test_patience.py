"""A cluster that has nothing to give is told, instead of being waited for for ever."""

from __future__ import annotations

from qmscheck_spark.session import has_executor


def test_a_cluster_without_an_executor_is_given_up_after_the_time() -> None:
    asked = []

    def none() -> int:
        asked.append(1)
        return 0

    assert not has_executor(none, patience=0.25)
    assert len(asked) > 1


def test_an_executor_that_comes_late_is_waited_for() -> None:
    numbers = iter([0, 0, 1])
    assert has_executor(lambda: next(numbers), patience=60)
