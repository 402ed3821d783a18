"""Head tables without lines, and tables between lines across."""

from __future__ import annotations

import pytest
from made_documents import lines, pdf
from made_tables import cells, text_at
from qmscheck_documents.aligned import label_of
from qmscheck_documents.blocks import Block, Parsed
from qmscheck_documents.pdf import parse

BODY = lines(
    "We answer every complaint within two working days and we tell the customer",
    "who keeps the case until it is closed and what was decided in it.",
    top=500,
)


def blocks(*streams: str) -> list[Block]:
    found = parse(pdf(["\n".join((*streams, BODY))]))
    assert isinstance(found, Parsed)
    return found.blocks


def rows(*streams: str) -> list[tuple[str, bool]]:
    return [(block.text, block.own_labels) for block in blocks(*streams) if block.kind == "row"]


def head(*table: tuple[str, ...], xs: tuple[float, ...] = (72, 200, 300, 400), step: int = 16) -> str:
    ys = [700 - step * n for n in range(len(table))]
    return cells(table, xs, ys)


HEAD = (("Version", "3"), ("Owner", "Quality manager"), ("Approved by", "A. Novak", "2026-03-01"))
READ = [("Version: 3", True), ("Owner: Quality manager", True), ("Approved by: A. Novak 2026-03-01", True)]


def test_labels_and_values_with_a_wide_gap_between_them_are_a_head_table() -> None:
    assert rows(head(*HEAD)) == READ


def test_a_head_table_written_column_by_column_is_read_by_rows() -> None:
    order = [(r, c) for c in range(3) for r in range(3) if c < len(HEAD[r])]
    assert rows(cells(HEAD, (72, 200, 300), (700, 684, 668), order)) == READ


def test_a_head_table_may_have_several_columns_of_labels() -> None:
    assert rows(head(("Version", "3", "Owner", "Ann"), ("Status", "valid", "Approved by", "Bob"))) == [
        ("Version: 3; Owner: Ann", True),
        ("Status: valid; Approved by: Bob", True),
    ]


def test_labels_above_their_values_are_a_head_table() -> None:
    assert rows(head(("Version", "Owner", "Approved by"), ("3", "Quality manager", "A. Novak"))) == [
        ("Version: 3", True),
        ("Owner: Quality manager", True),
        ("Approved by: A. Novak", True),
    ]


def test_a_value_of_several_lines_is_one() -> None:
    assert rows(head(("Owner", "Quality manager\nof all sites"), ("Version", "3"), step=30)) == [
        ("Owner: Quality manager of all sites", True),
        ("Version: 3", True),
    ]


def test_an_empty_cell_is_blank() -> None:
    assert rows(head(("Version", "3"), ("Owner", ""), ("Status", "valid"))) == [
        ("Version: 3", True),
        ("Status: valid", True),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Version control is a duty of the owner of each document in this firm.",
        "Owner Quality manager",
        "Version: 3",
        "Scope",
    ],
)
def test_a_line_without_a_wide_gap_stays_text(line: str) -> None:
    assert rows(text_at(72, 700, line)) == []


def test_what_stands_beside_prose_far_away_is_no_value() -> None:
    assert rows(text_at(72, 700, "We say", "Version"), text_at(300, 700, "what we do", "and owner of it")) != []


def rules(*ys: float, left: float = 72, right: float = 460) -> str:
    return "\n".join(f"{left} {y} {right - left} 0.6 re f" for y in ys)


CHANGES = [("Version", "Date", "Author", "Change"), ("1.0", "2026-01-02", "Ann Berg", "First issue")]
XS = (72, 140, 220, 320)


def test_a_table_with_lines_above_and_below_and_under_its_headings_is_read() -> None:
    more = [*CHANGES, ("2.0", "2026-03-01", "Bob Dahl", "Calls added")]
    table = cells(more, XS, (700, 680, 664))
    assert [text for text, _ in rows(rules(700, 684, 640), table)] == [
        "Version: 1.0; Date: 2026-01-02; Author: Ann Berg; Change: First issue",
        "Version: 2.0; Date: 2026-03-01; Author: Bob Dahl; Change: Calls added",
    ]


