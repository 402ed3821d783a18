"""A made-up firm for tests: a small ruleset, tables of hand-made records, and one call that audits them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qmscheck import criteria, toml
from qmscheck.audit import conduct
from qmscheck.engine import Means, qmscheck_engines
from qmscheck.extracts import Batch, Extract, Request, Rows, Skipped, Unread
from qmscheck.hookspecs import EngineKind, Reader
from qmscheck.model import AuditPlan, AuditRecord, Period, Source
from qmscheck.plan import PlanFile
from qmscheck.plugins import Plugins
from qmscheck.sql.savings import ALL, Savings

AS_OF = dt.date(2026, 11, 20)

#: The engine that comes with the product.
OWN = {kind.name: kind for kind in qmscheck_engines()}

RULESET = """
[ruleset]
id = "firm"
title = "A firm"
standard = "S"
edition = "1"
version = "1.0"
language = "en"

[param.days]
type = "integer"
default = 5
min = 1
max = 30
origin = "convention"
title = "Days to answer"

[param.share]
type = "number"
default = 0.9
min = 0.01
max = 1
origin = "own-procedure"
ref = "QP-1"
title = "Share of complaints to answer in time"

[term.sorry]
en = ["sorry", "apolog*"]

[table.complaints]
purpose = "Every complaint"
key = "id"
[table.complaints.columns]
id = { type = "text" }
owner = { type = "text" }
site = { type = "text" }
received = { type = "date" }
answered = { type = "date" }
state = { type = "text" }
note = { type = "text", sensitivity = "personal" }

[table.answers]
purpose = "Every letter of answer"
key = "letter"
[table.answers.columns]
letter = { type = "text" }
id = { type = "text" }
sent = { type = "date" }
body = { type = "text" }

[table.attestations]
purpose = "What persons answered"
key = "obligation"
[table.attestations.columns]
obligation = { type = "text" }
answer = { type = "text" }
statement = { type = "text" }
by = { type = "text" }
role = { type = "text" }
on = { type = "date" }
valid_until = { type = "date" }

[[obligation]]
id = "A-1"
title = "Complaints are owned"
force = "requirement"
clauses = ["1.1"]
doc_info = "retain"
statement = "Each complaint has an owner."
grade = "major"
grade_why = "It is the core."
recommendation = "The quality manager names an owner."

[[obligation]]
id = "A-2"
title = "Complaints are answered"
force = "requirement"
clauses = ["1.2 a", "2"]
doc_info = "retain"
statement = "Each complaint is answered."
question = "Was the answer fair?"
grade = "minor"
grade_why = "It can be repaired."
recommendation = "The quality manager answers."

[[obligation]]
id = "A-3"
title = "Answers are kind"
force = "guidance"
clauses = ["3"]
doc_info = "none"
statement = "Answers are kind."
grade = "opportunity"
grade_why = "Advice only."
recommendation = "The service team writes kindly."

[[rule]]
id = "A-1.owner"
obligation = "A-1"
title = "Owner"
each = "complaints"
must = "owner is not null"
strata = ["site"]
statement = "{unmet} of {population} complaints have no owner ({share} have)."

[[rule]]
id = "A-1.once"
obligation = "A-1"
title = "Once"
each = "complaints"
unique = ["id"]
statement = "{unmet} of {population} complaints share their number."

[[rule]]
id = "A-2.in-time"
obligation = "A-2"
title = "In time"
each = "complaints"
where = "state <> 'open'"
must = "days_between(received, answered) <= param('days')"
at_least = "share"
on_zero = "not-applicable"
statement = "{met} of {population} were answered within {param.days} days; {unreadable} cannot be read."

[[rule]]
id = "A-2.letter"
obligation = "A-2"
title = "Letter"
each = "complaints"
has = { table = "answers", on = ["id"], where = "sent >= complaints.received" }
statement = "{unmet} of {population} have no letter."

[[rule]]
id = "A-2.recent"
obligation = "A-2"
title = "Recent"
count = "answers"
where = "sent >= add_months(audit_date(), -12)"
at_least = 1
statement = "{met} letters in the last year."

