"""Which rules are measured. What measures is imported where a rule asks for it: most rulesets count records only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qmscheck.judge.counting.scan import Count

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.finding.findings import Case
    from qmscheck.judge.measuring.reading import Reading

__all__ = ["reader"]


def reader(case: Case, bench: Bench) -> Callable[[Count], Reading] | None:
    """Give what reads the count of a rule; None for rules that a count alone decides."""
    rule = case.rule
    if rule.form == "trend":
        from qmscheck.judge.measuring.trends import read_trend  # noqa: PLC0415  (as the module says)

        return lambda one: read_trend(case, bench, one)
    if rule.form == "signal":
        from qmscheck.judge.measuring.signals import read_signal  # noqa: PLC0415

        return lambda one: read_signal(case, bench, one)
    wider = rule.form in {"must", "has", "lacks"} and (rule.inference != "census" or rule.every_stratum)
    if rule.form == "measure" or wider:
        from qmscheck.judge.measuring.measures import read  # noqa: PLC0415

        return lambda one: read(case, bench, one)
    return None
