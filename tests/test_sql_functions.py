"""Each function of the rule language means in the engine what docs/rulesets.md says: compared with plain Python."""

# ruff: noqa: DTZ001  (timestamps of the rule language have no zone)
from __future__ import annotations

import calendar
import datetime as dt

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shared import database

from qmscheck.sql.expression import Checker, Scope
from qmscheck.sql.functions import Values, expand, pattern
from qmscheck.sql.kinds import Kind
from qmscheck.sql.reading import read_condition

COLUMNS = {
    "a": Kind.DATE,
    "b": Kind.DATE,
    "s": Kind.TIMESTAMP,
    "e": Kind.TIMESTAMP,
    "n": Kind.INTEGER,
    "x": Kind.NUMBER,
    "text": Kind.TEXT,
    "ok": Kind.BOOLEAN,
}
SQL = {Kind.DATE: "date", Kind.TIMESTAMP: "timestamp", Kind.INTEGER: "bigint", Kind.NUMBER: "double", Kind.TEXT: "text"}
PERIOD = (dt.date(2025, 11, 1), dt.date(2026, 10, 31))
VALUES = Values(dt.date(2026, 11, 20), dt.date(2027, 3, 1), PERIOD)
DATES = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
TIMES = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)).map(lambda t: t.replace(microsecond=0))


def evaluate(source: str, /, values: Values = VALUES, **cells: object) -> object:
    """Evaluate an expression of the language on one record in DuckDB."""
    scope = Scope(
        {"t": COLUMNS}, "t", {name: _kind(v) for name, v in values.params.items()}, frozenset(values.patterns)
    )
    tree = read_condition(source)
    Checker(scope, source).kind(tree)
    named = ", ".join(f'cast(${c} as {SQL.get(COLUMNS[c], "boolean")}) as "{c}"' for c in cells) or "1 as one"
    sql = f"select {expand(tree, values).sql('duckdb')} from (select {named}) as t"
    ((found,),) = database().execute(sql, cells).fetchall()
    return found


def _kind(value: object) -> Kind:
    kinds = {bool: Kind.BOOLEAN, int: Kind.INTEGER, float: Kind.NUMBER, dt.date: Kind.DATE}
    return kinds.get(type(value), Kind.TEXT)


# ---------------------------------------------------------------- dates


def working_days(a: dt.date, b: dt.date) -> int:
    """Walk the days one by one, as a person with a calendar does."""
    if b < a:
        return -working_days(b, a)
    return sum((a + dt.timedelta(days=i)).weekday() < 5 for i in range(1, (b - a).days + 1))


@settings(max_examples=100, deadline=None)
@given(DATES, st.integers(-60, 60))
@example(dt.date(2026, 11, 20), 3)
@example(dt.date(2026, 11, 21), 0)
@example(dt.date(2026, 11, 21), 1)
@example(dt.date(2026, 11, 22), -2)
@example(dt.date(2024, 2, 28), 2)
def test_working_days_are_counted_after_the_first_day_up_to_and_including_the_second(a: dt.date, days: int) -> None:
    try:
        b = a + dt.timedelta(days=days)
    except OverflowError:
        b = a
    assert evaluate("working_days(a, b)", a=a, b=b) == working_days(a, b)


def test_working_days_of_a_week() -> None:
    friday = dt.date(2026, 11, 20)
    found = [evaluate("working_days(a, b)", a=friday, b=friday + dt.timedelta(days=i)) for i in range(-7, 8)]
    assert found == [-5, -5, -5, -4, -3, -2, -1, 0, 0, 0, 1, 2, 3, 4, 5]


def test_working_days_between_timestamps_look_at_their_days() -> None:
    late, early = dt.datetime(2026, 11, 20, 23, 59), dt.datetime(2026, 11, 23, 0, 1)
    assert evaluate("working_days(s, e)", s=late, e=early) == 1


@settings(max_examples=60, deadline=None)
@given(DATES, DATES)
def test_days_between_counts_from_the_first_to_the_second(a: dt.date, b: dt.date) -> None:
    assert evaluate("days_between(a, b)", a=a, b=b) == (b - a).days


@settings(max_examples=60, deadline=None)
@given(TIMES, TIMES)
def test_hours_between_counts_parts_of_hours(s: dt.datetime, e: dt.datetime) -> None:
    assert evaluate("hours_between(s, e)", s=s, e=e) == pytest.approx((e - s).total_seconds() / 3600)


def test_hours_between_takes_a_date_as_its_midnight() -> None:
    assert evaluate("hours_between(a, e)", a=dt.date(2026, 1, 1), e=dt.datetime(2026, 1, 2, 1, 30)) == 25.5


