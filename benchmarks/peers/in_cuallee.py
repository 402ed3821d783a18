"""The fifty rules as a cuallee check over DuckDB, which it makes into one query: counts only.

It has no rule over two tables, so the match is left out. A share with a scope cannot be said either: a threshold is
always a part of all records.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from cuallee import Check
from fifty import LISTS, SHARES, UNIQUE, Answers, tell
from reading import source
from sql_rules import SCOPES, met, unmet

__all__ = ["answers"]


def answers(folder: Path, suffix: str) -> Answers:
    """Run the check over a view of the file, or over a table that was read from text once."""
    connection = duckdb.connect()
    kind = "VIEW" if suffix == "parquet" else "TABLE"
    connection.execute(f"CREATE {kind} complaints AS FROM {source(folder, 'complaints', suffix, folder)}")
    check, rules = _check()
    found = check.validate(connection)
    counted = zip(rules, found["violations"], found["status"], strict=True)
    return {rule: status == "PASS" if rule.startswith("share.") else int(count) for rule, count, status in counted}


def _check() -> tuple[Check, list[str]]:
    """Give the check and the names of its rules in its order; native rules where it has them and null is not met."""
    check, rules = Check(0, "complaints", table_name="complaints"), []
    for rule, condition in met().items():
        kind, _, name = rule.partition(".")
        if rule in SCOPES and kind == "share":
            continue
        if kind == "filled":
            check.is_complete(name)
        elif kind == "list":
            check.is_contained_in(name, LISTS[name])
        elif kind == "share":
            check.satisfies(name, f"coalesce({condition}, false)", pct=SHARES[name])
        else:
            check.satisfies(name, f"NOT ({unmet(rule, condition)})")
        rules.append(rule)
    for rule, columns in UNIQUE.items():
        check.is_unique(*columns) if len(columns) == 1 else check.is_composite_key(columns)
        rules.append(f"unique.{rule}")
    return check, rules


if __name__ == "__main__":
    tell(answers)
