"""Which documents are asked for before they count as evidence: notes about a folder, and what nobody can tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from proposing import RULESET, proposed, ruleset

from qmscheck.proposal.papers import doubt, is_note, within
from qmscheck.proposal.seen import Document
from qmscheck.proposal.writing import plan_text

POLICY = Document("Policy.md", "policy", "Policy")
README = Document("README.md", "other", "About")
MEMO = Document("memo.md", "other", "")
INSIDE = Document("docs/GAPS.md", "other", "Gaps")
ALL = (POLICY, README, MEMO, INSIDE)


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("Policy.md", None),
        ("README.md", "called like a note about the folder"),
        ("memo.md", "Neither its name nor its title"),
        ("docs", None),
        (".", None),
    ],
)
def test_a_document_by_itself_is_asked_where_it_may_be_no_evidence(folder: str, told: str | None) -> None:
    found = doubt(folder, ALL)
    assert (found is None) if told is None else (found is not None and told in found)


@pytest.mark.parametrize("path", ["GAPS.md", "x/ReadMe.txt", "LIES MICH.txt", "CHANGE-LOG.md"])
def test_notes_are_known_by_their_names(path: str) -> None:
    assert is_note(path)
    assert not is_note(f"{path.rpartition('.')[0]} of complaints.md")


def test_a_source_of_documents_holds_those_of_its_folder() -> None:
    assert within("docs", ALL) == [INSIDE]
    assert within("memo.md", ALL) == [MEMO]
    assert within(".", ALL) == list(ALL)


def test_a_note_beside_the_tables_is_commented_out_under_its_question(tmp_path: Path) -> None:
    files = {"GAPS.md": "# What is wrong\n\nMuch.\n", "docs/Quality policy.md": "# Quality policy\n\nWe try.\n"}
    text = plan_text(proposed(tmp_path, files), ruleset(tmp_path), organization="O", rulesets=["shop"], before=None)

    assert "# ? It is called like a note about the folder: is it evidence?" in text
    assert '# [[source]]\n# table = "documents"\n# path = "GAPS.md"\n' in text
    assert '\n[[source]]\ntable = "documents"\npath = "docs"\n' in text


def test_notes_among_other_documents_are_named_in_a_question(tmp_path: Path) -> None:
    files = {"docs/README.md": "# About\n\nThis.\n", "docs/Quality policy.md": "# Quality policy\n\nWe try.\n"}
    text = plan_text(proposed(tmp_path, files), ruleset(tmp_path), organization="O", rulesets=["shop"], before=None)
    assert "# ? Called like notes about a folder, and read like the others: docs/README.md." in text


def test_kinds_that_no_document_is_of_are_asked_for_once_and_not_in_each_folder(tmp_path: Path) -> None:
    files = {
        "a/Quality policy.md": "# Quality policy\n\nWe try.\n",
        "b/Note.md": "# A note\n\nWe try.\n",
        "c/Other.md": "# Another note\n\nWe did.\n",
    }
    text = plan_text(proposed(tmp_path, files), ruleset(tmp_path), organization="O", rulesets=["s"], before=None)
    assert "kind policy" not in text
    assert text.count("No document is of the kind procedure, it seems: is there one?") == 1
    assert text.count("No document is of the kind minutes, it seems: is there one?") == 1
    with_more = plan_text(
        proposed(tmp_path, files),
        ruleset(tmp_path),
        organization="O",
        rulesets=["s"],
        before='[[source]]\ntable = "documents"\n',
    )
    assert "of the kind" not in with_more.replace("is of the kind, by", "")


def test_kinds_of_documents_are_asked_for_only_where_rules_may_look_at_them(tmp_path: Path) -> None:
    files = {"docs/Note.md": "# A note\n\nWe try.\n"}
    blind = RULESET.replace('path = { type = "text" }\nkind = { type = "text" }', 'path = { type = "text" }').replace(
        'must = "kind is not null"', 'must = "path is not null"'
    )
    assert blind != RULESET
    texts = [
        plan_text(
            proposed(tmp_path, files, text), ruleset(tmp_path, text), organization="O", rulesets=["s"], before=None
        )
        for text in (RULESET, blind)
    ]
    assert ["of the kind policy" in text for text in texts] == [True, False]
