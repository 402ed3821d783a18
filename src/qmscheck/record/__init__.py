"""The audit record as one deterministic JSON document: write it, read it, digest it, describe it."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError
from pydantic_core import to_json

from qmscheck.errors import Problem, QmscheckError
from qmscheck.model import AuditRecord, Finding
from qmscheck.record.exceptions import written
from qmscheck.record.names import schema

__all__ = ["digest", "load", "read", "schema", "write"]

_SCHEMA_VERSION = "1"

_MAX_PROBLEMS = 20
_NESTED = (dict, list)


def write(record: AuditRecord) -> str:
    """Write the record as canonical JSON: keys sorted, two spaces, UTF-8 characters as they are, one final line end.

    Findings, which may be long, are written one by one, so that no second copy of all of them is held (decision 0052).
    """
    value = record.model_dump(mode="json", by_alias=True, exclude={"findings"})
    whole = _json({**value, "findings": []})
    if not record.findings:
        return f"{whole}\n"
    # A text in JSON holds no line end, so that one with two spaces begins a key of the record and nothing else.
    before, _, after = whole.partition('\n  "findings": []')
    findings = (_finding(f).replace("\n", "\n    ") for f in record.findings)
    return "".join((before, '\n  "findings": [\n    ', ",\n    ".join(findings), "\n  ]", after, "\n"))


def _finding(finding: Finding) -> str:
    """Write a finding at the margin, its exceptions at once."""
    value = finding.model_dump(mode="json", by_alias=True, exclude={"exceptions"})
    before, key, after = _json({**value, "exceptions": []}).partition('\n  "exceptions": ')
    return "".join((before, key, written(finding.exceptions), after.removeprefix("[]")))


def _json(value: object) -> str:
    """Write canonical JSON: several times faster than the standard library's indented form."""
    return to_json(_sorted(value), indent=2).decode()


def digest(record: AuditRecord) -> str:
    """Give the SHA-256 of the record as written, which is that of its file."""
    return hashlib.sha256(write(record).encode()).hexdigest()


