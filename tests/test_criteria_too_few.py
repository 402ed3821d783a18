"""What a rule may say of too few records; every mistake is told at its place before anything is read."""

from __future__ import annotations

import pytest
from few import CHART, COUNTS, FEW, LIST, RATE, SHARE, TREND, WITHIN, loaded

from qmscheck.errors import QmscheckError

WORDS = LIST.replace('must = "filled(site)"', "must = \"site = 'x'\"\nconclusive = false")


@pytest.mark.parametrize("rule", [SHARE, RATE, TREND, COUNTS, CHART, WITHIN])
def test_each_form_that_measures_may_name_the_rule_that_judges_each_record(rule: str) -> None:
    few = loaded(rule + FEW).ruleset.rules["T.rule"].too_few
    assert few is not None
    assert (few.up_to, few.instead) == ("few", "T.list")


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('must = "score > 1"\n' + FEW, "'too_few' has no meaning with 'must': it counts"),
        (SHARE.replace("process", "census") + FEW, "a census is exact: it never has too few records"),
        (SHARE.replace("process", "judgement-sample") + FEW, "records that somebody picked show nothing of others"),
        (SHARE + FEW.replace("T.list", "T.lst"), "there is no rule 'T.lst'"),
        (SHARE + FEW.replace('"few"', '"fw"'), "there is no parameter 'fw'"),
        (SHARE + FEW.replace('"few"', '"goal"'), "parameter 'goal' should be an integer with min = 1 or more"),
        (SHARE + FEW.replace('"few"', '"days"'), "parameter 'days' should be an integer with min = 1 or more"),
        (SHARE + FEW.replace("T.list", "T.rule"), "T.rule cannot decide in its place: it does not judge each record"),
        (SHARE + FEW.replace("T.list", "T.rest"), "T.rest cannot decide in its place: it walks customers"),
        ('where = "opened < audit_date()"\n' + SHARE + FEW, "'where' asks for the day of the planned audit"),
        ('where = "opened < AUDIT_DATE( )"\n' + SHARE + FEW, "'where' asks for the day of the planned audit"),
        (SHARE + 'route = "a"\n' + FEW, "a rule of a route has to pass: nothing can stand in for it"),
        (SHARE + FEW.replace("up_to", "upto"), "upto"),
    ],
)
def test_slips_are_refused_at_their_place(rule: str, message: str) -> None:
    with pytest.raises(QmscheckError) as error:
        loaded(rule)
    assert message in str(error.value)
    assert "r.toml:" in str(error.value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            LIST.replace('each = "answers"\nmust = "filled(site)"', 'count = "answers"\nat_least = 1'),
            "it walks answers",
        ),
        (LIST.replace("\nstatement", '\ninference = "process"\nstatement'), "it takes its records as a sample"),
        (LIST.replace("\nstatement", '\nroute = "b"\nstatement'), "it is part of a route"),
        (WORDS, "it finds words, and words decide nothing"),
    ],
)
def test_a_rule_that_does_not_judge_each_record_is_refused(more: str, message: str) -> None:
    with pytest.raises(QmscheckError) as error:
        loaded(SHARE + FEW, more)
    assert f"T.list cannot decide in its place: {message}" in str(error.value)


def test_a_rule_of_another_obligation_is_refused() -> None:
    other = """
[[obligation]]
id = "U"
title = "Something else"
force = "requirement"
clauses = ["2"]
doc_info = "none"
statement = "Something else."
grade = "major"
grade_why = "It is asked."
recommendation = "The quality manager looks."
""" + LIST.replace('obligation = "T"', 'obligation = "U"')
    with pytest.raises(QmscheckError, match=r"T\.list cannot decide in its place: it belongs to U"):
        loaded(SHARE + FEW, other)


def test_a_parameter_or_a_rule_that_is_broken_itself_is_told_once() -> None:
    with pytest.raises(QmscheckError) as error:
        loaded(SHARE + FEW, LIST.replace('title = "Each answer names its site"\n', ""))
    assert "cannot decide in its place" not in str(error.value)
    with pytest.raises(QmscheckError) as error:
        loaded(SHARE + FEW.replace('"few"', '"torn"'), LIST + '[param.torn]\ntype = "integer"\n')
    assert "'torn' should be" not in str(error.value)
    assert "title" in str(error.value)
