"""The routes of a ruleset: several lawful ways to meet one obligation, and slips in their names."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from qmscheck.criteria.entries import Entries, Entry
from qmscheck.model import Rule

__all__ = ["check_routes"]


#: Two names that differ by a letter or two, and not by what they mean.
_ALIKE = 0.8


def check_routes(entries: Entries) -> None:
    """Refuse an obligation with one way only, and a way of one rule whose name is nearly that of another."""
    ways: dict[str, dict[str, list[Entry[Rule]]]] = {}
    for _, rule, entry in entries.rules.good():
        if rule.route is not None:
            ways.setdefault(rule.obligation, {}).setdefault(rule.route, []).append(entry)
    for obligation, named in ways.items():
        for name, own in named.items():
            others = [other for other in named if other != name]
            near = difflib.get_close_matches(name, others, n=1, cutoff=_ALIKE)
            if not others:
                message = f"'{name}' is the only route of obligation '{obligation}': a way is one of several"
                own[0].problem(message, "name another route on other rules, or take the key out", "route")
            elif near and len(own) == 1 and _is_slip(name, near[0], named):
                message = f"the route '{name}' of obligation '{obligation}' has one rule only"
                own[0].problem(message, f"did you mean '{near[0]}'?", "route")


def _is_slip(name: str, near: str, named: Mapping[str, Sequence[Entry[Rule]]]) -> bool:
    """Tell which of two names that are alike is the slip: the one of a single rule, else the later one."""
    order = list(named)
    return len(named[near]) > 1 or order.index(near) < order.index(name)
