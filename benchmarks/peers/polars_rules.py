"""The rules of single records as polars expressions, for the four peers that stand on polars. Null is never met."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from fifty import AS_OF, FILLED, LISTS, MONDAY, PATTERNS, UNFINISHED

__all__ = ["in_scope", "met", "read", "scan"]

_TYPES = {
    "received_at": pl.Datetime("us"), "acknowledged_at": pl.Datetime("us"), "answered_on": pl.Date, "due_on": pl.Date,
    "closed_on": pl.Date, "quantity": pl.Int64, "amount": pl.Float64, "satisfaction": pl.Int64, "hours": pl.Float64,
    "escalated": pl.Boolean,
}  # fmt: skip


def scan(folder: Path, table: str, suffix: str) -> pl.LazyFrame:
    """Read a table lazily, CSV with the types that its columns have."""
    path = folder / f"{table}.{suffix}"
    if suffix == "parquet":
        return pl.scan_parquet(path)
    types = _TYPES if table == "complaints" else {}
    return pl.scan_csv(path, schema_overrides=types, infer_schema=False)


def read(folder: Path, table: str, suffix: str) -> pl.DataFrame:
    """Read a table into memory."""
    return scan(folder, table, suffix).collect()


def in_scope() -> dict[str, pl.Expr]:
    """Give the scope of each rule that has one: a rule says nothing of records outside of it."""
    col = pl.col
    closed, answered = col("status") == "closed", col("answered_on").is_not_null()
    scopes = {
        "time.critical": col("severity") == "critical",
        "time.answered": answered,
        "time.working-days": answered,
        "time.overdue": col("status") != "closed",
        "when.closed-cause": closed,
        "when.closed-date": closed,
        "when.escalated": col("escalated"),
        "when.costly": (col("amount") > 90000) & closed,
        "when.email": col("channel") == "email",
        "when.open": col("status") == "open",
        "share.answered": answered,
        "share.satisfied": col("satisfaction").is_not_null(),
    }
    return {rule: scope.fill_null(value=False) for rule, scope in scopes.items()}


def met() -> dict[str, pl.Expr]:
    """Give, by rule of single records and by share, what a record in scope must be: true or false, never null."""
    must = _columns() | _dates() | _times() | _conditions()
    return {rule: condition.fill_null(value=False) for rule, condition in must.items()}


def _columns() -> dict[str, pl.Expr]:
    col = pl.col
    filled = {f"filled.{column}": col(column).is_not_null() for column in FILLED}
    lists = {f"list.{column}": col(column).is_in(list(values)) for column, values in LISTS.items()}
    patterns = {f"pattern.{rule}": col(column).str.contains(pattern) for rule, (column, pattern) in PATTERNS.items()}
    patterns["pattern.email"] |= col("email").is_null()
    patterns["pattern.description"] = ~col("description").str.contains(UNFINISHED)
    ranges = {
        "range.quantity": col("quantity").is_between(1, 5000),
        "range.amount": col("amount").is_between(0, 100000),
        "range.satisfaction": col("satisfaction").is_null() | col("satisfaction").is_between(1, 10),
        "range.hours": col("hours").is_between(0, 400, closed="left"),
        "range.description": col("description").str.len_chars().is_between(20, 400),
    }
    return filled | lists | ranges | patterns


def _dates() -> dict[str, pl.Expr]:
    col, day = pl.col, pl.lit(AS_OF)
    return {
        "order.acknowledged": col("acknowledged_at").is_null() | (col("acknowledged_at") >= col("received_at")),
        "order.answered": col("answered_on").is_null() | (col("answered_on") >= col("acknowledged_at").dt.date()),
        "order.closed": col("closed_on").is_null() | (col("closed_on") >= col("answered_on")),
        "order.due": col("due_on").cast(pl.Datetime("us")) > col("received_at"),
        "order.received": col("received_at") <= day.cast(pl.Datetime("us")),
        "order.closed-by-now": col("closed_on").is_null() | (col("closed_on") <= day),
    }


def _times() -> dict[str, pl.Expr]:
    col = pl.col
    received = col("received_at").dt.date()

    def within(hours: int) -> pl.Expr:
        return col("acknowledged_at") <= col("received_at") + pl.duration(hours=hours)

    def working(day: pl.Expr) -> pl.Expr:
        number = (day - pl.lit(MONDAY)).dt.total_days()
        return number // 7 * 5 + pl.min_horizontal(number % 7 + 1, 5)

    answered = (col("answered_on") - received).dt.total_days() <= 30
    return {
        "time.acknowledged": within(48),
        "time.critical": within(12),
        "time.answered": answered,
        "time.working-days": working(col("answered_on")) - working(received) <= 22,
        "time.overdue": col("due_on") >= pl.lit(AS_OF),
        "share.answered": answered,
        "share.acknowledged": within(24),
        "share.satisfied": col("satisfaction") >= 8,
        "share.effort": col("hours") < 16,
    }


def _conditions() -> dict[str, pl.Expr]:
    col = pl.col
    return {
        "when.closed-cause": col("root_cause").is_not_null(),
        "when.closed-date": col("closed_on").is_not_null(),
        "when.escalated": col("severity").is_in(["major", "critical"]),
        "when.costly": col("root_cause").str.len_chars() >= 12,
        "when.email": col("email").is_not_null(),
        "when.open": col("closed_on").is_null(),
    }
