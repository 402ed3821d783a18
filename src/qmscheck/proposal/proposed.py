"""What is proposed for one table of a folder."""

from __future__ import annotations

from dataclasses import dataclass

from qmscheck.proposal.events import Events
from qmscheck.proposal.mapping import Mapped
from qmscheck.proposal.seen import Table
from qmscheck.proposal.shapes import Shape

__all__ = ["Proposed"]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A table of the folder as a table of the ruleset. Without a `name` nothing fits.

    `sure` tells that it is proposed, and not asked; `again` names what holds the same records; `second` that the same
    file is proposed as another table, too. `rest` are columns that no declared column takes. `events` tells that it
    seems to be a log.
    """

    table: Table
    name: str
    sure: bool
    score: float
    columns: tuple[Mapped, ...]
    why: tuple[str, ...]
    rivals: tuple[str, ...] = ()
    again: str = ""
    second: bool = False
    rest: tuple[Shape, ...] = ()
    events: Events | None = None
