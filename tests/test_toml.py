"""Every place that a message names is the place that a person sees in an editor."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.errors import QmscheckError
from qmscheck.model import ColumnMapping, Match, NotApplicable, ParameterValue, Period, Rule
from qmscheck.toml import Document, parse, read

if TYPE_CHECKING:
    from pathlib import Path

    from qmscheck.toml import Loc


def at(source: str, loc: Loc, *, key: bool = False) -> tuple[int, int, str]:
    """Give line, column and the text that is marked there."""
    document = parse(source.encode(), "x.toml")
    place = document.place(loc, key=key)
    return place.line, place.column, document.lines[place.line - 1][place.column - 1 :][: place.length]


def wrong(source: str, kind: type, loc: Loc) -> list[str]:
    document = parse(source.encode(), "x.toml")
    value: object = document.value
    for part in loc:
        value = value[part]  # type: ignore[index]
    assert document.check(kind, value, loc) is None
    return [str(problem) for problem in document.problems]


SOURCE = """\
top = 1
[params]
ack_days = { value = 2, origin = "law" }
[params.slow]
value = 3
[[source]]
table = "complaints"
[source.columns]
value = "Wert"
"größe" = { from = "Größe", values = { "groß" = "large" } }
[[source]]
table = "orders"
missing = ["", [1, { "ü" = "ö" }]]
[empty]
[not_applicable."CF-8.5.3-1"]
reason = \"\"\"
first
second\"\"\"
a.b.c = true
"""


@pytest.mark.parametrize(
    ("loc", "key", "expected"),
    [
        (("top",), True, (1, 1, "top")),
        (("params",), False, (2, 1, "[params]")),
        (("params", "slow"), False, (4, 1, "[params.slow]")),
        (("params", "ack_days"), False, (3, 12, '{ value = 2, origin = "law" }')),
        (("params", "ack_days", "origin"), False, (3, 34, '"law"')),
        (("params", "ack_days", "origin"), True, (3, 25, "origin")),
        (("params", "slow", "value"), False, (5, 9, "3")),
        (("source",), True, (6, 3, "source")),
        (("source", 0), False, (6, 1, "[[source]]")),
        (("source", 1), False, (11, 1, "[[source]]")),
        (("source", 0, "columns"), False, (8, 1, "[source.columns]")),
        (("source", 0, "columns", "value"), False, (9, 9, '"Wert"')),
        (("source", 0, "columns", "größe"), True, (10, 1, '"größe"')),
        (("source", 0, "columns", "größe", "values", "groß"), False, (10, 49, '"large"')),
        (("source", 1, "missing", 1, 1, "ü"), False, (13, 28, '"ö"')),
        (("source", 1, "missing", 1, 0), False, (13, 17, "1")),
        (("empty",), False, (14, 1, "[empty]")),
        (("empty", "nothing"), True, (14, 1, "[empty]")),
        (("not_applicable", "CF-8.5.3-1"), False, (15, 1, '[not_applicable."CF-8.5.3-1"]')),
        (("not_applicable",), False, (15, 1, '[not_applicable."CF-8.5.3-1"]')),
        (("not_applicable", "CF-8.5.3-1", "reason"), True, (16, 1, "reason")),
        (("not_applicable", "CF-8.5.3-1", "a", "b", "c"), False, (19, 9, "true")),
        (("not_applicable", "CF-8.5.3-1", "a", "b"), False, (19, 5, "c")),
        (("nowhere", "at", "all"), False, (1, 1, "t")),
    ],
)
def test_a_place_is_where_the_key_or_the_value_stands(loc: Loc, key: bool, expected: tuple[int, int, str]) -> None:
    assert at(SOURCE, loc, key=key) == expected


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_endings_and_a_byte_order_mark_move_no_place(ending: str, mark: str) -> None:
    source = mark + SOURCE.replace("\n", ending)
    assert at(source, ("top",), key=True) == (1, 1, "top")
    assert at(source, ("source", 0, "columns", "größe", "values", "groß")) == (10, 49, '"large"')
    assert at(source, ("not_applicable", "CF-8.5.3-1", "a", "b", "c")) == (19, 9, "true")
    assert str(parse(source.encode(), "x.toml").problem(("params", "ack_days", "value"), "wrong")) == (
        'x.toml:3:22: wrong\n  3 | ack_days = { value = 2, origin = "law" }\n    |                      ^'
    )


def test_keys_named_as_the_parser_names_its_own_entries_have_places_too() -> None:
    source = "[t]\nvalue_line = 4\nkey_line = 5\nvalue = 6\n[t.key_col]\nvalue = 7\n"
    assert at(source, ("t", "value_line")) == (2, 14, "4")
    assert at(source, ("t", "key_line"), key=True) == (3, 1, "key_line")
    assert at(source, ("t", "value")) == (4, 9, "6")
    assert at(source, ("t", "key_col", "value")) == (6, 9, "7")
    assert at(source, ("t",)) == (1, 1, "[t]")
    assert at(source, ("t", "key_col")) == (5, 1, "[t.key_col]")


def test_a_document_without_text_has_no_places() -> None:
    assert str(Document("the command line", "", {}).problem(("audit",), "wrong")) == "the command line: wrong"


@pytest.mark.parametrize(
    ("text", "line", "column", "length", "expected"),
    [
        ('"owner is nul"', 1, 10, 3, (1, 15, "nul")),
        ("'owner is nul'", 1, 10, 3, (1, 15, "nul")),
        (r'"a \"ä\" nul"', 1, 7, 3, (1, 14, "nul")),
        (r'"\u00e4\U000000e4\x41 nul"', 1, 5, 3, (1, 27, "nul")),
        (r"'a \u00e4 nul'", 1, 10, 3, (1, 15, "nul")),
        ('"""\nselect 1\nfrom nul"""', 2, 6, 3, (3, 6, "nul")),
        ("'''\nselect 1\nfrom nul'''", 2, 6, 3, (3, 6, "nul")),
        ('"""select 1\nfrom nul"""', 1, 8, 1, (1, 15, "1")),
        ('"""select 1\nfrom nul"""', 2, 6, 3, (2, 6, "nul")),
        ('"""  \nselect nul"""', 2, 8, 3, (2, 8, "nul")),
        ('"""one \\\n   two nul"""', 1, 9, 3, (2, 8, "nul")),
        ('"""\nselect\n  1"""', 1, 1, 99, (2, 1, "select")),
        ('"short"', 1, 90, 5, (1, 11, '"')),
        ('"short"', 9, 9, 5, (1, 11, '"')),
        ("7", 1, 3, 5, (1, 5, "7")),
    ],
)
def test_a_place_inside_a_text_is_found_through_quotes_escapes_and_line_breaks(
    text: str, line: int, column: int, length: int, expected: tuple[int, int, str]
) -> None:
    for ending in ("\n", "\r\n"):
        document = parse(f"a = {text}\nb = 1\n".replace("\n", ending).encode(), "x.toml")
        problem = document.problem_inside(("a",), line, column, length, "wrong", None)
        marked = document.lines[problem.line - 1][problem.column - 1 :][: problem.length]
        assert (problem.line, problem.column, marked) == expected


def test_a_long_line_is_shown_around_the_place() -> None:
    source = 'a = "' + "x" * 300 + ' nul"\n'
    screen = str(parse(source.encode(), "x.toml").problem_inside(("a",), 1, 302, 3, "unknown", "try null"))
    first, frame, marks, hint = screen.split("\n")
    assert first == "x.toml:1:307: unknown"
    assert frame[marks.index("^") : marks.rindex("^") + 1] == "nul"
    assert "…" in frame
    assert len(frame) < 170
    assert hint == "  hint: try null"


def test_an_unknown_key_is_marked_and_the_nearest_known_key_is_named() -> None:
    assert wrong("[period]\nfrom = 2025-01-01\nto = 2025-12-31\nform = 1\n", Period, ("period",)) == [
        "x.toml:4:1: unknown key 'form'\n  4 | form = 1\n    | ^^^^\n  hint: did you mean 'from'?"
    ]


def test_an_unknown_key_inside_a_union_is_named_with_the_keys_that_stand_there() -> None:
    source = """\
