"""Amounts on the command line: what is understood, and what is refused with a hint."""

from __future__ import annotations

import click
import pytest

from qmscheck.cli.amounts import LEAST_MEMORY, Duration, Memory


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1GiB", 1 << 30),
        ("1 gib", 1 << 30),
        ("512MiB", 512 << 20),
        ("1.5GB", 1_500_000_000),
        ("800MB", 800_000_000),
        ("1048576KiB", 1 << 30),
        ("256MiB", LEAST_MEMORY),
    ],
)
def test_memory_is_a_number_and_its_unit(text: str, size: int) -> None:
    assert Memory().convert(text, None, None) == size


@pytest.mark.parametrize("text", ["1", "GiB", "1 XiB", "-1GiB", "1e9MB", "", "1GiB5", "٣GiB", "0x10MB"])
def test_what_is_no_amount_of_memory_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no amount of memory: a number and KiB, MiB, GiB, MB or GB"):
        Memory().convert(text, None, None)


@pytest.mark.parametrize("text", ["255MiB", "0GiB", "99999TiB"])
def test_memory_in_which_no_audit_can_run_or_that_no_machine_has_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not between 256MiB and 1024TiB"):
        Memory().convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("5m", 300), ("5 min", 300), ("2h", 7200), ("0.5", 0.5)]
)
def test_a_time_is_a_number_of_seconds_or_has_its_unit(text: str, seconds: float) -> None:
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "m", "-5", "5 days", "1e3", "nan", "5m30s"])
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no time: a number of seconds, or with s, m or h, as in 5m"):
        Duration().convert(text, None, None)


@pytest.mark.parametrize("text", ["0", "0m", "9999999h"])
def test_a_time_that_is_over_at_once_or_never_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not between a moment and a year"):
        Duration().convert(text, None, None)


def test_an_amount_that_is_read_already_stays() -> None:
    assert Memory().convert(5, None, None) == 5
    assert Duration().convert(5.0, None, None) == 5.0
