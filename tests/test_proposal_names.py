"""Names of columns and files: their words, and how alike two names are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proposing import ruleset

from qmscheck.proposal import matching
from qmscheck.proposal.names import alike, covered, plain, stems, words


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Kundennummer", {"kunden", "@number"}),
        ("Kd-Nr", {"kunden", "@number"}),
        ("customer_no", {"customer", "@number"}),
        ("CustomerNumber", {"customer", "@number"}),
        ("PQ #", {"pq", "@number"}),
        ("Date received", {"received", "@day"}),
        ("received_on", {"received", "@day"}),
        ("Eingangsdatum", {"eingang", "@day"}),
        ("Maßnahme", {"massnahme"}),
        ("geprüft von", {"pruef", "@by"}),
        ("Auftragswert EUR", {"auftragswert"}),
        ("Soll (1-3)", {"soll"}),
        ("2026", {"2026"}),
        ("of", {"of"}),
        ("", set()),
    ],
)
def test_a_name_is_its_words_with_marks_for_number_date_and_by_whom(name: str, found: set[str]) -> None:
    assert words(name) == found


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Kd-Nr", "Kundennummer", 1.0, 1.0),
        ("Closed", "closed_on", 0.8, 0.9),
        ("Rekl.-Nr", "Reklamation-Nr.", 0.8, 0.9),
        ("Auftrag-Nr", "Auftrags-Nr.", 0.9, 1.0),
        ("Owner", "Ordner", 0.0, 0.0),
        ("Site", "Product", 0.0, 0.0),
        ("no", "Order no", 0.4, 0.5),
        ("", "Order", 0.0, 0.0),
    ],
)
def test_names_are_alike_by_the_words_that_they_share(one: str, other: str, least: float, most: float) -> None:
    assert least <= alike(words(one), words(other)) <= most


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_between_nothing_and_one_and_the_same_both_ways(one: str, other: str) -> None:
    first = alike(words(one), words(other))
    assert 0.0 <= first <= 1.0
    assert first == pytest.approx(alike(words(other), words(one)))
    assert alike(words(one), words(one)) in {0.0, 1.0}


def test_a_name_is_covered_by_a_text_that_holds_its_words_but_not_by_marks_alone() -> None:
    title = words("Why it is needed or not")
    assert covered(words("Why"), title) == 1.0
    assert 0.0 < covered(words("Why so"), title) < 1.0
    assert covered(words("no"), words("Number of the complaint")) == 0.0
    assert covered(words("Color"), title) == 0.0


def test_names_that_are_alike_share_a_stem() -> None:
    assert stems(words("Reklamationen")) & stems(words("Rekl.-Nr"))
    assert plain("Straße (Nr.)") == "strassenr"


@pytest.mark.parametrize("backwards", [False, True])
def test_of_two_names_as_alike_the_same_is_told_in_whatever_order_words_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, backwards: bool
) -> None:
    monkeypatch.setattr(matching, "stems", lambda name: sorted(stems(name), reverse=backwards))
    heading = matching.Names.of(ruleset(tmp_path)).heading("rush dringend")
    assert heading.scores["complaints"]["urgent"] == (pytest.approx(0.98 * 2 / 3), "the synonym 'dringend'")