def load(path: Path, name: str) -> tuple[AuditRecord, str]:
    """Read a stored record, and give it with the SHA-256 of its file. Raises QmscheckError with the place of a mistake.

    `name` is how messages call the file.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise QmscheckError(Problem(name, 0, 0, f"cannot be read: {error.strerror}")) from None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8, and audit records are UTF-8"
        raise QmscheckError(Problem(name, line, column, message)) from None
    return read(text, name), hashlib.sha256(raw).hexdigest()


def read(text: str, name: str) -> AuditRecord:
    """Read a record that `write` wrote. Raises QmscheckError with the place of whatever does not fit.

    `name` is how messages call the file.
    """
    text = text.removeprefix("\ufeff")
    _check_version(_parsed(text, name), name)
    try:
        record = AuditRecord.model_validate_json(text)
    except ValidationError as error:
        raise QmscheckError(*_problems(error, _parsed(text, name), name)) from None
    _check_references(record, name)
    return record


def _parsed(text: str, name: str) -> object:
    """Parse JSON as strictly as the standard has it: no NaN, and no key twice."""
    try:
        value: object = json.loads(text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        frame = error.doc.split("\n")[error.lineno - 1]
        shown = frame if len(frame) <= 160 else None  # noqa: PLR2004  (a longer line helps nobody)
        raise QmscheckError(Problem(name, error.lineno, error.colno, message, None, shown)) from None
    except RecursionError:
        raise QmscheckError(Problem(name, 0, 0, "not an audit record: it is nested too deeply")) from None
    except ValueError as error:
        raise QmscheckError(Problem(name, 0, 0, f"not valid JSON: {error}")) from None
    return value


def _refuse(constant: str) -> NoReturn:
    msg = f"{constant} is no number in JSON"
    raise ValueError(msg)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        msg = f"{digits[:40]} is too large a number"
        raise ValueError(msg)
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        msg = f"the key '{twice}' stands twice in one object"
        raise ValueError(msg)
    return value


def _check_version(value: object, name: str) -> None:
    hint = "give the JSON file that `qmscheck audit --output-format json` writes"
    if not isinstance(value, dict):
        raise QmscheckError(Problem(name, 0, 0, "not an audit record: it does not hold a JSON object", hint))
    if "schema_version" not in value:
        raise QmscheckError(Problem(name, 0, 0, "not an audit record: it has no 'schema_version'", hint))
    if value["schema_version"] != _SCHEMA_VERSION:
        found = json.dumps(value["schema_version"], ensure_ascii=False)[:40]
        message = f'an audit record of schema version {found}; this qmscheck reads version "{_SCHEMA_VERSION}"'
        raise QmscheckError(Problem(name, 0, 0, message, "read it with the version of qmscheck that wrote it"))


def _sorted(value: Any) -> Any:
    """Put the keys of every object in order."""
    if isinstance(value, dict):
        return {key: _sorted(inner) if isinstance(inner, _NESTED) else inner for key, inner in sorted(value.items())}
    return [_sorted(inner) for inner in value] if isinstance(value, list) else value


def _problems(error: ValidationError, value: object, name: str) -> Iterable[Problem]:
    """Give one problem per place: a union reports each of its branches."""
    kept: dict[str, Problem] = {}
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        if detail["type"] == "json_invalid":  # what Python's parser takes and JSON does not: half of a surrogate pair
            return [_from_parser(detail["msg"], name)]
        path, whole = _path(detail["loc"], value)
        missing = detail["type"] == "missing"
        place = f"{path}.{detail['loc'][-1]}".removeprefix(".") if missing else path
        message = "should be a value of one of its types" if not whole and not missing else _plain(detail)
        kept.setdefault(place, Problem(name, 0, 0, f"does not fit the audit record: {place} {message}"))
    more = len(kept) - _MAX_PROBLEMS
    rest = [Problem(name, 0, 0, f"{more} more places do not fit")] if more > 0 else []
    return [*list(kept.values())[:_MAX_PROBLEMS], *rest]


def _from_parser(message: str, name: str) -> Problem:
    what, _, place = message.removeprefix("Invalid JSON: ").partition(" at line ")
    line, column = map(int, [*re.findall(r"\d+", place), 0, 0][:2])
    return Problem(name, line, column, f"not valid JSON: {what}")


def _path(loc: tuple[int | str, ...], value: object) -> tuple[str, bool]:
    """Write pydantic's place as a JSON path, and whether it is all of it (a branch of a union is no key)."""
    path, node = "", value
    for part in loc:
        if isinstance(part, int) and isinstance(node, list) and part < len(node):
            path, node = f"{path}[{part}]", node[part]
        elif isinstance(part, str) and isinstance(node, Mapping) and part in node:
            path, node = f"{path}.{part}", node[part]
        else:
            return path.removeprefix("."), False
    return path.removeprefix("."), True


def _plain(detail: Mapping[str, Any]) -> str:
    if detail["type"] == "missing":
        return "is missing"
    if detail["type"] == "extra_forbidden":
        return "is not known"
    message = str(detail["msg"]).replace("Input should be", "should be")
    message = message.replace("valid tuple", "valid list").replace("valid array", "list")
    return message if message.startswith("should") else f"is wrong: {message}"


def _check_references(record: AuditRecord, name: str) -> None:
    """Refuse a record whose reports would lose something: findings and obligations must know each other."""
    obligations = {result.id for result in record.obligations}
    rules = {finding.rule for finding in record.findings}
    problems = [
        Problem(name, 0, 0, f"does not hang together: findings[{i}].obligation '{f.obligation}' is not in obligations")
        for i, f in enumerate(record.findings)
        if f.obligation not in obligations
    ]
    problems += [
        Problem(
            name, 0, 0, f"does not hang together: obligations[{i}].findings names '{rule}', which is not in findings"
        )
        for i, result in enumerate(record.obligations)
        for rule in result.findings
        if rule not in rules
    ]
    if problems:
        raise QmscheckError(*problems[:_MAX_PROBLEMS])
