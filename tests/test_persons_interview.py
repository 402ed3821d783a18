"""A form holds the questions that an audit left open, what the machine saw, and where to look; and nothing personal."""

from __future__ import annotations

import copy
import io
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from firm import GOOD, RULESET, audit
from records import full_record

from qmscheck import toml
from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord, Evidence, EvidenceFile, EvidenceSeen, Location
from qmscheck.persons import form_sheets, form_toml
from qmscheck.persons.interview import form, place, row_key, seen_by


def asked(tmp_path: Path, **tables: list[dict[str, Any]]) -> AuditRecord:
    return audit(tmp_path, copy.deepcopy(GOOD) | {"attestations": []} | tables)


def test_what_nobody_answered_is_asked_and_what_is_answered_is_not(tmp_path: Path) -> None:
    assert [q.obligation for q in form(audit(tmp_path)).questions] == []
    assert [q.obligation for q in form(asked(tmp_path)).questions] == ["A-2", "A-3"]
    assert [q.obligation for q in form(audit(tmp_path), everything=True).questions] == ["A-2", "A-3"]


def test_only_some_obligations_or_clauses_are_asked(tmp_path: Path) -> None:
    record = asked(tmp_path)
    assert [q.obligation for q in form(record, only=["A-3"]).questions] == ["A-3"]
    assert [q.obligation for q in form(record, only=["1.2"]).questions] == ["A-2"]
    with pytest.raises(QmscheckError) as caught:
        form(record, only=["A-9", "A-1"])
    assert [str(p) for p in caught.value.problems] == [
        "--only: 'A-1' asks nothing of a person",
        "--only: there is no obligation and no clause 'A-9'\n  hint: did you mean 'A-3'?",
    ]


def test_a_question_says_what_was_seen_where_to_look_and_why_it_is_open(tmp_path: Path) -> None:
    question = form(asked(tmp_path)).questions[1]
    assert question.prompt == "Answers are kind."
    assert question.saw == ("Sorry: 2 letters say sorry. [manual]",)
    assert question.look == ("answers.x, row 2", "answers.x, row 3")
    assert question.why == "A person has to read what was found."


def test_what_is_true_of_several_rules_is_said_once_with_their_titles(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD) | {"attestations": []}
    del firm["complaints"]
    (question,) = (q for q in form(audit(tmp_path, firm)).questions if q.obligation == "A-2")
    missing = [said for said in question.saw if "Nothing was handed over" in said and "'complaints'" in said]
    assert len(missing) == 1, question.saw
    assert missing[0].startswith("In time; Letter: Nothing was handed over")
    assert missing[0].endswith("[insufficient]")


def test_an_answer_that_ran_out_is_asked_again_by_its_role_without_the_name(tmp_path: Path) -> None:
    old = {"obligation": "A-2", "answer": "yes", "statement": "Fair.", "by": "Ada Lovelace", "role": "Auditor"}
    record = asked(tmp_path, attestations=[old | {"on": "2025-10-01", "valid_until": "2026-10-01"}])
    found = form(record)
    assert found.questions[0].why == "Answered 'yes' (Auditor, 2025-10-01); it expired on 2026-10-01."
    assert "Ada" not in form_toml.write(found)
    stale = [old | {"on": "2026-10-01", "valid_until": "2027-10-01", "seen": '[["log.csv", "0"]]'}]
    why = form(asked(tmp_path, attestations=stale)).questions[0].why
    assert why == "Answered 'yes' (Auditor, 2026-10-01); it is not relied on: log.csv is gone."
    answered = form(asked(tmp_path, attestations=[stale[0] | {"seen": None}]), everything=True).questions[0]
    assert answered.why == "Answered 'yes' (Auditor, 2026-10-01)."


def test_no_value_of_the_evidence_stands_in_a_form(tmp_path: Path) -> None:
    firm = copy.deepcopy(GOOD) | {"attestations": []}
    for name, value in (("owner", "Ada Lovelace"), ("note", "broken arm"), ("site", "Elm Street")):
        firm["complaints"][0][name] = value
    firm["answers"][0]["body"] = "We are sorry, Ada Lovelace."
    firm["complaints"][1]["owner"] = None
    found = form(audit(tmp_path, firm))
    whole = form_toml.write(found) + str(_sheets(form_sheets.write(found)))
    assert not [secret for secret in ("Lovelace", "broken arm", "Elm Street", "sorry, ") if secret in whole]