id = "a"
obligation = "o"
title = "t"
statement = "s"
each = "orders"
has = { tabel = "reviews", on = ["order_id"] }
"""
    assert wrong(source, Rule, ()) == [
        (
            "x.toml:6:7: the key 'table' is missing here\n"
            '  6 | has = { tabel = "reviews", on = ["order_id"] }\n'
            "    |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
        ),
        (
            "x.toml:6:9: unknown key 'tabel'\n"
            '  6 | has = { tabel = "reviews", on = ["order_id"] }\n'
            "    |         ^^^^^\n"
            "  hint: did you mean 'table'?"
        ),
    ]


def test_a_missing_key_has_the_place_of_the_table_that_should_hold_it() -> None:
    assert wrong("[n]\n[n.a]\nreason = 'x'\non = 2026-01-01\n", NotApplicable, ("n", "a")) == [
        "x.toml:2:1: the key 'by' is missing here\n  2 | [n.a]\n    | ^^^^^"
    ]
    assert wrong("[p]\n", Period, ("p",)) == [
        "x.toml:1:1: the key 'from' is missing here\n  1 | [p]\n    | ^^^",
        "x.toml:1:1: the key 'to' is missing here\n  1 | [p]\n    | ^^^",
    ]


def test_a_value_of_the_wrong_type_is_told_in_plain_words_and_once_for_a_union() -> None:
    source = 'p = { from = "2025-01-01", to = 3 }\n'
    assert wrong(source, Period, ("p",)) == [
        (
            "x.toml:1:14: 'from' should be a date\n  1 | p = { from = \"2025-01-01\", to = 3 }\n"
            "    |              ^^^^^^^^^^^^\n  hint: a date is written 2025-01-01, without quotes"
        ),
        "x.toml:1:33: 'to' should be a date\n  1 | p = { from = \"2025-01-01\", to = 3 }\n    |                                 ^",
    ]
    assert wrong("a = { value = [1], origin = 'law' }\n", ParameterValue, ("a",)) == [
        (
            "x.toml:1:15: 'value' should be true or false, a whole number, a number, text, a date or a date with a time\n"
            "  1 | a = { value = [1], origin = 'law' }\n"
            "    |               ^^^"
        )
    ]
    assert wrong("a = { from = 'x', format = 3 }\n", ColumnMapping, ("a",)) == [
        (
            "x.toml:1:28: 'format' should be text or a list\n  1 | a = { from = 'x', format = 3 }\n"
            "    |                            ^"
        )
    ]
    assert wrong("a = { from = '' }\n", ColumnMapping, ("a",)) == [
        "x.toml:1:14: 'from' should not be empty\n  1 | a = { from = '' }\n    |              ^^"
    ]
    assert wrong("a = 3\n", ColumnMapping, ("a",)) == ["x.toml:1:5: 'a' should be a table\n  1 | a = 3\n    |     ^"]


@pytest.mark.parametrize(("on", "column"), [("{ order_id = 3 }", 38), ("[3]", 26)])
def test_of_a_union_the_branch_that_went_furthest_is_told(on: str, column: int) -> None:
    (told,) = wrong(f"a = {{ table = 'x', on = {on} }}\n", Match, ("a",))
    assert told.startswith(f"x.toml:1:{column}: ")
    assert "should be text" in told


def test_a_value_outside_a_list_of_words_is_told_the_words() -> None:
    assert wrong("a = { value = 1, origin = 'norm' }\n", ParameterValue, ("a",)) == [
        (
            "x.toml:1:27: 'origin' should be 'own-procedure', 'contract', 'law', 'scheme' or 'convention'\n"
            "  1 | a = { value = 1, origin = 'norm' }\n"
            "    |                           ^^^^^^"
        )
    ]


def test_a_value_that_fits_gives_the_noun_and_no_problem() -> None:
    document = parse(b"a = { from = 'X', format = ['%d.%m.%Y', '%Y'] }\n", "x.toml")
    mapping = document.check(ColumnMapping, document.value["a"], ("a",))
    assert mapping is not None
    assert mapping.formats == ("%d.%m.%Y", "%Y")
    assert document.problems == []


def test_broken_toml_is_told_with_line_and_column() -> None:
    with pytest.raises(QmscheckError) as refused:
        parse(b"a = 1\nb = \n", "x.toml")
    assert str(refused.value) == (
        "x.toml:2:5: not valid TOML: invalid value\n  2 | b = \n    |     ^\n"
        "  hint: a text stands between quotation marks, a date is written 2026-11-20"
    )


def test_a_byte_that_is_not_utf8_is_told_with_its_place() -> None:
    with pytest.raises(QmscheckError) as refused:
        parse(b'a = 1\nb = "M\xe4rz"\n', "x.toml")
    assert str(refused.value) == (
        "x.toml:2:7: byte 0xe4 is not UTF-8, and TOML files are UTF-8\n  hint: save the file as UTF-8"
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a = " + b"[" * 300 + b"]" * 300, "x.toml: is nested more than 100 levels deep"),
        (b"a = " + b"[" * 9000, "x.toml: is nested too deeply"),
        (b".".join([b"a"] * 9000) + b" = 1", "x.toml: is nested too deeply"),
        (b"a = " + b"9" * 9000, "x.toml: holds a number with too many digits"),
        (b"#" * (16 * 1024 * 1024 + 1), "x.toml: is larger than 16 MiB"),
    ],
)
def test_a_file_made_to_break_the_parser_is_refused(raw: bytes, expected: str) -> None:
    with pytest.raises(QmscheckError) as refused:
        parse(raw, "x.toml")
    assert str(refused.value) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\n<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> other\n", 2),
        ("a = 1\n=======\n", 2),
        ("a = 1\n>>>>>>> other\n", 2),
    ],
)
def test_marks_of_a_merge_that_nobody_has_finished_are_called_so(text: str, line: int) -> None:
    with pytest.raises(QmscheckError) as refused:
        parse(text.encode(), "x.toml")
    (problem,) = refused.value.problems
    assert (problem.line, problem.message) == (
        line,
        "two versions of this file were merged, and nobody has decided between them",
    )
    assert (problem.hint or "").startswith("keep what both have added")


def test_a_hundred_levels_still_have_places() -> None:
    assert at("a = " + "[" * 98 + "1" + "]" * 98, ("a", *[0] * 98)) == (1, 103, "1")


def test_a_file_that_only_the_reading_parser_takes_keeps_every_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> None:
        raise ValueError(text)

    monkeypatch.setattr("toml_rs.load_with_metadata", refuse)
    assert wrong("a = { to = 3, form = 1 }\n", Period, ("a",)) == [
        "x.toml: the key 'from' is missing here",
        "x.toml: 'to' should be a date",
        "x.toml: unknown key 'form'\n  hint: did you mean 'from'?",
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match=r"^plan: cannot be read: No such file or directory$"):
        read(tmp_path / "none.toml", "plan")


def test_a_date_is_a_date() -> None:
    assert parse(b"on = 2026-11-20", "x").value == {"on": dt.date(2026, 11, 20)}


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=60), st.text("[]{}=.\"'\\\n\r #a1ä-:", max_size=40).map(str.encode)))
def test_any_bytes_give_a_value_or_a_located_error(raw: bytes) -> None:
    try:
        document = parse(raw, "x.toml")
    except QmscheckError as error:
        assert str(error).startswith("x.toml")  # noqa: PT017
        return
    for name, value in document.value.items():
        place = document.place((name,), key=True)
        assert 1 <= place.line <= len(document.lines)
        assert str(document.problem_inside((name,), 1, 2, 3, "wrong", None)).startswith("x.toml:")
        assert document.check(Rule, value, (name,)) is None
        assert document.problems


def test_a_match_without_its_columns_is_told_what_to_name() -> None:
    source = 'id = "a"\nobligation = "o"\ntitle = "t"\nstatement = "s"\neach = "orders"\nhas = { table = "reviews" }\n'
    (told,) = wrong(source, Rule, ())
    assert told.startswith("x.toml:6:7: the key 'on' is missing here")
    assert told.endswith('hint: name the columns that are equal in both tables: on = ["order_id"]')
