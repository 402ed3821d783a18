"""Every change of a rule that an author could make by mistake, one at a time. A fixed list; see docs/rulesets.md."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from qmscheck.model import Noun, ParameterSpec, Rule, Scalar
from qmscheck.sql.mutants import MOVES, changed_condition, changed_query, moved_name

__all__ = ["Variant", "changes", "moved", "moved_params"]

#: Where expressions stand in a rule: keys, from the outside in.
_EXPRESSIONS: tuple[tuple[str, ...], ...] = (
    ("where",),
    ("must",),
    ("query",),
    ("has", "where"),
    ("lacks", "where"),
    *(("measure", kind) for kind in ("share", "mean", "median", "percentile", "nps", "ratio", "to")),
    ("measure", "rate", "where"),
    ("measure", "rate", "sum"),
    ("measure", "within", "opened"),
    ("measure", "within", "closed"),
    ("signal", "reaction", "where"),
    ("base", "where"),
)
#: Where a rule names a parameter, or writes a number, that decides.
_BOUNDS: tuple[tuple[str, ...], ...] = (
    ("at_least",),
    ("at_most",),
    ("min_population",),
    ("measure", "at"),
    ("measure", "within", "days"),
    ("measure", "within", "hours"),
    ("trend", "by_more_than"),
    ("trend", "since"),
    ("signal", "baseline"),
    ("signal", "since"),
    ("signal", "reaction", "days"),
    ("base", "number"),
)
#: Keys without which a rule still says something.
_DROPPED: tuple[tuple[str, ...], ...] = (
    ("has", "where"),
    ("lacks", "where"),
    ("measure", "scale"),
    ("measure", "rate", "where"),
    ("measure", "rate", "sum"),
    ("trend", "by_more_than"),
    ("trend", "since"),
    ("signal", "since"),
    ("signal", "reaction"),
    ("signal", "reaction", "where"),
    ("base", "where"),
)
#: Keys that are taken for one another.
_EXCHANGED: tuple[tuple[tuple[str, ...], str, str], ...] = (
    ((), "has", "lacks"),
    ((), "at_least", "at_most"),
    (("measure",), "mean", "median"),
    (("measure",), "nps", "mean"),
    (("measure",), "percentile", "median"),
    (("measure", "within"), "days", "hours"),
)
#: Words that are taken for one another.
_WORDS: Mapping[tuple[str, ...], Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        ("trend", "must_not"): {"fall": ("rise",), "rise": ("fall",)},
        ("signal", "watch"): {"high": ("low", "both"), "low": ("high", "both"), "both": ("high", "low")},
    }
)


@dataclass(frozen=True, slots=True)
class Variant:
    """A rule with one change, and the words that name the change. `bound`: a bound was moved, or what lies on it."""

    change: str
    rule: Rule
    bound: bool = False


def changes(rule: Rule, params: Collection[str]) -> Iterator[Variant]:
    """Give every change; whether it makes a rule at all is for the check to say. `params` can be moved."""
    yield from _scope(rule)
    yield from _expressions(rule, params)
    yield from _bounds(rule, params)
    yield from _keys(rule)
    for keys in _DROPPED:
        if _at(rule, keys) is not None:
            yield Variant(f"{'.'.join(keys)} dropped", _with(rule, keys, None))
    for outer, one, other in _EXCHANGED:
        yield from _exchanged(rule, outer, one, other)
        yield from _exchanged(rule, outer, other, one)
    for keys, words in _WORDS.items():
        was = _at(rule, keys)
        for word in words.get(str(was), ()):
            yield Variant(f"{'.'.join(keys)} = {was} becomes {word}", _with(rule, keys, word))


def moved_params(params: Mapping[str, ParameterSpec]) -> dict[str, ParameterSpec]:
    """Give, for every parameter that has steps, the two that stand for it when it is moved."""
    return {
        moved_name(name, by): spec.model_copy(update={"default": value})
        for name, spec in params.items()
        for by in MOVES
        if (value := moved(spec.default, spec, by)) is not None
    }


def moved(value: Scalar, spec: ParameterSpec, by: int) -> Scalar | None:
    """Move a value by a step: a day, a whole number, or one in the last place of the default; None for others."""
    if isinstance(value, bool):
        return None
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value + dt.timedelta(days=by)
    if isinstance(value, int | float):
        return _moved_number(value, by, spec.default if isinstance(spec.default, int | float) else value)
    return None


def _moved_number(value: float, by: int, like: float) -> int | float:
    if isinstance(value, int) and isinstance(like, int):
        return value + by
    places = max(1, -int(Decimal(repr(float(like))).normalize().as_tuple().exponent))
    return float(round(Decimal(repr(float(value))) + by * Decimal((0, (1,), -places)), places + 6))


def _scope(rule: Rule) -> Iterator[Variant]:
    """Drop what limits the scope, empty it, and forget what an empty one means."""
    if rule.where is not None:
        yield Variant("where dropped", _with(rule, ("where",), "true"))
    yield Variant("scope emptied", _with(rule, ("where",), "false"))
    if "on_zero" in rule.model_fields_set and rule.on_zero != "insufficient":
        yield Variant("on_zero dropped", _with(rule, ("on_zero",), "insufficient"))
    if rule.every_stratum:
        yield Variant("every_stratum dropped", _with(rule, ("every_stratum",), new=False))
    if rule.must is not None:
        yield Variant("must negated", _with(rule, ("must",), f"not ({rule.must})"))


def _expressions(rule: Rule, params: Collection[str]) -> Iterator[Variant]:
    for keys in _EXPRESSIONS:
        text = _at(rule, keys)
        if isinstance(text, str):
            told = changed_query(text, params) if keys == ("query",) else changed_condition(text, params)
            for one in told:
                yield Variant(f"{'.'.join(keys)}: {one.change}", _with(rule, keys, one.text), bound=one.bound)


def _bounds(rule: Rule, params: Collection[str]) -> Iterator[Variant]:
    """Move each bound by a step, or do without it."""
    for keys in _BOUNDS:
        bound, name = _at(rule, keys), ".".join(keys)
        if bound is None or keys[-1] not in _parent(rule, keys).model_fields_set:
            continue
        for by in MOVES:
            if isinstance(bound, str) and bound in params:
                told = f"{name} = {bound} moved {'up' if by > 0 else 'down'}"
                yield Variant(told, _with(rule, keys, moved_name(bound, by)), bound=True)
            elif isinstance(bound, int | float):
                new = _moved_number(bound, by, bound)
                yield Variant(f"{name} = {bound} becomes {new}", _with(rule, keys, new), bound=True)
        if keys[-1] in {"at_least", "at_most"}:
            yield Variant(f"{name} dropped", _with(rule, keys, None))


def _keys(rule: Rule) -> Iterator[Variant]:
    """Compare by fewer columns."""
    if rule.unique is not None and len(rule.unique) > 1:
        for column in rule.unique:
            rest = tuple(c for c in rule.unique if c != column)
            yield Variant(f"unique: {column} dropped", _with(rule, ("unique",), rest))
    match, form = rule.has or rule.lacks, "has" if rule.has is not None else "lacks"
    if match is not None and len(match.pairs) > 1:
        for left, right in match.pairs:
            others = {a: b for a, b in match.pairs if (a, b) != (left, right)}
            yield Variant(f"{form}.on: {left} dropped", _with(rule, (form, "on"), others))


def _exchanged(rule: Rule, outer: tuple[str, ...], one: str, other: str) -> Iterator[Variant]:
    given = _at(rule, (*outer, one))
    if given is None or _at(rule, (*outer, other)) is not None:
        return
    without = _with(rule, (*outer, one), None)
    yield Variant(f"{'.'.join((*outer, one))} becomes {other}", _with(without, (*outer, other), given))


def _at(noun: Noun, keys: tuple[str, ...]) -> object:
    """Find what stands at a key; None where nothing does."""
    found: object = noun
    for key in keys:
        found = getattr(found, key) if found is not None else None
    return found


def _parent(rule: Rule, keys: tuple[str, ...]) -> Noun:
    found = _at(rule, keys[:-1])
    assert isinstance(found, Noun)  # noqa: S101
    return found


def _with(rule: Rule, keys: tuple[str, ...], new: object) -> Rule:
    """Copy a rule with another value at a key."""
    value = new
    for depth in range(len(keys) - 1, -1, -1):
        parent = _parent(rule, (*keys[:depth], keys[depth]))
        value = _copy(parent, keys[depth], value)
    assert isinstance(value, Rule)  # noqa: S101
    return value


def _copy(noun: Noun, key: str, value: object) -> Noun:
    """Copy a noun with another value; a key without one is as if it were not written."""
    copied = noun.model_copy(update={key: value})
    if value is None:
        copied.model_fields_set.discard(key)
    return copied
