"""Reader of qmscheck for documents: folders of files of Word, PDF, mails and many more as two tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmscheck import Reader, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qmscheck import Begun, Extract, Request, Unread

__all__ = ["qmscheck_readers"]

#: Files that a plan may name alone. Workbooks are read as documents only in a folder: alone, they are tables.
_SUFFIXES = (
    ".adoc", ".asciidoc", ".doc", ".docm", ".docx", ".dot", ".dotm", ".dotx", ".eml", ".htm", ".html", ".markdown",
    ".md", ".msg", ".odp", ".odt", ".ott", ".pdf", ".pot", ".potm", ".potx", ".pps", ".ppsm", ".ppsx", ".ppt", ".pptm",
    ".pptx", ".rtf", ".text", ".txt", ".xhtml",
)  # fmt: skip


@hookimpl
def qmscheck_readers() -> list[Reader]:
    """Give the reader `documents`. Its libraries are imported when it reads."""
    return [
        Reader(
            name="documents",
            suffixes=("/", *_SUFFIXES),
            read=_read,
            title="Folders of documents (Word, PowerPoint, PDF, mails, web pages, text), as documents and passages",
            ahead=True,
            settled=True,
            reads=("templates",),
            brings=("passages",),
            options={
                "templates": "files or folders of templates, relative to the plan: a record that equals one is none"
            },
        )
    ]


def _read(request: Request) -> Iterator[Extract | Unread | Begun]:
    from qmscheck_documents.reading import read  # noqa: PLC0415

    return read(request)
