"""What is proposed for small folders: tables, columns, and how their cells are read."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from proposing import RULESET, proposed, ruleset

from qmscheck.proposal import Mapped, Proposal, Proposed
from qmscheck.proposal.writing import plan_text

HEADINGS = "Reklamation-Nr.;Eingang;erledigt am;Kundennummer;Bearbeiter;Kosten;dringend;Status"
ROWS = [
    "R-1;31.01.2026;02.02.2026;K1;A. Weber;12,50;ja;erledigt",
    "R-2;01.02.2026;;K2;B. Lang;7,00;nein;offen",
    "R-3;03.02.2026;04.02.2026;K3;A. Weber;n/a;ja;Erledigt",
]
COMPLAINTS = {"Reklamationen.csv": "\n".join([HEADINGS, *ROWS]) + "\n"}
CUSTOMERS = {"Kunden.csv": "Kundennummer;country\nK1;DE\nK2;AT\nK3;CH\nK4;DE\n"}


def _only(proposal: Proposal) -> Proposed:
    (one,) = proposal.tables
    return one


def _columns(one: Proposed) -> dict[str, Mapped]:
    return {column.column: column for column in one.columns}


def _complaints(tmp_path: Path, *rows: str, headings: str = HEADINGS) -> dict[str, Mapped]:
    return _columns(_only(proposed(tmp_path, {"Reklamationen.csv": "\n".join([headings, *rows]) + "\n"})))


def test_german_headings_find_their_columns_by_the_synonyms_of_the_ruleset(tmp_path: Path) -> None:
    one = _only(proposed(tmp_path, COMPLAINTS))

    assert (one.name, one.sure, one.again, one.second) == ("complaints", True, "", False)
    assert {column.column: column.heading for column in one.columns if column.sure} == {
        "complaint_id": "Reklamation-Nr.",
        "received_on": "Eingang",
        "closed_on": "erledigt am",
        "customer_id": "Kundennummer",
        "owner": "Bearbeiter",
        "cost": "Kosten",
        "urgent": "dringend",
        "status": "Status",
    }
    assert "'Reklamationen' is like 'Reklamationen'" in one.why


def test_each_column_says_how_it_is_read_and_why(tmp_path: Path) -> None:
    columns = _columns(_only(proposed(tmp_path, COMPLAINTS)))

    assert columns["received_on"].formats == ("%d.%m.%Y",)
    assert any("'31.01.2026' in row 2" in why for why in columns["received_on"].why)
    assert (columns["cost"].decimal, columns["cost"].missing) == (",", ("n/a",))
    assert columns["status"].values == {"erledigt": "closed", "Erledigt": "closed", "offen": "open"}
    assert [name for name, column in columns.items() if column.personal] == ["owner"]
    assert [column.questions for column in columns.values()] == [()] * 8


def test_values_that_are_keys_of_another_table_are_a_reason(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, COMPLAINTS | CUSTOMERS)

    (complaints,) = [one for one in proposal.tables if one.name == "complaints"]
    assert "3 of its 3 values stand in customers (Kunden.csv)" in _columns(complaints)["customer_id"].why


def test_a_column_whose_name_says_nothing_is_known_by_the_keys_that_it_holds(tmp_path: Path) -> None:
    renamed = COMPLAINTS["Reklamationen.csv"].replace("Kundennummer", "Wer")
    proposal = proposed(tmp_path, {"Reklamationen.csv": renamed} | CUSTOMERS)

    (complaints,) = [one for one in proposal.tables if one.name == "complaints"]
    assert _columns(complaints)["customer_id"].heading == "Wer"


def test_a_column_whose_name_says_nothing_is_known_by_the_words_of_a_closed_list(tmp_path: Path) -> None:
    columns = _complaints(tmp_path, *ROWS, headings=HEADINGS.replace("Status", "Lage"))
    assert columns["status"].heading == "Lage"
    assert columns["status"].why == ("its values are words of the closed list",)


def test_letters_that_grade_anything_are_no_words_of_a_closed_list(tmp_path: Path) -> None:
    graded = RULESET.replace(
        'values = { open = ["new", "offen"], closed = ["done", "erledigt"] }',
        'values = { open = ["A"], closed = ["B"] }',
    )
    rows = [f"{row.rpartition(';')[0]};{mark}" for row, mark in zip(ROWS, "ABA", strict=True)]
    text = "\n".join([HEADINGS.replace("Status", "Klasse"), *rows]) + "\n"
    (complaints,) = proposed(tmp_path / "a", {"Reklamationen.csv": text}, graded).tables
    assert "status" not in _columns(complaints)
    (named,) = proposed(tmp_path / "b", {"Reklamationen.csv": text.replace("Klasse", "Status")}, graded).tables
    assert _columns(named)["status"].values == {"A": "open", "B": "closed"}


def test_a_column_that_names_each_record_is_no_state(tmp_path: Path) -> None:
    rows = [f"R-{n};0{n}.02.2026;;K1;A;1,5;ja;Haus {n}" for n in range(1, 9)]
    assert "status" not in _complaints(tmp_path / "a", *rows, headings=HEADINGS.replace("Status", "State owner"))
    asked = _complaints(tmp_path / "b", *rows)["status"]  # called so to the letter: asked
    assert "what does 'Haus 1', 'Haus 2'" in asked.questions[0]


def test_a_bare_number_is_no_number_of_something_else(tmp_path: Path) -> None:
    columns = _complaints(tmp_path, *ROWS, headings=HEADINGS.replace("Kundennummer", "Nr."))
    assert "customer_id" not in columns


def test_a_name_to_the_letter_goes_before_one_that_is_like_it(tmp_path: Path) -> None:
    keyed = RULESET.replace('synonyms = ["complaint no", "Reklamation-Nr."]', 'synonyms = ["Issue key"]')
    rows = [f"100{n};SUP-{n};{row.partition(';')[2]}" for n, row in enumerate(ROWS)]
    text = "\n".join([HEADINGS.replace("Reklamation-Nr.", "Issue id;Issue key"), *rows]) + "\n"
    (complaints,) = proposed(tmp_path, {"Reklamationen.csv": text}, keyed).tables
    found = _columns(complaints)["complaint_id"]
    assert (found.heading, found.sure, found.questions) == ("Issue key", True, ())


def test_what_a_ticket_tool_wraps_a_name_in_is_no_part_of_it(tmp_path: Path) -> None:
    headings = HEADINGS.replace("Kundennummer", "Custom field (Kundennummer)")
    assert _complaints(tmp_path, *ROWS, headings=headings)["customer_id"].heading == "Custom field (Kundennummer)"


def test_times_with_an_offset_ask_for_the_zone(tmp_path: Path) -> None:
    rows = [f"R-{n};2026-02-0{n}T23:30:00Z;;K1;A;1,5;ja;offen" for n in range(1, 4)]
    told = "# ? 'Eingang' in Reklamationen.csv holds times with their offset from UTC: which zone's clock tells the day?\n# timezone = \"Europe/Berlin\"\n"
    for place, cells, asked in (("a", rows, True), ("b", ROWS, False)):
        files = {"Reklamationen.csv": "\n".join([HEADINGS, *cells]) + "\n"}
        (tmp_path / place).mkdir()
        text = plan_text(
            proposed(tmp_path / place, files), ruleset(tmp_path), organization="O", rulesets=["s"], before=None
        )
        assert (told in text) is asked


def test_keys_that_another_table_does_not_know_speak_against_a_column(tmp_path: Path) -> None:
    alien = COMPLAINTS["Reklamationen.csv"].replace(";K1;", ";X1;").replace(";K2;", ";X2;").replace(";K3;", ";X3;")
    known = proposed(tmp_path / "a", COMPLAINTS | CUSTOMERS)
    unknown = proposed(tmp_path / "b", {"Reklamationen.csv": alien} | CUSTOMERS)

    scores = [
        _columns(next(one for one in proposal.tables if one.name == "complaints"))["customer_id"].score
        for proposal in (known, unknown)
    ]
    assert scores[0] > scores[1]


@pytest.mark.parametrize(
    ("column", "cells", "question"),
    [
        ("Eingang", ["01/02/2026", "03/04/2026", "05/06/2026"], "can be read as day/month/year and as month/day/year"),
        ("Eingang", ["45000", "45001", "45002"], "does '45000' in row 2 count days as a spreadsheet does"),
        ("erledigt am", ["01.02.2026", "bald", "17.02.2026"], "'bald' in row 3: not a date"),
        ("Kosten", ["1.234", "2.345", "9.876"], "is the '.' in '1.234' in row 2 for decimals or for thousands?"),
        ("Kosten", ["1,5", "viel", "2,5"], "'viel' in row 3: not a number"),
        ("dringend", ["ja", "nein", "vielleicht"], "'vielleicht' in row 4: not yes or no"),
        ("Status", ["offen", "erledigt", "beim Chef"], "what does 'beim Chef' mean? One of: open, closed"),
    ],
)
def test_what_cannot_be_known_is_a_question(tmp_path: Path, column: str, cells: list[str], question: str) -> None:
    at = HEADINGS.split(";").index(column)
    rows = [
        ";".join([*row.split(";")[:at], cell, *row.split(";")[at + 1 :]]) for row, cell in zip(ROWS, cells, strict=True)
    ]
    found = [c for c in _complaints(tmp_path, *rows).values() if c.heading == column]

    assert any(question in told for told in found[0].questions), found


def test_days_of_a_spreadsheet_are_asked_with_both_counts(tmp_path: Path) -> None:
    rows = [f"R-{n};{45000 + n};;K1;A;1,5;ja;offen" for n in range(3)]
    found = _complaints(tmp_path, *rows)["received_on"]
    assert (found.formats, found.either) == ((), ("excel", "excel-1904"))


def test_sentences_of_persons_are_not_repeated_in_a_question(tmp_path: Path) -> None:
    said = [f"Frau Beispiel rief am Morgen an und war sehr verärgert {n}" for n in range(3)]
    rows = [row.rpartition(";")[0] + f";{text}" for row, text in zip(ROWS, said, strict=True)]
    columns = _complaints(tmp_path, *rows)

    assert not any("Beispiel" in told for column in columns.values() for told in (*column.questions, *column.why))


def test_two_columns_that_would_do_are_a_question(tmp_path: Path) -> None:
    columns = _complaints(tmp_path, *(f"{row};x" for row in ROWS), headings=HEADINGS + ";assignee")
    assert not columns["owner"].sure
    assert "would do as well: which of the two is it?" in columns["owner"].questions[0]


def test_a_table_that_fits_nothing_is_named_with_its_columns(tmp_path: Path) -> None:
    one = _only(proposed(tmp_path, {"weather.csv": "wind;rain\n3;x\n4;y\n"}))
    assert (one.name, one.sure, one.columns) == ("", False, ())
    assert [shape.column.heading for shape in one.rest] == ["wind", "rain"]


def test_columns_that_are_asked_for_and_not_found_are_named_with_what_they_are(tmp_path: Path) -> None:
    country = 'country = { type = "text", title = "Country supplied" }'
    more = 'since = { type = "date", optional = true, title = "First order" }\ngroup = { type = "text" }'
    text = RULESET.replace(country, f"{country}\n{more}")
    found = proposed(tmp_path, {"Kunden.csv": "Kundennummer;Notiz\nK1;x\nK2;y\n"}, text)
    plan = plan_text(found, ruleset(tmp_path, text), organization="O", rulesets=["shop.toml"], before=None)
    assert "# Not read: 'Notiz'.\n# Nothing is proposed for: country (Country supplied); group.\n" in plan


def test_columns_about_persons_that_nothing_asks_for_are_marked(tmp_path: Path) -> None:
    one = _only(proposed(tmp_path, {"weather.csv": "E-Mail;Telefon;wind;contact\na@b.de;1;x;c@d.de\n"}))
    assert [shape.personal for shape in one.rest] == [
        "an e-mail address",
        "a telephone number",
        None,
        "an e-mail address",
    ]


def test_the_same_records_in_two_files_are_proposed_once(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, COMPLAINTS | {"copy/alle.csv": COMPLAINTS["Reklamationen.csv"]})

    first, second = sorted(proposal.tables, key=lambda one: not one.sure)
    assert (first.sure, second.sure, second.again) == (True, False, first.table.label)


def test_running_numbers_alone_do_not_make_two_files_the_same(tmp_path: Path) -> None:
    other = "\n".join([HEADINGS, *(f"R-{n};0{n}.05.2026;;K9;C. Neu;{n},10;nein;offen" for n in range(1, 4))]) + "\n"
    proposal = proposed(tmp_path, COMPLAINTS | {"Reklamationen_alt.csv": other})
    assert [(one.name, one.sure) for one in proposal.tables] == [("complaints", True)] * 2


def test_one_register_a_year_is_one_source_with_a_pattern(tmp_path: Path) -> None:
    files = {f"log/Reklamationen_{year}.csv": COMPLAINTS["Reklamationen.csv"] for year in (2025, 2026)}
    one = _only(proposed(tmp_path, files))

    assert (one.table.path, one.table.rows, len(one.table.paths)) == ("log/Reklamationen_*.csv", 6, 2)


def test_files_of_one_form_stay_apart_where_a_pattern_would_take_another_too(tmp_path: Path) -> None:
    files = {f"Reklamationen_{year}.csv": COMPLAINTS["Reklamationen.csv"] for year in (2025, 2026)}
    proposal = proposed(tmp_path, files | {"Reklamationen_alt.csv": "a;b\n1;2\n"})
    assert {one.table.path for one in proposal.tables} == {*files, "Reklamationen_alt.csv"}


LISTS = (
    RULESET
    + """
