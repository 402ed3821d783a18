"""HTML: what a browser shows is read, what it hides is not, and the rest is told apart."""

from __future__ import annotations

import pytest
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.html import parse
from qmscheck_documents.particulars import particulars


def blocks(page: str) -> list[tuple[str, str, str]]:
    found = parse(page.encode())
    assert isinstance(found, Parsed)
    return [(block.kind, block.mark, block.text) for block in found.blocks]


def test_headings_paragraphs_and_lists_are_read_in_their_order() -> None:
    page = "<h1>Complaints</h1><p>We answer <b>all</b>.</p><ul><li>phone<ul><li>mobile</li></ul></li><li>mail</li></ul>"
    assert blocks(page) == [
        ("heading", "", "Complaints"),
        ("paragraph", "", "We answer all."),
        ("bullet", "", "phone"),
        ("bullet", "", "mobile"),
        ("bullet", "", "mail"),
    ]


def test_a_line_that_is_all_bold_is_a_heading_and_one_in_italics_is_advice() -> None:
    assert blocks("<p><strong>Scope</strong></p><p><em>Describe the scope.</em></p><p>a <b>b</b></p>") == [
        ("heading", "", "Scope"),
        ("paragraph", "instruction", "Describe the scope."),
        ("paragraph", "", "a b"),
    ]


def test_what_is_not_shown_is_not_read() -> None:
    page = "<script>a</script><style>b</style><p hidden>c</p><p style='display: none'>d</p><p>e<del>f</del><s>g</s></p>"
    assert blocks(page) == [("paragraph", "", "e")]


def test_comments_pictures_margins_and_quotations_are_told_apart() -> None:
    page = (
        "<header>Marlow</header><nav>Home</nav><!-- draft --><p>x<img alt='chart'></p><blockquote>The norm</blockquote>"
        "<pre>code</pre><footer>p. 1</footer>"
    )
    assert blocks(page) == [
        ("paragraph", "header_footer", "Marlow"),
        ("paragraph", "header_footer", "Home"),
        ("paragraph", "comment", "draft"),
        ("paragraph", "comment", "Picture: chart"),
        ("paragraph", "", "x"),
        ("paragraph", "guidance", "The norm"),
        ("paragraph", "quote", "code"),
        ("paragraph", "header_footer", "p. 1"),
    ]


def test_rows_of_a_table_carry_their_headings_and_tables_within_are_read_once() -> None:
    page = (
        "<table><thead><tr><th>Step</th><th>Who</th></tr></thead><tbody><tr><td>Log</td><td>Ann</td></tr>"
        "<tr><td>Answer</td><td>Bob<table><tr><td>Version</td><td>2</td></tr></table></td></tr></tbody></table>"
    )
    assert [text for _, _, text in blocks(page)] == ["Step: Log; Who: Ann", "Step: Answer; Who: Bob", "Version: 2"]


def test_a_table_of_one_cell_only_arranges_a_page() -> None:
    assert blocks("<table><tr><td><h1>A</h1><p>b</p></td></tr></table>") == [
        ("heading", "", "A"),
        ("paragraph", "", "b"),
    ]


def test_a_cell_over_two_columns_keeps_the_others_in_their_place() -> None:
    page = "<table><tr><th>A</th><th>B</th><th>C</th></tr><tr><td colspan=2>one</td><td>three</td></tr></table>"
    assert blocks(page) == [("row", "", "A: one; C: three")]


def test_fields_of_a_form_are_read_and_empty_ones_are_blanks() -> None:
    page = (
        "<p>Name <input value='Ann'> City <input> <textarea>long</textarea><textarea></textarea></p>"
        "<p><input type=checkbox checked> yes <input type=radio> no <input type=hidden value=secret></p>"
        "<p><select><option>a</option><option selected>b</option></select><select><option>c</option></select></p>"
    )
    assert [text for _, _, text in blocks(page)] == ["Name Ann City ____ long ____", "☒ yes ☐ no", "b ____"]


def test_labels_on_lines_of_their_own_stay_apart() -> None:
    assert [text for _, _, text in blocks("<p>Version: 2<br>Owner: Ann</p>")] == ["Version: 2", "Owner: Ann"]


def test_title_and_meta_speak_for_the_document() -> None:
    found = parse(b"<head><title>Policy</title><meta name=version content=3><meta charset=utf-8></head><p>x")
    assert isinstance(found, Parsed)
    assert (found.properties, found.front) == ({"title": "Policy"}, {"version": "3"})


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<meta charset=iso-8859-1><p>für</p>".encode("latin-1"), "für"),
        ("<meta charset=unheard-of><p>für</p>".encode(), "für"),
        ("<p>für</p>".encode("utf-16"), "für"),
        ("<p>Wir prüfen jede Größe für jeden Kunden</p>".encode("cp1252"), "Wir prüfen jede Größe für jeden Kunden"),
    ],
)
def test_the_encoding_is_the_one_that_is_declared_or_found(content: bytes, text: str) -> None:
    found = parse(content)
    assert isinstance(found, Parsed)
    assert [block.text for block in found.blocks] == [text]


