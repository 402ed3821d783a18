"""A folder of files that break readers: each costs itself alone, and is named with its reason; the good one is read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from made_documents import compound, lines, open_document, pdf, read, word, zipped

from qmscheck import Extract, Rows, Unread

_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'


def far_cell() -> bytes:
    """Give a workbook of a kilobyte whose two cells stand in opposite corners of the largest sheet there is."""
    cells = "".join(
        f'<row r="{row}"><c r="{cell}" t="inlineStr"><is><t>x</t></is></c></row>'
        for row, cell in ((1, "A1"), (1048576, "XFD1048576"))
    )
    return zipped({
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
        "xl/workbook.xml": f'<workbook {_NS} xmlns:r="{_REL}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
        "xl/worksheets/sheet1.xml": f"<worksheet {_NS}><sheetData>{cells}</sheetData></worksheet>".encode(),
    })  # fmt: skip


def with_entities(content: bytes, part: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    head, mark, rest = parts[part].partition(b"?>")
    parts[part] = head + mark + BOMB + rest
    return zipped(parts)


GOOD = word(lambda document: document.add_paragraph("We answer every complaint."))
FILES = {
    "bomb.docx": zipped({"word/document.xml": b" " * 70_000_000}),
    "bomb.odt": zipped({"content.xml": b" " * 70_000_000}),
    "cut off.docx": GOOD[: len(GOOD) // 2],
    "cut off.pdf": pdf([lines("Text")])[:200],
    "deep.html": b"<p>top</p>" + b"<div>" * 3_000 + b"<p>deep</p>",
    "deep.md": b"> " * 50_000 + b"x",
    "deep.rtf": b"{\\rtf1 " + b"{" * 100_000,
    "empty.pdf": b"",
    "entities.docx": with_entities(GOOD, "word/document.xml"),
    "entities.odt": zipped({"content.xml": b'<?xml version="1.0"?>' + BOMB + b"<a>&c;</a>"}),
    "far cell.xlsx": far_cell(),
    "good.docx": GOOD,
    "locked.docx": compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}),
    "locked.pdf": pdf([lines("Text")], locked=True),
    "mixed.pdf": pdf([lines("Words on the first page."), "", ""], picture=[2, 3]),
    "pointer.pdf": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
    "scan.pdf": pdf([""], picture=[1]),
    "text.pdf": b"This is no PDF file.",
    "words.docx": b"This is no Word file.",
    "zip.docx": zipped({"readme.txt": b"hello"}),
}  # fmt: skip


Found = tuple[list[Extract], list[Unread]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    place = tmp_path_factory.mktemp("bad") / "qms"
    place.mkdir()
    for name, content in FILES.items():
        (place / name).write_bytes(content)
    return read(place)


def test_each_bad_file_is_named_with_its_reason_and_nothing_else_is_lost(found: Found) -> None:
    extracts, unread = found
    assert {(one.path.name, one.page): one.reason for one in unread} == {
        ("bomb.docx", None): "too-large",
        ("bomb.odt", None): "too-large",
        ("cut off.docx", None): "corrupt",
        ("cut off.pdf", None): "corrupt",
        ("deep.rtf", None): "too-large",
        ("empty.pdf", None): "empty",
        ("entities.docx", None): "corrupt",
        ("entities.odt", None): "corrupt",
        ("far cell.xlsx", None): "too-large",
        ("locked.docx", None): "encrypted",
        ("locked.pdf", None): "encrypted",
        ("mixed.pdf", 2): "no-text-layer",
        ("mixed.pdf", 3): "no-text-layer",
        ("pointer.pdf", None): "lfs-pointer",
        ("scan.pdf", None): "no-text-layer",
        ("text.pdf", None): "corrupt",
        ("words.docx", None): "corrupt",
        ("zip.docx", None): "corrupt",
    }
    names = {file.name for file in extracts[0].files}
    assert names == {"deep.html", "deep.md", "good.docx", "mixed.pdf", "scan.pdf"}
    assert {*FILES} == names | {one.path.name for one in unread}
    assert extracts[0].notes == (
        "qms/deep.html: nested too deeply: the deepest parts are not read",
        "qms/deep.md: nested too deeply for Markdown: read as plain text",
    )


def test_the_message_says_what_is_wrong_and_no_name_of_this_machine(found: Found) -> None:
    _, unread = found
    told = {one.path.name: one.detail for one in unread}
    assert told["bomb.docx"] == "The Word or PowerPoint file would unpack to 70,000,000 bytes."
    assert told["far cell.xlsx"] == "The cells of the sheet S lie too far apart: delete the stray ones."
    assert told["locked.pdf"] == "The PDF file is protected by a password."
    assert told["entities.odt"] == "The OpenDocument file declares entities of its own, as no office program does."
    assert not any(str(one.path.parent) in one.detail for one in unread)


def test_the_good_file_among_them_is_read_whole(found: Found) -> None:
    content = found[0][1].content
    assert isinstance(content, Rows)
    texts = [cells for batch in content.batches for cells in zip(*batch.columns, strict=True)]
    assert [cells[-1] for cells in texts if cells[1] == "qms/good.docx"] == ["We answer every complaint."]


def test_a_damaged_part_inside_a_container_is_corrupt(tmp_path: Path) -> None:
    whole = bytearray(open_document("<text:p>x</text:p>"))
    at = whole.index(b"content.xml") + 60
    whole[at : at + 20] = b"\xff" * 20
    (tmp_path / "a.odt").write_bytes(whole)
    assert [one.reason for one in read(tmp_path)[1]] == ["corrupt"]
