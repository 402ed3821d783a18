"""Reading a filled test sheet back: refused cell by cell, or the sentence that may be concluded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from firm import RULESET
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sampled import complaints, draw
from scipy.stats import hypergeom
from sheet_cells import write_cells, write_formula

from qmscheck import plugins as plugin_room
from qmscheck.errors import QmscheckError
from qmscheck.extracts import Skipped
from qmscheck.persons import test_sheet
from qmscheck.persons.conclusion import Conclusion
from qmscheck.persons.samples import Asked, Draw, written_asked
from qmscheck.sampling.back import read_back

TODAY = dt.date(2026, 11, 24)
PLUGINS = plugin_room.load(())
GOOD = ("met", None, None, "Ada", "2026-11-21")

Records = Sequence[Mapping[str, str | None]]


def filled(found: Draw, path: Path, answers: Mapping[int, Sequence[str | None]] | None = None) -> Path:
    """Fill a sheet in: met, but for the numbers in `answers`."""
    path.write_bytes(test_sheet.write(found))
    for sheet, records in (("Sample", found.records), ("Forced", found.picked)):
        cells: dict[str, str | int | None] = {}
        for row, record in enumerate(records, 6):
            given_ = (answers or {}).get(record.number, GOOD)
            cells |= {f"{letter}{row}": cell for letter, cell in zip("GHIJK", given_, strict=True) if cell is not None}
        if records:
            write_cells(path, sheet, cells)
    return path


def failing(*numbers: int, result: str = "not met") -> dict[int, tuple[str | None, ...]]:
    return dict.fromkeys(numbers, (result, "I looked.", "R-1", "Bob", "2026-11-22"))


def back(path: Path, records: Records, *, criterion: str | None = None, **more: Any) -> Conclusion:
    """Read a sheet back, on these records as they are now."""

    def redraw(asked: Asked) -> Draw:
        given_ = {name: getattr(asked, name) for name in Asked.__dataclass_fields__}
        return draw(records, **given_, **more)

    return read_back(path, PLUGINS, redraw, today=TODAY, criterion=criterion)


def refused(path: Path, records: Records, **more: Any) -> str:
    with pytest.raises(QmscheckError) as caught:
        back(path, records, **more)
    return str(caught.value).replace(path.as_posix(), path.name)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "sheet.xlsx"


# ---------------------------------------------------------------- the sentence


def test_none_of_25_from_100_shows_fewer_than_10_percent(sheet: Path) -> None:
    records = complaints(100)
    filled(draw(records, rate=0.1, criterion="owned"), sheet)
    found = back(sheet, records)
    assert found.lines()[:2] == (
        '0 of 25 randomly drawn from 100: with 95 % confidence fewer than 10 % of the complaints do not meet "owned".',
        "At most 9 of 100 (one-sided; exact, hypergeometric).",
    )
    assert filled(draw(records, size=25, criterion="owned"), sheet)
    assert "fewer than 10 % of the complaints" in back(sheet, records).sentence


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(2, 60), st.data())
def test_the_sentence_never_claims_more_than_the_exact_limit(sheet: Path, population: int, data: st.DataObject) -> None:
    """By SciPy's hypergeom: the number that the sentence refutes is refuted, and the one before it is not."""
    size = data.draw(st.integers(1, population - 1))
    k = data.draw(st.integers(0, size - 1))
    records = complaints(population)
    filled(draw(records, size=size, criterion="c", few=0), sheet, failing(*range(1, k + 1)))
    found = back(sheet, records)
    assert found.most is not None
    assert hypergeom.cdf(k, population, found.most, size) > 0.05 - 1e-9
    assert hypergeom.cdf(k, population, found.most + 1, size) <= 0.05 + 1e-9
    told = Fraction(found.sentence.partition("fewer than ")[2].partition(" %")[0]) / 100
    assert told >= Fraction(found.most + 1, population)


