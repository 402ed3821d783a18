"""Conditions in words: what is said is what is asked, and what has no plain way to be said is left to those who read SQL."""

from __future__ import annotations

import datetime as dt

import pytest

from qmscheck.sql.words import in_words

PARAMS = {"months": 12, "mark": 0.5, "domain": "", "since": dt.date(2026, 1, 2), "wanted": True}


def said_of(condition: str) -> str | None:
    said = in_words(condition, ["since"])
    return None if said is None else said.format_map(PARAMS)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("source_type = 'risk' and due_on is not null", "source_type is risk and due_on is filled in"),
        ("status is distinct from 'withdrawn'", "status is not withdrawn"),
        ("status is not distinct from 'open' and id <> 'none'", "status is open and id is not none"),
        ("lower(trim(id)) <> 'none'", "id is not none"),
        ("done_on is null or filled(owner)", "done_on is blank or owner is filled in"),
        ("active and critical is true and applies is false", "active is yes and critical is yes and applies is no"),
        ("active is distinct from false", "active is not no"),
        ("in_period(held_on)", "held_on is in the period"),
        ("mentions(topic, 'applicable_requirements')", "topic has words for applicable requirements"),
        ("kind in ('a', 'b', 'c')", "kind is a, b or c"),
        ("kind in ('a')", "kind is a"),
        ("kind not in ('a')", "kind is not a"),
        ("kind not in ('a', 'b')", "kind is neither a nor b"),
        ("n >= 3 and m < 2.5", "n is at least 3 and m is below 2.5"),
        ("n > param('mark')", "n is above 0.5"),
        ("days_between(a, b) <= 5", "b is at most 5 days after a"),
        ("working_days(a, b) < param('months')", "b is less than 12 working days after a"),
        ("held_on < as_of()", "held_on is before the day of the audit"),
        ("held_on >= period_from()", "held_on is not before the first day of the period"),
        ("held_on >= param('since')", "held_on is not before 2026-01-02"),
        ("add_days(a, 3) < as_of()", "a is more than 3 days before the day of the audit"),
        ("add_days(a, 3) <= as_of()", "a is at least 3 days before the day of the audit"),
        ("add_months(a, param('months')) >= audit_date()", "a is at most 12 months before the audit"),
        ("add_months(a, param('months')) > audit_date()", "a is less than 12 months before the audit"),
        ("coalesce(ended_on, as_of()) >= as_of()", "(ended_on is blank or not before the day of the audit)"),
        ("param('domain') <> ''", "the parameter domain is set"),
        ("param('wanted') and n is null", "the parameter wanted is yes and n is blank"),
        ("(a is null or b = 'x') and (c = 'y' and d = 'z')", "(a is blank or b is x) and c is y and d is z"),
    ],
)
def test_a_condition_is_said_in_words(condition: str, said: str) -> None:
    assert said_of(condition) == said


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("coalesce(status, 'active') = 'active'", "status is active or blank"),
        ("coalesce(status, 'open') = 'active'", "status is active"),
        ("coalesce(status, 'active') in ('active', 'new')", "status is active, new or blank"),
        ("coalesce(status, 'active') not in ('lost', 'gone')", "status is neither lost nor gone"),
    ],
)
def test_what_a_blank_counts_as_is_said_where_it_is_asked_for(condition: str, said: str) -> None:
    assert said_of(condition) == said


def test_that_a_column_is_filled_is_not_said_where_more_is_asked_of_it() -> None:
    assert said_of("a is not null and a = 'x'") == "a is x"
    assert said_of("filled(a) and b = 'x'") == "a is filled in and b is x"
    assert said_of("a is not null and (a = 'x' or b = 'y')") == "a is filled in and (a is x or b is y)"


@pytest.mark.parametrize(
    "condition",
    [
        "matches(a, 'x')",
        "not mentions(a, 'x')",
        "a > b",
        "a = b",
        "a = 'x' or (b = 'y' and c = 'z')",
        "a = 'x' and (b = 'y' or (c = 'z' and d = 'w'))",
        "case when a = 'x' then true else false end",
        "working_days(a, as_of()) > 3",
        "mentions(coalesce(a, b), 'x')",
    ],
)
def test_what_has_no_plain_way_to_be_said_is_not_said(condition: str) -> None:
    assert said_of(condition) is None


def test_braces_of_a_text_are_none_of_a_parameter() -> None:
    assert in_words("kind = '{months}' and n > param('mark')", []) == "kind is {{months}} and n is above {mark}"
    assert said_of("kind = '{months}'") == "kind is {months}"