[[rule]]
id = "A-3.sorry"
obligation = "A-3"
title = "Sorry"
count = "answers"
where = "mentions(body, 'sorry')"
at_least = 1
conclusive = false
statement = "{met} letters say sorry."
"""

GOOD: dict[str, list[dict[str, Any]]] = {
    "complaints": [
        {
            "id": "C1",
            "owner": "Ada",
            "site": "N",
            "received": "2026-05-01",
            "answered": "2026-05-03",
            "state": "closed",
        },
        {
            "id": "C2",
            "owner": "Bob",
            "site": "S",
            "received": "2026-06-01",
            "answered": "2026-06-02",
            "state": "closed",
        },
        {"id": "C3", "owner": "Ada", "site": "N", "received": "2026-11-18", "answered": None, "state": "open"},
    ],
    "answers": [
        {"letter": "L1", "id": "C1", "sent": "2026-05-03", "body": "We are sorry."},
        {"letter": "L2", "id": "C2", "sent": "2026-06-02", "body": "Our apologies."},
        {"letter": "L3", "id": "C3", "sent": "2026-11-19", "body": "We look into it."},
    ],
    "attestations": [
        {
            "obligation": "A-2",
            "answer": "yes",
            "statement": "Fair.",
            "by": "Auditor",
            "on": "2026-10-01",
            "valid_until": "2027-10-01",
        },
        {
            "obligation": "A-3",
            "answer": "yes",
            "statement": "Kind.",
            "by": "Auditor",
            "on": "2026-10-01",
            "valid_until": None,
        },
    ],
}

Records = Mapping[str, Sequence[Mapping[str, Any]]]


def audit(
    tmp_path: Path,
    records: Records = GOOD,
    *,
    ruleset: str = RULESET,
    skipped: Mapping[str, Sequence[Skipped]] | None = None,
    unread: Mapping[str, Unread] | None = None,
    sources: Sequence[Source] | None = None,
    engines: Mapping[str, EngineKind] = OWN,
    at: Mapping[str, str] | None = None,
    savings: Savings = ALL,
    planned: Callable[[str], None] | None = None,
    means: Means | None = None,
    **plan: Any,
) -> AuditRecord:
    """Audit hand-made records; a table that is left out has no source. Columns are those of its first record. `at` are
    tables with the name of the engine that holds them.
    """
    file = tmp_path / "firm.toml"
    file.write_text(ruleset, "utf-8")

    def read(request: Request) -> Iterator[Extract | Unread]:
        if unread and request.table in unread:
            yield unread[request.table]
            return
        given = records[request.table]
        columns = tuple(dict.fromkeys(k for record in given for k in record)) or _columns(ruleset, request.table)
        cells = tuple([record.get(c) for record in given] for c in columns)
        batch = Batch(cells, rows=[int(r.get("_at", i)) for i, r in enumerate(given, 2)])
        path = request.root / f"{request.table}.x"
        yield Extract(
            request.table,
            path,
            columns,
            Rows([batch] if given else []),
            (),
            None,
            2,
            0,
            tuple((skipped or {}).get(request.table, ())),
        )

    reader = Reader("given", (".x",), read)
    used = (
        sources
        if sources is not None
        else [Source(table=t, reader="given", engine=(at or {}).get(t, "duckdb")) for t in records]
    )
    whole = AuditPlan(
        root=str(tmp_path),
        file=None,
        organization="Firm",
        scope="All",
        rulesets=(str(file),),
        as_of=plan.pop("as_of", AS_OF),
        period=Period(from_=dt.date(2025, 11, 21), to=AS_OF),
        sources=tuple(used),
        **plan,
    )
    planfile = PlanFile(whole, toml.parse(b"", "qmscheck.toml"))
    plugins = Plugins({"given": reader}, {}, {}, (), {}, engines=engines)
    return conduct(planfile, plugins, threads=1, savings=savings, planned=planned, means=means)


def verdicts(record: AuditRecord) -> dict[str, str]:
    """Give every verdict, by rule and by obligation."""
    return {f.rule: f.verdict.value for f in record.findings} | {o.id: o.verdict.value for o in record.obligations}


def _columns(ruleset: str, table: str) -> tuple[str, ...]:
    return tuple(toml.parse(ruleset.encode(), "firm.toml").value["table"][table]["columns"])


__all__ = ["AS_OF", "GOOD", "RULESET", "audit", "criteria", "verdicts"]
