"""The fifty rules by hand in polars: lazy plans that only count."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from fifty import UNIQUE, Answers, tell
from polars_rules import in_scope, met, scan

__all__ = ["answers"]


def answers(folder: Path, suffix: str) -> Answers:
    """Count what is not met: one pass for the rules of single records and the shares, one for each key, one join."""
    complaints, scopes = scan(folder, "complaints", suffix), in_scope()
    unmet = {rule: ~condition & scopes.get(rule, pl.lit(value=True)) for rule, condition in met().items()}
    counted = complaints.select(**{rule: condition.sum() for rule, condition in unmet.items()})
    keys = [complaints.select(_twice(columns).alias(f"unique.{rule}")) for rule, columns in UNIQUE.items()]
    customers = scan(folder, "customers", suffix).select("customer_id")
    strangers = complaints.join(customers, on="customer_id", how="anti").select(pl.len().alias("match.customer"))
    plans = [counted, *keys, strangers]
    if suffix == "parquet":
        rows = [plan.collect(engine="streaming").row(0, named=True) for plan in plans]
    else:  # text is parsed once for all plans
        rows = [table.row(0, named=True) for table in pl.collect_all(plans)]
    return {rule: int(count) for row in rows for rule, count in row.items()}


def _twice(columns: tuple[str, ...]) -> pl.Expr:
    whole = pl.all_horizontal(pl.col(column).is_not_null() for column in columns)
    return (pl.struct(columns).is_duplicated() | ~whole).sum()


if __name__ == "__main__":
    tell(answers)
