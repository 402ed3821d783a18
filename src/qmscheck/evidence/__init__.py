"""Fetch: the plan's sources become typed relations in an engine, with a manifest of what was read and what was not.

No library of its own. Readers (plugins) bring records, `sql.mapping` types them, the engine holds them.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import tempfile
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from qmscheck.cache import is_private
from qmscheck.engine import Engine, EngineError, OutOfMemoryError
from qmscheck.engine.several import Others
from qmscheck.errors import Problem, QmscheckError
from qmscheck.evidence.binding import Bound, as_cases, begin
from qmscheck.evidence.columns import SourceMistake
from qmscheck.evidence.languages import languages_of, marked
from qmscheck.evidence.provenance import Page, pages_missing, provenance_limits, shortfall
from qmscheck.evidence.unchanged import Mark, changed, mark, sha256
from qmscheck.hookspecs import OWN_ENGINE, Begun, Delimited, Extract, InPlace, Parquet, Reader, Request, Rows, Unread
from qmscheck.model import AuditPlan, BoundTable, Evidence, EvidenceFile, Limit, Ruleset, Source, SourcePlace
from qmscheck.sql.every import every_cell
from qmscheck.sql.mapping import union
from qmscheck.sql.pseudonyms import Need, Needs
from qmscheck.sql.sieve import Sieve
from qmscheck.sql.veil import PSEUDONYM

__all__ = ["Ahead", "Gathered", "SourceMistake", "begin_ahead", "digest_inside", "gather"]


#: Records up to which a table is small: to plan how it is judged takes longer than to judge it.
_SMALL = 200_000


#: What a reader gives, one after the other.
Parts = Generator[Extract | Unread | Begun, None, None]

#: Bytes of a delimited file up to which it is typed while the next source is read.
_LIGHT = 1_000_000


@dataclass(frozen=True)
class Gathered:
    """The evidence of one audit: bound tables by name, the manifest, and what could not be read.

    `digests` are those of the files that were read, by locator; None where one could not be read again. `elsewhere` are
    the engines of the tables that the embedded one does not hold. `changed` gives the locators of the files that by now
    are no longer what they were when they were read; `damaged` the files that the engine reads while rules are judged
    and that are damaged inside, each with the heading of a column that cannot be read to its end.
    """

    root: Path
    tables: Mapping[str, BoundTable]
    manifest: tuple[Evidence, ...]
    limits: tuple[Limit, ...]
    digests: Mapping[str, str | None]
    elsewhere: Mapping[str, Engine] = field(default_factory=dict)
    changed: Callable[[], list[str]] = list
    damaged: Callable[[], list[tuple[str, str]]] = list

    def at(self, engine: Engine) -> Callable[[str], Engine]:
        """Give what tells of each table which engine holds its records; `engine` is that of most."""
        return lambda table: self.elsewhere.get(table, engine)

    def digest(self, locator: str) -> str | None:
        """Give the SHA-256 that a file has now: of what was read, else of any file inside the plan's folder."""
        if locator in self.digests:
            return self.digests[locator]
        return digest_inside(self.root, locator)


@dataclass(frozen=True)
class Ahead:
    """A private folder for the audit, the sources, by number, that other processes have begun to read, and the private
    folder in which readers may remember what they found (None where they may not). `memory` is what those processes
    take, in bytes.
    """

    scratch: Path
    parts: Mapping[int, Parts]
    cache: Path | None = None
    memory: int = 0


@contextmanager
def begin_ahead(
    plan: AuditPlan, readers: Mapping[str, Reader], cache: Path | None = None, scratch: Path | None = None
) -> Iterator[Ahead]:
    """Let readers that work in other processes begin, before it is known what rules need. Mistakes wait for `gather`.

    `cache` is the user's folder of what can be made anew, which is used if nobody else can write in it; `scratch` is
    where the folder of the audit is made (None: where the system has such things). At the end the
    folder of the audit is gone, and so are those processes.
    """
    parts: dict[int, Parts] = {}
    memory = 0
    private = cache if cache is not None and is_private(cache) else None
    with tempfile.TemporaryDirectory(prefix="qmscheck-", dir=scratch) as folder, ExitStack() as begun:
        for number, source in enumerate(plan.sources):
            path = Path(plan.root) / source.path if source.path is not None else None
            if path is None or not (path.is_dir() or path.is_file()):
                continue
            try:
                reader = _reader(source, readers)
                if reader.ahead:
                    request = _request(plan, source, path, Path(folder), private)
                    coming = begun.enter_context(closing(_extracts(reader, request)))
                    first = next(coming, None)
                    if isinstance(first, Begun):
                        parts[number], memory = coming, memory + first.memory
            except (SourceMistake, QmscheckError):
                continue
        yield Ahead(Path(folder), parts, private, memory)


