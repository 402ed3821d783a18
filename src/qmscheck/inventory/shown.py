"""The inventory for people, at any width, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from qmscheck.hookspecs import RenderOptions
from qmscheck.inventory import Inventory, Missing, Seen
from qmscheck.report.layout import Line, heading, printed, unbroken
from qmscheck.report.places import place, skipped_at

__all__ = ["as_json", "for_people"]

_LISTED, _LABEL = 5, 10


def for_people(inventory: Inventory, options: RenderOptions) -> str:
    """Write the screen. Values of cells do not stand in it: places and counts do."""
    return printed(_lines(inventory, options.verbose), options)


def as_json(inventory: Inventory) -> str:
    """Write everything, in an order that no machine changes."""
    whole = {
        "organization": inventory.organization,
        "as_of": inventory.as_of.isoformat(),
        "rulesets": list(inventory.rulesets),
        "sources": [_source(seen) for seen in inventory.sources],
        "missing_tables": [
            {"table": one.table, "purpose": one.purpose, "obligations": list(one.obligations)}
            for one in inventory.missing
        ],
        "limits": [limit.model_dump(mode="json") for limit in inventory.limits],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _source(seen: Seen) -> dict[str, object]:
    day = seen.newest
    return {
        "inside": seen.inside,
        **seen.evidence.model_dump(mode="json"),
        "newest": day and {"column": day.column, "on": day.on.isoformat(), "days": day.days, "planned": day.planned},
        "lacks": {column: list(obligations) for column, obligations in seen.lacks.items()},
    }


def _lines(inventory: Inventory, verbose: int) -> Iterator[Line]:
    title = f"What an audit of {inventory.organization} on {inventory.as_of} would read, against "
    yield Line(f"{title}{', '.join(inventory.rulesets)}. Nothing is judged here.", style="bold")
    read = [seen for seen in inventory.sources if seen.evidence.status == "read"]
    lost = [seen for seen in inventory.sources if seen.evidence.status != "read"]
    if lost:
        yield from heading("Not to be relied on", str(len(lost)), "red")
        for seen in lost:
            yield from _seen(seen, verbose)
    if read:
        yield from heading("Sources", str(len(read)))
        for seen in read:
            yield from _seen(seen, verbose)
    if inventory.missing:
        yield from heading("Tables without a source", str(len(inventory.missing)))
        for missing in inventory.missing:
            yield from _missing(missing)
    if inventory.limits:
        yield from heading("Not read", str(len(inventory.limits)))
        for limit in inventory.limits:
            yield Line(f"{unbroken(limit.id)}: {limit.reason}. {limit.detail}".rstrip(". ") + ".", 2)


def _seen(seen: Seen, verbose: int) -> Iterator[Line]:
    entry = seen.evidence
    inside = f" [{seen.inside}]" if seen.inside else ""
    yield Line(f"{unbroken(entry.locator)}{inside}", 2, style="bold")
    yield _labelled("table", f"{entry.table}, {_counted(entry.rows_read, 'row')}, read by {entry.reader or 'nothing'}")
    if entry.status != "read":
        yield _labelled(entry.status, entry.detail or "it cannot be read")
    day = seen.newest
    if day is not None:
        planned = ": a day that was planned, and none says what was done" if day.planned else ""
        yield _labelled("newest", f"{day.on} ({day.column}), {_counted(day.days, 'day')} before the audit{planned}")
    mapped = ", ".join(c if c == h else f"{c} = {h}" for c, h in entry.columns.items())
    if mapped:
        yield _labelled("columns", mapped)
    if seen.lacks:
        told = (f"{c} ({_few(list(o), verbose)})" for c, o in seen.lacks.items())
        yield _labelled("lacks", ", ".join(told))
    if entry.unmapped_columns:
        yield _labelled("not read", ", ".join(entry.unmapped_columns))
    yield from _cells(seen, verbose)
    for note in entry.notes:
        yield _labelled("note", note)
    digest = (entry.sha256 or "none") if verbose > 0 else (entry.sha256 or "none")[:16]
    yield _labelled("sha256", digest)
    yield Line()


def _cells(seen: Seen, verbose: int) -> Iterator[Line]:
    """Write unreadable cells and skipped rows with their places: the first few, or all."""
    entry = seen.evidence
    cells = entry.unreadable if verbose > 0 else entry.unreadable[:_LISTED]
    if entry.unreadable_count:
        yield _labelled("unreadable", _counted(entry.unreadable_count, "cell"))
    for cell in cells:
        yield Line(f"{place(cell.location)}: no {cell.expected}", 6 + _LABEL)
    if entry.unreadable_count > len(cells):
        yield Line(f"and {entry.unreadable_count - len(cells):,} more", 6 + _LABEL)
    if entry.rows_skipped:
        yield _labelled("skipped", _counted(len(entry.rows_skipped), "row"))
    rows = entry.rows_skipped if verbose > 0 else entry.rows_skipped[:_LISTED]
    for row in rows:
        yield Line(f"{skipped_at(row, entry.locator)}: {row.reason}", 6 + _LABEL)
    if len(entry.rows_skipped) > len(rows):
        yield Line(f"and {len(entry.rows_skipped) - len(rows):,} more", 6 + _LABEL)


def _missing(missing: Missing) -> Iterator[Line]:
    yield Line(missing.table, 2, style="bold")
    yield Line(f"{missing.purpose}.", 4)
    yield Line(f"Needed by {', '.join(missing.obligations)}.", 4)


def _labelled(label: str, text: str) -> Line:
    return Line(text, 4, label, label_width=_LABEL)


def _few(names: list[str], verbose: int) -> str:
    shown = names if verbose > 0 else names[:_LISTED]
    return ", ".join(shown) + (" ..." if len(shown) < len(names) else "")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
