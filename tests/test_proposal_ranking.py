"""What a file is called, and what its values count, outweigh a name that is only partly alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from proposing import RULESET, proposed

_MORE = (
    RULESET.replace(
        "[table.documents]",
        """[table.customer_groups]
purpose = "Every customer group. Given by: sales"
key = "customer_group"
[table.customer_groups.columns]
customer_group = { type = "text", title = "Name of the group" }

[table.deliveries]
purpose = "Every delivery. Given by: logistics"
key = "delivery_id"
[table.deliveries.columns]
delivery_id = { type = "text" }
delivered_on = { type = "date", synonyms = ["delivered"] }
qty_ordered = { type = "number", synonyms = ["ordered"] }

[table.documents]""",
        1,
    )
    + """
[[rule]]
id = "A.groups"
obligation = "A"
title = "There are groups"
each = "customer_groups"
must = "customer_group is not null"
statement = "{unmet} of {population} have no name."

[[rule]]
id = "A.deliveries"
obligation = "A"
title = "Deliveries are made"
each = "deliveries"
must = "delivered_on is not null and qty_ordered > 0"
statement = "{unmet} of {population} are not."
"""
)


def _columns(tmp_path: Path, name: str, text: str) -> dict[str, str]:
    (one,) = proposed(tmp_path, {f"{name}.csv": text}, _MORE).tables
    return {column.heading: column.column for column in one.columns}


@pytest.mark.parametrize("heading", ["Order Item", "Ordered item", "Ordered Pos."])
@pytest.mark.parametrize("step", [1, 10])
def test_a_number_of_lines_is_no_quantity(tmp_path: Path, heading: str, step: int) -> None:
    numbers = [1, 2, 1, 1, 2, 3]
    rows = "".join(f"D-{at},2026-01-0{at + 1},{step * number}\n" for at, number in enumerate(numbers))
    assert heading not in _columns(tmp_path, "deliveries", f"delivery id,delivered,{heading}\n{rows}")


@pytest.mark.parametrize("values", [["7", "12", "7", "3", "40", "1"], ["1", "2", "3", "4", "5", "6"]])
def test_what_does_not_count_again_and_again_from_one_is_taken_by_its_name(tmp_path: Path, values: list[str]) -> None:
    rows = "".join(f"D-{at},2026-01-0{at + 1},{value}\n" for at, value in enumerate(values))
    found = _columns(tmp_path, "deliveries", f"delivery id,delivered,Ordered item\n{rows}")
    assert found["Ordered item"] == "qty_ordered"


def test_a_file_that_is_called_as_one_table_is_not_proposed_as_another(tmp_path: Path) -> None:
    (one,) = proposed(tmp_path, {"customers.csv": "name\nAcme\nBeta\nGamma\n"}, _MORE).tables
    assert not one.sure
    (other,) = proposed(tmp_path / "b", {"customer groups.csv": "name\nAcme\nBeta\nGamma\n"}, _MORE).tables
    assert (other.name, other.sure) == ("customer_groups", True)
