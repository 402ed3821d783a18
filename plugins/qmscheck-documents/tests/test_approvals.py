"""Blocks of approvals: who prepared, reviewed and approved, and when, in every layout that firms use."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from made_documents import open_document, word
from qmscheck_documents import html, markdown, office, opendocument, workbook
from qmscheck_documents.approvals import signed
from qmscheck_documents.blocks import Parsed
from qmscheck_documents.particulars import particulars

Grid = list[list[str]]


def grid(text: str) -> Grid:
    """Read `a | b` lines."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def told(text: str) -> dict[str, str]:
    found = signed(grid(text))
    return {} if found is None else dict(found.told)


ALL = {
    "prepared by": "Ann Lee",
    "prepared on": "2026-01-01",
    "reviewed by": "Cem Oz",
    "reviewed on": "2026-01-02",
    "approved by": "Bob Ray",
    "approved on": "2026-01-03",
}


@pytest.mark.parametrize(
    "text",
    [
        """ | Prepared | Reviewed | Approved
        Name | Ann Lee | Cem Oz | Bob Ray
        Date | 2026-01-01 | 2026-01-02 | 3 January 2026
        Signature | AL | CO | BR""",
        """Freigabe | Erstellt | Geprüft | Freigegeben
        Name | Ann Lee | Cem Oz | Bob Ray
        Datum | 01.01.2026 | 02.01.2026 | 03.01.2026
        Unterschrift | gez. Lee | gez. Oz | gez. Ray""",
        """ | Erstellt von: | Geprüft durch: | Genehmigt durch:
        Funktion | QMB | Leiter Service | Geschäftsführer
        Name: | Ann Lee | Cem Oz | Bob Ray
        Datum / Unterschrift | 01.01.2026 Lee | 02.01.2026 Oz | 03.01.2026 Ray""",
        """Document | QP-14 | Version | 3
        Step | Name | Date | Signature
        Prepared by | Ann Lee | 2026-01-01 |
        Reviewed by | Cem Oz | 2026-01-02 |
        Approved by | Bob Ray | 2026-01-03 | """,
        """No. | Activity | Name, Vorname | Funktion | Datum | Unterschrift
        1 | Erstellung | Ann Lee | QMB | 01.01.2026 |
        2 | Prüfung | Cem Oz | | 02.01.2026 |
        3 | Freigabe | Bob Ray | | 03.01.2026 | """,
        """Prepared by | Ann Lee | 2026-01-01
        Reviewed by | Cem Oz | 2026-01-02
        Approved by | Bob Ray | 2026-01-03""",
        """Prepared by: | Ann Lee | Date: | 2026-01-01
        Reviewed by: | Cem Oz | Date: | 2026-01-02
        Approved by: | Bob Ray | Date: | 2026-01-03""",
        """Prepared by | Ann Lee
        Date | 2026-01-01
        Reviewed by | Cem Oz
        Date | 2026-01-02
        Approved by | Bob Ray
        Date | 2026-01-03""",
        """Prepared by | Reviewed by | Approved by
        Ann Lee | Cem Oz | Bob Ray
        QM | Sales | Director
        2026-01-01 | 2026-01-02 | 2026-01-03""",
        """Prepared by: Ann Lee | Reviewed by: Cem Oz | Approved by: Bob Ray
        Date: 2026-01-01 | Date: 2026-01-02 | Date: 2026-01-03
        Signature: | Signature: | Signature:""",
        """ | Prepared | | Reviewed | | Approved |
         | Name | Date | Name | Date | Name | Date
         | Ann Lee | 2026-01-01 | Cem Oz | 2026-01-02 | Bob Ray | 2026-01-03""",
        """Prepared | Reviewed | Approved
        Name: Ann Lee | Name: Cem Oz | Name: Bob Ray
        Date: 2026-01-01 | Date: 2026-01-02 | Date: 2026-01-03""",
    ],
)  # fmt: skip
def test_every_layout_tells_the_same(text: str) -> None:
    assert told(text) == ALL


