"""A large file is read by plain casts where they will do; what is said of it is what is said of a small one."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from folders import audited
from hypothesis import given, settings
from hypothesis import strategies as st
from test_evidence import RULESET, SOURCE

from qmscheck.evidence import binding
from qmscheck.model import AuditRecord

IDS = ["A1", "A2", " A2", "A3 ", "n/a", "", "Ü1"]
DATES = ["2026-01-02", "2026-01-02 ", "02.01.2026", "2026-02-30", "n/a", "", " "]
DAYS = ["3", " 3", "1,000", "3.0", "3.5", "-2", "soon", "N/A", ""]


def record(text: str, large: int, few: int, more: str) -> AuditRecord:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(binding, "_LARGE", large)
        patch.setattr(binding, "_FEW", few)
        path = Path(folder) / "c.csv"
        path.write_text(text, "utf-8")
        found = audited(Path(folder), RULESET, SOURCE.format(path="c.csv", more=more))
    return found.model_copy(update={"rulesets": ()})


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(*(st.sampled_from(cells) for cells in (IDS, DATES, DAYS))), min_size=1, max_size=8),
    st.sampled_from(["", 'missing = ["", "n/a"]\n']),
    st.sampled_from(["", ",,", "\n", "A9,2026-01-02"]),
    st.sampled_from([0, 3]),
)
def test_a_large_file_is_read_as_a_small_one(cells: list[tuple[str, ...]], more: str, odd_line: str, few: int) -> None:
    """Lines of delimiters only, blank lines and lines that are cut short keep rows and records apart in both."""
    lines = [f'{key},{day},"{days}"' if "," in days else f"{key},{day},{days}" for key, day, days in cells]
    text = "\n".join(["id,received,days", *lines[:1], odd_line, *lines[1:], ""])
    assert record(text, 0, few, more) == record(text, 1 << 40, few, more)


def test_records_with_odd_cells_keep_their_rows() -> None:
    text = "id,received,days\nA1,2026-01-02,-1\n A2 ,2026-01-03,-2\nA3,2026-01-04,-3\nA4, 2026-01-05,x\n"
    found = record(text, 0, 1, "")
    assert [(e.column, e.location.row) for e in found.evidence[0].unreadable] == [("days", 5)]
    (quick,) = (f for f in found.findings if f.rule == "O.quick")
    assert [(e.key, e.location.row, e.state) for e in quick.exceptions] == [
        ("A1", 2, "unmet"),
        ("A2", 3, "unmet"),
        ("A3", 4, "unmet"),
        ("A4", 5, "unreadable"),
    ]
