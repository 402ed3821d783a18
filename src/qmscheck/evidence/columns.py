"""Which column of a file is which declared column: as the plan says, else by the declared name or a synonym of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from qmscheck.engine import Loaded
from qmscheck.errors import did_you_mean
from qmscheck.model import ColumnMapping, Source, TableSpec
from qmscheck.sql.figures import PLAIN, Spelling
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn

__all__ = ["SourceMistake", "check_mapping", "headings", "mapped_columns", "repeated"]


class SourceMistake(Exception):  # noqa: N818  (a mistake of the plan, found when its source was opened)
    """A `[[source]]` of the plan does not fit the file. `key` is the key of the source that is wrong."""

    def __init__(self, key: str, message: str, hint: str | None = None) -> None:
        """Keep key, message and hint."""
        super().__init__(message)
        self.key, self.message, self.hint = key, message, hint


def headings(spec: TableSpec, source: Source, present: Sequence[str]) -> dict[str, str | None]:
    """Give each declared column its heading in the file; None where the file has none.

    A plan's mapping is taken to the letter (but for spaces and case); other columns are found by name or by a synonym,
    where just one heading of the file fits and no other column claims it.
    """
    exact = {_plain(h): h for h in reversed(present)}
    found: dict[str, str | None] = {}
    for column in spec.columns:
        mapping = source.columns.get(column)
        if mapping is not None:
            found[column] = next((exact[_plain(h)] for h in mapping.headings if _plain(h) in exact), None)
    taken = {h for h in found.values() if h is not None}
    loose = [(h, _squeezed(h)) for h in present if h not in taken]
    for column, declared in spec.columns.items():
        if column in source.columns:
            continue
        own = _squeezed(column)
        named = [heading for heading, squeezed in loose if squeezed == own]
        if not named and loose:
            names = {_squeezed(synonym) for synonym in declared.synonyms}
            named = [heading for heading, squeezed in loose if squeezed in names]
        found[column] = named[0] if len(named) == 1 else None
    return found


def check_mapping(source: Source, found: Mapping[str, str | None], present: Sequence[str], path: str) -> None:
    """Refuse a mapping whose heading the file does not have, or of whose headings it has two. Raises SourceMistake."""
    exact = {_plain(h) for h in present}
    for column, mapping in source.columns.items():
        there = [h for h in mapping.headings if _plain(h) in exact]
        if len(there) > 1:
            message = f"{path} has the columns {_either(there)}, and each of them may be '{column}'"
            raise SourceMistake(f"columns.{column}", message, "give that file a source of its own, which names one")
        if found.get(column) is None and not mapping.optional:
            shown = ", ".join(f"'{h}'" for h in present[:12]) + (" ..." if len(present) > 12 else "")  # noqa: PLR2004
            hint = did_you_mean(mapping.headings[0], present) or f"its headings are {shown}"
            raise SourceMistake(f"columns.{column}", f"{path} has no column {_either(mapping.headings)}", hint)


def repeated(heading: str, present: Sequence[str]) -> tuple[str, ...]:
    """Give the further columns of a heading that stands several times in a file: readers call them `Label (2)` ..."""
    known = set(present)
    found: list[str] = []
    while (name := f"{heading} ({len(found) + 2})") in known:
        found.append(name)
    return tuple(found)


def mapped_columns(
    spec: TableSpec,
    source: Source,
    wanted: Collection[str],
    found: Mapping[str, str | None],
    loaded: Loaded,
    *,
    spreadsheet: bool,
    veils: Mapping[str, str] | None = None,
) -> list[MappedColumn]:
    """Give the columns to read: only those that some rule wants. `veils`: what takes the place of personal texts."""
    natives, raw = dict(loaded.columns), dict(zip((h for h, _ in loaded.columns), loaded.names, strict=True))
    columns = []
    for name, declared in spec.columns.items():
        if name not in wanted:
            continue
        mapping = source.columns.get(name)
        heading = found.get(name)
        again = () if heading is None else repeated(heading, list(raw))
        joint = mapping.join if mapping is not None else None
        columns.append(
            MappedColumn(
                name=name,
                kind=Kind(declared.type),
                header=None if heading is None else raw[heading],
                formats=mapping.formats if mapping else (),
                values=dict(mapping.values) if mapping else None,
                missing=_missing(source, mapping),
                spelling=_spelling(mapping, machine=loaded.signed is not None),
                zone=source.zone,
                others=tuple(raw[h] for h in again) if declared.type == "text" or joint is not None else (),
                joint="; " if joint is None else joint,
                native=natives.get(heading) if heading is not None else None,
                spreadsheet=spreadsheet and _may_hold_errors(heading, raw, loaded, mapping),
                bare=loaded.bare,
                spaces=loaded.spaces,
                veil=(veils or {}).get(name, "") if declared.type == "text" else "",
                words=tuple(declared.values),
                personal=declared.is_personal,
            )
        )
    return columns


def _may_hold_errors(
    heading: str | None, raw: Mapping[str, str], loaded: Loaded, mapping: ColumnMapping | None
) -> bool:
    """Tell whether a cell of a sheet may read like an error, all of which begin with #; most columns need no search."""
    if heading is None or loaded.signed is None or raw[heading] in loaded.signed:
        return True
    return mapping is not None and any(meaning.startswith("#") for meaning in mapping.values.values())


def _spelling(mapping: ColumnMapping | None, *, machine: bool) -> Spelling:
    """Write how numbers are spelled; `machine`: a reader handed the cells over, and some may be numbers in its file."""
    if mapping is None:
        return PLAIN
    return Spelling(mapping.decimal, mapping.thousands, mapping.units, mapping.percent, machine=machine)


def _either(headings: Sequence[str]) -> str:
    return " or ".join(f"'{h}'" for h in headings)


def _missing(source: Source, mapping: ColumnMapping | None) -> tuple[str, ...]:
    return mapping.missing if mapping is not None and mapping.missing is not None else source.missing


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
