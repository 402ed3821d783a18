"""A ruleset is read whole and checked whole, or refused with every mistake at its place; any bytes give one of the two."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from qmscheck.criteria import Criteria, load
from qmscheck.errors import Problem, QmscheckError
from qmscheck.sql.kinds import Kind

GOOD = Path(__file__).parent / "rulesets" / "good" / "firm.toml"
TEXT = GOOD.read_text(encoding="utf-8")

MINIMAL = """\
[ruleset]
id = "x"
title = "X"
standard = "S"
edition = "1"
version = "1"
language = "en"

[[obligation]]
id = "O"
title = "O"
force = "requirement"
clauses = ["1"]
doc_info = "none"
statement = "S."
question = "Is it so?"
grade = "minor"
grade_why = "Because."
recommendation = "The manager acts."
"""


def loaded(folder: Path, text: str | bytes) -> Criteria:
    path = folder / "r.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load([("r.toml", path)])


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(QmscheckError) as error:
        loaded(folder, text)
    return str(error.value)


# ---------------------------------------------------------------- what loads


def test_the_smallest_ruleset_asks_one_question(tmp_path: Path) -> None:
    criteria = loaded(tmp_path, MINIMAL)
    assert list(criteria.ruleset.obligations) == ["O"]
    assert criteria.tests == {}
    assert criteria.ruleset.used[0].id == "x"


def test_a_good_ruleset_becomes_nouns_and_tests_in_the_order_of_its_file() -> None:
    criteria = load([("firm", GOOD)])
    assert list(criteria.tests) == list(criteria.ruleset.rules) == ["A-1.in-time", "A-1.letter"]
    assert list(criteria.ruleset.tables) == ["complaints", "letters"]
    first, second = criteria.tests.values()
    assert first.table == "complaints"
    assert first.keys == ("id",)
    assert first.must is not None
    assert first.must.columns == (("complaints", "received"), ("complaints", "answered"))
    assert first.must.params == ("days",)
    assert first.must.kind is Kind.BOOLEAN
    assert first.scope is not None
    assert second.related is not None
    assert second.related.pairs == (("id", "complaint"),)
    assert second.related.where is not None
    assert second.related.where.terms == ("sorry",)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('each = "complaints"\nmust = "cost > 1"', {"invert": False, "lacks": False, "unknown_met": False}),
        ('each = "complaints"\nmust = "cost > 1"\nat_most = 0', {"invert": True}),
        ('each = "complaints"\nhas = { table = "letters", on = { id = "complaint" } }', {"lacks": False}),
        ('each = "complaints"\nhas = { table = "letters", on = { id = "complaint" } }\nat_most = 0', {"lacks": True}),
        ('each = "complaints"\nlacks = { table = "letters", on = { id = "complaint" } }', {"lacks": True}),
        (
            'each = "complaints"\nlacks = { table = "letters", on = { id = "complaint" } }\nat_most = 0',
            {"lacks": False},
        ),
        ('each = "complaints"\nunique = ["id", "site"]', {"unique": ("id", "site")}),
        ('count = "complaints"\nat_least = 1', {"unknown_met": False, "scope": None}),
        ('count = "complaints"\nwhere = "cost > 1"\nat_most = 0', {"unknown_met": True, "scope": None}),
    ],
)
def test_each_form_becomes_its_test(tmp_path: Path, rule: str, expected: dict[str, object]) -> None:
    more = f'\n[[rule]]\nid = "N"\nobligation = "A-1"\ntitle = "T"\nstatement = "S"\n{rule}\n'
    test = loaded(tmp_path, TEXT + more).tests["N"]
    assert {name: getattr(test, name) for name in expected} == expected


def test_a_query_becomes_a_test_of_the_keys_it_returns(tmp_path: Path) -> None:
    query = "select c.id from complaints c join letters l on l.complaint = c.id where mentions(l.body, 'sorry')"
    more = f'\n[[rule]]\nid = "N"\nobligation = "A-1"\ntitle = "T"\nstatement = "S"\neach = "complaints"\nquery = "{query}"\n'
    test = loaded(tmp_path, TEXT + more).tests["N"]
    assert test.query is not None
    assert test.query.tables == {"complaints", "letters"}


def test_the_files_of_a_folder_are_one_ruleset_in_name_order(tmp_path: Path) -> None:
    cut = TEXT.index("[[obligation]]")
    (tmp_path / "20-rules.toml").write_text(TEXT[cut:], encoding="utf-8")
    (tmp_path / "10-tables.toml").write_text(TEXT[:cut], encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not read", encoding="utf-8")
    assert list(load([("firm", tmp_path)]).tests) == ["A-1.in-time", "A-1.letter"]


def test_the_header_may_stand_in_any_file(tmp_path: Path) -> None:
    cut = TEXT.index("[param.days]")
    (tmp_path / "10-rest.toml").write_text(TEXT[cut:], encoding="utf-8")
    (tmp_path / "99-header.toml").write_text(TEXT[:cut], encoding="utf-8")
    assert load([("firm", tmp_path)]).ruleset.used[0].id == "small-firm"


def test_two_rulesets_are_put_together_and_share_their_tables(tmp_path: Path) -> None:
    more = (
        '\n[[rule]]\nid = "N"\nobligation = "O"\ntitle = "T"\nstatement = "S"\neach = "complaints"\nmust = "cost > 1"\n'
    )
    second = tmp_path / "second.toml"
    second.write_text(MINIMAL + more, encoding="utf-8")
    criteria = load([("firm", GOOD), ("second", second)])
    assert [used.id for used in criteria.ruleset.used] == ["small-firm", "x"]
    assert list(criteria.tests) == ["A-1.in-time", "A-1.letter", "N"]


def test_the_same_ruleset_twice_is_told_at_the_second(tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text(TEXT, encoding="utf-8")
    with pytest.raises(QmscheckError) as error:
        load([("firm", GOOD), ("copy.toml", copy)])
    twice = [p for p in error.value.problems if "stands twice" in p.message]
    assert {p.path for p in twice} == {"copy.toml"}
    assert len(twice) == len(error.value.problems) == 7


def test_the_digest_changes_with_the_text_and_with_nothing_else(tmp_path: Path) -> None:
    before = loaded(tmp_path, MINIMAL).ruleset.used[0].digest
    assert loaded(tmp_path, MINIMAL).ruleset.used[0].digest == before
    assert loaded(tmp_path, f"{MINIMAL}# a remark\n").ruleset.used[0].digest != before


def test_a_term_beside_another_quoted_text_is_used(tmp_path: Path) -> None:
    assert loaded(tmp_path, TEXT.replace("mentions(body, 'sorry')", "MENTIONS(coalesce(body, 'x'), 'sorry')"))


# ---------------------------------------------------------------- where mistakes are


def place(folder: Path, text: str | bytes) -> tuple[int, int, str]:
    """Give line, column and the text that is marked, of the only mistake."""
    with pytest.raises(QmscheckError) as error:
        loaded(folder, text)
    (problem,) = error.value.problems
    assert problem.frame is not None
    return problem.line, problem.column, problem.frame[problem.column - 1 :][: problem.length]


MUST = "must = \"working_days(received, answered) <= param('days')\""


def test_places_in_a_file_with_windows_line_ends(tmp_path: Path) -> None:
    text = TEXT.replace(MUST, "must = '''\nreceived <= answered\nand ownr is not null\nand param('days') > 1'''")
    assert place(tmp_path, text) == (62, 5, "ownr")
    assert place(tmp_path, text.replace("\n", "\r\n").encode()) == (62, 5, "ownr")


def test_places_behind_letters_of_several_bytes(tmp_path: Path) -> None:
    text = TEXT.replace(MUST, "must = \"site <> 'Größe 😀☃' and ownr is null and param('days') > 1\"")
    line, column, marked = place(tmp_path, text)
    assert (line, marked) == (60, "ownr")
    assert text.split("\n")[line - 1][column - 1 :].startswith("ownr is null")


def test_places_inside_an_inline_table(tmp_path: Path) -> None:
    text = TEXT.replace("mentions(body, 'sorry')", "mentions(body, 'sorry') and boddy = 'x'")
    line, column, marked = place(tmp_path, text)
    assert (line, marked) == (78, "boddy")
    assert text.split("\n")[line - 1][column - 1 :].startswith("boddy = 'x'")


def test_places_behind_a_byte_order_mark(tmp_path: Path) -> None:
    assert place(tmp_path, b"\xef\xbb\xbf" + TEXT.replace("default = 5", "default = 50").encode()) == (13, 11, "50")


def test_a_byte_that_is_not_utf8_has_its_place(tmp_path: Path) -> None:
    bad = TEXT.replace("Whoever complains", "Größe").encode("latin-1")
    assert refused(tmp_path, bad) == (
        "r.toml:49:16: byte 0xf6 is not UTF-8, and TOML files are UTF-8\n  hint: save the file as UTF-8"
    )


def test_all_mistakes_are_told_at_once_in_the_order_of_their_places(tmp_path: Path) -> None:
    text = TEXT.replace("default = 5", "default = 50").replace('key = "letter"', 'key = "leter"')
    text = text.replace("is not null", "is nothing").replace("'sorry'", "'sory'").replace("boddy", "body")
    with pytest.raises(QmscheckError) as error:
        loaded(tmp_path, text)
    assert [p.line for p in error.value.problems] == [13, 37, 59, 78]


def test_an_empty_folder_and_a_missing_one_are_told(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match=r"firm: the ruleset folder holds no \.toml file"):
        load([("firm", tmp_path)])
    with pytest.raises(QmscheckError, match="firm: there is no such ruleset folder or file"):
        load([("firm", tmp_path / "nowhere")])


def test_a_folder_that_is_named_like_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").mkdir()
    with pytest.raises(QmscheckError, match=r"firm/a\.toml: cannot be read"):
        load([("firm", tmp_path)])


# ---------------------------------------------------------------- any bytes


def told(folder: Path, raw: bytes) -> tuple[Problem, ...]:
    try:
        loaded(folder, raw)
    except QmscheckError as error:
        return error.problems
    return ()


def survives(folder: Path, raw: bytes) -> bool:
    problems = told(folder, raw)
    assert all(problem.message and "Traceback" not in str(problem) for problem in problems)
    return not problems


def test_mutated_bytes_give_criteria_or_a_located_error(tmp_path: Path) -> None:
    rng = random.Random(5)
    raw = TEXT.encode()
    pieces = [
        b'"',
        b"'",
        b"[",
        b"]",
        b"{",
        b"}",
        b"=",
        b"\n",
        b"#",
        b"\x00",
        b"\xff",
        b"\xc3\xa4",
        b"(",
        b")",
        b"\\",
        b"5",
        b"x",
    ]
    good = 0
    for _ in range(200):
        changed = bytearray(raw)
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(changed))
            changed[at : at + rng.choice([0, 1, 1, 5])] = rng.choice(pieces)
        good += survives(tmp_path, bytes(changed))
    assert good > 0


def test_shuffled_lines_give_criteria_or_a_located_error(tmp_path: Path) -> None:
    rng = random.Random(6)
    lines = TEXT.splitlines(keepends=True)
    for _ in range(60):
        changed = list(lines)
        for _ in range(rng.randint(1, 3)):
            first, second = rng.randrange(len(changed)), rng.randrange(len(changed))
            changed[first], changed[second] = changed[second], changed[first]
        survives(tmp_path, "".join(changed).encode())


@pytest.mark.parametrize(
    "value",
    [
        "5",
        "1.5",
        "true",
        "nan",
        "inf",
        "2026-01-01",
        "07:30:00",
        '""',
        '"x"',
        "[]",
        "[1]",
        "{}",
        "{ x = 1 }",
        "[[]]",
        '["a", 1]',
    ],
)
def test_a_value_of_any_type_in_the_place_of_any_other_is_told(tmp_path: Path, value: str) -> None:
    share = '[param.share]\ntype = "number"\ndefault = 0.5\nmin = 0.1\nmax = 1\norigin = "law"\nref = "L 1"\ntitle = "Share"\n'
    text = TEXT.replace("[term.sorry]", f"{share}\n[term.sorry]").replace(
        "strata = [", 'at_least = "share"\nstrata = [', 1
    )
    assert survives(tmp_path, text.encode())
    lines = text.split("\n")
    for number, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        if equals:
            changed = [*lines[:number], f"{key} = {value}", *lines[number + 1 :]]
            survives(tmp_path, "\n".join(changed).encode())


@pytest.mark.parametrize(
    "raw",
    [b"", b"\n", b"\x00", b"\xff\xfe", b"[", b"a", b"[[[[", b"a=" + b"[" * 5000, b"a=" + b"9" * 5000, b"[ruleset]\nid=5", b"rule = [1]", b"rule=[[]]"],
)  # fmt: skip
def test_any_small_file_is_refused(tmp_path: Path, raw: bytes) -> None:
    assert not survives(tmp_path, raw)


# ---------------------------------------------------------------- what a ruleset says of grading

RULED = """
[param.{name}]
type = "{type}"
default = {default}
{bounds}
origin = "convention"
title = "P"

