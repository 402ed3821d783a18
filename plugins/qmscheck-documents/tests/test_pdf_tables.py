"""Tables of PDF files, from the page to the passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from made_documents import lines, pdf
from made_tables import bars, boxes, cells, ruled, strokes, text_at
from qmscheck_documents import ruling
from qmscheck_documents.blocks import Block, Parsed
from qmscheck_documents.particulars import particulars
from qmscheck_documents.pdf import parse

COMPLAINTS = [["No", "Customer", "State"], ["1", "Marlow", "open"], ["2", "Halden", "closed"]]
SAID = ["No: 1; Customer: Marlow; State: open", "No: 2; Customer: Halden; State: closed"]
PROSE = lines(
    "We answer every complaint within two working days and we tell", "the customer who keeps the case.", top=600
)


def blocks(*pages: str) -> list[Block]:
    found = parse(pdf(pages))
    assert isinstance(found, Parsed)
    return found.blocks


def rows(*pages: str) -> list[str]:
    return [block.text for block in blocks(*pages) if block.kind == "row"]


@pytest.mark.parametrize("drawn", [strokes, bars, boxes])
def test_a_ruled_table_is_read_row_by_row_however_its_lines_are_drawn(
    drawn: Callable[[Sequence[float], Sequence[float]], str],
) -> None:
    found = [block for block in blocks(ruled(COMPLAINTS, drawn=drawn) + "\n" + PROSE) if block.kind == "row"]
    assert [block.text for block in found] == SAID
    assert [(block.row, block.page) for block in found] == [(2, 1), (3, 1)]


def test_what_stands_on_a_page_with_more_lines_than_are_looked_at_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruling, "_MOST", 4)
    found = blocks(ruled(COMPLAINTS) + "\n" + PROSE)
    assert "row" not in {block.kind for block in found}
    assert " ".join(block.text for block in found).startswith("No Customer State 1 Marlow open 2 Halden closed")


def test_text_around_a_table_stays_text_in_its_place() -> None:
    found = blocks(text_at(72, 720, "All complaints of May") + "\n" + ruled(COMPLAINTS) + "\n" + PROSE)
    assert [block.kind for block in found] == ["paragraph", "row", "row", "paragraph"]


def test_cells_written_column_by_column_are_read_by_rows() -> None:
    xs, ys = [72, 172, 272, 372], [700, 680, 660, 640]
    order = [(r, c) for c in range(3) for r in range(3)]
    assert rows(strokes(xs, ys) + "\n" + cells(COMPLAINTS, xs, ys, order)) == SAID


def test_a_cell_of_several_lines_is_one_and_an_empty_one_is_blank() -> None:
    grid = [["No", "Customer", "State"], ["1", "Marlow Pumps\nand Valves", ""], ["2", "", ""]]
    assert rows(ruled(grid, height=36)) == [
        "No: 1; Customer: Marlow Pumps and Valves",
        "No: 2; Customer: (blank); State: (blank)",
    ]


def test_merged_cells_are_read_once() -> None:
    grid = [["Complaints of May", "", ""], *COMPLAINTS[:2], ["2", "Halden", ""]]
    merged = {(0, 0): (1, 3), (3, 1): (1, 2)}
    assert rows(ruled(grid, merged=merged)) == ["Complaints of May", SAID[0], "No: 2; Customer: Halden"]


def test_a_cell_over_several_rows_belongs_to_the_first() -> None:
    grid = [["Process", "Step"], ["Sales", "Offer"], ["", "Contract"]]
    assert rows(ruled(grid, merged={(1, 0): (2, 1)})) == ["Process: Sales; Step: Offer", "Step: Contract"]


def test_a_table_of_one_column_is_rows() -> None:
    assert rows(ruled([["Scope"], ["All sites"], ["All products"]])) == ["Scope", "All sites", "All products"]


def test_two_tables_side_by_side_are_two() -> None:
    beside = ruled([["Owner", "Ann"], ["Version", "3"]], left=420, width=70)
    assert rows(ruled(COMPLAINTS) + "\n" + beside) == [*SAID, "Owner: Ann", "Version: 3"]


def test_a_table_over_two_pages_is_one_and_its_repeated_headings_count_once() -> None:
    first, second = ruled(COMPLAINTS[:2], top=100), ruled([COMPLAINTS[0], COMPLAINTS[2]])
    found = [block for block in blocks(PROSE + "\n" + first, second + "\n" + PROSE) if block.kind == "row"]
    assert [(block.page, block.row, block.text) for block in found] == [(1, 2, SAID[0]), (2, 3, SAID[1])]


def test_a_table_that_goes_on_without_headings_keeps_those_of_its_first_page() -> None:
    assert rows(PROSE + "\n" + ruled(COMPLAINTS[:2], top=100), ruled(COMPLAINTS[2:]) + "\n" + PROSE) == SAID


def test_another_table_at_the_top_of_the_next_page_is_another() -> None:
    other = ruled([["Risk", "Action"], ["Fire", "Alarm"]], left=90)
    assert rows(ruled(COMPLAINTS, top=140), other + "\n" + PROSE) == [*SAID, "Risk: Fire; Action: Alarm"]


def test_a_box_around_a_text_is_no_table() -> None:
    assert rows("60 600 400 60 re S\n" + PROSE) == []
    around = "60 60 500 700 re S 60 730 m 560 730 l S\n" + text_at(72, 740, "Marlow Pumps")
    body = lines(*(f"We answer complaint number {n} within two working days." for n in range(20)))
    assert blocks(around + "\n" + body)[0].kind == "row"
    assert not any("number 7" in row for row in rows(around + "\n" + body))


def test_a_word_wider_than_its_cell_stays_whole() -> None:
    wide = [["No", "Customer"], ["1", "Donaudampfschiffahrtsgesellschaft"]]
    assert rows(ruled(wide, width=50)) == ["No: 1; Customer: Donaudampfschiffahrtsgesellschaft"]


def test_text_that_lies_over_the_lines_of_a_drawing_is_not_torn() -> None:
    behind = strokes([60, 150, 240, 330, 420, 510], [580, 590, 610, 620])
    assert [block.kind for block in blocks(behind + "\n" + PROSE)] == ["paragraph"]


def test_prose_in_two_columns_is_never_torn_into_a_table() -> None:
    left = text_at(72, 700, *(f"we answer complaint {n} within two" for n in range(14)), step=14)
    right = text_at(330, 700, *(f"days and tell customer {n} of it" for n in range(14)), step=14)
    between = "60 500 500 220 re S 315 500 m 315 720 l S"
    assert rows(left + "\n" + right) == []
    assert rows(between + "\n" + left + "\n" + right) == []


def test_a_drawing_of_many_lines_is_no_table_and_costs_little() -> None:
    drawn = "\n".join(f"{72 + n % 400} {100 + n // 10} m {80 + n % 397} {140 + n // 11} l S" for n in range(5000))
    found = blocks(drawn + "\n" + PROSE)
    assert [block.kind for block in found] == ["paragraph"]
    level = "\n".join(f"{72 + n % 71 * 7} {100 + n // 10} m {75 + n % 71 * 7} {100 + n // 10} l S" for n in range(5000))
    assert [block.kind for block in blocks(level + "\n" + PROSE)] == ["paragraph"]


HEAD = [["Version", "3"], ["Owner", "Quality manager"], ["Approved by", "A. Novak, 2026-03-01"]]


def told(*pages: str, info: str = "") -> tuple[dict[str, str], str | None]:
    found = parse(pdf(pages, info=info))
    assert isinstance(found, Parsed)
    read = particulars(found)
    return dict(read.values), read.contradictions


def test_a_head_table_without_colons_tells_version_owner_and_approval() -> None:
    values, contradictions = told(ruled(HEAD, width=150) + "\n" + PROSE)
    assert values == {
        "version": "3",
        "owner": "Quality manager",
        "approved_by": "A. Novak",
        "approved_on": "2026-03-01",
    }
    assert contradictions == "none"


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_the_table_of_a_page_header_is_held_against_the_head_table(number: int) -> None:
    header = ruled([["Marlow Pumps", "Version", "4"]], top=780)
    first = header + "\n" + ruled(HEAD, width=150) + "\n" + PROSE
    values, contradictions = told(first, *[header + "\n" + PROSE] * (number - 1))
    assert values["version"] == "3"
    assert contradictions == "version: table 3, header or footer 4"


def test_a_page_header_alone_tells_the_version() -> None:
    header = ruled([["QP-01", "Version\n3", "Owner: Ann Berg"]], top=780, height=36)
    for number in (1, 2, 4):
        values, _ = told(*[header + "\n" + PROSE] * number)
        assert (values["version"], values["owner"]) == ("3", "Ann Berg")


def test_a_footer_without_lines_tells_the_version() -> None:
    footer = text_at(72, 30, "Owner") + "\n" + text_at(140, 30, "Ann Berg") + "\n" + text_at(300, 30, "Version")
    values, _ = told(*[footer + "\n" + text_at(360, 30, "3") + "\n" + PROSE] * 3)
    assert (values["version"], values["owner"]) == ("3", "Ann Berg")


def test_who_approved_is_read_from_a_block_of_steps_in_columns_or_rows() -> None:
    steps = [
        ["", "Prepared", "Reviewed", "Approved"],
        ["Name", "Ann Berg", "Bob Dahl", "Carl Ek"],
        ["Date", "2026-01-02", "2026-01-05", "2026-01-09"],
        ["Signature", "AB", "BD", "CE"],
    ]
    for grid in (steps, [list(column) for column in zip(*steps, strict=True)]):
        values, _ = told(ruled(grid) + "\n" + PROSE)
        assert (values["approved_by"], values["approved_on"]) == ("Carl Ek", "2026-01-09")
        assert values["prepared_by"] == "Ann Berg"


def test_a_block_of_steps_that_nobody_signed_is_no_approval() -> None:
    steps = [["", "Prepared", "Approved"], ["Name", "Ann Berg", "Carl Ek"], ["Date", "2026-01-02", ""]]
    values, _ = told(ruled(steps) + "\n" + PROSE)
    assert "approved_by" not in values
    assert values["prepared_by"] == "Ann Berg"


WIDE = [["No", "Customer", "What was done"], ["1", "Marlow Pumps", "Valve changed"], ["2", "Halden", "We called and"]]


def over_two_pages(first: Sequence[Sequence[str]], second: Sequence[Sequence[str]]) -> Parsed:
    found = parse(pdf([PROSE + "\n" + ruled(first, top=140), ruled(second) + "\n" + PROSE]))
    assert isinstance(found, Parsed)
    return found


def test_a_row_that_a_page_divides_is_one_row_of_the_page_where_it_begins() -> None:
    found = over_two_pages(WIDE, [["", "and Sons", "sent a part"], ["3", "Ely", "Nothing"]])
    assert [(block.page, block.row, block.text) for block in found.blocks if block.kind == "row"] == [
        (1, 2, "No: 1; Customer: Marlow Pumps; What was done: Valve changed"),
        (1, 3, "No: 2; Customer: Halden and Sons; What was done: We called and sent a part"),
        (2, 4, "No: 3; Customer: Ely; What was done: Nothing"),
    ]
    assert found.notes == ()


def test_a_row_that_a_page_divides_is_one_below_headings_that_are_repeated_too() -> None:
    found = over_two_pages(WIDE, [WIDE[0], ["", "", "sent a part"], ["3", "Ely", "Nothing"]])
    assert "No: 2; Customer: Halden; What was done: We called and sent a part" in [block.text for block in found.blocks]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["2", "Halden", ""], ["", "", "Part sent"]),
        (["2", "Halden", "We called."], ["", "", "Part sent"]),
        (["", "Halden", "We called"], ["", "Ely", "sent a part"]),
        (["Leaking", "valve and", "We called"], ["seal", "pump of", "sent a part"]),
    ],
)
def test_where_nobody_can_tell_whether_a_row_goes_on_there_are_two_and_a_note(
    first: list[str], second: list[str]
) -> None:
    found = over_two_pages([*WIDE[:2], ["B", "Ely", "Nothing"], first], [second, ["C", "Oslo", "Nothing"]])
    usual = [block.text for block in found.blocks if block.kind == "row"]
    assert len(usual) == 5
    said = "page 2: whether the first row of the table goes on with the one before cannot be told"
    assert found.notes == (said,)


def test_a_page_with_more_lines_than_are_looked_at_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruling, "_MOST", 4)
    found = parse(pdf([PROSE, ruled(COMPLAINTS) + "\n" + PROSE]))
    assert isinstance(found, Parsed)
    assert found.notes == (
        "page 2: more lines are drawn than are looked at: what stands in tables there is read as text",
    )


def in_columns(*rows: str) -> str:
    """Show rows `a | b` in columns with no line around them."""
    cut = [[cell.strip() for cell in row.split("|")] for row in rows]
    places = [
        (r, x, cell) for r, row in enumerate(cut) for x, cell in zip((72, 200, 330, 460), row, strict=False) if cell
    ]
    return "\n".join(text_at(x, 500 - 20 * r, cell) for r, x, cell in places)


SIGNED = {
    "prepared_by": "Ann Lee",
    "prepared_on": "2026-01-01",
    "approved_by": "Bob Ray",
    "approved_on": "2026-01-03",
}


@pytest.mark.parametrize(
    "block",
    [
        ("Step | Name | Date | Signature", "Prepared by | Ann Lee | 2026-01-01 | AL", "Approved by | Bob Ray | 2026-01-03 |"),
        (" | Prepared | Approved", "Name | Ann Lee | Bob Ray", "Date | 2026-01-01 | 2026-01-03", "Signature | AL | BR"),
        ("Role | Name | Date", "Author | Ann Lee | 2026-01-01", "Approver | Bob Ray | 2026-01-03"),
    ],
)  # fmt: skip
def test_a_block_of_approvals_in_columns_without_lines_is_read(block: tuple[str, ...]) -> None:
    assert told(PROSE + "\n" + in_columns(*block))[0] == SIGNED


def test_a_blank_in_a_block_of_approvals_without_lines_is_no_name_from_the_next_column() -> None:
    block = (" | Prepared | Approved | Reviewed", "Name | Ann Lee | | Cem Oz", "Date | 2026-01-01 | | 2026-01-02")
    values, _ = told(PROSE + "\n" + in_columns(*block))
    assert (values["prepared_by"], values["reviewed_by"]) == ("Ann Lee", "Cem Oz")
    assert "approved_by" not in values


def test_steps_of_approval_in_one_line_of_which_nobody_can_tell_the_columns_are_unsure() -> None:
    found = parse(
        pdf([PROSE + "\n" + text_at(72, 500, "Prepared by Reviewed by Approved by", "Ann Lee Cem Oz Bob Ray")])
    )
    assert isinstance(found, Parsed)
    said = "page 1: how the words 'Prepared by Reviewed by Approved by' belong together cannot be told"
    assert found.unsure == (("approved_by", said),)
