"""What is incomplete, contradictory or out of date in a filled form is refused, cell by cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filled_forms import RIGHT, digest, made, of_toml, of_workbook
from firm import RULESET

from qmscheck.errors import QmscheckError
from qmscheck.model import AttestationsSetting, EvidenceSeen
from qmscheck.persons.filled import Filled, Written
from qmscheck.persons.form_sheets import Fills
from qmscheck.persons.interview import Form
from qmscheck.persons.taking_over import Taken, Terms, latest, take_over


def taken(tmp_path: Path, alter: Any = str, terms: dict[str, Any] | None = None, **changes: Any) -> Taken:
    record, form = made(tmp_path)
    return take_over(of_toml(form, {"A-2": RIGHT | changes}, alter), Terms(record, digest, **(terms or {})))


def told(found: Taken) -> list[str]:
    return [problem.message for problem in found.problems]


def test_a_right_answer_is_taken_over_with_the_digests_of_what_was_seen(tmp_path: Path) -> None:
    found = taken(tmp_path)
    (answer,) = found.answers
    assert (found.problems, found.left_open, found.notes) == ((), 1, ())
    assert (answer.obligation, answer.answer, answer.by, answer.role) == ("A-2", "yes", "E. Example", "Auditor")
    assert answer.references == ("letters L1 to L5",)
    assert answer.question == "Was the answer fair?"
    assert [was.path for was in answer.seen] == ["answers.x", "complaints.x"]


def test_a_workbook_and_toml_give_the_same_answers(tmp_path: Path) -> None:
    record, form = made(tmp_path)
    fills = {"A-2": RIGHT | {"answer": "Teilweise", "references": "a\nb"}, "A-3": RIGHT | {"answer": "NEIN "}}
    one, other = (take_over(read(form, fills), Terms(record, digest)) for read in (of_toml, of_workbook))
    assert one.answers == other.answers
    assert [(a.obligation, a.answer, a.references) for a in one.answers] == [
        ("A-2", "partly", ("a", "b")),
        ("A-3", "no", ("letters L1 to L5",)),
    ]


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({"answer": None}, ["the answer is missing"]),
        ({"answer": "perhaps"}, ["'perhaps' is none of yes, partly, no"]),
        ({"statement": None}, ["the statement is missing: what was seen"]),
        ({"statement": None, "answer": "no"}, ["the statement is missing: what is missing"]),
        ({"references": None}, ["a yes needs a reference: what did you look at?"]),
        ({"references": None, "answer": "partly"}, []),
        ({"by": None}, ["it is not said who answers"]),
        ({"role": " "}, ["it is not said in which role"]),
        ({"on": None}, ["the date is missing"]),
        ({"on": "46346"}, ["'46346' cannot be read as a date"]),
        ({"on": dt.date(2026, 11, 21)}, ["2026-11-21 lies after the day of the audit (2026-11-20)"]),
        ({"on": dt.date(2026, 11, 19), "valid_until": dt.date(2026, 11, 20)}, ["2026-11-19 lies before the day of the evidence (2026-11-20): nobody had seen it yet"]),
        ({"statement": "\u200b"}, ["the statement is missing: what was seen"]),
        ({"by": "\u2060\u00ad", "role": "\u3164"}, ["it is not said who answers", "it is not said in which role"]),
        ({"references": "\u200b\n\ufeff"}, ["a yes needs a reference: what did you look at?"]),
        ({"on": "2026-11-20 09:30"}, ["'2026-11-20 09:30' holds a time of day"]),
        ({"on": dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)}, ["'2026-11-20 09:30:00+00:00' holds a time of day"]),
        ({"valid_until": "2027-11-20T00:00:01Z"}, ["'2027-11-20T00:00:01Z' holds a time of day"]),
        ({"on": "2026-11-20 00:00"}, []),
        ({"valid_until": "2027-11-20T00:00:00+01:00"}, []),
        ({"valid_until": None}, ["the date is missing"]),
        ({"valid_until": dt.date(2026, 11, 19)}, ["it ends (2026-11-19) before it was given (2026-11-20)"]),
        ({"valid_until": dt.date(2026, 11, 20)}, []),
        ({"valid_until": dt.date(2027, 11, 21)}, ["2027-11-21 is more than 12 months after 2026-11-20; at most 2027-11-20"]),
        ({"valid_until": "20.11.2027"}, ["'20.11.2027' cannot be read as a date"]),
        (
            {"answer": None, "statement": None, "references": None, "by": None, "role": None, "on": None},
            ["the answer is missing", "the statement is missing: what was seen", "it is not said who answers", "it is not said in which role", "the date is missing"],
        ),
    ],
)  # fmt: skip
def test_what_is_incomplete_is_refused(tmp_path: Path, changes: dict[str, Any], messages: list[str]) -> None:
    found = taken(tmp_path, **changes)
    assert told(found) == messages
    assert len(found.answers) == (0 if messages else 1)


@pytest.mark.parametrize("of", [of_toml, of_workbook])
def test_midnight_beside_a_day_is_cut_and_that_is_said(tmp_path: Path, of: Callable[[Form, Fills], Filled]) -> None:
    record, found = made(tmp_path)
    fill = RIGHT | {"on": "2026-11-20 00:00"}
    taken_over = take_over(of(found, {"A-2": fill}), Terms(record, digest))
    assert taken_over.answers[0].on == dt.date(2026, 11, 20)
    assert "A-2: of '2026-11-20 00:00' the time 00:00 is cut" in taken_over.notes


def test_a_toml_datetime_at_midnight_is_a_day(tmp_path: Path) -> None:
    record, found = made(tmp_path)
    written = of_toml(found, {"A-2": RIGHT}, lambda text: text.replace("on = 2026-11-20", "on = 2026-11-20T00:00:00"))
    taken_over = take_over(written, Terms(record, digest))
    assert [answer.on for answer in taken_over.answers] == [dt.date(2026, 11, 20)]
    assert "A-2: of '2026-11-20 00:00:00' the time 00:00:00 is cut" in taken_over.notes


def test_a_mistake_names_its_cell_or_its_line(tmp_path: Path) -> None:
    record, form = made(tmp_path)
    fills = {"A-2": RIGHT | {"answer": "perhaps"}}
    (one,) = take_over(of_workbook(form, fills), Terms(record, digest)).problems
    assert str(one) == "form.xlsx, sheet \"Questions\", cell G6: 'perhaps' is none of yes, partly, no"
    (other,) = take_over(of_toml(form, fills), Terms(record, digest)).problems
    assert str(other).splitlines()[1].endswith('answer = "perhaps"')


def test_dates_may_be_written_as_declared_and_hold_longer_where_that_is_said(tmp_path: Path) -> None:
    found = taken(tmp_path, terms={"formats": ("%m/%d/%Y", "%d.%m.%Y")}, on="20.11.2026", valid_until="20.11.2027")
    assert [(a.on, a.valid_until) for a in found.answers] == [(dt.date(2026, 11, 20), dt.date(2027, 11, 20))]
    assert taken(tmp_path, terms={"longest": AttestationsSetting(months=24)}, valid_until=dt.date(2028, 11, 20)).answers


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-11-20", 12, "2027-11-20"),
        ("9999-12-15", 12, "9999-12-31"),
        ("9998-12-15", 12, "9999-12-15"),
    ],
)
def test_the_last_day_some_months_later(day: str, months: int, last: str) -> None:
    assert latest(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(last)


def test_two_answers_to_one_question_are_refused_unless_they_are_the_same(tmp_path: Path) -> None:
    record, form = made(tmp_path)

    def answered(second: dict[str, Any]) -> Taken:
        one, other = (of_toml(form, {"A-2": fill}) for fill in (RIGHT, RIGHT | second))
        return take_over(replace(one, rows=(*one.rows, *other.rows)), Terms(record, digest))

    found = answered({"answer": "no"})
    assert told(found) == ["'A-2' is answered 2 times, and not the same: yes, no"] * 2
    assert not found.answers
    assert told(answered({"statement": "Other."})) == ["'A-2' is answered 2 times, and not the same: yes"] * 2
    assert len(answered({}).answers) == 1


@pytest.mark.parametrize(
    ("was", "now", "message"),
    [
        ('obligation = "A-2"', 'obligation = "A-9"', "there is no obligation 'A-9'"),
        ('obligation = "A-2"', 'obligation = ""', "names no obligation"),
        ('prompt = "Was the answer fair?"', 'prompt = ""', "the question of 'A-2' is not this one"),
        ('obligation = "A-2"', 'obligation = "A-1"', "'A-1' asks nothing of a person"),
        ("Was the answer fair?", "Was the answer kind?", "the question of 'A-2' is not this one"),
        ('sha256 = "answers"', 'sha256 = "other"', "the row of 'A-2' is not as it was written: its evidence or its key was changed"),
        ('key = "', 'key = "0', "the row of 'A-2' is not as it was written: its evidence or its key was changed"),
    ],
)  # fmt: skip
def test_a_row_that_is_not_as_it_was_written_is_refused(tmp_path: Path, was: str, now: str, message: str) -> None:
    assert message in told(taken(tmp_path, lambda text: text.replace(was, now, 1)))


def test_a_form_of_another_organisation_ruleset_or_day_is_refused(tmp_path: Path) -> None:
    for was, now, message in (
        ('organization = "Firm"', 'organization = "Other"', "is a form of 'Other', and the audit is one of 'Firm'"),
        ('rulesets = ["firm ', 'rulesets = ["other ', "is a form for 'other', and the audit uses 'firm'"),
        ("as_of = 2026", "other = 2026", "does not say as of which day the form was written"),
    ):
        with pytest.raises(QmscheckError) as caught:
            taken(tmp_path, lambda text, was=was, now=now: text.replace(was, now, 1))
        assert [problem.message for problem in caught.value.problems] == [message]


@pytest.mark.parametrize(
    ("was", "said"),
    [
        ("firm 0.9 {digest}", "firm 0.9, and the audit uses 1.0"),
        ("firm 1.0 aaaa", "firm another text of that version, and the audit uses 1.0"),
        ("firm", "firm another text of that version, and the audit uses 1.0"),
    ],
)
def test_a_form_of_another_version_of_the_ruleset_is_taken_question_by_question_and_said(
    tmp_path: Path, was: str, said: str
) -> None:
    record, _ = made(tmp_path)
    used = record.rulesets[0]
    now = f"firm 1.0 {used.digest}"
    found = taken(tmp_path, lambda text: text.replace(now, was.replace("{digest}", used.digest), 1))
    assert len(found.answers) == 1
    assert found.notes[0] == f"the form was written for {said}: each question was compared with that of today"


def test_many_rows_of_one_question_are_compared_in_one_walk(tmp_path: Path) -> None:
    """Quadratic, 10,000 rows took minutes: each text is looked at a few times, however many rows there are."""
    record, form = made(tmp_path)
    filled = of_toml(form, {"A-2": RIGHT})
    looked = 0

    class Counted(dict[str, Written]):
        def values(self) -> Any:
            nonlocal looked
            looked += 1
            return super().values()

    row = next(row for row in filled.rows if row.filled)
    rows = tuple(replace(row, cells=Counted(row.cells)) for _ in range(200))
    found = take_over(replace(filled, rows=rows), Terms(record, digest))
    assert len(found.answers) == 1
    assert looked <= 3 * len(rows)


def test_evidence_that_changed_since_the_form_was_written_is_named_until_it_is_confirmed(tmp_path: Path) -> None:
    record, form = made(tmp_path)
    filled = of_toml(form, {"A-2": RIGHT})
    for now, word in (("new", "has changed"), (None, "is gone")):
        terms = Terms(record, lambda path, now=now: now if path == "answers.x" else digest(path))
        found = take_over(filled, terms)
        assert told(found) == [f"answers.x {word} since the form was written"]
        assert found.problems[0].hint == "look again, and confirm it: --reconfirm A-2; or write a new form"
        again = take_over(filled, replace(terms, confirmed={"A-2"}))
        assert again.notes == ("A-2: confirmed for the evidence as it is now",)
        kept = {was.path: was.sha256 for was in again.answers[0].seen}
        assert kept == {"complaints.x": "complaints"} | ({"answers.x": "new"} if now else {})


def test_a_reference_that_names_a_file_is_kept_with_its_digest(tmp_path: Path) -> None:
    found = taken(tmp_path, references="minutes.x\nthe minutes")
    assert EvidenceSeen(path="minutes.x", sha256="minutes") in found.answers[0].seen


def test_an_answer_against_one_of_the_same_day_is_refused(tmp_path: Path) -> None:
    (kept,) = taken(tmp_path, answer="no").answers
    found = taken(tmp_path, terms={"known": (kept,)})
    assert told(found) == ["an answer of the same day is kept already: 'no'; of one day the less favourable counts"]
    assert taken(tmp_path, terms={"known": (kept,)}, answer="no").answers == (kept,)


def test_what_should_be_known_of_an_answer_is_noted(tmp_path: Path) -> None:
    ruleset = RULESET.replace(
        'question = "Was the answer fair?"', 'question = "Was the answer fair?"\nindependent = true'
    )
    record, form = made(tmp_path, ruleset=ruleset)
    found = take_over(of_toml(form, {"A-2": RIGHT | {"independent_of": None}}), Terms(record, digest))
    assert found.notes == ("A-2 asks for an independent person, and it is not said of what this one is independent",)
    nothing = tuple(replace(row, seen=()) for row in of_toml(form, {"A-2": RIGHT}).rows)
    assert told(take_over(replace(of_toml(form, {"A-2": RIGHT}), rows=nothing), Terms(record, digest)))