def test_failures_give_the_exact_limit_and_are_named(sheet: Path) -> None:
    records = complaints(100)
    filled(draw(records, rate=0.1, criterion="owned", seed="s"), sheet, failing(3))
    third = draw(records, rate=0.1, seed="s").records[2]
    assert back(sheet, records).lines() == (
        '1 of 25 randomly drawn from 100: with 95 % confidence fewer than 16 % of the complaints do not meet "owned".',
        "At most 15 of 100 (one-sided; exact, hypergeometric).",
        "That fewer than 10 % fail, as was asked, is not shown.",
        "Estimate: 4.0 % (1 of 25).",
        f"Not met: 3, {third.key} (0.x, {third.location.row}): not met",
    )


def test_what_cannot_be_found_counts_as_not_met(sheet: Path) -> None:
    records = complaints(100)
    filled(draw(records, rate=0.1, criterion="owned"), sheet, failing(3, result="Not  Found"))
    found = back(sheet, records)
    assert (found.most, len(found.failing)) == (15, 1)
    assert "1 of the drawn could not be found: that counts as not met." in found.lines()


def test_what_does_not_apply_is_told_and_no_share_of_the_rest_is_claimed(sheet: Path) -> None:
    records = complaints(100)
    filled(draw(records, rate=0.1, criterion="owned"), sheet, failing(3, result="not applicable"))
    found = back(sheet, records)
    assert found.most == 9
    told = (
        "1 of the drawn did not apply: all shares are of all 100 records, not of those to which the criterion applies."
    )
    assert told in found.lines()


def test_two_sides_give_both_ends_and_say_so(sheet: Path) -> None:
    records = complaints(100)
    filled(draw(records, size=25, sides=2, criterion="owned"), sheet, failing(1, 2))
    found = back(sheet, records)
    between = "with 95 % confidence between 2 % and 23 % of the complaints"
    assert found.sentence == f'2 of 25 randomly drawn from 100: {between} do not meet "owned".'
    assert found.lines()[1] == "At least 2 and at most 23 of 100 (two-sided; exact, hypergeometric)."


def test_a_population_read_whole_is_certain(sheet: Path) -> None:
    records = complaints(4)
    filled(draw(records, size=4, criterion="owned"), sheet, failing(2))
    found = back(sheet, records)
    assert found.sentence == '1 of all 4 complaints do not meet "owned": every one was read.'
    assert (found.least, found.most) == (1, 1)


def test_where_every_record_read_fails_nothing_is_shown(sheet: Path) -> None:
    records = complaints(40)
    filled(draw(records, size=2, criterion="owned"), sheet, failing(1, 2))
    sentence = "2 of 2 randomly drawn from 40: with 95 % confidence nothing is shown: all of the complaints may fail."
    assert back(sheet, records).sentence == sentence


def test_strata_are_weighted_and_the_limit_holds_over_them(sheet: Path) -> None:
    records = complaints(90) + [{**r, "id": f"S{r['id']}", "site": "S"} for r in complaints(10)]
    made = draw(records, size=20, by=("site",), criterion="owned", seed="s")
    number = next(r.number for r in made.records if r.stratum == "S")
    filled(made, sheet, failing(number))
    found = back(sheet, records)
    assert found.lines()[1:5] == (
        f"At most {found.most} of 100 (one-sided; binomial bound over strata, not exact: rather too wide).",
        "Estimate: 5.0 % (each stratum weighted with its size).",
        "Stratum N: 0 of 18 fail, of 90.",
        "Stratum S: 1 of 2 fail, of 10.",
    )
    assert found.most is not None
    assert found.most >= 20  # a draw that is not stratified would say 19


def test_forced_records_are_told_apart_and_never_counted(sheet: Path) -> None:
    records = complaints(100)
    made = draw(records, rate=0.1, criterion="owned", seed="s", force="id in ('C1', 'C2', 'C3', 'C4')")
    filled(made, sheet, failing(*(r.number for r in made.picked)))
    found = back(sheet, records)
    assert found.most == 9
    number = len(made.picked)
    told = f"Picked by judgement, apart: {number} of {number} fail; nothing follows for others."
    assert told in found.lines()
    assert len(found.failing) == number


def test_a_judgement_sample_is_never_extrapolated(sheet: Path) -> None:
    records = complaints(100)
    filled(draw(records, size=0, force="id in ('C1', 'C2')", criterion="owned"), sheet, failing(1))
    found = back(sheet, records)
    sentence = '1 of 2 complaints picked by judgement do not meet "owned": nothing follows for the other 98.'
    assert (found.sentence, found.most, found.least) == (sentence, None, None)
    assert found.lines()[0] == sentence
    assert "confidence" not in found.values()
    assert "seed" not in found.values()


