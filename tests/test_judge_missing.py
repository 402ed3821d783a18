"""Where nothing can be shown, the reason says which table, column or cell is missing, who can give it, and what to do."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from firm import GOOD, RULESET, audit
from folders import audited

from qmscheck.extracts import Unread

GIVEN = RULESET.replace(
    'purpose = "Every letter of answer"', 'purpose = "Every letter of answer. Given by: the front desk"'
)
TITLED = GIVEN.replace('owner = { type = "text" }', 'owner = { type = "text", title = "Who sees it through" }')


def firm(**cells: Any) -> dict[str, list[dict[str, Any]]]:
    records = copy.deepcopy(GOOD)
    records["complaints"][1] |= cells
    return records


def test_a_table_without_a_source_is_named_with_who_can_give_it(tmp_path: Path) -> None:
    record = audit(tmp_path, {n: r for n, r in GOOD.items() if n != "answers"}, ruleset=GIVEN)
    assert record.finding("A-2.letter").reason == (
        "Nothing was handed over: the plan names no source for the table 'answers'. Given by: the front desk."
    )


def test_whoever_gives_a_table_can_bring_a_copy_that_can_be_read(tmp_path: Path) -> None:
    unread = {"answers": Unread(tmp_path / "answers.x", "encrypted", "a password is asked for")}
    record = audit(tmp_path, GOOD, ruleset=GIVEN, unread=unread)
    assert record.finding("A-2.letter").reason == (
        "The table answers cannot be relied on: answers.x: a password is asked for. Given by: the front desk."
    )


def test_a_purpose_that_names_nobody_names_nobody(tmp_path: Path) -> None:
    record = audit(tmp_path, {n: r for n, r in GOOD.items() if n != "answers"})
    assert record.finding("A-2.letter").reason.endswith("for the table 'answers'.")


def test_a_column_that_is_missing_is_told_with_its_title(tmp_path: Path) -> None:
    records = firm()
    for complaint in records["complaints"]:
        del complaint["owner"]
    assert audit(tmp_path, records, ruleset=TITLED).finding("A-1.owner").reason == (
        "No source of complaints has the column owner (Who sees it through): name it in the plan, or keep it. "
        "Not shown: 0 of 3 records are met, 3 cannot be told, and all must be."
    )


def test_more_than_two_columns_are_told_by_name_only(tmp_path: Path) -> None:
    ruleset = TITLED.replace(
        'must = "owner is not null"', 'must = "owner is not null and state = note and site = state"'
    )
    records = firm()
    for complaint in records["complaints"]:
        for name in ("owner", "state", "site"):
            del complaint[name]
    assert (
        audit(tmp_path, records, ruleset=ruleset)
        .finding("A-1.owner")
        .reason.startswith(
            "No source of complaints has the columns note, owner, site, state: name them in the plan, or keep them."
        )
    )


def test_cells_that_cannot_be_read_are_named_by_column_and_table(tmp_path: Path) -> None:
    reason = audit(tmp_path, firm(answered="soon")).finding("A-2.in-time").reason
    assert reason == (
        "Not shown: 1 of 2 records is met, 1 cannot be told, and at least 90 % must be. "
        "Cells of answered (complaints) cannot be read. Make them readable."
    )


def test_a_column_that_some_sources_lack_is_not_told_as_cells_that_cannot_be_read(tmp_path: Path) -> None:
    sources = ""
    for name in ("old", "older", "oldest", "new"):
        owner = ",owner" if name == "new" else ""
        (tmp_path / f"{name}.csv").write_text(f"id,state{owner}\n{name},open{owner}\n", "utf-8")
        named = 'owner = "owner"' if owner else ""
        sources += f"""[[source]]
table = "complaints"
path = "{name}.csv"
[source.columns]
id = "id"
state = "state"
{named}
"""
    assert audited(tmp_path, RULESET, sources).finding("A-1.owner").reason == (
        "Not shown: 1 of 4 records is met, 3 cannot be told, and all must be. "
        "old.csv, older.csv and 1 more have no column owner (complaints): name it in the plan, or keep it there."
    )
    (tmp_path / "older.csv").unlink()
    (tmp_path / "oldest.csv").unlink()
    fewer = "[[source]]" + "[[source]]".join(
        [s for s in sources.split("[[source]]")[1:] if "older" not in s and "oldest" not in s]
    )
    assert (
        audited(tmp_path, RULESET, fewer)
        .finding("A-1.owner")
        .reason.endswith(" old.csv has no column owner (complaints): name it in the plan, or keep it there.")
    )


def test_a_query_says_why_one_cell_leaves_all_records_open(tmp_path: Path) -> None:
    ruleset = RULESET.replace(
        'must = "owner is not null"', 'query = "select c.id from complaints c where c.answered < c.received"'
    )
    finding = audit(tmp_path, firm(answered="soon"), ruleset=ruleset).finding("A-1.owner")
    assert "0 of 3 records are met, 3 cannot be told" in finding.reason
    assert finding.reason.endswith(
        "A query compares all records with each other, so one such cell leaves all open. Make them readable."
    )
    assert {e.location.column for e in finding.exceptions} == {None}  # none of their own cells need be the one


def test_blank_cells_of_a_scope_are_named(tmp_path: Path) -> None:
    reason = audit(tmp_path, firm(state=None)).finding("A-2.in-time").reason
    assert reason.endswith("Fill the blank cells of state that say whether the rule is about it.")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            3,
            "None of the 3 records of complaints is in scope of this rule (it asks for those where state is not open).",
        ),
        (1, "The one record of complaints is not in scope of this rule (it asks for those where state is not open)."),
    ],
)
def test_a_list_without_a_record_in_scope_says_which_are_asked_for(tmp_path: Path, rows: int, said: str) -> None:
    records = firm()
    records["complaints"] = [c | {"state": "open"} for c in records["complaints"][:rows]]
    assert audit(tmp_path, records).finding("A-2.in-time").reason == said


def test_a_long_condition_is_left_to_explain(tmp_path: Path) -> None:
    long = " or ".join(f"state = 'state number {i}'" for i in range(9))
    records = firm()
    for complaint in records["complaints"]:
        complaint["state"] = "open"
    ruleset = RULESET.replace("where = \"state <> 'open'\"", f'where = "{long}"')
    reason = audit(tmp_path, records, ruleset=ruleset).finding("A-2.in-time").reason
    assert reason == "None of the 3 records of complaints is in scope of this rule."


def test_one_record_takes_the_verb_of_one(tmp_path: Path) -> None:
    records = firm()
    records["complaints"] = [records["complaints"][0] | {"answered": "soon"}]
    assert "0 of 1 record is met" in audit(tmp_path, records).finding("A-2.in-time").reason
