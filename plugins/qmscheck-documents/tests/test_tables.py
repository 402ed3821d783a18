"""Table rows that can be read alone."""

from __future__ import annotations

from qmscheck_documents.tables import rows


def test_each_row_carries_the_headings() -> None:
    (row,) = rows([["Date", "Status", "Report"], ["02/05/2022", "Complete", ""]], [25, 27], headed=True)
    assert (row.text, row.line, row.blank) == ("Date: 02/05/2022; Status: Complete", 27, False)


def test_a_head_table_carries_its_own_labels() -> None:
    version, approval = rows([["", ""], ["Version", "2.0.3"], ["Approval", ""]], headed=True)
    assert (version.text, version.own_labels) == ("Version: 2.0.3", True)
    assert (approval.text, approval.blank) == ("Approval: (blank)", True)


def test_a_head_table_without_a_blank_first_row_is_recognised() -> None:
    assert [row.text for row in rows([["Version", "2.1"], ["Owner", "Ann"]], headed=True)] == [
        "Version: 2.1",
        "Owner: Ann",
    ]


def test_a_change_history_is_not_a_head_table() -> None:
    (row,) = rows([["Rev", "Date", "Author", "Change Summary"], ["1.0", "2026-01-02", "", "First"]])
    assert row.text == "Rev: 1.0; Date: 2026-01-02; Change Summary: First"
    assert not row.own_labels


def test_a_table_with_headings_on_two_sides_has_a_blank_corner() -> None:
    name, lacking = rows([["", "Prepared", "Approved"], ["Name", "Ann", "Bob"], ["Date", "", ""]])
    assert (name.text, name.row) == ("Name; Prepared: Ann; Approved: Bob", 2)
    assert (lacking.text, lacking.blank) == ("Date; Prepared: (blank); Approved: (blank)", True)


def test_a_row_that_only_names_its_subject_is_blank() -> None:
    (row,) = rows([["SOP", "Indicator", "Result"], ["Complaints", "", ""]], headed=True)
    assert row.blank
    assert row.text == "SOP: Complaints; Indicator: (blank); Result: (blank)"


def test_a_register_without_records_is_not_lost() -> None:
    (row,) = rows([["Date", "Customer"]], headed=True)
    assert row.blank


def test_a_row_across_all_columns_keeps_its_text() -> None:
    assert [row.text for row in rows([["1", "Question"], ["Answer"]])] == ["1: Question", "Answer"]
    assert list(rows([])) == []


def test_a_row_of_one_cell_over_the_others_is_the_title_of_the_table() -> None:
    title, name = rows([["Approval"], ["", "Prepared", "Approved"], ["Name", "Ann", "Bob"]])
    assert (title.text, title.row) == ("Approval", 1)
    assert (name.text, name.row) == ("Name; Prepared: Ann; Approved: Bob", 3)
    spread = rows([["Approval", "", ""], ["", "Geprüft", "Freigegeben"], ["Name", "Ann", "Bob"]])
    assert [row.text for row in spread] == ["Approval", "Name; Geprüft: Ann; Freigegeben: Bob"]


def test_labels_with_blank_columns_between_them_are_read_with_their_values() -> None:
    (row,) = rows([["Version:", "3", "", "Owner:", "Ann"]])
    assert (row.text, row.own_labels) == ("Version: 3; Owner: Ann", True)
    (blank,) = rows([["Version:", "3", "", "Owner:", ""]])
    assert blank.pairs == (("Version", "3"), ("Owner", ""))
    for other in (
        ["Version", "3", "First issue"],
        ["", "Ann", "Bob"],
        ["Version:", "", "Owner:"],
        ["", "Geprüft", "Freigabe"],
    ):
        assert not any(row.own_labels for row in rows([other]))


def test_rows_of_steps_without_a_heading_are_no_heading_of_each_other() -> None:
    prepared, approved = rows([["Prepared by", "Ann", "2026-01-01"], ["Approved by", "Bob", "2026-01-03"]])
    assert (prepared.text, approved.text) == ("Prepared by; Ann; 2026-01-01", "Approved by; Bob; 2026-01-03")
