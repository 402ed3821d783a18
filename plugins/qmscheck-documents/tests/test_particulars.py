"""What a document says of itself, and where it contradicts itself."""

from __future__ import annotations

import pytest
from qmscheck_documents import markdown
from qmscheck_documents.blocks import Block, Parsed
from qmscheck_documents.particulars import particulars


def told(text: str) -> Parsed:
    parsed = markdown.parse(text.encode())
    assert isinstance(parsed, Parsed)
    return parsed


# Three heads made after GSTT-CSC/QMS-Template, Apache-2.0 (shortened): CSC-PR-001, CSC-PL-001, CSC-F-003.
PROCEDURE = """---
qms_version: 2.2.1
sop_version: 2.0.4
---
# SOP Design
| | |
|---|---|
| **Document ID** | CSC PR.001 |
| **Document Version** | 2.0.3 |
| **Author** | |
| **QMS Version** | 2.2.0 |
"""
FORM = """---
sop_id: CSC PR.011
sop_version: 2.0.3
template_id: CSC F.003
template_version: 2.0.3
record_version:
record_id: MR-001
---
# Report
| | |
|---|---|
| **Template ID** | CSC F.003 |
| **Template Version** | 2.0.3 |
| **SOP Version** | 2.0.1 |
"""


def test_front_matter_and_head_table_that_differ_are_named() -> None:
    found = particulars(told(PROCEDURE))
    assert found.contradictions == (
        "qms version: front matter 2.2.1, table 2.2.0; version: front matter 2.0.4, table 2.0.3"
    )
    assert (found.values["version"], found.values["doc_id"]) == ("2.0.4", "CSC PR.001")


def test_a_form_has_its_own_version_and_that_of_its_procedure() -> None:
    found = particulars(told(FORM))
    assert found.contradictions == "sop version: front matter 2.0.3, table 2.0.1"
    assert (found.values["version"], found.values["doc_id"]) == ("2.0.3", "CSC F.003")


def test_sources_that_differ_in_spelling_only_agree() -> None:
    found = particulars(
        told("---\nversion: v1.0\ndoc_id: QP 14\n---\n# A\n\n**Version:** 1.0\n**Document ID:** QP-14\n")
    )
    assert found.contradictions == "none"


def test_a_document_that_names_nothing_of_itself_cannot_contradict_itself() -> None:
    assert particulars(told("# Canteen\n\nSoup on Monday.\n")).contradictions is None
    assert particulars(told("---\ntitle: Canteen\nversion:\n---\n# Soup\n")).contradictions is None
    assert particulars(told("Version: 2\n\nSoup on Monday.\n")).contradictions == "none"


def test_labels_in_lines_of_text_are_read_in_german() -> None:
    found = particulars(
        told("# Politik\n\nFreigegeben von: Geschäftsführung, 12.03.2026  \nNächste Überprüfung: 1. März 2027\n")
    )
    assert found.values["approved_by"] == "Geschäftsführung"
    assert found.values["approved_on"] == "2026-03-12"
    assert found.values["review_due"] == "2027-03-01"


def test_what_is_not_filled_in_says_nothing() -> None:
    text = "# P\n\n**Owner:** {{ owner }}\n**Approved by (top management):** ______ **Date:** ___/___/____\n**Status:** [TODO]\n"
    assert particulars(told(text)).values == {}


def test_an_ambiguous_date_stays_as_it_stands() -> None:
    assert particulars(told("Review due: 02/05/2027\nOwner: Ann\n")).values["review_due"] == "02/05/2027"


def test_a_footer_may_hold_the_version() -> None:
    parsed = Parsed([Block("paragraph", "QP-14 | Version 2.1 | Page 3", mark="header_footer")])
    assert particulars(parsed).values["version"] == "2.1"


def test_columns_of_a_register_do_not_describe_the_document() -> None:
    found = particulars(told("# Register\n\n| Complaint | Owner | Status |\n|---|---|---|\n| C1 | Ann | open |\n"))
    assert found.values == {}


