"""All that a folder came to, as a few texts: what is the same in many records in a row is written once.

A folder of a thousand documents is read again from one file of the store in place of a thousand. What is written is
what was handed over, with the likenesses; it is of use only while every file is what it was (see `store`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import chain, groupby, repeat
from pathlib import Path
from typing import Any, NamedTuple

from qmscheck_documents.asking import DOCUMENTS, PASSAGES
from qmscheck_documents.found import Found, Table, numbered

__all__ = ["Whole", "packed", "unpacked"]

#: Passages whose texts are written together, so that some can be taken apart while others are still decompressed.
_TOGETHER = 2000
#: Places of a value from which on to copy it takes less than to write it.
_LONG = 4
_CELL, _ROLE, _TEXT = (PASSAGES.index(column) for column in ("cell", "role", "text"))
_TITLE, _KIND = DOCUMENTS.index("title"), DOCUMENTS.index("kind")


class Whole(NamedTuple):
    """What a folder came to, and the numbers, among the files asked about, of those whose parser refused them."""

    found: Found
    refused: tuple[int, ...]


def packed(whole: Whole) -> list[bytes]:
    """Write it: first all but the texts of the passages, then these."""
    found = whole.found
    parts = found.parts
    told = {
        "documents": found.documents.columns,
        "passages": found.passages,
        "lines": _runs(parts.rows),
        "pages": _runs(parts.pages),
        "headings": _runs(parts.headings),
        "cells": _runs(parts.columns[_CELL]),
        "roles": _runs(parts.columns[_ROLE]),
        "languages": _runs(parts.languages),
        "notes": found.notes,
        "lacking": found.lacking,
        "refused": whole.refused,
    }
    texts = parts.columns[_TEXT]
    starts = range(0, len(texts), _TOGETHER)
    return [json.dumps(told).encode(), *(_joined(texts[start : start + _TOGETHER]) for start in starts)]


def unpacked(parts: Iterable[bytes], files: Sequence[Path | None]) -> Whole:
    """Read it; `files` are those that were asked about, None for the templates that lie aside."""
    coming = iter(parts)
    told = json.loads(next(coming))
    refused = frozenset(told["refused"])
    seen = [file for number, file in enumerate(files) if file is not None and number not in refused]
    documents = _documents(told["documents"], len(seen))
    parts_table = _passages(documents, told, coming)
    lacking = [(number, reason, detail, page) for number, reason, detail, page in told["lacking"]]
    found = Found(documents, parts_table, seen, told["passages"], told["notes"], lacking)
    return Whole(found, tuple(told["refused"]))


def _documents(columns: list[list[str | None]], number: int) -> Table:
    paths = [str(path) for path in columns[0]]
    return Table(tuple(columns), [0] * number, [None] * number, [None] * number, [None] * number, paths=paths)


def _passages(documents: Table, told: dict[str, Any], coming: Iterable[bytes]) -> Table:
    counts: list[int] = told["passages"]
    places = range(1, max(counts, default=0) + 1)
    numbers = list(map(str, places))
    values, times = told["pages"]
    pages_told = [None if page is None else str(page) for page in values]
    headings = _spread(*told["headings"])
    columns: tuple[list[Any], ...] = (
        list(chain.from_iterable(map(numbered, documents.paths, map(numbers.__getitem__, map(slice, counts))))),
        _spread(documents.paths, counts),
        _spread(documents.columns[_TITLE], counts),
        _spread(documents.columns[_KIND], counts),
        _spread(pages_told, times),
        headings,
        list(chain.from_iterable(map(numbers.__getitem__, map(slice, counts)))),
        _spread(*told["cells"]),
        _spread(*told["roles"]),
        list(chain.from_iterable(map(_parted, coming))),
    )
    return Table(
        columns,
        rows=_spread(*told["lines"]),
        pages=_spread(values, times),
        headings=headings,
        paragraphs=list(chain.from_iterable(map(places.__getitem__, map(slice, counts)))),
        cells=columns[_CELL],
        paths=columns[1],
        languages=_spread(*told["languages"]),
    )


def _runs(column: Sequence[object]) -> tuple[list[object], list[int]]:
    """Give each value that stands several times in a row once, and how often it does."""
    runs = [(value, len(list(same))) for value, same in groupby(column)]
    return [value for value, _ in runs], [times for _, times in runs]


def _spread(values: Sequence[Any], times: Sequence[int]) -> list[Any]:
    """Give each value as often as it stands in a row: long rows are copied, of short ones each place is written."""
    number = sum(times)
    if len(values) * _LONG > number:
        return list(chain.from_iterable(map(repeat, values, times)))
    found: list[Any] = []
    for value, often in zip(values, times, strict=True):
        found += [value] * often
    return found


def _joined(texts: Sequence[str | None]) -> bytes:
    """A worker writes no line break into a text."""
    return "\n".join(map(str, texts)).encode("utf-8", "surrogatepass")


def _parted(joined: bytes) -> list[str]:
    return str(joined, "utf-8", "surrogatepass").split("\n")
