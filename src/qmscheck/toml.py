"""TOML files with places: values by tomli, and line and column of any key by toml-rs once something is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeGuard, TypeVar, get_args

import tomli
from pydantic import BaseModel, TypeAdapter, ValidationError

from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.slips import hint_for, meant_key, without_quotes

__all__ = ["Document", "Loc", "Place", "ShiftedProblem", "did_you_mean", "parse", "read", "shape", "text"]

T = TypeVar("T")
Loc = tuple[str | int, ...]

_MAX_BYTES = 16 * 1024 * 1024
_MAX_DEPTH = 100  # toml-rs overflows its stack on some thousand levels
_ESCAPE = re.compile(r"\\(?:u.{4}|U.{8}|x.{2}|[ \t]*\n[ \t\n]*|.)", re.DOTALL)
_PATTERNS = {
    "^[a-z][a-z0-9_]*$": "lower-case letters, digits and _, a letter first",
    "^[a-z0-9][a-z0-9.-]*$": "lower-case letters, digits, dots and dashes",
    "^[a-z]{2}$": "a language code of two letters",
    "^[0-9a-f]{16}$": "the fingerprint of a finding: 16 signs, 0 to 9 and a to f",
}
_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "date_type": "a date",
    "datetime_type": "a date with a time",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table",
    "mapping_type": "a table",
    "model_type": "a table",
}


#: What to do about what tomli says, for people who never heard of TOML.
#: What version control writes where two persons have changed the same lines.
_MERGED = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_HINTS = {
    "Cannot overwrite a value": "the same key or table stands above: keep one of them",
    "Cannot declare": "the same table stands above: keep one of them",
    "Duplicate inline table key": "the same key stands above: keep one of them",
    "Illegal character '\\n'": "a text ends in the line in which it begins: a quotation mark is missing",
    "Unterminated string": "a quotation mark is missing",
    "Unescaped '\\\\' in a string": "write \\\\ for \\, or put the text between single quotation marks",
    "Invalid hex value": "write \\\\ for \\, or put the text between single quotation marks",
    "Invalid value": "a text stands between quotation marks, a date is written 2026-11-20",
    "Expected '=' after a key": 'write key = "value"',
    "Invalid date or datetime": "a date is written 2026-11-20",
    "Unclosed array": "a bracket ] is missing",
    "Unclosed inline table": "a bracket } is missing",
}

#: What to write where a match does not say by what records belong together.
_MATCH = 'name the columns that are equal in both tables: on = ["order_id"]'


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value starts: line and column count from 1; `length` in characters; `quotes` opens a string."""

    line: int
    column: int
    length: int
    quotes: int = 0


