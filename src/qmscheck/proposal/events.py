"""Whether a list is a log of events: its key stands many times, and something puts the rows of each case in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from qmscheck.engine import Engine, counts
from qmscheck.model import TableSpec
from qmscheck.proposal.choosing import Choice
from qmscheck.proposal.matching import ASK
from qmscheck.proposal.names import words
from qmscheck.proposal.seen import Table
from qmscheck.proposal.shapes import Shape
from qmscheck.sql.profile import together

__all__ = ["Events", "events_of"]

#: Rows for a case, at the least; the share of rows that have a time or a number; that differ from others of their case.
_EACH, _ALL, _APART = 2.0, 0.98, 0.9
_LOGS = frozenset(
    {
        *("log", "logs", "event", "events", "history", "journal", "trail", "changes", "transitions"),
        *("verlauf", "historie", "ereignisse", "ereignis", "aenderungen", "statuswechsel"),
    }
)
_COUNTERS = frozenset({"count", "counter", "seq", "sequence", "version", "rev", "revision", "step", "mod", "schritt"})
_CHANGED = frozenset({"updated", "changed", "modified", "update", "geaendert", "aendert", "stand", "timestamp"})


@dataclass(frozen=True, slots=True)
class Events:
    """A list as a log: the headings of what names a case and of what orders its events, and how that is read.

    `type` is "timestamp" or "number". `sure` tells that the list is called a log, too; else it is asked.
    """

    key: str
    order: str
    type: str
    formats: tuple[str, ...]
    rows: int
    cases: int
    sure: bool


@dataclass(frozen=True, slots=True)
class _Order:
    """A column that may put events in order."""

    shape: Shape
    type: str


def events_of(engine: Engine, choice: Choice, spec: TableSpec) -> Events | None:
    """Tell whether a list that was chosen as a declared table is a log of its records' events; None where it is not."""
    table = choice.look.table
    key = next((fit for fit in choice.fits if spec.keys == (fit.column,) and fit.score >= ASK), None)
    if key is None:
        return None
    cases = choice.look.shapes[key.at].column
    if not cases.distinct or cases.filled < _EACH * cases.distinct:
        return None
    orders = [_Order(shape, kind) for at, shape in enumerate(choice.look.shapes) if at != key.at for kind in _as(shape)]
    if not orders:
        return None
    names = [order.shape.column.name for order in orders]
    (row,) = engine.rows(together(table.view, cases.name, names))
    rows, *apart = counts(row)
    best = max(range(len(orders)), key=lambda at: (apart[at] >= _APART * rows, _called(orders[at]), apart[at], -at))
    if apart[best] < _APART * rows:
        return None
    chosen = orders[best]
    formats = chosen.shape.dates.formats if chosen.type == "timestamp" else ()
    sure = choice.sure and bool(_words(table) & _LOGS)
    return Events(cases.heading, chosen.shape.column.heading, chosen.type, formats, rows, cases.distinct, sure)


def _as(shape: Shape) -> Iterator[str]:
    """Give how a column may put events in order: by its times, or by its numbers where it is called so."""
    if not shape.dates.question and shape.share(shape.dates.read) >= _ALL:
        yield "timestamp"
    elif shape.share(shape.column.integers) >= _ALL and words(shape.column.heading) & _COUNTERS:
        yield "number"


def _called(order: _Order) -> bool:
    names = words(order.shape.column.heading)
    return order.type == "timestamp" and bool(names & _CHANGED)


def _words(table: Table) -> frozenset[str]:
    return words(PurePosixPath(table.path).name.split(".")[0]) | words(table.sheet)
