"""Scans are read where a plan asks for it, with their place and with how sure the letters are; and nothing more."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from made_documents import lines, pdf
from pypdfium2 import PdfDocument
from qmscheck_ocr import qmscheck_readers, reading
from qmscheck_ocr.recognition import paragraphs

from qmscheck import Extract, QmscheckError, Request, Rows, Unread


@pytest.fixture
def tesseract() -> None:
    """Where the program is not installed, the summary of the run names what was not shown; on CI the tests fail."""
    if shutil.which("tesseract") is None:
        told = "no tesseract is installed (apt-get install tesseract-ocr)"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(f"NOT SHOWN: {told}")


def request(path: Path, **options: str) -> Request:
    return Request(
        "passages", path, options, dt.date(2026, 11, 20), path.parent, path if path.is_dir() else path.parent
    )


def found(path: Path, **options: str) -> tuple[list[Extract], list[Unread]]:
    parts = list(qmscheck_readers()[0].read(request(path, **options)))
    return [one for one in parts if isinstance(one, Extract)], [one for one in parts if isinstance(one, Unread)]


def scan(*texts: str) -> bytes:
    """Give a PDF whose only page is a picture of text."""
    page = PdfDocument(pdf([lines(*texts, size=16, step=24)]))[0]
    drawn = page.render(scale=200 / 72, grayscale=True)
    raw = bytes(drawn.buffer)
    grey = b"".join(raw[at : at + drawn.width] for at in range(0, drawn.stride * drawn.height, drawn.stride))
    packed = zlib.compress(grey)
    blank = pdf([""], picture=(1,))
    image = (
        b"/Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\n\x80\n"
    )
    assert image in blank
    shown = b"/Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
    shown += b" /Length %d >>\nstream\n%s\n"
    return blank.replace(image, shown % (drawn.width, drawn.height, len(packed), packed))


@pytest.mark.usefixtures("tesseract")
def test_a_scanned_page_becomes_passages_with_their_page_and_confidence(tmp_path: Path) -> None:
    (tmp_path / "Quality policy.pdf").write_bytes(scan("Quality policy", "We answer every customer within two days."))
    (tmp_path / "text.pdf").write_bytes(pdf([lines("This page has a text layer.")]))
    (extract,), unread = found(tmp_path)
    assert unread == []
    assert isinstance(extract.content, Rows)
    (batch,) = extract.content.batches
    rows = [dict(zip(extract.columns, cells, strict=True)) for cells in zip(*batch.columns, strict=True)]
    said = " ".join(str(row["text"]) for row in rows)
    assert "We answer every customer within two days." in said
    assert {(row["document"], row["document_kind"], row["page"]) for row in rows} == {
        ("Quality policy.pdf", "policy", "1")
    }
    assert any("page 1: read with a confidence of 9" in note for note in extract.notes)


@pytest.mark.usefixtures("tesseract")
def test_what_is_no_scan_gives_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "text.pdf").write_bytes(pdf([lines("This page has a text layer.")]))
    extracts, unread = found(tmp_path)
    assert extracts == []
    assert [one.reason for one in unread] == ["empty"]
    (tmp_path / "text.pdf").unlink()
    assert [one.detail for one in found(tmp_path)[1]] == ["There is no scan that could be read."]


@pytest.mark.usefixtures("tesseract")
def test_a_picture_without_letters_is_named_and_no_noise_becomes_words(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").write_bytes(pdf([""], picture=(1,)))
    extracts, unread = found(tmp_path)
    assert extracts == []
    assert unread[0].page == 1
    assert "not used" in unread[0].detail


@pytest.mark.usefixtures("tesseract")
def test_a_damaged_picture_costs_itself_alone(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    (tmp_path / "b.pdf").write_bytes(scan("Customers are heard."))
    (extract,), (lost,) = found(tmp_path)
    assert lost.path.name == "a.png"
    assert lost.reason == "corrupt"
    assert extract.files == (tmp_path / "b.pdf",)


@pytest.mark.usefixtures("tesseract")
def test_a_file_that_takes_too_long_or_kills_its_process_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_bytes(scan("Customers are heard."))
    with monkeypatch.context() as patch:
        patch.setattr(reading, "_SECONDS", 0.001)
        assert found(tmp_path)[1][0].reason == "timeout"
    monkeypatch.setattr(reading, "_MEMORY", 1 << 20)
    assert found(tmp_path)[1][0].reason in {"crashed", "corrupt"}


@pytest.mark.parametrize(("languages", "message"), [("--help", "names no languages"), ("xxy", "no data for 'xxy'")])
@pytest.mark.usefixtures("tesseract")
def test_a_language_that_is_none_or_not_installed_stops_the_audit(tmp_path: Path, languages: str, message: str) -> None:
    with pytest.raises(QmscheckError, match=message):
        found(tmp_path, languages=languages)


def test_without_the_program_the_plan_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(QmscheckError, match="tesseract is not installed"):
        found(tmp_path)


def test_words_of_one_paragraph_are_joined_and_weighed_by_their_letters() -> None:
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
    words = [("1", "1", "90", "abc"), ("1", "1", "50", "d"), ("1", "2", "70", '"'), ("1", "2", "-1", " ")]
    rows = "".join(f"5\t1\t{b}\t{p}\t1\t1\t0\t0\t1\t1\t{c}\t{t}\n" for b, p, c, t in words)
    assert paragraphs(head + rows) == [("abc d", 80.0), ('"', 70.0)]


def test_being_listed_imports_no_library() -> None:
    code = "import sys, qmscheck_ocr; qmscheck_ocr.qmscheck_readers(); print('pypdfium2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
