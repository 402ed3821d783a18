"""How a date or a time is read from text: ISO 8601, declared formats, days that a spreadsheet has counted, offsets."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qmscheck.sql.kinds import Kind
from qmscheck.sql.trees import exp

__all__ = ["DATE_FORMATS", "OFFSET", "SERIALS", "day", "format_mistake", "is_month", "iso", "parsed"]

#: Date formats that are tried where a column declares none and its cells are not ISO 8601.
DATE_FORMATS = (
    "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y",
    "%d-%b-%y", "%d-%b-%Y", "%d/%b/%y", "%d/%b/%Y", "%d %b %Y", "%d %B %Y", "%B %d, %Y", "%b %d, %Y", "%Y%m%d",
)  # fmt: skip

#: Formats of days that a spreadsheet has counted: from 1900 (with its 29 February 1900, which never was) or from 1904.
SERIALS = ("excel", "excel-1904")

#: What a time with its offset from UTC, or with a zone, ends in.
OFFSET = r"[0-9]{2}:[0-9]{2}.*?(Z|z|[+-][0-9]{2}(:?[0-9]{2})?|[ ]?[A-Za-z]+(/[A-Za-z_]+)*)"

_LAST_SERIAL = 2_958_466


def day(text: exp.Expr, kind: Kind, formats: Sequence[str], zone: str | None) -> exp.Expr:
    """Write a text as a date or a timestamp: ISO 8601, else in one of the formats."""
    forms = [iso(text, kind, zone), *([parsed(text, formats, kind, zone)] if formats else [])]
    return exp.func("coalesce", *forms) if len(forms) > 1 else forms[0]


def iso(text: exp.Expr, kind: Kind, zone: str | None = None) -> exp.Expr:
    """Read ISO 8601 only: a cast alone takes slashes, words and years before 1 as well.

    With a zone, a time with its offset from UTC is the time that a clock of the zone shows; without, it stays as it is
    written.
    """
    shaped = exp.Like(this=text.copy(), expression=exp.Literal.string("____-__-__%"))
    cast: exp.Expr = exp.TryCast(this=text.copy(), to=_type(_SQL_TYPE[kind]))
    if zone is not None:
        offset = exp.Anonymous(this="regexp_matches", expressions=[text.copy(), exp.Literal.string(f"{OFFSET}$")])
        instant = exp.TryCast(this=text.copy(), to=_type("timestamptz"))
        cast = exp.Case(ifs=[exp.If(this=offset, true=_local(instant, zone, kind))], default=cast)
    after = exp.GTE(this=cast, expression=exp.cast(exp.Literal.string("0001-01-01"), "date", copy=False))
    return exp.Case(ifs=[exp.If(this=exp.and_(shaped, after, copy=False), true=cast.copy())])


def parsed(text: exp.Expr, formats: Sequence[str], kind: Kind, zone: str | None = None) -> exp.Expr:
    """Read a date in given formats; where two of them give different days, there is none."""
    found = [_one(text, form, kind, zone) for form in formats]
    if len(found) == 1:
        return found[0]
    least = exp.Anonymous(this="least", expressions=found)
    most = exp.Anonymous(this="greatest", expressions=[f.copy() for f in found])  # both pass over what is NULL
    return exp.Case(ifs=[exp.If(this=exp.EQ(this=least, expression=most), true=least.copy())])


def is_month(form: str) -> bool:
    """Tell whether a format gives a month, and no day."""
    letters = set(re.findall(r"%-?(.)", form))
    return bool({"y", "Y"} & letters and {"m", "b", "B"} & letters) and not {"d", "j"} & letters


def format_mistake(form: str, zone: str | None = None, *, months: bool = False) -> str | None:
    """Say what is wrong with a date format (strptime codes, or a serial); None where it is fine.

    With `months` the plan says which day stands for a month, so that a format may give a month alone.
    """
    if form in SERIALS:
        return None
    known = set("aAbBdjmyYHIMSpfzZ%-")
    codes = re.findall(r"%(-?.?)", form)
    unknown = [c for c in codes if not c or c.lstrip("-") not in known or c == "-"]
    if unknown:
        return f"'%{unknown[0]}' is no code of a date format (%d day, %m month, %Y year, %b Jan, %H:%M time)"
    letters = {c.lstrip("-") for c in codes}
    if not ({"y", "Y"} & letters and ({"j"} & letters or ({"m", "b", "B"} & letters and "d" in letters))):
        if months and is_month(form):
            return None
        more = ': day = "first" would read a month as its first day' if is_month(form) else ""
        return f"a date format needs day, month and year (%d, %m, %Y){more}"
    if {"z", "Z"} & letters and zone is None:
        return "a format with an offset (%z) needs timezone in [audit]: the zone whose clock the audit goes by"
    return None


def _one(text: exp.Expr, form: str, kind: Kind, zone: str | None) -> exp.Expr:
    """Read a date in one format. The engine's %Y takes two digits as well: 06 would be the year 6."""
    if form in SERIALS:
        return exp.TryCast(this=_counted(text, form), to=_type(_SQL_TYPE[kind]))
    listed: exp.Expr = exp.Array(expressions=[exp.Literal.string(form)])
    read = exp.Anonymous(this="try_strptime", expressions=[text.copy(), listed])
    cast: exp.Expr = exp.TryCast(this=read, to=_type(_SQL_TYPE[kind]))
    if zone is not None and re.search(r"%-?[zZ]", form):
        cast = _local(exp.cast(read, "timestamptz", copy=False), zone, kind)
    after = exp.GTE(this=cast, expression=exp.cast(exp.Literal.string("1000-01-01"), "date", copy=False))
    return exp.Case(ifs=[exp.If(this=after, true=cast.copy())])


def _counted(text: exp.Expr, form: str) -> exp.Expr:
    """Read days that a spreadsheet has counted, and its part of a day to the second."""
    shape = exp.Literal.string(r"[0-9]{1,7}([.,][0-9]+)?")
    fits = exp.Anonymous(this="regexp_full_match", expressions=[text.copy(), shape])
    point = exp.func("replace", text.copy(), exp.Literal.string(","), exp.Literal.string("."))
    days = exp.TryCast(this=point, to=_type("double"))
    if form == "excel-1904":
        first = [(1, _LAST_SERIAL - 1462, "1904-01-01")]
    else:
        first = [(1, 60, "1899-12-31"), (61, _LAST_SERIAL, "1899-12-30")]
    seconds = exp.Mul(this=days, expression=exp.Literal.number(86_400))
    passed = exp.Anonymous(this="to_seconds", expressions=[exp.Anonymous(this="round", expressions=[seconds])])
    ifs = []
    for low, high, start in first:
        within = exp.and_(
            fits.copy(),
            exp.GTE(this=days.copy(), expression=exp.Literal.number(low)),
            exp.LT(this=days.copy(), expression=exp.Literal.number(high)),
            copy=False,
        )
        begin = exp.cast(exp.Literal.string(start), "timestamp", copy=False)
        ifs.append(exp.If(this=within, true=exp.Add(this=begin, expression=passed.copy())))
    return exp.Case(ifs=ifs)


def _local(instant: exp.Expr, zone: str, kind: Kind) -> exp.Expr:
    """Write an instant as the clock of a zone shows it."""
    shown = exp.Anonymous(this="timezone", expressions=[exp.Literal.string(zone), instant])
    return exp.TryCast(this=shown, to=_type(_SQL_TYPE[kind]))


def _type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="duckdb")


_SQL_TYPE = {Kind.DATE: "date", Kind.TIMESTAMP: "timestamp"}
