"""What a worker is asked and what it answers: light to import, for the parent as for the child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["DOCUMENTS", "PARSERS", "PASSAGES", "TEMPLATES", "Asked", "Examined", "Place"]

DOCUMENTS = (
    "path", "title", "kind", "doc_id", "version", "status", "owner", "approved_by", "approved_on", "review_due",
    "language", "pages", "words", "text_layer", "placeholders", "modified_on", "sha256", "contradictions",
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
    """What to examine: the path as records show it, that below the folder asked for, the ending, and the bytes."""

    name: str
    below: str
    suffix: str
    content: bytes


class Place(NamedTuple):
    """Where a passage stands: line or row (0 where the format has none), page and path of headings."""

    line: int
    page: int | None
    heading: str | None


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was read: the cells of `DOCUMENTS`, those of `PASSAGES` for each passage, and where each stands.

    `scanned` are the pages that show a picture of text; `has_text` tells whether anything else was found; `unread` is
    the reason and the sentence for each thing in it that could not be read.
    """

    document: list[str | None]
    passages: list[list[str | None]]
    places: list[Place]
    scanned: list[int]
    has_text: bool
    notes: list[str]
    unread: list[tuple[str, str]]
