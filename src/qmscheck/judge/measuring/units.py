"""The units in which a rule's statistic is told."""

from __future__ import annotations

from qmscheck.model import Rule

__all__ = ["kind_of", "slope_unit", "unit_of"]


def kind_of(rule: Rule) -> str:
    """Name the statistic of a rule: its measure, or a count of records."""
    return rule.measure.kind if rule.measure is not None else "count" if rule.form in {"trend", "signal"} else "share"


def unit_of(rule: Rule) -> str:
    """Name the unit of a rule's statistic; a share has none."""
    measure = rule.measure
    if measure is None or measure.kind in {"share", "within"}:
        return ""
    if measure.rate is not None:
        noun = f"{measure.rate.sum} of {measure.rate.table}" if measure.rate.sum else measure.rate.table
        return measure.unit or (f"per {measure.rate.per} {noun}" if measure.rate.per > 1 else f"per one of {noun}")
    return measure.unit or ("points" if measure.kind == "nps" else "")


def slope_unit(rule: Rule, unit: str) -> str:
    """Name the unit of a slope."""
    if kind_of(rule) == "share":
        return "percentage points a year"
    return f"{unit or ('records' if kind_of(rule) == 'count' else '')} a year".strip()
