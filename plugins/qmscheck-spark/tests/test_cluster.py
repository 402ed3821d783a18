"""A real cluster: a standalone master and two workers on loopback, from the programs that pyspark brings."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

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


@pytest.fixture(scope="module")
def cluster(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a master and two workers, and give the address of the master."""
    import pyspark

    home, folder = Path(pyspark.__file__).parent, tmp_path_factory.mktemp("cluster")
    port, shown = _free(), _free()
    address = f"spark://127.0.0.1:{port}"
    begin = [str(home / "bin" / "spark-class"), "org.apache.spark.deploy."]
    clean = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m"}
    processes = []

    def start(kind: str, *options: str) -> Path:
        log = folder / f"{len(processes)}.log"
        with log.open("wb") as out:
            command = [begin[0], f"{begin[1]}{kind}", *options]
            processes.append(subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=clean, cwd=folder))
        return log

    try:
        log = start("master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(shown))
        _wait(log, r"I have been elected leader")
        workers = [
            start("worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g",
                  "--webui-port", "0", "--work-dir", str(folder / f"work{i}"), address)
            for i in (1, 2)
        ]  # fmt: skip
        for worker in workers:
            _wait(worker, r"Successfully registered with master")
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(timeout=60)


def test_an_audit_with_one_source_in_a_lakehouse_gives_the_record_of_the_embedded_engine(
    cluster: str, tmp_path: Path
) -> None:
    (tmp_path / "lake.toml").write_text(RULES, "utf-8")
    (tmp_path / "customers.csv").write_text("customer\nKöhler\nMeyer\n", "utf-8")
    lake = tmp_path / "orders"
    lake.mkdir()
    duckdb.sql(
        "select 'O' || i as order_id, case i % 3 when 0 then 'Köhler' when 1 then 'Meyer' when 2 then 'Nobody' end"
        " as customer, date '2026-01-01' + cast(i as int) as ordered,"
        " timestamp '2026-01-03 10:00:00' + to_days(cast(i + i % 7 as int)) as delivered,"
        " case when i % 11 <> 0 then i / 8 end as value from range(1, 200) t(i) union all"
        " select 'O7', 'Meyer', null, null, 2.5"
    ).write_parquet(str(lake / "part.parquet"))
    there = _record(tmp_path, 'reader = "spark"\nengine = "spark"\nurl = "env:LAKE"\nparquet = "orders"', cluster)
    here = _record(tmp_path, 'path = "orders/part.parquet"', cluster)
    assert [_judged(f) for f in there["findings"]] == [_judged(f) for f in here["findings"]]
    assert [f["verdict"] for f in there["findings"]] == ["fail"] * 4
    assert there["gate"] == here["gate"]
    orders = next(e for e in there["evidence"] if e["table"] == "orders")
    assert (orders["engine"], orders["dialect"], orders["rows_read"]) == ("spark", "spark", 200)
    assert cluster not in json.dumps(there)


def _record(folder: Path, source: str, address: str) -> dict[str, Any]:
    """Audit the folder by the program, as a user does; it must not say anything but its own."""
    plan = (
        '[audit]\norganization = "Firm"\nscope = "All"\nrulesets = ["lake.toml"]\nas_of = 2026-11-20\n\n'
        f'[[source]]\ntable = "orders"\n{source}\n\n[[source]]\ntable = "customers"\npath = "customers.csv"\n'
    )
    (folder / "qmscheck.toml").write_text(plan, "utf-8")
    command = [sys.executable, "-m", "qmscheck", "audit", str(folder), "--output-format", "json", "-q"]
    given = {**os.environ, "LAKE": address, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=given)
    assert (done.returncode, done.stderr) == (1, ""), json.loads(done.stdout or "{}").get("limits")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _judged(finding: dict[str, Any]) -> dict[str, Any]:
    """Give a finding without the places of its exceptions: the records of a lakehouse have no rows."""
    shown = {name: value for name, value in finding.items() if name not in {"fingerprint", "exceptions"}}
    return {**shown, "exceptions": sorted(str(e["key"]) for e in finding["exceptions"])}


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _wait(log: Path, said: str) -> None:
    for _ in range(1500):
        if re.search(said, log.read_text("utf-8", "replace")):
            return
        time.sleep(0.2)
    pytest.fail(f"Spark did not start: {log.read_text('utf-8', 'replace')[-2000:]}")
