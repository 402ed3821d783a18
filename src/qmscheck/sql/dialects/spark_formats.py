"""Date formats (strptime codes) on Spark: each becomes one pattern, and what its groups hold is put together.

Spark's own formats are Java's, which read other texts. The codes are read here as DuckDB 2.0 reads them: numbers as
long as they may be, runs of white space as one, names of months and days without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qmscheck.sql.dialects import UnsayableError
from qmscheck.sql.dialects.spark_parts import call, case, fits, text, tried, whole
from qmscheck.sql.trees import exp

__all__ = ["parsed"]

_SPACE = r"[\t-\r ]"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_CODE = re.compile(r"%(-?.?)|\s+|[^%\s]", re.DOTALL)
_CENTURY = 69


def _names(names: Sequence[str], letters: int | None) -> str:
    return "|".join(f"(?i:{name[:letters]})" for name in names)


#: For each code the pattern of what it takes. Numbers take all digits that they can, and give none back.
_TAKES: Mapping[str, str] = {
    "Y": "[0-9]{1,4}+",
    "y": "[0-9]{1,2}+",
    "m": "[0-9]{1,2}+",
    "d": "[0-9]{1,2}+",
    "j": "[0-9]{1,3}+",
    "H": "[0-9]{1,2}+",
    "I": "[0-9]{1,2}+",
    "M": "[0-9]{1,2}+",
    "S": "[0-9]{1,2}+",
    "f": "[0-9]{1,6}+",
    "b": _names(_MONTHS, 3),
    "B": _names(_MONTHS, None),
    "a": _names(_DAYS, 3),
    "A": _names(_DAYS, None),
    "p": "(?i:am|pm)",
    "z": r"[+-][0-9]{2}(?::?[0-9]{2})?(?::?[0-9]{2})?",
}
_PADDED = frozenset("YybBaApzf")


def parsed(node: exp.Expr, form: str) -> tuple[exp.Expr, bool]:
    """Read a text in one format, or give nothing: the time without a zone, and whether it is one of UTC."""
    pattern, places = _pattern(form)
    found = {code: call("regexp_extract", node, text(pattern), whole(place)) for code, place in places.items()}
    day = _day(found)
    hours = _hours(found)
    seconds = [tried(found[code], "int") if code in found else whole(0) for code in ("M", "S")]
    fraction = call("rpad", found["f"], whole(6), text("0")) if "f" in found else text("0")
    second = tried(call("concat", found.get("S", text("0")), text("."), fraction), "decimal(18, 6)")
    right = [exp.Between(this=s, low=whole(0), high=whole(59)) for s in seconds]
    if hours is not None:
        right.append(exp.Between(this=hours[0], low=whole(hours[1]), high=whole(hours[2])))
    hour = whole(0) if hours is None else hours[3]
    span = call("make_dt_interval", whole(0), hour, seconds[0], second)
    value: exp.Expr = exp.Add(this=tried(day, "timestamp_ntz"), expression=span)
    if "z" in found:
        value = _in_utc(exp.paren(value), found["z"])
    good = exp.and_(fits(node, pattern), *right, copy=False)
    return case([(good, value)]), "z" in found


def _pattern(form: str) -> tuple[str, dict[str, int]]:
    """Write the pattern of a format, and say which group holds which code. A code that stands twice is refused."""
    written = [rf"\A{_SPACE}*"]
    places: dict[str, int] = {}
    for piece in _CODE.finditer(form):
        code = piece[1]
        if code is None:
            written.append(f"{_SPACE}+" if piece[0].isspace() else _plain(piece[0]))
            continue
        bare = code.lstrip("-")
        if code == "%":
            written.append("%")
            continue
        if bare not in _TAKES or bare in places or (code != bare and bare in _PADDED):
            raise UnsayableError(f"the date format '{form}' has %{code}, which Spark cannot be told to read alike")
        places[bare] = len(places) + 1
        written.append(f"({_TAKES[bare]})")
    return "".join([*written, rf"{_SPACE}*\z"]), places


def _plain(sign: str) -> str:
    return sign if sign.isascii() and sign.isalnum() else f"\\x{{{ord(sign):X}}}"


def _day(found: Mapping[str, exp.Expr]) -> exp.Expr:
    """Write the day: from its year and its number in it, or from year, month and day."""
    if "Y" in found:
        year = tried(found["Y"], "int")
    else:
        short = tried(found["y"], "int")
        recent = exp.LT(this=short, expression=whole(_CENTURY))
        year = case(
            [(recent, exp.Add(this=short.copy(), expression=whole(2000)))],
            exp.Add(this=short.copy(), expression=whole(1900)),
        )
    shown = call("lpad", exp.Cast(this=year, to=exp.DataType.build("text")), whole(4), text("0"))
    if "j" in found:
        number = tried(found["j"], "int")
        first = tried(call("concat", shown, text("-01-01")), "date")
        day = call("date_add", first, exp.Sub(this=number, expression=whole(1)))
        same = exp.EQ(this=call("year", day), expression=year.copy())
        return case([(exp.and_(exp.GTE(this=number.copy(), expression=whole(1)), same, copy=False), day)])
    month: exp.Expr
    if "m" in found:
        month = found["m"]
    else:
        letters = call("lower", call("left", found.get("b", found.get("B", text(""))), whole(3)))
        listed = exp.Array(expressions=[text(name[:3].lower()) for name in _MONTHS])
        month = exp.Cast(this=call("array_position", listed, letters), to=exp.DataType.build("text"))
    return tried(call("concat", shown, text("-"), month, text("-"), found.get("d", text("01"))), "date")


def _hours(found: Mapping[str, exp.Expr]) -> tuple[exp.Expr, int, int, exp.Expr] | None:
    """Write the hour as it stands, its bounds, and the hour of 24. Of a clock of twelve hours, 12 is the first."""
    code = "H" if "H" in found else "I"
    if code not in found:
        return None
    hour = tried(found[code], "int")
    if "p" not in found:
        return hour, (0 if code == "H" else 1), (23 if code == "H" else 12), hour.copy()
    late = exp.EQ(this=call("lower", found["p"]), expression=text("pm"))
    early = exp.Mod(this=hour.copy(), expression=whole(12))
    return (
        hour,
        (0 if code == "H" else 1),
        12,
        case([(late, exp.Add(this=exp.paren(early), expression=whole(12)))], early.copy()),
    )


def _in_utc(local: exp.Expr, offset: exp.Expr) -> exp.Expr:
    shape = r"\A[+-]([0-9]{2})(?::?([0-9]{2}))?(?::?([0-9]{2}))?\z"
    digits = [call("regexp_extract", offset, text(shape), whole(i)) for i in (1, 2, 3)]
    hours, minutes, seconds = (
        case([(exp.EQ(this=d, expression=text("")), whole(0))], tried(d.copy(), "int")) for d in digits
    )
    span = call("make_dt_interval", whole(0), hours, minutes, seconds)
    west = call("startswith", offset, text("-"))
    return case([(west, exp.Add(this=local, expression=span))], exp.Sub(this=local.copy(), expression=span.copy()))
