"""Reader of qmscheck for scans: pages of PDF files and pictures that show text, as passages (optional).

It needs the program tesseract, which the system brings, with the data of the languages asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmscheck import Reader, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qmscheck import Extract, Request, Unread

__all__ = ["qmscheck_readers"]


@hookimpl
def qmscheck_readers() -> list[Reader]:
    """Give the reader `ocr`. It reads only where a plan asks for it by name."""
    options = {"languages": 'languages of the scans as tesseract calls them, such as "eng" or "deu+eng"; default: eng'}
    return [
        Reader(name="ocr", suffixes=(), read=_read, title="Scans, by optical character recognition", options=options)
    ]


def _read(request: Request) -> Iterator[Extract | Unread]:
    from qmscheck_ocr.reading import read  # noqa: PLC0415

    return read(request)