def digest_inside(root: Path, locator: str) -> str | None:
    """Give the SHA-256 of a file inside a folder; None where there is no such file, or it lies outside."""
    try:
        path = Path(os.path.realpath(root / locator))
        inside = path.is_relative_to(os.path.realpath(root)) and path.is_file()
    except (OSError, ValueError):  # what can be no name
        return None
    return sha256(path) if inside else None


@dataclass
class _Slot:
    """An extract and its number among those of an audit: bound, on its way, or refused by the engine."""

    source: Source
    number: int
    reader: Reader
    extract: Extract
    locator: str
    coming: Future[Bound] | None = None
    bound: Bound | None = None


@dataclass
class _Work:
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
    slots: list[_Slot] = field(default_factory=list)
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
    homes: dict[str, Engine] = field(default_factory=dict)

    @property
    def elsewhere(self) -> Mapping[str, Engine]:
        """The engines of the tables that the embedded one does not hold."""
        return {table: engine for table, engine in self.homes.items() if engine is not self.engine}

    @property
    def bound(self) -> list[Bound]:
        """The extracts that were bound, in the order of the plan."""
        return [slot.bound for slot in self.slots if slot.bound is not None]


def gather(  # noqa: PLR0913, PLR0917  (one call, and every part of it is of one kind)
    plan: AuditPlan,
    ruleset: Ruleset,
    wanted: Mapping[str, Collection[str]],
    readers: Mapping[str, Reader],
    engine: Engine,
    begun: Ahead,
    progress: Callable[[str], None],
    located: Callable[[int, SourceMistake], Problem],
    sieves: Mapping[str, Sieve] | None = None,
    needs: Needs | None = None,
    others: Others | None = None,
) -> Gathered:
    """Read every source of the plan. `wanted` names, by table, the columns that some rule reads; `begun` is what
    `begin_ahead` gave; `located` writes a mistake in the source of that number at its place in the plan; large
    tables are put through `sieves`. `needs` says what takes the place of personal texts; `others` are the engines of
    the sources that name one.

    Raises QmscheckError for a plan that names what a source does not have; a source that cannot be read is listed.
    """
    with (
        ThreadPoolExecutor(max_workers=2, thread_name_prefix="digest") as hashing,
        ThreadPoolExecutor(max_workers=1, thread_name_prefix="binding") as binding,
    ):
        work = _Work(
            plan,
            ruleset,
            wanted,
            engine,
            begun.scratch,
            hashing,
            binding if engine.width > 1 else None,
            sieves or {},
            needs or Needs(),
            begun=begun.parts,
            languages=languages_of(ruleset),
            cache=begun.cache,
            others=others,
        )
        mistakes: list[Problem] = []
        for number, source in enumerate(plan.sources, 1):
            progress(f"reading {source.path or source.table} ({number} of {len(plan.sources)})")
            try:
                _read_source(work, source, number - 1, readers)
            except SourceMistake as mistake:
                mistakes.append(located(number - 1, mistake))
            except QmscheckError as error:
                mistakes.extend(_in_plan(p, source, number - 1, located) for p in error.problems)
        if not mistakes:
            _finish(work)
            mistakes.extend(_logs(work, located))
        if mistakes:
            raise QmscheckError(*mistakes)
        tables = {name: _bind_table(work, name) for name in ruleset.tables}
        work.limits.extend(provenance_limits(plan, [name for name in ruleset.tables if work.wanted.get(name)]))
        small = all(table.rows <= _SMALL for table in tables.values())
        engine.lock(work.parquet, small=small)
        for other in others.all if others is not None else ():
            other.lock((), small=small)
        progress("computing digests")
        manifest = [*(_manifest(slot, slot.bound, work) for slot in work.slots if slot.bound is not None), *work.failed]
    manifest.sort(key=lambda e: (e.table, e.locator, e.source))
    digests = {file: digest.result() for file, digest in work.digests.items()}
    return Gathered(
        Path(plan.root),
        tables,
        tuple(manifest),
        tuple(sorted(work.limits, key=lambda limit: (limit.kind, limit.id, limit.detail))),
        {_locator(file, plan): digest for file, digest in digests.items()},
        work.elsewhere,
        lambda: sorted(_locator(file, plan) for file in changed(work.marks, digests)),
        lambda: list(_damaged(work)),
    )


