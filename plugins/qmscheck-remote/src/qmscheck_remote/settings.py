"""Settings of a service, as TOML types them: `settings = { anon = true }`. What takes them says of which type each is.

A list of texts (`settings = ["port=2222"]`) and what a reference leads to have no types of their own: they are read as
the type that is wanted.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from qmscheck import Problem, QmscheckError, Request, resolve

__all__ = ["Setting", "fitting", "given_settings"]

_EXAMPLE = 'settings = { username = "env:DAV_USER", password = "env:DAV_PASSWORD" }'
_OPEN = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
_WANTED = {bool: "true or false", int: "a whole number", str: "text"}
_BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `typed` tells that the plan itself gave it its type; what is not typed is a text."""

    value: str | int | bool
    typed: bool


def given_settings(request: Request) -> dict[str, Setting]:
    """Give the settings of a source, references followed. Raises QmscheckError for what is no setting."""
    given = request.options.get("settings", ())
    if isinstance(given, Mapping):
        return {name: _followed(request, f"settings.{name}", value) for name, value in given.items()}
    found: dict[str, Setting] = {}
    for one in (given,) if isinstance(given, str) else given if isinstance(given, tuple | list) else ("",):
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise _wrong("settings should be a table, or a list of name=value", _EXAMPLE)
        found[name.strip()] = Setting(resolve(value.strip(), request.root, "settings"), typed=False)
    return found


def fitting(
    settings: Mapping[str, Setting], taker: Callable[..., Any], *, more: frozenset[str] | None = None
) -> dict[str, Any]:
    """Give each setting as `taker` takes it, by the type of its default there.

    Python takes every text but the empty one for true, so that `anon = "false"` would read as nobody, and say nothing.
    `more` are names that are taken beside those that `taker` declares; None: it may take any. Raises QmscheckError.
    """
    declared = {name: one.default for name, one in inspect.signature(taker).parameters.items() if one.kind not in _OPEN}
    if more is not None:
        for name in settings:
            if name not in declared.keys() | more:
                near = get_close_matches(name, [*declared, *more], 1)
                raise _wrong(f"settings.{name} is no setting of this service", f"{near[0]}?" if near else None)
    return {name: _as_wanted(name, one, type(declared.get(name))) for name, one in settings.items()}


def _as_wanted(name: str, setting: Setting, wanted: type) -> str | int | bool:
    """Read a setting as the type that is wanted. Raises QmscheckError."""
    value = setting.value
    if wanted not in _WANTED or type(value) is wanted:
        return value
    if not setting.typed and isinstance(value, str):
        if wanted is bool and value.lower() in _BOOLEANS:
            return _BOOLEANS[value.lower()]
        if wanted is int and value.isdecimal() and value.isascii():
            return int(value)
    sample = {bool: "true", int: "22", str: '"..."'}[wanted]
    raise _wrong(f"settings.{name} should be {_WANTED[wanted]}", f"settings = {{ {name} = {sample} }}")


def _followed(request: Request, option: str, value: object) -> Setting:
    """Follow a reference: what it leads to is a text."""
    if isinstance(value, int):
        return Setting(value, typed=True)
    found = resolve(str(value), request.root, option)
    return Setting(found, typed=found == value)


def _wrong(message: str, hint: str | None) -> QmscheckError:
    return QmscheckError(Problem("", 0, 0, message, hint))
