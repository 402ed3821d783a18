"""The sources of a plan: where the records of each table are, who reads them, and how columns are mapped."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import Any

from qmscheck.errors import Problem, did_you_mean
from qmscheck.hookspecs import OWN_ENGINE, Reader
from qmscheck.model import ColumnMapping, Provenance, Source
from qmscheck.plan.draft import NAME, Draft, inside, listed
from qmscheck.toml import Loc

__all__ = [
    "ADDRESS",
    "LOOKED_UP",
    "REMOTE",
    "check_path",
    "read_source",
    "read_sources",
    "reader_for",
    "without_secrets",
]

_PROVENANCE = ("extracted_on", "owner", "period", "method", "reliability")
_SOURCE_KEYS = ("table", "path", "reader", "engine", "missing", "cases", "columns", *_PROVENANCE)
_LONGEST_NAME = 255
_GLOB = re.compile(r"[*?\[]")
_SECRET = re.compile(
    r"://[^/?#\s@]*:[^\s]+@|\b(password|passwd|pwd|token|secret|api_?key)=(?!env:|file:|keyring:)[^&;\s]", re.IGNORECASE
)
_SECRET_SETTING = re.compile(r"passw|pwd|passphrase|token|secret|_key$|credential", re.IGNORECASE)
_SECRET_KEYS = frozenset({"password", "token", "secret", "api_key"})
#: What is in every address, and the reader of addresses.
ADDRESS, REMOTE = "://", "remote"
_EXTRAS = ("sql", "remote")  # readers of distributions that are installed where they are wanted
#: What begins a reference to something that is kept elsewhere.
LOOKED_UP = ("env:", "file:", "keyring:")


def read_sources(draft: Draft, value: object, over: Collection[str]) -> tuple[tuple[Source, ...], frozenset[Loc]]:
    """Read the sources of the file, then let the command line take the place of some or add some."""
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        draft.refuse(
            ("source",), "'source' should be a list of tables", "write [[source]], with two brackets", key=True
        )
        return (), frozenset()
    raw: list[dict[str, Any]] = [dict(one) for one in value]
    replaced: set[Loc] = set()
    for given in over:
        _replace(draft, raw, replaced, given)
    draft = replace(draft, replaced=draft.replaced | replaced)
    lines = _lines(draft, len(value)) + [0] * (len(raw) - len(value))
    sources = [read_source(draft, at, one, line) for at, (one, line) in enumerate(zip(raw, lines, strict=True))]
    return tuple(source for source in sources if source is not None), draft.replaced


def _replace(draft: Draft, raw: list[dict[str, Any]], replaced: set[Loc], given: str) -> None:
    """Let one `table=path` take the path of the one source of that table, or be a source of its own."""
    table, _, path = given.partition("=")
    if not NAME.fullmatch(table) or not path:
        draft.refuse_option(f"--source '{given}' is not TABLE=PATH", "as in --source complaints=evidence/log.csv")
        return
    if ADDRESS not in path:
        path = inside(os.path.abspath(path), draft.root)  # noqa: PTH100  (links stay as they are)
    same = [at for at, one in enumerate(raw) if one.get("table") == table and ("source", at) not in replaced]
    if len(same) > 1:
        message = f"--source {table}=... could take the place of each of the {len(same)} sources of '{table}'"
        draft.refuse_option(message, "change the plan, or audit with a copy of it")
    elif same and ("source", same[0], "path") not in replaced:
        raw[same[0]]["path"] = path
        replaced.add(("source", same[0], "path"))
    else:
        replaced.add(("source", len(raw)))
        raw.append({"table": table, "path": path})


def _lines(draft: Draft, count: int) -> list[int]:
    """Find the lines of the sources, without the parser that locates everything unless it is needed."""
    prefix = r"[ \t]*\.[ \t]*".join([*map(str, draft.base), "source"])
    header = re.compile(rf"[ \t]*\[\[[ \t]*{prefix}[ \t]*\]\]")
    lines = [number for number, row in enumerate(draft.document.lines, 1) if header.match(row)]
    if len(lines) == count:
        return lines
    return [draft.document.place((*draft.base, "source", at)).line for at in range(count)]


def reader_for(path: str, root: Path, readers: Mapping[str, Reader]) -> Reader | None:
    """Choose the reader of a path by its ending: the longest wins, case does not matter; a folder ends in `/`."""
    last = path.rstrip("/").rpartition("/")[2].lower()
    by_suffix = {suffix: reader for reader in readers.values() for suffix in reader.suffixes}
    folder = path.endswith("/") or os.path.isdir(root / path)  # noqa: PTH112  (false, too, for what can be no name)
    if not folder:
        for suffix in sorted(by_suffix, key=len, reverse=True):
            if last.endswith(suffix) and suffix != "/":
                return by_suffix[suffix]
        named = os.path.isfile(root / path)  # noqa: PTH113
        folder = "." not in last and not _GLOB.search(last) and not named
    return by_suffix.get("/") if folder else None


def without_secrets(problems: Collection[Problem]) -> list[Problem]:
    """Drop the frame of every problem that stands in the line of a secret, or shows one."""
    lines = {problem.line for problem in problems if "holds a secret" in problem.message}
    return [
        replace(problem, frame=None) if problem.line in lines or _SECRET.search(problem.frame or "") else problem
        for problem in problems
    ]


def read_source(draft: Draft, at: int, raw: Mapping[str, Any], line: int) -> Source | None:
    """Read one source, the `at`-th of the plan, in its line; None where it is none."""
    loc: Loc = ("source", at)
    path = raw.get("path")
    if isinstance(path, str):
        check_path(draft, (*loc, "path"), path.rpartition("::")[2] if ADDRESS in path else path)
        raw = _elsewhere(raw, path)
    reader = _chosen(draft, loc, raw)
    options = {key: value for key, value in raw.items() if key not in _SOURCE_KEYS}
    if reader is not None:
        for key, value in options.items():
            if key != "url" or value != path:  # a path that is an address is checked as a path
                _check_option(draft, loc, key, value, reader)
    _check_engine(draft, loc, raw.get("engine", OWN_ENGINE), reader)
    own = {key: raw[key] for key in ("table", "path", "engine", "missing", "cases") if key in raw}
    fields = {
        **own,
        "reader": reader.name if reader else None,
        "columns": _columns(draft, loc, raw.get("columns", {})),
        "options": {key: value for key, value in options.items() if _is_option(value)},
        "line": line,
        "provenance": _provenance(draft, loc, {key: raw[key] for key in _PROVENANCE if key in raw}),
    }
    return draft.document.check(Source, fields, (*draft.base, *loc))


def _elsewhere(raw: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """Let a path that is an address (`s3://...`) be the address of a source that is fetched."""
    if ADDRESS not in path:
        return raw
    kept = {key: value for key, value in raw.items() if key not in {"path", "reader"}}
    format_ = {} if raw.get("reader") in {None, REMOTE} else {"format": raw["reader"]}
    return {**kept, "reader": REMOTE, "url": path, **format_}


def _provenance(draft: Draft, loc: Loc, given: Mapping[str, Any]) -> Provenance | None:
    """Read where a source comes from. What its days mean for the audit is not judged here."""
    if not given:
        return None
    found = draft.document.check(Provenance, given, (*draft.base, *loc))
    if found is not None and found.period is not None and found.period.from_ > found.period.to:
        message = f"the period ends ({found.period.to}) before it begins ({found.period.from_})"
        draft.refuse((*loc, "period"), message)
    return found


def _chosen(draft: Draft, loc: Loc, raw: Mapping[str, Any]) -> Reader | None:
    """Choose the reader; None where it is itself a mistake, so that its options cannot be checked."""
    named, path = raw.get("reader"), raw.get("path")
    if isinstance(named, str):
        reader = draft.readers.get(named)
        if reader is None:
            hint = did_you_mean(named, draft.readers) or listed("readers", draft.readers)
            hint = f"pip install 'qmscheck[{named}]'" if named in _EXTRAS else hint
            draft.refuse((*loc, "reader"), f"there is no reader '{named}'", hint)
        elif reader.suffixes and path is None:
            draft.refuse(loc, "the key 'path' is missing here", f"reader '{named}' reads files")
        return reader
    if named is not None:
        draft.refuse((*loc, "reader"), "'reader' should be text", listed("readers", draft.readers))
    elif path is None:
        draft.refuse(loc, "the key 'path' is missing here", "or name a reader that needs none")
    elif isinstance(path, str) and path.strip():
        reader = reader_for(path, draft.root, draft.readers)
        if reader is not None:
            return reader
        endings = (f"{name} ({', '.join(one.suffixes)})" for name, one in draft.readers.items() if one.suffixes)
        message = f"no reader is known for '{path}'"
        draft.refuse((*loc, "path"), message, listed("readers", endings))
    return None


def _check_engine(draft: Draft, loc: Loc, name: object, reader: Reader | None) -> None:
    """Refuse an engine that nobody brings, and one to which the reader cannot leave its records."""
    where = (*loc, "engine")
    if name == OWN_ENGINE or not isinstance(name, str):  # what is no text the noun refuses
        return
    kind = draft.engines.get(name)
    if kind is None:
        hint = did_you_mean(name, draft.engines) or listed("engines", draft.engines)
        draft.refuse(where, f"there is no engine '{name}'", hint)
    elif reader is not None and not kind.takes and name not in reader.in_place:
        message = f"reader '{reader.name}' cannot leave its records to the engine '{name}', which takes no others"
        draft.refuse(where, message, "leave 'engine' out, so that the records are read and judged here")


def check_path(draft: Draft, where: Loc, path: str) -> None:
    """Refuse what would mean other files on another machine, or leave the folder without saying so openly."""
    name = str(where[-1])
    if not path.strip():
        draft.refuse(where, f"'{name}' should not be empty")
    elif _SECRET.search(path):
        _refuse_secret(draft, where, name)
    elif (mistake := _no_name(path)) is not None:
        draft.refuse(where, f"'{name}' {mistake}")
    elif PureWindowsPath(path).drive or path.startswith("/"):
        return
    elif "\\" in path:
        draft.refuse(where, f"'{name}' should have / between folders", f'write "{path.replace(chr(92), "/")}"')
    elif Path(os.path.normpath(path)).parts[:1] == ("..",):
        hint = "move the evidence into the folder, or give its absolute path if that is meant"
        draft.refuse(where, f"'{path}' leaves the folder of the plan", hint)


def _no_name(path: str) -> str | None:
    """Find what no file can be called, and what would be no pattern."""
    parts = path.split("/")
    if "\0" in path:
        return "holds a character that no file name can have"
    if any(len(part.encode("utf-8", "surrogateescape")) > _LONGEST_NAME for part in parts):
        return f"has a part of more than {_LONGEST_NAME} characters: no file can be called so"
    if any("**" in part and part != "**" for part in parts):
        return "has ** beside other letters: ** alone between two / stands for any folders"
    return None


def _check_option(draft: Draft, loc: Loc, key: str, value: object, reader: Reader) -> None:
    where = (*loc, key)
    if isinstance(value, Mapping) and key in reader.tables:
        _check_settings(draft, where, key, value)
        return
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if any(isinstance(text, str) and _is_secret(key, text) for text in texts):
        _refuse_secret(draft, where, key)
    if key not in reader.options:
        known = f"reader '{reader.name}' knows {', '.join(reader.options) or 'no key of its own'}"
        hint = did_you_mean(key, [*_SOURCE_KEYS, *reader.options]) or known
        draft.refuse(where, f"unknown key '{key}' for reader '{reader.name}'", hint, key=True)
    elif isinstance(value, Mapping) or not _is_option(value):
        draft.refuse(where, f"'{key}' should be text, a whole number, true or false, or a list of texts")


def _check_settings(draft: Draft, where: Loc, key: str, settings: Mapping[str, object]) -> None:
    """Check the settings of one option: each has a type of its own, and a secret is a reference."""
    for name, value in settings.items():
        place = (*where, name)
        if isinstance(value, bool) or (isinstance(value, str) and value.startswith(LOOKED_UP)):
            continue
        if _SECRET_SETTING.search(name) or _SECRET.search(str(value)):
            _refuse_secret(draft, place, f"{key}.{name}", name)
        elif not isinstance(value, str | int):
            draft.refuse(place, f"'{key}.{name}' should be text, a whole number, true or false")


def _is_option(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(one, str | int) for one in value.values())
    return isinstance(value, str | int) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _is_secret(key: str, value: str) -> bool:
    if value.startswith(LOOKED_UP):
        return False
    return key in _SECRET_KEYS or (key != "query" and _SECRET.search(value) is not None)


def _refuse_secret(draft: Draft, loc: Loc, key: str, name: str | None = None) -> None:
    """Say where a secret stands, without its line: messages end in logs."""
    hint = f'keep it in the environment: {name or key} = "env:NAME"'
    problem = draft.document.problem(draft.base + loc, f"'{key}' holds a secret, and plans are shared", hint)
    draft.document.add(replace(problem, frame=None))


def _columns(draft: Draft, loc: Loc, value: object) -> dict[str, ColumnMapping]:
    found: dict[str, ColumnMapping] = {}
    if not isinstance(value, Mapping):
        draft.refuse((*loc, "columns"), "'columns' should be a table", 'write [source.columns], then name = "Heading"')
        return found
    for name, given in value.items():
        where = (*loc, "columns", name)
        if not NAME.fullmatch(name):
            draft.refuse(where, f"'{name}' is no name of a column", "lower-case letters, digits and _", key=True)
        elif not isinstance(given, str | Mapping):
            draft.refuse(where, f"'{name}' should be the heading in the file, or {{ from = \"heading\", ... }}")
        else:
            fields = {"from": given} if isinstance(given, str) else given
            mapping = draft.document.check(ColumnMapping, fields, draft.base + where)
            if mapping is not None:
                found[name] = mapping
    return found
