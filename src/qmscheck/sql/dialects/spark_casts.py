"""Casts on Spark as DuckDB 2.0 does them: which texts are numbers, days and times, and how numbers are rounded.

Spark reads `12f` as a number and `1_000` as none, cuts 2.5 to 2, and has no day 2026/1/5. Every text that DuckDB reads
has one of the shapes below (seen by trying: `tests/dialects`), and is written as Spark reads it before Spark does.
"""

from __future__ import annotations

from qmscheck.sql.dialects.spark_parts import call, case, fits, is_type, once, replaced, text, text_of, tried, whole
from qmscheck.sql.trees import exp

__all__ = ["as_date", "as_decimal", "as_instant", "as_integer", "as_number", "as_text", "as_timestamp"]

_W = r"[\t-\r ]*"
_D = r"[0-9]+(?:_[0-9]+)*"
_FIGURES = rf"(?:{_D}(?:\.(?:{_D})?)?|\.{_D})"
_EXPONENT = rf"[eE][+-]?{_D}"
_PLAIN = rf"\A{_W}[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?{_W}\z"
_NUMBER = rf"\A{_W}\+?-?{_FIGURES}(?:{_EXPONENT})?{_W}\z"
_NO_NUMBER = rf"(?i)\A{_W}\+?-?(?:inf(?:inity)?|nan){_W}\z"
_INTEGER = rf"\A{_W}[+-]?[0-9]+{_W}\z"
_FRACTION = rf"\A{_W}[+-]?{_FIGURES}{_W}\z"
_SCALED = rf"\A{_W}[+-]?{_FIGURES}{_EXPONENT}{_W}\z"
_HEX, _BINARY = rf"\A{_W}0[xX][0-9A-Fa-f]{{1,15}}{_W}\z", rf"\A{_W}0[bB][01]{{1,62}}{_W}\z"

