"""Fetch and Decide: a column with a closed list of words, and words of a file that are none of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from folders import audited
from test_evidence import RULESET, SOURCE

from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord

WORDED = (
    RULESET.replace(
        "days = {", 'status = { type = "text", values = { open = ["offen"], closed = ["zu"] } }\ndays = {'
    ).replace('must = "days >= 0"', 'where = "status = \'open\'"\nmust = "days >= 0"')
    + """
[[rule]]
id = "O.none"
obligation = "O"
title = "None is open"
count = "complaints"
where = "status = 'open'"
at_most = 0
statement = "{met} are open."

[[rule]]
id = "O.asked"
obligation = "O"
title = "Open ones are quick, if there are any"
each = "complaints"
where = "status = 'open'"
must = "days >= 0"
on_zero = "not-applicable"
statement = "{unmet} are slow."
"""
)
MAPPED = '[source.columns]\nstatus = {{ from = "status", values = {{ {} }} }}\n'


def judged(folder: Path, states: str, more: str = "") -> AuditRecord:
    rows = "".join(f"{n},2026-01-02,{n},{word}\n" for n, word in enumerate(states.split("|")))
    (folder / "c.csv").write_text(f"id,received,days,status\n{rows}", "utf-8")
    return audited(folder, WORDED, SOURCE.format(path="c.csv", more=more))


def verdicts(record: AuditRecord) -> dict[str, str]:
    return {f.rule: f.verdict for f in record.findings}


def test_words_of_a_closed_list_pass_and_a_blank_is_no_word(tmp_path: Path) -> None:
    record = judged(tmp_path, "open|closed|")
    assert verdicts(record)["O.asked"] == "insufficient"  # the blank one may be open
    record = judged(tmp_path, "open|closed")
    assert verdicts(record) == {"O.received": "pass", "O.quick": "pass", "O.asked": "pass", "O.none": "fail"}
    assert record.evidence[0].notes == ()


@pytest.mark.parametrize(
    ("mapped", "said"),
    [
        ('"open" = "closed"', "'open', a word of the list of 'status', for 'closed'"),
        ('" OPEN" = "closed"', "' OPEN', a word of the list of 'status', for 'closed'"),
        ('"open" = ""', "'open', a word of the list of 'status', for blank"),
    ],
)
def test_a_word_of_the_list_that_the_plan_takes_for_another_is_a_limit(tmp_path: Path, mapped: str, said: str) -> None:
    record = judged(tmp_path, "open|closed", MAPPED.format(mapped))
    told = [(limit.kind, limit.id, limit.detail) for limit in record.limits if limit.reason == "a word read as another"]
    assert told == [("source", "c.csv", f"the plan takes {said}")]


def test_a_word_that_the_plan_takes_for_itself_or_that_is_none_of_the_list_is_no_limit(tmp_path: Path) -> None:
    record = judged(tmp_path, "open|closed|x", MAPPED.format('"Open" = "open", "offen" = "closed", "x" = "closed"'))
    assert not [limit for limit in record.limits if limit.kind == "source"]


def test_nothing_passes_by_a_word_that_nobody_has_explained(tmp_path: Path) -> None:
    record = judged(tmp_path, "open|offen|closed")
    assert verdicts(record) == {
        "O.received": "pass",
        "O.quick": "insufficient",
        "O.asked": "insufficient",
        "O.none": "fail",
    }
    told = (
        "1 cell of 'status' holds 'offen', none of open, closed: say in the plan what is meant, "
        'values = { "offen" = "..." }'
    )
    (quick,) = (f for f in record.findings if f.rule == "O.quick")
    assert (
        quick.reason == f"1 of 1 record is met; all must be. But that rests on words that nobody has explained: {told}."
    )
    assert record.evidence[0].notes == (told,)


def test_a_rule_without_a_record_is_not_excused_by_such_a_word(tmp_path: Path) -> None:
    found = verdicts(judged(tmp_path, "Open|closed"))
    assert (found["O.asked"], found["O.none"]) == ("insufficient", "insufficient")
    assert verdicts(judged(tmp_path, "closed|closed"))["O.asked"] == "not-applicable"


def test_a_plan_that_says_what_the_words_mean_lifts_it(tmp_path: Path) -> None:
    record = judged(tmp_path, "offen|zu|weg", MAPPED.format('offen = "open", zu = "closed", weg = ""'))
    assert record.evidence[0].notes == ()
    assert verdicts(judged(tmp_path, "offen|zu", MAPPED.format('offen = "open", zu = "closed"')))["O.quick"] == "pass"


def test_three_words_are_shown_the_most_frequent_first_and_long_ones_are_cut(tmp_path: Path) -> None:
    record = judged(tmp_path, f"open|c|a|b|b|d|{'e' * 60}|{'e' * 60}|{'e' * 60}")
    (told,) = record.evidence[0].notes
    assert told.startswith(f"8 cells of 'status' hold '{'e' * 40}…', 'b', 'a' ..., none of open, closed:")


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ('offen = "opne"', "did you mean 'open'?"),
        ('offen = "laufend"', "its words: open, closed"),
        ('open = "offen"', 'the word of the file stands first: "offen" = "open"'),
    ],
)
def test_a_plan_maps_to_words_of_the_list_only(tmp_path: Path, given: str, hint: str) -> None:
    with pytest.raises(QmscheckError) as refused:
        judged(tmp_path, "offen", MAPPED.format(given))
    (problem,) = refused.value.problems
    assert (problem.line, problem.hint) == (10, hint)
    assert problem.message.endswith("is no word of 'status'")


def test_a_word_of_a_personal_column_that_nobody_has_explained_is_counted_and_not_shown(tmp_path: Path) -> None:
    personal = WORDED.replace('status = { type = "text", ', 'status = { type = "text", sensitivity = "personal", ')
    (tmp_path / "c.csv").write_text(
        "id,received,days,state\n1,2026-01-02,1,open\n2,2026-01-02,1,Erika\n3,2026-01-02,1,Erika\n4,2026-01-02,1,Erika\n"
        "5,2026-01-02,1,Max\n6,2026-01-02,1,Uwe\n",
        "utf-8",
    )
    mapped = '[source.columns]\nstatus = { from = "state" }\n'
    record = audited(tmp_path, personal, SOURCE.format(path="c.csv", more=mapped))
    told = (
        "5 cells of 'state' hold what is none of open, closed, in rows 3, 4, 5 ...: it is personal and not shown; "
        "say in the plan what is meant, with values = { ... }"
    )
    assert record.evidence[0].notes == (told,)
    assert verdicts(record)["O.quick"] == "insufficient"
    (quick,) = (f for f in record.findings if f.rule == "O.quick")
    assert told in quick.reason
    assert not any(name in record.model_dump_json() for name in ("Erika", "Max", "Uwe"))
    (tmp_path / "c.csv").write_text("id,received,days,state\n1,2026-01-02,1,open\n2,2026-01-02,1,closed\n", "utf-8")
    assert audited(tmp_path, personal, SOURCE.format(path="c.csv", more=mapped)).evidence[0].notes == ()