[table.t]
purpose = "T"
key = "id"
[table.t.columns]
id = {{ type = "text" }}

[[rule]]
id = "O.r"
obligation = "O"
title = "R"
each = "t"
must = "filled(id)"
statement = "{{unmet}}"
escalate_share = "{share}"
touches = ["law"]
escape = true
"""


def ruled(
    name: str = "large", kind: str = "number", default: float = 0.3, bounds: str = "min = 0.05\nmax = 0.9", share: str = ""
) -> str:  # fmt: skip
    whole = RULED.format(name=name, type=kind, default=default, bounds=bounds, share=share or name)
    return MINIMAL + (whole if share != "none" else whole.replace('escalate_share = "none"\n', ""))


def test_a_rule_names_the_share_from_which_its_breach_is_large(tmp_path: Path) -> None:
    rule = loaded(tmp_path, ruled()).ruleset.rules["O.r"]
    assert (rule.escalate_share, rule.touches, rule.escape) == ("large", ("law",), True)


def test_the_parameters_of_grading_need_no_rule_that_uses_them(tmp_path: Path) -> None:
    text = ruled("escalate_min", "integer", 20, "min = 1", share="none")
    assert loaded(tmp_path, text).ruleset.params["escalate_min"].default == 20


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ruled(share="larg"), "there is no parameter 'larg'\n.*\n.*\n  hint: did you mean 'large'?"),
        (ruled(kind="integer", default=1, bounds="min = 1\nmax = 1"), "'escalate_share' is a share, a number, and 'large' is"),
        (ruled(bounds="min = 0.05"), "'large' decides on grades, so it needs min = 0.01 or more and max = 1 or less"),
        (ruled(bounds="min = 0\nmax = 1"), "'large' decides on grades, so it needs min = 0.01 or more"),
        (ruled("escalate_min", share="none"), "'escalate_min' is a number of records, an integer, and 'escalate_min' is"),
        (ruled("escalate_min", "integer", 5, "max = 9", share="none"), "so it needs min = 1 or more"),
        (ruled("isolated_share", bounds="min = 0\nmax = 1", share="none"), "min = 0 or more and max = 0.5 or less"),
    ],
)  # fmt: skip
def test_what_would_make_grading_senseless_is_refused(tmp_path: Path, text: str, message: str) -> None:
    assert re.search(message.replace("?", r"\?"), refused(tmp_path, text))