[table.visits]
purpose = "Visits at the customer's, one line each"
key = "visit_id"
[table.visits.columns]
visit_id = { type = "text", synonyms = ["visit no"] }
complaint_id = { type = "text", synonyms = ["complaint no", "Reklamation-Nr."] }
visited_on = { type = "date", synonyms = ["date of the visit", "Besuch am"] }
visitor = { type = "text", synonyms = ["Besucher"] }

[[rule]]
id = "A.visits"
obligation = "A"
title = "There are visits"
each = "visits"
must = "visited_on is not null and visitor is not null and complaint_id is not null"
statement = "{unmet} of {population} are not."
"""
)


def test_a_list_may_hold_a_second_table_whose_key_is_that_of_the_first(tmp_path: Path) -> None:
    rows = [f"{row};05.02.2026;C. Reise" for row in ROWS]
    text = "\n".join([HEADINGS + ";Besuch am;Besucher", *rows]) + "\n"
    first, second = proposed(tmp_path, {"Reklamationen.csv": text}, LISTS).tables

    assert (first.name, second.name, second.second, second.sure) == ("complaints", "visits", True, True)
    assert _columns(second)["visit_id"].heading == "Reklamation-Nr."
    assert _columns(second)["visit_id"].why == ("each line is one of the complaints, so its number will do",)


def test_a_second_table_is_not_seen_where_the_words_are_none_of_its_closed_list(tmp_path: Path) -> None:
    listed = LISTS.replace(
        'visitor = { type = "text", synonyms = ["Besucher"] }',
        'visitor = { type = "text", synonyms = ["Besucher"] }\nkind = { type = "text", values = { first = [], again = [] } }',
    ).replace("visitor is not null", "visitor is not null and kind is not null")
    for place, word, names in (("a", "again", ["complaints", "visits"]), ("b", "Done", ["complaints"])):
        rows = [f"{row};05.02.2026;C. Reise;{word}" for row in ROWS]
        text = "\n".join([HEADINGS + ";Besuch am;Besucher;kind", *rows]) + "\n"
        (tmp_path / place).mkdir()
        assert [one.name for one in proposed(tmp_path / place, {"Reklamationen.csv": text}, listed).tables] == names


def test_a_second_table_is_not_seen_in_a_list_that_has_a_file_of_its_own(tmp_path: Path) -> None:
    rows = [f"{row};05.02.2026;C. Reise" for row in ROWS]
    text = "\n".join([HEADINGS + ";Besuch am;Besucher", *rows]) + "\n"
    visits = "visit no;Reklamation-Nr.;Besuch am;Besucher\nV1;R-1;06.02.2026;C\nV2;R-2;07.02.2026;D\n"
    proposal = proposed(tmp_path, {"Reklamationen.csv": text, "visits.csv": visits}, LISTS)

    assert [(one.table.path, one.name) for one in proposal.tables] == [
        ("Reklamationen.csv", "complaints"),
        ("visits.csv", "visits"),
    ]


def test_tables_that_would_do_as_well_are_named(tmp_path: Path) -> None:
    twin = RULESET.replace("customers", "clients")
    both = RULESET + twin[twin.index("[table.clients]") : twin.index("[table.documents]")]
    both += twin[twin.index('[[rule]]\nid = "A.clients"') : twin.index('[[rule]]\nid = "A.documents"')]
    one = _only(proposed(tmp_path, {"x.csv": "Kundennummer;country\nK1;DE\nK2;AT\n"}, both))

    assert (one.sure, {one.name, *one.rivals}) == (False, {"clients", "customers"})


def test_what_the_plan_reads_already_is_passed_over(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, COMPLAINTS | CUSTOMERS, passed=lambda path, _options: path == "Kunden.csv")
    assert [one.table.path for one in proposal.tables] == ["Reklamationen.csv"]


# ---------------------------------------------------------------- registers whose columns drift

LATER = COMPLAINTS["Reklamationen.csv"].replace("Eingang", "date received").replace(";dringend", "").replace(";ja", "")
LATER = LATER.replace(";nein", "").replace("R-", "S-")


def _years(tmp_path: Path, later: str) -> tuple[Proposed, ...]:
    files = {"Reklamationen_2025.csv": COMPLAINTS["Reklamationen.csv"], "Reklamationen_2026.csv": later}
    return proposed(tmp_path, files).tables


def test_a_register_whose_headings_drift_is_one_source(tmp_path: Path) -> None:
    (one,) = _years(tmp_path, LATER)
    columns = _columns(one)

    assert (one.table.path, one.table.rows) == ("Reklamationen_*.csv", 6)
    assert columns["received_on"].headings == ("Eingang", "date received")
    assert columns["received_on"].why[0] == "'Eingang' in Reklamationen_2025.csv"
    assert (columns["urgent"].optional, columns["received_on"].optional) == (True, False)
    assert columns["urgent"].why[0] == "not in Reklamationen_2026.csv"


@pytest.mark.parametrize(
    "later",
    [
        LATER.replace("31.01.2026", "01/31/2026")
        .replace("01.02.2026", "02/01/2026")
        .replace("03.02.2026", "02/03/2026"),
        LATER.replace("12,50", "12.50").replace("7,00", "7.00"),
        LATER.replace("date received", "date received;Eingang").replace("R-", "S-").replace(".2026;", ".2026;x;", 3),
    ],
)
def test_years_that_write_differently_stay_sources_of_their_own(tmp_path: Path, later: str) -> None:
    assert [one.table.path for one in _years(tmp_path, later)] == ["Reklamationen_2025.csv", "Reklamationen_2026.csv"]


def test_a_drifting_register_is_written_with_its_headings(tmp_path: Path) -> None:
    files = {"Reklamationen_2025.csv": COMPLAINTS["Reklamationen.csv"], "Reklamationen_2026.csv": LATER}
    found = proposed(tmp_path, files)
    text = plan_text(found, ruleset(tmp_path), organization="O", rulesets=["shop.toml"], before=None)

    assert 'received_on = { from = ["Eingang", "date received"], format = "%d.%m.%Y" }' in text
    assert 'urgent = { from = "dringend", optional = true }  # not in Reklamationen_2026.csv; ' in text


def test_the_tables_of_an_archive_are_proposed_by_the_names_of_its_members(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with zipfile.ZipFile(tmp_path / "folder" / "export.zip", "w") as made:
        for name, text in {**COMPLAINTS, **CUSTOMERS}.items():
            made.writestr(f"data/{name}", text)
    proposal = proposed(tmp_path, {})

    assert {one.name: (one.sure, one.table.label) for one in proposal.tables} == {
        "complaints": (True, "export.zip [data/Reklamationen.csv]"),
        "customers": (True, "export.zip [data/Kunden.csv]"),
    }
    assert 'member = "data/Kunden.csv"' in plan_text(
        proposal, ruleset(tmp_path), organization="O", rulesets=["shop.toml"], before=None
    )


@pytest.mark.parametrize("again", [True, False])
def test_records_without_a_key_in_two_files_are_proposed_once_and_asked_about(tmp_path: Path, *, again: bool) -> None:
    rows = [f"{n}.03.2026;{n + 1}.03.2026;Weber {n};{n},50;ja;offen" for n in range(10, 20)]
    text = "\n".join(["Eingang;erledigt am;Bearbeiter;Kosten;dringend;Status", *rows]) + "\n"
    other = text if again else text.replace(".03.2026", ".04.2026")
    tables = proposed(tmp_path, {"Reklamationen.csv": text, "Reklamationen alt.csv": other}).tables

    assert [one.name for one in tables] == ["complaints", "complaints"]
    assert sum(bool(one.again) for one in tables) == again
    assert sum(one.sure for one in tables) == (1 if again else 2)


def test_the_only_sheet_of_a_workbook_gives_its_name_where_the_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with xlsxwriter.Workbook(tmp_path / "folder" / "export.xlsx") as book:
        sheet = book.add_worksheet("Kunden")
        for row, record in enumerate([["Nr.", "Land"], ["K1", "DE"], ["K2", "AT"]]):
            sheet.write_row(row, 0, record)
    one = _only(proposed(tmp_path, {}))

    assert one.name == "customers"
    assert "'Kunden' is like 'Kunden'" in one.why
