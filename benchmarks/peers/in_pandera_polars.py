"""The fifty rules as a pandera schema over polars: native checks of columns where it has them, expressions elsewhere.

At most ten failure cases are kept by rule; counts are taken from the output of each check, which is complete.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pandera.polars as pa
import polars as pl
from fifty import FILLED, LISTS, SHARES, UNIQUE, Answers, tell
from polars_rules import in_scope, met, read

__all__ = ["answers"]

_Checked = Callable[[pa.PolarsData], pl.LazyFrame]


def answers(folder: Path, suffix: str) -> Answers:
    """Validate the whole table lazily, so that every check runs; count the false outputs of those that failed."""
    logging.disable(logging.CRITICAL)
    customers = read(folder, "customers", suffix)["customer_id"]
    schema = pa.DataFrameSchema(_columns(), checks=_checks(customers))
    found: dict[str, int | bool] = dict.fromkeys([*_names()], 0) | {f"share.{rule}": True for rule in SHARES}
    try:
        schema.validate(read(folder, "complaints", suffix), lazy=True)
    except pa.errors.SchemaErrors as failed:
        for error in failed.schema_errors:
            rule, count = _counted(error)
            found[rule] = False if rule.startswith("share.") else count
    return found


def _names() -> list[str]:
    rules = [rule for rule in met() if not rule.startswith("share.")]
    return [*rules, *(f"unique.{rule}" for rule in UNIQUE), "match.customer"]


def _columns() -> dict[str, pa.Column]:
    columns = {}
    for column in dict.fromkeys((*FILLED, *LISTS)):
        listed = pa.Check.isin(list(LISTS[column]), **_kept(f"list.{column}")) if column in LISTS else None
        columns[column] = pa.Column(nullable=column not in FILLED, checks=listed)
    return columns


def _checks(customers: pl.Series) -> list[pa.Check]:
    scopes = in_scope()
    once = {f"unique.{rule}": _once(columns) for rule, columns in UNIQUE.items()}
    known = {"match.customer": pl.col("customer_id").is_in(customers.implode()).fill_null(value=False)}
    checks = []
    for rule, condition in (met() | once | known).items():
        kind, _, name = rule.partition(".")
        if kind in {"filled", "list"}:
            continue
        if kind == "share":
            part = condition.filter(scopes[rule]).mean() if rule in scopes else condition.mean()
            checks.append(pa.Check(_selecting(part >= SHARES[name]), **_kept(rule)))
        else:
            everywhere = condition | ~scopes[rule] if rule in scopes else condition
            checks.append(pa.Check(_selecting(everywhere), **_kept(rule)))
    return checks


def _kept(rule: str) -> dict[str, object]:
    return {"name": rule, "n_failure_cases": 10, "ignore_na": False}


def _selecting(condition: pl.Expr) -> _Checked:
    return lambda given: given.lazyframe.select(condition)


def _once(columns: tuple[str, ...]) -> pl.Expr:
    return ~pl.struct(columns).is_duplicated() & pl.all_horizontal(pl.col(name).is_not_null() for name in columns)


def _counted(error: pa.errors.SchemaError) -> tuple[str, int]:
    if error.reason_code == pa.errors.SchemaErrorReason.SERIES_CONTAINS_NULLS:
        return f"filled.{error.schema.name}", error.failure_cases.height
    return error.check.name, int((~error.check_output.to_series()).sum())


if __name__ == "__main__":
    tell(answers)