def test_the_row_of_an_approval_table_tells_who_approved_and_when() -> None:
    table = "| Step | Name | Date |\n|---|---|---|\n| Prepared by | Ann | 2026-01-01 |\n| Approved by | Bob | 2026-01-03 |\n"
    prepared = {"prepared_by": "Ann", "prepared_on": "2026-01-01"}
    assert particulars(told(table)).values == {**prepared, "approved_by": "Bob", "approved_on": "2026-01-03"}
    assert particulars(told(table.replace("Bob | 2026-01-03", " | "))).values == prepared
    assert particulars(told(table.replace("Step", "Status"))).values == {}


BLOCK = "\n| | Prepared | Approved |\n|---|---|---|\n| Name | Ann | {} |\n| Date | 2026-01-01 | {} |\n"


def test_a_block_that_nobody_signed_is_believed_before_a_head_that_names_who_is_to_approve() -> None:
    head = "# P\n\nApproved by: Director\n"
    signed = particulars(told(head + BLOCK.format("Bob", "2026-01-03")))
    assert (signed.values["approved_by"], signed.values["approved_on"]) == ("Bob", "2026-01-03")
    assert signed.contradictions == "none"
    blank = particulars(told(head + BLOCK.format("", "")))
    assert "approved_by" not in blank.values
    assert blank.contradictions == "approved_by: block of approvals (blank), text Director"
    assert particulars(told(BLOCK.format("", ""))).contradictions == "none"


def test_a_history_of_changes_tells_version_and_approval_where_nothing_else_does() -> None:
    history = "\n| Version | Date | Approved by |\n|---|---|---|\n| 1 | 2025-01-01 | Ann |\n| 2 | 2026-01-01 | {} |\n"
    assert particulars(told("# P\n" + history.format("Bob"))).values == {"version": "2", "approved_by": "Bob"}
    found = particulars(told("# P\n\nVersion: 1\n\nApproved by: Director\n" + history.format("Bob")))
    assert found.values == {"version": "1", "approved_by": "Director"}
    assert found.contradictions == "version: text 1, history of changes 2"
    assert "approved_by" not in particulars(told("Approved by: Director\n" + history.format(""))).values


def test_a_head_table_in_the_header_of_a_long_document_is_read() -> None:
    body = [Block("paragraph", f"Line {n}") for n in range(200)]
    head = Block("paragraph", "Owner: Ann", mark="header_footer", pairs=(("Owner", "Ann"),), own_labels=True)
    assert particulars(Parsed([*body, head])).values == {"owner": "Ann"}


def test_a_name_in_a_line_beside_a_blank_date_is_that_of_who_is_to_sign() -> None:
    line = "Prepared by: Ann   Date: 2026-01-01\n\nApproved by: Bob   Date: {}   Signature: {}\n"
    prepared = {"prepared_by": "Ann", "prepared_on": "2026-01-01"}
    assert particulars(told(line.format("____", "____"))).values == prepared
    assert particulars(told(line.format("3 January 2026", "____"))).values == {
        **prepared,
        "approved_by": "Bob",
        "approved_on": "2026-01-03",
    }


@pytest.mark.parametrize(
    ("line", "by", "on"),
    [
        ("Approved: A. Smith", "A. Smith", None),
        ("Approved: A. Smith, 12 March 2026", "A. Smith", "2026-03-12"),
        ("**Approved:** Dr. A. Smith, Managing Director", "Dr. A. Smith, Managing Director", None),
        ("Approved: 12 March 2026", None, "2026-03-12"),
        ("Freigegeben: B. Kern, 12.03.2026", "B. Kern", "2026-03-12"),
        ("Freigabe: 12.03.2026", None, "2026-03-12"),
        ("Freigabe: Geschäftsführung", "Geschäftsführung", None),
        ("Released: 2026-03-12", None, "2026-03-12"),
        ("Approved: yes", None, None),
        ("Approval: pending", None, None),
        ("Freigegeben: ja", None, None),
        ("Freigabe: erfolgt 12.03.2026", None, "2026-03-12"),
        ("Freigabe: offen, 12.03.2026", None, None),
        ("Approved: ____", None, None),
        ("Approved: the changes of last year were looked at by all", None, None),
        ("Released: 2.1", None, None),
        ("Status: approved", None, None),
    ],
)
def test_approved_names_a_person_or_a_day_and_an_answer_names_neither(
    line: str, by: str | None, on: str | None
) -> None:
    values = particulars(told(f"# Policy\n\n{line}\n")).values
    assert (values.get("approved_by"), values.get("approved_on")) == (by, on)


