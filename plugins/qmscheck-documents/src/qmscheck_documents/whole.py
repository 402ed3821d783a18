"""All that a folder came to, as a few texts.

A folder of a thousand documents is read again from one file of the store in place of a thousand. What is written is
what was handed over, with the likenesses; it is of use only while every file is what it was (see `store`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from qmscheck_documents.deflate import deflated, inflated
from qmscheck_documents.folded import Folded, Piece, Runs
from qmscheck_documents.found import Found

__all__ = ["Whole", "packed", "unpacked"]


class Whole(NamedTuple):
    """What a folder came to, and the numbers, among the files asked about, of those whose parser refused them."""

    found: Found
    refused: tuple[int, ...]


def packed(whole: Whole) -> list[bytes]:
    """Write it: first all but the words of the passages, then these."""
    found = whole.found
    told = [found.documents, found.passages.pieces, found.notes, found.lacking, whole.refused]
    return [deflated(json.dumps(told).encode()), *found.passages.texts]


def unpacked(parts: Sequence[bytes], files: Sequence[Path | None]) -> Whole:
    """Read it; `files` are those that were asked about, None for the templates that lie aside."""
    documents, pieces, notes, lacking, refused = json.loads(inflated(parts[0]))
    left_out = frozenset(refused)
    seen = [file for number, file in enumerate(files) if file is not None and number not in left_out]
    passages = Folded([_piece(*one) for one in pieces], list(parts[1:]))
    found = Found(tuple(documents), passages, seen, notes, [(number, *told) for number, *told in lacking])
    return Whole(found, tuple(refused))


def _piece(of: Sequence[tuple[int, int, int]], *columns: Runs) -> Piece:
    parts = [(document, first, number) for document, first, number in of]
    return Piece(parts, *((values, times) for values, times in columns))
