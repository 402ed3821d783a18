"""The part [gate] of a plan: conditions turned off, each with a reason, and own numbers, each with an origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qmscheck.cells import visible
from qmscheck.model import GateSettings
from qmscheck.plan.draft import Draft
from qmscheck.toml import Loc

__all__ = ["read_gate"]

#: What is no number of a condition.
_FRAME = frozenset({"on", "why", "origin", "ref"})


def read_gate(draft: Draft, section: Mapping[str, Any]) -> GateSettings | None:
    """Read [gate], where the plan has one. Mistakes stay in the document."""
    if "gate" not in section:
        return None
    table = section["gate"]
    if not isinstance(table, Mapping):
        draft.refuse(("gate",), "'gate' should be a table", "write [gate], with one pair of brackets", key=True)
        return None
    found = draft.document.check(GateSettings, table, (*draft.base, "gate"))
    for name, given in table.items():
        if isinstance(given, Mapping) and name != "certification":
            _check(draft, ("gate", name), given)
    return found


def _check(draft: Draft, loc: Loc, given: Mapping[str, Any]) -> None:
    """Ask for a reason where a condition is turned off, and for an origin where a number is changed."""
    why = given.get("why")
    if given.get("on") is False and not (isinstance(why, str) and visible(why)):
        hint = 'write { on = false, why = "..." }: it stands in every report'
        draft.refuse((*loc, "on"), f"'{loc[-1]}' is turned off without a reason", hint)
    numbers = [key for key in given if key not in _FRAME]
    if numbers and "origin" not in given:
        hint = 'write origin = "own-procedure" (or contract, law, scheme, convention) and ref = "..."'
        draft.refuse((*loc, numbers[0]), f"'{numbers[0]}' has a value and no origin: whose value is it?", hint)
