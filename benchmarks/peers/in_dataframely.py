"""The fifty rules as a dataframely schema: native column checks where it has them, rules by expression elsewhere.

It knows no share of a table, so the four shares are left out. Records that fail are kept apart by the library.
"""

from __future__ import annotations

from pathlib import Path

import dataframely as dy
import polars as pl
from fifty import UNIQUE, Answers, tell
from polars_rules import in_scope, met, read

__all__ = ["answers"]

_COLUMNS = {
    dy.String: "complaint_id customer_id lot product site channel category severity status country owner email "
    "description root_cause",
    dy.Datetime: "received_at acknowledged_at",
    dy.Date: "answered_on due_on closed_on",
    dy.Float64: "amount hours",
    dy.Bool: "escalated",
}


def answers(folder: Path, suffix: str) -> Answers:
    """Filter the whole table by the schema and ask what failed by rule."""
    complaints = read(folder, "complaints", suffix)
    customers = read(folder, "customers", suffix)["customer_id"]
    schema = _schema(complaints.schema["quantity"], customers)
    _, failed = schema.filter(complaints, cast=False)
    counted = failed.counts()
    return {rule: int(counted.get(_name(rule), 0)) for rule in _rules(customers) | dict.fromkeys(_keys())}


def _schema(whole: pl.DataType, customers: pl.Series) -> type[dy.Schema]:
    number = dy.Int32 if whole == pl.Int32 else dy.Int64
    columns = {name: kind(nullable=True) for kind, names in _COLUMNS.items() for name in names.split()}
    columns |= {name: number(nullable=True) for name in ("quantity", "satisfaction")}
    rules = {_name(rule): dy.rule()(_always(condition)) for rule, condition in _rules(customers).items()}
    keys = {_name(rule): dy.rule()(_always(_once(names))) for rule, names in _keys().items()}
    return type("Complaints", (dy.Schema,), {**columns, **rules, **keys})


def _rules(customers: pl.Series) -> dict[str, pl.Expr]:
    scopes = in_scope()
    rules = {
        rule: condition | ~scopes[rule] if rule in scopes else condition
        for rule, condition in met().items()
        if not rule.startswith("share.")
    }
    return rules | {"match.customer": pl.col("customer_id").is_in(customers.implode()).fill_null(value=False)}


def _keys() -> dict[str, tuple[str, ...]]:
    return {f"unique.{rule}": columns for rule, columns in UNIQUE.items()}


def _once(columns: tuple[str, ...]) -> pl.Expr:
    whole = pl.all_horizontal(pl.col(column).is_not_null() for column in columns)
    return (pl.len().over(columns) == 1) & whole


def _name(rule: str) -> str:
    return rule.replace(".", "__").replace("-", "_")


def _always(condition: pl.Expr) -> object:
    def given(cls: object) -> pl.Expr:  # noqa: ARG001 dataframely hands the schema to a rule
        return condition

    return given


if __name__ == "__main__":
    tell(answers)
