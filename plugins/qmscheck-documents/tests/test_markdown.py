"""Markdown files, block by block, with the line each one starts on."""

from __future__ import annotations

from qmscheck_documents import markdown
from qmscheck_documents.blocks import Block, Parsed, Refused


def blocks(text: str) -> list[Block]:
    parsed = markdown.parse(text.encode())
    assert isinstance(parsed, Parsed)
    return parsed.blocks


def test_a_table_row_keeps_its_line_behind_front_matter() -> None:
    # Made after CSC-I-004 of GSTT-CSC/QMS-Template, Apache-2.0.
    text = "---\nqms_version: 2.2.0\n---\n\n## Schedule\n\n| Date | Status | Report |\n|--|--|--|\n| 02/05/2022 | Complete | |\n"
    row = blocks(text)[-1]
    assert (row.line, row.text, row.blank) == (9, "Date: 02/05/2022; Status: Complete", False)


def test_lines_with_labels_are_passages_of_their_own() -> None:
    found = blocks("# A\n\n**Document-ID:** 0100\n**Owner:** {{ x }}\n")
    assert [(block.line, block.text) for block in found[1:]] == [(3, "Document-ID: 0100"), (4, "Owner: {{ x }}")]


def test_comments_are_comments_wherever_they_stand() -> None:
    text = "<!-- a\nTODO -->\n\nText <!-- b --> more {% comment %} c {% endcomment %}\n"
    assert [(block.mark, block.text) for block in blocks(text)] == [
        ("comment", "a TODO"),
        ("comment", "b"),
        ("comment", "c"),
        ("", "Text more"),
    ]


def test_a_blank_in_angle_brackets_is_not_mistaken_for_html() -> None:
    assert [block.text for block in blocks("At <Company Name> we <b>care</b>.\n\n*\\<enter owner\\>*")] == [
        "At <Company Name> we care.",
        "<enter owner>",
    ]


def test_block_quotes_italics_and_links_within_the_page_are_marked() -> None:
    marks = [block.mark for block in blocks("> guidance\n\n*advice to you*\n\n- [Scope](#scope)\n\n```\ncode\n```\n")]
    assert marks == ["guidance", "instruction", "contents", "quote"]


def test_a_line_that_looks_like_a_link_definition_is_not_swallowed() -> None:
    assert [block.text for block in blocks("- [TODO: process 3]: specification\n")] == [
        "[TODO: process 3]: specification"
    ]


def test_html_blocks_give_their_text_without_tags() -> None:
    found = blocks('<p align="center">\nMarlow <b>Pumps</b><br>\nLeeds</p>\n')
    assert [(block.line, block.text) for block in found] == [(2, "Marlow Pumps"), (3, "Leeds")]


def test_a_bold_line_is_a_heading_and_a_picture_is_no_statement() -> None:
    found = blocks("**Customer complaint:**\n\n![customer satisfaction 98 %](a.png)\n")
    assert [(block.kind, block.mark) for block in found] == [("heading", ""), ("paragraph", "comment")]


def test_bytes_that_are_no_text_are_refused() -> None:
    assert isinstance(markdown.parse(b"\x00\x01"), Refused)


def test_text_nested_too_deeply_is_read_all_the_same() -> None:
    parsed = markdown.parse(b"# A\n\n" + b"> " * 300 + b"The customer comes first.\n")
    assert isinstance(parsed, Parsed)
    assert parsed.blocks[-1].text.endswith("The customer comes first.")
    assert parsed.notes == ("nested too deeply for Markdown: read as plain text",)
