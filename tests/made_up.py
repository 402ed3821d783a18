"""Records that nobody wrote down for any table that a rule reads: odd words, days and numbers among those of its examples."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from qmscheck.criteria import Criteria
from qmscheck.model import Example
from qmscheck.sql.select import columns_read
from qmscheck.testing import AS_OF

__all__ = ["made_up"]

WORDS = (
    "a",
    "A",
    "ä",
    "B-1",
    "b 1",
    "n/a",
    "nobody",
    "TBD",
    "closed",
    "open",
    "yes",
    "Complaint",
    "\u017f",
    "x" * 70,
    "#N/A",
)
DAYS = (
    "2026-06-30",
    "2026-07-01",
    "2024-02-29",
    "2025-07-01",
    "0001-01-01",
    "2026-02-30",
    "30.06.2026",
    "2026-6-1",
    "soon",
)
CELLS = {
    "text": st.sampled_from(WORDS),
    "integer": st.sampled_from(("0", "1", "-1", "7", "07", "3.0", "2.5", "1,234", "9223372036854775808", "many")),
    "number": st.sampled_from(("0", "0.1", "0.3", "-2.5", "1e3", "1e400", "1,234.5", "1_0", "nan", "7", "10", "x")),
    "boolean": st.sampled_from(("yes", "no", "true", "0", "perhaps")),
    "date": st.sampled_from(DAYS),
    "timestamp": st.sampled_from((*DAYS, "2026-06-29 10:00", "2026-06-30T23:59:59.5Z", "2026-06-30 24:00:00")),
}


@st.composite
def made_up(draw: st.DrawFn, found: Criteria) -> tuple[str, Example]:
    """Make up records for the tables that a rule reads; every second cell is one that its rule knows."""
    rule = draw(st.sampled_from(sorted(found.ruleset.rules)))
    spec = found.ruleset.rules[rule]
    known = [e.given for e in spec.example]
    tables = {}
    for table, columns in columns_read([found.tests[rule]]).items():
        cells = {}
        for column in sorted({*columns, *(spec.strata if table == found.tests[rule].table else ())}):
            seen = [r[column] for g in known for r in g.get(table, ()) if r.get(column) is not None]
            any_ = CELLS[found.ruleset.tables[table].columns[column].type]
            cells[column] = st.one_of(st.none(), any_, *([st.sampled_from(seen)] * 2 if seen else []))
        tables[table] = draw(st.lists(st.fixed_dictionaries(cells), max_size=6))
    as_of = draw(st.sampled_from((AS_OF, dt.date(2024, 2, 29))))
    return rule, spec.example[0].model_copy(update={"given": tables, "as_of": as_of, "params": {}})
