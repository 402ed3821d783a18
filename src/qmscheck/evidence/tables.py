"""A declared table is put together from the extracts that its sources gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qmscheck.evidence.bound import Bound
from qmscheck.evidence.provenance import Page, pages_missing, shortfall
from qmscheck.evidence.work import Slot, Work
from qmscheck.extracts import Parquet
from qmscheck.model import BoundTable, Limit, SourcePlace
from qmscheck.sql.mapping import union

__all__ = ["bind_table"]

#: Tables of which copies are records in their own right: some are meant, and rules ask for the others.
_PAPERS = frozenset({"documents", "passages"})


def bind_table(work: Work, name: str) -> BoundTable:
    """Put the sources of a declared table together as one relation of its name."""
    columns = [c for c in work.ruleset.tables[name].columns if c in set(work.wanted.get(name, ()))]
    parts = [b for b in work.bound if b.extract.table == name]
    refused = [e for e in work.failed if e.table == name]
    problem = "; ".join(f"{e.locator}: {e.detail or e.status}" for e in refused) or None
    if not parts:
        return _nothing(work, name, problem, asked=bool(columns))
    first = parts[0]
    flags = [c for c in columns if any(b.unreadable.get(c) or c in b.missing for b in parts)]
    absent = frozenset(c for c in columns if all(c in b.missing for b in parts))
    doubtful = _related(work, name, parts, columns, flags)
    whole_in_doubt, unclear = _unclear(parts)
    problem = "; ".join(filter(None, [problem, *whole_in_doubt, *_twice(work, name)])) or None
    sources = [source for source in work.plan.sources if source.table == name]
    return BoundTable(
        name=name,
        rows=sum(b.rows for b in parts),
        lost=sum(len(b.lost) for b in parts),
        flags=frozenset(flags),
        absent=absent,
        lacking=_lacking(work, name, [c for c in columns if c not in absent]),
        blank=frozenset(c for c in columns if c not in absent and all(c in b.blank | b.missing for b in parts)),
        places=_places(work),
        problem=problem,
        unclear=unclear,
        doubtful=doubtful,
        apart=first.apart,
        inside=work.sieves[name].inside if first.apart else {},
        told=work.sieves[name].told if first.apart else {},
        sieved=frozenset(work.sieves[name].rules) if doubtful else frozenset(),
        unlisted=_joined(c for b in parts for c in b.unlisted.items()),
        short="; ".join(filter(None, [shortfall(sources, work.plan), *_pages_missing(work, name)])) or None,
    )


def _nothing(work: Work, name: str, problem: str | None, *, asked: bool) -> BoundTable:
    """Give a table without records: its sources could not be read (the `problem`), or the plan names none. That is a
    limit where some rule has `asked` for a column of it.
    """
    sourced = problem is not None or not asked
    if not sourced:
        problem = f"the plan names no source for the table '{name}'"
        purpose = work.ruleset.tables[name].purpose
        work.limits.append(Limit(kind="table", id=name, reason="no source", detail=purpose))
    return BoundTable(
        name=name,
        rows=0,
        lost=0,
        flags=frozenset(),
        absent=frozenset(),
        blank=frozenset(),
        places=_places(work),
        problem=problem,
        sourced=sourced,
    )


def _is_whole(parts: Sequence[Bound], columns: Sequence[str]) -> bool:
    """Tell whether one extract is all of a table: it has every column and flag already."""
    return len(parts) == 1 and not parts[0].missing & set(columns)


def _related(work: Work, name: str, parts: Sequence[Bound], columns: Sequence[str], flags: Sequence[str]) -> str:
    """Make the relation of a table, and that of its doubtful records where a sieve left some; give the latter's name,
    or nothing.
    """
    engine, first = work.homes[name], parts[0]
    whole = _is_whole(parts, columns)
    assert whole or not any(b.apart for b in parts)  # noqa: S101  (such a part is all of its table)
    if not (whole and engine.rename(first.name, name)):
        views = [(b.name, frozenset(b.unreadable), b.missing) for b in parts]
        answers = work.sieves[name].answers if first.apart else ()
        kept = [*(c for c in columns if c not in first.apart), *answers]
        engine.define(name, union(views, kept, flags), materialise=False)
    if not (whole and first.doubtful):
        return ""
    doubtful = f"{name}, doubtful"
    part = (first.doubtful, frozenset(first.unreadable), first.missing)
    engine.define(doubtful, union([part], columns, flags), materialise=False)
    return doubtful


def _lacking(work: Work, table: str, columns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Name, of columns that some source of a table has, those sources that have not."""
    slots = [s for s in work.slots if s.extract.table == table and s.bound is not None]
    found = {c: tuple(_named(s) for s in slots if s.bound is not None and c in s.bound.missing) for c in columns}
    return {column: places for column, places in found.items() if places}


