"""Prompts of empty fields in Word files are blanks, not words of the firm."""

from __future__ import annotations

import io
import zipfile

import pytest
from made_documents import word, zipped
from qmscheck_documents.blocks import Parsed
from qmscheck_documents.office import parse
from qmscheck_documents.particulars import particulars
from qmscheck_documents.prompts import without_prompts

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def with_line(inside: str) -> bytes:
    """Give a Word file with the line `Approved by: ` and something."""
    line = f'<w:p><w:r><w:t xml:space="preserve">Approved by: </w:t></w:r>{inside}</w:p>'
    with zipfile.ZipFile(io.BytesIO(word(lambda d: d.add_paragraph("We live customer focus.")))) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:p>", line.encode() + b"<w:p>", 1)
    return zipped(parts)


def control(words: str, properties: str) -> str:
    runs = "".join(f"<w:r><w:t>{word}</w:t></w:r>" for word in words.split("|"))
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{runs}</w:sdtContent></w:sdt>"


def field(result: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="a"/><w:textInput><w:default w:val="Name"/></w:textInput>'
        '</w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMTEXT </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/>'
        f'</w:r><w:r><w:t>{result}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def approver(content: bytes) -> str | None:
    found = parse(content)
    assert isinstance(found, Parsed)
    assert found.blocks[-1].text == "We live customer focus."
    return particulars(found).values.get("approved_by")


@pytest.mark.parametrize("words", ["Choose an item.", "Wählen Sie ein Element aus.", "Name| of |director"])
def test_a_prompt_of_a_content_control_approves_nothing(words: str) -> None:
    assert approver(with_line(control(words, "<w:showingPlcHdr/><w:dropDownList/>"))) is None
    assert approver(with_line(control(words, "<w:dropDownList/>"))) == words.replace("|", "")


def test_the_text_that_a_form_field_began_with_approves_nothing() -> None:
    assert approver(with_line(field("     "))) is None
    assert approver(with_line(field("Bob"))) == "Bob"


def test_only_the_prompt_is_taken_out() -> None:
    content = with_line(control("Choose|an item", "<w:showingPlcHdr/>") + control("Bob", ""))
    with zipfile.ZipFile(io.BytesIO(without_prompts(content))) as container:
        part = container.read("word/document.xml").decode()
        names = set(container.namelist())
    assert "<w:t>____</w:t></w:r><w:r><w:t></w:t>" in part
    assert "<w:t>Bob</w:t>" in part
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        assert names == set(container.namelist())


def test_a_file_without_prompts_or_that_is_none_stays_as_it_is() -> None:
    content = with_line(control("Bob", ""))
    assert without_prompts(content) is content
    for broken in (b"no zip", content[:500], zipped({"a": b"x"}), with_line("<w:showingPlcHdr/>")):
        assert without_prompts(broken) == broken
