"""Dates with one reading become ISO; all others stay as they stand."""

from __future__ import annotations

import pytest
from qmscheck_documents.dates import is_date, iso_date, split_date


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-03-12", "2026-03-12"),
        ("2026-03-12T10:00:00Z", "2026-03-12"),
        ("12 March 2026", "2026-03-12"),
        ("12th of March, 2026", "2026-03-12"),
        ("March 12, 2026", "2026-03-12"),
        ("12. März 2026", "2026-03-12"),
        ("1. Dezember 2026", "2026-12-01"),
        ("12.03.2026", "2026-03-12"),
        ("22/08/2023", "2023-08-22"),
        ("05/05/2023", "2023-05-05"),
    ],
)
def test_a_date_with_one_reading_is_iso(text: str, iso: str) -> None:
    assert iso_date(text) == iso


@pytest.mark.parametrize("text", ["02/05/2022", "2026-02-30", "08/2025", "soon", "31.02.2026", "every year", ""])
def test_any_other_text_stays(text: str) -> None:
    assert iso_date(text) == text


def test_a_name_and_a_date_are_told_apart() -> None:
    assert split_date("J. Smith, 12 March 2026") == ("J. Smith", "12 March 2026")
    assert split_date("Geschäftsführung am 12.03.2026") == ("Geschäftsführung", "12.03.2026")
    assert split_date("J. Smith") == ("J. Smith", None)


@pytest.mark.parametrize(
    ("text", "alone"),
    [("2026-03-12", True), ("am 12.03.2026", True), ("3/4/26", True), ("Bob, 2026-03-12", False), ("March", False)],
)
def test_a_date_and_nothing_besides_is_told_from_a_text_with_a_date(text: str, alone: bool) -> None:
    assert is_date(text) is alone
