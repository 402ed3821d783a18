"""One audit over a PostgreSQL server and files: rules of either, and matches of one in the other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from qmscheck import AuditRecord, QmscheckError, conduct, plan, plugins
from qmscheck.plan import Overrides

AS_OF = dt.date(2026, 11, 20)

RULESET = """
[ruleset]
id = "across"
title = "Across"
standard = "none"
edition = "1"
version = "1"
language = "en"

[table.complaints]
purpose = "Every complaint"
key = "id"
[table.complaints.columns]
id = { type = "text" }
owner = { type = "text" }
site = { type = "text" }
received = { type = "date" }
value = { type = "number" }
urgent = { type = "boolean" }

[table.answers]
purpose = "Every answer"
key = "letter"
[table.answers.columns]
letter = { type = "text" }
id = { type = "text" }
sent = { type = "date" }
seen_at = { type = "timestamp" }
amount = { type = "number" }
kind = { type = "boolean" }

[[obligation]]
id = "A-1"
title = "Complaints are answered"
force = "requirement"
clauses = ["1"]
doc_info = "none"
statement = "Each complaint is answered."
grade = "major"
grade_why = "It is the core."
recommendation = "The quality manager answers."

[[rule]]
id = "A-1.owner"
obligation = "A-1"
title = "Owner"
each = "complaints"
must = "owner is not null"
strata = ["site"]
statement = "{unmet} of {population} have no owner."

[[rule]]
id = "A-1.answered"
obligation = "A-1"
title = "Answered"
each = "complaints"
has = { table = "answers", on = ["id"], where = "sent >= complaints.received" }
statement = "{unmet} of {population} have no answer."

[[rule]]
id = "A-1.paid"
obligation = "A-1"
title = "Not paid twice"
each = "complaints"
where = "urgent"
lacks = { table = "answers", on = ["id"], where = "kind and amount > complaints.value and seen_at is not null" }
statement = "{unmet} of {population} were paid more."

[[rule]]
id = "A-1.about"
obligation = "A-1"
title = "Each answer is about a complaint"
each = "answers"
has = { table = "complaints", on = ["id"], where = "received <= answers.sent or value > 100.5" }
statement = "{unmet} of {population} are about none."

[[rule]]
id = "A-1.once"
obligation = "A-1"
title = "Once"
each = "answers"
unique = ["letter"]
statement = "{unmet} of {population} stand twice."
"""

QUERY = """
[[rule]]
id = "A-1.query"
obligation = "A-1"
title = "Query"
each = "complaints"
query = "select c.id from complaints c join answers a on a.id = c.id where a.sent < c.received"
statement = "{unmet}."
"""

COMPLAINTS = (
    "id,owner,site,received,value,urgent\n"
    "C1,Ada,N,2026-05-01,10.5,true\n"
    "C2,,S,2026-06-01,0.1,false\n"
    "C3,Bob,N,2026-07-01,100.75,true\n"
    "c3,Änne,,2026-08-01,,true\n"
    ",Bob,S,2026-08-02,7,\n"
)
ANSWERS = (
    "letter,id,sent,seen_at,amount,kind\n"
    "L1,C1,2026-05-03,2026-05-03 08:00:00.25,11,true\n"
    "L2,C2,2026-05-31,,0.3,true\n"
    "L2,C3,2026-07-02,2026-07-03 00:00:00,,true\n"
    "L4,C9,2026-07-02,,5,false\n"
    ",C3,,2026-07-03 10:00:00,100.75000001,\n"
)


@pytest.fixture(scope="module")
def loaded(server):
    server.run(
        "drop schema if exists across cascade",  # the processes of a run may set it up twice
        "create schema across",
        "grant usage on schema across to auditor",
        "alter default privileges in schema across grant select on tables to auditor",
        "create table across.complaints (id text, owner text, site text, received date, value double precision, urgent boolean)",
        "create table across.answers "
        "(letter text, id text, sent date, seen_at timestamp, amount double precision, kind boolean)",
        *(f"insert into across.complaints values ({_cells(line)})" for line in COMPLAINTS.splitlines()[1:]),
        *(f"insert into across.answers values ({_cells(line)})" for line in ANSWERS.splitlines()[1:]),
    )
    return server


def _cells(line: str) -> str:
    return ", ".join(f"'{cell}'" if cell else "null" for cell in line.split(","))


def audited(folder: Path, there: tuple[str, ...], ruleset: str = RULESET) -> AuditRecord:
    """Audit both tables; those that are named stay on the server."""
    (folder / "across.toml").write_text(ruleset, "utf-8")
    text = '[audit]\norganization = "O"\nscope = "S"\nrulesets = ["across.toml"]\n'
    for table, rows in (("complaints", COMPLAINTS), ("answers", ANSWERS)):
        (folder / f"{table}.csv").write_text(rows, "utf-8")
        place = f'path = "{table}.csv"\n'
        if table in there:
            place = f'reader = "sql"\nengine = "postgresql"\nurl = "env:ERP_URL"\nfrom = "across.{table}"\n'
        text += f'[[source]]\ntable = "{table}"\n{place}'
    (folder / "qmscheck.toml").write_text(text, "utf-8")
    found = plugins.load()
    planfile = plan.read(folder, found.readers, Overrides(today=AS_OF), found.rulesets, found.engines)
    return conduct(planfile, found, threads=1)


def told(record: AuditRecord) -> Any:
    """Give findings and obligations without the places of records: a server has no rows."""
    shown = [[(e.key, e.state, e.location.column) for e in one.exceptions] for one in record.findings]
    findings = [one.model_copy(update={"exceptions": ()}) for one in record.findings]
    return shown, findings, record.obligations, record.gate


@pytest.mark.parametrize("there", [("complaints",), ("answers",), ("complaints", "answers")])
def test_the_verdicts_are_those_of_files_alone(loaded, tmp_path, monkeypatch, there):
    monkeypatch.setenv("ERP_URL", loaded.address())
    here = audited(tmp_path, ())
    assert [(f.rule, f.tally.unmet, f.tally.unreadable) for f in here.findings if f.tally] == [
        ("A-1.owner", 1, 0),
        ("A-1.answered", 3, 0),
        ("A-1.paid", 1, 2),
        ("A-1.about", 2, 0),
        ("A-1.once", 3, 0),
    ]
    found = audited(tmp_path, there)
    assert [f.statement for f in found.findings] == [f.statement for f in here.findings]
    assert told(found) == told(here)
    assert {e.table: (e.engine, e.dialect) for e in found.evidence} == {
        table: ("postgresql", "postgres") if table in there else ("duckdb", "duckdb")
        for table in ("complaints", "answers")
    }


def test_a_query_over_both_is_refused_before_the_server_is_asked(tmp_path, monkeypatch):
    monkeypatch.setenv("ERP_URL", "postgresql://nobody:hunter2@127.0.0.1:1/none")
    with pytest.raises(QmscheckError) as error:
        audited(tmp_path, ("complaints",), RULESET + QUERY)
    assert "qmscheck.toml:8:10: the rule A-1.query cannot be judged by the engine 'postgresql'" in str(error.value)


def test_a_server_that_does_not_answer_leaves_its_table_unread(tmp_path, monkeypatch):
    monkeypatch.setenv("ERP_URL", "postgresql://nobody:hunter2@127.0.0.1:1/none")
    found = audited(tmp_path, ("answers",))
    (entry,) = [e for e in found.evidence if e.table == "answers"]
    assert (entry.status, entry.engine) == ("missing", "postgresql")
    assert "hunter2" not in found.model_dump_json()
    assert found.finding("A-1.answered").verdict.value == "insufficient"