def test_a_line_without_a_first_cell_goes_on_with_the_row_before() -> None:
    more = [*CHANGES, ("", "", "", "of the handbook"), ("2.0", "2026-03-01", "Bob Dahl", "Calls added")]
    table = cells(more, XS, (700, 680, 668, 656))
    assert rows(rules(700, 684, 630), table)[0][0].endswith("Change: First issue of the handbook")


def test_a_line_between_all_rows_divides_them_whatever_their_cells_hold() -> None:
    more = [("Step", "Who"), ("Take the\ncall", "Service"), ("Decide", "Head of\nservice")]
    assert [text for text, _ in rows(rules(700, 680, 650, 620), cells(more, (72, 240), (700, 680, 650)))] == [
        "Step: Take the call; Who: Service",
        "Step: Decide; Who: Head of service",
    ]


def test_where_nobody_can_tell_the_rows_it_stays_text() -> None:
    unsure = [("Step", "Who"), ("Take the", "Service"), ("call", "Sales")]
    assert rows(rules(700, 684, 640), cells(unsure, (72, 240), (700, 680, 664))) == []
    first_alone = [("Step", "Who"), ("Take it", "Service"), ("Offer", "")]
    assert rows(rules(700, 684, 640), cells(first_alone, (72, 240), (700, 680, 664))) == []
    no_first = [("Step", "Who"), ("", "Service"), ("Offer", "Sales")]
    assert rows(rules(700, 684, 640), cells(no_first, (72, 240), (700, 680, 664))) == []


def test_tables_one_below_the_other_are_two_with_the_text_between_them() -> None:
    first = cells([("Issue", "Impact"), ("Market", "high")], (72, 240), (700, 680))
    second = cells([("Risk", "Action"), ("Fire", "Alarm")], (72, 280), (600, 580))
    drawn = rules(702, 685, 660, 602, 585, 560)
    found = blocks(drawn, first, text_at(72, 630, "What may happen"), second)
    assert [block.text for block in found][:3] == [
        "Issue: Market; Impact: high",
        "What may happen",
        "Risk: Fire; Action: Alarm",
    ]


def test_a_column_without_a_heading_or_a_bracket_that_stays_open_makes_no_table() -> None:
    assert rows(rules(700, 684, 640), cells([("A", "", "B"), ("1", "2", "3")], XS, (700, 680))) == []
    torn = [("Clause", "Reason"), ("[8", "No"), ("9]", "No")]
    assert rows(rules(700, 684, 640), cells(torn, XS, (700, 680, 664))) == []


def test_prose_between_lines_stays_text() -> None:
    one = lines(*(f"We answer complaint {n} within two working days, and tell the customer." for n in range(6)))
    assert rows(rules(720, 660, 610), one) == []
    left = text_at(72, 700, *(f"We answer complaint {n} in two" for n in range(12)), step=12)
    right = text_at(300, 700, *(f"Days and tell customer {n} so" for n in range(12)), step=12)
    assert rows(rules(740, 715, 540), text_at(72, 725, "Marlow Pumps"), left, right) == []


def test_two_lines_across_or_lines_with_nothing_between_are_no_table() -> None:
    table = cells(CHANGES, XS, (700, 680))
    assert rows(rules(700, 660), table) == []
    assert rows(rules(640, 620, 600), table) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Version 3", "Version"),
        ("Approved by A. Novak", "Approved by"),
        ("Dok.-Nr. QP-1", "Dok.-Nr."),
        ("We answer", None),
        ("", None),
    ],
)
def test_the_longest_label_with_which_a_line_begins_is_told(text: str, label: str | None) -> None:
    assert label_of(text) == label


def test_a_contents_page_with_page_numbers_far_to_the_right_is_no_head_table() -> None:
    assert rows(head(("Scope", "3"), ("Owner", "4"), ("Version", "5"), ("Approval", "6"))) == []
    assert rows(head(("Owner", "4"), ("Status", "valid"))) == []
    assert rows(head(("Version . . . . .", "5"), ("Owner . . . . .", "6"))) == []
    assert rows(head(("Version", "5"), ("History", "9"))) == []
    assert rows(head(("Version", "5"))) == [("Version: 5", True)]