def _damaged(work: _Work) -> Iterator[tuple[str, str]]:
    """Read every column that was asked for of each Parquet file: the engine has looked at no more than it was asked."""
    for slot in work.slots:
        if slot.bound is None or not isinstance(slot.extract.content, Parquet):
            continue
        for column, (heading, _) in sorted(slot.bound.headings.items()):
            try:
                work.engine.rows(every_cell(slot.bound.name, column))
            except OutOfMemoryError:
                continue
            except EngineError:
                yield slot.locator, heading
                break


def _in_plan(
    problem: Problem, source: Source, number: int, located: Callable[[int, SourceMistake], Problem]
) -> Problem:
    """A reader does not know the plan: what it says of an option is told at the option's line."""
    if problem.line:
        return problem
    key = next((k for k in source.options if k in problem.message), "table")
    settings = source.options.get(key)
    names = [f"{key}.{name}" for name in settings] if isinstance(settings, Mapping) else []
    told = next((name for name in sorted(names, key=len, reverse=True) if name in problem.message), key)
    return located(number, SourceMistake(told, problem.message, problem.hint))


def _read_source(work: _Work, source: Source, number: int, readers: Mapping[str, Reader]) -> None:
    reader = _reader(source, readers)
    if not any(work.wanted.get(table) for table in (source.table, *reader.brings)):
        name = source.path or source.table
        work.limits.append(
            Limit(
                kind="source",
                id=name,
                reason="not needed",
                detail=f"no rule that was run reads the table {source.table}",
            )
        )
        return
    paths = _paths(work, source, number, reader)
    for path in paths:
        if path is not None and path.is_file():
            work.marks.setdefault(path, mark(path))
        found = extracts = 0
        whole = False
        for part in work.begun.get(number) or _extracts(
            reader, _request(work.plan, source, path, work.scratch, work.cache)
        ):
            if isinstance(part, Begun):
                continue
            found += 1
            if isinstance(part, Unread):
                _unread(work, source, number, reader, part, path)
                whole = whole or path is None or part.path == path
                continue
            extracts += 1
            if work.wanted.get(part.table):
                alone = len(paths) == 1 and part.path == path and _is_only(work, source, part.table, readers)
                _bind(work, source, number, reader, part, alone=alone)
        if not extracts and not whole:
            none = "its only file could not be read" if found == 1 else f"none of its {found} files could be read"
            told = none if found else "nothing to read"
            _unread(work, source, number, reader, Unread(path or Path(work.plan.root), "empty", told), path)


def _request(plan: AuditPlan, source: Source, path: Path | None, scratch: Path, cache: Path | None) -> Request:
    return Request(
        table=source.table,
        path=path,
        options=dict(source.options),
        as_of=plan.as_of,
        scratch=scratch,
        root=Path(plan.root),
        comma=any("," in (m.decimal or "") or m.thousands == "." for m in source.columns.values()),
        cache=cache,
        engine=source.engine,
    )


def _extracts(reader: Reader, request: Request) -> Parts:
    """Read; a reader that breaks is one source lost, named, and not the audit."""
    try:
        yield from reader.read(request)
    except QmscheckError:
        raise
    except Exception as error:  # noqa: BLE001  (a plugin may raise anything)
        detail = f"the reader '{reader.name}' failed: {type(error).__name__}: {error}"
        yield Unread(request.path or request.root, "corrupt", detail)


def _is_only(work: _Work, source: Source, table: str, readers: Mapping[str, Reader]) -> bool:
    """Tell whether no other source has records of a table."""
    others = [other for other in work.plan.sources if other is not source]
    return not any(table == other.table or table in _reader(other, readers).brings for other in others)


def _bind(work: _Work, source: Source, number: int, reader: Reader, extract: Extract, *, alone: bool = False) -> None:
    """Bind an extract. The records of a table that comes of it `alone` may lie apart."""
    extract, foreign = marked(extract, work.languages)
    work.limits.extend(foreign)
    for file in extract.files:
        if file not in work.digests:
            work.marks.setdefault(file, mark(file))
            work.digests[file] = work.hashing.submit(sha256, file)
    locator = _locator(extract.path, work.plan)
    labels = (f"source {number + 1}", locator, reader.name)
    slot = _Slot(source, number, reader, extract, locator)
    try:
        engine = _home(work, source, extract)
        finish = begin(
            extract,
            source,
            work.ruleset.tables[extract.table],
            work.wanted.get(extract.table, ()),
            engine,
            name=f"_bound_{next(work.names)}",
            number=len(work.slots),
            labels=labels,
            sieve=_sieve(work, extract, alone=alone) if engine.sieves else None,
            veils=_veils(extract, work.needs) if engine.veils else {},
        )
        if work.binding is not None and _is_light(extract):
            slot.coming = work.binding.submit(finish)
        else:
            slot.bound = finish()
    except EngineError as error:
        _refused(work, slot, error)
        return
    work.slots.append(slot)
    if isinstance(extract.content, Parquet) and engine is work.engine:
        work.parquet.append(extract.content.path)


