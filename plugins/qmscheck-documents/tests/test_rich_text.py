"""RTF: what is shown is read, what was deleted or hidden is not."""

from __future__ import annotations

import pytest
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.rich_text import parse

STYLES = rb"{\stylesheet{\s0 Normal;}{\s1 heading 1;}{\s2\outlinelevel1 Own;}{\s9 Title;}}"


def parsed(body: bytes) -> Parsed:
    found = parse(rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial Cyr;}}" + STYLES + body + b"}")
    assert isinstance(found, Parsed)
    return found


def blocks(body: bytes) -> list[tuple[str, int, str, str]]:
    return [(block.kind, block.level, block.mark, block.text) for block in parsed(body).blocks]


def texts(body: bytes) -> list[str]:
    return [block.text for block in parsed(body).blocks]


def test_headings_are_known_by_style_and_by_outline_level() -> None:
    body = rb"\pard\s9 Manual\par\pard\s1 One\par\pard\s2 Two\par\pard\outlinelevel2 Three\par\pard Text.\par"
    assert blocks(body) == [
        ("heading", 0, "", "Manual"),
        ("heading", 1, "", "One"),
        ("heading", 2, "", "Two"),
        ("heading", 3, "", "Three"),
        ("paragraph", 0, "", "Text."),
    ]


def test_deleted_and_hidden_text_is_not_read_and_inserted_text_is() -> None:
    assert texts(rb"\pard a {\deleted struck }{\revised new} {\v hidden}{\v0 b}\par") == ["a new b"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"compl\'e4int", "compläint"),
        (rb"\f1 \'c4\'e0", "Да"),
        (rb"\u1044?\u1072?", "Да"),
        (rb"\uc2\u228 ??x", "äx"),
        (rb"\uc0\u228 x", "äx"),
        (rb"\u-10179?\u-8704?", "\U0001f600"),
        (rb"a\emdash b\~c\_d\{e\}\\", "a—b c-d{e}\\"),
        (rb"\ldblquote x\rdblquote  \bullet", "“x” •"),
        (rb"{\upr{plain}{\*\ud{wide}}}", "wide"),
        (rb"a\bin4 }}{{b", "ab"),
    ],
)
def test_characters_are_read_in_all_their_spellings(body: bytes, text: str) -> None:
    assert texts(rb"\pard " + body + rb"\par") == [text]


def test_rows_of_tables_are_rows_and_lists_are_lists() -> None:
    body = (
        rb"\trowd\pard\intbl Version\cell 2.1\cell\row\trowd\pard\intbl Owner\cell Ann\par Miller\cell\row"
        rb"\pard\ls1{\listtext\bullet}by phone\par"
    )
    assert blocks(body) == [
        ("row", 0, "", "Version: 2.1"),
        ("row", 0, "", "Owner: Ann Miller"),
        ("bullet", 0, "", "by phone"),
    ]


def test_margins_notes_comments_and_boxes_are_told_apart() -> None:
    body = (
        rb"{\header\pard Version 3\par}\pard Text{\footnote\pard the note}{\*\atnid AM}{\*\atnauthor Ann}"
        rb"{\*\annotation{\*\atnref 1}why?}{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt\pard box\par}}}.\par"
    )
    assert blocks(body) == [
        ("paragraph", 0, "", "Text."),
        ("paragraph", 0, "", "the note"),
        ("paragraph", 0, "comment", "Ann: why?"),
        ("paragraph", 0, "", "box"),
        ("paragraph", 0, "header_footer", "Version 3"),
    ]


def test_fields_show_their_result_and_pictures_show_nothing() -> None:
    body = rb"\pard {\field{\*\fldinst DATE}{\fldrslt today}}{\pict 00ff}{\*\unheardof x}\par"
    assert texts(body) == ["today"]


def test_bold_lines_are_headings_and_italics_are_advice() -> None:
    assert blocks(rb"\pard\b Handling:\b0\par\pard\i Describe it.\i0\par\pard\b All bold.\plain\par") == [
        ("heading", 7, "", "Handling"),
        ("paragraph", 0, "instruction", "Describe it."),
        ("paragraph", 0, "", "All bold."),
    ]


def test_labels_keep_their_lines_and_the_title_is_a_property() -> None:
    found = parsed(rb"{\info{\title Policy}{\author X}}\pard Version: 1\line Owner: Ann\par")
    assert [block.text for block in found.blocks] == ["Version: 1", "Owner: Ann"]
    assert found.properties == {"title": "Policy"}


def test_an_unknown_code_page_is_left_aside() -> None:
    found = parse(rb"{\rtf1\ansicpg99999 caf\'e9\par}")
    assert isinstance(found, Parsed)
    assert [block.text for block in found.blocks] == ["café"]


def test_what_is_no_rtf_is_corrupt_and_what_is_nested_beyond_reason_is_too_large() -> None:
    assert parse(b"hello") == Refused("corrupt", "The file is no RTF file.")
    found = parse(rb"{\rtf1" + b"{" * 5000)
    assert isinstance(found, Refused)
    assert found.reason == "too-large"


def test_a_brace_too_many_ends_nothing() -> None:
    assert texts(rb"\pard a}}}} b\par") == ["a b"]
