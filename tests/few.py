"""The small survey of `measuring` with a full list: rules that say which rule judges each record where they are few."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import shared
from measuring import AS_OF, ruleset

from qmscheck import criteria
from qmscheck.criteria import Criteria
from qmscheck.model import Finding
from qmscheck.testing import judge_records

_PARAM = """
[param.few]
type = "integer"
default = 30
min = 1
max = 100
origin = "convention"
title = "Records that are read one by one"

[param.text]"""

#: Judges each answer: it has a site. `where` leaves out what another test wants left out.
LIST = """
[[rule]]
id = "T.list"
obligation = "T"
title = "Each answer names its site"
each = "answers"
must = "filled(site)"
statement = "{unmet} of {population}."
"""
FEW = 'too_few = { up_to = "few", instead = "T.list" }\n'
SHARE = 'measure = { share = "score >= 4" }\nat_least = "share"\ninference = "process"\n'
RATE = 'measure = { rate = { table = "customers", per = 100 } }\nat_most = "goal"\ninference = "process"\n'
WITHIN = 'measure = { within = { opened = "opened", closed = "closed", days = "days" } }\nat_least = "share"\n'
TREND = 'measure = { share = "score >= 4" }\ntrend = { on = "opened", by = "quarter", must_not = "fall" }\n'
COUNTS = 'trend = { on = "opened", by = "quarter", must_not = "rise" }\n'
CHART = 'signal = { on = "opened", by = "month", watch = "high" }\n'


def text(rule: str, more: str = LIST) -> str:
    """Write a ruleset of one rule and of the rule that judges each record."""
    return ruleset(rule).replace("\n[param.text]", _PARAM) + more


@cache
def loaded(rule: str, more: str = LIST) -> Criteria:
    """Load it. Raises QmscheckError for mistakes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "r.toml"
        file.write_text(text(rule, more), "utf-8")
        return criteria.load([("r.toml", file)])


def judged(
    rule: str,
    answers: Sequence[Mapping[str, object]],
    more: str = LIST,
    *,
    customers: Sequence[Mapping[str, object]] = (),
    as_of: dt.date = AS_OF,
    few: int = 30,
) -> Finding:
    """Judge one rule, with the full list beside it."""
    given = {"answers": answers, "customers": customers}
    return judge_records(loaded(rule, more), "T.rule", given, as_of=as_of, params={"few": few}, engine=shared.engine())
