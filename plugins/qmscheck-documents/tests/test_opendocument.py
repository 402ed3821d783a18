"""OpenDocument files, written by hand: XML in a zip."""

from __future__ import annotations

import pytest
from made_documents import open_document, zipped
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.opendocument import parse


def parsed(content: bytes) -> Parsed:
    found = parse(content)
    assert isinstance(found, Parsed)
    return found


def blocks(body: str) -> list[tuple[str, int, str, str]]:
    return [(block.kind, block.level, block.mark, block.text) for block in parsed(open_document(body)).blocks]


def test_headings_paragraphs_and_lists_are_read_with_their_levels() -> None:
    body = (
        '<text:h text:outline-level="2">Scope</text:h><text:p>We answer<text:s text:c="2"/>all<text:tab/>calls.</text:p>'
        "<text:list><text:list-item><text:p>phone</text:p></text:list-item></text:list>"
    )
    assert blocks(body) == [
        ("heading", 2, "", "Scope"),
        ("paragraph", 0, "", "We answer all calls."),
        ("bullet", 0, "", "phone"),
    ]


def test_what_tracked_changes_deleted_is_not_read_and_what_they_inserted_is() -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>struck</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:p>a<text:change-start/> new<text:change-end/></text:p>"
    )
    assert blocks(body) == [("paragraph", 0, "", "a new")]


def test_notes_boxes_and_comments_stand_after_their_paragraph() -> None:
    body = (
        "<text:p>x<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>note</text:p></text:note-body>"
        "</text:note><office:annotation><dc:creator>Ann</dc:creator><dc:date>2026</dc:date><text:p>why?</text:p>"
        "</office:annotation><draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame></text:p>"
    )
    assert blocks(body) == [
        ("paragraph", 0, "", "x"),
        ("paragraph", 0, "", "note"),
        ("paragraph", 0, "comment", "Ann: why?"),
        ("paragraph", 0, "", "box"),
    ]


def test_rows_of_tables_carry_their_headings_and_cells_that_repeat_are_written_out() -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"

    rows = (
        f"<table:table-header-rows><table:table-row>{cell('A')}{cell('B')}{cell('C')}</table:table-row>"
        f"</table:table-header-rows><table:table-row>"
        f"{cell('x', 'table:number-columns-repeated=' + chr(34) + '2' + chr(34))}{cell('z')}</table:table-row>"
        f"<table:table-row>{cell('y')}<table:covered-table-cell/>{cell('w')}</table:table-row>"
    )
    assert blocks(f"<table:table>{rows}</table:table>") == [
        ("row", 0, "", "A: x; B: x; C: z"),
        ("row", 0, "", "A: y; C: w"),
    ]


def test_a_contents_page_is_told_apart() -> None:
    body = (
        "<text:table-of-content><text:index-body><text:p>1 Scope 2</text:p></text:index-body></text:table-of-content>"
    )
    assert blocks(body) == [("paragraph", 0, "contents", "1 Scope 2")]


def test_labels_on_lines_of_their_own_stay_apart() -> None:
    body = "<text:p>Version: 2<text:line-break/>Owner: Ann</text:p>"
    assert [text for *_, text in blocks(body)] == ["Version: 2", "Owner: Ann"]


def test_headers_and_properties_are_read() -> None:
    found = parsed(open_document("<text:p>x</text:p>", header="Version 3", meta="<dc:title>T</dc:title><dc:date>2026-01-02</dc:date>"
                                 '<meta:user-defined meta:name="Owner">Ann</meta:user-defined>'))  # fmt: skip
    assert [(block.mark, block.text) for block in found.blocks] == [("", "x"), ("header_footer", "Version 3")]
    assert found.properties == {"title": "T", "modified": "2026-01-02", "Owner": "Ann"}


def test_slides_are_pages_and_what_the_speaker_says_is_a_comment() -> None:
    slide = "<draw:page><draw:frame><draw:text-box><text:p>{0}</text:p></draw:text-box></draw:frame>{1}</draw:page>"
    notes = "<presentation:notes><text:p>say hello</text:p></presentation:notes>"
    found = parsed(open_document(slide.format("one", notes) + slide.format("two", "")))
    assert [(block.page, block.mark, block.text) for block in found.blocks] == [
        (1, "", "one"),
        (1, "comment", "say hello"),
        (2, "", "two"),
    ]
    assert found.pages == 2


def test_a_hidden_slide_is_read_and_says_so() -> None:
    hidden = "".join(
        f'<style:style style:name="{name}" style:family="drawing-page"><style:drawing-page-properties{more}/></style:style>'
        for name, more in (("dp1", ""), ("dp2", ' presentation:visibility="hidden"'))
    )
    slide = '<draw:page draw:style-name="{0}"><draw:text-box>{1}</draw:text-box></draw:page>'
    shown = ("<text:p>one</text:p>", "<text:h>Old targets</text:h><text:p>two</text:p>", "<text:p>three</text:p>")
    body = "".join(map(slide.format, ("dp1", "dp2", "dp2"), shown))
    found = parsed(open_document(body, automatic=hidden))
    assert [(block.page, block.kind, block.text) for block in found.blocks] == [
        (1, "paragraph", "one"),
        (2, "heading", "Old targets (hidden)"),
        (2, "paragraph", "two"),
        (3, "heading", "Slide 3 (hidden)"),
        (3, "paragraph", "three"),
    ]
    assert found.notes == ("hidden slides are read, too, and called so: 2, 3",)


def test_a_text_that_is_nothing_but_a_picture_is_a_scan() -> None:
    body = "<text:p><draw:frame><draw:image/></draw:frame></text:p>"
    assert parsed(open_document(body)).scanned == (1,)


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;">]>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no zip", "corrupt"),
        (zipped({"a.txt": b"x"}), "corrupt"),
        (zipped({"content.xml": b"<a>"}), "corrupt"),
        (zipped({"content.xml": f"{BOMB}<a>&c;</a>".encode()}), "corrupt"),
        (zipped({"content.xml": f"{BOMB}<a>&c;</a>".encode("utf-16")}), "corrupt"),
        (zipped({"content.xml": b" " * 70_000_000}), "too-large"),
        (zipped({"content.xml": b"<a/>", "META-INF/manifest.xml": b"<m><encryption-data/></m>"}), "encrypted"),
        (open_document("<text:p>x</text:p>")[:300], "corrupt"),
    ],
)
def test_damaged_locked_and_hostile_files_are_named_with_their_reason(content: bytes, reason: str) -> None:
    found = parse(content)
    assert isinstance(found, Refused)
    assert found.reason == reason
