"""Spark as firms have it (`standalone`): a master with two workers, and a server of Spark Connect, on loopback. An audit
by the program gives the record of the embedded engine, and leaves no process behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from shared import database
from standalone import FAST, connect

RULES = """
[ruleset]
id = "lake"
title = "A lakehouse"
standard = "S"
edition = "1"
version = "1.0"
language = "en"

[table.orders]
purpose = "Every order"
key = "order_id"
[table.orders.columns]
order_id = { type = "text" }
customer = { type = "text" }
ordered = { type = "date" }
delivered = { type = "timestamp" }
value = { type = "number" }

[table.customers]
purpose = "Every customer"
key = "customer"
[table.customers.columns]
customer = { type = "text" }

[[obligation]]
id = "L-1"
title = "Orders are delivered"
force = "requirement"
clauses = ["1"]
doc_info = "retain"
statement = "Each order is delivered in time, to a customer who is known."
grade = "major"
grade_why = "It is the core."
recommendation = "The sales manager delivers."

[[rule]]
id = "L-1.in-time"
obligation = "L-1"
title = "In time"
each = "orders"
must = "days_between(ordered, delivered) <= 5"
strata = ["customer"]
statement = "{unmet} of {population} orders are late."

[[rule]]
id = "L-1.known"
obligation = "L-1"
title = "Known"
each = "orders"
has = { table = "customers", on = ["customer"] }
statement = "{unmet} of {population} orders are of nobody."

[[rule]]
id = "L-1.once"
obligation = "L-1"
title = "Once"
each = "orders"
unique = ["order_id"]
statement = "{unmet} of {population} orders share their number."

