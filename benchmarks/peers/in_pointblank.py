"""The fifty rules in pointblank over polars: native steps where it has them, expressions elsewhere.

It keeps extracts of failing records, at most 500 a step, as it does unless told otherwise. A share is a threshold.
"""

from __future__ import annotations

from pathlib import Path

import pointblank as pb
import polars as pl
from fifty import FILLED, LISTS, PATTERNS, SHARES, UNIQUE, Answers, tell
from polars_rules import in_scope, met, read

__all__ = ["answers"]


def answers(folder: Path, suffix: str) -> Answers:
    """Interrogate the whole table; count what failed by step."""
    plan, native = _native(pb.Validate(read(folder, "complaints", suffix)))
    plan, others = _by_expression(plan, read(folder, "customers", suffix)["customer_id"], frozenset(native))
    done = plan.interrogate()
    failed, short = done.n_failed(), done.error()
    steps = enumerate([*native, *others], start=1)
    return {rule: not short[step] if rule.startswith("share.") else int(failed[step]) for step, rule in steps}


def _native(plan: pb.Validate) -> tuple[pb.Validate, list[str]]:
    """Add the steps that the tool has a name for; give the rules in the order of their steps."""
    steps: list[str] = []
    for column in FILLED:
        plan = plan.col_vals_not_null(columns=column)
        steps.append(f"filled.{column}")
    for column, values in LISTS.items():
        plan = plan.col_vals_in_set(columns=column, set=list(values))
        steps.append(f"list.{column}")
    for rule, (column, pattern) in PATTERNS.items():
        plan = plan.col_vals_regex(columns=column, pattern=pattern, na_pass=rule == "email")
        steps.append(f"pattern.{rule}")
    for rule, columns in UNIQUE.items():
        plan = plan.rows_distinct(columns_subset=list(columns))
        steps.append(f"unique.{rule}")
    return plan, steps


def _by_expression(plan: pb.Validate, customers: pl.Series, native: frozenset[str]) -> tuple[pb.Validate, list[str]]:
    """Add every other rule as an expression; a scope of a share is a filter before its step."""
    scopes, steps = in_scope(), []
    known = {"match.customer": pl.col("customer_id").is_in(customers.implode()).fill_null(value=False)}
    for rule, condition in (met() | known).items():
        if rule in native:
            continue
        kind, _, name = rule.partition(".")
        if kind == "share":
            within = (lambda table, scope=scopes[rule]: table.filter(scope)) if rule in scopes else None
            short = pb.Thresholds(error=round(1 - SHARES[name], 6))
            plan = plan.col_vals_expr(expr=condition, pre=within, thresholds=short)
        else:
            plan = plan.col_vals_expr(expr=condition | ~scopes[rule] if rule in scopes else condition)
        steps.append(rule)
    return plan, steps


if __name__ == "__main__":
    tell(answers)