def _sieve(work: _Work, extract: Extract, *, alone: bool) -> Sieve | None:
    """Give the sieve of an extract: columns lie apart only in a delimited file that is all of its table."""
    sieve = work.sieves.get(extract.table)
    if sieve is None or (alone and isinstance(extract.content, Delimited)):
        return sieve
    return replace(sieve, apart=frozenset())


def _home(work: _Work, source: Source, extract: Extract) -> Engine:
    """Give the engine that holds the records of an extract: the same for all of a table."""
    engine = work.engine
    if source.engine != OWN_ENGINE and work.others is not None:
        engine = work.others.of(source.engine, extract.content)
    if work.homes.setdefault(extract.table, engine) is not engine:
        message = f"the records of '{extract.table}' would lie in two engines, or on two servers: a table lies in one"
        raise SourceMistake(
            "engine", message, "leave 'engine' out of its sources, so that they are read and judged here"
        )
    return engine


def _veils(extract: Extract, needs: Needs) -> Mapping[str, str]:
    """Say what takes the place of personal texts. In a large file a mark does where nothing is compared."""
    light = _is_light(extract)
    return {
        column: PSEUDONYM if need is Need.WORDS and light else need.veil
        for (table, column), need in needs.columns.items()
        if table == extract.table
    }


def _is_light(extract: Extract) -> bool:
    """Tell whether typing an extract is mostly planning, so that the next source may be read meanwhile."""
    content = extract.content
    return isinstance(content, Rows) or (isinstance(content, Delimited) and content.path.stat().st_size <= _LIGHT)


def _finish(work: _Work) -> None:
    """Wait for what is still being typed."""
    for slot in work.slots:
        if slot.coming is not None:
            try:
                slot.bound = slot.coming.result()
            except EngineError as error:
                _refused(work, slot, error)


def _logs(work: _Work, located: Callable[[int, SourceMistake], Problem]) -> Iterator[Problem]:
    """Make cases of the events of each log, in all its files and sources together."""
    logs: dict[str, list[int]] = {}
    for number, slot in enumerate(work.slots):
        if slot.source.cases is not None and slot.bound is not None:
            logs.setdefault(slot.extract.table, []).append(number)
    for table, numbers in logs.items():
        slots = [work.slots[number] for number in numbers]
        bounds = [(number, slot.bound) for number, slot in zip(numbers, slots, strict=True) if slot.bound is not None]
        sources = list({slot.number: slot.source for slot in slots}.values())
        try:
            made = as_cases(work.homes[table], sources, bounds)
        except EngineError as error:
            for slot in slots:
                slot.bound = None
                _refused(work, slot, error)
            continue
        except SourceMistake as mistake:
            yield located(slots[-1].number, mistake)
            continue
        for slot, bound in zip(slots, made, strict=True):
            slot.bound = bound


def _refused(work: _Work, slot: _Slot, error: EngineError) -> None:
    """Note what the engine could not read. It knows the file by its place on this machine.

    Raises QmscheckError where there is not enough memory for it: that says nothing about the file.
    """
    path = slot.extract.path
    told = str(error.args[0]).replace(str(path), slot.locator)
    if isinstance(error, OutOfMemoryError):
        message = f"there is not enough memory to read {slot.locator} as the table '{slot.extract.table}': {told}"
        raise QmscheckError(Problem("", 0, 0, message, OutOfMemoryError.HINT))
    _unread(work, slot.source, slot.number, slot.reader, Unread(path, error.reason, told), path)


def _unread(work: _Work, source: Source, number: int, reader: Reader, part: Unread, asked: Path | None) -> None:
    """Note a file, a page or a whole source that could not be read."""
    locator = _locator(part.path, work.plan)
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
            dialect=_dialect(work, source),
        )
        for table in asked_for
        if table == source.table or work.wanted.get(table)
    )


