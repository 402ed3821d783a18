"""What a later ruleset changes of an earlier one: how binding an obligation is, whose number a limit is.

An overlay names what it changes, what to, and why. One that changes nothing, or nothing that is there, is a mistake;
what it makes easier to meet is marked in every record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from qmscheck.criteria.entries import Entries, Entry, Kept
from qmscheck.errors import did_you_mean
from qmscheck.model import (
    Force,
    Grade,
    Obligation,
    ObligationOverlay,
    Origin,
    ParameterOverlay,
    ParameterSpec,
    RulesetChange,
)
from qmscheck.toml import Document

__all__ = ["lay_over"]

N = TypeVar("N", Obligation, ParameterSpec)
L = TypeVar("L", ObligationOverlay, ParameterOverlay)

#: From what binds most to what binds least.
_FORCES = tuple(Force)
_GRADES = (Grade.MAJOR, Grade.MINOR, Grade.OPPORTUNITY)
_WHY = "why"


def lay_over(documents: Sequence[Document], entries: Entries) -> tuple[RulesetChange, ...]:
    """Let the overlays of one ruleset change what earlier ones say; mistakes are added to their documents."""
    found: list[RulesetChange] = []
    for document in documents:
        given = document.value.get("overlay", {})
        if not isinstance(given, Mapping):
            document.add(
                document.problem(("overlay",), "write [overlay.obligation.ID] or [overlay.param.name]", key=True)
            )
            continue
        for kind, named in given.items():
            if kind == "obligation":
                found.extend(_each(document, kind, named, ObligationOverlay, entries.obligations, documents))
            elif kind == "param":
                found.extend(_each(document, kind, named, ParameterOverlay, entries.params, documents))
            else:
                hint = did_you_mean(kind, ("obligation", "param")) or "what can be changed: obligation, param"
                document.add(document.problem(("overlay", kind), f"an overlay cannot change '{kind}'", hint, key=True))
    return tuple(found)


def _each(
    document: Document,
    kind: str,
    named: Any,
    shape: type[L],
    kept: Kept[N],
    own: Sequence[Document],
) -> Iterator[RulesetChange]:
    if not isinstance(named, Mapping):
        document.add(document.problem(("overlay", kind), f"write [overlay.{kind}.NAME]", key=True))
        return
    for name, one in named.items():
        loc = ("overlay", kind, name)
        overlay = Entry(document.check(shape, one, loc), document, loc)
        target = kept.entries.get(name)
        what = "obligation" if kind == "obligation" else "parameter"
        if target is None:
            hint = did_you_mean(name, kept.entries) or "an overlay stands after the ruleset that it changes"
            overlay.problem(f"there is no {what} '{name}' in the rulesets before this one", hint, key=True)
        elif target.document in own:
            overlay.problem(f"{what} '{name}' stands in this ruleset itself", "change it there", key=True)
        elif overlay.noun is not None and target.noun is not None:
            yield from _laid(kind, overlay, overlay.noun, name, kept, target.noun)


def _laid(
    kind: str, overlay: Entry[Any], says: ObligationOverlay | ParameterOverlay, name: str, kept: Kept[N], noun: N
) -> Iterator[RulesetChange]:
    """Change one noun, and say each change."""
    given = {key: getattr(says, key) for key in says.model_fields_set - {_WHY}}
    changed = {key: value for key, value in given.items() if value != getattr(noun, key)}
    if not given:
        overlay.problem("it says nothing that changes", "name what is to be different", key=True)
    for key in sorted(given.keys() - changed.keys()):
        overlay.problem(f"it changes nothing: '{key}' is that already", "take the line out", key)
    target = kept.entries[name]
    kept.entries[name] = Entry(noun.model_copy(update=changed), target.document, target.loc)
    for key, value in sorted(changed.items()):
        was = getattr(noun, key)
        line = overlay.document.place((*overlay.loc, key)).line
        yield RulesetChange(
            kind="obligation" if kind == "obligation" else "parameter",
            id=name,
            key=key,
            was=_shown(was),
            now=_shown(value),
            why=says.why,
            place=f"{overlay.document.name}:{line}",
            loosens=_loosens(was, value),
        )


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else "nothing" if value is None else str(value)


def _loosens(was: object, now: object) -> bool:
    """Tell whether a change lowers what a breach may weigh: less force, a lower grade, a limit that binds nobody."""
    if isinstance(was, Force) and isinstance(now, Force):
        return _FORCES.index(now) > _FORCES.index(was)
    if isinstance(was, Grade) and isinstance(now, Grade):
        return _GRADES.index(now) > _GRADES.index(was)
    return now is Origin.CONVENTION