def add_months(day: dt.date, months: int) -> dt.date | None:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@settings(max_examples=80, deadline=None)
@given(DATES, st.integers(-400, 400))
@example(dt.date(2024, 1, 31), 1)
@example(dt.date(2023, 1, 31), 1)
@example(dt.date(2024, 2, 29), 12)
@example(dt.date(2024, 2, 29), -12)
@example(dt.date(2024, 2, 29), 48)
@example(dt.date(2026, 3, 31), -1)
@example(dt.date(2026, 12, 31), 2)
def test_months_are_added_and_end_with_the_month(day: dt.date, months: int) -> None:
    expected = add_months(day, months)
    if expected is not None:
        assert evaluate("add_months(a, n)", a=day, n=months) == expected
        assert evaluate(f"add_months(a, {months})", a=day) == expected


@settings(max_examples=60, deadline=None)
@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)), st.integers(-9999, 9999))
def test_days_are_added(day: dt.date, days: int) -> None:
    assert evaluate("add_days(a, n)", a=day, n=days) == day + dt.timedelta(days=days)
    assert evaluate(f"add_days(a, {days})", a=day) == day + dt.timedelta(days=days)


def test_a_timestamp_keeps_its_hours_when_it_is_moved() -> None:
    received = dt.datetime(2026, 1, 31, 15, 30)
    assert evaluate("add_days(s, 2)", s=received) == dt.datetime(2026, 2, 2, 15, 30)
    assert evaluate("add_months(s, 1)", s=received) == dt.datetime(2026, 2, 28, 15, 30)
    assert evaluate("add_days(s, 2) >= e", s=received, e=dt.datetime(2026, 2, 2, 10)) is True


@given(DATES, st.integers(-40, 40))
def test_months_and_days_in_one_statement_keep_their_own_lengths(day: dt.date, months: int) -> None:
    """DuckDB 2.0 computed `day + 1 month` and `day + 30 days` once, for both."""
    own, other = evaluate(f"add_months(a, {months})", a=day), evaluate(f"add_days(a, {30 * months})", a=day)
    if own is not None and other is not None:
        assert evaluate(f"add_months(a, {months}) = add_days(a, {30 * months})", a=day) == (own == other)
        assert evaluate(f"add_months(s, {months}) = add_days(s, {30 * months})", s=day) == (own == other)


@pytest.mark.parametrize("steps", [2**31, -(2**31), 2**62, 5_000_000])
def test_a_step_beyond_all_calendars_is_null_and_stops_nothing(steps: int) -> None:
    day = dt.date(2026, 1, 1)
    assert evaluate("add_days(a, n) > a", a=day, n=steps) is None
    assert evaluate("add_months(a, n) > a", a=day, n=steps) is None
    assert evaluate(f"add_days(a, {steps}) > a", a=day) is None


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        (PERIOD[0], True),
        (PERIOD[1], True),
        (PERIOD[0] - dt.timedelta(days=1), False),
        (PERIOD[1] + dt.timedelta(days=1), False),
        (None, None),
    ],
)
def test_a_period_includes_both_its_ends(day: dt.date | None, inside: bool | None) -> None:
    assert evaluate("in_period(a)", a=day) is inside


def test_the_whole_last_day_is_inside_the_period() -> None:
    assert evaluate("in_period(s)", s=dt.datetime(2026, 10, 31, 23, 59, 59)) is True
    assert evaluate("in_period(s)", s=dt.datetime(2026, 11, 1)) is False


def test_the_audit_has_one_clock() -> None:
    assert evaluate("as_of()") == dt.date(2026, 11, 20)
    assert evaluate("audit_date()") == dt.date(2027, 3, 1)
    assert evaluate("period_from()") == PERIOD[0]
    assert evaluate("period_to()") == PERIOD[1]


@settings(max_examples=40, deadline=None)
@given(DATES)
def test_parts_of_a_date(day: dt.date) -> None:
    assert evaluate("year(a) * 10000 + month(a) * 100 + day(a)", a=day) == day.year * 10000 + day.month * 100 + day.day


def test_a_date_and_a_timestamp_are_compared_as_midnight() -> None:
    day = dt.date(2026, 1, 1)
    assert evaluate("a = s", a=day, s=dt.datetime(2026, 1, 1)) is True
    assert evaluate("a < s", a=day, s=dt.datetime(2026, 1, 1, 0, 0, 1)) is True
    assert evaluate("cast(s as date) = a", a=day, s=dt.datetime(2026, 1, 1, 23)) is True