[[rule]]
id = "L-1.priced"
obligation = "L-1"
title = "Priced"
each = "orders"
must = "round(value, 0) > 0 and matches(order_id, '^O[0-9]+$')"
statement = "{unmet} of {population} orders are without value."
"""


THERE = 'reader = "spark"\nengine = "spark"\nurl = "env:LAKE"\n'


@pytest.fixture(params=["standalone", "connect"])
def address(request: pytest.FixtureRequest, cluster: str, tmp_path: Path) -> Iterator[str]:
    """Give the address of the master, or of a server of Spark Connect whose executors are its workers."""
    if request.param == "standalone":
        yield cluster
        return
    with connect(tmp_path / "served", cluster) as address:
        yield address


def test_an_audit_with_one_source_in_a_lakehouse_gives_the_record_of_the_embedded_engine(
    address: str, tmp_path: Path
) -> None:
    (tmp_path / "lake.toml").write_text(RULES, "utf-8")
    (tmp_path / "customers.csv").write_text("customer\nKöhler\nMeyer\n", "utf-8")
    lake = tmp_path / "orders"
    lake.mkdir()
    database().sql(
        "select 'O' || i as order_id, case i % 3 when 0 then 'Köhler' when 1 then 'Meyer' when 2 then 'Nobody' end"
        " as customer, date '2026-01-01' + cast(i as int) as ordered,"
        " timestamp '2026-01-03 10:00:00' + to_days(cast(i + i % 7 as int)) as delivered,"
        " case when i % 11 <> 0 then i / 8 end as value from range(1, 200) t(i) union all"
        " select 'O7', 'Meyer', null, null, 2.5"
    ).write_parquet(str(lake / "part.parquet"))
    codes = '\n[source.columns]\nvalue = { from = "value", missing = ["2.5"] }\n'
    there = _record(tmp_path, f'{THERE}parquet = "orders"{codes}', address)
    here = _record(tmp_path, f'path = "orders/part.parquet"{codes}', address)
    assert [_judged(f) for f in there["findings"]] == [_judged(f) for f in here["findings"]]
    assert [f["verdict"] for f in there["findings"]] == ["fail"] * 4
    assert there["gate"] == here["gate"]
    limits = [
        [one["detail"] for one in record["limits"] if one["reason"] == "values read as blank"]
        for record in (there, here)
    ]
    assert limits[0] == limits[1]
    assert limits[0][0].startswith("'2.5' stands for blank in 2 of 182 filled cells of 'value' (1 %), and is a number")
    orders = next(e for e in there["evidence"] if e["table"] == "orders")
    assert (orders["engine"], orders["dialect"], orders["rows_read"]) == ("spark", "spark", 200)
    assert address not in json.dumps(there)


def test_audits_leave_no_process_behind_whether_they_end_or_are_ended(java: None, tmp_path: Path) -> None:
    (tmp_path / "lake.toml").write_text(RULES, "utf-8")
    (tmp_path / "customers.csv").write_text("customer\nMeyer\n", "utf-8")
    query = (
        "SELECT 'O1' AS order_id, 'Meyer' AS customer, DATE'2026-01-01' AS ordered,"
        " TIMESTAMP_NTZ'2026-01-03 10:00:00' AS delivered, 1 AS value"
    )
    mark = f"QMSCHECK_MARK={uuid.uuid4()}"
    ended = _audited(tmp_path, f'{THERE}query = "{query}"', "local[1]", mark)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert _marked(mark) == []
    endless = "SELECT 'O1' AS order_id FROM range(1000000) AS a, range(1000000) AS b WHERE a.id * b.id < 0"
    log = tmp_path / "log"
    log.mkdir()
    logs = f"{FAST} -Dspark.eventLog.enabled=true -Dspark.eventLog.compress=false -Dspark.eventLog.dir={log.as_uri()}"
    started = _start(tmp_path, f'{THERE}query = "{endless}"', "local[1]", mark, logs)
    _wait(lambda: any(log.rglob("*")))  # Spark has started: before, pyspark itself may leave its Java behind
    assert any("java" in command for command in _marked(mark))
    started.terminate()
    started.communicate(timeout=60)
    _wait(lambda: not _marked(mark))


def _record(folder: Path, source: str, address: str) -> dict[str, Any]:
    """Audit the folder by the program, as a user does; it must not say anything but its own."""
    done = _audited(folder, source, address)
    assert (done.returncode, done.stderr) == (1, ""), json.loads(done.stdout or "{}").get("limits")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _audited(folder: Path, source: str, address: str, mark: str = "QMSCHECK_MARK=") -> subprocess.CompletedProcess[str]:
    started = _start(folder, source, address, mark)
    out, said = started.communicate()
    return subprocess.CompletedProcess([], started.returncode, out, said)


def _start(folder: Path, source: str, address: str, mark: str, java: str = FAST) -> subprocess.Popen[str]:
    plan = (
        '[audit]\norganization = "Firm"\nscope = "All"\nrulesets = ["lake.toml"]\nas_of = 2026-11-20\n\n'
        f'[[source]]\ntable = "orders"\n{source}\n\n[[source]]\ntable = "customers"\npath = "customers.csv"\n'
    )
    (folder / "qmscheck.toml").write_text(plan, "utf-8")
    command = [sys.executable, "-m", "qmscheck", "audit", str(folder), "--output-format", "json", "-q"]
    name, _, value = mark.partition("=")
    given = {**os.environ, "LAKE": address, "SPARK_LOCAL_IP": "127.0.0.1", "JAVA_TOOL_OPTIONS": java, name: value}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", env=given)


def _marked(mark: str) -> list[str]:
    """Give the commands of the processes that were started with a mark in their environment, by whom ever."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended meanwhile, or is nobody's
    return found


def _wait(happens: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not happens():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.2)


def _judged(finding: dict[str, Any]) -> dict[str, Any]:
    """Give a finding without the places of its exceptions: the records of a lakehouse have no rows."""
    shown = {name: value for name, value in finding.items() if name not in {"fingerprint", "exceptions"}}
    return {**shown, "exceptions": sorted(str(e["key"]) for e in finding["exceptions"])}
