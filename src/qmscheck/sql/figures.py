"""How a number is read from text: decimal mark, thousands, unit, per cent. What has two readings is no number.

A cell that the plan does not explain is read only where one reading is possible: `1,234` may be 1.234 or 1234.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qmscheck.sql.kinds import Kind
from qmscheck.sql.trees import exp

__all__ = ["PLAIN", "TWO_READINGS", "Spelling", "finite", "number", "spelling_mistake"]

_SPACES = " \u00a0\u2009\u202f"
_APOSTROPHES = "'\u2019"
#: A number that may have a fraction, or thousands, where the plan says nothing.
TWO_READINGS = "[+-]?[0-9]{1,3},[0-9]{3}"
_EXPONENT = "([eE][+-]?[0-9]+)?"


@dataclass(frozen=True)
class Spelling:
    """How the numbers of a column are written.

    `decimal` is the mark before the fraction; None: the plan does not say, and it is a point. `thousands` stands
    between groups of three digits; None: the comma, or the point where the comma is the decimal mark; "" for none.
    `units` are what may stand before or after the number, such as "EUR"; `percent` is "fraction" (12 % is 0.12) or
    "number" (12 % is 12), and then each cell has its sign. `machine` tells that the file may have cells that are
    numbers, with a point.
    """

    decimal: str | None = None
    thousands: str | None = None
    units: tuple[str, ...] = ()
    percent: str | None = None
    machine: bool = False

    @property
    def is_plain(self) -> bool:
        """Tell whether a number that the engine reads by itself is one of this spelling, with that value."""
        return self.mark == "." and self.thousands in {None, ","} and self.percent is None

    @property
    def is_usual(self) -> bool:
        """Tell whether nothing but the engine's own spelling is expected."""
        return self.is_plain and not self.units

    @property
    def mark(self) -> str:
        """The decimal mark: as declared, or what the declared thousands leave."""
        return self.decimal or ("," if self.thousands == "." else ".")

    @property
    def groups(self) -> str:
        """The characters one of which may stand between groups of three digits."""
        if self.thousands is None:
            return "." if self.mark == "," else ","
        return {" ": _SPACES, "'": _APOSTROPHES}.get(self.thousands, self.thousands)


PLAIN = Spelling()


def spelling_mistake(spelling: Spelling) -> str | None:
    """Say what is wrong with a declared spelling; None where it is fine."""
    if spelling.thousands and spelling.thousands == spelling.mark:
        return f"'{spelling.thousands}' cannot be the decimal mark and stand between thousands"
    for unit in spelling.units:
        if not unit.strip() or re.search(r"[0-9.,+'\-]", unit) or unit.strip().lower() == "e":
            return f"'{unit}' is no unit: it would be part of a number"
        if "%" in unit:
            return '\'%\' is no unit: percent = "fraction" reads 12 % as 0.12, percent = "number" as 12'
    return None


def number(text: exp.Expr, kind: Kind, spelling: Spelling) -> exp.Expr:
    """Write the value of a text as a number of this spelling; NULL for anything else, and for two readings."""
    fits = exp.Anonymous(
        this="regexp_full_match", expressions=[text.copy(), exp.Literal.string(_shape(kind, spelling))]
    )
    digits = _digits(text, spelling)
    if kind is Kind.INTEGER:
        cast: exp.Expr = exp.TryCast(this=exp.TryCast(this=digits, to=_type("decimal(38, 6)")), to=_type("bigint"))
        if spelling.percent == "fraction":
            cast = exp.null()  # a share is no whole number
    else:
        cast = exp.TryCast(this=digits, to=_type("double"))
        if spelling.percent == "fraction":
            cast = exp.Div(this=cast, expression=exp.Literal.number(100), typed=False, safe=False)
    spelled: exp.Expr = exp.Case(ifs=[exp.If(this=fits, true=cast)])
    if kind is Kind.NUMBER:
        spelled = finite(spelled)
    return exp.func("coalesce", _directly(text, kind), spelled) if spelling.is_plain else spelled


def finite(value: exp.Expr) -> exp.Expr:
    """Write a number, or NULL for what is infinite or none."""
    test = exp.Anonymous(this="isfinite", expressions=[value.copy()])
    return exp.Case(ifs=[exp.If(this=test, true=value)])


