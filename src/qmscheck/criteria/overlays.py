"""What a later ruleset changes of an earlier one: how binding an obligation is, whose number a limit is.

An overlay names what it changes, what to, and why. One that changes nothing, or nothing that is there, is a mistake;
what it makes easier to meet is marked in every record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
from qmscheck.toml import Document, Loc

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
                found.extend(_each(document, kind, named, ObligationOverlay, entries, entries.obligations))
            elif kind == "param":
                found.extend(_each(document, kind, named, ParameterOverlay, entries, entries.params))
            else:
                hint = did_you_mean(kind, ("obligation", "param")) or "what can be changed: obligation, param"
                document.add(document.problem(("overlay", kind), f"an overlay cannot change '{kind}'", hint, key=True))
    return tuple(found)


def _each(
    document: Document,
    kind: str,
    named: Any,
    shape: type[L],
    entries: Entries,
    kept: Kept[N],
) -> Iterator[RulesetChange]:
    if not isinstance(named, Mapping):
        document.add(document.problem(("overlay", kind), f"write [overlay.{kind}.NAME]", key=True))
        return
    for name, one in named.items():
        loc = ("overlay", kind, name)
        if _unquoted(document, loc, one, kept.entries):
            continue
        overlay = Entry(document.check(shape, one, loc), document, loc)
        target = kept.entries.get(name)
        what = "obligation" if kind == "obligation" else "parameter"
        if target is None:
            earlier = [n for n, entry in kept.entries.items() if entry.document not in entries.own]
            hint = (
                did_you_mean(name, earlier)
                or "an overlay stands after the ruleset that it changes: name both, that one first"
            )
            overlay.problem(f"there is no {what} '{name}' in the rulesets before this one", hint, key=True)
        elif target.document in entries.own:
            overlay.problem(f"{what} '{name}' stands in this ruleset itself", "change it there", key=True)
        elif overlay.noun is not None and target.noun is not None:
            eases = _eases(name, target.noun, entries)
            yield from _laid(kind, overlay, overlay.noun, name, kept, target.noun, eases)


def _unquoted(document: Document, loc: Loc, one: Any, known: Collection[str]) -> bool:
    """Refuse a name with a dot that stands without quotes: TOML takes it for a table within a table.

    The name that was meant is found again by putting the parts together; every such name is told.
    """
    first, met = str(loc[-1]), False
    inner: list[tuple[str, ...]] = [] if first in known else list(_paths(one))
    for rest in inner:
        name = ".".join([first, *rest])
        if name in known:
            place: Loc = (*loc, *rest)
            hint = f'write [{loc[0]}.{loc[1]}."{name}"]'
            document.add(document.problem(place, f"'{name}' has a dot and stands without quotes", hint, key=True))
            met = True
    return met


def _paths(one: Any) -> Iterator[tuple[str, ...]]:
    """Walk the keys of tables within a table, each with those above it."""
    if isinstance(one, Mapping):
        for key, value in one.items():
            yield (str(key),)
            for rest in _paths(value):
                yield (str(key), *rest)


def _eases(name: str, noun: Obligation | ParameterSpec, entries: Entries) -> str | None:
    """Say which way a parameter loosens: as it says, else as the bounds do that name it; None where nobody says."""
    if isinstance(noun, Obligation) or noun.loosens is not None:
        return None if isinstance(noun, Obligation) else noun.loosens
    rules = entries.rules.nouns().values()
    found = {way for rule in rules for way, bound in (("down", rule.at_least), ("up", rule.at_most)) if bound == name}
    return found.pop() if len(found) == 1 else None


def _laid(
    kind: str,
    overlay: Entry[Any],
    says: ObligationOverlay | ParameterOverlay,
    name: str,
    kept: Kept[N],
    noun: N,
    eases: str | None,
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
            loosens=_moved(was, value, eases) if key == "default" else _loosens(was, value),
        )


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else "nothing" if value is None else str(value)


def _moved(was: Any, now: Any, eases: str | None) -> bool:
    """Tell whether a value moved to where it is easier to meet; where nobody says which way that is, it did."""
    return eases is None or (now > was if eases == "up" else now < was)


def _loosens(was: object, now: object) -> bool:
    """Tell whether a change lowers what a breach may weigh: less force, a lower grade, a limit that binds nobody."""
    if isinstance(was, Force) and isinstance(now, Force):
        return _FORCES.index(now) > _FORCES.index(was)
    if isinstance(was, Grade) and isinstance(now, Grade):
        return _GRADES.index(now) > _GRADES.index(was)
    return now is Origin.CONVENTION
