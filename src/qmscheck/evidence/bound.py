"""What is known of an extract whose records are typed and placed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qmscheck.evidence.coded import Taken
from qmscheck.extracts import Extract, Skipped
from qmscheck.model import UnreadableCell
from qmscheck.sql.mapping import MappedColumn

__all__ = ["Bound", "Question"]


@dataclass(frozen=True)
class Question:
    """What only the user can say: how the cells of some columns are meant. Until then nothing follows from them."""

    told: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Bound:
    """An extract as the view `name`. `headings` gives each mapped column its heading and sheet column; `unreadable`
    counts per column; `open` are questions to the user. `folded` are headings of a log that make cases of its events.
    `doubtful` is the view of the records that a sieve kept apart, if it was put through one; columns that are `apart`
    are in that view alone. `lacking` are the columns that the file of a log lacks; its cases may have them from another
    (None: `missing`). `unlisted` says of columns with a closed list of words which of their texts are none of it.
    `taken` are the cells that codes for nothing made blank, where they were counted.
    """

    name: str
    extract: Extract
    locator: str
    rows: int
    columns: tuple[MappedColumn, ...]
    present: tuple[str, ...]
    headings: Mapping[str, tuple[str, int]]
    unreadable: Mapping[str, int]
    cells: tuple[UnreadableCell, ...]
    blank: frozenset[str]
    lost: tuple[Skipped, ...]
    missing: frozenset[str]
    notes: tuple[str, ...]
    open: tuple[Question, ...]
    doubtful: str = ""
    apart: frozenset[str] = frozenset()
    folded: tuple[str, ...] = ()
    lacking: frozenset[str] | None = None
    unlisted: Mapping[str, str] = field(default_factory=dict)
    taken: tuple[Taken, ...] = ()
