"""Lines of PDF pages put together again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from qmscheck_documents.pages import _BULLET, _NUMBERED, Line, _numbered, blocks


def page(*texts: str, right: float = 500) -> list[Line]:
    return [Line(1, text, 11, 700 - 14 * n, right) for n, text in enumerate(texts)]


def test_a_blank_that_runs_over_several_lines_stays_one_passage() -> None:
    (found,) = blocks([page("[TODO:", "Industry", "regulations]", right=100)])
    assert found.text == "[TODO: Industry regulations]"


def test_bullets_labels_and_numbered_lines_start_anew() -> None:
    found = blocks([page("We answer calls", "• by phone", "• by mail", "Owner: Ann", "4.2.1 Scope", "All sites.")])
    assert [(block.kind, block.text) for block in found] == [
        ("paragraph", "We answer calls"),
        ("bullet", "by phone"),
        ("bullet", "by mail"),
        ("paragraph", "Owner: Ann"),
        ("heading", "4.2.1 Scope"),
        ("paragraph", "All sites."),
    ]


def test_a_heading_of_two_lines_is_one() -> None:
    head = [Line(1, "Handling of", 20, 740, 200), Line(1, "Complaints", 20, 718, 200)]
    body = [Line(1, "We answer each of them within two working days at most.", 11, 680, 500)]
    assert blocks([head + body])[0].text == "Handling of Complaints"


def test_lines_with_leaders_stay_apart() -> None:
    found = blocks([page("1 Purpose . . . . . . . 3", "2 Scope . . . . . . . 4")])
    assert len(found) == 2


def test_no_pages_give_no_blocks() -> None:
    assert blocks([]) == []
    assert blocks([[]]) == []


@given(st.text() | st.text("12.)( abAB\u2013-\u0663\u2022").map(str.strip))
def test_a_quick_look_at_the_first_characters_misses_no_number_and_no_entry_of_a_list(text: str) -> None:
    assert _numbered(text) == (_NUMBERED.fullmatch(text) is not None)
    assert not text[:2].isalpha() or (_BULLET.match(text) is None and not _numbered(text))
