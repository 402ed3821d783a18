"""The rules of single records as SQL conditions, for the two peers that stand on DuckDB. Imports no library."""

from __future__ import annotations

from fifty import FILLED, LISTS, PATTERNS, UNFINISHED

__all__ = ["SCOPES", "met", "unmet"]

_CLOSED, _ANSWERED = "status = 'closed'", "answered_on IS NOT NULL"
SCOPES = {
    "time.critical": "severity = 'critical'",
    "time.answered": _ANSWERED,
    "time.working-days": _ANSWERED,
    "time.overdue": "status <> 'closed'",
    "when.closed-cause": _CLOSED,
    "when.closed-date": _CLOSED,
    "when.escalated": "escalated",
    "when.costly": f"amount > 90000 AND {_CLOSED}",
    "when.email": "channel = 'email'",
    "when.open": "status = 'open'",
    "share.answered": _ANSWERED,
    "share.satisfied": "satisfaction IS NOT NULL",
}
"""The scope of each rule that has one: a rule says nothing of records outside of it."""


def unmet(rule: str, condition: str) -> str:
    """Give the condition under which a record in scope does not meet a rule: true or false, never null."""
    wrong = f"NOT coalesce({condition}, false)"
    return f"coalesce({SCOPES[rule]}, false) AND {wrong}" if rule in SCOPES else wrong


def met() -> dict[str, str]:
    """Give, by rule of single records and by share, what a record in scope must be; null is never met."""
    return _columns() | _dates() | _times() | _conditions()


def _columns() -> dict[str, str]:
    filled = {f"filled.{column}": f"{column} IS NOT NULL" for column in FILLED}
    lists = {f"list.{column}": f"{column} IN {values}" for column, values in LISTS.items()}
    patterns = {f"pattern.{rule}": f"regexp_matches({column}, '{text}')" for rule, (column, text) in PATTERNS.items()}
    patterns["pattern.email"] = f"email IS NULL OR {patterns['pattern.email']}"
    patterns["pattern.description"] = f"NOT regexp_matches(description, '{UNFINISHED}')"
    ranges = {
        "range.quantity": "quantity BETWEEN 1 AND 5000",
        "range.amount": "amount BETWEEN 0 AND 100000",
        "range.satisfaction": "satisfaction IS NULL OR satisfaction BETWEEN 1 AND 10",
        "range.hours": "hours >= 0 AND hours < 400",
        "range.description": "length(description) BETWEEN 20 AND 400",
    }
    return filled | lists | ranges | patterns


def _dates() -> dict[str, str]:
    return {
        "order.acknowledged": "acknowledged_at IS NULL OR acknowledged_at >= received_at",
        "order.answered": "answered_on IS NULL OR answered_on >= CAST(acknowledged_at AS DATE)",
        "order.closed": "closed_on IS NULL OR closed_on >= answered_on",
        "order.due": "due_on > received_at",
        "order.received": "received_at <= DATE '2026-10-31'",
        "order.closed-by-now": "closed_on IS NULL OR closed_on <= DATE '2026-10-31'",
    }


def _times() -> dict[str, str]:
    def within(hours: int) -> str:
        return f"acknowledged_at <= received_at + INTERVAL {hours} HOUR"

    def working(day: str) -> str:
        number = f"({day} - DATE '0001-01-01')"
        return f"({number} // 7 * 5 + least({number} % 7 + 1, 5))"

    received = "CAST(received_at AS DATE)"
    answered = f"answered_on - {received} <= 30"
    return {
        "time.acknowledged": within(48),
        "time.critical": within(12),
        "time.answered": answered,
        "time.working-days": f"{working('answered_on')} - {working(received)} <= 22",
        "time.overdue": "due_on >= DATE '2026-10-31'",
        "share.answered": answered,
        "share.acknowledged": within(24),
        "share.satisfied": "satisfaction >= 8",
        "share.effort": "hours < 16",
    }


def _conditions() -> dict[str, str]:
    return {
        "when.closed-cause": "root_cause IS NOT NULL",
        "when.closed-date": "closed_on IS NOT NULL",
        "when.escalated": "severity IN ('major', 'critical')",
        "when.costly": "length(root_cause) >= 12",
        "when.email": "email IS NOT NULL",
        "when.open": "closed_on IS NULL",
    }
