"""Word files, made with python-docx."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any

import pytest
from made_documents import compound, old_word, word, zipped
from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.office import parse


def parsed(build: Any) -> Parsed:
    found = parse(word(build))
    assert isinstance(found, Parsed)
    return found


def test_runs_of_a_paragraph_are_joined_with_nothing_between() -> None:
    def build(document: Any) -> None:
        paragraph = document.add_paragraph("We answer com")
        paragraph.add_run("plaints").bold = True
        paragraph.add_run(" at once.")

    assert [block.text for block in parsed(build).blocks] == ["We answer complaints at once."]


def test_headings_lists_headers_and_comments_are_told_apart() -> None:
    def build(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "Marlow Pumps"
        document.add_paragraph("Complaints", style="Title")
        document.add_heading("Purpose", 1)
        document.add_paragraph("by phone", style="List Bullet")
        run = document.add_paragraph("").add_run("Say who answers.")
        run.italic = True
        document.add_comment(run, text="who?", author="Ann", initials="A")

    assert [(block.kind, block.level, block.mark, block.text) for block in parsed(build).blocks] == [
        ("heading", 0, "", "Complaints"),
        ("heading", 1, "", "Purpose"),
        ("bullet", 0, "", "by phone"),
        ("paragraph", 0, "instruction", "Say who answers."),
        ("paragraph", 0, "comment", "Ann: who?"),
        ("paragraph", 0, "header_footer", "Marlow Pumps"),
    ]


def test_tables_give_rows_with_their_headings() -> None:
    def build(document: Any) -> None:
        for cells in ([["Version", "2.1"], ["Approved by", ""]], [["Date", "Result"], ["2026-01-02", "met"]]):
            table = document.add_table(2, 2)
            for n, row in enumerate(cells):
                table.cell(n, 0).text, table.cell(n, 1).text = row

    assert [block.text for block in parsed(build).blocks] == [
        "Version: 2.1",
        "Approved by: (blank)",
        "Date: 2026-01-02; Result: met",
    ]


def test_core_properties_speak_but_the_author_is_no_owner() -> None:
    def build(document: Any) -> None:
        document.core_properties.title = "Complaint handling"
        document.core_properties.author = "login7"
        document.core_properties.content_status = "approved"
        document.core_properties.version = "2 & 3"
        document.add_paragraph("Text.")

    told = parsed(build).properties
    assert (told["title"], told["status"], told["version"]) == ("Complaint handling", "approved", "2 & 3")
    assert "login7" not in told.values()


def test_a_container_that_would_unpack_beyond_reason_is_too_large() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("word/document.xml", b" " * 70_000_000)
    found = parse(stream.getvalue())
    assert isinstance(found, Refused)
    assert found.reason == "too-large"


def test_protected_old_and_damaged_files_are_named() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    reasons = [parse(ole + "EncryptedPackage".encode("utf-16-le")), parse(ole), parse(word()[:400]), parse(b"text")]
    assert [found.reason for found in reasons if isinstance(found, Refused)] == [
        "encrypted",
        "unsupported",
        "corrupt",
        "corrupt",
    ]


def test_a_zip_that_is_no_word_file_is_corrupt() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        container.writestr("readme.txt", "hello")
    found = parse(stream.getvalue())
    assert isinstance(found, Refused)
    assert found.reason == "corrupt"


def test_what_a_file_is_its_bytes_say_and_not_its_name() -> None:
    found = [
        parse(content) for content in (rb"{\rtf1 In RTF.\par}", b"<html><p>In HTML.</p>", old_word("In Word 97.\n"))
    ]
    assert [one.blocks[0].text for one in found if isinstance(one, Parsed)] == ["In RTF.", "In HTML.", "In Word 97."]


def test_a_container_of_something_else_is_unsupported() -> None:
    found = parse(compound({"Workbook": b"x"}))
    assert isinstance(found, Refused)
    assert found.reason == "unsupported"


def test_a_file_that_shows_nothing_but_pictures_is_a_scan() -> None:
    picture = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
    )
    assert parsed(lambda document: document.add_picture(io.BytesIO(picture))).scanned == (1,)


BOMB = b'<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize("before", [b"", b"<!-- " + b"x" * 5000 + b" -->"])
def test_a_part_that_declares_entities_is_corrupt_and_never_read_with_words_missing(before: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(word(lambda document: document.add_paragraph("Text.")))) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    head, _, rest = parts["word/document.xml"].partition(b"?>")
    parts["word/document.xml"] = head + b"?>" + before + BOMB + rest.replace(b"Text.", b"We &b; all.")
    found = parse(zipped(parts))
    assert isinstance(found, Refused)
    assert (found.reason, found.detail.split(" as ")[0]) == (
        "corrupt",
        "The Word or PowerPoint file declares entities of its own,",
    )


def test_a_cell_that_holds_a_table_is_not_blank() -> None:
    def build(document: Any) -> None:
        outer = document.add_table(2, 2)
        outer.cell(0, 0).text, outer.cell(0, 1).text, outer.cell(1, 0).text = "Step", "Form", "Answer"
        inner = outer.cell(1, 1).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "Site", "Leeds"

    found = parse(word(build))
    assert isinstance(found, Parsed)
    assert [block.text for block in found.blocks] == ["Step: Answer; Form: (table)", "Site: Leeds"]