def test_rows_that_could_not_be_taken_apart_are_told_of(sheet: Path) -> None:
    records, lost = complaints(40), [Skipped(99, "torn", lost=True)]
    filled(draw(records, size=40, criterion="owned", skipped=lost), sheet)
    told = "1 row could not be taken apart: nothing is said of that."
    assert told in back(sheet, records, skipped=lost).lines()


def test_the_result_can_be_cited(sheet: Path) -> None:
    records = complaints(100)
    made = draw(records, name="A-1.owner", rate=0.1, seed="s", given=("seed",))
    filled(made, sheet, failing(3))
    found = back(sheet, records).values()
    assert len(found.pop("sheet_sha256")) == 64
    assert found.pop("sentence").startswith("1 of 25 randomly drawn from 100")
    assert found == {
        "sample": made.id,
        "of": "A-1.owner",
        "table": "complaints",
        "criterion": "Owner",
        "method": "drawn at random without replacement",
        "population": made.population,
        "records": 100,
        "drawn": 25,
        "met": 24,
        "not_met": 1,
        "not_found": 0,
        "not_applicable": 0,
        "failing_at_most": 15,
        "confidence": 0.95,
        "sides": 1,
        "picked": 0,
        "picked_failing": 0,
        "seed": "s",
        "as_of": "2026-11-20",
        "by": "Ada; Bob",
        "tested_from": "2026-11-21",
        "tested_on": "2026-11-22",
    }


# ---------------------------------------------------------------- what is refused


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_what_was_written_is_what_is_read(sheet: Path, data: st.DataObject) -> None:
    texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
    keys = data.draw(st.lists(texts, min_size=1, max_size=8, unique=True))
    results = data.draw(st.lists(st.sampled_from(test_sheet.RESULTS), min_size=len(keys), max_size=len(keys)))
    records = [{"id": key, "site": "N"} for key in keys]
    made = draw(records, size=len(keys), criterion="c")
    filled(made, sheet, {n: (result, "s", "r", "Ada", "2026-11-21") for n, result in enumerate(results, 1)})
    found = back(sheet, records).drawn
    assert [(seen.record, seen.result) for seen in found] == list(zip(made.records, results, strict=True))
    assert {(seen.seen, seen.reference, seen.tester, seen.on) for seen in found} == {
        ("s", "r", "Ada", dt.date(2026, 11, 21))
    }


def test_a_key_of_which_nothing_can_be_seen_has_not_changed(sheet: Path) -> None:
    records = [{"id": "\U000e0100", "site": "N"}]
    filled(draw(records, size=1, criterion="c"), sheet, {1: ("met", "s", "r", "Ada", "2026-11-21")})
    assert [seen.result for seen in back(sheet, records).drawn] == ["met"]


def test_a_population_that_has_changed_is_refused_and_what_changed_is_said(sheet: Path) -> None:
    filled(draw(complaints(50), criterion="owned", seed="s"), sheet)
    now = draw(complaints(51), criterion="owned", seed="s")
    before = draw(complaints(50), criterion="owned", seed="s")
    told = refused(sheet, complaints(51))
    assert told.startswith("sheet.xlsx: the population has changed since the draw: nothing may be concluded from it\n")
    assert f"'Population' was '50 records, digest {before.population}', and is now '51 records, digest" in told
    assert now.population in told


def test_one_key_that_changed_is_enough(sheet: Path) -> None:
    filled(draw(complaints(50), criterion="owned", seed="s"), sheet)
    assert "the population has changed" in refused(sheet, [*complaints(49), {"id": "C5O", "state": "closed"}])


