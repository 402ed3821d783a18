"""What a ruleset may say of grading: parameters of fixed names, and the share from which a rule's breach is large."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from qmscheck.criteria.entries import Entries, Entry
from qmscheck.errors import did_you_mean
from qmscheck.model import ParameterSpec, ParameterType, Rule

__all__ = ["SHAPES", "check_limit", "check_share"]

#: The names that grading looks for: the type of each, and the bounds within which it makes sense.
SHAPES: Mapping[str, tuple[ParameterType, float, float | None]] = MappingProxyType(
    {
        "escalate_share": ("number", 0.01, 1),
        "escalate_min": ("integer", 1, None),
        "isolated_share": ("number", 0, 0.5),
        "repeat_after_days": ("integer", 0, None),
        "aggregate_minors": ("integer", 2, None),
    }
)


def check_limit(name: str, spec: ParameterSpec, entry: Entry[ParameterSpec]) -> None:
    """Check a parameter that grading looks for: its type, and that no plan can make it senseless."""
    if name in SHAPES:
        _check(name, spec, name, entry, ())


def check_share(rule: Rule, entry: Entry[Rule], entries: Entries) -> None:
    """Check the parameter that a rule names in `escalate_share`."""
    name = rule.escalate_share
    if name is None:
        return
    found = entries.params.entries.get(name)
    if found is None:
        hint = did_you_mean(name, entries.params.entries)
        entry.problem(f"there is no parameter '{name}'", hint, "escalate_share")
    elif found.noun is not None and name not in SHAPES:
        _check("escalate_share", found.noun, name, entry, ("escalate_share",))


def _check(
    what: str, spec: ParameterSpec, name: str, entry: Entry[Rule] | Entry[ParameterSpec], loc: tuple[str, ...]
) -> None:
    kind, least, most = SHAPES[what]
    if spec.type != kind:
        wanted = "a share, a number" if kind == "number" else "a number of records, an integer"
        entry.problem(f"'{what}' is {wanted}, and '{name}' is {spec.type}", None, *(loc or ("type",)))
        return
    low, high = (b if isinstance(b, int | float) else None for b in (spec.min, spec.max))
    bounds = f"min = {least}" + (f" or more and max = {most} or less" if most is not None else " or more")
    if low is None or low < least or (most is not None and (high is None or high > most)):
        entry.problem(f"parameter '{name}' decides on grades, so it needs {bounds}", None, *(loc or ("type",)))