@dataclass(frozen=True)
class Document:
    """A TOML file: its value, and a place for every key of it. `name` is how messages call the file."""

    name: str
    text: str
    value: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list, compare=False)

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the file, for frames."""
        return self.text.split("\n")

    @cached_property
    def _nodes(self) -> Mapping[str, Any]:
        import toml_rs  # noqa: PLC0415  (only when something is wrong)

        try:
            return toml_rs.load_with_metadata(self.text).meta["nodes"]
        except ValueError:  # what tomli takes and toml-rs does not
            return {}

    def place(self, loc: Loc, *, key: bool = False) -> Place:
        """Find the value (or, with `key`, the key) at `loc`; what is not there has the place of what would hold it.

        A document without text (made of a command line) has no places: line 0.
        """
        found, node = self._walk(loc)
        if node is None:
            return Place(1, 1, 1) if self._nodes else Place(0, 0, 1)
        if key and len(found) == len(loc) and _has_place(node, "key_line"):
            return self._place(node["key_line"], node["key_col"])
        if _has_place(node, "value_line"):
            raw = str(node.get("value_raw", ""))
            quotes = 3 if raw[:3] in {'"""', "'''"} else 1 if raw[:1] in {'"', "'"} else 0
            return self._place(node["value_line"], node["value_col"], quotes)
        inside = min(self._places(node), key=lambda p: (p.line, p.column), default=None)
        return self._header(found, inside.line if inside else len(self.lines) + 1) or inside or Place(1, 1, 1)

    def problem(self, loc: Loc, message: str, hint: str | None = None, *, key: bool = False) -> Problem:
        """Say what is wrong at `loc`, with the frame of the file."""
        place = self.place(loc, key=key)
        return self._at(place.line, place.column, place.length, message, hint)

    def problem_inside(self, loc: Loc, line: int, column: int, length: int, message: str, hint: str | None) -> Problem:
        """Say what is wrong inside the text at `loc`: line and column of the text itself, counted from 1."""
        place, (_, node) = self.place(loc), self._walk(loc)
        value = node.get("value") if node is not None else None
        if not place.quotes or not isinstance(value, str):
            return self.problem(loc, message, hint)
        rows = [row.removesuffix("\r") for row in self.lines]
        source = "\n".join(rows)
        opening = sum(len(row) + 1 for row in rows[: place.line - 1]) + place.column - 1
        spots = _spots(source, opening, place.quotes, value)
        first = sum(len(row) + 1 for row in value.split("\n")[: line - 1]) + column - 1
        first = min(first, len(value))
        start, stop = spots[first], spots[min(first + length, len(value))]
        row_end = source.find("\n", start)
        stop = stop if row_end < 0 else min(stop, row_end)
        at = source.count("\n", 0, start) + 1
        return self._at(at, start - source.rfind("\n", 0, start), max(1, stop - start), message, hint)

    def add(self, *problems: Problem) -> None:
        """Keep problems, to report all of them at once."""
        self.problems.extend(problems)

    def check(self, kind: type[T] | TypeAdapter[T], value: object, loc: Loc) -> T | None:
        """Check `value` against a noun; None, and problems with places, where it does not fit."""
        adapter = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
        try:
            return adapter.validate_python(_frozen(value))
        except ValidationError as error:
            self.add(*(self._from_pydantic(kind, same) for same in self._distinct(error, loc)))
            return None

    def _at(self, line: int, column: int, length: int, message: str, hint: str | None) -> Problem:
        frame = self.lines[line - 1].rstrip("\r") if 0 < line <= len(self.lines) else ""
        shift = 0
        if len(frame) > 160:  # noqa: PLR2004  (a long line: show the part that matters)
            shift = max(0, min(column - 60, len(frame) - 150))
            frame = ("…" if shift else "") + frame[shift : shift + 150] + ("…" if len(frame) > shift + 150 else "")
            shift -= 1 if shift else 0
        shown = max(1, min(length, len(frame) - (column - shift) + 1))
        problem = Problem(self.name, line, column, message, hint, frame.replace("\t", " "), shown)
        return (
            problem
            if not shift
            else ShiftedProblem(problem.path, line, column, message, hint, problem.frame, shown, shift)
        )

    def _distinct(self, error: ValidationError, loc: Loc) -> list[list[dict[str, Any]]]:
        """Gather errors by place, the deepest only: a union reports each branch, under names that are no keys."""
        kept: dict[Loc, list[dict[str, Any]]] = {}
        for raw in error.errors(include_url=False, include_context=False):
            detail: dict[str, Any] = dict(raw)
            where = self._walk(loc + detail["loc"])[0] if self._nodes else loc + detail["loc"]
            if detail["type"] == "missing":
                where += (detail["loc"][-1],)
            if any(known[: len(where)] == where and len(known) > len(where) for known in kept):
                continue
            for known in [k for k in kept if where[: len(k)] == k and len(k) < len(where)]:
                del kept[known]
            kept.setdefault(where, []).append({**detail, "where": where})
        return list(kept.values())

    def _from_pydantic(self, kind: object, same: Sequence[Mapping[str, Any]]) -> Problem:
        """Say in plain words what pydantic says of one place."""
        error = same[0]
        where: Loc = error["where"]
        name = next((str(part) for part in reversed(where) if isinstance(part, str)), "value")
        if error["type"] == "extra_forbidden":
            return self.problem(where, f"unknown key '{name}'", meant_key(name, _keys(kind, error["loc"])), key=True)
        if error["type"] == "missing":
            hint = _MATCH if name == "on" and {"has", "lacks"}.intersection(error["loc"]) else None
            return self.problem(where[:-1], f"the key '{name}' is missing here", hint)
        if error["type"] in {"string_too_short", "too_short"} and not error["input"]:
            return self.problem(where, f"'{name}' should not be empty")
        pattern = str(error["msg"]).removeprefix("String should match pattern ").strip("'")
        if error["type"] == "string_pattern_mismatch" and pattern in _PATTERNS:
            at_key = error["loc"][-1:] == ("[key]",)
            return self.problem(where, f"'{error['input']}' should be {_PATTERNS[pattern]}", key=at_key)
        wanted = [_WANTED[e["type"]] for e in same if e["type"] in _WANTED]
        if error["type"] in _WANTED:
            return self.problem(where, f"'{name}' should be {_either(wanted)}", _unlike(error["input"], wanted))
        message = str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "should be")
        return self.problem(where, f"'{name}' {message}" if message.startswith("should") else f"'{name}': {message}")

    def _place(self, line: int | Sequence[int], column: int | Sequence[int], quotes: int = 0) -> Place:
        """Read toml-rs's positions (a number, or the first and the last; columns in bytes) as characters."""
        first, last = (column, column) if isinstance(column, int) else (column[0], column[-1])
        at, end = (line, line) if isinstance(line, int) else (line[0], line[-1])
        raw = self.lines[at - 1].encode() if at <= len(self.lines) else b""
        start = len(raw[: first - 1].decode("utf-8", "replace"))
        stop = len(raw[:last].decode("utf-8", "replace")) if at == end else start + 1
        return Place(at, start + 1, max(1, stop - start), quotes)

    def _places(self, node: object) -> Iterable[Place]:
        """Give every place inside a node that has none of its own (a table header carries no position)."""
        if isinstance(node, Mapping):
            if _has_place(node, "key_line"):
                yield self._place(node["key_line"], node["key_col"])
            for inner in node.values():
                yield from self._places(inner)
        elif isinstance(node, list):
            for inner in node:
                yield from self._places(inner)

    def _header(self, loc: Loc, before: int) -> Place | None:
        """Find the header of a table, or of what it holds: the last above a line, for entries of a list share names."""
        names = (rf"""["']?{re.escape(str(part))}["']?""" for part in loc if isinstance(part, str))
        header = re.compile(
            r"[ \t]*(\[\[?[ \t]*" + r"[ \t]*\.[ \t]*".join(names) + r"(?:[ \t]*\.[^\]\n]*)?[ \t]*\]\]?)"
        )
        for number in range(min(before - 1, len(self.lines)), 0, -1):
            if match := header.match(self.lines[number - 1]):
                return Place(number, match.start(1) + 1, len(match[1]))
        return None

    def _walk(self, loc: Loc) -> tuple[Loc, Any]:
        node: Any = self._nodes
        found: list[str | int] = []
        for part in loc:
            inner = node["value"] if _has_place(node, "key_line") or _has_place(node, "value_line") else node
            step = None
            if isinstance(inner, Mapping) and isinstance(part, str):
                step = inner.get(part)
            elif isinstance(inner, list) and isinstance(part, int) and part < len(inner):
                step = inner[part]
            if step is None:
                continue  # parts of pydantic's loc that are no key of the file (a union's branch)
            node = step
            found.append(part)
        return tuple(found), node if found else None


