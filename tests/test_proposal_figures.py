"""How the numbers of a column are written: decimal mark, thousands, unit and per cent, each proved or asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from proposing import RULESET, one_column, proposed

from qmscheck.proposal import Mapped
from qmscheck.proposal.figures import Figures, figures_of, unit_asked, unit_of
from qmscheck.sql.figures import PLAIN, Spelling


def _figures(tmp_path: Path, *values: str) -> Figures:
    looking, table, column = one_column(tmp_path, values)
    try:
        return figures_of(looking.engine, table.view, column)
    finally:
        looking.engine.close()


@pytest.mark.parametrize(
    ("values", "spelling", "why"),
    [
        (["12,50", "7,00"], Spelling(decimal=","), "decimal comma: '12,50' in row 2 cannot be read otherwise"),
        (["1.234,50", "1.234", "7"], Spelling(decimal=","), "decimal comma: '1.234,50' in row 2"),
        (["1,234", "99.50"], Spelling(decimal=".", thousands=","), "decimal point: '99.50' in row 3"),
        (["1'234.50", "2'000", "8"], Spelling(decimal=".", thousands="'"), "decimal point: '1'234.50' in row 2"),
        (["1 234,5", "2 000,5"], Spelling(decimal=",", thousands=" "), "decimal comma: '1 234,5' in row 2"),
        (["12 EUR", "7 EUR"], Spelling(units=("EUR",)), "its unit, as in '12 EUR' in row 2"),
        (["€ 12.5", "7 EUR"], Spelling(units=("€", "EUR")), "its unit, as in '€ 12.5' in row 2"),
        (["12,5 €", "1.007,2 €"], Spelling(decimal=",", units=("€",)), "its unit, as in '12,5 €' in row 2"),
        (["3 days", "1 day"], Spelling(units=("days", "day")), "its unit, as in '3 days' in row 2"),
        (["12h", "7h"], Spelling(units=("h",)), "its unit, as in '12h' in row 2"),
    ],
)
def test_a_spelling_is_proposed_with_the_cell_that_proves_it(
    tmp_path: Path, values: Sequence[str], spelling: Spelling, why: str
) -> None:
    found = _figures(tmp_path, *values)

    assert (found.spelling, found.question, found.read) == (spelling, "", len(values))
    assert why in found.why[0]


@pytest.mark.parametrize(
    ("values", "question", "either"),
    [
        (["1.234", "2.500"], "is the '.' in '1.234' in row 2 for decimals or for thousands?", (",", ",")),
        (["1,000", "2,000"], "is the ',' in '1,000' in row 2 for decimals or for thousands?", (",", ",")),
        (["1,234.5", "1.234,5"], "two ways in one column", (",", ",")),
        (["12 EUR", "7 USD"], "more than one unit stands beside the numbers", (None, None)),
        (["3 days", "2 weeks"], "'3 days' in row 2, '2 weeks' in row 3", (None, None)),
    ],
)
def test_what_can_be_read_twice_is_asked_with_both_spellings(
    tmp_path: Path, values: Sequence[str], question: str, either: object
) -> None:
    found = _figures(tmp_path, *values)

    assert question in found.question
    assert found.spelling.is_usual
    assert len(found.either) == 2
    assert found.either[0] != found.either[1]


@pytest.mark.parametrize(
    "values", [["1", "2"], ["1.5", "2.25"], ["K1", "K2"], ["R-1", "R-2"], ["12A", "12B"], ["a", "b"], ["x 1", "y 2"]]
)
def test_plain_numbers_and_codes_need_no_spelling(tmp_path: Path, values: Sequence[str]) -> None:
    assert _figures(tmp_path, *values) == Figures(0)


def test_a_sign_of_per_cent_is_told_and_what_it_means_is_left_to_the_ruleset(tmp_path: Path) -> None:
    found = _figures(tmp_path, "12 %", "7,5 %")

    assert found.percent is not None
    assert (found.percent.text, found.spelling) == ("12 %", Spelling(decimal=",", percent="number"))


@pytest.mark.parametrize(("column", "unit"), [("response_hours", "h"), ("days", "d"), ("cost", None), ("h", None)])
def test_the_name_of_a_column_may_say_its_unit_of_time(column: str, unit: str | None) -> None:
    assert unit_asked(column) == unit


def test_one_unit_has_several_spellings() -> None:
    assert [unit_of(text) for text in ("€", "Euro", "Std", "furlong")] == ["eur", "eur", "h", "furlong"]


# ---------------------------------------------------------------- as a declared column

_FIGURES = RULESET.replace(
    'urgent = { type = "boolean", synonyms = ["rush", "dringend"] }\n',
    'urgent = { type = "boolean", synonyms = ["rush", "dringend"] }\n'
    'pieces = { type = "integer" }\nwait_days = { type = "number" }\nlate_pct = { type = "number" }\n',
).replace("and urgent is not null", "and urgent is not null and pieces > 0 and wait_days > 0 and late_pct > 0")


def _column(tmp_path: Path, heading: str, *cells: str) -> Mapped:
    rows = "".join(f"R-{n};0{n}.02.2026;K{n};{cell}\n" for n, cell in enumerate(cells, start=1))
    text = f"Reklamation-Nr.;Eingang;Kundennummer;{heading}\n{rows}"
    (one,) = proposed(tmp_path, {"Reklamationen.csv": text}, _FIGURES).tables
    return next(column for column in one.columns if column.heading == heading)


def test_whole_numbers_have_no_decimals_so_their_point_stands_between_thousands(tmp_path: Path) -> None:
    found = _column(tmp_path, "pieces", "1.234", "2.000")
    assert (found.decimal, found.questions, found.spellings) == (",", (), ())


def test_whole_numbers_that_end_in_zeros_only_are_asked(tmp_path: Path) -> None:
    found = _column(tmp_path, "pieces", "1.000", "2.000")
    assert "for decimals or for thousands" in found.questions[0]
    assert len(found.spellings) == 2


def test_per_cent_is_proposed_where_the_ruleset_asks_for_it_by_name(tmp_path: Path) -> None:
    found = _column(tmp_path, "late_pct", "12 %", "7 %")
    assert (found.spelling.percent, found.questions) == ("number", ())


def test_per_cent_is_asked_with_both_meanings_where_the_ruleset_does_not_say(tmp_path: Path) -> None:
    found = _column(tmp_path, "Kosten", "12 %", "7 %")

    assert found.spelling.percent is None
    assert [one.percent for one in found.spellings] == ["number", "fraction"]
    assert found.questions == ("does '12 %' in row 2 count as the number itself, or as a hundredth of it?",)


def test_another_unit_of_time_than_that_of_the_declared_column_is_asked(tmp_path: Path) -> None:
    found = _column(tmp_path, "wait_days", "12 h", "7 h")
    assert found.questions == ("its numbers are in 'h', and wait_days is asked for: they would be read as such",)
    assert _column(tmp_path / "same", "wait_days", "12 d", "7 Tage").questions == ()


def test_several_units_are_asked_and_none_is_read_without_an_answer(tmp_path: Path) -> None:
    found = _column(tmp_path, "Kosten", "12 EUR", "7 USD")
    assert found.spelling == PLAIN
    assert [one.units for one in found.spellings] == [("EUR",), ("USD",)]
    assert "of which are they to be read?" in found.questions[0]
