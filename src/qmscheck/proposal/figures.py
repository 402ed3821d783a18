"""How the numbers of a column are written, with the cell that proves it: decimal mark, thousands, unit, per cent.

As with dates, one reading is proposed only where some cell can be read in no other way, and none only the other way;
else both are asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from qmscheck.engine import Engine, counts
from qmscheck.proposal.seen import Column, Value
from qmscheck.sql.figures import PLAIN, Spelling
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn
from qmscheck.sql.profile import alone, reads

__all__ = ["NO_FIGURES", "Figures", "at", "figures_of", "unit_asked", "unit_of"]

_SPACES = " \u00a0\u2009\u202f"
#: A number with what may stand before it and behind it. Letters before it make a code of it, but for currencies.
_FIGURE = re.compile(
    rf"[+-]?(?P<before>[^\W\d_]{{3}}|[^\w\s.,%'+-])?[{_SPACES}]*[+-]?"
    rf"(?P<digits>\d[\d.,'\u2019{_SPACES}]*\d|\d)"
    rf"(?P<space>[{_SPACES}]*)(?P<after>%|[^\W\d_]{{1,12}}|[^\w\s.,%'+-])?"
)
#: Spellings of one unit. What stands in two of these groups is two units.
_UNITS = (
    ("eur", "\u20ac", "euro", "euros"), ("usd", "$", "dollar", "dollars"), ("gbp", "\u00a3"),
    ("chf", "franken"), ("jpy", "\u00a5"), ("sek",), ("nok",), ("dkk",), ("czk",), ("pln",), ("huf",), ("cad",),
    ("aud",), ("inr", "\u20b9"),
    ("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"), ("d", "day", "days", "tag", "tage"),
    ("min", "mins", "minute", "minutes", "minuten"), ("week", "weeks", "woche", "wochen"),
    ("month", "months", "monat", "monate"), ("year", "years", "jahr", "jahre"),
    ("pcs", "pc", "piece", "pieces", "stk", "st\u00fcck", "stck"), ("kg",), ("g",), ("t",), ("km",), ("m",), ("mm",),
)  # fmt: skip
_CURRENCIES = frozenset(word for group in _UNITS[:13] for word in group if len(word) == 3)  # noqa: PLR2004  (ISO 4217)
_GROUP: Mapping[str, str] = {word: group[0] for group in _UNITS for word in group}
_TIMES = frozenset({"hours", "days", "minutes", "weeks", "months", "years"})
_MOST_UNITS = 6


@dataclass(frozen=True, slots=True)
class Figures:
    """How the numbers of a column are written.

    `read` counts the cells that read as numbers so. `why` proves it. `question` stands in place of one spelling where
    nothing decides between the `either`. `percent` tells that each number has its sign of per cent: what the ruleset
    means by it is not to be seen in the file. `units` are what stands beside the numbers. `whole` is the spelling by
    which all of them are whole numbers, where no other is.
    """

    read: int
    spelling: Spelling = PLAIN
    why: tuple[str, ...] = ()
    question: str = ""
    either: tuple[Spelling, ...] = ()
    percent: Value | None = None
    units: tuple[str, ...] = ()
    whole: Spelling | None = None


NO_FIGURES = Figures(0)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A value that has the form of a number, in parts."""

    value: Value
    digits: str
    unit: str
    percent: bool


def figures_of(engine: Engine, view: str, column: Column) -> Figures:
    """Find how the numbers of a column are written; those of a column of plain ones, or of none, are not looked for."""
    cells = sorted(_cells(column.top), key=lambda cell: (cell.value.row or 0, cell.value.text))
    if 2 * len(cells) < len(column.top) or not any(_telling(cell) for cell in cells):
        return NO_FIGURES
    groups, units = _units(cells)
    signs = [cell for cell in cells if cell.percent]
    base = Spelling(units=units, percent="number" if signs else None)
    found = _marked(_Place(engine, view, column), cells, base)
    if signs:
        found = replace(found, percent=signs[0].value)
    if len(groups) > 1:
        shown = ", ".join(at(group.value) for group in list(groups.values())[:_MOST_UNITS])
        told = f"more than one unit stands beside the numbers, as in {shown}: of which are they to be read?"
        either = tuple(replace(found.spelling, units=_spelt(cells, group)) for group in list(groups)[:_MOST_UNITS])
        return replace(found, spelling=PLAIN, question=told, either=either, why=())
    if units:
        found = replace(found, why=(f"its unit, as in {at(next(iter(groups.values())).value)}", *found.why))
    return replace(found, units=units)


def unit_asked(column: str) -> str | None:
    """Give the unit of time that the name of a declared column ends in, as `response_hours` does."""
    word = column.rpartition("_")[2]
    return _GROUP.get(word) if word in _TIMES else None


def unit_of(text: str) -> str:
    """Give the one name of a unit that has several spellings."""
    return _GROUP.get(text.casefold(), text.casefold())


def at(value: Value) -> str:
    """Name a value with its row."""
    return f"'{value.text}'" + (f" in row {value.row}" if value.row is not None else "")


