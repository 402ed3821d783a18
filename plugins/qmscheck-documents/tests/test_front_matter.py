"""Front matter as real files have it."""

from __future__ import annotations

from qmscheck_documents.front_matter import split


def test_front_matter_may_have_trailing_blanks_and_keys_without_a_space() -> None:
    # Made after the front matter of GSTT-CSC/QMS-Template (Apache-2.0): trailing blanks, `sop_id:CSC`, empty values.
    front, _ = split("---  \nqms_version: 2.2.0  \nsop_id:CSC PR.006\nrecord_version:\ntitle: 'Feedback' \n---\n# A")
    assert front == {"qms_version": "2.2.0", "sop_id": "CSC PR.006", "record_version": "", "title": "Feedback"}


def test_lists_comments_and_quotes_become_text() -> None:
    front, _ = split('---\ntags: [qms, "policy"]\nwho:\n  - Ann\n  - Bob\nversion: "1.0" # first\nnote: |\n  a\n---\nx')
    assert front == {"tags": "qms, policy", "who": "Ann, Bob", "version": "1.0", "note": "a"}


def test_line_numbers_of_the_text_stay() -> None:
    _, body = split("---\na: 1\n---\nfourth")
    assert body.split("\n")[3] == "fourth"


def test_a_rule_at_the_top_is_not_front_matter() -> None:
    text = "---\n\nJust a text without keys\n\n---\nmore"
    assert split(text) == ({}, text)
    assert split("--- \nno end: at all") == ({}, "--- \nno end: at all")
