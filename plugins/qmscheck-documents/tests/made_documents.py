"""Documents made for the tests: Word files with python-docx, PDF files written by hand."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import docx
from qmscheck_documents import qmscheck_readers

from qmscheck import Extract, Request, Rows, Unread

Row = dict[str, str | None]

_LOCK = b"/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"41" * 32, b"42" * 32)


def read(path: Path, root: Path | None = None) -> tuple[list[Extract], list[Unread]]:
    """Read a path with the reader of the plugin."""
    request = Request("documents", path, {}, dt.date(2026, 11, 20), path.parent, root or path.parent)
    found = list(qmscheck_readers()[0].read(request))
    return [one for one in found if isinstance(one, Extract)], [one for one in found if isinstance(one, Unread)]


def records(path: Path, root: Path | None = None) -> tuple[list[Row], list[Row]]:
    """Give the rows of `documents` and of `passages`; each has its line in `line`."""
    tables: list[list[Row]] = []
    for extract in read(path, root)[0]:
        assert isinstance(extract.content, Rows)
        rows: list[Row] = []
        for batch in extract.content.batches:
            assert batch.rows is not None
            for n, cells in enumerate(zip(*batch.columns, strict=True)):
                rows.append({**dict(zip(extract.columns, cells, strict=True)), "line": str(batch.rows[n])})
        tables.append(rows)
    return (tables[0], tables[1]) if tables else ([], [])


def roles(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Give (role, text) of each passage."""
    return [(str(row["role"]), str(row["text"])) for row in rows]


def word(build: object = None) -> bytes:
    """Give a Word file; `build` is called with the python-docx document."""
    document = docx.Document()
    if callable(build):
        build(document)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf(
    pages: Sequence[str], *, info: str = "", picture: Sequence[int] = (), note: str = "", locked: bool = False
) -> bytes:
    """Give a PDF file. Each page is a content stream; pages in `picture` show an image over the whole page.

    `note` is text that stands in an annotation of every page, as filled form fields do; `locked` asks for a password.
    """
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>"
    )
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        image + b"\nstream\n\x80\nendstream",
        f"<< {info} >>".encode("latin-1"),
    ]
    shown = f"BT /F 11 Tf 4 6 Td ({note}) Tj ET".encode("cp1252")
    objects += [
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 400 20] /Resources << /Font << /F 3 0 R >> >> /Length %d >>"
        b"\nstream\n%s\nendstream" % (len(shown), shown),
        b"<< /Type /Annot /Subtype /Stamp /Rect [72 400 472 420] /F 4 /AP << /N 6 0 R >> >>",
    ]
    annotations = b" /Annots [7 0 R]" if note else b""
    kids = []
    for number, page in enumerate(pages, 1):
        stream = (f"q 612 0 0 792 0 0 cm /Im Do Q\n{page}" if number in picture else page).encode("cp1252")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F 3 0 R >> /XObject << /Im 4 0 R >> >>%s >>" % (len(objects), annotations)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return _assembled(objects, _LOCK if locked else b"")


def lines(*texts: str, size: int = 11, top: int = 700, step: int = 14) -> str:
    """Give a content stream that shows lines of text one below the other."""
    shown = []
    for n, text in enumerate(texts):
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        shown.append(f"BT /F {size} Tf 72 {top - n * step} Td ({escaped}) Tj ET")
    return "\n".join(shown)


def _assembled(objects: Sequence[bytes], lock: bytes) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        lock,
        start,
    )
