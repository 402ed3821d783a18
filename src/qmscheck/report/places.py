"""Where evidence was seen, in words: a place, its file, and where in the file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from qmscheck.model import AuditException, Location, SkippedRow

__all__ = ["by_file", "cell_of", "file_of", "place", "record_of", "skipped_at", "spot", "within"]


def place(location: Location) -> str:
    """Write a whole place on one line, in the order in which a person opens it."""
    return ", ".join(part for part in (file_of(location), spot(location)) if part)


def by_file(exceptions: Sequence[AuditException]) -> list[tuple[str, list[AuditException]]]:
    """Group neighbours that stand in the same file and sheet, so that it is named once."""
    return [(name, list(group)) for name, group in groupby(exceptions, key=lambda e: file_of(e.location))]


def record_of(exception: AuditException) -> str | None:
    """Name the record of an exception; None where it is the file itself, which its place names already."""
    return None if exception.key == exception.location.path else exception.key


def file_of(location: Location) -> str:
    """Write the file and the sheet of a place."""
    return location.path + (f", sheet “{location.sheet}”" if location.sheet else "")


def spot(location: Location) -> str:
    """Write where in its file a place is."""
    parts = (
        f"page {location.page}" if location.page is not None else None,
        f"under “{location.heading}”" if location.heading else None,
        f"paragraph {location.paragraph}" if location.paragraph is not None and not location.cell else None,
        cell_of(location),
        f"row {location.row}" if location.row is not None and (not location.cell or " " in location.cell) else None,
        f"column “{location.column}”" if location.column else None,
    )
    return ", ".join(part for part in parts if part)


def cell_of(location: Location) -> str | None:
    """Write the cell, or the cells of a row, or the place in a table of a document; of a text its line says more."""
    if not location.cell or " " in location.cell:
        return location.cell if location.row is None else None
    return f"cells {location.cell}" if ":" in location.cell else f"cell {location.cell}"


def within(location: Location, path: str) -> str:
    """Write a place; a file that the reader of the line already knows is left out."""
    sheet = f"sheet “{location.sheet}”" if location.sheet else ""
    name = sheet if location.path == path else file_of(location)
    return ", ".join(part for part in (name, spot(location)) if part) or "somewhere in it"


def skipped_at(row: SkippedRow, path: str) -> str:
    """Write where a row was skipped."""
    return within(Location(path=row.path, sheet=row.sheet, row=row.row), path)
