"""Reader of qmscheck for documents: folders of Markdown, text, PDF and Word files as two tables."""

from __future__ import annotations

from collections.abc import Iterator

from qmscheck import Begun, Extract, Reader, Request, Unread, hookimpl

__all__ = ["qmscheck_readers"]


@hookimpl
def qmscheck_readers() -> list[Reader]:
    """Give the reader `documents`. Its libraries are imported when it reads."""
    return [
        Reader(
            name="documents",
            suffixes=("/", ".md", ".markdown", ".txt", ".pdf", ".docx"),
            read=_read,
            title="Folders of documents (Markdown, text, PDF, Word), as documents and passages",
            ahead=True,
            settled=True,
        )
    ]


def _read(request: Request) -> Iterator[Extract | Unread | Begun]:
    from qmscheck_documents.reading import read  # noqa: PLC0415

    return read(request)
