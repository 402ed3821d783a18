"""Slides of PowerPoint, old and new: each is a page."""

from __future__ import annotations

from made_documents import old_slides, slides
from qmscheck_documents.blocks import Parsed
from qmscheck_documents.office import parse


def parsed(content: bytes) -> Parsed:
    found = parse(content)
    assert isinstance(found, Parsed)
    return found


def test_each_slide_is_a_page_its_title_a_heading_and_its_notes_are_told_apart() -> None:
    found = parsed(slides(("Review 2026", "12 complaints", ""), ("Actions", "Ann calls back", "mention Bob")))
    assert [(block.page, block.kind, block.mark, block.text) for block in found.blocks] == [
        (1, "heading", "", "Review 2026"),
        (1, "paragraph", "", "12 complaints"),
        (2, "heading", "", "Actions"),
        (2, "paragraph", "", "Ann calls back"),
        (2, "paragraph", "comment", "Speaker notes: mention Bob"),
    ]
    assert found.pages == 2


def test_large_letters_make_no_heading_on_a_slide() -> None:
    found = parsed(slides(("Title", "A large line", "")))
    assert [block.kind for block in found.blocks] == ["heading", "paragraph"]


def test_a_slide_that_only_shows_a_picture_is_named_as_scanned() -> None:
    found = parsed(slides(("One", "Text", ""), ("", "", "")))
    assert (found.pages, found.scanned) == (2, (2,))


def test_slides_of_powerpoint_97_are_read() -> None:
    found = parsed(old_slides(["Review", "12 complaints"], ["Actions", "Ann calls back"]))
    assert [(block.page, block.kind, block.text) for block in found.blocks] == [
        (1, "heading", "Review"),
        (1, "paragraph", "12 complaints"),
        (2, "heading", "Actions"),
        (2, "paragraph", "Ann calls back"),
    ]
