"""The fifty rules as a pandera schema over pandas: native checks of columns where it has them, functions elsewhere.

At most ten failure cases are kept by rule; counts are taken from the output of each check, which is complete.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from fifty import FILLED, LISTS, SHARES, UNIQUE, Answers, tell
from pandas_rules import in_scope, met, read

__all__ = ["answers"]


def answers(folder: Path, suffix: str) -> Answers:
    """Validate the whole table lazily, so that every check runs; count the false outputs of those that failed."""
    logging.disable(logging.CRITICAL)
    complaints = read(folder, "complaints", suffix)
    checks = _checks(complaints, read(folder, "customers", suffix)["customer_id"])
    found: dict[str, int | bool] = {f"filled.{column}": 0 for column in FILLED}
    found |= {f"list.{column}": 0 for column in LISTS}
    found |= {check.name: check.name.startswith("share.") or 0 for check in checks}
    try:
        pa.DataFrameSchema(_columns(), checks=checks).validate(complaints, lazy=True)
    except pa.errors.SchemaErrors as failed:
        for error in failed.schema_errors:
            rule, count = _counted(error)
            found[rule] = False if rule.startswith("share.") else count
    return found


def _columns() -> dict[str, pa.Column]:
    columns = {}
    for column in dict.fromkeys((*FILLED, *LISTS)):
        listed = pa.Check.isin(list(LISTS[column]), **_kept(f"list.{column}")) if column in LISTS else None
        columns[column] = pa.Column(nullable=column not in FILLED, checks=listed)
    return columns


def _checks(complaints: pd.DataFrame, customers: pd.Series) -> list[pa.Check]:
    scopes = in_scope(complaints)
    once = {f"unique.{rule}": _once(complaints, list(columns)) for rule, columns in UNIQUE.items()}
    known = {"match.customer": complaints["customer_id"].isin(customers)}
    checks = []
    for rule, condition in (met(complaints) | once | known).items():
        kind, _, name = rule.partition(".")
        if kind == "share":
            part = condition[scopes[rule]].mean() if rule in scopes else condition.mean()
            checks.append(pa.Check(_giving(bool(part >= SHARES[name])), **_kept(rule)))
        elif kind not in {"filled", "list"}:
            everywhere = condition | ~scopes[rule] if rule in scopes else condition
            checks.append(pa.Check(_giving(everywhere), **_kept(rule)))
    return checks


def _kept(rule: str) -> dict[str, object]:
    return {"name": rule, "n_failure_cases": 10, "ignore_na": False}


def _giving(outcome: pd.Series | bool) -> Callable[[pd.DataFrame], pd.Series | bool]:  # noqa: FBT001 as pandera asks
    return lambda _: outcome


def _once(complaints: pd.DataFrame, columns: list[str]) -> pd.Series:
    return ~complaints.duplicated(columns, keep=False) & complaints[columns].notna().all(axis=1)


def _counted(error: pa.errors.SchemaError) -> tuple[str, int]:
    if error.reason_code == pa.errors.SchemaErrorReason.SERIES_CONTAINS_NULLS:
        return f"filled.{error.schema.name}", len(error.failure_cases)
    if isinstance(error.check_output, bool):
        return error.check.name, int(not error.check_output)
    return error.check.name, int((~error.check_output).sum())


if __name__ == "__main__":
    tell(answers)
