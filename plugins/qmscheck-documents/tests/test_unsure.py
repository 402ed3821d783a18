"""Words that may tell a version or an owner, where nobody can be sure: unknown, not blank."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_documents import lines, pdf, read, records
from qmscheck_documents.pages import Line
from qmscheck_documents.placing import Table
from qmscheck_documents.unsure import unsure

from qmscheck import UNREADABLE


def columns(*texts: str) -> list[str]:
    return [column for column, _ in unsure([[Line(1, text, 11, 700 - 14 * n, 300) for n, text in enumerate(texts)]])]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Version 3", "version"),
        ("Rev. 2.1", "version"),
        ("Owner Quality manager", "owner"),
        ("Approved by A. Novak 2026-03-01", "approved_by"),
        ("Freigegeben durch Anna Berg", "approved_by"),
        ("Approval date 1 March 2026", "approved_on"),
        ("Document no QP-01", None),
        ("Document no 4711", "doc_id"),
        ("Prepared Reviewed Approved", "approved_by"),
        ("Von Prüfer Freigeber", "approved_by"),
        ("Prepared/Reviewed Approved", "approved_by"),
        ("Prepared Reviewed", None),
    ],
)
def test_a_label_with_what_may_be_its_value_is_unsure(text: str, column: str | None) -> None:
    assert columns(text) == ([column] if column else [])


@pytest.mark.parametrize(
    "text",
    [
        "Version: 3",
        "Version",
        "Version control 12",
        "Owner of a process is whoever answers for its result.",
        "Owners and their duties",
        "Responsible for complaints is the service.",
        "We answer complaints",
        "Approval of documents",
        "Scope All sites",
        "Owner " + "Quality " * 20,
    ],
)
def test_prose_headings_and_what_is_told_otherwise_are_not(text: str) -> None:
    assert columns(text) == []


def test_cells_are_looked_at_too_and_only_the_pages_at_either_end() -> None:
    table = Table(1, (("Marlow", "Owner Ann Berg"),), ())
    assert [column for column, _ in unsure([[table], [], [], [], []])] == ["owner"]
    assert list(unsure([[], [], [table], [], []])) == []
    assert [said for _, said in unsure([[], [], [], [table], []])] == [
        "page 4: how the words 'Owner Ann Berg' belong together cannot be told"
    ]


def test_what_is_unsure_is_unknown_with_a_note_and_what_is_told_elsewhere_is_not(tmp_path: Path) -> None:
    text = ("We answer every complaint within two working days.", "Who answers is told to the customer at once.")
    (tmp_path / "QM").mkdir()
    made = pdf([lines("Owner Quality manager", "Version 3", "Version: 3", top=740) + "\n" + lines(*text)])
    (tmp_path / "QM" / "policy.pdf").write_bytes(made)
    ((told,), _) = records(tmp_path / "QM")
    assert (told["owner"], told["version"], told["approved_by"]) == (UNREADABLE, "3", None)
    extracts, _ = read(tmp_path / "QM")
    assert extracts[0].notes == (
        "QM/policy.pdf: page 1: how the words 'Owner Quality manager' belong together cannot be told",
    )


def test_a_sentence_about_a_version_is_none() -> None:
    assert columns("Version 3 of the handbook replaced the one before") == []
