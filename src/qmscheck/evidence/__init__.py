"""Fetch: the plan's sources become typed relations in an engine, with a manifest of what was read and what was not.

No library of its own. Readers (plugins) bring records (`asking`), `sql.mapping` types them (`binding`, `typing`), the
engine holds them; extracts become tables (`tables`) and entries of the manifest (`manifest`). `work` is what one run
collects on its way.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from qmscheck.cache import is_private
from qmscheck.engine import Engine, EngineError, OutOfMemoryError
from qmscheck.engine.several import Others
from qmscheck.errors import Problem, QmscheckError
from qmscheck.evidence.asking import parts_of, paths_of, reader_of, request_for
from qmscheck.evidence.binding import as_cases, begin
from qmscheck.evidence.columns import SourceMistake
from qmscheck.evidence.languages import languages_of, marked
from qmscheck.evidence.manifest import entry_of
from qmscheck.evidence.provenance import provenance_limits
from qmscheck.evidence.tables import bind_table
from qmscheck.evidence.unchanged import changed, mark, sha256
from qmscheck.evidence.words import turned
from qmscheck.evidence.work import Parts, Slot, Work, locator_of, note_refused, note_unread
from qmscheck.extracts import Begun, Delimited, Extract, Parquet, Rows, Unread
from qmscheck.hookspecs import OWN_ENGINE, Reader
from qmscheck.model import AuditPlan, BoundTable, Evidence, Limit, Ruleset, Source
from qmscheck.sql.every import every_cell, every_value
from qmscheck.sql.pseudonyms import Need, Needs
from qmscheck.sql.sieve import Sieve
from qmscheck.sql.veil import PSEUDONYM

__all__ = ["Ahead", "Gathered", "SourceMistake", "begin_ahead", "digest_inside", "gather"]


#: Records up to which a table is small: to plan how it is judged takes longer than to judge it.
_SMALL = 200_000

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
                reader = reader_of(source, readers)
                if reader.ahead:
                    request = request_for(plan, source, path, Path(folder), private)
                    coming = begun.enter_context(closing(parts_of(reader, request)))
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
    *,
    codes: bool = False,
) -> Gathered:
    """Read every source of the plan. `wanted` names, by table, the columns that some rule reads; `begun` is what
    `begin_ahead` gave; `located` writes a mistake in the source of that number at its place in the plan; large
    tables are put through `sieves`. `needs` says what takes the place of personal texts; `others` are the engines of
    the sources that name one. `codes` counts what every code for nothing took away.

    Raises QmscheckError for a plan that names what a source does not have; a source that cannot be read is listed.
    """
    with (
        ThreadPoolExecutor(max_workers=2, thread_name_prefix="digest") as hashing,
        ThreadPoolExecutor(max_workers=1, thread_name_prefix="binding") as binding,
    ):
        work = Work(
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
            codes=codes,
        )
        _read_sources(work, readers, progress, located)
        tables = {name: bind_table(work, name) for name in ruleset.tables}
        work.limits.extend(
            Limit(kind="source", id=bound.locator, reason="values read as blank", detail=one.told)
            for bound in work.bound
            for one in bound.taken
            if one.value
        )
        work.limits.extend(_turned(work))
        work.limits.extend(provenance_limits(plan, [name for name in ruleset.tables if work.wanted.get(name)]))
        _lock(work, tables.values())
        progress("computing digests")
        return _gathered(work, tables)


def _turned(work: Work) -> Iterator[Limit]:
    """List the words of closed lists that the plan takes for others."""
    slots = [slot for slot in work.slots if slot.bound is not None]
    told = {
        (slot.locator, detail): None
        for slot in slots
        for detail in turned(slot.source, work.ruleset.tables[slot.extract.table], work.wanted[slot.extract.table])
    }
    for locator, detail in told:
        yield Limit(kind="source", id=locator, reason="a word read as another", detail=detail)


def _read_sources(
    work: Work,
    readers: Mapping[str, Reader],
    progress: Callable[[str], None],
    located: Callable[[int, SourceMistake], Problem],
) -> None:
    """Bind what every source of the plan gives. Raises QmscheckError with the mistakes of all of them."""
    mistakes: list[Problem] = []
    sources = work.plan.sources
    for number, source in enumerate(sources):
        progress(f"reading {source.path or source.table} ({number + 1} of {len(sources)})")
        try:
            _read_source(work, source, number, readers)
        except SourceMistake as mistake:
            mistakes.append(located(number, mistake))
        except QmscheckError as error:
            mistakes.extend(_in_plan(p, source, number, located) for p in error.problems)
    if not mistakes:
        _finish(work)
        mistakes.extend(_logs(work, located))
    if mistakes:
        raise QmscheckError(*mistakes)


def _lock(work: Work, tables: Collection[BoundTable]) -> None:
    """Lock every engine: from now on no file and no setting can be reached."""
    small = all(table.rows <= _SMALL for table in tables)
    work.engine.lock(work.parquet, small=small)
    for other in work.others.all if work.others is not None else ():
        other.lock((), small=small)


def _gathered(work: Work, tables: Mapping[str, BoundTable]) -> Gathered:
    """Wait for the digests, and give what was read, in an order that does not depend on that of the plan."""
    plan = work.plan
    manifest = [*(entry_of(slot, slot.bound, work) for slot in work.slots if slot.bound is not None), *work.failed]
    digests = {file: digest.result() for file, digest in work.digests.items()}
    return Gathered(
        Path(plan.root),
        tables,
        tuple(sorted(manifest, key=lambda e: (e.table, e.locator, e.source))),
        tuple(sorted(work.limits, key=lambda limit: (limit.kind, limit.id, limit.detail))),
        {locator_of(file, plan): digest for file, digest in digests.items()},
        work.elsewhere,
        lambda: sorted(locator_of(file, plan) for file in changed(work.marks, digests)),
        lambda: list(_damaged(work)),
    )


def _damaged(work: Work) -> Iterator[tuple[str, str]]:
    """Read every column that was asked for of each Parquet file: the engine has looked at no more than it was asked."""
    for slot in work.slots:
        if slot.bound is None or not isinstance(slot.extract.content, Parquet):
            continue
        for column, (heading, _) in sorted(slot.bound.headings.items()):
            try:
                for look in (every_cell, every_value):
                    work.engine.rows(look(slot.bound.name, column))
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


def _read_source(work: Work, source: Source, number: int, readers: Mapping[str, Reader]) -> None:
    reader = reader_of(source, readers)
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
    paths = paths_of(work, source, number, reader)
    for path in paths:
        if path is not None and path.is_file():
            work.marks.setdefault(path, mark(path))
        found = extracts = 0
        whole = False
        for part in work.begun.get(number) or parts_of(
            reader, request_for(work.plan, source, path, work.scratch, work.cache)
        ):
            if isinstance(part, Begun):
                continue
            found += 1
            if isinstance(part, Unread):
                note_unread(work, source, number, reader, part, path)
                whole = whole or path is None or part.path == path
                continue
            extracts += 1
            if work.wanted.get(part.table):
                alone = len(paths) == 1 and part.path == path and _is_only(work, source, part.table, readers)
                _bind(work, source, number, reader, part, alone=alone)
        if not extracts and not whole:
            none = "its only file could not be read" if found == 1 else f"none of its {found} files could be read"
            told = none if found else "nothing to read"
            note_unread(work, source, number, reader, Unread(path or Path(work.plan.root), "empty", told), path)


def _is_only(work: Work, source: Source, table: str, readers: Mapping[str, Reader]) -> bool:
    """Tell whether no other source has records of a table."""
    others = [other for other in work.plan.sources if other is not source]
    return not any(table == other.table or table in reader_of(other, readers).brings for other in others)


def _bind(work: Work, source: Source, number: int, reader: Reader, extract: Extract, *, alone: bool = False) -> None:
    """Bind an extract. The records of a table that comes of it `alone` may lie apart."""
    extract, foreign = marked(extract, work.languages)
    work.limits.extend(foreign)
    for file in extract.files:
        if file not in work.digests:
            work.marks.setdefault(file, mark(file))
            work.digests[file] = work.hashing.submit(sha256, file)
    locator = locator_of(extract.path, work.plan)
    slot = Slot(source, number, reader, extract, locator)
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
            locator=locator,
            sieve=_sieve(work, extract, alone=alone) if engine.sieves else None,
            veils=_veils(extract, work) if engine.veils else {},
            codes=work.codes,
        )
        if work.binding is not None and _is_light(extract):
            slot.coming = work.binding.submit(finish)
        else:
            slot.bound = finish()
    except EngineError as error:
        note_refused(work, slot, error)
        return
    work.slots.append(slot)
    if isinstance(extract.content, Parquet) and engine is work.engine:
        work.parquet.append(extract.content.path)


def _sieve(work: Work, extract: Extract, *, alone: bool) -> Sieve | None:
    """Give the sieve of an extract: columns lie apart only in a delimited file that is all of its table."""
    sieve = work.sieves.get(extract.table)
    if sieve is None or (alone and isinstance(extract.content, Delimited)):
        return sieve
    return replace(sieve, apart=frozenset())


def _home(work: Work, source: Source, extract: Extract) -> Engine:
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


def _veils(extract: Extract, work: Work) -> Mapping[str, str]:
    """Say what takes the place of personal texts. In a large file a mark does where nothing is compared, as a rule or a
    closed list of words does.
    """
    light = _is_light(extract)
    listed = {column for column, spec in work.ruleset.tables[extract.table].columns.items() if spec.values}
    return {
        column: PSEUDONYM if need is Need.WORDS and (light or column in listed) else need.veil
        for (table, column), need in work.needs.columns.items()
        if table == extract.table
    }


def _is_light(extract: Extract) -> bool:
    """Tell whether typing an extract is mostly planning, so that the next source may be read meanwhile."""
    content = extract.content
    return isinstance(content, Rows) or (isinstance(content, Delimited) and content.path.stat().st_size <= _LIGHT)


def _finish(work: Work) -> None:
    """Wait for what is still being typed."""
    for slot in work.slots:
        if slot.coming is not None:
            try:
                slot.bound = slot.coming.result()
            except EngineError as error:
                note_refused(work, slot, error)


def _logs(work: Work, located: Callable[[int, SourceMistake], Problem]) -> Iterator[Problem]:
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
                note_refused(work, slot, error)
            continue
        except SourceMistake as mistake:
            yield located(slots[-1].number, mistake)
            continue
        for slot, bound in zip(slots, made, strict=True):
            slot.bound = bound