def test_front_matter_that_says_approved_names_nobody_by_it() -> None:
    values = particulars(told("---\napproved: true\nreviewed: 2026-03-12\nprepared: B. Kern\n---\n# Policy\n")).values
    assert "approved_by" not in values
    assert (values["reviewed_on"], values["prepared_by"]) == ("2026-03-12", "B. Kern")


def test_days_beside_bare_steps_that_differ_are_named() -> None:
    found = particulars(told("---\napproved: 2026-03-12\n---\n# Policy\n\nFreigabe: 13.03.2026\n"))
    assert found.contradictions == "approved_on: front matter 2026-03-12, text 13.03.2026"


@pytest.mark.parametrize(
    ("line", "by", "on"),
    [
        ("Approved: Bob", "Bob", None),
        ("Approved: Bob Ray, 2026-01-03", "Bob Ray", "2026-01-03"),
        ("Approved: Bob Ray (Managing director), 3 January 2026", "Bob Ray (Managing director)", "2026-01-03"),
        ("Approved: by Bob Ray on 3 January 2026", "Bob Ray", "2026-01-03"),
        ("Freigegeben: Bob", "Bob", None),
        ("Freigegeben: durch Bob Ray am 03.01.2026", "Bob Ray", "2026-01-03"),
        ("Freigabe: Bob Ray, 03.01.2026", "Bob Ray", "2026-01-03"),
        ("Genehmigt: die Geschäftsführung", "die Geschäftsführung", None),
        ("Released: B. Ray; 2026-01-03", "B. Ray", "2026-01-03"),
        ("Approved by: 2026-01-03", None, "2026-01-03"),
        ("Approved: 2026-01-03", None, "2026-01-03"),
        ("Freigegeben: am 03.01.2026", None, "2026-01-03"),
        ("Approved: yes", None, None),
        ("Approved: Yes, 2026-01-03", None, "2026-01-03"),
        ("Freigabe: erteilt", None, None),
        ("Approved: ____", None, None),
        ("Status: approved", None, None),
        ("Approved: suppliers of the list only", None, None),
        ("Released: Version 3 of the press", None, None),
    ],
)
def test_behind_approved_alone_stands_a_person_a_date_both_or_neither(
    line: str, by: str | None, on: str | None
) -> None:
    for text in (f"# P\n\n{line}\n", f"---\n{line}\n---\n# P\n"):
        values = particulars(told(text)).values
        assert (values.get("approved_by"), values.get("approved_on")) == (by, on)


def test_a_sentence_behind_approved_is_doubtful_and_no_person() -> None:
    found = particulars(told("# P\n\nApproved: suppliers of the list only\n"))
    assert found.doubtful == (
        ("approved_by", "whether 'approved: suppliers of the list only' names a person cannot be told"),
    )
    assert particulars(told("# P\n\nApproved: yes\n")).doubtful == ()


def test_who_prepared_and_reviewed_is_read_without_by_too() -> None:
    found = particulars(told("# P\n\nPrepared: Ann, 2026-01-01  \nReviewed: 2026-01-02  \nGeprüft: jährlich\n"))
    assert found.values == {"prepared_by": "Ann", "prepared_on": "2026-01-01", "reviewed_on": "2026-01-02"}


def test_a_cell_beside_approved_is_read_like_a_line() -> None:
    table = "# P\n\n| | |\n|---|---|\n| Version | 2 |\n| Approved | {} |\n| Prepared | Ann |\n"
    assert particulars(told(table.format("Bob"))).values == {
        "version": "2",
        "approved_by": "Bob",
        "prepared_by": "Ann",
    }
    assert particulars(told(table.format("2026-01-03"))).values["approved_on"] == "2026-01-03"
    assert "approved_by" not in particulars(told(table.format("2026-01-03"))).values
