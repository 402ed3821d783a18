"""Roles: what is a statement, and what only looks like one."""

from __future__ import annotations

import pytest
from qmscheck_documents.blocks import Block
from qmscheck_documents.roles import passages, settled


def role(text: str, **of: object) -> str:
    (passage,) = passages([Block("paragraph", text, **of)])  # type: ignore[arg-type]
    return passage.role


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Complaints are acknowledged within two working days.", "content"),
        ("Complaints are acknowledged within [TODO] days.", "placeholder"),
        ("[Describe how complaints are acknowledged]", "instruction"),
        ("Delete this section if you have no customer property.", "instruction"),
        ("Diese Vorlage dient als Muster.", "instruction"),
        ("ISO 9001:2015, clause 5.2 requires a policy.", "guidance"),
        ("Hinweis: Die Norm lässt den Weg offen.", "guidance"),
        ("1.1 Purpose . . . . . . . . . . . 9", "contents"),
        ("„Der Kunde ist König“ (Sprichwort)", "quote"),
    ],
)
def test_a_passage_has_the_role_that_its_words_tell(text: str, expected: str) -> None:
    assert role(text) == expected


def test_what_the_format_marks_keeps_its_role() -> None:
    assert role("[13485:8.2.1] TODO", mark="comment") == "comment"
    assert role("Marlow Pumps, page 3", mark="header_footer") == "header_footer"
    assert role("Think of your channels.", mark="guidance") == "guidance"


def test_headings_above_a_passage_form_its_path() -> None:
    blocks = [
        Block("heading", "Manual", level=1),
        Block("heading", "Policy", level=2),
        Block("heading", "Aims", level=3),
        Block("heading", "Scope", level=2),
        Block("paragraph", "All sites."),
    ]
    assert [passage.heading for passage in passages(blocks)][-1] == "Manual > Scope"


def test_lines_under_contents_are_contents_until_the_text_begins() -> None:
    blocks = [
        Block("heading", "Inhaltsverzeichnis", level=1),
        Block("paragraph", "1 Zweck 3"),
        Block("paragraph", "Dieses Dokument beschreibt den Umgang mit Reklamationen."),
    ]
    assert [passage.role for passage in passages(blocks)] == ["contents", "contents", "content"]


def test_an_example_is_no_statement_of_the_organisation() -> None:
    blocks = [
        Block("heading", "Policy", level=1),
        Block("paragraph", "Example:"),
        Block("bullet", "Enhancing customer satisfaction"),
        Block("heading", "Scope", level=1),
        Block("paragraph", "All sites."),
    ]
    assert [passage.role for passage in passages(blocks)] == ["heading", "guidance", "guidance", "heading", "content"]


def test_italics_are_advice_in_a_template_and_emphasis_elsewhere() -> None:
    judged = list(passages([Block("paragraph", "Say who answers complaints.", mark="instruction")]))
    assert settled(judged, unfilled=True)[0].role == "instruction"
    assert settled(judged, unfilled=False)[0].role == "content"
