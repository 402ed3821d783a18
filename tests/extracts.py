"""The evidence of an example, read once by its real readers and handed to audits again: as it is, or altered."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from qmscheck import cache, plan, plugins
from qmscheck.audit import conduct
from qmscheck.extracts import Batch, Begun, Delimited, Extract, Parquet, Request, Rows, Unread
from qmscheck.hookspecs import Reader
from qmscheck.model import AuditRecord
from qmscheck.plan import Overrides, PlanFile
from qmscheck.plugins import Plugins

__all__ = ["EXAMPLES", "Alter", "Example", "batches", "blanked", "emptied", "opened", "reordered"]

EXAMPLES = Path(__file__).parent.parent / "examples"
TODAY = dt.date(2026, 11, 20)

Part = Extract | Unread
Alter = Callable[[Extract], Extract]


@dataclass(frozen=True)
class Example:
    """A plan, the plugins, what the readers gave for each (table, path, options), and what the audit found."""

    planfile: PlanFile
    plugins: Plugins
    parts: Mapping[tuple[object, ...], tuple[Part, ...]]
    record: AuditRecord

    def audited(self, plugins: Plugins) -> AuditRecord:
        """Audit once more, with other plugins. What follows from the ruleset alone is remembered, as for users."""
        return conduct(self.planfile, plugins, threads=1, cache=cache.folder())

    def replayed(self, alter: Alter) -> Plugins:
        """Give the plugins with readers that hand over the extracts again, each as `alter` leaves it."""

        def read(request: Request) -> Iterator[Part]:
            for part in self.parts[_key(request)]:
                yield alter(part) if isinstance(part, Extract) else part

        readers = {name: replace(reader, read=read, ahead=False) for name, reader in self.plugins.readers.items()}
        return replace(self.plugins, readers=readers)


#: Nobody alters what is in it: to alter an extract makes another.
_OPENED: dict[str, Example] = {}


def opened(name: str, scratch: Path) -> Example:
    """Read the whole evidence of an example into memory: once for a process, whatever `scratch` is given later."""
    if name not in _OPENED:
        _OPENED[name] = _read(name, scratch)
    return _OPENED[name]


def _read(name: str, scratch: Path) -> Example:
    found = plugins.load()
    planfile = plan.read(EXAMPLES / name, found.readers, Overrides(today=TODAY), found.rulesets)
    asked: list[tuple[Reader, Request]] = []

    def noting(reader: Reader) -> Reader:
        def read(request: Request) -> Iterator[Part | Begun]:
            asked.append((reader, request))
            return reader.read(request)

        return replace(reader, read=read)

    noted = replace(found, readers={name: noting(reader) for name, reader in found.readers.items()})
    record = conduct(planfile, noted, threads=1)  # the first one remembers nothing
    parts = {
        _key(q): tuple(_kept(p) for p in r.read(replace(q, scratch=scratch)) if not isinstance(p, Begun))
        for r, q in asked
    }
    return Example(planfile, found, parts, record)


def batches(extract: Extract) -> list[Batch]:
    """Give the records of an extract that this module has read."""
    assert isinstance(extract.content, Rows)
    return list(extract.content.batches)


def emptied(extract: Extract) -> Extract:
    """Keep the headings and take every record out."""
    return replace(extract, content=Rows([]))


def blanked(extract: Extract, column: int) -> Extract:
    """Keep every record and blank one of its columns."""
    changed = [
        replace(b, columns=tuple([None] * len(c) if i == column else c for i, c in enumerate(b.columns)))
        for b in batches(extract)
    ]
    return replace(extract, content=Rows(changed))


def reordered(extract: Extract, order: Callable[[int], list[int]]) -> Extract:
    """Put the records into another order; each keeps the place where it now stands."""
    given = batches(extract)
    columns = tuple([cell for b in given for cell in b.columns[i]] for i in range(len(extract.columns)))
    number = sum(len(b.columns[0]) for b in given if b.columns)
    turn = order(number)
    moved: dict[str, list[object] | None] = {"rows": _joined(given, "rows")}
    for field in ("pages", "headings", "paragraphs", "paths"):
        joined = _joined(given, field)
        moved[field] = None if joined is None else [joined[i] for i in turn]
    batch = Batch(tuple([c[i] for i in turn] for c in columns), **moved)  # type: ignore[arg-type]
    return replace(extract, content=Rows([batch] if number else []))


def _joined(given: list[Batch], field: str) -> list[object] | None:
    lists = [getattr(b, field) for b in given]
    return None if not lists or lists[0] is None else [value for one in lists for value in one]


def _key(request: Request) -> tuple[object, ...]:
    return (request.table, request.path, tuple(sorted(request.options.items())))


def _kept(part: Part) -> Part:
    """Hold the records in memory, so that they can be handed over more than once."""
    if isinstance(part, Unread):
        return part
    assert not isinstance(part.content, Parquet), "no example brings Parquet"
    if isinstance(part.content, Delimited):
        return replace(part, content=Rows([_parsed(part, part.content)]), skipped=tuple(part.skipped))
    kept = list(part.content.batches)
    return replace(part, content=Rows(kept), skipped=tuple(part.skipped))


def _parsed(extract: Extract, content: Delimited) -> Batch:
    """Parse delimited text with Python's own parser: an opinion that is not the engine's."""
    opener = gzip.open if content.path.suffix == ".gz" else open
    with opener(content.path, "rt", encoding="utf-8-sig", newline="") as file:
        for _ in range(content.skip):
            file.readline()
        quoting = {"quotechar": content.quote} if content.quote else {"quoting": csv.QUOTE_NONE}
        records = [r for r in csv.reader(file, delimiter=content.delimiter, **quoting) if r]  # type: ignore[arg-type]
    assert all(len(r) == len(extract.columns) for r in records)
    gone = set(content.missing_rows)
    last = extract.first_row + len(records) + len(gone)
    numbered = list(zip([n for n in range(extract.first_row, last) if n not in gone], records, strict=True))
    kept = [(n, r) for n, r in numbered if any(r) or not content.hollow]
    columns = tuple([r[i] or None for _, r in kept] for i in range(len(extract.columns)))
    return Batch(columns, rows=[n for n, _ in kept])