@pytest.mark.parametrize(
    "text",
    [
        "days_between(a, b)",
        "working_days(a, b)",
        "hours_between(a, b)",
        "add_days(a, n)",
        "add_months(a, n)",
        "year(a)",
    ],
)
def test_a_blank_date_gives_null(text: str) -> None:
    assert evaluate(text, a=None, b=dt.date(2026, 1, 1), n=1) is None


# ---------------------------------------------------------------- words


FAMILY = ("customer*", "client", "end user*", "Kunde*", "größe", "e-mail", "C++", "2.0")
WITH_WORDS = Values(VALUES.as_of, VALUES.audit_date, PERIOD, {}, {"words": pattern(FAMILY)})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Our customers matter", True),
        ("CUSTOMER", True),
        ("the customer's view", True),
        ("a client.", True),
        ("(client)", True),
        ("clients", False),
        ("subclient", False),
        ("client2", False),
        ("2client", False),
        ("client_list", True),
        ("Kundenzufriedenheit", True),
        ("Stammkunden", False),
        ("Größe", True),
        ("GRÖSSE", False),
        ("GRÖẞE", True),
        ("größer", False),
        ("ägröße", False),
        ("gro\u0308ße", False),
        ("end users", True),
        ("end\nuser", True),
        ("end \t\r\n  user", True),
        ("end\u00a0user", True),
        ("end\u202fuser", True),
        ("\u03b1client", False),
        ("clientж", False),
        ("enduser", False),
        ("end, user", False),
        ("an e-mail", True),
        ("an email", False),
        ("we use C++", True),
        ("we use C", False),
        ("version 2.0", True),
        ("version 2x0", False),
        ("version 12.0", False),
        ("cliente\u0301", False),
        ("client\u0301", False),
        ("顧客customer", True),
        ("", False),
        ("first line\nclient\nlast line", True),
    ],
)
def test_a_family_of_words_is_found_at_the_borders_of_words(text: str, found: bool) -> None:
    assert evaluate("mentions(text, 'words')", WITH_WORDS, text=text) is found


def test_a_blank_text_mentions_nothing() -> None:
    assert evaluate("mentions(text, 'words')", WITH_WORDS, text=None) is None


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), max_size=4),
    st.text(max_size=20),
)
def test_no_word_breaks_out_of_its_family(words: list[str], text: str) -> None:
    """Words may hold anything that has a meaning in a pattern; a word that is not in the text is not found."""
    values = Values(VALUES.as_of, VALUES.audit_date, PERIOD, {}, {"words": pattern(words)})
    text = text.replace("\0", "")
    found = evaluate("mentions(text, 'words')", values, text=text)
    pieces = [piece for word in words for piece in word.rstrip("* ").split()]
    if not any(piece.casefold()[:1] in text.casefold() for piece in pieces):
        assert found is False


@pytest.mark.parametrize(
    "word", [".*", "a|b", "(x", "[a-z]", "\\w", "x{2}", "^", "$", "a)b", "'; drop table t; --", "(?i)"]
)
def test_a_word_is_a_word_and_not_a_pattern(word: str) -> None:
    values = Values(VALUES.as_of, VALUES.audit_date, PERIOD, {}, {"words": pattern([word])})
    assert evaluate("mentions(text, 'words')", values, text=f"so {word} it is") is True
    assert evaluate("mentions(text, 'words')", values, text="zzz yyy") is False


@pytest.mark.parametrize("words", [(), ("",), ("  ",), ("*",), ("***", " * ")])
def test_a_family_without_words_is_found_nowhere(words: tuple[str, ...]) -> None:
    values = Values(VALUES.as_of, VALUES.audit_date, PERIOD, {}, {"words": pattern(words)})
    assert evaluate("mentions(text, 'words')", values, text="any text at all\n") is False


def test_the_order_of_words_does_not_matter() -> None:
    assert pattern(["a", "abc", "ab*"]) == pattern(["ab*", "abc", "a", "a"])


# ---------------------------------------------------------------- parameters


@pytest.mark.parametrize(
    "value",
    [
        0,
        -5,
        2**62,
        1.5,
        -0.25,
        1e300,
        True,
        False,
        dt.date(2024, 2, 29),
        "plain",
        "it's",
        "'; drop table t; --",
        "größe ☃",
        "",
        "back\\slash",
    ],
)
def test_a_parameter_stands_for_its_value(value: object) -> None:
    assert evaluate("param('p')", Values(VALUES.as_of, VALUES.audit_date, PERIOD, {"p": value})) == value