def _bind_table(work: _Work, name: str) -> BoundTable:
    """Put the sources of a declared table together as one relation of its name."""
    spec = work.ruleset.tables[name]
    parts = [b for b in work.bound if b.extract.table == name]
    refused = [e for e in work.failed if e.table == name]
    problem = None
    if refused:
        problem = "; ".join(f"{e.locator}: {e.detail or e.status}" for e in refused)
    columns = [c for c in spec.columns if c in set(work.wanted.get(name, ()))]
    if not parts:
        if not refused and columns:
            problem = f"the plan names no source for the table '{name}'"
            work.limits.append(Limit(kind="table", id=name, reason="no source", detail=spec.purpose))
        return BoundTable(
            name=name,
            rows=0,
            lost=0,
            flags=frozenset(),
            absent=frozenset(),
            blank=frozenset(),
            places=_places(work),
            problem=problem,
            sourced=bool(refused) or not columns,
        )
    flags = [c for c in columns if any(b.unreadable.get(c) or c in b.missing for b in parts)]
    whole = len(parts) == 1 and not parts[0].missing & set(columns)  # such a table has every column and flag already
    engine = work.homes[name]
    numbered = whole and parts[0].numbered
    if not (whole and engine.rename(parts[0].name, name)):
        views = [(b.name, frozenset(b.unreadable), b.missing) for b in parts]
        assert whole or not any(b.apart for b in parts)  # noqa: S101  (such a part is all of its table)
        apart = parts[0].apart if whole else frozenset()
        answers = work.sieves[name].answers if apart else ()
        kept = [*(c for c in columns if c not in apart), *answers]
        engine.define(name, union(views, kept, flags, numbered=numbered), materialise=False)
    doubtful = f"{name}, doubtful" if whole and parts[0].doubtful else ""
    if doubtful:
        part = (parts[0].doubtful, frozenset(parts[0].unreadable), parts[0].missing)
        engine.define(doubtful, union([part], columns, flags), materialise=False)
    absent = frozenset(c for c in columns if all(c in b.missing for b in parts))
    sources = [source for source in work.plan.sources if source.table == name]
    whole_in_doubt, unclear = _unclear(parts)
    problem = "; ".join(filter(None, [problem, *whole_in_doubt])) or None
    return BoundTable(
        name=name,
        rows=sum(b.rows for b in parts),
        lost=sum(len(b.lost) for b in parts),
        flags=frozenset(flags),
        absent=absent,
        blank=frozenset(c for c in columns if c not in absent and all(c in b.blank | b.missing for b in parts)),
        places=_places(work),
        problem=problem,
        unclear=unclear,
        doubtful=doubtful,
        apart=parts[0].apart,
        inside=work.sieves[name].inside if parts[0].apart else {},
        told=work.sieves[name].told if parts[0].apart else {},
        numbered=numbered,
        sieved=frozenset(work.sieves[name].rules) if doubtful else frozenset(),
        short="; ".join(filter(None, [shortfall(sources, work.plan), *_pages_missing(work, name)])) or None,
    )


def _unclear(parts: Sequence[Bound]) -> tuple[list[str], dict[str, str]]:
    """Part what leaves the whole table in doubt from what leaves a column in doubt, by its name. Cases are made of the
    columns of their events that are none of the table's own (`_...`): a doubt about one of these is about every case.
    """
    questions = [q for b in parts for q in b.open]
    whole = [q.told for q in questions if any(column.startswith("_") for column in q.columns)]
    unclear: dict[str, str] = {}
    for question in questions:
        for column in question.columns:
            unclear[column] = "; ".join(filter(None, [unclear.get(column), question.told]))
    return whole, unclear


def _pages_missing(work: _Work, table: str) -> Iterator[str]:
    """Say of each source of a table that it lacks pages, and list it as a limit."""
    pages: dict[int, list[Page]] = {}
    for slot in work.slots:
        extract, bound = slot.extract, slot.bound
        if extract.table == table and bound is not None:
            events = slot.source.cases is not None  # of a log, cases are counted, and pages hold events
            page = Page(slot.locator, bound.rows + len(bound.lost), None if events else extract.total, extract.more)
            pages.setdefault(slot.number, []).append(page)
    for found in pages.values():
        told = pages_missing(found)
        if told is not None:
            detail = f"{told}: what holds for all records is not shown by it"
            work.limits.append(Limit(kind="table", id=table, reason="pages missing", detail=detail))
            yield told


