"""PDF files taken apart with pypdfium2, which lives here. A page without text under a picture is named as scanned."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.pages import Line, blocks
from qmscheck_documents.wording import normalised

__all__ = ["parse"]

# PDFium must not be entered by two threads at once.
_ENGINE = threading.Lock()

_PASSWORD = 4
_FEW = 8
_HALF = 0.5
_TITLES_OF_PROGRAMS = re.compile(
    r"^(?:Microsoft (?:Word|Excel|PowerPoint) - .*|untitled|.*\.(?:docx?|xlsx?|pdf|indd|tex))$", re.IGNORECASE
)


def parse(content: bytes) -> Parsed | Refused:
    """Take a PDF file apart."""
    from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415

    with _ENGINE:
        try:
            document = PdfDocument(content)
        except PdfiumError as error:
            if error.err_code == _PASSWORD:
                return Refused("encrypted", "The PDF file is protected by a password.")
            return Refused("corrupt", "The file is no PDF file, or it is damaged.")
        try:
            return _parsed(document)
        except PdfiumError as error:
            return Refused("corrupt", f"The PDF file is damaged: {error}")
        finally:
            document.close()


def _parsed(document: Any) -> Parsed | Refused:
    pages = len(document)
    if pages == 0:
        return Refused("empty", "The PDF file has no pages.")
    if document.get_formtype():
        document.init_forms()
    lines: list[list[Line]] = []
    scanned: list[int] = []
    for number in range(1, pages + 1):
        found = _page(document, number)
        if found is None:
            scanned.append(number)
        lines.append(found or [])
    properties = _properties(document.get_metadata_dict())
    return Parsed(blocks(lines), properties=properties, pages=pages, scanned=tuple(scanned))


def _page(document: Any, number: int) -> list[Line] | None:
    """Give the lines of a page, or None for a page that shows a picture in place of text."""
    from pypdfium2 import PdfiumError, raw  # noqa: PLC0415

    try:
        page = document[number - 1]
        # What people write into form fields and notes is text only after it was pressed into the page.
        if raw.FPDFPage_GetAnnotCount(page.raw) and raw.FPDFPage_Flatten(page.raw, 0) == raw.FLATTEN_SUCCESS:
            page.close()
            page = document[number - 1]
    except PdfiumError:
        return None
    try:
        text_page = page.get_textpage()
        text = text_page.get_text_range()
        if len(text.strip()) < _FEW and _is_picture(page):
            return None
        return list(_lines(text_page.raw, text, number))
    finally:
        page.close()


def _is_picture(page: Any) -> bool:
    from pypdfium2 import raw  # noqa: PLC0415

    width, height = page.get_size()
    covered = 0.0
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=5):
        left, bottom, right, top = image.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return bool(covered > _HALF * width * height)


def _lines(raw_page: Any, text: str, number: int) -> Iterator[Line]:
    from ctypes import byref, c_double  # noqa: PLC0415

    from pypdfium2 import raw  # noqa: PLC0415

    box = raw.FS_RECTF()
    right, left, bottom, top = c_double(), c_double(), c_double(), c_double()
    at_box = byref(box)
    edges = (byref(left), byref(right), byref(bottom), byref(top))
    loose_box, char_box = raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetCharBox
    at = 0
    as_counted = raw.FPDFText_CountChars(raw_page) == len(text)  # every character of the text is one of the page
    for line in text.split("\n"):
        bare = line.rstrip("\r")
        if words := bare.strip():
            middle, last = at + _solid(bare), at + max(0, len(bare.rstrip()) - 1)
            if not as_counted:
                middle = raw.FPDFText_GetCharIndexFromTextIndex(raw_page, middle)
                last = raw.FPDFText_GetCharIndexFromTextIndex(raw_page, last)
            size = low = 0.0
            if loose_box(raw_page, middle, at_box):
                low = box.bottom
                size, low = round(abs(box.top - low), 1), round(low, 1)
            placed = char_box(raw_page, last, *edges)
            yield Line(number, words, size, low, right.value if placed else 0.0)
        at += len(line) + 1


def _solid(line: str) -> int:
    """Give the place of a letter or digit near the middle: blanks have no height of their own."""
    middle = len(line) // 2
    if line[middle].isalnum():
        return middle
    order = [*range(len(line) // 2, len(line)), *range(len(line) // 2)]
    return next((place for place in order if line[place].isalnum()), middle)


def _properties(metadata: Mapping[str, str]) -> dict[str, str]:
    told = {}
    title = normalised(metadata.get("Title", ""))
    if title and not _TITLES_OF_PROGRAMS.match(title):
        told["title"] = title
    changed = re.match(r"D:(\d{4})(\d\d)(\d\d)", metadata.get("ModDate", ""))
    if changed:
        told["modified"] = "-".join(changed.groups())
    return told