def test_a_rule_whose_scope_has_changed_is_refused(sheet: Path) -> None:
    filled(draw(complaints(9), name="A-2.in-time", criterion="owned"), sheet)
    told = refused(sheet, complaints(9), ruleset=RULESET.replace("state <> 'open'", "state = 'closed'"))
    assert "the sheet is not of this draw" in told
    assert "'In scope' was 'state <> 'open'', and is now 'state = 'closed''" in told


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("G7", "fine", "cell G7: 'fine' is no result\n  hint: one of: met, not met, not found, not applicable"),
        ("G7", "nt met", "cell G7: 'nt met' is no result\n  hint: did you mean 'not met'?"),
        ("G7", None, "cell G7: no result is filled in"),
        ("G7", "not met", "cell H7: says nothing, and the result is 'not met'\n  hint: what was seen?"),
        ("J7", None, "cell J7: no tester is filled in"),
        ("K7", None, "cell K7: no date is filled in"),
        ("K7", "21.11.2026", "cell K7: '21.11.2026' is no date\n  hint: as in 2026-11-20"),
        ("K7", "2026-11-25", "cell K7: 2026-11-25 is after today (2026-11-24)"),
        ("K7", "2026-11-19", "cell K7: 2026-11-19 is before the draw (2026-11-20): nobody knew yet which records"),
        (
            "K7",
            "2026-11-22 14:30",
            "cell K7: '2026-11-22 14:30' holds a time of day\n  hint: write the day alone, 2026-11-22",
        ),
        ("J7", "\u200b", "cell J7: no tester is filled in"),
        ("H7", "#REF!", "cell H7: holds the error #REF!\n  hint: write the text or the date itself"),
        ("B7", "C99", "cell B7: was 'C2', and is now 'C99'\n  hint: what was drawn may not be changed"),
        ("F7", None, "cell F7: was '3', and is now nothing"),
        ("A7", None, "cell A7: this row has no number"),
        ("A7", "1", "cell A7: number 1 stands in row 6 too"),
        ("A7", "9", "cell A7: '9' is no number of this draw"),
        ("G5", "Verdict", "row 5 no longer holds the headings No., Key, Stratum"),
    ],
)
def test_each_mistake_has_its_cell(sheet: Path, cell: str, value: str | None, message: str) -> None:
    filled(draw(complaints(4), size=4, criterion="owned"), sheet)
    write_cells(sheet, "Sample", {cell: value})
    assert message in refused(sheet, complaints(4))


@pytest.mark.parametrize(
    ("cell", "shows", "message"),
    [
        ("G7", "met", "cell G7: holds a formula\n  hint: write the text or the date itself"),
        ("J7", "Bob", "cell J7: holds a formula"),
        ("K7", "2026-11-22", "cell K7: holds a formula"),
        ("B7", "C2", "cell B7: was 'C2', and is now '#FORMULA!'"),
    ],
)
def test_a_formula_is_refused_even_where_it_shows_what_is_asked_for(
    sheet: Path, cell: str, shows: str, message: str
) -> None:
    filled(draw(complaints(4), size=4, criterion="owned"), sheet)
    write_formula(sheet, "Sample", cell, shows)
    assert message in refused(sheet, complaints(4))


def test_the_day_of_the_draw_itself_is_early_enough_and_midnight_is_cut(sheet: Path) -> None:
    filled(draw(complaints(4), size=4, criterion="owned"), sheet)
    write_cells(sheet, "Sample", {"K7": "2026-11-20 00:00", "K8": "2026-11-20T00:00:00Z"})
    found = back(sheet, complaints(4))
    assert found.drawn[1].on == dt.date(2026, 11, 20)
    assert "Of 2 dates the time of day (midnight) was cut." in found.lines()


def test_a_record_that_is_missing_is_named(sheet: Path) -> None:
    filled(draw(complaints(4), size=4, criterion="owned"), sheet)
    write_cells(sheet, "Sample", {f"{letter}7": None for letter in "ABCDEFGHIJK"})
    told = refused(sheet, complaints(4))
    assert told == 'sheet.xlsx, sheet "Sample": number 2 (C2) is missing\n  hint: each drawn record stands there once'


def test_rows_may_be_sorted_otherwise(sheet: Path) -> None:
    filled(draw(complaints(2), size=2, criterion="owned"), sheet)
    write_cells(sheet, "Sample", {"A6": 2, "B6": "C2", "F6": "3", "A7": 1, "B7": "C1", "F7": "2"})
    assert sorted(seen.record.number for seen in back(sheet, complaints(2)).drawn) == [1, 2]