@pytest.mark.parametrize(
    "text",
    [
        """ | Prepared | Reviewed | Approved
        Name | Ann | Cem |
        Date | 2026-01-01 | 2026-01-02 | """,
        """ | Prepared | Approved | Released
        Name | Ann | Bob |
        Date | 2026-01-01 | 2026-01-02 | """,
        """ | Prepared | Approved
        Name | Ann | Bob
        Date | 2026-01-01 | tbd
        Signature | AL | """,
        """Step | Name | Date
        Prepared by | Ann | 2026-01-01
        Approved by | | """,
        """Prepared by | Approved by
        Ann |
        2026-01-01 | """,
        """Prepared by | Ann | 2026-01-01
        Approved by | ____ | ____""",
        """Approved by | Bob
        Date | DD.MM.YYYY
        Signature | """,
        """Prepared by: | Ann | Approved by: |
        Date: | 2026-01-01 | Date: | """,
    ],
)  # fmt: skip
def test_a_blank_under_approved_is_a_blank_and_no_name_from_the_next_column(text: str) -> None:
    found = told(text)
    assert (found["approved by"], found["approved on"]) == ("", "")


def test_a_name_is_approval_enough_where_the_block_asks_for_no_date_and_no_signature() -> None:
    assert told("| Prepared | Approved\nName | Ann | Bob") | {} == {
        "prepared by": "Ann",
        "prepared on": "",
        "approved by": "Bob",
        "approved on": "",
    }


def test_who_signed_without_a_printed_name_is_known_by_signature_or_role() -> None:
    block = "| Prepared | Approved\nName | Ann | \nRole | QM | Managing director\nDate | 2026-01-01 | 2026-01-03\nSignature | AL | {}"
    assert told(block.format("B. Ray"))["approved by"] == "B. Ray"
    assert told(block.format("(picture)"))["approved by"] == "Managing director"
    assert told(block.format(""))["approved by"] == "Managing director"


def test_what_is_asked_for_below_the_word_approval_is_of_the_one_who_approves() -> None:
    block = "Approval |\nName | Bob Ray\nPosition | Managing director\nDate | {}\nSignature | {}"
    assert told(block.format("2026-01-03", "signed")) == {"approved by": "Bob Ray", "approved on": "2026-01-03"}
    assert told(block.format("", "")) == {"approved by": "", "approved on": ""}


def test_a_signature_that_is_a_picture_is_a_signature() -> None:
    block = "| Prepared | Approved\nName | Ann | Bob\nDate | | \nSignature | (picture) | {}"
    assert told(block.format("(picture)"))["approved by"] == "Bob"
    assert told(block.format(""))["approved by"] == ""


def test_where_several_must_approve_all_must_have() -> None:
    block = "| Prepared | Approved (QA) | Approved (board)\nName | Ann | Bob | {}\nDate | 2026-01-01 | 2026-01-03 | {}"
    assert told(block.format("Dee", "2026-01-09"))["approved by"] == "Bob; Dee"
    assert told(block.format("Dee", "2026-01-09"))["approved on"] == "2026-01-09"
    assert told(block.format("Dee", ""))["approved by"] == ""


def test_a_block_may_tell_the_version() -> None:
    block = "| Prepared | Approved\nName | Ann | Bob\nVersion | 2 | 3\nDate | 2026-01-01 | 2026-01-03"
    assert told(block)["version"] == "3"


def test_the_newest_entry_of_a_history_tells_version_and_approval() -> None:
    history = "Rev | Date | Prepared by | Approved by | Date | Change\n1.9 | 2025-01-01 | Ann | Bob | 2025-01-05 | First\n1.10 | 2026-01-01 | Ann | {} | {} | Second"
    found = signed(grid(history.format("Dee", "2026-01-05")))
    assert found is not None
    assert found.history
    assert dict(found.told) == {
        "version": "1.10",
        "prepared by": "Ann",
        "approved by": "Dee",
        "approved on": "2026-01-05",
    }
    assert told(history.format("", ""))["approved by"] == ""


@pytest.mark.parametrize(
    "text",
    [
        "Complaint | Owner | Approved by\nC1 | Ann | Bob",
        "Document | Version | Approved by\nQP-1 | 3 | Bob\nQP-2 | 4 | Bob",
        "Version | Document | Approved by\n3 | QP-1 | Bob\n1 | QP-2 | Bob\n2 | QP-3 | Bob",
        "Status | Name | Date\nApproved | Bob | 2026-01-01",
        "Version | 3\nApproved by | Bob\nApproved on | 2026-01-03",
        "Test | Checked | Approved\nTC-1 | yes | yes\nTC-2 | yes | no",
        "Reviewed by | Approved by\n" + "Ann | Bob\n" * 9,
        "Version | Change\n1 | First\n2 | Second",
        "Prepared by | Ann | Sales",
        "",
    ],
)
def test_registers_and_head_tables_are_no_blocks(text: str) -> None:
    assert signed(grid(text)) is None


