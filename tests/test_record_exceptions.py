"""Exceptions that are written at once are those of the general way, byte for byte."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.model import AuditException, Location
from qmscheck.record.exceptions import written

TEXT = st.text(max_size=6) | st.sampled_from(['"', "\\", "\x00\x1f\x7f", "\u2028é😀", "%s\n", "</"])
MAYBE, NUMBER = st.none() | TEXT, st.none() | st.integers(1, 10**9)
LOCATION = st.builds(
    Location, path=TEXT, sheet=MAYBE, row=NUMBER, column=MAYBE, cell=MAYBE, page=NUMBER, heading=MAYBE, paragraph=NUMBER
)
EXCEPTION = st.builds(
    AuditException,
    key=TEXT,
    state=st.sampled_from(["unmet", "unreadable", "quoted"]),
    location=LOCATION,
    quote=MAYBE,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(EXCEPTION, max_size=3))
def test_each_exception_is_written_as_the_standard_library_writes_it(found: list[AuditException]) -> None:
    value = {"exceptions": [one.model_dump(mode="json", by_alias=True) for one in found]}
    wanted = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    assert '{\n  "exceptions": ' + written(found) + "\n}" == wanted
