"""What the firm declares: values of parameters, with whose they are, and obligations that do not apply, with why."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from typing import Any

from qmscheck.cells import visible
from qmscheck.model import NotApplicable, ParameterValue
from qmscheck.plan.draft import NAME, Draft

__all__ = ["read_not_applicable", "read_params"]


def read_params(draft: Draft, params: Mapping[str, Any]) -> dict[str, ParameterValue]:
    """Give the values in [params], by name; what is wrong with one is noted in the draft."""
    found = {}
    for name, value in params.items():
        loc = ("params", name)
        if not NAME.fullmatch(name):
            draft.refuse(loc, f"'{name}' is no name of a parameter", "lower-case letters, digits and _", key=True)
        elif not isinstance(value, Mapping):
            hint = f'write {name} = {{ value = {_as_toml(value)}, origin = "own-procedure", ref = "..." }}'
            draft.refuse(loc, f"'{name}' has a value and no origin: whose value is it?", hint)
        elif (parameter := draft.document.check(ParameterValue, value, draft.base + loc)) is not None:
            if isinstance(parameter.value, float) and not math.isfinite(parameter.value):
                draft.refuse((*loc, "value"), f"'{name}' should be a number that can be compared with")
            found[name] = parameter
    return found


def read_not_applicable(draft: Draft, table: Mapping[str, Any], as_of: dt.date) -> dict[str, NotApplicable]:
    """Give the entries of [not_applicable], by obligation; what is wrong with one is noted in the draft."""
    found = {}
    for obligation, value in table.items():
        loc = ("not_applicable", obligation)
        if not isinstance(value, Mapping):
            hint = 'write { reason = "...", by = "...", on = 2026-10-01 }'
            draft.refuse(loc, f"'{obligation}' needs a reason, by whom and on which day", hint)
            continue
        noun = draft.document.check(NotApplicable, value, draft.base + loc)
        if noun is None:
            continue
        for name, text in (("reason", noun.reason), ("by", noun.by)):
            if visible(text) is None:
                draft.refuse((*loc, name), f"'{name}' should not be empty")
        if noun.on > as_of:
            draft.refuse((*loc, "on"), f"it was declared ({noun.on}) after the date of the audit ({as_of})")
        found[obligation] = noun
    return found


def _as_toml(value: object) -> str:
    if isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False)
    return "..." if isinstance(value, list) else str(value)