def test_a_negative_parameter_can_be_subtracted() -> None:
    values = Values(VALUES.as_of, VALUES.audit_date, PERIOD, {"p": -5})
    assert evaluate("n - param('p')", values, n=1) == 6
    assert evaluate("-param('p')", values) == 5
    assert evaluate("add_days(a, param('p'))", values, a=dt.date(2026, 1, 6)) == dt.date(2026, 1, 1)
    assert evaluate("add_days(a, -param('p'))", values, a=dt.date(2026, 1, 1)) == dt.date(2026, 1, 6)


# ---------------------------------------------------------------- the rest


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        ("filled(text)", {"text": "x"}, True),
        ("filled(text)", {"text": None}, False),
        ("filled(n)", {"n": 0}, True),
        ("filled(ok)", {"ok": False}, True),
        ("abs(n)", {"n": -3}, 3),
        ("round(x, 1)", {"x": 2.25}, 2.3),
        ("round(n, -1)", {"n": 15}, 20),
        ("n / 2", {"n": 3}, 1.5),
        ("n / nullif(x, 0)", {"n": 3, "x": 0}, None),
        ("1 / 3 * 3 = 1", {}, True),
        ("lower(text)", {"text": "GRÖẞE"}, "größe"),
        ("upper(text)", {"text": "grün"}, "GRÜN"),
        ("trim(text)", {"text": "  a b "}, "a b"),
        ("length(text)", {"text": "größe😀"}, 6),
        ("starts_with(text, 'a')", {"text": "ab"}, True),
        ("ends_with(text, 'a')", {"text": "ab"}, False),
        ("contains(text, '%')", {"text": "ab"}, False),
        ("contains(text, '.')", {"text": "a.b"}, True),
        ("text like 'a_c'", {"text": "abc"}, True),
        ("text like 'A%'", {"text": "abc"}, False),
        ("text ilike 'A%'", {"text": "abc"}, True),
        ("text || '!'", {"text": None}, None),
        (r"matches(text, '^\d{4}-\d\d$')", {"text": "2026-01"}, True),
        (r"matches(text, '\d\d')", {"text": "a2026"}, True),
        (r"matches(text, '^\p{Lu}')", {"text": "Ärger"}, True),
        (r"matches(text, '\b(TODO|TBD)\b')", {"text": "a TBD b"}, True),
        (r"matches(text, '\b(TODO|TBD)\b')", {"text": "aTBDb"}, False),
        (r"matches(text, '\b(TODO|TBD)\b')", {"text": "done"}, False),
        (r"matches(text, '\b(TODO|TBD)\b')", {"text": None}, None),
        ("coalesce(text, 'x')", {"text": None}, "x"),
        ("nullif(n, 1)", {"n": 1}, None),
        ("greatest(n, 2)", {"n": None}, 2),
        ("least(n, 2)", {"n": None}, 2),
        ("case when n > 1 then 'big' else 'small' end", {"n": None}, "small"),
        ("case when n > 1 then 'big' end", {"n": 0}, None),
        ("n in (1, 2)", {"n": None}, None),
        ("n between 1 and 3", {"n": 3}, True),
        ("n is distinct from 1", {"n": None}, True),
        ("ok is true", {"ok": None}, False),
        ("not ok", {"ok": None}, None),
        ("cast(text as integer)", {"text": "12"}, 12),
        ("cast(text as integer)", {"text": "x"}, None),
        ("cast(text as number)", {"text": "1.5"}, 1.5),
        ("cast(text as number)", {"text": "1,5"}, None),
        ("cast(text as date)", {"text": "2026-02-30"}, None),
        ("cast(text as date)", {"text": "2024-02-29"}, dt.date(2024, 2, 29)),
        ("cast(n as text)", {"n": 5}, "5"),
        ("cast(a as text)", {"a": dt.date(2026, 1, 1)}, "2026-01-01"),
        ("cast(add_days(a, 1) as text)", {"a": dt.date(2026, 1, 1)}, "2026-01-02"),
        ("date '2026-01-31'", {}, dt.date(2026, 1, 31)),
        ("cast('5' as integer)", {}, 5),
    ],
)
def test_a_function_gives_what_the_documentation_says(text: str, cells: dict[str, object], expected: object) -> None:
    assert evaluate(text, **cells) == expected


def test_expanding_an_expression_does_not_change_it() -> None:
    scope = Scope({"t": COLUMNS}, "t", {}, frozenset())
    text = "add_days(a, 5) > as_of() and cast(text as number) > 1"
    tree = read_condition(text)
    Checker(scope, text).kind(tree)
    before = tree.sql("duckdb")
    first = expand(tree, VALUES).sql("duckdb")
    assert tree.sql("duckdb") == before
    assert expand(tree, VALUES).sql("duckdb") == first
