"""Roles: what is a statement, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
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


SAID = st.lists(
    st.sampled_from([
        "Note: ", "Hinweis: ", "clause 5.2 requires", "ISO 9001:2015", "delete this section", "Diese Vorlage dient",
        "skeleton", "The standard states", "[Name]", "TODO", "fill in the form of this template", "orders", "\u201eA b c\u201c",
    ]),
    min_size=1,
    max_size=4,
).map(" ".join)  # fmt: skip


@given(st.lists(SAID, max_size=6))
def test_a_passage_has_the_same_role_among_others_as_alone(texts: list[str]) -> None:
    together = list(passages([Block("paragraph", text) for text in texts]))
    assert [(one.role, one.marks) for one in together] == [
        (one.role, one.marks) for text in texts for one in passages([Block("paragraph", text)])
    ]


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


def _under(*blocks: Block) -> list[tuple[str, str]]:
    return [(passage.block.text, passage.role) for passage in passages(blocks) if passage.block.kind != "heading"]


@pytest.mark.parametrize("heading", ["Example", "Beispiel:", "Sample text"])
def test_what_stands_under_a_heading_of_an_example_is_no_statement_either(heading: str) -> None:
    found = _under(
        Block("heading", "Policy", level=1),
        Block("paragraph", "We answer in two days."),
        Block("heading", heading, level=2),
        Block("paragraph", "We enhance satisfaction."),
        Block("heading", "Values", level=3),
        Block("row", "We: care"),
        Block("heading", "Review", level=2),
        Block("paragraph", "We review it each year."),
    )
    assert found == [
        ("We answer in two days.", "content"),
        ("We enhance satisfaction.", "guidance"),
        ("We: care", "guidance"),
        ("We review it each year.", "content"),
    ]


def test_a_heading_that_only_speaks_of_examples_begins_none() -> None:
    blocks = Block("heading", "Examples of complaints", level=1), Block("paragraph", "Late delivery.")
    assert _under(*blocks) == [("Late delivery.", "content")]
