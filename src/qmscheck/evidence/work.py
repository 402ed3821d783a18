"""What one run of `gather` collects on its way: extracts, digests, limits, and what could not be read."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from qmscheck.engine import Engine, EngineError, OutOfMemoryError
from qmscheck.engine.several import Others
from qmscheck.errors import Problem, QmscheckError
from qmscheck.evidence.bound import Bound
from qmscheck.evidence.unchanged import Mark, sha256
from qmscheck.extracts import Begun, Extract, Unread
from qmscheck.hookspecs import OWN_ENGINE, Reader
from qmscheck.model import AuditPlan, Evidence, Limit, Ruleset, Source
from qmscheck.sql.pseudonyms import Needs
from qmscheck.sql.sieve import Sieve

__all__ = ["Parts", "Slot", "Work", "dialect_of", "locator_of", "note_refused", "note_unread"]

#: What a reader gives, one after the other.
Parts = Generator[Extract | Unread | Begun, None, None]


@dataclass
class Slot:
    """An extract and its number among those of an audit: bound, on its way, or refused by the engine."""

    source: Source
    number: int
    reader: Reader
    extract: Extract
    locator: str
    coming: Future[Bound] | None = None
    bound: Bound | None = None


@dataclass
class Work:
    """What one run of `gather` collects."""

    plan: AuditPlan
    ruleset: Ruleset
    wanted: Mapping[str, Collection[str]]
    engine: Engine
    scratch: Path
    hashing: ThreadPoolExecutor
    binding: ThreadPoolExecutor | None
    sieves: Mapping[str, Sieve]
    needs: Needs
    slots: list[Slot] = field(default_factory=list)
    failed: list[Evidence] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    digests: dict[Path, Future[str | None]] = field(default_factory=dict)
    marks: dict[Path, Mark | None] = field(default_factory=dict)
    parquet: list[Path] = field(default_factory=list)
    names: Iterator[int] = field(default_factory=itertools.count)
    begun: Mapping[int, Parts] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()
    cache: Path | None = None
    others: Others | None = None
    codes: bool = False
    homes: dict[str, Engine] = field(default_factory=dict)

    @property
    def elsewhere(self) -> Mapping[str, Engine]:
        """The engines of the tables that the embedded one does not hold."""
        return {table: engine for table, engine in self.homes.items() if engine is not self.engine}

    @property
    def bound(self) -> list[Bound]:
        """The extracts that were bound, in the order of the plan."""
        return [slot.bound for slot in self.slots if slot.bound is not None]


def note_refused(work: Work, slot: Slot, error: EngineError) -> None:
    """Note what the engine could not read. It knows the file by its place on this machine.

    Raises QmscheckError where there is not enough memory for it: that says nothing about the file.
    """
    path = slot.extract.path
    told = str(error.args[0]).replace(str(path), slot.locator)
    if isinstance(error, OutOfMemoryError):
        message = f"there is not enough memory to read {slot.locator} as the table '{slot.extract.table}': {told}"
        raise QmscheckError(Problem("", 0, 0, message, OutOfMemoryError.HINT))
    note_unread(work, slot.source, slot.number, slot.reader, Unread(path, error.reason, told), path)


def note_unread(work: Work, source: Source, number: int, reader: Reader, part: Unread, asked: Path | None) -> None:
    """Note a file, a page or a whole source that could not be read."""
    locator = locator_of(part.path, work.plan)
    shown = locator if part.page is None else f"{locator} page {part.page}"
    whole = asked is None or part.path == asked
    work.limits.append(Limit(kind="source" if whole else "file", id=shown, reason=part.reason, detail=part.detail))
    if part.page is not None or not whole:
        return
    digest = sha256(part.path) if part.path.is_file() else None
    asked_for = [source.table, *(t for t in reader.brings if t != source.table and t in work.ruleset.tables)]
    work.failed.extend(
        Evidence(
            table=table,
            source=f"source {number + 1}",
            locator=locator,
            sha256=digest,
            reader=reader.name,
            rows_read=0,
            rows_skipped=(),
            columns={},
            unmapped_columns=(),
            missing_columns=(),
            unreadable_count=0,
            unreadable=(),
            notes=(),
            status=part.reason,
            detail=part.detail,
            provenance=source.provenance,
            engine=source.engine,
            dialect=dialect_of(work, source),
        )
        for table in asked_for
        if table == source.table or work.wanted.get(table)
    )


def locator_of(path: Path, plan: AuditPlan) -> str:
    """Write a path relative to the plan's folder, with `/`, so that records do not depend on the machine."""
    root = Path(plan.root)
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def dialect_of(work: Work, source: Source) -> str:
    """Name the dialect of the engine that holds the records of a source."""
    if source.engine == OWN_ENGINE or work.others is None:
        return work.engine.dialect
    return work.others.dialect(source.engine)
