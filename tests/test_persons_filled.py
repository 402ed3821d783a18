"""A form comes back as it was filled, from a workbook and from TOML alike; what is no form is refused at its place."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from filled_forms import READERS, RIGHT, made, of_toml, of_workbook, part_changed, texts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmscheck.cells import visible
from qmscheck.errors import QmscheckError
from qmscheck.persons import filled

_FIRST = dt.date(1901, 1, 1)
_SHEET = "xl/worksheets/sheet1.xml"
# What XML, and so a workbook, can hold; a spreadsheet program keeps no carriage return.
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\n"), max_size=40)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fill=st.fixed_dictionaries(
        {
            "answer": st.sampled_from(["yes", "Ja", "partly", "no", " yes ", "maybe", ""]),
            "on": st.dates(min_value=_FIRST),
            "valid_until": st.one_of(st.none(), st.dates(min_value=_FIRST)),
            **dict.fromkeys(("statement", "references", "by", "role", "independent_of"), _TEXTS),
        }
    )
)
def test_a_form_comes_back_as_it_was_filled_from_a_workbook_and_from_toml(tmp_path: Path, fill: dict[str, Any]) -> None:
    if any(re.fullmatch(r"#.*", str(value).strip()) for value in fill.values()):
        return
    _, form = made(tmp_path)
    fills = {"A-2": fill}
    one, other = of_toml(form, fills), of_workbook(form, fills)
    want = {name: visible(None if value is None else str(value)) for name, value in fill.items()}
    assert {name: texts(one)[0][name] for name in want} == want
    assert texts(one) == texts(other)
    assert [row.seen for row in one.rows] == [row.seen for row in other.rows] == [q.seen for q in form.questions]
    assert [row.filled for row in one.rows] == [True, False]
    assert (one.id.text, one.as_of.text, one.rulesets) == (other.id.text, other.as_of.text, other.rulesets)
    assert not one.notes
    assert not other.notes


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("<f>1+1</f><v>2</v>", "holds a formula: write the text or the date itself"),
        ("<f>1+1</f>", "holds a formula: write the text or the date itself"),
    ],
)
def test_a_formula_is_refused_even_where_it_shows_a_value(tmp_path: Path, cell: str, told: str) -> None:
    _, form = made(tmp_path)

    def alter(content: bytes) -> bytes:
        return part_changed(content, _SHEET, lambda x: re.sub(r'<c r="H6"[^>]*>.*?</c>', f'<c r="H6">{cell}</c>', x))

    with pytest.raises(QmscheckError) as caught:
        of_workbook(form, {"A-2": RIGHT}, alter)
    assert str(caught.value) == f'form.xlsx, sheet "Questions", cell H6: {told}'


def test_an_error_cell_is_refused_at_its_place(tmp_path: Path) -> None:
    _, form = made(tmp_path)
    error = '<c r="L6" t="e"><v>#REF!</v></c>'

    def alter(content: bytes) -> bytes:
        return part_changed(content, _SHEET, lambda x: re.sub(r'<c r="L6"[^>]*>.*?</c>', error, x))

    with pytest.raises(QmscheckError) as caught:
        of_workbook(form, {"A-2": RIGHT}, alter)
    assert str(caught.value).startswith('form.xlsx, sheet "Questions", cell L6: holds the error #REF!')


def test_a_column_of_the_persons_own_is_told_and_not_taken_over(tmp_path: Path) -> None:
    _, form = made(tmp_path)
    own = '<c r="Q5" t="inlineStr"><is><t>Memo</t></is></c></row><row r="6"'

    def alter(content: bytes) -> bytes:
        return part_changed(content, _SHEET, lambda x: re.sub(r'</row><row r="6"', own, x))

    assert of_workbook(form, {"A-2": RIGHT}, alter).notes == ("the column 'Memo' of the form is not taken over",)
    found = of_toml(form, {}, lambda text: text.replace('role = ""', 'role = ""\nmemo = 1'))
    assert found.notes == ("the key 'memo' of the form is not taken over",)


def test_rows_may_be_sorted_and_headings_may_move_down(tmp_path: Path) -> None:
    _, form = made(tmp_path)
    turned = form.__class__(form.id, form.organization, form.scope, form.as_of, form.rulesets, form.questions[::-1])
    assert texts(of_workbook(turned, {"A-2": RIGHT})) == texts(of_workbook(form, {"A-2": RIGHT}))[::-1]

    def down(xml: str) -> str:
        return re.sub(r'(<row r="|<c r="[A-Z]+)(\d+)"', lambda m: f'{m[1]}{int(m[2]) + 3}"', xml)

    moved = of_workbook(form, {"A-2": RIGHT}, lambda content: part_changed(content, _SHEET, down))
    assert texts(moved) == texts(of_workbook(form, {"A-2": RIGHT}))
    assert str(moved.rows[0].cells["answer"].wrong("x", None)) == 'form.xlsx, sheet "Questions", cell G9: x'


@pytest.mark.parametrize(
    ("part", "was", "now", "told"),
    [
        ("xl/workbook.xml", 'name="Questions"', 'name="Other"', "form.xlsx: cannot be read as a form: there is no sheet Questions"),
        ("xl/sharedStrings.xml", "<t>Answer</t>", "<t>Reply</t>", 'form.xlsx, sheet "Questions": has no row with the headings'),
        ("xl/sharedStrings.xml", "<t>ruleset</t>", "<t>x</t>", "form.xlsx, sheet \"Form\": the line 'ruleset' is missing"),
        ("xl/worksheets/sheet2.xml", "<v>1</v>", "<v>1.5</v>", 'form.xlsx, sheet "Evidence seen", cell A3: this line was changed'),
    ],
)  # fmt: skip
def test_what_is_no_form_any_more_is_refused(tmp_path: Path, part: str, was: str, now: str, told: str) -> None:
    _, form = made(tmp_path)
    with pytest.raises(QmscheckError) as caught:
        of_workbook(form, {"A-2": RIGHT}, lambda content: part_changed(content, part, lambda x: x.replace(was, now, 1)))
    assert str(caught.value).startswith(told)


def test_evidence_that_the_form_does_not_list_is_refused(tmp_path: Path) -> None:
    _, form = made(tmp_path)
    number = re.compile("<t>1-2</t>")
    with pytest.raises(QmscheckError) as caught:
        of_workbook(
            form,
            {"A-2": RIGHT},
            lambda c: part_changed(c, "xl/sharedStrings.xml", lambda x: number.sub("<t>1-2, 7</t>", x)),
        )
    assert "names evidence that the sheet 'Evidence seen' does not have" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is no form of questions"),
        ("[form]\n[[question]]\nanswer = 1\n", "'answer' should be text"),
        ('[form]\n[[question]]\nseen = [{ path = 1, sha256 = "" }]\n', "'path' should be text"),
        ("x = [", "not valid TOML"),
    ],
)
def test_toml_that_is_no_form_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "form.toml").write_text(text, "utf-8")
    with pytest.raises(QmscheckError) as caught:
        filled.read(tmp_path / "form.toml", "form.toml", READERS, tmp_path)
    assert told in str(caught.value)


def test_a_file_of_another_kind_is_no_form(tmp_path: Path) -> None:
    for name, readers, told in (
        ("f.ods", READERS, "f.ods: cannot be read as a form\n  hint: a form is a file .xlsx or .toml"),
        ("f.xlsx", {}, "f.xlsx: cannot be read as a form\n  hint: the plugin 'tables' reads workbooks"),
        ("f.xlsx", READERS, "f.xlsx: cannot be read: there is no such file"),
    ):
        with pytest.raises(QmscheckError) as caught:
            filled.read(tmp_path / name, name, readers, tmp_path)
        assert str(caught.value) == told
    (tmp_path / "f.xlsx").write_bytes(b"")
    with pytest.raises(QmscheckError, match="the file has no bytes"):
        filled.read(tmp_path / "f.xlsx", "f.xlsx", READERS, tmp_path)
    (tmp_path / "f.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(QmscheckError, match=r"f\.xlsx: cannot be read as a form"):
        filled.read(tmp_path / "f.xlsx", "f.xlsx", READERS, tmp_path)
