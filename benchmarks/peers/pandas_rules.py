"""The rules of single records as conditions over a pandas frame, for the two peers that stand on pandas."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from fifty import AS_OF, FILLED, LISTS, PATTERNS, UNFINISHED

__all__ = ["in_scope", "met", "read"]

_DATES = ["received_at", "acknowledged_at", "answered_on", "due_on", "closed_on"]
_TYPES = {"quantity": "Int64", "satisfaction": "Int64", "amount": "float64", "hours": "float64", "escalated": "boolean"}
_MONDAY = pd.Timestamp("1970-01-05")  # any Monday: numbers of days from it differ by whole weeks


def read(folder: Path, table: str, suffix: str) -> pd.DataFrame:
    """Read a table into memory, days as timestamps at midnight, CSV with the types that its columns have."""
    path = folder / f"{table}.{suffix}"
    if suffix == "parquet":
        frame = pd.read_parquet(path)
    else:
        frame = pd.read_csv(path, dtype=_TYPES if table == "complaints" else None)
    if table == "complaints":
        for column in _DATES:
            frame[column] = pd.to_datetime(frame[column])
    return frame


def in_scope(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Give the scope of each rule that has one: a rule says nothing of records outside of it."""
    closed, answered = frame["status"] == "closed", frame["answered_on"].notna()
    scopes = {
        "time.critical": frame["severity"] == "critical",
        "time.answered": answered,
        "time.working-days": answered,
        "time.overdue": frame["status"].notna() & ~closed,
        "when.closed-cause": closed,
        "when.closed-date": closed,
        "when.escalated": frame["escalated"],
        "when.costly": (frame["amount"] > 90000) & closed,
        "when.email": frame["channel"] == "email",
        "when.open": frame["status"] == "open",
        "share.answered": answered,
        "share.satisfied": frame["satisfaction"].notna(),
    }
    return {rule: _known(scope) for rule, scope in scopes.items()}


def met(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Give, by rule of single records and by share, whether a record in scope is as it must be; null is not."""
    must = _columns(frame) | _dates(frame) | _times(frame) | _conditions(frame)
    return {rule: _known(condition) for rule, condition in must.items()}


def _known(condition: pd.Series) -> pd.Series:
    return condition.astype("boolean").fillna(value=False).astype(bool)


def _columns(frame: pd.DataFrame) -> dict[str, pd.Series]:
    filled = {f"filled.{column}": frame[column].notna() for column in FILLED}
    lists = {f"list.{column}": frame[column].isin(values) for column, values in LISTS.items()}
    patterns = {f"pattern.{rule}": frame[column].str.contains(pattern) for rule, (column, pattern) in PATTERNS.items()}
    patterns["pattern.email"] = frame["email"].isna() | patterns["pattern.email"].astype("boolean")
    unfinished = UNFINISHED.replace("(", "(?:")
    found = frame["description"].str.contains(unfinished).astype("boolean")
    patterns["pattern.description"] = frame["description"].notna() & ~found
    ranges = {
        "range.quantity": frame["quantity"].between(1, 5000),
        "range.amount": frame["amount"].between(0, 100000),
        "range.satisfaction": frame["satisfaction"].isna() | frame["satisfaction"].between(1, 10),
        "range.hours": frame["hours"].between(0, 400, inclusive="left"),
        "range.description": frame["description"].str.len().between(20, 400),
    }
    return filled | lists | ranges | patterns


def _dates(frame: pd.DataFrame) -> dict[str, pd.Series]:
    received, acknowledged = frame["received_at"], frame["acknowledged_at"]
    answered, closed, as_of = frame["answered_on"], frame["closed_on"], pd.Timestamp(AS_OF)
    return {
        "order.acknowledged": acknowledged.isna() | (acknowledged >= received),
        "order.answered": answered.isna() | (answered >= acknowledged.dt.normalize()),
        "order.closed": closed.isna() | (closed >= answered),
        "order.due": frame["due_on"] > received,
        "order.received": received <= as_of,
        "order.closed-by-now": closed.isna() | (closed <= as_of),
    }


def _times(frame: pd.DataFrame) -> dict[str, pd.Series]:
    received, taken = frame["received_at"].dt.normalize(), frame["acknowledged_at"] - frame["received_at"]

    def working(day: pd.Series) -> pd.Series:
        number = (day - _MONDAY).dt.days
        return number // 7 * 5 + (number % 7 + 1).clip(upper=5)

    answered = (frame["answered_on"] - received).dt.days <= 30
    return {
        "time.acknowledged": taken <= pd.Timedelta(hours=48),
        "time.critical": taken <= pd.Timedelta(hours=12),
        "time.answered": answered,
        "time.working-days": working(frame["answered_on"]) - working(received) <= 22,
        "time.overdue": frame["due_on"] >= pd.Timestamp(AS_OF),
        "share.answered": answered,
        "share.acknowledged": taken <= pd.Timedelta(hours=24),
        "share.satisfied": frame["satisfaction"] >= 8,
        "share.effort": frame["hours"] < 16,
    }


def _conditions(frame: pd.DataFrame) -> dict[str, pd.Series]:
    return {
        "when.closed-cause": frame["root_cause"].notna(),
        "when.closed-date": frame["closed_on"].notna(),
        "when.escalated": frame["severity"].isin(["major", "critical"]),
        "when.costly": frame["root_cause"].str.len() >= 12,
        "when.email": frame["email"].notna(),
        "when.open": frame["closed_on"].isna(),
    }
