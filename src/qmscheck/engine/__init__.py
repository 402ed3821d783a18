"""Where SQL runs: a small protocol. `embedded` is the DuckDB that comes with the product.

It is a built-in plugin, too: it brings the engine that holds the records of every source that names no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from qmscheck.hookspecs import OWN_ENGINE, EngineKind, hookimpl

if TYPE_CHECKING:
    from qmscheck.extracts import Delimited, InPlace, Parquet, Rows, Skipped, Stream
    from qmscheck.hookspecs import Opening
    from qmscheck.sql.kinds import Kind
    from qmscheck.sql.statement import Statement

__all__ = ["Engine", "EngineError", "Loaded", "Means", "OutOfMemoryError", "counts", "qmscheck_engines"]


class EngineError(Exception):
    """The engine refused a statement, or failed at it; or it cannot say exactly what a statement says.

    `reason` is one of those of `Unread`, where records cannot be had.
    """

    def __init__(self, message: str, reason: str = "corrupt") -> None:
        """Say what went wrong, without any part of an address."""
        super().__init__(message)
        self.reason = reason


class OutOfMemoryError(EngineError):
    """A statement takes more memory than the engine may use, or more room on disk than there is for what spills."""

    #: What the user can do about it.
    HINT = "give more memory (--memory-limit), or audit less at once (--select)"

    def __init__(self, message: str) -> None:
        """Say what the engine says."""
        super().__init__(message, "out-of-memory")

    def __str__(self) -> str:
        """Say what the engine says, and what to do."""
        return f"{self.args[0]}; {self.HINT}"


def _nobody_stops(_interrupt: Callable[[], None]) -> None:
    """Let the work go on to its end."""


@dataclass(frozen=True)
class Means:
    """What an audit may use: `memory`, in bytes, of the whole program (None: what the engine chooses), and a private
    folder, `scratch`, in which it makes its own (None: the system's). `on_stop` takes what interrupts the engines.
    """

    memory: int | None = None
    scratch: Path | None = None
    on_stop: Callable[[Callable[[], None]], None] = _nobody_stops


@dataclass(frozen=True, slots=True)
class Loaded:
    """A raw relation.

    `columns` are headings with the type that the file gives (a `Kind`; None for text) and `names` what the relation
    calls them. `places` are the place columns it has itself; `position` is a column that counts its records from 0, if
    it has one before it is materialised; `hollow` a column that is true of what is no record. `bare`
    tells that cells hold no white space at their ends, `spaces` that they hold no other than the plain space. `signed`
    are those names of which some cell begins with #, as what stands for an error in a sheet does; None where nobody
    looked. `zoned` tells that points in time became text with their offset from UTC.
    """

    columns: tuple[tuple[str, Kind | None], ...]
    names: tuple[str, ...]
    places: tuple[str, ...]
    position: str | None
    parsed_by_engine: bool
    hollow: str | None = None
    bare: bool = False
    spaces: bool = False
    signed: frozenset[str] | None = None
    zoned: bool = False


class Engine(Protocol):
    """What the rooms above need of a database. Everything that it is asked is a checked statement.

    Threads may ask at the same time, for relations of different names. Every question raises EngineError where it
    fails, also for what the engine's dialect cannot say (`UnsayableError`).

    What not every engine can do, the rooms above do without where it says so; results are the same:
    `sifts`: a table has a `rowid` that counts from 0, and files are typed in two steps and sieved on the way.
    `sieves`: a condition on the cells as they lie there is asked sooner than all of them are taken as values.
    `keeps`: what is made of records may be kept, and small tables fetched whole. False where evidence lies on a server:
    there nothing is materialised (`define` makes a view at most), and only tallies and exceptions travel.
    `veils`: it puts pseudonyms in the place of personal texts (`veil`); otherwise it compares none.
    """

    dialect: str
    sifts: bool
    sieves: bool
    keeps: bool
    veils: bool

    @property
    def width(self) -> int:
        """How many threads may ask at the same time, and gain by it."""

    def veil(self, blocks: tuple[bytes, bytes], patterns: Sequence[str]) -> None:
        """Give the engine the functions that take the place of personal texts: a pseudonym, and a mark.

        `blocks` are the inner and outer block of the key (HMAC), `patterns` find the words that are kept beside it.
        """

    def load(
        self,
        name: str,
        columns: Sequence[str],
        content: Delimited | Parquet | Rows | Stream | InPlace,
        *,
        careful: bool = False,
    ) -> Loaded:
        """Make a raw relation of an extract's content. Raises EngineError for content that cannot be read.

        Every engine takes `Rows`: keys of another engine come so. An `InPlace` becomes a view over its query; it
        gives the columns with the types that the server says, and no record is asked for. An engine that does not
        sift numbers the records of a file itself (place column `_row`) and leaves out what is no record. `careful`
        reads a delimited file in one thread: only then are the line numbers of what it rejects right.
        """

    def define(self, name: str, statement: Statement, *, materialise: bool) -> None:
        """Give a statement a name: as a table that is computed now, or as a view."""

    def rows(self, statement: Statement) -> list[tuple[object, ...]]:
        """Run a SELECT."""

    def rejected(self) -> list[Skipped]:
        """Give the records that the last materialised delimited file lost, by number from 1, and forget them."""

    def forget(self, name: str) -> None:
        """Drop a relation made by `load` or `define`, if there is one."""

    def rename(self, name: str, other: str) -> bool:
        """Give a computed table another name. False, and nothing is done, for a relation that is no computed table."""

    def lock(self, readable: Sequence[Path], *, small: bool = False) -> None:
        """Allow no file any more but those named, and no change of settings. `small` tells that no table has many
        records: to plan a statement then takes longer than to run it.
        """

    def plan_thoroughly(self) -> None:
        """Plan every statement from here on as it pays where a table is large."""

    def clear(self) -> None:
        """Drop everything that was made, so that other evidence may be judged; what is shut stays shut."""

    def close(self) -> None:
        """Let go of everything."""


def counts(row: Iterable[object]) -> list[int]:
    """Read a row of counts. `count_if` over no rows at all is NULL in DuckDB, and means none."""
    return [0 if number is None else int(str(number)) for number in row]


@hookimpl
def qmscheck_engines() -> list[EngineKind]:
    """Give the embedded engine; its library is imported when it is opened."""
    return [EngineKind(OWN_ENGINE, "duckdb", _embedded, "The database inside this program", takes=True, veils=True)]


def _embedded(opening: Opening) -> Engine:
    from qmscheck.engine.embedded import Embedded  # noqa: PLC0415

    engine = Embedded(opening.scratch, opening.threads, opening.cache, memory=opening.memory)
    opening.on_stop(engine.interrupt)
    return engine