def _cells(values: Iterable[Value]) -> Iterator[_Cell]:
    for value in values:
        found = _FIGURE.fullmatch(value.text.strip())
        if found is None:
            continue
        before, after = found["before"] or "", found["after"] or ""
        if before and not _money(before):
            continue
        if len(after) > 0 and after != "%" and not (_known(after) or found["space"]):
            continue
        units = [unit for unit in (before, after) if unit and unit != "%"]
        yield _Cell(value, found["digits"], units[0] if units else "", after == "%")


def _money(text: str) -> bool:
    return text.casefold() in _CURRENCIES or (len(text) == 1 and unicodedata.category(text) == "Sc")


def _known(text: str) -> bool:
    return text.casefold() in _GROUP or _money(text)


def _telling(cell: _Cell) -> bool:
    return bool(cell.unit or cell.percent or re.search(rf"[,'\u2019{_SPACES}]|\.\d{{3}}(?!\d)", cell.digits))


def _units(cells: Sequence[_Cell]) -> tuple[dict[str, _Cell], tuple[str, ...]]:
    """Give the first cell of each unit that stands there, and how the only one is spelt."""
    groups: dict[str, _Cell] = {}
    for cell in cells:
        if cell.unit:
            groups.setdefault(unit_of(cell.unit), cell)
    return groups, _spelt(cells, next(iter(groups))) if len(groups) == 1 else ()


def _spelt(cells: Sequence[_Cell], group: str) -> tuple[str, ...]:
    """Give the ways in which one unit is spelt; capitals make no other way."""
    ways: dict[str, str] = {}
    for cell in cells:
        if cell.unit and unit_of(cell.unit) == group:
            ways.setdefault(cell.unit.casefold(), cell.unit)
    return tuple(ways.values())


# ---------------------------------------------------------------- the decimal mark


@dataclass(frozen=True, slots=True)
class _Place:
    """A column in the engine."""

    engine: Engine
    view: str
    column: Column

    def proof(self, spelling: Spelling, other: Spelling) -> Value | None:
        """Give the first cell that one spelling reads and the other does not."""
        found = self.engine.rows(alone(self.view, self.column.name, _as(spelling), _as(other)))
        return Value(str(found[0][0]), 1, None if found[0][1] is None else int(str(found[0][1]))) if found else None

    def read(self, spellings: Sequence[Spelling]) -> list[int]:
        """Count the cells that each spelling reads."""
        (row,) = self.engine.rows(reads(self.view, self.column.name, [_as(one) for one in spellings]))
        return counts(row)


def _as(spelling: Spelling) -> MappedColumn:
    return MappedColumn("n", Kind.NUMBER, "n", spelling=spelling)


def _marked(place: _Place, cells: Sequence[_Cell], base: Spelling) -> Figures:
    """Choose the decimal mark and what stands between thousands."""
    between = _between(cells)
    point = replace(base, decimal=".", thousands=between or ",")
    comma = replace(base, decimal=",", thousands=between or ".")
    of_point, of_comma = place.proof(point, comma), place.proof(comma, point)
    simple = [base, *([] if between else [replace(base, decimal=",")]), point, comma]
    number = dict(zip(simple, place.read(simple), strict=True))
    if of_point is not None and of_comma is not None:
        told = f"{at(of_point)} is written as {_written(point)}, and {at(of_comma)} as {_written(comma)}"
        return Figures(number[point], question=f"{told}: two ways in one column", either=(point, comma))
    if of_point is None and of_comma is None and (twice := _read_twice(cells)) is not None:
        sign = "," if "," in twice.digits else "."
        told = f"is the '{sign}' in {at(twice.value)} for decimals or for thousands?"
        whole = None if twice.digits.endswith("000") else base if sign == "," else comma
        return Figures(number[point], base, question=told, either=(point, comma), whole=whole)
    best = comma if of_comma is not None else point
    same = [one for one in simple if one.mark == best.mark and number[one] == number[best]]
    proof = of_comma or of_point
    name = "comma" if best.mark == "," else "point"
    told = f"decimal {name}: {at(proof)} cannot be read otherwise" if proof and same[0] != base else ""
    return Figures(number[best], same[0], why=(told,) if told else ())


def _between(cells: Sequence[_Cell]) -> str | None:
    """Give a sign between thousands that is no comma and no point."""
    for cell in cells:
        found = re.search(rf"\d(['\u2019]|[{_SPACES}])\d{{3}}(?!\d)", cell.digits)
        if found is not None:
            return "'" if found[1] in "'\u2019" else " "
    return None


def _read_twice(cells: Sequence[_Cell]) -> _Cell | None:
    """Give a cell such as 1,234, rather than one such as 1,000."""
    twice = [cell for cell in cells if re.fullmatch(r"\d{1,3}[.,]\d{3}", cell.digits)]
    return next((cell for cell in twice if not cell.digits.endswith("000")), twice[0] if twice else None)


def _written(spelling: Spelling) -> str:
    """Say how the digits of a spelling look, as a person would."""
    return "1.234,5" if spelling.mark == "," else "1,234.5"
