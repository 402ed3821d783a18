"""Law 8 on Spark: an audit whose records are judged there gives the record that the embedded engine gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from firm import GOOD, OWN, audit
from qmscheck_spark import qmscheck_engines
from test_engines import WHOLE, told

KINDS = {**OWN, **{kind.name: kind for kind in qmscheck_engines()}}

BAD = {
    **GOOD,
    "complaints": [
        *GOOD["complaints"],
        {"id": "C1", "owner": " \u00c4nne", "site": "S", "received": "soon", "answered": "2026-05-04", "state": "open"},
        {"id": None, "owner": None, "site": None, "received": "2026-02-30", "answered": None, "state": "closed"},
        {"id": "C9", "owner": "Z", "site": "N", "received": "2026-01-31", "answered": "2026-01-01", "state": "OPEN"},
    ],
}


@pytest.mark.parametrize(
    ("firm", "at"),
    [(GOOD, ("complaints", "answers")), (BAD, ("complaints",)), (BAD, ("answers",))],
    ids=["good-both", "bad-complaints", "bad-answers"],
)
def test_the_record_is_the_same_where_spark_judges(spark: Any, tmp_path: Path, firm: Any, at: tuple[str, ...]) -> None:
    here = audit(tmp_path, firm, ruleset=WHOLE)
    there = audit(tmp_path, firm, ruleset=WHOLE, engines=KINDS, at=dict.fromkeys(at, "spark"))
    assert told(there) == told(here)
    assert {e.table: (e.engine, e.dialect) for e in there.evidence if e.table in at} == dict.fromkeys(
        at, ("spark", "spark")
    )
