"""What a PDF may say of itself where nobody can tell how its words belong together: `Owner Quality manager`.

A rule must not take that for a document without an owner: what is found here is unknown, not blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qmscheck_documents.aligned import label_of
from qmscheck_documents.labels import begins_label, column_of, folded, labelled, may_tell, step_of
from qmscheck_documents.pages import Line
from qmscheck_documents.placing import Table

__all__ = ["unsure"]

#: Pages from either end on which a document says such things of itself.
_EDGE = 2
_LONGEST = 100
_WORDS, _FEW = 6, 4
_NUMBER = re.compile(r"v?\.?\s?\d", re.IGNORECASE)
_DATE = re.compile(r"\d.*\d")
_NAME = re.compile(r"[^\W\d_a-zäöü].*[^.\d;,]")
_BY = frozenset({"by", "von", "durch"})


def unsure(pages: Sequence[Sequence[Line | Table]]) -> Iterator[tuple[str, str]]:
    """Give a column of `documents` for each line or cell that seems to be a label and its value, and say so."""
    for number, items in enumerate(pages, 1):
        if _EDGE < number <= len(pages) - _EDGE:
            continue
        for text in _texts(items):
            column = _column(text)
            if column is not None:
                yield column, f"page {number}: how the words {text!r} belong together cannot be told"


def _texts(items: Sequence[Line | Table]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Line):
            yield item.text
        else:
            yield from (cell for row in item.rows for cell in row)
            if item.head:
                yield from (" ".join(row) for row in item.rows if _steps(" ".join(row)))


def _column(text: str) -> str | None:
    """Give the column of which a text seems to tell the value, without a colon and without a gap that shows it."""
    if len(text) > _LONGEST or not may_tell(text):  # as with nearly every line
        return None
    if _steps(text):
        return "approved_by"
    if not begins_label(text) or labelled(text) is not None:
        return None
    label = label_of(text)
    column = column_of(folded(label)) if label else None
    rest = " ".join(text.split()[len(label.split()) :]) if label else ""
    return column if rest and column is not None and _may_tell(column, rest) else None


def _steps(text: str) -> bool:
    """Say whether a line is a row of the steps of approval, such as `Prepared Reviewed Approved`, and nothing else."""
    steps: set[str] = set()
    for word in text.split() if len(text) <= _LONGEST else ():
        if word.casefold() in _BY:
            continue
        step = step_of(word)
        if step is None:
            return False
        steps.add(step)
    return len(steps) > 1 and "approved" in steps


def _may_tell(column: str, rest: str) -> bool:
    if column in {"version", "doc_id"}:
        return len(rest.split()) <= _FEW and _NUMBER.match(rest) is not None
    if column in {"approved_on", "review_due"}:
        return _DATE.search(rest) is not None
    if column in {"owner", "approved_by"}:
        bare = re.sub(r"[\s,(]*\d[\d./ -]*\d\)?$", "", rest)
        return len(rest.split()) <= _WORDS and _NAME.fullmatch(bare) is not None
    return False
