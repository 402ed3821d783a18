"""What a session of PostgreSQL is given before it is asked anything: functions that mean what DuckDB's casts mean.

PostgreSQL 15 has no cast that gives NULL where it cannot, writes numbers otherwise, and takes for a date what DuckDB
does not. The functions lie in the session's own schema of temporary objects and are gone with it; `postgres` calls
them. Each is held against DuckDB by `tests/dialects`. None of them can fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

__all__ = ["statements"]

#: A number as DuckDB reads it from text, once the lines between its digits are taken out.
_FIGURES = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_LINES = r"(^|[^0-9])_|_([^0-9]|$)"

#: A value as a whole number of 64 bits; NULL for what is none.
_WHOLE = "CASE WHEN {0} BETWEEN -9223372036854775808 AND 9223372036854775807 THEN ({0})::bigint END"

#: Ranges of Unicode that hold letters with another case.
_CASED = (
    *((0x80, 0x588), (0x10A0, 0x1100), (0x13A0, 0x1400), (0x1C80, 0x1CC0), (0x1D79, 0x1D8F), (0x1E00, 0x2000)),
    *((0x2126, 0x2190), (0x24B6, 0x24EA), (0x2C00, 0x2D2E), (0xA640, 0xA800), (0xAB53, 0xABC0), (0xFF21, 0xFF5B)),
    *((0x10400, 0x10500), (0x10570, 0x105BD), (0x10C80, 0x10CF3), (0x118A0, 0x118E0), (0x16E40, 0x16E80)),
    (0x1E900, 0x1E944),
)


def statements() -> tuple[str, ...]:
    """Write the statements that make the functions, in their order."""
    return tuple(_functions())


def _functions() -> Iterator[str]:
    yield from _texts()
    yield from _numbers()
    yield from _days()
    yield from _formats()
    yield from _words()


def _texts() -> Iterator[str]:
    """A value as text: a number always shows that it may have a fraction; a year before 1 stands in brackets."""
    plain = "SELECT $1::text"
    for kind in ("bigint", "integer", "numeric", "boolean"):
        yield _sql("qm_text", kind, "text", plain)
    yield _sql("qm_text", "text", "text", "SELECT $1")
    yield _sql("qm_text", "date", "text", "SELECT replace($1::text, ' BC', ' (BC)')")
    before = "left($1::text, -3)"
    told = f"CASE WHEN right($1::text, 3) = ' BC' THEN replace({before}, ' ', ' (BC) ') ELSE $1::text END"
    yield _sql("qm_text", "timestamp", "text", f"SELECT {told}")
    yield _sql("qm_text", "timestamptz", "text", f"SELECT {told}")
    yield _plpgsql(
        "qm_text",
        "double precision",
        "text",
        """
        DECLARE
            t text := $1::text;
            shorter text;
        BEGIN
            IF t ~ '[NI]' THEN RETURN CASE t WHEN 'NaN' THEN 'nan' WHEN 'Infinity' THEN 'inf' ELSE '-inf' END; END IF;
            IF abs($1) >= 9007199254740992 AND t ~ 'e' THEN  -- the server may tell more digits than are needed
                FOR digits IN 0..15 LOOP
                    shorter := btrim(to_char($1, '9' || CASE WHEN digits > 0 THEN '.' || repeat('9', digits) ELSE '' END
                        || 'EEEE'));
                    EXIT WHEN CASE WHEN abs(shorter::numeric) < 1.7976931348623158e308
                        THEN shorter::float8 = $1 ELSE false END;
                    shorter := NULL;
                END LOOP;
                t := coalesce(shorter, t);
            END IF;
            IF right(t, 4) = 'e+15' THEN t := t::numeric::text; END IF;
            RETURN CASE WHEN t ~ '[.e]' THEN t ELSE t || '.0' END;
        END""",
    )


def _numbers() -> Iterator[str]:
    """Texts and numbers as numbers. Halves are rounded as DuckDB does: to the even one only from floating point."""
    yield _figures_of_text()
    yield _double_of_text()
    yield _exact_of_text()
    yield _whole_of_text()
    yield _sql("qm_bigint", "double precision", "bigint", f"SELECT {_whole_of_double()}")
    yield _sql("qm_bigint", "numeric", "bigint", f"SELECT {_WHOLE.format('round($1)')}")
    for kind in ("bigint", "integer"):
        yield _sql("qm_bigint", kind, "bigint", "SELECT $1::bigint")
        yield _sql("qm_double", kind, "double precision", "SELECT $1::float8")
        yield _sql("qm_finite", kind, "boolean", "SELECT CASE WHEN $1 IS NOT NULL THEN true END")
    yield _sql("qm_bigint", "boolean", "bigint", "SELECT $1::integer::bigint")
    yield _sql("qm_double", "double precision", "double precision", "SELECT $1")
    yield _sql("qm_double", "numeric", "double precision", "SELECT $1::float8")
    yield _sql("qm_double", "boolean", "double precision", "SELECT $1::integer::float8")
    yield _sql("qm_finite", "numeric", "boolean", "SELECT CASE WHEN $1 IS NOT NULL THEN true END")
    not_finite = "$1 NOT IN ('NaN'::float8, 'Infinity'::float8, '-Infinity'::float8)"
    yield _sql("qm_finite", "double precision", "boolean", f"SELECT {not_finite}")
    yield from _decimals()
    yield from _roundings()


def _figures_of_text() -> str:
    """The digits of a text as the server reads them; NULL where it is no number."""
    return _plpgsql(
        "qm_figures",
        "text",
        "text",
        f"""
        DECLARE t text := btrim($1, E' \\t\\n\\x0b\\f\\r');
        BEGIN
            IF strpos(t, '_') > 0 THEN
                IF t ~ '{_LINES}' THEN RETURN NULL; END IF;
                t := replace(t, '_', '');
            END IF;
            RETURN CASE WHEN t ~ '{_FIGURES}' THEN t END;
        END""",
    )


def _double_of_text() -> str:
    """A text as a floating point number, with those that are infinite or none."""
    return _plpgsql(
        "qm_double",
        "text",
        "double precision",
        r"""
        DECLARE
            given text := CASE WHEN strpos($1, '+-') > 0 THEN regexp_replace($1, '^(\s*)[+]-', '\1-') ELSE $1 END;
            t text := pg_temp.qm_figures(given);
            power numeric;
            n numeric;
        BEGIN
            IF t IS NULL THEN
                t := lower(btrim(given, E' \t\n\x0b\f\r') COLLATE "C");
                RETURN CASE
                    WHEN t ~ '^[+]?inf(inity)?$' THEN 'Infinity'::float8
                    WHEN t ~ '^-inf(inity)?$' THEN '-Infinity'::float8
                    WHEN t ~ '^[+-]?nan$' THEN 'NaN'::float8
                END;
            END IF;
            IF length(t) < 300 AND t !~ '[eE]' THEN RETURN t::float8; END IF;
            IF t !~ '^[^eE]*[1-9]' THEN RETURN (substr(t, 1, 1) || '0')::float8; END IF;
            power := coalesce(substring(t from '[eE]([+-]?[0-9]+)$'), '0')::numeric;
            IF power > 9999 THEN RETURN (CASE WHEN left(t, 1) = '-' THEN '-' ELSE '' END || 'Infinity')::float8; END IF;
            IF power < -9999 THEN RETURN (CASE WHEN left(t, 1) = '-' THEN '-' ELSE '' END || '0')::float8; END IF;
            n := abs(t::numeric);
            IF n >= 1.79769313486231580793e308 THEN
                RETURN (CASE WHEN left(t, 1) = '-' THEN '-' ELSE '' END || 'Infinity')::float8;
            END IF;
            IF n <= 2.4703282292062327e-324 THEN
                RETURN (CASE WHEN left(t, 1) = '-' THEN '-' ELSE '' END || '0')::float8;
            END IF;
            RETURN t::float8;
        END""",
    )


def _exact_of_text() -> str:
    """A text as a number without loss; NULL for what is too large."""
    return _plpgsql(
        "qm_exact",
        "text",
        "numeric",
        r"""
        DECLARE
            t text := pg_temp.qm_figures($1);
            power numeric;
        BEGIN
            IF t IS NULL THEN RETURN NULL; END IF;
            power := coalesce(substring(t from '[eE]([+-]?[0-9]+)$'), '0')::numeric;
            IF t !~ '^[^eE]*[1-9]' THEN RETURN 0; END IF;
            IF power > 999 THEN RETURN NULL; END IF;
            IF power < -9999 THEN RETURN 0; END IF;
            RETURN t::numeric;
        END""",
    )


def _whole_of_text() -> str:
    """A text as a whole number, also one in hexadecimal or binary digits."""
    return _plpgsql(
        "qm_bigint",
        "text",
        "bigint",
        rf"""
        DECLARE n numeric;
        BEGIN
            IF $1 ~ '^-?[0-9]{{1,18}}$' THEN RETURN $1::bigint; END IF;
            IF $1 ~ '^\s*[+]?0[xX][0-9a-fA-F]{{1,16}}\s*$' THEN
                RETURN ('x' || lpad(substring($1 from '[xX]([0-9a-fA-F]+)'), 16, '0'))::bit(64)::bigint;
            END IF;
            IF $1 ~ '^\s*[+]?0[bB][01]{{1,63}}\s*$' THEN
                RETURN lpad(substring($1 from '[bB]([01]+)'), 64, '0')::bit(64)::bigint;
            END IF;
            n := round(pg_temp.qm_exact($1));
            RETURN {_WHOLE.format("n")};
        END""",
    )


def _whole_of_double() -> str:
    """A floating point number to the nearest whole one, half to the even; NULL for what is too large, or none."""
    return "CASE WHEN $1 >= -9223372036854775808::float8 AND $1 < 9223372036854775808::float8 THEN $1::bigint END"


def _decimals() -> Iterator[str]:
    """A decimal of a width and a scale. From floating point: times a power of ten, rounded half away from zero."""
    inside = "CASE WHEN abs(round({0}, s)) < power(10::numeric, w - s) THEN round({0}, s) END"
    for kind in ("numeric", "bigint", "integer", "boolean"):
        value = {"boolean": "v::integer::numeric"}.get(kind, "v::numeric")
        yield _sql("qm_decimal", f"v {kind}, w integer, s integer", "numeric", f"SELECT {inside.format(value)}")
    exact = inside.format("pg_temp.qm_exact(v)")
    yield _sql("qm_decimal", "v text, w integer, s integer", "numeric", f"SELECT {exact}")
    yield _plpgsql(
        "qm_decimal",
        "v double precision, w integer, s integer",
        "numeric",
        """
        DECLARE n float8;
        BEGIN
            IF NOT pg_temp.qm_finite(v) OR abs(v) >= 1e38 THEN RETURN NULL; END IF;
            n := pg_temp.qm_round(v * power(10::float8, s));
            IF abs(n) >= power(10::float8, w) THEN RETURN NULL; END IF;
            IF abs(n) < 9e18 THEN RETURN round(n::bigint::numeric / power(10::numeric, s), s); END IF;
            RETURN round(trunc(n::text::numeric) / power(10::numeric, s), s);
        END""",
    )


def _roundings() -> Iterator[str]:
    """Rounding half away from zero, in floating point where the number is such."""
    yield _sql(
        "qm_round",
        "double precision",
        "double precision",
        "SELECT CASE WHEN abs($1 - trunc($1)) >= 0.5 THEN trunc($1) + sign($1) ELSE trunc($1) END",
    )
    yield _plpgsql(
        "qm_round",
        "v double precision, p bigint",
        "double precision",
        """
        DECLARE
            m float8;
            n float8;
        BEGIN
            IF NOT pg_temp.qm_finite(v) OR p > 300 OR (p > 0 AND abs(v) > 1e300 / power(10::float8, p)) THEN
                RETURN v;
            END IF;
            IF p < -300 THEN RETURN 0; END IF;
            m := power(10::float8, abs(p));
            n := pg_temp.qm_round(CASE WHEN p < 0 THEN v / m ELSE v * m END);
            RETURN CASE WHEN p < 0 THEN n * m ELSE n / m END;
        END""",
    )
    yield _sql("qm_round", "v numeric, p bigint", "numeric", "SELECT round(v, p::integer)")
    yield _sql("qm_round", "v numeric", "numeric", "SELECT round(v)")
    for kind in ("bigint", "integer"):
        yield _sql("qm_round", f"v {kind}, p bigint", "bigint", "SELECT round(v::numeric, p::integer)::bigint")
    for name in ("ceil", "floor"):
        for kind in ("bigint", "integer"):
            yield _sql(f"qm_{name}", kind, "double precision", "SELECT $1::float8")
        for kind in ("double precision", "numeric"):
            yield _sql(f"qm_{name}", kind, kind, f"SELECT {name}($1)")


def _days() -> Iterator[str]:
    """Texts as days and times: year, month and day with one sign between, then a time; a zone is passed over."""
    yield _made_day()
    yield _time_of_text()
    yield _day_of_text()
    for kind in ("date", "timestamp"):
        yield _sql("qm_date", kind, "date", "SELECT $1::date")
        yield _sql("qm_timestamp", kind, "timestamp", "SELECT $1::timestamp")
    yield _instant_of_text()


def _made_day() -> str:
    """A day of its year, month and number; NULL where the calendar has none."""
    return _plpgsql(
        "qm_made",
        "y numeric, m integer, d integer",
        "date",
        """
        BEGIN
            IF y > 294246 OR y < -4711 OR m NOT BETWEEN 1 AND 12 OR d < 1 THEN RETURN NULL; END IF;
            IF d > 28 AND (d > 31 OR (m IN (4, 6, 9, 11) AND d > 30) OR (m = 2 AND d > 28 + (CASE
                WHEN y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0) THEN 1 ELSE 0 END))) THEN RETURN NULL; END IF;
            RETURN make_date((CASE WHEN y <= 0 THEN y - 1 ELSE y END)::integer, m, d);
        END""",
    )


def _time_of_text() -> str:
    """A text as a point of time without a zone."""
    return _plpgsql(
        "qm_timestamp",
        "text",
        "timestamp",
        r"""
        DECLARE
            g text[];
            day date;
            h integer; m integer; s integer; f integer;
        BEGIN
            g := regexp_match($1, '^\s*(-?[0-9]{1,7})([-/ \\])([0-9]{1,2})\2([0-9]{1,2})(?:\s*$|(?:T|\s+)'
                '([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]*))?)?'
                '(?:\s*|\s*Z\s*|\s*[+-][0-9]{1,2}(?::?[0-9]{2}){0,2}\s*|\s+[A-Za-z][A-Za-z0-9_/+-]*\s*)$)');
            IF g IS NULL THEN
                RETURN CASE lower(btrim($1, E' \t\n\x0b\f\r') COLLATE "C") WHEN 'epoch' THEN '1970-01-01'::timestamp
                    WHEN 'infinity' THEN 'infinity'::timestamp WHEN '-infinity' THEN '-infinity'::timestamp END;
            END IF;
            day := pg_temp.qm_made(g[1]::numeric, g[3]::integer, g[4]::integer);
            IF day IS NULL OR g[5] IS NULL THEN RETURN day::timestamp; END IF;
            h := g[5]::integer; m := g[6]::integer; s := coalesce(g[7], '0')::integer;
            f := coalesce(nullif(rpad(left(g[8], 6), 6, '0'), ''), '0')::integer;
            IF m > 59 OR s > 59 OR h > 24 OR (h = 24 AND (m > 0 OR s > 0 OR f > 0)) THEN RETURN NULL; END IF;
            RETURN day + make_interval(hours => h, mins => m, secs => s) + f * interval '1 microsecond';
        END""",
    )


def _day_of_text() -> str:
    """A text as a day."""
    return _plpgsql(
        "qm_date",
        "text",
        "date",
        r"""
        BEGIN
            IF $1 ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN
                RETURN pg_temp.qm_made(substr($1, 1, 4)::numeric, substr($1, 6, 2)::integer, substr($1, 9, 2)::integer);
            END IF;
            RETURN pg_temp.qm_timestamp($1)::date;
        END""",
    )


def _instant_of_text() -> str:
    """A text as a point of time in its zone; without one in UTC."""
    return _plpgsql(
        "qm_instant",
        "text",
        "timestamptz",
        r"""
        DECLARE
            at timestamp := pg_temp.qm_timestamp($1);
            zone text := substring($1 from '[0-9]{2}:[0-9]{2}[0-9:.]*\s*(Z|[+-][0-9]{1,2}(?::?[0-9]{2})?)\s*$');
            sign integer := CASE WHEN left(zone, 1) = '-' THEN -1 ELSE 1 END;
        BEGIN
            IF zone IS NULL OR zone = 'Z' THEN RETURN at AT TIME ZONE 'UTC'; END IF;
            zone := replace(substr(zone, 2), ':', '');
            IF length(zone) < 3 THEN zone := zone || '00'; END IF;
            RETURN (at - sign * make_interval(hours => left(zone, length(zone) - 2)::integer,
                mins => right(zone, 2)::integer)) AT TIME ZONE 'UTC';
        END""",
    )


def _formats() -> Iterator[str]:
    """A text in a format of strptime, code by code and without a step back. See `postgres_casts`."""
    yield _plpgsql(
        "qm_parsed",
        "t text, codes text[]",
        "timestamp",
        r"""
        DECLARE
            at integer := 1;
            code text;
            word text;
            n integer;
            y integer; mo integer := 1; d integer := 1; h integer := 0; mi integer := 0; s integer := 0;
            f integer := 0; noon text;
            day date;
        BEGIN
            t := ltrim(t, E' \t\n\x0b\f\r');
            FOREACH code IN ARRAY codes LOOP
                IF left(code, 1) <> '%' THEN
                    IF code = ' ' THEN
                        word := substring(substr(t, at) from '^\s*');
                        IF word = '' THEN RETURN NULL; END IF;
                        at := at + length(word);
                    ELSE
                        IF substr(t, at, 1) <> code THEN RETURN NULL; END IF;
                        at := at + 1;
                    END IF;
                    CONTINUE;
                END IF;
                IF code IN ('%b', '%B', '%a', '%A') THEN
                    word := substring(lower(substr(t, at) COLLATE "C") from CASE code
                        WHEN '%b' THEN '^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)'
                        WHEN '%B' THEN '^(?:january|february|march|april|may|june|july|august|september'
                            '|october|november|december)'
                        WHEN '%a' THEN '^(?:mon|tue|wed|thu|fri|sat|sun)'
                        ELSE '^(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)' END);
                    IF word IS NULL THEN RETURN NULL; END IF;
                    at := at + length(word);
                    IF code IN ('%b', '%B') THEN
                        mo := (strpos('janfebmaraprmayjunjulaugsepoctnovdec', left(word, 3)) + 2) / 3;
                    END IF;
                    CONTINUE;
                END IF;
                IF code = '%p' THEN
                    noon := lower(substr(t, at, 2) COLLATE "C");
                    IF noon NOT IN ('am', 'pm') THEN RETURN NULL; END IF;
                    at := at + 2;
                    CONTINUE;
                END IF;
                word := substring(substr(t, at, CASE code WHEN '%Y' THEN 4 WHEN '%f' THEN 6 ELSE 2 END) from '^[0-9]+');
                IF word IS NULL THEN RETURN NULL; END IF;
                at := at + length(word);
                n := word::integer;
                CASE code
                    WHEN '%d' THEN d := n; IF n NOT BETWEEN 1 AND 31 THEN RETURN NULL; END IF;
                    WHEN '%m' THEN mo := n; IF n NOT BETWEEN 1 AND 12 THEN RETURN NULL; END IF;
                    WHEN '%Y' THEN y := n;
                    WHEN '%y' THEN y := n + CASE WHEN n < 69 THEN 2000 ELSE 1900 END;
                    WHEN '%H' THEN h := n; IF n > 23 THEN RETURN NULL; END IF;
                    WHEN '%I' THEN h := n % 12; IF n NOT BETWEEN 1 AND 12 THEN RETURN NULL; END IF;
                    WHEN '%M' THEN mi := n; IF n > 59 THEN RETURN NULL; END IF;
                    WHEN '%S' THEN s := n; IF n > 59 THEN RETURN NULL; END IF;
                    WHEN '%f' THEN f := rpad(word, 6, '0')::integer;
                END CASE;
            END LOOP;
            IF substr(t, at) !~ '^\s*$' THEN RETURN NULL; END IF;
            day := pg_temp.qm_made(y, mo, d);
            IF noon = 'pm' THEN h := h + 12; END IF;
            RETURN day + make_interval(hours => h, mins => mi, secs => s) + f * interval '1 microsecond';
        END""",
    )


def _words() -> Iterator[str]:
    """Letters of all alphabets, small and capital, each by itself; patterns."""
    for name, pairs in (("lower", _pairs(str.lower)), ("upper", _pairs(_capital))):
        given, other = ("".join(chr(p[i]) for p in pairs) for i in (0, 1))
        yield _sql(
            f"qm_{name}",
            "text",
            "text",
            f'SELECT CASE WHEN octet_length($1) = length($1) THEN {name}($1 COLLATE "C") '
            f"ELSE translate({name}($1 COLLATE \"C\"), '{given}', '{other}') END",
        )
    found = "BEGIN RETURN coalesce((regexp_match(t COLLATE \"C\", p))[g], ''); END"
    yield _plpgsql("qm_extract", "t text, p text, g integer", "text", found)
    yield (
        "CREATE OR REPLACE FUNCTION pg_temp.qm_first(anyelement, anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE "
        "STRICT PARALLEL SAFE AS $qm$ SELECT $1 $qm$"
    )
    yield "CREATE OR REPLACE AGGREGATE pg_temp.qm_any(anyelement) (SFUNC = pg_temp.qm_first, STYPE = anyelement)"


def _capital(letter: str) -> str:
    """Give the capital of a letter that is one letter itself."""
    if letter == "ß":
        return "ẞ"
    whole = letter.upper()
    return whole if len(whole) == 1 else letter.title()


@cache
def _pairs(change: Callable[[str], str]) -> tuple[tuple[int, int], ...]:
    """Give each letter beyond ASCII with the one that it becomes; one that would become several stays."""
    found = []
    for low, high in _CASED:
        for number in range(low, high):
            other = change(chr(number))
            if number == 0x130 and change is str.lower:  # noqa: PLR2004  (I with a dot: Unicode's simple mapping)
                other = "i"
            if len(other) == 1 and ord(other) != number:
                found.append((number, ord(other)))
    return tuple(found)


def _sql(name: str, arguments: str, result: str, body: str) -> str:
    """Write a function that the planner may put in the place of its call: so it must give NULL for NULL by itself."""
    return _made(name, arguments, result, "sql IMMUTABLE", body)


def _plpgsql(name: str, arguments: str, result: str, body: str) -> str:
    """Write a function that is not called where an argument is NULL, and then gives NULL."""
    told = f"#variable_conflict use_variable\n{body.strip()}"
    return _made(name, arguments, result, "plpgsql IMMUTABLE STRICT", told)


def _made(name: str, arguments: str, result: str, how: str, body: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION pg_temp.{name}({arguments}) RETURNS {result} LANGUAGE {how} PARALLEL SAFE "
        f"AS $qm$ {body} $qm$"
    )