def _directly(text: exp.Expr, kind: Kind) -> exp.Expr:
    """Write the cast that reads most cells: no pattern is needed, unless a number is written 1_000."""
    if kind is Kind.INTEGER:
        direct = exp.TryCast(this=text.copy(), to=_type("bigint"))
        same = exp.EQ(this=exp.cast(direct, "text", copy=False), expression=text.copy())
        return exp.Case(ifs=[exp.If(this=same, true=direct.copy())])
    joined = exp.Contains(this=text.copy(), expression=exp.Literal.string("_"))
    value = exp.TryCast(this=text.copy(), to=_type("double"))
    return exp.Case(ifs=[exp.If(this=exp.not_(joined, copy=False), true=finite(value))])


def _digits(text: exp.Expr, spelling: Spelling) -> exp.Expr:
    """Write a text that has the shape of a number as the engine reads it."""
    plain: exp.Expr = text.copy()
    if spelling.units:
        plain = _replaced(plain, f"(?i)({_any_of(spelling.units)})", "")
    if spelling.percent is not None:
        plain = _plainly(plain, "%", "")
    if spelling.units or spelling.percent is not None:
        plain = _replaced(plain, f"[{_SPACES}]", "")
    grouped = plain
    for sign in spelling.groups:
        grouped = _plainly(grouped, sign, "")
    if spelling.mark == ",":
        grouped = _plainly(grouped, ",", ".")
    if not (spelling.machine and spelling.mark == ","):
        return grouped
    machine = exp.Anonymous(this="regexp_full_match", expressions=[plain.copy(), exp.Literal.string(_MACHINE)])
    return exp.Case(ifs=[exp.If(this=machine, true=plain.copy())], default=grouped)


#: A number as a program writes it, which no grouping by threes can be: 1.5, 1234.567, 1.2340, but not 1.234.
_MACHINE = r"[+-]?([0-9]+\.([0-9]{1,2}|[0-9]{4,})|[0-9]{4,}\.[0-9]{3}|[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+)"


def _shape(kind: Kind, spelling: Spelling) -> str:
    """Write the pattern of a number, with its unit and its sign of per cent."""
    shape = f"(?:{_figures(kind, spelling)})"
    if spelling.machine and spelling.mark == "," and kind is Kind.NUMBER:
        shape = f"(?:{shape}|{_MACHINE})"
    space = f"[{_SPACES}]*"
    if spelling.units:
        unit = f"(?i:{_any_of(spelling.units)})"
        shape = f"[+-]?{space}(?:{unit})?{space}{shape}{space}(?:{unit})?"
    if spelling.percent is not None:
        shape = f"{shape}{space}%"
    return shape


def _figures(kind: Kind, spelling: Spelling) -> str:
    """Write the pattern of the digits: thousands only in their places, so that 1,5 is never read as 15."""
    mark = re.escape(spelling.mark)
    fraction = f"({mark}0*)?" if kind is Kind.INTEGER else f"({mark}[0-9]+)?{_EXPONENT}"
    between = f"[{re.escape(spelling.groups)}]" if spelling.groups else None
    if between is None:
        shape = rf"[+-]?[0-9]+{fraction}"
    elif spelling.decimal is None and spelling.thousands is None:
        shape = _undeclared(kind, between, mark, fraction)
    else:
        shape = rf"[+-]?([0-9]+|[0-9]{{1,3}}({between}[0-9]{{3}})+){fraction}"
    return shape if kind is Kind.INTEGER else rf"{shape}|[+-]?{mark}[0-9]+"


def _undeclared(kind: Kind, between: str, mark: str, fraction: str) -> str:
    """Write the pattern where the plan says nothing: one group of thousands alone may be a fraction of three digits.

    In a column of whole numbers only a group of zeros may: 1,234 is none unless it is 1234.
    """
    many = rf"[+-]?([0-9]+|[0-9]{{1,3}}({between}[0-9]{{3}}){{2,}}){fraction}"
    if kind is Kind.INTEGER:
        one = rf"[+-]?[0-9]{{1,3}}{between}([1-9][0-9]{{2}}|0[1-9][0-9]|00[1-9])(?:{mark}0*)?"
    else:
        one = rf"[+-]?[0-9]{{1,3}}{between}[0-9]{{3}}{mark}[0-9]+"
    return f"{many}|{one}"


def _any_of(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word.strip()) for word in sorted(words, key=len, reverse=True))


def _plainly(text: exp.Expr, old: str, new: str) -> exp.Expr:
    return exp.func("replace", text, exp.Literal.string(old), exp.Literal.string(new))


def _replaced(text: exp.Expr, pattern: str, new: str) -> exp.Expr:
    parts = [text, exp.Literal.string(pattern), exp.Literal.string(new), exp.Literal.string("g")]
    return exp.Anonymous(this="regexp_replace", expressions=parts)


def _type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="duckdb")
