"""What an audit would read, and what it would miss: sources with their rows, columns and unreadable cells.

Here are the nouns; `taking` reads, and `shown` shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from qmscheck.model import Evidence, Limit

__all__ = ["Inventory", "Missing", "Newest", "Seen"]


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest day in a source that is not after the day of the audit, the column it stands in, and its age.

    `planned`: no day says what happened; it is one by which something was due.
    """

    column: str
    on: dt.date
    days: int
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """A source as an audit would read it. `inside` is its sheet, table, list or query; `newest` None: it has no dates.

    `lacks` are declared columns that rules read and the source does not have, with the obligations that need them.
    """

    evidence: Evidence
    inside: str
    newest: Newest | None
    lacks: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Missing:
    """A table that the plan names no source for, what belongs in it, and the obligations that need it."""

    table: str
    purpose: str
    obligations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """All that an audit would read on a day, what it would miss, and what it could not read or has no use for."""

    organization: str
    as_of: dt.date
    rulesets: tuple[str, ...]
    sources: tuple[Seen, ...]
    missing: tuple[Missing, ...]
    limits: tuple[Limit, ...]
