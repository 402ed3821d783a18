"""Under any limit of memory the record is that without a limit, or what found no memory is an error; never a pass."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest
from folders import HEADER

from qmscheck import plan, plugins
from qmscheck.audit import conduct
from qmscheck.engine import Means, embedded
from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord, Verdict
from qmscheck.plan import Overrides

RECORDS = 300_000
RULES = """
[param.share_easy]
type = "number"
default = 0.5
min = 0.1
max = 1
origin = "own-procedure"
ref = "T"
title = "Share of complaints that take little effort"

[table.complaints]
purpose = "Every complaint"
key = "id"
[table.complaints.columns]
id = { type = "text" }
owner = { type = "text" }
site = { type = "text" }
received = { type = "date" }
answered = { type = "date" }
effort = { type = "number" }

[[rule]]
id = "T.owned"
obligation = "T"
title = "Each has an owner"
statement = "{unmet} have no owner."
each = "complaints"
must = "filled(owner)"

[[rule]]
id = "T.answered"
obligation = "T"
title = "Each is answered in time"
statement = "{unmet} are late."
each = "complaints"
where = "filled(answered)"
must = "days_between(received, answered) <= 30"

[[rule]]
id = "T.sited"
obligation = "T"
title = "Each has a known site"
statement = "{unmet} have another site."
each = "complaints"
must = "site in ('Graz', 'Lyon')"

[[rule]]
id = "T.long"
obligation = "T"
title = "Each owner has a whole name"
statement = "{unmet} have an initial."
each = "complaints"
must = "length(owner) >= 4"

[[rule]]
id = "T.effort"
obligation = "T"
title = "Efforts are known"
statement = "{met} of {population}."
each = "complaints"
must = "effort < 50"
at_least = "share_easy"
strata = ["site"]

[[rule]]
id = "T.once"
obligation = "T"
title = "Each is listed once"
statement = "{unmet} are listed twice."
each = "complaints"
unique = ["id"]
"""
PLAN = """
[audit]
organization = "O"
scope = "S"
rulesets = ["asked.toml"]
as_of = 2026-11-20

[[source]]
table = "complaints"
path = "complaints.parquet"
"""


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with many complaints, of which a tenth has some defect."""
    folder = tmp_path_factory.mktemp("many")
    (folder / "asked.toml").write_text(HEADER + RULES, "utf-8")
    (folder / "qmscheck.toml").write_text(PLAN, "utf-8")
    made = f"""COPY (
        SELECT format('C-{{:07d}}', CASE WHEN i % 100000 = 7 THEN 8 ELSE i END) AS id,
            CASE WHEN i % 20 = 3 THEN NULL WHEN i % 31 = 0 THEN 'A. ' ELSE format('Ada Number {{}}', i) END AS owner,
            CASE i % 50 WHEN 0 THEN 'Oslo' WHEN 1 THEN 'Graz' ELSE 'Lyon' END AS site,
            DATE '2026-01-01' + (i % 200)::INTEGER AS received,
            CASE WHEN i % 3 > 0 THEN DATE '2026-01-01' + ((i % 200) + hash(i) % 32)::INTEGER END AS answered,
            (hash(i) % 60)::DOUBLE AS effort
        FROM range({RECORDS}) AS t(i)
    ) TO '{folder / "complaints.parquet"}' (ROW_GROUP_SIZE 20000)"""
    duckdb.connect().execute(made)
    return folder


def audit(folder: Path, memory: int | None) -> AuditRecord:
    """Audit with so many bytes for the database alone."""
    found = plugins.load()
    planfile = plan.read(folder, found.readers, Overrides(today=dt.date(2026, 11, 20)), found.rulesets, found.engines)
    return conduct(planfile, found, threads=2, means=Means(memory))


@pytest.fixture(scope="module")
def unlimited(evidence: Path) -> AuditRecord:
    """Give the record without a limit."""
    return audit(evidence, None)


#: Least of these limits, under which something is not judged, and most of them, under which all is (from 16 up, as
#: measured): were each of them too little, or none, nothing would be shown.
LEAST, MOST = 4, 40


@pytest.mark.parametrize("mebibytes", [LEAST, 8, 12, 16, 24, MOST])
def test_under_any_limit_the_record_is_that_without_one_or_rules_are_errors(
    evidence: Path, unlimited: AuditRecord, monkeypatch: pytest.MonkeyPatch, mebibytes: int
) -> None:
    monkeypatch.setattr(embedded, "_BESIDE", 0)
    try:
        record = audit(evidence, mebibytes << 20)
    except QmscheckError as error:
        assert "there is not enough memory" in str(error)  # noqa: PT017
        assert mebibytes < MOST
        return
    lacking = [found.rule for found in record.findings if found.verdict is Verdict.ERROR]
    assert lacking or mebibytes > LEAST
    assert not lacking or mebibytes < MOST, lacking
    for found, wanted in zip(record.findings, unlimited.findings, strict=True):
        if found.verdict is Verdict.ERROR:
            assert "Out of Memory" in found.reason
            assert not found.exceptions
        else:
            assert found == wanted
