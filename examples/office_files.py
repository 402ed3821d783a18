"""Write office files whose bytes depend on their content only: no clock, no compression library, no random ids.

Used by the two `make_*.py` scripts. The PDF writer knows one font and one column, as an old word processor does.
"""

from __future__ import annotations

import datetime as dt
import io
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

__all__ = [
    "DECLARED",
    "Cell",
    "csv_text",
    "docx",
    "pdf",
    "scanned_pdf",
    "seal_sqlite",
    "table",
    "write_bytes",
    "write_text",
    "xlsx",
]

Cell = str | int | float | bool | dt.date | dt.datetime | None

DECLARED = dt.datetime(2026, 11, 2, 8, 0)  # noqa: DTZ001  (office files know no time zone)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_LINES_PER_PAGE = 52
_SQLITE_VERSION = 3_040_001


def write_text(path: Path, text: str, *, encoding: str = "utf-8", newline: str = "\n") -> None:
    """Write a text file with the given line ends, the same on every platform."""
    write_bytes(path, text.replace("\n", newline).encode(encoding))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def csv_text(rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Write records as CSV text, quoted only where needed; None is blank."""
    return "".join(delimiter.join(_csv_cell(cell, delimiter) for cell in row) + "\n" for row in rows)


def xlsx(
    path: Path,
    author: str,
    fill: Callable[[Workbook], None],
    *,
    dates: str = "dd.mm.yyyy",
) -> None:
    """Write a workbook; `fill` adds the sheets."""
    from xlsxwriter import Workbook  # noqa: PLC0415

    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True, "default_date_format": dates})
    book.set_properties({"author": author, "created": DECLARED})
    fill(book)
    book.close()
    write_bytes(path, _stored(buffer.getvalue()))


def table(
    sheet: Any,
    top: int,
    heading: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    bold: Any = None,
) -> int:
    """Write a heading and records into a sheet from row `top` (counted from 0); give the first free row."""
    for column, text in enumerate(heading):
        sheet.write(top, column, text, bold)
    at = top
    for at, row in enumerate(rows, top + 1):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(at, column, cell)
    return at + 1


def docx(
    path: Path,
    author: str,
    fill: Callable[[Document], None],
    *,
    changed: dt.datetime = DECLARED,
) -> None:
    """Write a Word document; `fill` adds the text."""
    import docx as python_docx  # noqa: PLC0415

    document = python_docx.Document()
    properties = document.core_properties
    properties.author = properties.last_modified_by = author
    properties.comments = ""
    properties.created = properties.modified = changed
    fill(document)
    properties.title = document.paragraphs[0].text
    _lightened(document)
    buffer = io.BytesIO()
    document.save(buffer)
    write_bytes(path, _stored(buffer.getvalue()))


def pdf(
    path: Path,
    lines: Sequence[str],
    *,
    title: str,
    author: str,
    changed: dt.datetime = DECLARED,
) -> None:
    """Write a PDF of text lines. `# ` opens a heading, a form feed opens a page."""
    write_bytes(path, _pdf_bytes(_text_pages(lines, slope=0.0), _info(title, author, changed)))


def scanned_pdf(path: Path, lines: Sequence[str], *, changed: dt.datetime = DECLARED) -> None:
    """Write a PDF that a scanner would make of a page laid in a little askew: pixels, no text."""
    import pypdfium2  # noqa: PLC0415

    printed = _pdf_bytes(_text_pages(lines, slope=0.006), "")
    page = pypdfium2.PdfDocument(printed)[0]
    bitmap = page.render(scale=110 / 72, grayscale=True)
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    pixels = bytes(bitmap.buffer)
    rows = (_packed(pixels[y * stride : y * stride + width]) for y in range(height))
    image = _run_lengths(b"".join(rows))
    write_bytes(
        path,
        _pdf_bytes(
            [_image_page(image, width, height)],
            _info("Scan0001", "Scanner EG", changed),
        ),
    )


def seal_sqlite(path: Path) -> None:
    """Rewrite the pages in order and blot out what the header says of the library and of how often it wrote."""
    with sqlite3.connect(path) as connection:
        connection.execute("VACUUM")
    connection.close()
    content = bytearray(path.read_bytes())
    content[24:28] = content[92:96] = (1).to_bytes(4, "big")
    content[96:100] = _SQLITE_VERSION.to_bytes(4, "big")
    path.write_bytes(content)


# ---------------------------------------------------------------- private


def _csv_cell(cell: object, delimiter: str) -> str:
    text = "" if cell is None else str(cell)
    if any(mark in text for mark in (delimiter, '"', "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def _lightened(document: Document) -> None:
    # The template brings 90 table styles, twice: 800 kB where nothing is deflated.
    part = document.part
    for key in [key for key, rel in part.rels.items() if rel.reltype.endswith("/stylesWithEffects")]:
        del part.rels[key]
    styles = document.styles.element
    for style in list(styles):
        kept = {"TableNormal", "TableGrid"}
        if style.get(f"{{{_WORD}}}type") == "table" and style.get(f"{{{_WORD}}}styleId") not in kept:
            styles.remove(style)


def _stored(packed: bytes) -> bytes:
    # Stored, not deflated: what deflate makes of the same bytes differs between zlib builds.
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as new,
    ):
        for entry in old.infolist():
            fixed = zipfile.ZipInfo(entry.filename, _ZIP_TIME)
            fixed.create_system = 0
            new.writestr(fixed, old.read(entry))
    return buffer.getvalue()


def _info(title: str, author: str, changed: dt.datetime) -> str:
    stamp = changed.strftime("D:%Y%m%d%H%M%SZ")
    texts = f"/Title ({_escaped(title)}) /Author ({_escaped(author)})"
    return f"<< {texts} /Producer (PDF-Drucker 4) /CreationDate ({stamp}) /ModDate ({stamp}) >>"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


Page = tuple[str, bytes, str, bytes]  # resources, content, image dictionary, image bytes


def _text_pages(lines: Sequence[str], *, slope: float) -> list[Page]:
    pages: list[list[str]] = [[]]
    for line in lines:
        if line == "\f" or len(pages[-1]) >= _LINES_PER_PAGE:
            pages.append([])
        if line != "\f":
            pages[-1].append(line)
    fonts = "/Font << /F1 4 0 R /F2 5 0 R >>"
    return [(fonts, _text_stream(page, slope), "", b"") for page in pages]


def _text_stream(lines: Sequence[str], slope: float) -> bytes:
    commands = ["BT"]
    for number, line in enumerate(lines):
        font, text = ("/F2 13", line[2:]) if line.startswith("# ") else ("/F1 10", line)
        place = f"1 {slope:g} {-slope:g} 1 56 {780 - 14 * number}"
        commands.append(f"{font} Tf {place} Tm ({_escaped(text)}) Tj")
    commands.append("ET")
    return "\n".join(commands).encode("cp1252")


def _image_page(image: bytes, width: int, height: int) -> Page:
    shape = f"/Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 1"
    dictionary = f"/Type /XObject /Subtype /Image {shape} /Filter /RunLengthDecode"
    return (
        "/XObject << /Im0 {image} 0 R >>",
        b"595 0 0 842 0 0 cm /Im0 Do",
        dictionary,
        image,
    )


def _packed(row: bytes) -> bytes:
    bits = [grey > 140 for grey in row] + [True] * (-len(row) % 8)
    return bytes(sum(1 << (7 - i) for i in range(8) if bits[at + i]) for at in range(0, len(bits), 8))


def _run_lengths(raw: bytes) -> bytes:
    out = bytearray()
    at = 0
    while at < len(raw):
        end = at + 1
        while end < len(raw) and raw[end] == raw[at] and end - at < 128:
            end += 1
        out += bytes([0, raw[at]]) if end - at == 1 else bytes([257 - (end - at), raw[at]])
        at = end
    out.append(128)
    return bytes(out)


def _pdf_bytes(pages: Sequence[Page], info: str) -> bytes:
    objects: list[bytes] = [b""] * 5
    kids = []
    for resources, content, dictionary, image in pages:
        if image:
            objects.append(_stream(dictionary, image))
            resources = resources.replace("{image}", str(len(objects)))  # noqa: PLW2901
        objects.append(_stream("", content))
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << {resources} >>"
        objects.append(f"{page} /Contents {len(objects)} 0 R >>".encode())
        kids.append(f"{len(objects)} 0 R")
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    objects[2] = (info or "<< >>").encode("cp1252")
    objects[3] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects[4] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"
    return _assembled(objects)


def _stream(dictionary: str, content: bytes) -> bytes:
    return f"<< {dictionary} /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"


def _assembled(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