def test_bytes_that_are_no_text_are_corrupt_and_an_empty_page_is_empty() -> None:
    assert parse(b"\x00\x01") == Refused("corrupt", "The file is not text.")
    assert blocks("") == []


def test_a_page_that_is_nested_beyond_reason_says_so() -> None:
    found = parse(b"<p>top</p>" + b"<div>" * 5000 + b"deep")
    assert isinstance(found, Parsed)
    assert [block.text for block in found.blocks] == ["top"]
    assert found.notes == ("nested too deeply: the deepest parts are not read",)


def test_a_cell_over_several_rows_keeps_those_beside_it_under_their_headings() -> None:
    page = (
        "<table><tr><th>Site<th>Complaint<th>Owner</tr><tr><td rowspan=2>Leeds<td>C1<td>Ann</tr><tr><td>C2<td>Bob</tr>"
        "<tr><td>Brno<td rowspan=2>C3<td>Cem</tr><tr><td>Oslo<td>Dee</tr></table>"
    )
    assert [text for _, _, text in blocks(page)] == [
        "Site: Leeds; Complaint: C1; Owner: Ann",
        "Complaint: C2; Owner: Bob",
        "Site: Brno; Complaint: C3; Owner: Cem",
        "Site: Oslo; Owner: Dee",
    ]


def test_a_picture_in_a_cell_is_told() -> None:
    assert blocks("<table><tr><td>Signature<td><img src=a.png></tr></table>") == [("row", "", "Signature: (picture)")]


def test_a_label_in_a_list_of_definitions_stands_beside_what_it_says() -> None:
    page = "<dl><dt>Version<dd>3<dt>Customer<dd>Who pays<dt>Owner:<dd>Ann</dl>"
    assert [text for _, _, text in blocks(page)] == ["Version: 3", "Customer", "Who pays", "Owner: Ann"]


def test_headings_over_two_rows_are_joined_for_each_column() -> None:
    page = (
        "<table><thead><tr><th rowspan=2>Site</th><th colspan=2>Complaints</th><th>Owner</th></tr>"
        "<tr><th>open</th><th>closed</th><th>name</th></tr></thead>"
        "<tbody><tr><td>Leeds</td><td>3</td><td>7</td><td>Ann</td></tr></tbody></table>"
    )
    found = parse(page.encode())
    assert isinstance(found, Parsed)
    assert [(block.row, block.text) for block in found.blocks] == [
        (3, "Site: Leeds; Complaints open: 3; Complaints closed: 7; Owner name: Ann")
    ]


def test_headings_over_two_rows_stand_below_a_title_and_need_no_thead() -> None:
    page = (
        "<table><tr><th colspan=3>Service 2026</th></tr><tr><th rowspan=2>Site<th colspan=2>Calls</tr>"
        "<tr><th>in<th>out</tr><tr><td>Leeds<td>3<td>7</tr><tr><td>Brno<td>1<td></tr></table>"
    )
    assert [text for _, _, text in blocks(page)] == [
        "Service 2026",
        "Site: Leeds; Calls in: 3; Calls out: 7",
        "Site: Brno; Calls in: 1",
    ]


def test_a_block_of_approvals_with_two_rows_of_headings_is_still_one() -> None:
    page = (
        "<table><thead><tr><th colspan=2>Prepared<th colspan=2>Approved</tr>"
        "<tr><th>Name<th>Date<th>Name<th>Date</tr></thead>"
        "<tr><td>Ann<td>2026-01-01<td>Bob<td>2026-01-03</tr></table>"
    )
    found = parse(page.encode())
    assert isinstance(found, Parsed)
    assert particulars(found).values["approved_by"] == "Bob"


def test_a_table_of_headings_only_is_read_as_it_stands() -> None:
    page = "<table><thead><tr><th>Step<th>Who</tr><tr><th>Log<th>Ann</tr></thead></table>"
    assert [text for _, _, text in blocks(page)] == ["Step: Log; Who: Ann"]


def test_a_cell_that_holds_a_table_is_not_blank_unless_the_table_is() -> None:
    page = "<table><tr><th>Step<th>Form</tr><tr><td>Answer<td><table><tr><td>Site<td>{}</tr></table></tr></table>"
    assert [text for _, _, text in blocks(page.format("Leeds"))] == ["Step: Answer; Form: (table)", "Site: Leeds"]
    assert blocks(page.format(""))[0][2] == "Step: Answer; Form: (blank)"
