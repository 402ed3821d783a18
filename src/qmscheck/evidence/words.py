"""Words of a column with a closed list: those that are none of it, of which nobody has said what they mean, and those
of it that the plan takes for others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from qmscheck import toml
from qmscheck.engine import Engine, counts
from qmscheck.model import Source, TableSpec
from qmscheck.sql.mapping import MappedColumn, unlisted_rows, unlisted_words
from qmscheck.sql.mapping import unlisted as unlisted_cells

__all__ = ["turned", "unlisted"]

#: So many words are shown, each of so many letters.
_MANY = 3
_LONG = 40


def unlisted(
    engine: Engine, view: str, columns: Sequence[MappedColumn], headings: Mapping[str, tuple[str, int]]
) -> dict[str, str]:
    """Say by column which texts of a view are none of its closed list, and where the plan may tell what they mean.

    A rule that asks for a word of the list takes any other for something else, so nothing that passes is shown by it.
    Personal texts are never shown: of those the rows are named.
    """
    asked = [column for column in columns if column.words and column.header is not None]
    if not asked:
        return {}
    found = {}
    for column, number in zip(asked, counts(engine.rows(unlisted_cells(view, asked))[0]), strict=True):
        if number:
            heading, _ = headings.get(column.name, (column.name, 0))
            if column.personal:
                rows = [row for (row,) in engine.rows(unlisted_rows(view, column, _MANY + 1)) if row is not None]
                found[column.name] = _unshown(heading, number, rows, column.words)
                continue
            words = [str(word) for (word,) in engine.rows(unlisted_words(view, column, _MANY + 1))]
            found[column.name] = _told(heading, number, words, column.words)
    return found


def turned(source: Source, table: TableSpec, wanted: Collection[str]) -> Iterator[str]:
    """Say which words of a closed list a source takes for another word of the list, or for nothing. A system may use a
    word so: that is for a person to see, since rules see the other word. Further names of a word are hints of the
    ruleset, and a plan knows better.
    """
    for name, mapping in source.columns.items():
        listed = table.columns[name].values if name in wanted and name in table.columns else {}
        known = {_plain(word) for word in listed}
        for given, meant in mapping.values.items():
            if _plain(given) in known - {_plain(meant)}:
                other = f"'{meant}'" if _plain(meant) else "blank"
                yield f"the plan takes '{given}', a word of the list of '{name}', for {other}"


def _plain(word: str) -> str:
    return word.strip().lower()


def _told(heading: str, number: int, words: Sequence[str], listed: Sequence[str]) -> str:
    shown = ", ".join(f"'{_cut(word)}'" for word in words[:_MANY]) + (" ..." if len(words) > _MANY else "")
    meant = f'values = {{ {toml.text(_cut(words[0]))} = "..." }}'
    return f"{_cells(number, heading)} {shown}, none of {', '.join(listed)}: say in the plan what is meant, {meant}"


def _unshown(heading: str, number: int, rows: Sequence[object], listed: Sequence[str]) -> str:
    """Say it of a personal column: where such words stand, and not which they are."""
    where = f", in row{'' if len(rows) == 1 else 's'} {', '.join(str(row) for row in rows[:_MANY])}" if rows else ""
    told = f"{_cells(number, heading)} what is none of {', '.join(listed)}{where}{' ...' if len(rows) > _MANY else ''}"
    return f"{told}: it is personal and not shown; say in the plan what is meant, with values = {{ ... }}"


def _cells(number: int, heading: str) -> str:
    return f"1 cell of '{heading}' holds" if number == 1 else f"{number} cells of '{heading}' hold"


def _cut(word: str) -> str:
    return word if len(word) <= _LONG else f"{word[:_LONG]}…"
