"""What is asked for before an audit is what rules read, no more and no less, and says who can give it."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest
import qmscheck_iso9001
from python_calamine import CalamineWorkbook

from qmscheck.cli import main
from qmscheck.criteria import load
from qmscheck.persons.request import TableAsked, asked_for, to_markdown, to_workbook
from qmscheck.sql.select import columns_read

GOOD = Path(__file__).parent / "rulesets" / "good" / "firm.toml"
SHIPPED = Path(qmscheck_iso9001.__file__).parent
BY = dt.date(2027, 1, 15)


def request(*rules: str) -> tuple[TableAsked, ...]:
    asked = load([("firm", GOOD)])
    return asked_for(asked.ruleset, asked.tests, rules or list(asked.tests))


def test_every_column_that_a_rule_reads_is_asked_for_and_no_other_but_keys() -> None:
    asked = load([("firm", GOOD)])
    read = {t: set(columns) for t, columns in columns_read(list(asked.tests.values())).items()}
    for rule in asked.ruleset.rules.values():
        read[rule.table] |= set(rule.strata)
    told = {t.name: {c.name for c in t.columns} for t in request()}
    assert told == {t: columns | set(asked.ruleset.tables[t].keys) for t, columns in read.items()}


def test_a_table_that_no_selected_rule_reads_is_not_asked_for() -> None:
    assert [t.name for t in request("A-1.in-time")] == ["complaints"]


def test_a_column_says_its_shape_and_which_obligations_need_it() -> None:
    (complaints,) = request("A-1.in-time")
    of = {c.name: c for c in complaints.columns}
    assert (of["received"].shape, of["received"].obligations) == (
        "date, YYYY-MM-DD or your own format (say which)",
        ("A-1",),
    )
    assert (of["id"].key, of["id"].obligations) == (True, ("A-1",))


def test_a_key_that_no_rule_reads_is_asked_for_to_tell_records_apart() -> None:
    letters = next(t for t in request() if t.name == "letters")
    key = next(c for c in letters.columns if c.key)
    assert (key.name, key.obligations) == ("letter", ())
    asked = load([("firm", GOOD)])
    assert "| `letter` | letter | text; key: each record has its own |  | to tell records apart |" in to_markdown(
        asked.ruleset, (letters,), None
    )


def test_a_request_says_what_other_systems_call_a_table_and_its_columns_and_which_words_may_stand_in_one() -> None:
    asked = load([("iso9001", SHIPPED)])
    tables = asked_for(asked.ruleset, asked.tests, ["CF-8.2.3-1.reviewed"])
    (orders,) = (t for t in tables if t.name == "orders")
    status = next(c for c in orders.columns if c.name == "status")
    assert (status.also, status.words) == (
        asked.ruleset.tables["orders"].columns["status"].synonyms,
        tuple(asked.ruleset.tables["orders"].columns["status"].values),
    )
    assert status.also
    assert status.words
    text = to_markdown(asked.ruleset, (orders,), None)
    assert f"Also called: {', '.join(orders.also)}.\n" in text
    shape = f"text: {', '.join(status.words)}, or your own words for them"
    assert f"| {shape} | {', '.join(status.also)} | CF-8.2.3-1 |" in text
    rows = CalamineWorkbook.from_filelike(io.BytesIO(to_workbook(asked.ruleset, (orders,), None, BY)))
    told = rows.get_sheet_by_name("orders").to_python()
    assert ["Also called: " + ", ".join(orders.also) + "."] == [r[0] for r in told if str(r[0]).startswith("Also")]
    assert [shape, ", ".join(status.also), "CF-8.2.3-1"] in [r[2:5] for r in told]


def test_who_can_give_a_table_stands_apart_from_what_belongs_in_it(tmp_path: Path) -> None:
    text = GOOD.read_text("utf-8").replace("Every complaint of the year", "Every complaint | all. Given by: service")
    (tmp_path / "r.toml").write_text(text, encoding="utf-8")
    asked = load([("r", tmp_path / "r.toml")])
    tables = asked_for(asked.ruleset, asked.tests, list(asked.tests))
    assert (tables[0].purpose, tables[0].giver) == ("Every complaint | all", "service")
    assert "| `complaints` | Every complaint \\| all | service | 2 |" in to_markdown(asked.ruleset, tables, BY)
    assert "Given by: service." in to_markdown(asked.ruleset, tables, None)


def test_the_workbook_has_a_sheet_to_keep_track_and_one_for_each_table() -> None:
    asked = load([("firm", GOOD)])
    written = to_workbook(asked.ruleset, request(), BY, dt.date(2026, 11, 26))
    book = CalamineWorkbook.from_filelike(io.BytesIO(written))
    assert book.sheet_names == ["Overview", "complaints", "letters"]
    overview = book.get_sheet_by_name("Overview").to_python()
    assert ["complaints", BY] in [[row[0], row[3]] for row in overview]
    assert "received" in [row[0] for row in book.get_sheet_by_name("complaints").to_python()]


def test_tables_whose_names_no_workbook_takes_have_sheets_all_the_same() -> None:
    asked = load([("firm", GOOD)])
    first = request()[0]
    names = ("overview", "history", "a" * 33, "a" * 34)
    tables = tuple(replace(first, name=name) for name in names)
    book = CalamineWorkbook.from_filelike(io.BytesIO(to_workbook(asked.ruleset, tables, BY, BY)))
    assert book.sheet_names == ["Overview", "overview_2", "history_2", "a" * 31, "a" * 29 + "_2"]


def test_the_command_prints_or_writes_and_never_over_a_file_that_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*options: str) -> tuple[int, str, str]:
        code = main(["ruleset", "request", str(GOOD), *options])
        out, err = capsys.readouterr()
        return code, out, err

    code, printed, _ = run("--by", "2027-01-15")
    assert code == 0
    assert "Please send them by 2027-01-15." in printed
    assert "## letters" not in run("--select", "A-1.in-time")[1]
    markdown, sheet = tmp_path / "r.md", tmp_path / "r.xlsx"
    asked = ["--by", "2027-01-15", "-o", str(markdown), "-o", str(sheet)]
    assert run(*asked) == (0, "", "")
    assert markdown.read_text("utf-8") == printed
    assert CalamineWorkbook.from_path(sheet).sheet_names[0] == "Overview"
    code, _, err = run(*asked)
    assert code == 2
    assert "is there already" in err


@pytest.mark.parametrize("option", [["--select", "A-2"], ["-o", "r.docx"]])
def test_the_command_refuses_what_it_does_not_know(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ruleset", "request", str(GOOD), *option]) == 2
    assert capsys.readouterr().err