def test_the_files_of_every_table_that_the_rules_read_are_kept_with_their_digests() -> None:
    record = full_record()
    result = record.obligations[0]
    table = record.finding(result.findings[0]).table
    one = next(e for e in record.evidence if e.table == table)
    assert seen_by(record, result) == (EvidenceSeen(path=one.locator, sha256=one.sha256 or ""),)
    parts = (
        EvidenceFile(path="b", sha256="2"),
        EvidenceFile(path="a", sha256="1"),
        EvidenceFile(path="c", sha256=None),
    )
    folder = record.model_copy(update={"evidence": (one.model_copy(update={"files": parts}), _unread(one))})
    assert [was.path for was in seen_by(folder, result)] == ["a", "b"]


def test_a_row_key_changes_with_everything_that_a_person_leaves_as_it_is() -> None:
    was = (EvidenceSeen(path="a", sha256="1"),)
    key = row_key("f", "A-1", "Is it so?", was)
    assert key == row_key("f", "A-1", "Is  it\nso?", was)
    others = [("g", "A-1", "Is it so?", was), ("f", "A-2", "Is it so?", was), ("f", "A-1", "Is it?", was)]
    others += [("f", "A-1", "Is it so?", ()), ("f", "A-1", "Is it so?", (EvidenceSeen(path="a", sha256="2"),))]
    assert key not in [row_key(*other) for other in others]


def test_a_place_is_one_that_a_person_can_open() -> None:
    assert place(Location(path="a.xlsx", sheet="S", row=7, cell="F7")) == "a.xlsx, sheet S, cell F7"
    assert place(Location(path="a.csv", row=7)) == "a.csv, row 7"
    assert place(Location(path="a.pdf", page=3, paragraph=2)) == "a.pdf, page 3"
    assert place(Location(path="a.md", heading="1 > 2", paragraph=2)) == "a.md, under “1 > 2”, paragraph 2"


def test_more_places_than_a_person_reads_are_counted(tmp_path: Path) -> None:
    letters = [{"letter": f"L{n}", "id": "C1", "sent": "2026-05-03", "body": "Sorry."} for n in range(9)]
    found = form(asked(tmp_path, answers=letters)).questions[1]
    assert (len(found.look), found.look[-1]) == (6, "and 4 more")


def test_the_workbook_has_questions_to_fill_in_and_says_what_it_belongs_to(tmp_path: Path) -> None:
    found = form(asked(tmp_path))
    sheets = _sheets(form_sheets.write(found))
    assert list(sheets) == ["Questions", "Evidence seen", "Form"]
    assert sheets["Questions"][4] == list(form_sheets.HEADINGS.values())
    assert [row[0] for row in sheets["Questions"][5:]] == ["A-2", "A-3"]
    assert ["form", found.id] in sheets["Form"]
    assert form_sheets.write(found) == form_sheets.write(found)


def test_numbers_of_files_are_written_as_ranges() -> None:
    assert form_sheets._ranges([7, 1, 2, 3, 9, 10]) == "1-3, 7, 9-10"
    assert form_sheets._ranges([]) == ""


def test_the_toml_form_can_be_parsed_and_says_the_same(tmp_path: Path) -> None:
    found = form(asked(tmp_path))
    value = toml.parse(form_toml.write(found).encode(), "form.toml").value
    assert value["form"]["id"] == found.id
    assert [(q["obligation"], q["prompt"], q["answer"]) for q in value["question"]] == [
        ("A-2", "Was the answer fair?", ""),
        ("A-3", "Answers are kind.", ""),
    ]


def test_a_question_of_a_ruleset_may_ask_for_an_independent_person(tmp_path: Path) -> None:
    ruleset = RULESET.replace(
        'question = "Was the answer fair?"', 'question = "Was the answer fair?"\nindependent = true'
    )
    record = audit(tmp_path, GOOD | {"attestations": []}, ruleset=ruleset)
    assert [q.independent for q in form(record).questions] == [True, False]


def _unread(one: Evidence) -> Evidence:
    return one.model_copy(update={"sha256": None, "locator": "lost.csv"})


def _sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
