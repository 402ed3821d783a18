"""Which documents are evidence, and which are notes about a folder, such as a README: these are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from qmscheck.proposal.names import plain
from qmscheck.proposal.seen import Document

__all__ = ["doubt", "is_note", "within"]

#: What notes about a folder are called, without case and signs.
_NOTES = frozenset(
    {
        *("readme", "readmefirst", "liesmich", "gaps", "luecken", "notes", "notizen", "todo", "todos", "changelog"),
        *("changes", "history", "license", "licence", "lizenz", "copying", "contributing", "authors", "provenance"),
        *("index", "contents", "inhalt", "about"),
    }
)


def within(folder: str, documents: Sequence[Document]) -> list[Document]:
    """Give the documents that one source of documents reads: those of a folder, or a single one."""
    return [d for d in documents if folder in {".", d.path} or d.path.startswith(f"{folder}/")]


def is_note(path: str) -> bool:
    """Tell whether a document is called as notes about a folder are."""
    return plain(PurePosixPath(path).stem) in _NOTES


def doubt(folder: str, documents: Sequence[Document]) -> str | None:
    """Say why a source of documents is asked for; None where it is proposed.

    Only a document that stands by itself is: one that is called like a note, or of which nobody can tell what it is.
    """
    alone = next((d for d in documents if d.path == folder), None)
    if alone is None:
        return None
    if is_note(alone.path):
        return "It is called like a note about the folder: is it evidence? If so, take away the # below."
    if alone.kind == "other":
        return "Neither its name nor its title tells what it is: is it evidence? If so, take away the # below."
    return None
