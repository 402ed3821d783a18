"""The benchmarks run, and the audit and the hand-written query agree on every one of the fifty rules."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import shared

_SCAN = Path(__file__).parents[1] / "benchmarks" / "scan.py"


def _scan(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(_SCAN), "--rows", "2000", "--rounds", "1", "--folder", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=shared.unmeasured())


def test_the_audit_and_the_hand_written_query_agree_on_fifty_rules_in_four_formats(tmp_path: Path) -> None:
    done = _scan(tmp_path, *(f"--format={suffix}" for suffix in ("parquet", "csv", "xlsx", "sqlite")))

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("| audit |") == 4
    assert "differ" not in done.stdout


def test_no_ratio_is_printed_where_the_answers_differ(tmp_path: Path) -> None:
    _scan(tmp_path, "--format", "csv")
    customers = tmp_path / "qmscheck-benchmark-2000" / "customers.csv"
    plan = customers.with_name("csv.toml")
    customers.with_name("few.csv").write_text("customer_id,name\nK-00000000,Customer 0\n", "utf-8")
    plan.write_text(plan.read_text("utf-8").replace("customers.csv", "few.csv"), "utf-8")

    done = _scan(tmp_path, "--format", "csv")

    assert done.returncode == 1
    assert "match.customer: audit" in done.stdout
    assert "ratio" not in done.stdout


def test_the_folder_of_documents_is_read_alike_by_the_libraries_by_us_and_from_memory(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    memory.mkdir(mode=0o700)
    made = [sys.executable, str(_SCAN.with_name("documents_made.py")), "40", str(tmp_path / "documents")]
    subprocess.run(made, check=True)

    def told(how: str, *more: str) -> dict[str, int]:
        line = [sys.executable, str(_SCAN.with_name("documents_read.py")), how, str(tmp_path / "documents"), *more]
        return dict(json.loads(subprocess.run(line, capture_output=True, check=True).stdout))

    plain, own, again = told("plain"), told("own", str(memory)), told("own", str(memory))

    assert plain["pages"] == own["pages"] == again["pages"] > 40
    assert own["passages"] == again["passages"] > 2000
