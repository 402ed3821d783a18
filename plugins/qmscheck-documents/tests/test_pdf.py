"""PDF files, written by hand."""

from __future__ import annotations

import pytest
from made_documents import lines, pdf
from pypdfium2 import PdfDocument
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.pdf import _text, parse

BODY = ("We answer every complaint within two working days and we tell the customer", "who keeps the case.")


def parsed(content: bytes) -> Parsed:
    found = parse(content)
    assert isinstance(found, Parsed)
    return found


def test_text_has_its_page_and_larger_lines_are_headings() -> None:
    first = lines("Complaints", size=20) + "\n" + lines(*BODY, top=660)
    found = parsed(pdf([first, lines(*BODY)]))
    assert [(block.kind, block.page, block.text) for block in found.blocks] == [
        ("heading", 1, "Complaints"),
        ("paragraph", 1, " ".join(BODY)),
        ("paragraph", 2, " ".join(BODY)),
    ]
    assert (found.pages, found.scanned) == (2, ())


def test_lines_at_the_edge_of_every_page_are_headers_and_footers() -> None:
    pages = [
        lines("Marlow Pumps", top=760)
        + "\n"
        + lines(f"{text} {n}", *BODY, f"Text {n * text}")
        + "\n"
        + lines(f"Page {n}", top=40)
        for n, text in ((1, "Calls"), (2, "Mails"), (3, "Visits"))
    ]
    found = parsed(pdf(pages))
    assert [block.text for block in found.blocks if block.mark == "header_footer"][:2] == ["Marlow Pumps", "Page 1"]
    assert sum(" ".join(BODY) in block.text for block in found.blocks if not block.mark) == 3


def test_a_page_that_is_a_picture_is_named_and_a_blank_page_is_not() -> None:
    found = parsed(pdf([lines(*BODY), "", ""], picture=[2]))
    assert (found.pages, found.scanned) == (3, (2,))


def test_properties_give_title_and_date_of_change() -> None:
    found = parsed(pdf([lines(*BODY)], info="/Title (Quality policy) /ModDate (D:20260312101500Z)"))
    assert found.properties == {"title": "Quality policy", "modified": "2026-03-12"}


@pytest.mark.parametrize("name", ["Microsoft Word - draft3.doc", "untitled", "\\(anonymous\\)"])
def test_the_name_that_a_program_gave_is_no_title(name: str) -> None:
    assert parsed(pdf([lines(*BODY)], info=f"/Title ({name})")).properties == {}


def test_damaged_files_are_refused_with_a_reason() -> None:
    assert isinstance(parse(b"%PDF-1.7 and no more"), Refused)
    assert isinstance(parse(b"PK\x03\x04"), Refused)


def test_what_was_written_into_a_form_is_read() -> None:
    found = parsed(pdf([lines(*BODY)], note="Customer is satisfied: yes"))
    assert "Customer is satisfied: yes" in [block.text for block in found.blocks]


def test_a_protected_file_is_named_as_such() -> None:
    assert parse(pdf([lines(*BODY)], locked=True)) == Refused("encrypted", "The PDF file is protected by a password.")


@pytest.mark.parametrize("stream", [lines("Everybody works", "for the customer."), lines("x"), "", lines("")])
def test_the_text_of_a_page_is_that_which_pypdfium2_gives(stream: str) -> None:
    document = PdfDocument(pdf([stream]))
    try:
        letters = document[0].get_textpage()
        assert _text(letters.raw) == letters.get_text_range()
    finally:
        document.close()