_YMD = r"(?!0+[-/\\ ])0*([0-9]{1,4})([-/\\ ])([0-9]{1,2})\2([0-9]{1,2})"
_HOUR, _SIXTY = r"[01]?[0-9]|2[0-3]", r"[0-5]?[0-9]"
_MIDNIGHT = r"24:0?0?(?::0?0(?:\.0*)?)?"
_OFFSET = r"[+-][0-9]{2}(?::?[0-9]{2})?(?::?[0-9]{2})?"
_AFTER = rf"(?:Z{_W}|{_OFFSET}{_W}|[\t-\r ]+[^\t-\r ].*|{_W})"
_CLOCK = rf"(?:{_HOUR}):(?:{_SIXTY})?(?::{_SIXTY}(?:\.[0-9]*)?)?"
_DAY = rf"(?s)\A{_W}{_YMD}(?:{_W}|(?:T|[\t-\r ]){_W}(?:{_CLOCK}|{_MIDNIGHT}){_AFTER})\z"
_ANY_DAY = rf"(?s)\A{_W}{_YMD}.*\z"
_DAY_ONLY = rf"\A{_W}{_YMD}\z"
_BEGUN = rf"(?s)\A{_W}{_YMD}(?:T|[ ]){_W}"
_SECONDS = rf"{_BEGUN}({_HOUR}):({_SIXTY}):({_SIXTY})(?:\.([0-9]*))?{_AFTER}\z"
_MINUTES = rf"{_BEGUN}({_HOUR}):({_SIXTY}){_AFTER}\z"
_HOURS = rf"{_BEGUN}({_HOUR}):{_AFTER}\z"
_LATE = rf"{_BEGUN}{_MIDNIGHT}{_AFTER}\z"
_ISO_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_ISO_TIME = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[ T](?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?\z"
_ENDLESS = rf"(?i)\A{_W}[+-]?infinity{_W}\z"


def as_number(node: exp.Expr, kind: str | None) -> exp.Expr:
    """Cast to a double."""
    if kind == "text":
        return _text_as_number(node)
    if kind is not None:
        return tried(node, "double")
    told = text_of(node)
    return case([(is_type(node, "string"), _text_as_number(told))], tried(told, "double"))


def as_integer(node: exp.Expr, kind: str | None) -> exp.Expr:
    """Cast to a whole number: a text and a decimal are rounded half away from zero, a double half to even."""
    told = text_of(node)
    match kind:
        case "text":
            return _text_as_integer(node)
        case "double":
            return tried(call("rint", node), "bigint")
        case "decimal":
            return tried(call("round", node, whole(0)), "bigint")
        case "bigint" | "null":
            return tried(node, "bigint")
        case "boolean":
            return tried(node, "bigint")
    branches = [
        (is_type(node, "string"), _text_as_integer(told)),
        (is_type(node, "double", "float"), tried(call("rint", tried(told, "double")), "bigint")),
        (is_type(node, "bigint", "int", "smallint", "tinyint"), tried(told, "bigint")),
    ]
    return case(branches, tried(call("round", tried(told, "decimal(38, 10)"), whole(0)), "bigint"))


def as_decimal(node: exp.Expr, kind: str | None, precision: int, scale: int) -> exp.Expr:
    """Cast to a decimal. A double is multiplied first and rounded then, as DuckDB does it."""
    target = f"decimal({precision}, {scale})"
    told = text_of(node)
    match kind:
        case "text":
            return _text_as_decimal(node, target)
        case "double":
            return _double_as_decimal(node, target, scale)
        case "bigint" | "decimal" | "null":
            return tried(node, target)
    branches = [
        (is_type(node, "string"), _text_as_decimal(told, target)),
        (is_type(node, "double", "float"), _double_as_decimal(tried(told, "double"), target, scale)),
    ]
    return case(branches, tried(told, target))


def as_text(node: exp.Expr, kind: str | None) -> exp.Expr:
    """Cast to text; a double is written as DuckDB writes it."""
    told = text_of(node)
    if kind == "double":
        return once(told, _double_as_text)
    if kind == "text":
        return node
    if kind is not None:
        return told
    return case([(is_type(node, "double"), _double_as_text(told))], told)


def as_date(node: exp.Expr, kind: str | None) -> exp.Expr:
    """Cast to a day, or to nothing."""
    if kind == "text":
        return _text_as_date(node)
    if kind is not None:
        return tried(node, "date")
    told = text_of(node)
    return case([(is_type(node, "string"), _text_as_date(told))], tried(told, "date"))


def as_timestamp(node: exp.Expr, kind: str | None) -> exp.Expr:
    """Cast to a time without a zone, or to nothing; what a text says of a zone is passed over."""
    if kind == "text":
        return _text_as_timestamp(node)
    if kind is not None:
        return tried(node, "timestamp_ntz")
    told = text_of(node)
    return case([(is_type(node, "string"), _text_as_timestamp(told))], tried(told, "timestamp_ntz"))


def as_instant(told: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """Read a text with its offset from UTC, and give the time that a clock of a zone shows then.

    A zone by its name in the text is not read: the statement stops with an error that says so.
    """
    local = _text_as_timestamp(told)
    offset = rf"({_OFFSET}){_W}\z"
    signed = call("regexp_extract", told, text(offset), whole(1))
    parts = [
        case([(exp.EQ(this=digits, expression=text("")), text("0"))], digits.copy())
        for digits in (
            call("regexp_extract", signed, text(r"\A[+-]([0-9]{2})(?::?([0-9]{2}))?(?::?([0-9]{2}))?\z"), whole(i))
            for i in (1, 2, 3)
        )
    ]
    hours, minutes, seconds = (tried(part, "int") for part in parts)
    span = call("make_dt_interval", whole(0), hours, minutes, tried(seconds, "decimal(18, 6)"))
    west = call("startswith", signed, text("-"))
    moved = case(
        [(west, exp.Add(this=exp.paren(local), expression=span))],
        exp.Sub(this=exp.paren(local.copy()), expression=span.copy()),
    )
    shown = call("convert_timezone", text("UTC"), zone, exp.paren(moved))
    plain = call("convert_timezone", text("UTC"), zone, exp.paren(local.copy()))
    stop = tried(
        call("raise_error", text("a time with the name of a zone is not read on Spark: export it with +02:00")),
        "timestamp_ntz",
    )
    branches = [
        (exp.Is(this=local.copy(), expression=exp.null()), exp.null()),
        (fits(told, offset), case([(fits(told, rf"[0-9]{offset}"), shown)])),
        (fits(told, rf"(?:[0-9.]{_W}|Z{_W}|[\t-\r ](?:UTC|GMT){_W})\z"), plain),
    ]
    return case(branches, stop)


# ---------------------------------------------------------------- numbers


def _text_as_number(told: exp.Expr) -> exp.Expr:
    signs = rf"_|\A{_W}\+(?=-)"
    infinite = [
        (fits(told, "(?i)nan"), tried(text("NaN"), "double")),
        (call("contains", told, text("-")), tried(text("-Infinity"), "double")),
    ]
    return case(
        [
            (fits(told, _PLAIN), tried(told, "double")),
            (fits(told, _NUMBER), tried(replaced(told, signs, ""), "double")),
            (fits(told, _NO_NUMBER), case(infinite, tried(text("Infinity"), "double"))),
        ]
    )


def _text_as_integer(told: exp.Expr) -> exp.Expr:
    first_digit = tried(replaced(told, r"_|(?<=\.[0-9])[0-9_]+", ""), "decimal(38, 1)")
    scaled = tried(replaced(told, "_", ""), "decimal(38, 18)")
    bare = replaced(told, r"\A[\t-\r ]*0[xXbB]|[\t-\r ]", "")
    return case(
        [
            (fits(told, _INTEGER), tried(told, "bigint")),
            (fits(told, _FRACTION), tried(call("round", first_digit, whole(0)), "bigint")),
            (fits(told, _SCALED), tried(call("round", scaled, whole(0)), "bigint")),
            (fits(told, _HEX), tried(call("conv", bare, whole(16), whole(10)), "bigint")),
            (fits(told, _BINARY), tried(call("conv", bare, whole(2), whole(10)), "bigint")),
        ]
    )


def _text_as_decimal(told: exp.Expr, target: str) -> exp.Expr:
    return case([(fits(told, _NUMBER), tried(replaced(told, rf"_|\A{_W}\+(?=-)", ""), target))])


def _double_as_decimal(node: exp.Expr, target: str, scale: int) -> exp.Expr:
    """Multiply by the power of ten, round half away from zero, and move the point back."""
    scaled = exp.paren(exp.Mul(this=exp.paren(node.copy()), expression=exp.Literal.number(f"1e{scale}")))
    size = call("abs", scaled)
    # What lies a little under one half would be rounded up by the addition: rint tells it from one half.
    down = call("floor", size)
    half = exp.GTE(this=exp.paren(exp.Sub(this=size, expression=down)), expression=exp.Literal.number("0.5e0"))
    up = exp.Add(this=down.copy(), expression=case([(half, whole(1))], whole(0)))
    rounded = exp.Mul(this=tried(call("signum", scaled), "bigint"), expression=tried(exp.paren(up), "bigint"))
    moved = exp.Mul(
        this=tried(exp.paren(rounded), "decimal(19, 0)"), expression=exp.Literal.number(f"0.{'0' * (scale - 1)}1")
    )
    small = exp.LT(this=size.copy(), expression=exp.Literal.number("9.2e18"))
    return case([(small, tried(exp.paren(moved), target))])


def _double_as_text(told: exp.Expr) -> exp.Expr:
    """Write the text that Java gives a double as DuckDB does: with an exponent from 1e16 on and below 1e-4 only."""
    power = tried(call("regexp_extract", told, text("E(-?[0-9]+)"), whole(1)), "int")
    figures = replaced(call("substring_index", told, text("E"), whole(1)), r"\.0\z", "")
    sign = case([(exp.LT(this=power, expression=whole(0)), text("e-"))], text("e+"))
    digits = call(
        "lpad",
        text_of(call("abs", power)),
        call("greatest", whole(2), call("length", text_of(call("abs", power)))),
        text("0"),
    )
    long = exp.DPipe(this=exp.DPipe(this=figures, expression=sign), expression=digits)
    spelt = replaced(text_of(tried(told, "decimal(38, 20)")), r"(?<=\.[0-9]{1,20})0+\z", "")
    inside = exp.Between(this=power.copy(), low=whole(-4), high=whole(15))
    return case(
        [
            (exp.EQ(this=told, expression=text("NaN")), text("nan")),
            (call("contains", told, text("Inf")), replaced(told, "Infinity", "inf")),
            (exp.not_(call("contains", told, text("E"))), told),
            (inside, spelt),
        ],
        long,
    )


# ---------------------------------------------------------------- days and times


def _text_as_date(told: exp.Expr) -> exp.Expr:
    endless = tried(call("raise_error", text("a day without end is not read on Spark")), "date")
    return case(
        [
            (fits(told, _ISO_DAY), tried(told, "date")),
            (fits(told, _DAY), _day_of(told)),
            (fits(told, rf"(?i)\A{_W}epoch{_W}\z"), tried(text("1970-01-01"), "date")),
            (fits(told, _ENDLESS), endless),
        ]
    )


def _day_of(told: exp.Expr) -> exp.Expr:
    """Read the day at the start of a text: Spark wants four digits at least for the year, and takes seven."""
    return tried(replaced(told, _ANY_DAY, "000$1-$3-$4"), "date")


def _text_as_timestamp(told: exp.Expr) -> exp.Expr:
    day = "00$1-$3-$4"
    endless = tried(call("raise_error", text("a time without end is not read on Spark")), "timestamp_ntz")
    next_day = exp.paren(
        exp.Add(this=tried(_day_of(told), "timestamp_ntz"), expression=call("make_dt_interval", whole(1)))
    )
    return case(
        [
            (fits(told, _ISO_TIME), tried(told, "timestamp_ntz")),
            (fits(told, _DAY_ONLY), tried(_day_of(told), "timestamp_ntz")),
            (fits(told, _SECONDS), tried(replaced(told, _SECONDS, f"{day} $5:$6:$7.$8"), "timestamp_ntz")),
            (fits(told, _MINUTES), tried(replaced(told, _MINUTES, f"{day} $5:$6:00"), "timestamp_ntz")),
            (fits(told, _HOURS), tried(replaced(told, _HOURS, f"{day} $5:00:00"), "timestamp_ntz")),
            (fits(told, _LATE), next_day),
            (fits(told, rf"(?i)\A{_W}epoch{_W}\z"), tried(text("1970-01-01"), "timestamp_ntz")),
            (fits(told, _ENDLESS), endless),
        ]
    )
