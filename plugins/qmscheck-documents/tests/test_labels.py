"""Labels in the head of a controlled document."""

from __future__ import annotations

import pytest
from qmscheck_documents.labels import column_of, folded, is_known, labelled, step_of


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("**Document-ID:**", "doc_id"),
        ("Approved by (top management)", "approved_by"),
        ("Genehmigt durch", "approved_by"),
        ("approved_date", "approved_on"),
        ("Nächste Überprüfung", "review_due"),
        ("Last Update", "modified_on"),
        ("Dokument-Nr.", "doc_id"),
        ("Complaint", None),
    ],
)
def test_a_label_fills_its_column_however_it_is_written(label: str, column: str | None) -> None:
    assert column_of(folded(label)) == column


def test_a_line_is_split_only_at_a_known_label() -> None:
    assert labelled("**Version:** 2.1") == ("Version", "2.1")
    assert labelled("We promise: an answer in two days") is None
    assert labelled("no colon") is None
    assert is_known("sop version")


def test_attributes_of_asciidoc_are_labels_too() -> None:
    assert column_of(folded("revnumber")) == "version"


def test_a_plain_label_is_compared_as_one_with_a_foreign_letter_is() -> None:
    for label in (*map(chr, range(128)), "Doc_ID: 7", " 100% A-b\tc ", "**Status**", "A\x1fB\x7f"):
        if "(" not in label:
            assert f"{folded(label)} ß".split() == folded(f"{label} ß").replace("ss", "ß").split()


@pytest.mark.parametrize(
    ("label", "step"),
    [("Prepared", "prepared"), ("FREIGABE", "approved"), ("2 Reviewed by", "reviewed"), ("Reviewed and Approved", "approved"),
     ("Checked / Approved", "approved"), ("and", None), ("Approved twice", None), ("Prüfer", "reviewed")],
)  # fmt: skip
def test_a_step_of_approval_is_told_by_one_word_or_several(label: str, step: str | None) -> None:
    assert step_of(label) == step
