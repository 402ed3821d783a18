"""Words of a column that are none of its closed list: nobody has said what they mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qmscheck import toml
from qmscheck.engine import Engine, counts
from qmscheck.sql.mapping import MappedColumn, unlisted_words
from qmscheck.sql.mapping import unlisted as unlisted_cells

__all__ = ["unlisted"]

#: So many words are shown, each of so many letters.
_MANY = 3
_LONG = 40


def unlisted(
    engine: Engine, view: str, columns: Sequence[MappedColumn], headings: Mapping[str, tuple[str, int]]
) -> dict[str, str]:
    """Say by column which texts of a view are none of its closed list, and where the plan may tell what they mean.

    A rule that asks for a word of the list takes any other for something else, so nothing that passes is shown by it.
    """
    asked = [column for column in columns if column.words and column.header is not None]
    if not asked:
        return {}
    found = {}
    for column, number in zip(asked, counts(engine.rows(unlisted_cells(view, asked))[0]), strict=True):
        if number:
            heading, _ = headings.get(column.name, (column.name, 0))
            words = [str(word) for (word,) in engine.rows(unlisted_words(view, column, _MANY + 1))]
            found[column.name] = _told(heading, number, words, column.words)
    return found


def _told(heading: str, number: int, words: Sequence[str], listed: Sequence[str]) -> str:
    shown = ", ".join(f"'{_cut(word)}'" for word in words[:_MANY]) + (" ..." if len(words) > _MANY else "")
    meant = f'values = {{ {toml.text(_cut(words[0]))} = "..." }}'
    cells, hold = ("1 cell", "holds") if number == 1 else (f"{number} cells", "hold")
    return f"{cells} of '{heading}' {hold} {shown}, none of {', '.join(listed)}: say in the plan what is meant, {meant}"


def _cut(word: str) -> str:
    return word if len(word) <= _LONG else f"{word[:_LONG]}…"