@pytest.mark.parametrize(
    "word",
    ["Approver", "Approval", "Authorised by", "Released", "Signed off by", "Freigeber", "Freigabe", "Freigegeben durch",
     "Genehmigt von", "Genehmiger", "Geprüft und freigegeben", "3. Approved by (board):"],
)  # fmt: skip
def test_approval_has_many_words(word: str) -> None:
    assert told(f"| Prepared | {word}\nName | Ann | Bob\nDate | 2026-01-01 | 2026-01-03")["approved by"] == "Bob"


def test_of_a_very_long_table_the_first_rows_are_looked_at() -> None:
    block = grid("| Prepared | Approved\nName | Ann | Bob\nDate | 2026-01-01 | 2026-01-03")
    register = [["C1", "Ann", "open"]] * 20_000
    assert signed(block) is not None
    assert signed([*block, *register]) == signed(block)
    assert signed([*register, *block]) is None


WORDS = [
    "",
    "Name",
    "Date",
    "Prepared by",
    "Approved",
    "Reviewed by: Ann",
    "Ann",
    "2026-01-03",
    "Version",
    "2",
    "Unterschrift",
]


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=5), max_size=6))
def test_whatever_the_grid_nobody_is_made_up(cells: Grid) -> None:
    found = signed(cells)
    words = {part for row in cells for cell in row for part in (cell, cell.partition(": ")[2])} - {""}
    for label, value in found.told if found else ():
        assert value == "" or set(value.split("; ")) <= words, label


@given(st.permutations(["Prepared", "Reviewed", "Approved"]), st.booleans())
def test_the_order_of_the_columns_does_not_matter(steps: list[str], blank: bool) -> None:
    names = {"Prepared": "Ann", "Reviewed": "Cem", "Approved": "" if blank else "Bob"}
    dates = {"Prepared": "2026-01-01", "Reviewed": "2026-01-02", "Approved": "" if blank else "2026-01-03"}
    columns = [["", *steps], ["Name", *(names[s] for s in steps)], ["Date", *(dates[s] for s in steps)]]
    turned = [list(row) for row in zip(*columns, strict=True)]
    for cells in (columns, turned):
        found = signed(cells)
        assert found is not None
        assert dict(found.told)["approved by"] == names["Approved"]
        assert dict(found.told)["prepared on"] == "2026-01-01"


BLOCK = [
    ["", "Erstellt", "Geprüft", "Freigegeben"],
    ["Name", "Ann Lee", "Cem Oz", ""],
    ["Datum", "01.01.2026", "02.01.2026", ""],
]


def in_word() -> bytes:
    def build(document: Any) -> None:
        table = document.add_table(3, 4)
        for n, row in enumerate(BLOCK):
            for m, text in enumerate(row):
                table.cell(n, m).text = text

    return word(build)


def in_odt() -> bytes:
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in BLOCK
    )
    return open_document(f"<table:table>{rows}</table:table>")


def in_html() -> bytes:
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in BLOCK)
    return f"<meta charset=utf-8><table>{rows}</table>".encode()


def in_markdown() -> bytes:
    lines = [f"| {' | '.join(row)} |" for row in BLOCK]
    return "\n".join([lines[0], "|---|---|---|---|", *lines[1:]]).encode()


def in_workbook() -> bytes:
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = made.add_worksheet("Freigabe")
    for n, row in enumerate(BLOCK):
        sheet.write_row(n, 0, row)
    made.close()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("parser", "content"),
    [
        (office, in_word()),
        (opendocument, in_odt()),
        (html, in_html()),
        (markdown, in_markdown()),
        (workbook, in_workbook()),
    ],
    ids=["word", "odt", "html", "markdown", "workbook"],
)
def test_every_format_hands_its_tables_to_the_same_recogniser(parser: Any, content: bytes) -> None:
    found = parser.parse(content)
    assert isinstance(found, Parsed)
    values = particulars(found).values
    assert {column: value for column, value in values.items() if column != "modified_on"} == {
        "prepared_by": "Ann Lee",
        "prepared_on": "2026-01-01",
        "reviewed_by": "Cem Oz",
        "reviewed_on": "2026-01-02",
    }


def test_a_date_in_the_place_of_a_name_is_when_and_no_person() -> None:
    assert told("Approved | 2026-01-03\nSignature | B. Ray") == {"approved by": "B. Ray", "approved on": "2026-01-03"}
