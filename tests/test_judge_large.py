"""Of a large table only doubtful records are judged; what is said of it is what is said of a small one, to the letter."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from firm import GOOD, RULESET, audit
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.extracts import Skipped
from qmscheck.judge.counting import planner, scan

MORE = """
[[rule]]
id = "A-1.late"
obligation = "A-1"
title = "Late"
each = "complaints"
where = "state <> 'open'"
must = "answered <= add_days(received, 5)"
statement = "{unmet} of {population} complaints are late."

[[rule]]
id = "A-1.once-a-day"
obligation = "A-1"
title = "Once a day"
each = "complaints"
where = "state <> 'open'"
unique = ["owner", "received"]
statement = "{unmet} of {population} complaints share owner and day."

[[rule]]
id = "A-1.no-letter"
obligation = "A-1"
title = "No letter"
each = "complaints"
where = "site = 'N'"
lacks = { table = "answers", on = ["id"], where = "sent < complaints.received" }
statement = "{unmet} of {population} complaints were answered before they came."
"""

WORDS = {
    "id": ["C1", "C2", "C3", None, " "],
    "owner": ["Ada", "Bob", None],
    "site": ["N", "S", None],
    "received": ["2026-05-01", "2026-05-02", "soon", None],
    "answered": ["2026-05-03", "2026-07-01", "31.02.2026", None],
    "state": ["open", "closed", None],
}
LETTERS = {
    "letter": ["L1", "L2"],
    "id": ["C1", "C2", None],
    "sent": ["2026-04-01", "2026-11-19", "later"],
    "body": ["x"],
}


def records(words: dict[str, list[str | None]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in words.items()})
    return st.lists(one, min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(records(WORDS), records(LETTERS), st.booleans())  # type: ignore[arg-type]
def test_doubtful_records_alone_tell_what_all_records_tell(
    complaints: list[dict[str, Any]], answers: list[dict[str, Any]], lost: bool
) -> None:
    firm = {**GOOD, "complaints": complaints, "answers": answers}
    skipped = {"complaints": [Skipped(9, "cut off", lost=True)]} if lost else None
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for small, kept, few in ((2_000, 200_000, 20_000), (0, 0, 20_000), (0, 0, 0)):
            patch.setattr(planner, "SMALL", small)
            patch.setattr(planner, "KEPT", kept)
            patch.setattr(scan, "MOST", few)
            with tempfile.TemporaryDirectory() as folder:
                record = audit(Path(folder), firm, ruleset=RULESET + MORE, skipped=skipped)
            found.append(record.model_dump(mode="json"))
    all_records, few, many = found
    for doubtful in (few, many):
        for one, other in zip(doubtful["findings"], all_records["findings"], strict=True):
            assert one == other
        doubtful["rulesets"] = all_records["rulesets"] = []  # they name the folder
        assert doubtful == all_records
