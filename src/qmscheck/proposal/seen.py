"""What was seen of a folder: tables with profiles of their columns, documents, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Column", "Document", "Lost", "Seen", "Table", "Value"]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a column: its text, how often it stands there, and the first row it stands in."""

    text: str
    count: int
    row: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an unknown table. Counts are of cells; `name` is its column in the engine.

    `numbers` read with a decimal point, `commas` with a decimal comma. `top` are its commonest values, all of them
    where there are no more than `len(top)`.
    """

    heading: str
    name: str
    filled: int
    distinct: int
    numbers: int
    commas: int
    integers: int
    booleans: int
    iso: int
    letters: int
    top: tuple[Value, ...]

    @property
    def whole(self) -> bool:
        """True where `top` holds every value."""
        return len(self.top) == self.distinct


@dataclass(frozen=True, slots=True)
class Table:
    """A table that one or several files hold (`paths`, relative to the folder), and that `path` reads.

    `path` is a pattern where files of one form go by one name, as one register per year. `view` is its relation in the
    engine, of text cells and places. `header_row` is given where the headings are not in the first row; `advised` are
    options without which its headings would not be those of `columns`. `keys` are those of a source that is no file of
    the folder, in place of its path.
    """

    path: str
    paths: tuple[str, ...]
    reader: str
    options: Mapping[str, str]
    sheet: str
    view: str
    rows: int
    columns: tuple[Column, ...]
    header_row: int | None = None
    notes: tuple[str, ...] = ()
    advised: Mapping[str, int] = field(default_factory=dict)
    keys: Mapping[str, object] | None = None

    @property
    def label(self) -> str:
        """Name it as a person would: the file, and the sheet or table inside it."""
        inside = ", ".join(self.options.values())
        return f"{self.path} [{inside}]" if inside else self.path


@dataclass(frozen=True, slots=True)
class Document:
    """A document: its path relative to the folder, its kind and its title, as the reader of documents finds them."""

    path: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A file, or a table in it, of which nothing can be proposed, and why."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was seen. `folders` are the folders that hold documents, and single documents beside tables."""

    tables: tuple[Table, ...] = ()
    folders: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    lost: tuple[Lost, ...] = field(default=())
