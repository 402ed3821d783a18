"""The kind of a document, by the rule that the module states."""

from __future__ import annotations

import pytest
from qmscheck_documents.kinds import KINDS, kind_of


@pytest.mark.parametrize(
    ("path", "title", "stated", "kind"),
    [
        ("QP-01.md", "Quality policy", [], "policy"),
        ("x.md", "Qualitätspolitik", [], "policy"),
        ("x.md", "Qualitaetspolitik", [], "policy"),
        ("x.md", "Policy review procedure", [], "procedure"),
        ("x.md", "Procedure for registers", [], "procedure"),
        ("x.md", "Protokoll der Managementbewertung", [], "minutes"),
        ("Reklamationsbericht_2026.pdf", "Q3", [], "report"),
        ("x.md", "SOP Document and Record Control", [], "procedure"),
        ("CSC-PR-027-Internal-Audit.md", "Internal Audit", [], "procedure"),
        ("x.md", "Audit", ["record"], "record"),
        ("_templates/New CAPA.md", "CAPA", ["record"], "template"),
        ("x.md", "Vorlage Prüfbericht", [], "template"),
        ("Prüfberichtsvorlage.docx", "Prüfbericht", [], "template"),
        ("training-questionnaire.txt", "Training", [], "form"),
        ("x.md", "Audit schedule 2026", [], "schedule"),
        ("x.md", "Complaints", [], "other"),
        ("x.md", "Politique qualité", [], "policy"),
        ("x.md", "Procédure de traitement des réclamations", [], "procedure"),
        ("x.md", "Política de calidad", [], "policy"),
    ],
)
def test_a_document_has_the_kind_that_its_names_tell(path: str, title: str, stated: list[str], kind: str) -> None:
    assert kind_of(path, title, stated, unfilled=False) == kind
    assert kind in KINDS


def test_a_form_with_blanks_left_is_a_template() -> None:
    assert kind_of("x.docx", "Complaint form", [], unfilled=True) == "template"
    assert kind_of("x.docx", "Complaint form", [], unfilled=False) == "form"
