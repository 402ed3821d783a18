"""A declared table is put together from the extracts that its sources gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qmscheck.evidence.binding import Bound
from qmscheck.evidence.provenance import Page, pages_missing, shortfall
from qmscheck.evidence.work import Work
from qmscheck.model import BoundTable, Limit, Source, SourcePlace
from qmscheck.sql.mapping import union

__all__ = ["bind_table"]


def bind_table(work: Work, name: str) -> BoundTable:
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
    problem = "; ".join(filter(None, [problem, *whole_in_doubt, *_twice(work, name)])) or None
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
        unlisted=_joined(c for b in parts for c in b.unlisted.items()),
        short="; ".join(filter(None, [shortfall(sources, work.plan), *_pages_missing(work, name)])) or None,
    )


def _twice(work: Work, table: str) -> Iterator[str]:
    """Say of a file that two sources of a table read alike: each of its records would count twice.

    Two sources may take different columns of one file, or different rows: then their records are not the same.
    """
    read: dict[str, Source] = {}
    for slot in work.slots:
        if slot.extract.table != table or slot.bound is None:
            continue
        options = sorted(slot.source.options.items())
        same = repr((slot.locator, slot.extract.sheet, options, sorted(slot.bound.headings.items())))
        other = read.setdefault(same, slot.source)
        if other is not slot.source:
            lines = " and ".join(str(source.line) for source in (other, slot.source) if source.line)
            by = f"the sources of lines {lines}" if lines else "two sources"
            yield f"{slot.locator} is read by {by} of the plan: each of its records would count twice"


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
