"""What a worker is asked and what it answers: light to import, for the parent as for the child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["COMPARED", "DOCUMENTS", "PARSERS", "PASSAGES", "TEMPLATES", "Asked", "Examined"]

#: Columns that are known only when all documents were read.
COMPARED = ("similar_to", "similarity", "template", "template_similarity")
DOCUMENTS = (
    "path", "title", "kind", "doc_id", "version", "status", "owner", "prepared_by", "prepared_on", "reviewed_by",
    "reviewed_on", "approved_by", "approved_on", "review_due", "language", "pages", "words", "text_layer",
    "placeholders", "modified_on", "sha256", "contradictions", *COMPARED,
)  # fmt: skip
PASSAGES = (
    "passage_id", "document", "document_title", "document_kind", "page", "heading", "paragraph", "cell", "role", "text",
)  # fmt: skip

_SUFFIXES = {
    "asciidoc": ".adoc .asciidoc",
    "html": ".htm .html .xhtml",
    "mail": ".eml",
    "markdown": ".markdown .md",
    "office": ".doc .docm .docx .dot .dotm .dotx .pot .potm .potx .pps .ppsm .ppsx .ppt .pptm .pptx",
    "opendocument": ".odp .odt .ott",
    "outlook": ".msg",
    "pdf": ".pdf",
    "plain_text": ".text .txt",
    "rich_text": ".rtf",
    "workbook": ".ods .xls .xlsb .xlsm .xlsx .xltm .xltx",
}

#: The module that parses each kind of file, by its ending.
PARSERS: Mapping[str, str] = MappingProxyType(
    {suffix: module for module, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
)
#: Endings of files that are templates by their format.
TEMPLATES = frozenset({".dot", ".dotm", ".dotx", ".ott", ".pot", ".potm", ".potx", ".xlt", ".xltm", ".xltx"})


class Asked(NamedTuple):
    """What to examine: the path as records show it, that below the folder asked for, the ending, and the bytes.

    `template` says that the plan calls it a template.
    """

    name: str
    below: str
    suffix: str
    content: bytes
    template: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was read: the cells of `DOCUMENTS` without `COMPARED`, and its passages, column by column: line or
    row (0 where the format has none), page, path of headings, cell, role, text, and language where that is known; and
    the sketch of its text (see `sketch`).

    `scanned` are the pages that show a picture of text; `has_text` tells whether anything else was found; `unread` is
    the reason and the sentence for each thing in it that could not be read.
    """

    document: list[str | None]
    lines: list[int]
    on_pages: list[int | None]
    headings: list[str | None]
    cells: list[str | None]
    roles: list[str]
    texts: list[str]
    languages: list[str | None]
    sketch: list[int]
    scanned: list[int]
    has_text: bool
    notes: list[str]
    unread: list[tuple[str, str]]
