"""The inventory as people read it, and as JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from qmscheck.hookspecs import RenderOptions
from qmscheck.inventory import Inventory, Missing, Newest, Seen
from qmscheck.inventory.shown import as_json, for_people
from qmscheck.model import Evidence, Limit, Location, SkippedRow, UnreadableCell

SHA = "0123456789abcdef" * 4


def cell(row: int) -> UnreadableCell:
    return UnreadableCell(location=Location(path="a.csv", row=row, column="Kosten"), column="cost", expected="number")


def entry(**changes: Any) -> Evidence:
    told: dict[str, Any] = {
        "table": "complaints", "source": "source 1", "locator": "a.csv", "sha256": SHA, "reader": "csv", "rows_read": 1,
        "rows_skipped": (), "columns": {}, "unmapped_columns": (), "missing_columns": (), "unreadable_count": 0,
        "unreadable": (), "notes": (), "status": "read",
    }  # fmt: skip
    return Evidence(**{**told, **changes})


def seen(
    inside: str = "", newest: Newest | None = None, lacks: Mapping[str, tuple[str, ...]] | None = None, **changes: Any
) -> Seen:
    return Seen(entry(**changes), inside, newest, lacks or {})


def inventory(*sources: Seen, missing: tuple[Missing, ...] = (), limits: tuple[Limit, ...] = ()) -> Inventory:
    return Inventory("Shop", dt.date(2026, 6, 30), ("iso9001", "house"), sources, missing, limits)


def shown(one: Inventory, verbose: int = 0) -> list[str]:
    """Give the lines of the screen that are not empty, without their indents and columns."""
    page = for_people(one, RenderOptions(width=100, verbose=verbose))
    return [" ".join(line.split()) for line in page.splitlines() if line.strip()]


def test_a_newest_day_that_was_planned_says_so() -> None:
    newest = Newest("due_on", dt.date(2026, 6, 29), 1, planned=True)
    told = "newest 2026-06-29 (due_on), 1 day before the audit: a day that was planned, and none says what was done"
    one = inventory(seen("", newest))
    assert told in " ".join(shown(one))
    assert json.loads(as_json(one))["sources"][0]["newest"]["planned"] is True


def test_an_empty_plan_says_what_it_is_about_and_that_nothing_is_judged() -> None:
    (line,) = shown(inventory())
    assert line == "What an audit of Shop on 2026-06-30 would read, against iso9001, house. Nothing is judged here."


def test_a_source_is_shown_with_its_table_its_columns_its_newest_day_and_its_digest() -> None:
    newest = Newest("received_on", dt.date(2026, 6, 29), 1)
    columns = {"id": "id", "cost": "Kosten"}
    lines = shown(inventory(seen("Sheet 1", newest, columns=columns, unmapped_columns=("x",), notes=("guessed ;",))))
    assert lines[1:] == [
        "SOURCES: 1",
        "a.csv [Sheet 1]",
        "table complaints, 1 row, read by csv",
        "newest 2026-06-29 (received_on), 1 day before the audit",
        "columns id, cost = Kosten",
        "not read x",
        "note guessed ;",
        f"sha256 {SHA[:16]}",
    ]


def test_what_cannot_be_relied_on_comes_first_with_its_reason() -> None:
    lost = seen(locator="b.csv", status="corrupt", detail="it is cut off", reader=None, sha256=None, rows_read=0)
    bare = seen(locator="c.csv", status="missing")
    lines = shown(inventory(seen(), lost, bare))
    assert lines[1:8] == [
        "NOT TO BE RELIED ON: 2",
        "b.csv",
        "table complaints, 0 rows, read by nothing",
        "corrupt it is cut off",
        "sha256 none",
        "c.csv",
        "table complaints, 1 row, read by csv",
    ]
    assert "missing it cannot be read" in lines
    assert lines.index("SOURCES: 1") > lines.index("c.csv")


def test_of_many_obligations_cells_and_rows_the_first_five_are_shown_and_the_others_counted() -> None:
    rows = tuple(SkippedRow(path="a.csv", row=n, reason="a total") for n in range(1, 8))
    one = inventory(
        seen(
            lacks={"owner": tuple(f"O{n}" for n in range(7))},
            unreadable_count=1200,
            unreadable=tuple(map(cell, range(1, 8))),
            rows_skipped=rows,
        )
    )
    few, all_of_it = shown(one), shown(one, verbose=1)
    assert "lacks owner (O0, O1, O2, O3, O4 ...)" in few
    assert "unreadable 1,200 cells" in few
    assert [line for line in few if line.startswith("and ")] == ["and 1,195 more", "and 2 more"]
    assert len([line for line in few if line.endswith(": no number")]) == 5
    assert "lacks owner (O0, O1, O2, O3, O4, O5, O6)" in all_of_it
    assert [line for line in all_of_it if line.startswith("and ")] == ["and 1,193 more"]
    assert len([line for line in all_of_it if line.endswith(": a total")]) == 7
    assert f"sha256 {SHA}" in all_of_it


def test_tables_without_a_source_and_what_was_not_read_are_listed() -> None:
    missing = (Missing("audits", "Audits that were held", ("9.2", "9.3")),)
    limits = (
        Limit(kind="file", id="a b.pdf", reason="encrypted", detail="it has a password."),
        Limit(kind="file", id="c.pdf", reason="empty", detail=""),
    )
    assert shown(inventory(missing=missing, limits=limits))[1:] == [
        "TABLES WITHOUT A SOURCE: 1",
        "audits",
        "Audits that were held.",
        "Needed by 9.2, 9.3.",
        "NOT READ: 2",
        "a b.pdf: encrypted. it has a password.",
        "c.pdf: empty.",
    ]


def test_json_says_all_of_it_and_no_day_where_there_is_none() -> None:
    newest = Newest("received_on", dt.date(2026, 6, 29), 1)
    missing = (Missing("audits", "Audits", ("9.2",)),)
    limits = (Limit(kind="file", id="ä.pdf", reason="empty", detail="nothing"),)
    one = inventory(seen("S", newest, {"owner": ("O1", "O2")}), seen(), missing=missing, limits=limits)
    text = as_json(one)
    told = json.loads(text)
    assert (told["organization"], told["as_of"], told["rulesets"]) == ("Shop", "2026-06-30", ["iso9001", "house"])
    first, second = told["sources"]
    assert (first["inside"], first["locator"], first["lacks"]) == ("S", "a.csv", {"owner": ["O1", "O2"]})
    assert first["newest"] == {"column": "received_on", "on": "2026-06-29", "days": 1, "planned": False}
    assert (second["newest"], second["lacks"]) == (None, {})
    assert told["missing_tables"] == [{"table": "audits", "purpose": "Audits", "obligations": ["9.2"]}]
    assert told["limits"][0]["reason"] == "empty"
    assert "ä.pdf" in text
    assert text.endswith("}\n")
