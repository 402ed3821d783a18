"""Plain text files."""

from __future__ import annotations

from qmscheck_documents import plain_text
from qmscheck_documents.blocks import Parsed, Refused


def test_paragraphs_lists_labels_and_headings_are_told_apart() -> None:
    text = "COMPLAINTS\n\nVersion: 2\nOwner: Ann\n\nWe answer\neach one.\n- by phone\n- by mail\n\n2.1 Scope\n\nAim\n===\nMore."
    parsed = plain_text.parse(text.encode())
    assert isinstance(parsed, Parsed)
    assert [(block.kind, block.line, block.text) for block in parsed.blocks] == [
        ("heading", 1, "COMPLAINTS"),
        ("paragraph", 3, "Version: 2"),
        ("paragraph", 4, "Owner: Ann"),
        ("paragraph", 6, "We answer each one."),
        ("bullet", 8, "- by phone"),
        ("bullet", 9, "- by mail"),
        ("heading", 11, "2.1 Scope"),
        ("heading", 13, "Aim"),
        ("paragraph", 15, "More."),
    ]


def test_bytes_that_are_no_text_are_refused() -> None:
    assert plain_text.parse(b"\x00") == Refused("corrupt", "The file is not text.")
