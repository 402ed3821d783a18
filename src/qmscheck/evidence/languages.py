"""Passages in a language for which the rulesets have no terms: they are there, and no rule can read them.

To look for English and German words in a French policy and to find none shows nothing about the policy. The cells are
marked, so that they count as unreadable wherever a rule reads them, and each document is named in the limits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from types import MappingProxyType

from qmscheck.cells import UNREADABLE
from qmscheck.extracts import Batch, Extract, Rows
from qmscheck.model import Limit, Ruleset

__all__ = ["languages_of", "marked"]

_NAMES = MappingProxyType({
    "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fi": "Finnish", "fr": "French", "hr": "Croatian", "hu": "Hungarian", "it": "Italian",
    "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sv": "Swedish", "tr": "Turkish",
    "uk": "Ukrainian",
})  # fmt: skip


def languages_of(ruleset: Ruleset) -> frozenset[str]:
    """Give the languages in which the ruleset has terms."""
    return frozenset(language for family in ruleset.terms.values() for language in family)


def marked(extract: Extract, known: Collection[str]) -> tuple[Extract, tuple[Limit, ...]]:
    """Mark the cells of an extract that no rule can read, and name the documents that they stand in."""
    content = extract.content
    if extract.worded is None or not known or not isinstance(content, Rows):
        return extract, ()
    batches = list(content.batches)
    foreign = [_foreign(batch, known) for batch in batches]
    if not any(foreign):
        return replace(extract, content=Rows(batches)), ()
    column = extract.columns.index(extract.worded)
    told = [_with_marks(batch, column, rows) if rows else batch for batch, rows in zip(batches, foreign, strict=True)]
    limits = tuple(_limits(batches, foreign, known))
    return replace(extract, content=Rows(told), marked=True), limits


def _foreign(batch: Batch, known: Collection[str]) -> list[int]:
    """Give the positions of the records in another language; where nobody knows the language, words are looked for."""
    return [n for n, one in enumerate(batch.languages or ()) if one is not None and one not in known]


def _with_marks(batch: Batch, column: int, rows: Sequence[int]) -> Batch:
    cells = list(batch.columns[column])
    for row in rows:
        if cells[row] is not None:
            cells[row] = UNREADABLE
    return replace(batch, columns=(*batch.columns[:column], cells, *batch.columns[column + 1 :]))


def _limits(batches: Sequence[Batch], foreign: Sequence[Sequence[int]], known: Collection[str]) -> Iterator[Limit]:
    found: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
    for batch, rows in zip(batches, foreign, strict=True):
        total.update(batch.paths or ())
        found.update(((batch.paths or [])[n], (batch.languages or [])[n] or "") for n in rows)
    terms = " and ".join(sorted(_name(one) for one in known))
    for (path, language), number in sorted(found.items()):
        what = "It is" if number == total[path] else f"{number} of its {total[path]} passages are"
        detail = f"{what} in {_name(language)}; the rulesets have terms in {terms}, so that no rule can read its words."
        yield Limit(kind="file", id=path, reason="unsupported", detail=detail)


def _name(language: str) -> str:
    return _NAMES.get(language, f"a script of its own ({language})" if len(language) > 2 else language)  # noqa: PLR2004