def test_a_sheet_that_nobody_filled_in_is_refused_record_by_record_up_to_a_number(sheet: Path) -> None:
    sheet.write_bytes(test_sheet.write(draw(complaints(40), size=30, criterion="owned")))
    told = refused(sheet, complaints(40))
    assert told.count("nothing is filled in for this record") == 20
    assert "sheet.xlsx: and 10 more cells or rows" in told


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("B13", "5 records", "the population has changed since the draw"),
        ("B8", "kind", "the sheet is not of this draw"),
        ("A8", "Criterium", "'Criterium' was 'owned', and is now nothing"),
    ],
)
def test_a_fact_of_the_sheet_that_was_changed_is_found(sheet: Path, cell: str, value: str, message: str) -> None:
    filled(draw(complaints(4), size=4, criterion="owned"), sheet)
    write_cells(sheet, "Draw", {cell: value})
    assert message in refused(sheet, complaints(4))


def request_cell(found: Draw) -> str:
    return f"B{4 + len(found.facts())}"


@pytest.mark.parametrize(
    "text", ["{}", "[]", "no", '{"as_of": "2026-11-20", "name": "complaints", "extra": 1}', "9" * 99]
)
def test_a_request_that_was_changed_is_refused(sheet: Path, text: str) -> None:
    made = draw(complaints(4), size=4, criterion="owned")
    filled(made, sheet)
    write_cells(sheet, "Draw", {request_cell(made): text})
    assert f"cell {request_cell(made)}: was changed: it does not say what was asked for" in refused(
        sheet, complaints(4)
    )


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"size": 4', '"size": -3'),
        ('"size": 4', '"size": "4"'),
        ('"size": 4', '"size": true'),
        ('"least": 2', '"least": 0'),
        ('"few": 30', '"few": -1'),
        ('"sides": 1', '"sides": 3'),
        ('"confidence": 0.95', '"confidence": 1.0'),
        ('"confidence": 0.95', '"confidence": 0.5'),
        ('"rate": 0.05', '"rate": NaN'),
        ('"rate": 0.05', '"rate": 1'),
        ('"name": "complaints"', '"name": 3'),
        ('"criterion": "owned"', '"criterion": ["owned"]'),
    ],
)
def test_a_request_that_nobody_could_have_made_is_refused(sheet: Path, was: str, now: str) -> None:
    made = draw(complaints(4), size=4, criterion="owned")
    filled(made, sheet)
    text = written_asked(made.asked)
    assert was in text
    write_cells(sheet, "Draw", {request_cell(made): text.replace(was, now)})
    assert "was changed: it does not say what was asked for" in refused(sheet, complaints(4))


def test_a_sheet_without_a_request_is_refused(sheet: Path) -> None:
    made = draw(complaints(4), size=4, criterion="owned")
    filled(made, sheet)
    write_cells(sheet, "Draw", {request_cell(made).replace("B", "A"): "?"})
    assert "has no row 'Request'" in refused(sheet, complaints(4))


def test_a_criterion_is_asked_for_where_the_sheet_has_none_and_only_there(sheet: Path) -> None:
    filled(draw(complaints(4), size=4), sheet)
    assert "the sheet names no criterion" in refused(sheet, complaints(4))
    assert '"kind"' in back(sheet, complaints(4), criterion="kind").sentence
    filled(draw(complaints(4), size=4, criterion="owned"), sheet)
    assert "the sheet was made for another criterion: owned" in refused(sheet, complaints(4), criterion="kind")
    assert '"owned"' in back(sheet, complaints(4), criterion="owned").sentence


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"<html></html>"])
def test_a_sheet_that_cannot_be_read_is_refused(sheet: Path, content: bytes) -> None:
    sheet.write_bytes(content)
    assert "sheet.xlsx: cannot be read back: " in refused(sheet, complaints(4))


def test_a_sheet_that_is_not_there_or_no_workbook_is_refused(tmp_path: Path) -> None:
    assert "none.xlsx: cannot be read: " in refused(tmp_path / "none.xlsx", complaints(4))
    (tmp_path / "a.txt").write_text("x")
    assert "no reader knows workbooks of this kind" in refused(tmp_path / "a.txt", complaints(4))
    with pytest.raises(QmscheckError, match="is no name of a file"):
        back(Path("a\0.xlsx"), complaints(4))
