"""PDF files taken apart with pypdfium2, which lives here. A page without text under a picture is named as scanned."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ctypes import c_ushort
from typing import Any

from pypdfium2 import PdfDocument, PdfiumError, raw

from qmscheck_documents.blocks import Parsed, Refused
from qmscheck_documents.pages import Line, blocks
from qmscheck_documents.placing import Table
from qmscheck_documents.sheet import Sheet
from qmscheck_documents.unsure import unsure
from qmscheck_documents.wording import normalised

__all__ = ["parse"]

# PDFium must not be entered by two threads at once.
_ENGINE = threading.Lock()

_PASSWORD = 4
_FEW = 8
_HALF = 0.5
_ROOM = 4096  # characters: `ctypes` keeps a type for each length of a buffer that was ever made
_OVERDRAWN = "page {}: more lines are drawn than are looked at: what stands in tables there is read as text"
_TITLES_OF_PROGRAMS = re.compile(
    r"^(?:Microsoft (?:Word|Excel|PowerPoint) - .*|untitled|\(anonymous\)|.*\.(?:docx?|xlsx?|pdf|indd|tex))$",
    re.IGNORECASE,
)


def parse(content: bytes) -> Parsed | Refused:
    """Take a PDF file apart."""
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
    lines: list[list[Line | Table]] = []
    scanned: list[int] = []
    overdrawn: list[int] = []
    for number in range(1, pages + 1):
        found = _page(document, number, overdrawn)
        if found is None:
            scanned.append(number)
        lines.append(found or [])
    properties = _properties(document.get_metadata_dict())
    told = blocks(lines)
    return Parsed(
        told,
        properties=properties,
        pages=pages,
        scanned=tuple(scanned),
        notes=(*map(_OVERDRAWN.format, overdrawn), *(block.doubt for block in told if block.doubt)),
        unsure=tuple(unsure(lines)),
    )


def _page(document: PdfDocument, number: int, overdrawn: list[int]) -> list[Line | Table] | None:
    """Give the lines and tables of a page, or None for a page that shows a picture in place of text.

    A page that draws more lines than are looked at is added to `overdrawn`.
    """
    with _opened(document, number) as page:
        if page is None:
            return None
        # What people write into form fields and notes is text only after it was pressed into the page.
        if not raw.FPDFPage_GetAnnotCount(page) or raw.FPDFPage_Flatten(page, 0) != raw.FLATTEN_SUCCESS:
            return _items(document, page, number, overdrawn)
    with _opened(document, number) as page:
        return None if page is None else _items(document, page, number, overdrawn)


@contextmanager
def _opened(document: PdfDocument, number: int) -> Iterator[Any | None]:
    """Open a raw page, None where it is damaged. That of pypdfium2 registers how each page and its text are to be
    closed if they are forgotten, which takes longer than to open them.
    """
    page, forms = raw.FPDF_LoadPage(document.raw, number - 1), document.formenv
    if page and forms:
        raw.FORM_OnAfterLoadPage(page, forms)
    try:
        yield page or None
    finally:
        if page and forms:
            raw.FORM_OnBeforeClosePage(page, forms)
        if page:
            raw.FPDF_ClosePage(page)


def _items(document: PdfDocument, page: Any, number: int, overdrawn: list[int]) -> list[Line | Table] | None:
    letters = raw.FPDFText_LoadPage(page)
    if not letters:
        raise PdfiumError("Failed to load text page.")
    try:
        text = _text(letters)
        if len(text.strip()) < _FEW and _is_picture(document, number):
            return None
        sheet = Sheet(letters, text, number)
        items = sheet.items(page)
        if sheet.overdrawn and items:
            overdrawn.append(number)
        return items
    finally:
        raw.FPDFText_ClosePage(letters)


def _text(letters: Any) -> str:
    """Give all text of a page as PDFium puts it together.

    PDFium looks beyond the end where the first or last character is no part of the text, so these are left out.
    """
    place_of = raw.FPDFText_GetTextIndexFromCharIndex
    first, last = 0, raw.FPDFText_CountChars(letters) - 1
    while first <= last and place_of(letters, first) < 0:
        first += 1
    while first <= last and place_of(letters, last) < 0:
        last -= 1
    if first > last:
        return ""
    room = place_of(letters, last) - place_of(letters, first) + 2  # with the zero at the end
    buffer = (c_ushort * (room + -room % _ROOM))()
    written = raw.FPDFText_GetText(letters, first, last - first + 1, buffer)
    return memoryview(buffer).cast("B")[: 2 * (written - 1)].tobytes().decode("utf-16-le", "ignore")


def _is_picture(document: PdfDocument, number: int) -> bool:
    page = document[number - 1]
    try:
        width, height = page.get_size()
        covered = 0.0
        for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=5):
            left, bottom, right, top = image.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        return bool(covered > _HALF * width * height)
    finally:
        page.close()


def _properties(metadata: Mapping[str, str]) -> dict[str, str]:
    told = {}
    title = normalised(metadata.get("Title", ""))
    if title and not _TITLES_OF_PROGRAMS.match(title):
        told["title"] = title
    changed = re.match(r"D:(\d{4})(\d\d)(\d\d)", metadata.get("ModDate", ""))
    if changed:
        told["modified"] = "-".join(changed.groups())
    return told
