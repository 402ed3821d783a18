"""The fifty rules as a Soda contract over DuckDB, telemetry off: native checks where it has them, SQL elsewhere.

It makes most checks into few aggregate queries and counts only: what it can keep of failed records needs a second
store. A share is a metric with a threshold.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

os.environ["SODA_CORE_TELEMETRY_ENABLED"] = "false"

import duckdb
from fifty import FILLED, LISTS, SHARES, UNIQUE, Answers, tell
from reading import source
from soda_core.common.yaml import ContractYamlSource
from soda_core.contracts.contract_verification import ContractVerificationSession
from soda_duckdb.common.data_sources.duckdb_data_source import DuckDBDataSourceImpl
from sql_rules import SCOPES, met, unmet

__all__ = ["answers"]

_COUNTED = {
    "missing": "missing_count",
    "invalid": "invalid_count",
    "duplicate": "duplicate_count",
    "failed_rows": "failed_rows_count",
}


def answers(folder: Path, suffix: str) -> Answers:
    """Verify the contract over views of the files, or over tables that were read from text once."""
    logging.disable(logging.ERROR)
    connection = duckdb.connect()
    kind = "VIEW" if suffix == "parquet" else "TABLE"
    for table in ("complaints", "customers"):
        connection.execute(f"CREATE {kind} {table} AS FROM {source(folder, table, suffix, folder)}")
    engine = DuckDBDataSourceImpl.from_existing_cursor(connection, name="benchmark")
    contract = ContractYamlSource.from_str(json.dumps(_contract()))  # JSON is YAML
    result = ContractVerificationSession.execute([contract], data_source_impls=[engine])
    if result.has_errors:
        raise SystemExit(result.get_errors_str())
    found: dict[str, int | bool] = {}
    for one in result.contract_verification_results[0].check_results:
        if one.check.type == "metric":
            found[one.check.name] = one.is_passed
        else:
            found[one.check.name] = int(one.diagnostic_metric_values[_COUNTED[one.check.type]])
    return found


def _contract() -> dict[str, object]:
    """Give the contract. A check of a column has no other place than below its column."""
    columns: dict[str, list[dict[str, object]]] = {name: [] for name in (*FILLED, *LISTS)}
    for column in FILLED:
        columns[column].append({"missing": {"name": f"filled.{column}"}})
    for column, values in LISTS.items():
        columns[column].append({"invalid": _named(f"list.{column}", valid_values=list(values))})
    reference = {"dataset": "benchmark/main/customers", "column": "customer_id"}
    columns["customer_id"].append({"invalid": _named("match.customer", valid_reference_data=reference)})
    checks: list[dict[str, object]] = []
    for rule, condition in met().items():
        kind, _, name = rule.partition(".")
        if kind == "share":
            part = f"avg(CASE WHEN {SCOPES.get(rule, 'true')} THEN coalesce({condition}, false)::INTEGER END)"
            enough = {"must_be_greater_than_or_equal": SHARES[name]}
            checks.append({"metric": _named(rule, expression=part, threshold=enough)})
        elif kind not in {"filled", "list"}:
            checks.append({"failed_rows": _named(rule, expression=unmet(rule, condition))})
    checks += [{"duplicate": _named(f"unique.{rule}", columns=list(names))} for rule, names in UNIQUE.items()]
    given = [{"name": name, "checks": ones} for name, ones in columns.items()]
    return {"dataset": "benchmark/main/complaints", "columns": given, "checks": checks}


def _named(rule: str, **more: object) -> dict[str, object]:
    return {"name": rule, "qualifier": rule, **more}


if __name__ == "__main__":
    tell(answers)