def _places(work: _Work) -> tuple[SourcePlace, ...]:
    """Give the place of every extract, by its number."""
    return tuple(
        SourcePlace(
            path=slot.locator, sheet=slot.extract.sheet, columns={} if slot.bound is None else slot.bound.headings
        )
        for slot in work.slots
    )


def _paths(work: _Work, source: Source, number: int, reader: Reader) -> Sequence[Path | None]:
    """Give the files, or the folder, of a source; none is a limit, not silence."""
    if source.path is None:
        return [None]
    root = Path(work.plan.root)
    given = Path(source.path)
    if any(c in source.path for c in "*?[") and not (root / given).exists():
        base = Path(given.anchor) if given.is_absolute() else root
        pattern = str(given.relative_to(given.anchor)) if given.is_absolute() else source.path
        found: list[Path] = sorted(p for p in base.glob(pattern) if not p.name.startswith((".", "~$")))
    else:
        found = [p for p in [root / given] if p.exists()]
    if not found:
        missing = Unread(root / given, "missing", "it does not exist")
        _unread(work, source, number, reader, missing, root / given)
    for path in [p for p in found if not (p.is_file() or p.is_dir())]:
        found.remove(path)
        odd = Unread(path, "unsupported", "it is no ordinary file: a pipe or a device is never read")
        _unread(work, source, number, reader, odd, path)
    return found


def _reader(source: Source, readers: Mapping[str, Reader]) -> Reader:
    """Find the reader: by name, else by the longest file ending; a folder is `/`."""
    if source.reader is not None:
        return readers[source.reader]
    name = (source.path or "").lower()
    endings = sorted(
        ((s, r) for r in readers.values() for s in r.suffixes if name.endswith(s)), key=lambda x: -len(x[0])
    )
    if endings:
        return endings[0][1]
    folder = next((r for r in readers.values() if "/" in r.suffixes), None)
    if folder is None or Path(name).suffix:
        raise SourceMistake("path", f"no reader knows files like '{source.path}'", 'name one: reader = "..."')
    return folder


def _locator(path: Path, plan: AuditPlan) -> str:
    """Write a path relative to the plan's folder, with `/`, so that records do not depend on the machine."""
    root = Path(plan.root)
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _manifest(slot: _Slot, bound: Bound, work: _Work) -> Evidence:
    """Write the manifest entry of an extract, with its files where it has several; optional columns are not missed."""
    entry = bound.evidence(_digest(bound.extract, work))
    spec = work.ruleset.tables[entry.table].columns
    missed = tuple(c for c in entry.missing_columns if not spec[c].optional)
    where = {"engine": slot.source.engine, "dialect": _dialect(work, slot.source)}
    notes = (*entry.notes, *_no_digest(bound.extract))
    changes = {"missing_columns": missed, "provenance": slot.source.provenance, "notes": notes}
    entry = entry.model_copy(update={**changes, **where})
    if len(bound.extract.files) <= 1:
        return entry
    files = sorted((_locator(file, work.plan), work.digests[file].result()) for file in bound.extract.files)
    return entry.model_copy(update={"files": tuple(EvidenceFile(path=p, sha256=d) for p, d in files)})


def _dialect(work: _Work, source: Source) -> str:
    if source.engine == OWN_ENGINE or work.others is None:
        return work.engine.dialect
    return work.others.dialect(source.engine)


def _no_digest(extract: Extract) -> Sequence[str]:
    """Say of records that stay where they are that nothing holds them to what was judged but the query."""
    if not isinstance(extract.content, InPlace):
        return ()
    digest = hashlib.sha256(extract.content.query.encode("utf-8", "surrogatepass")).hexdigest()
    told = f"the records stayed with the engine {extract.content.engine}: there is no digest of what they say"
    return (f"{told}, and SHA-256 of the query for them is {digest}",)


def _digest(extract: Extract, work: _Work) -> str | None:
    """Give a file's SHA-256; of several files, the SHA-256 of the lines `path digest`."""
    if not extract.files:
        return None
    found = {file: work.digests[file].result() for file in extract.files}
    lost = sorted(_locator(file, work.plan) for file, digest in found.items() if digest is None)
    for name in lost:
        detail = "it went away, or could not be read again, during the audit: what was read of it has no digest"
        limit = Limit(kind="file", id=name, reason="missing", detail=detail)
        if limit not in work.limits:
            work.limits.append(limit)
    if lost:
        return None
    if len(found) == 1:
        return found[extract.files[0]]
    lines = sorted(f"{_locator(file, work.plan)} {digest}\n" for file, digest in found.items())
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
