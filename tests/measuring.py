"""A small survey, its customers and its actions, for rules that measure: one call judges one rule on hand-made records."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import shared

from qmscheck import criteria
from qmscheck.criteria import Criteria
from qmscheck.model import Finding
from qmscheck.testing import judge_records

AS_OF = dt.date(2026, 1, 10)
Records = Sequence[Mapping[str, object]]

HEAD = """
[ruleset]
id = "survey"
title = "A survey"
standard = "none"
edition = "1"
version = "1"
language = "en"

[[obligation]]
id = "T"
title = "What is asked"
force = "requirement"
clauses = ["1"]
doc_info = "none"
statement = "What is asked."
grade = "major"
grade_why = "It is asked."
recommendation = "The quality manager looks."

[param.share]
type = "number"
default = 0.8
min = 0.01
max = 0.99
origin = "own-procedure"
ref = "QP-1"
title = "Share"

[param.goal]
type = "number"
default = 3.5
origin = "own-procedure"
ref = "QP-1"
title = "Goal"

[param.days]
type = "integer"
default = 5
min = 1
origin = "own-procedure"
ref = "QP-1"
title = "Days"

[param.tolerated]
type = "number"
default = 1
min = 0
origin = "own-procedure"
ref = "QP-1"
title = "Tolerated slope a year"

[param.goal_of_points]
type = "number"
default = 2
min = 0
max = 100
origin = "own-procedure"
ref = "QP-1"
title = "Tolerated points a year"

[param.nothing]
type = "integer"
default = 0
min = 0
origin = "own-procedure"
ref = "QP-1"
title = "None"

[param.text]
type = "text"
default = "x"
origin = "convention"
title = "A text"

[param.begun]
type = "date"
default = 2021-01-01
origin = "own-procedure"
ref = "QP-1"
title = "First day of the register"

[table.answers]
purpose = "Every answer"
key = "id"
[table.answers.columns]
id = { type = "text" }
score = { type = "integer" }
site = { type = "text" }
opened = { type = "date" }
closed = { type = "date" }
begun = { type = "timestamp" }
ended = { type = "timestamp" }
price = { type = "number" }
lines = { type = "number" }
name = { type = "text", sensitivity = "personal" }

[table.customers]
purpose = "Every customer"
key = "id"
[table.customers.columns]
id = { type = "text" }
site = { type = "text" }
orders = { type = "number" }
since = { type = "date" }
active = { type = "boolean" }

[table.actions]
purpose = "Every action"
key = "id"
[table.actions.columns]
id = { type = "text" }
done = { type = "date" }
kind = { type = "text" }
"""

#: Uses what a single rule leaves unused, so that only its own mistakes are told.
REST = """
[[rule]]
id = "T.rest"
obligation = "T"
title = "Everything is used"
each = "customers"
where = "orders > param('goal') and since > param('begun') and site <> param('text') and orders > param('share')"
must = "orders > param('days') and orders > param('tolerated') + param('goal_of_points') + param('nothing')"
statement = "{unmet} of {population}."

[[rule]]
id = "T.rest-2"
obligation = "T"
title = "Everything is used"
each = "actions"
must = "id is not null"
statement = "{unmet} of {population}."

[[rule]]
id = "T.rest-3"
obligation = "T"
title = "Everything is used"
each = "answers"
must = "id is not null"
statement = "{unmet} of {population}."
"""


def ruleset(rule: str, statement: str = "{value} ({interval}), target {target}") -> str:
    """Write a ruleset of one rule, from the keys that matter; it walks the answers."""
    return f"""{HEAD}
[[rule]]
id = "T.rule"
obligation = "T"
title = "The rule"
each = "answers"
statement = "{statement}"
{rule}
{REST}"""


@cache
def loaded(rule: str) -> Criteria:
    """Load a ruleset of one rule. Raises QmscheckError for mistakes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "r.toml"
        file.write_text(ruleset(rule), "utf-8")
        return criteria.load([("r.toml", file)])


def judged(
    rule: str,
    answers: Records,
    customers: Records = (),
    actions: Records = (),
    *,
    as_of: dt.date = AS_OF,
    params: Mapping[str, object] | None = None,
) -> Finding:
    """Judge one rule on hand-made records."""
    given = {"answers": answers, "customers": customers, "actions": actions}
    return judge_records(loaded(rule), "T.rule", given, as_of=as_of, params=params, engine=shared.engine())


def scores(*counts: tuple[object, int], **more: object) -> list[dict[str, object]]:
    """Give so many answers of each score."""
    values = [score for score, number in counts for _ in range(number)]
    return [{"id": f"A{i}", "score": score, **more} for i, score in enumerate(values)]