@dataclass(frozen=True, slots=True, order=True)
class ShiftedProblem(Problem):
    """A problem whose frame does not start at column 1 of its line."""

    shift: int = 0

    def __str__(self) -> str:
        """Write it with the mark below what the frame shows."""
        column = self.column - self.shift
        plain = Problem(self.path, self.line, column, self.message, self.hint, self.frame, self.length)
        return str(plain).replace(f":{self.line}:{column}: ", f":{self.line}:{self.column}: ", 1)


def read(path: Path, name: str) -> Document:
    """Read a TOML file. Raises QmscheckError with a place for anything that is not UTF-8 TOML."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise QmscheckError(Problem(name, 0, 0, f"cannot be read: {error.strerror}")) from None
    return parse(raw, name)


def text(value: str) -> str:
    """Write a text as TOML does, in one line: JSON's text is TOML's, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def shape(kind: Any) -> TypeAdapter[Any]:
    """Make a type that is no noun (a list of names, a mapping) into something that `Document.check` takes."""
    return TypeAdapter(kind)


def parse(raw: bytes, name: str) -> Document:
    """Parse the bytes of a TOML file. Raises QmscheckError with a place for anything that is not UTF-8 TOML."""
    if len(raw) > _MAX_BYTES:
        raise QmscheckError(Problem(name, 0, 0, f"is larger than {_MAX_BYTES // 1024 // 1024} MiB"))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        column = len(raw[: error.start].rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8, and TOML files are UTF-8"
        raise QmscheckError(Problem(name, line, column, message, "save the file as UTF-8")) from None
    text = text.removeprefix("\ufeff")
    try:
        value = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        document = Document(name, text, {})
        message = f"not valid TOML: {error.msg[:1].lower()}{error.msg[1:]}"
        usual = next((hint for start, hint in _HINTS.items() if error.msg.startswith(start)), None)
        hint = hint_for(text, error.lineno, error.colno) or usual
        if text.split("\n")[error.lineno - 1].startswith(_MERGED):
            message = "two versions of this file were merged, and nobody has decided between them"
            hint = "keep what both have added, and remove the lines that begin with <<<<<<<, =======, >>>>>>>"
        raise QmscheckError(document._at(error.lineno, error.colno, 1, message, hint)) from None  # noqa: SLF001
    except RecursionError:
        raise QmscheckError(Problem(name, 0, 0, "is nested too deeply")) from None
    except ValueError:  # the one value that tomli leaves to Python: a number of thousands of digits
        raise QmscheckError(Problem(name, 0, 0, "holds a number with too many digits")) from None
    if _too_deep(value):
        raise QmscheckError(Problem(name, 0, 0, f"is nested more than {_MAX_DEPTH} levels deep"))
    return Document(name, text, value)


def _frozen(value: object) -> object:
    """Turn TOML arrays into tuples: the nouns are frozen."""
    if isinstance(value, list):
        return tuple(_frozen(inner) for inner in value)
    if isinstance(value, dict):
        return {key: _frozen(inner) for key, inner in value.items()}
    return value


def _too_deep(value: object) -> bool:
    """Measure without recursion."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _inner(outer)]
    return bool(level)


def _inner(value: dict[str, object] | list[object]) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value


def _has_place(node: object, name: str) -> TypeGuard[Mapping[str, Any]]:
    """Tell toml-rs's own entry from a key of the file that has the same name."""
    return isinstance(node, Mapping) and isinstance(node.get(name), int | list | tuple)


def _spots(source: str, opening: int, quotes: int, value: str) -> list[int]:
    """Find where in the file each character of a string's value stands, and where the string ends."""
    at = opening + quotes
    literal = source[opening] == "'"
    if quotes > 1 and source[at : at + 1] == "\n":
        at += 1
    spots: list[int] = []
    while len(spots) < len(value) and at < len(source):
        escape = None if literal else _ESCAPE.match(source, at)
        if escape is None or "\n" not in escape[0]:
            spots.append(at)
        at = escape.end() if escape else at + 1
    return spots + [at] * (len(value) + 1 - len(spots))


def _unlike(given: object, wanted: Sequence[str]) -> str | None:
    """Hint at how a text that is given becomes what is wanted."""
    if not isinstance(given, str):
        return None
    if "a list" in wanted and "text" not in wanted:
        return 'write a list: ["..."]'
    dated = "write a date without quotes: 2026-11-20" if "a date" in wanted else None
    return without_quotes(given) or dated


def _keys(kind: object, loc: Loc) -> list[str]:
    """Give the keys that the noun at pydantic's `loc` inside `kind` knows."""
    models = _nouns(kind)
    for part in loc[:-1]:
        every = [named for model in models for named in model.model_fields.items()]
        fields = [field for name, field in every if part in {name, field.alias}]
        models = [model for field in fields for model in _nouns(field.annotation)] or models
    return sorted({field.alias or name for model in models for name, field in model.model_fields.items()})


def _nouns(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _nouns(inner)]


def _either(words: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(words))
    return " or ".join(filter(None, [", ".join(distinct[:-1]), distinct[-1]]))
