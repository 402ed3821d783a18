"""Hints for what people write in TOML who count, date and quote as they are used to."""

from __future__ import annotations

import pytest

from qmscheck.errors import QmscheckError
from qmscheck.slips import meant_key, without_quotes
from qmscheck.toml import parse


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("default = 0,02", "1:12", "a number has a point before its fraction, and nothing between thousands: 0.02"),
        (
            "x = { value = -1,5, a = 1 }",
            "1:",
            "a number has a point before its fraction, and nothing between thousands: -1.5",
        ),
        ("x = 12.000,5", "1:", "a number has a point before its fraction, and nothing between thousands: 12000.5"),
        ("x = 5 %", "1:", "a share is a number, and has no sign: 0.05"),
        ("x = .5", "1:5", "a number has a digit before the point: 0.5"),
        ("a = 1\nd = 30.06.2026", "2:", "a date is written 2026-06-30, without quotes"),
        ("g = [{ on = 3.6.2026, a = 1 }]", "1:", "a date is written 2026-06-03, without quotes"),
        ("d = 2026-6-3", "1:", "a date is written 2026-06-03, without quotes"),
        ("d = 2026-06-31", "1:5", "a date is written 2026-11-20, and this day is in no calendar"),
        ("d = 03/06/2026", "1:", "a date is written 2026-11-20: year, month, day"),
        ("t = „a“", "1:5", 'these quotation marks are typographic: write straight ones, "..."'),
        ("t = “a”", "1:5", 'these quotation marks are typographic: write straight ones, "..."'),
        ("m = 'a = 'b' and c'", "1:11", 'the text ends at its second \': put the whole between """'),
        ('t = "The "old" list"', "1:11", "the text ends at its second \": put the whole between '''"),
        ("x = Ja", "1:5", "yes and no are true and false: true"),
        ("x = off", "1:5", "yes and no are true and false: false"),
        ("[[rule]]\na=1\n[rule]\nb=1", "3:6", "there are several: write [[rule]] with two brackets, each time"),
        ("[rule]\na=1\n[[rule]]\nb=1", "3:7", "there are several: write [[rule]] with two brackets, each time"),
        ("[table.a]\n[table.a]", "2:9", "the same table stands above: keep one of them"),
        ('p = "C:\\Users\\x"', "1:10", "write \\\\ for \\, or put the text between single quotation marks"),
        ("x = §", "1:5", "a text stands between quotation marks, a date is written 2026-11-20"),
    ],
)
def test_a_slip_that_people_make_is_told_with_what_to_write(text: str, place: str, hint: str) -> None:
    with pytest.raises(QmscheckError) as refused:
        parse(text.encode(), "x.toml")
    (problem,) = refused.value.problems
    assert f"{problem.line}:{problem.column}".startswith(place)
    assert problem.hint == hint


@pytest.mark.parametrize("text", ["x = 1,", "x = 'a' 'b", 'x = "a" "b"c', "[a"])
def test_a_slip_of_another_kind_is_still_no_traceback(text: str) -> None:
    with pytest.raises(QmscheckError, match="not valid TOML"):
        parse(text.encode(), "x.toml")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("tables", "did you mean 'given'?"),
        ("expected", "did you mean 'verdict'?"),
        ("verdcit", "did you mean 'verdict'?"),
        ("colour", "the keys here are given, title, verdict"),
    ],
)
def test_an_unknown_key_is_told_with_the_one_that_is_meant_or_with_all(name: str, hint: str) -> None:
    assert meant_key(name, ("title", "verdict", "given")) == hint
    assert meant_key(name, ()) is None


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("0,02", "write it without quotes: 0.02"),
        ("24", "write it without quotes: 24"),
        (" 90 % ", "write it without quotes: 0.9"),
        ("True", "write it without quotes: true"),
        ("30.06.2026", "a date is written 2026-06-30, without quotes"),
        ("2026-6-3", "a date is written 2026-06-03, without quotes"),
        ("about ten", None),
        (3, None),
    ],
)
def test_what_stands_in_quotes_is_told_without_them(value: object, hint: str | None) -> None:
    assert without_quotes(value) == hint
