"""The numbers that grading compares with: parameters of ruleset and plan, else the product's own conventions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from qmscheck.model import Origin, ParameterUse

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["LIMITS", "limit"]


def _convention(name: str, value: float, title: str) -> ParameterUse:
    return ParameterUse(name=name, value=value, origin=Origin.CONVENTION, ref="qmscheck", title=title)


#: Domain report 5.5: 20 %, 1 %, three; 5.6: 90 days to respond. Of fewer than ten records counts say more than a share.
LIMITS: Mapping[str, ParameterUse] = MappingProxyType(
    {
        use.name: use
        for use in (
            _convention("escalate_share", 0.2, "Share of records not met from which a partial breach counts as whole"),
            _convention("escalate_min", 10, "Fewest records of a stratum whose share can raise a grade"),
            _convention("isolated_share", 0.01, "Share of records not met below which a breach is isolated"),
            _convention("repeat_after_days", 90, "Days after which a finding that is found again should be corrected"),
            _convention("smallest_group", 5, "Records about people below which a group is not shown by itself"),
            _convention("aggregate_minors", 3, "Minor findings on one clause from which one major is asked about"),
        )
    }
)


def limit(name: str, bench: Bench) -> ParameterUse:
    """Give a number of grading: what the ruleset declares, or the plan sets, under this name; else the convention."""
    return bench.params[name] if name in bench.params else LIMITS[name]
