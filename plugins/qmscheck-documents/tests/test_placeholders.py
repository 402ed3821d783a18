"""Marks of unfilled content, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qmscheck_documents.placeholders import Held, count, demands, sought


@pytest.mark.parametrize(
    "text",
    [
        "[TODO: e.g., >= 80 %]",
        "Owner: {{ meta.owner }}",
        "We at <Company Name> care for our customers.",
        "Approved by: _________",
        "Lorem ipsum dolor sit amet",
        "Insert company name here",
        "Bitte hier den Namen einfügen",
        "Target: TBD",
        "Phone: xxx",
        "«Firmen_Name» is certified.",
        "Signature ..............",
        "<% tp.date.now() %>",
        "Effective date: [DD/MM/YYYY]",
        "[Name of process owner]",
        "XYZ (...)",
        "Add information here",
        "[Detailed step]",
        "Objective: [e.g. complaint resolution time]",
        "Ziel: [z. B. Antwortzeit]",
        "Reportable: ( ) Yes ( ) No",
        "☐ Corrective / ☐ Preventive",
        "Klicken oder tippen Sie hier, um Text einzugeben.",
    ],
)
def test_unfilled_text_is_counted(text: str) -> None:
    assert count(text) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "Complaints are acknowledged within 2 days.",
        "See [1] and [DIN 2019] for the method.",
        "p < 0.05 and n > 30",
        "Mail to <quality@example.org> or <https://example.org/a>",
        "The «Kunde» is the person who pays.",
        "☒ Corrective ☐ Preventive",
        "1.1 Purpose . . . . . . . . . . . . . . . 9",
        "Purpose ............ 12",
        "[[SOP-03 Management Review]]",
        "snake__case and 3...5 days",
    ],
)
def test_filled_text_is_not_counted(text: str) -> None:
    assert count(text) == 0


def test_each_mark_counts_once() -> None:
    assert count("| [TODO] | [TODO: KPI] | {{ x }} |") == 3


PIECES = st.sampled_from([
    "[TODO]", "tbd", "TBD", "T.B.D.", "Lorem ipsum", "xxx", "here", "enter a name here", "Hier", "Muster AG", "....",
    ". . . . . .", "____", "YYYY-MM-DD", "DD/MM/YYYY", "<Name>", "«Name»", "…", "☐", "( )", "{{ x }}", "${y}", "\u017f", "ß",
    "order", "the", "ok.", "\n",
])  # fmt: skip


@given(st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=8))
def test_what_is_sought_in_a_document_finds_the_same_marks_in_each_of_its_passages(
    one: list[str], two: list[str]
) -> None:
    passage = " ".join(one)
    whole = "\n".join((passage, " ".join(two)))
    assert count(passage, sought(whole, Held.by(whole))) == count(passage)


def test_a_passage_in_brackets_that_asks_its_author_is_a_demand() -> None:
    assert demands("[Describe the nonconformance and who found it]")
    assert not demands("[TODO: describe]")
    assert not demands("The [very best] service")
