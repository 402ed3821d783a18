"""Tables of pages as passages."""

from __future__ import annotations

from qmscheck_documents.placing import Table
from qmscheck_documents.spread import Spread, margin, rows, together

HEAD = ("No", "State")


def table(page: int, *rows: tuple[str, ...], edges: tuple[float, ...] = (0, 50, 100)) -> Table:
    return Table(page, rows, edges)


def test_a_table_goes_on_at_the_top_of_the_next_page_where_its_columns_are_the_same() -> None:
    first, second, third = table(1, HEAD), table(2, ("1", "open")), table(3, ("2", "open"), edges=(0, 60, 100))
    assert list(together([["a", first], [second], [third, "b"]])) == [
        ["a", Spread((first, second))],
        [],
        [Spread((third,)), "b"],
    ]


def test_a_table_that_something_follows_goes_on_no_more() -> None:
    first, second = table(1, HEAD), table(2, HEAD)
    assert list(together([[first, "a"], [second]])) == [[Spread((first,)), "a"], [Spread((second,))]]
    assert list(together([[first], [], [table(3, HEAD)]])) == [[Spread((first,))], [], [Spread((table(3, HEAD),))]]
    assert list(together([[first, table(1, HEAD)]])) == [[Spread((first,)), Spread((table(1, HEAD),))]]


def test_rows_carry_their_page_and_repeated_headings_count_once() -> None:
    found = list(rows([table(1, ("May",), HEAD, ("1", "open")), table(2, ("May",), HEAD, ("2", "closed"))]))
    assert [(one.page, one.row, one.text) for one in found] == [
        (1, 1, "May"),
        (1, 3, "No: 1; State: open"),
        (2, 4, "No: 2; State: closed"),
    ]


def test_a_part_that_only_repeats_the_headings_keeps_its_last_row() -> None:
    found = list(rows([table(1, HEAD, ("1", "open")), table(2, HEAD)]))
    assert [one.page for one in found] == [1, 2]


def test_a_table_in_a_header_is_marked_as_such() -> None:
    (one,) = margin(table(2, ("Version", "3")))
    assert (one.kind, one.mark, one.page, one.row, one.text) == ("paragraph", "header_footer", 2, 0, "Version: 3")
    assert one.own_labels


def pairs(*grid: tuple[str, ...]) -> list[tuple[tuple[tuple[str, str], ...], bool]]:
    return [(one.pairs, one.own_labels) for one in rows([table(1, *grid)])]


def test_a_head_table_of_three_columns_has_one_value_in_two_cells() -> None:
    assert pairs(("Version", "3", ""), ("Owner", "Quality manager", ""), ("Approved by", "A. Novak", "2026-03-01")) == [
        ((("Version", "3"),), True),
        ((("Owner", "Quality manager"),), True),
        ((("Approved by", "A. Novak 2026-03-01"),), True),
    ]
    assert pairs(("Approved by", "A. Novak", "2026-03-01")) == [((("Approved by", "A. Novak 2026-03-01"),), True)]


def test_a_value_over_several_columns_of_a_head_table_is_one() -> None:
    assert pairs(("Title", "Complaints", "", ""), ("Version", "3", "Owner", "Ann")) == [
        ((("Title", "Complaints"),), True),
        ((("Version", "3"), ("Owner", "Ann")), True),
    ]


def test_labels_above_one_row_of_values_are_a_head_table() -> None:
    assert pairs(("Version", "Owner", "Review due"), ("3", "Ann", "2027-01-01")) == [
        ((("Version", "3"), ("Owner", "Ann"), ("Review due", "2027-01-01")), True)
    ]


def test_a_register_of_one_record_and_a_history_of_changes_stay_what_they_are() -> None:
    assert pairs(("Title", "Version", "Owner"), ("Complaints", "3", "Ann"))[0][1] is False
    assert pairs(("Version", "Date", "Change"), ("1.0", "2026-01-01", "First"))[0][1] is False
    assert pairs(("Version", "Comment", "Change"), ("1.0", "none so far", "First"))[0][1] is False


def test_a_block_of_approvals_is_left_to_what_reads_it() -> None:
    first = next(rows([table(1, ("", "Prepared", "Approved"), ("Name", "Ann", "Bob"), ("Date", "", "2026-03-01"))]))
    assert first.signed is not None
    assert ("approved by", "Bob") in first.signed.told


def test_labels_and_values_may_stand_beside_a_logo() -> None:
    assert pairs(("Marlow", "Version", "3"), ("", "Owner", "Ann"), ("", "Page", "1 of 3")) == [
        ((("", "Marlow"), ("Version", "3")), True),
        ((("Owner", "Ann"),), True),
        ((("", "Page"), ("", "1 of 3")), True),
    ]
    (one,) = margin(Table(1, (("Marlow", "Version", ""),), (0, 50, 100), at_edge=True))
    assert (one.text, one.pairs) == ("Marlow; Version: (blank)", (("", "Marlow"), ("Version", "")))


def test_a_register_with_an_owner_in_a_later_column_is_none() -> None:
    assert [one for _, one in pairs(("No", "Owner", "Measure"), ("1", "Ann", "Alarm"), ("2", "Bob", "Door"))] == [
        False
    ] * 2


def test_cells_with_label_and_value_of_their_own_tell_them() -> None:
    assert pairs(("Version: 3", "Owner: Ann"), ("Status: valid", "Approved by: Bob")) == [
        ((("Version", "3"), ("Owner", "Ann")), True),
        ((("Status", "valid"), ("Approved by", "Bob")), True),
    ]
    assert pairs(("Task", "Who"), ("Alarm", "Owner: Ann"), ("Door", "Owner: Bob"))[0][1] is False