def _named(slot: Slot) -> str:
    """Name an extract as `path`, or `path [sheet]`."""
    return slot.locator if slot.extract.sheet is None else f"{slot.locator} [{slot.extract.sheet}]"


def _twice(work: Work, table: str) -> Iterator[str]:
    """Say of a file that two sources of a table read alike: each of its records would count twice.

    Two sources may take different columns of one file, or different rows: then their records are not the same.
    """
    read: dict[str, Slot] = {}
    for slot in work.slots:
        if slot.extract.table != table or slot.bound is None:
            continue
        other = read.setdefault(f"{_taken(slot, slot.bound)} {slot.locator}", slot)
        if other is not slot:
            lines = " and ".join(str(source.line) for source in (other.source, slot.source) if source.line)
            by = f"the sources of lines {lines}" if lines else "two sources"
            yield f"{slot.locator} is read by {by} of the plan: each of its records would count twice"
    if table not in _PAPERS:
        yield from _copies(work, read.values())


def _copies(work: Work, slots: Iterable[Slot]) -> Iterator[str]:
    """Say of a file that it is another to the byte: each of its records would count twice. An empty one counts nothing.

    Only digests that may be equal are waited for.
    """
    alike: dict[tuple[str, int, int], list[Slot]] = {}
    for slot in slots:
        bound, seen = slot.bound, work.marks.get(slot.extract.path)
        if bound is not None and bound.rows and seen is not None and slot.extract.files == (slot.extract.path,):
            alike.setdefault((_taken(slot, bound), bound.rows, seen.size), []).append(slot)
    for group in alike.values():
        first: dict[str, str] = {}
        for slot in sorted(group, key=lambda one: one.locator) if len(group) > 1 else ():
            digest = work.digests[slot.extract.path].result()
            if digest is not None and (copied := first.setdefault(digest, slot.locator)) != slot.locator:
                yield f"{slot.locator} is a copy of {copied}: each of its records would count twice"


def _taken(slot: Slot, bound: Bound) -> str:
    """Write down what a source takes of a file; what its folders say of it (`year=2026/`) is part of its records."""
    content = slot.extract.content
    partition = content.partition if isinstance(content, Parquet) else ()
    return repr((slot.extract.sheet, sorted(slot.source.options.items()), sorted(bound.headings.items()), partition))


def _unclear(parts: Sequence[Bound]) -> tuple[list[str], dict[str, str]]:
    """Part what leaves the whole table in doubt from what leaves a column in doubt, by its name. Cases are made of the
    columns of their events that are none of the table's own (`_...`): a doubt about one of these is about every case.
    """
    questions = [q for b in parts for q in b.open]
    whole = [q.told for q in questions if any(column.startswith("_") for column in q.columns)]
    return whole, _joined((column, question.told) for question in questions for column in question.columns)


def _joined(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Put together what several files tell of a column, each once."""
    found: dict[str, dict[str, None]] = {}
    for column, text in told:
        found.setdefault(column, {})[text] = None
    return {column: "; ".join(texts) for column, texts in found.items()}


def _pages_missing(work: Work, table: str) -> Iterator[str]:
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


def _places(work: Work) -> tuple[SourcePlace, ...]:
    """Give the place of every extract, by its number."""
    return tuple(
        SourcePlace(
            path=slot.locator, sheet=slot.extract.sheet, columns={} if slot.bound is None else slot.bound.headings
        )
        for slot in work.slots
    )
