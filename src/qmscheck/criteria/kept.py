"""Criteria that were found right before, recalled without a look into their TOML (decision 0011).

They are known by the bytes of their files and by everything that shapes what was made of them. Kept is what an audit
needs: the nouns, without the examples of rules, and what each expression reads. Trees are not kept: where one is asked
for, the criteria are read whole, from the same bytes, and the expression is found there by its fingerprint.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from qmscheck import cache as cache_room
from qmscheck.cache import Cache, digest
from qmscheck.model import ParameterSpec, Ruleset
from qmscheck.sql.expression import Expression
from qmscheck.sql.kinds import Kind
from qmscheck.sql.select import Part, Related, RowTest

__all__ = ["Criteria", "recalled", "toml_files"]

_PARTS: Mapping[str, type] = MappingProxyType({kind.__name__: kind for kind in (RowTest, Related, Part)})
_OF_MEASURES = ("Statistic", "Other")
_EXPRESSION = Expression.__name__


@dataclass(frozen=True)
class Criteria:
    """The ruleset as its authors wrote it, and each rule as a checked test of records, by rule id."""

    ruleset: Ruleset
    tests: Mapping[str, RowTest]


def recalled(paths: Sequence[Path], cache: Cache, whole: Callable[[Mapping[Path, bytes]], Criteria]) -> Criteria:
    """Recall the criteria of folders and files, or read them by `whole`, which is given the bytes of their files.

    Both ways they come without the examples of rules. Raises what `whole` raises.
    """
    read = _read(paths)
    known = cache.beside(_digest(read), lambda: _edition(cache.edition)) if read else None
    every = {file: raw for files in read or () for file, raw in files.items()}
    found = None if known is None else _from_texts(known, lambda: whole(every))
    if found is not None:
        return found
    made = _without_examples(whole(every))
    if known is not None and known.file is not None:
        _keep(made, known)
    return made


def toml_files(folder: Path) -> list[Path]:
    """Give the files of a ruleset in the order in which they are read: by name."""
    return sorted(folder.glob("*.toml"), key=lambda p: p.name)


def _read(paths: Sequence[Path]) -> list[dict[Path, bytes]] | None:
    """Read the files of each ruleset; None where one cannot be read: whoever reads them whole tells why."""
    try:
        return [{f: f.read_bytes() for f in (toml_files(p) if p.is_dir() else [p])} for p in paths]
    except OSError:
        return None


def _digest(read: Sequence[Mapping[Path, bytes]]) -> str:
    """Give the digest of rulesets: which bytes follow which, and where one ruleset ends. Names of files only order."""
    return digest([[hashlib.sha256(raw).hexdigest() for raw in files.values()] for files in read])


def _edition(expressions: str) -> str:
    """Give the digest of everything that shapes what is made of a ruleset's bytes; `expressions` is that of `sql`."""
    room = Path(__file__).parent
    nouns = (room.parent / "model").glob("*.py")
    own = [*room.glob("*.py"), *nouns, *(room.parent / f"{name}.py" for name in ("cache", "errors", "toml"))]
    return digest(sys.version, expressions, cache_room.edition(own, ("pydantic", "tomli")))


def _without_examples(found: Criteria) -> Criteria:
    rules = {
        name: rule.model_copy(update={"example": (), "equivalent": ()}) for name, rule in found.ruleset.rules.items()
    }
    return Criteria(found.ruleset.model_copy(update={"rules": rules}), found.tests)


class _Trees:
    """The expressions of criteria that are read whole when the first tree is asked for, by one of several threads."""

    def __init__(self, whole: Callable[[], Criteria]) -> None:
        self._whole = whole
        self._lock = threading.Lock()
        self._found: dict[str, Expression] = {}

    def __getitem__(self, fingerprint: str) -> Expression:
        with self._lock:
            if not self._found:
                self._found = {e.fingerprint: e for e in _expressions(tuple(self._whole().tests.values()))}
        return self._found[fingerprint]


# ---------------------------------------------------------------- to and from texts


def _keep(found: Criteria, known: Cache) -> None:
    """Write criteria down. What cannot be read back as it was, to the last type, is not kept."""
    expressions: dict[str, Expression] = {}
    tests = {name: _written(test, expressions) for name, test in found.tests.items()}
    told = [[e.fingerprint, e.text, e.kind, e.columns, e.params, e.terms] for e in expressions.values()]
    known.put("ruleset", found.ruleset.model_dump_json(by_alias=True, exclude_unset=True))
    known.put("tests", json.dumps({"expressions": told, "tests": tests}, separators=(",", ":")))
    if repr(_from_texts(known, lambda: found)) == repr(found):
        known.save()


def _from_texts(known: Cache, whole: Callable[[], Criteria]) -> Criteria | None:
    """Read criteria back; None where they are not known. `whole` gives those in which trees are looked up."""
    ruleset, tests = known.get("ruleset"), known.get("tests")
    if ruleset is None or tests is None:
        return None
    trees = _Trees(whole)
    try:
        given = json.loads(tests)
        expressions = {facts[0]: _expression(facts, trees) for facts in given["expressions"]}
        return Criteria(
            _with_days(Ruleset.model_validate_json(ruleset)),
            {name: _read_back(test, expressions) for name, test in given["tests"].items()},
        )
    except (KeyError, TypeError, ValueError):  # sealed as ours, and not written by us
        return None


def _with_days(found: Ruleset) -> Ruleset:
    """Read the values of parameters that are days: in JSON they are texts, and so may a parameter be."""
    days = {name: _with_day(spec) for name, spec in found.params.items() if spec.type == "date"}
    return found.model_copy(update={"params": {**found.params, **days}}) if days else found


def _with_day(spec: ParameterSpec) -> ParameterSpec:
    return spec.model_copy(update={"default": dt.date.fromisoformat(str(spec.default))})


def _written(value: object, expressions: dict[str, Expression]) -> object:
    """Write a part of a test as JSON can hold it; a kind with a name is a mapping of one key."""
    if isinstance(value, Expression):
        expressions[value.fingerprint] = value
        return {_EXPRESSION: value.fingerprint}
    if is_dataclass(value) and not isinstance(value, type):
        told = ((f, getattr(value, f.name)) for f in fields(value))
        return {type(value).__name__: {f.name: _written(v, expressions) for f, v in told if v != f.default}}
    return [_written(inner, expressions) for inner in value] if isinstance(value, tuple) else value


def _read_back(value: Any, expressions: Mapping[str, Expression]) -> Any:
    """Read what `_written` wrote."""
    if isinstance(value, list):
        return tuple(_read_back(inner, expressions) for inner in value)
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == _EXPRESSION:
        return expressions[inner]
    if kind in _OF_MEASURES:
        from qmscheck.sql import statistic  # noqa: PLC0415  (only where a rule measures)

        part_of: type = getattr(statistic, kind)
    else:
        part_of = _PARTS[kind]
    return part_of(**{name: _read_back(part, expressions) for name, part in inner.items()})


def _expression(facts: Sequence[Any], trees: _Trees) -> Expression:
    fingerprint, text, kind, columns, params, terms = facts
    named = tuple((table, column) for table, column in columns)
    return Expression(
        text, Kind(kind), named, tuple(params), tuple(terms), fingerprint, lambda: trees[fingerprint].tree
    )


def _expressions(value: object) -> Iterator[Expression]:
    """Find every expression in a part of a test."""
    if isinstance(value, Expression):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _expressions(getattr(value, field.name))
    elif isinstance(value, tuple):
        for inner in value:
            yield from _expressions(inner)
