"""AsciiDoc, line by line."""

from __future__ import annotations

from qmscheck_documents.asciidoc import parse
from qmscheck_documents.blocks import Parsed, Refused

HEAD = """= Complaints procedure
Ann Miller
v2.1, 2026-01-02
:owner: Quality manager
:toc:

"""


def parsed(text: str) -> Parsed:
    found = parse(text.encode())
    assert isinstance(found, Parsed)
    return found


def blocks(text: str) -> list[tuple[str, str, str]]:
    return [(block.kind, block.mark, block.text) for block in parsed(text).blocks]


def test_the_head_names_version_date_and_attributes() -> None:
    found = parsed(HEAD + "Text.")
    assert found.front == {"version": "2.1", "modified": "2026-01-02", "owner": "Quality manager", "toc": ""}
    assert [(block.text, block.line) for block in found.blocks] == [("Complaints procedure", 1), ("Text.", 7)]


def test_sections_paragraphs_and_lists_lose_their_markup() -> None:
    text = "== Purpose\n\nWe answer *every* `call`\nat once. See link:x.html[our page].\n\n* phone\n** mobile\n. first\nLead:: Ann\n"
    assert blocks(text) == [
        ("heading", "", "Purpose"),
        ("paragraph", "", "We answer every call at once. See our page."),
        ("bullet", "", "phone"),
        ("bullet", "", "mobile"),
        ("bullet", "", "first"),
        ("bullet", "", "Lead: Ann"),
    ]


def test_a_term_and_its_meaning_read_like_a_label() -> None:
    assert blocks("Approved by:: Managing director\n") == [("bullet", "", "Approved by: Managing director")]


def test_comments_quotations_notes_and_advice_are_told_apart() -> None:
    text = "// draft\n\n////\nmore\n////\n\n----\ncode\n----\n\n____\nquoted\n____\n\nNOTE: asked for.\n\n_Say who._\n\ninclude::x.adoc[]\n"
    assert blocks(text) == [
        ("paragraph", "comment", "draft"),
        ("paragraph", "comment", "more"),
        ("paragraph", "quote", "code"),
        ("paragraph", "guidance", "quoted"),
        ("paragraph", "guidance", "NOTE: asked for."),
        ("paragraph", "instruction", "Say who."),
        ("paragraph", "comment", "x.adoc"),
    ]


def test_tables_are_read_with_cells_on_one_line_or_each_on_its_own() -> None:
    text = '[cols="1,2",options="header"]\n|===\n|Step |Who\n|Log\n|Service\ndesk\n|===\n\n[cols="2*"]\n|===\n|Version |3\n|===\n'
    assert [(block.text, block.line) for block in parsed(text).blocks] == [
        ("Step: Log; Who: Service desk", 4),
        ("Version: 3", 11),
    ]


def test_a_first_row_with_a_blank_line_after_it_is_a_heading() -> None:
    assert [text for *_, text in blocks("|===\n|A |B\n\n|1 |2\n|===\n")] == ["A: 1; B: 2"]
    assert blocks("|===\n|===\n") == []


def test_a_title_of_a_block_is_a_heading_and_labels_keep_their_lines() -> None:
    assert [text for *_, text in blocks(".Owners\n\nVersion: 1\nOwner: Ann\n")] == [
        "Owners",
        "Version: 1",
        "Owner: Ann",
    ]


def test_a_block_that_nobody_closed_ends_with_the_file() -> None:
    assert blocks("----\na\nb") == [("paragraph", "quote", "a b")]


def test_bytes_that_are_no_text_are_corrupt() -> None:
    assert parse(b"\x00") == Refused("corrupt", "The file is not text.")
