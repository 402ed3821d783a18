"""Plugins: found by their entry points, asked once, and refused by name when something is wrong with them.

Library of this room: pluggy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import pluggy

from qmscheck import hookspecs
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.hookspecs import EngineKind, Reader, ReportFormat, RulesetFiles

if TYPE_CHECKING:
    from qmscheck.model import AuditRecord

__all__ = ["Kind", "Origin", "Plugins", "load"]

Kind = Literal["reader", "suffix", "engine", "ruleset", "format"]

_GROUP = "qmscheck"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_BUILT_IN = {"engine": "qmscheck.engine", "report": "qmscheck.report", "persons": "qmscheck.persons"}
_PLAN_KEYS = frozenset({"table", "path", "reader", "engine", "missing", "columns"})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a plugin comes from: its own name, and the distribution that brings it."""

    name: str
    distribution: str
    version: str

    def __str__(self) -> str:
        """Write the origin as a person reads it in a message."""
        return f"plugin '{self.name}' ({f'{self.distribution} {self.version}'.strip()})"


@dataclass(frozen=True)
class Plugins:
    """Everything that plugins bring, by name, and which plugin brought it."""

    readers: Mapping[str, Reader]
    rulesets: Mapping[str, RulesetFiles]
    formats: Mapping[str, ReportFormat]
    loaded: tuple[Origin, ...]
    origins: Mapping[tuple[Kind, str], Origin]
    listeners: tuple[tuple[Origin, Callable[[AuditRecord], None]], ...] = ()
    engines: Mapping[str, EngineKind] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()

    def origin(self, kind: Kind, name: str) -> Origin:
        """Give the plugin that brought a reader, a suffix, an engine, a ruleset or a format."""
        return self.origins[kind, name]

    def finished(self, record: AuditRecord) -> None:
        """Tell every plugin that an audit is finished. Raises QmscheckError that names each plugin that failed."""
        problems = []
        for origin, listener in self.listeners:
            try:
                listener(record)
            except Exception as error:  # noqa: BLE001  (foreign code: whatever it raises is told)
                problems.append(_problem(origin, f"failed after the audit: {_told(error)}"))
        if problems:
            raise QmscheckError(*problems)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A plugin before it is registered."""

    origin: Origin
    load: Callable[[], object]


def load(disabled: Collection[str] = (), extra: Sequence[object] = ()) -> Plugins:
    """Load the built-in plugins, the installed ones and `extra`, without those whose names are `disabled`.

    Raises QmscheckError that names every plugin that cannot be loaded, breaks the contract or takes a taken name.
    """
    candidates = [*_built_in(), *_installed(), *_given(extra)]
    _refuse(_unknown(disabled, candidates))
    wanted = [candidate for candidate in candidates if candidate.origin.name not in disabled]
    _refuse(_namesakes(wanted))
    manager = pluggy.PluginManager("qmscheck")
    manager.add_hookspecs(hookspecs)
    _refuse([problem for candidate in wanted for problem in _register(manager, candidate)])
    origins = {candidate.origin.name: candidate.origin for candidate in wanted}
    _refuse(_pending(manager, origins))
    return replace(_gather(manager, origins), disabled=frozenset(disabled))


# ---------------------------------------------------------------- finding


def _built_in() -> list[_Candidate]:
    own = _version("qmscheck")
    return [
        _Candidate(Origin(name, "qmscheck", own), partial(import_module, module)) for name, module in _BUILT_IN.items()
    ]


def _installed() -> list[_Candidate]:
    points = sorted(entry_points(group=_GROUP), key=lambda p: (p.name, p.value))
    return [_Candidate(_origin(point), point.load) for point in points]


def _given(extra: Sequence[object]) -> list[_Candidate]:
    names = (str(getattr(plugin, "__name__", type(plugin).__name__)) for plugin in extra)
    return [
        _Candidate(Origin(name, "given by the caller", ""), partial(_itself, plugin))
        for name, plugin in zip(names, extra, strict=True)
    ]


def _itself(plugin: object) -> object:
    return plugin


def _origin(point: EntryPoint) -> Origin:
    if point.dist is None:
        return Origin(point.name, point.value, "")
    return Origin(point.name, point.dist.name, point.dist.version)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:  # run from a copied folder
        return ""


def _unknown(disabled: Collection[str], candidates: Sequence[_Candidate]) -> list[Problem]:
    """Refuse a misspelt name: it would leave on what the user wants off."""
    known = [candidate.origin.name for candidate in candidates]
    return [
        Problem("", 0, 0, f"there is no plugin '{name}' to switch off", did_you_mean(name, known) or _listed(known))
        for name in disabled
        if name not in known
    ]


def _namesakes(candidates: Sequence[_Candidate]) -> list[Problem]:
    first: dict[str, Origin] = {}
    return [
        Problem("", 0, 0, f"{first[origin.name]} and {origin} have one name", "uninstall one of them")
        for origin in (candidate.origin for candidate in candidates)
        if first.setdefault(origin.name, origin) is not origin
    ]


# ---------------------------------------------------------------- registering


def _register(manager: pluggy.PluginManager, candidate: _Candidate) -> list[Problem]:
    """Register one plugin, or say why not. A plugin that fails is never left out silently."""
    origin = candidate.origin
    try:
        plugin = candidate.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001  (foreign code: whatever it raises is told)
        hint = f"mend or uninstall it, or switch it off: -p no:{origin.name}"
        return [_problem(origin, f"cannot be loaded: {_told(error)}", hint)]
    problems = [
        _problem(origin, f"the function '{name}' is not marked as a hook", "put @hookimpl above it")
        for name in dir(plugin)
        if name.startswith("qmscheck_") and _unmarked(getattr(plugin, name))
    ]
    try:
        manager.register(plugin, name=origin.name)
    except (pluggy.PluginValidationError, ValueError) as error:
        return [_problem(origin, " ".join(str(error).split()))]
    return problems


def _unmarked(function: object) -> bool:
    """Tell a hook that pluggy would pass over from one that is marked, and from the specification itself."""
    return callable(function) and not hasattr(function, "qmscheck_impl") and not hasattr(function, "qmscheck_spec")


def _pending(manager: pluggy.PluginManager, origins: Mapping[str, Origin]) -> list[Problem]:
    """Refuse a misspelt hook: it would make a plugin that does nothing."""
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        known = [name for name in vars(hookspecs) if name.startswith("qmscheck_")]
        found = [name for name in vars(manager.hook) if not name.startswith("_") and name not in known]
        return [
            _problem(
                origins[impl.plugin_name], f"there is no hook '{name}'", did_you_mean(name, known) or _listed(known)
            )
            for name in sorted(found)
            for impl in getattr(manager.hook, name).get_hookimpls()
        ] or [Problem("", 0, 0, str(error))]
    return []


# ---------------------------------------------------------------- asking


def _gather(manager: pluggy.PluginManager, origins: Mapping[str, Origin]) -> Plugins:
    problems: list[Problem] = []
    readers = _ask(manager, origins, "qmscheck_readers", Reader, problems)
    engines = _ask(manager, origins, "qmscheck_engines", EngineKind, problems)
    rulesets = _ask(manager, origins, "qmscheck_rulesets", RulesetFiles, problems)
    formats = _ask(manager, origins, "qmscheck_report_formats", ReportFormat, problems)
    problems += [problem for origin, reader in readers for problem in _odd_reader(origin, reader)]
    _refuse(problems)
    suffixes = [(origin, suffix) for origin, reader in readers for suffix in reader.suffixes]
    owners: dict[tuple[Kind, str], Origin] = {}
    problems += _own(owners, "reader", ((origin, reader.name) for origin, reader in readers))
    problems += _own(owners, "suffix", suffixes)
    problems += _own(owners, "engine", ((origin, engine.name) for origin, engine in engines))
    problems += _own(owners, "ruleset", ((origin, ruleset.name) for origin, ruleset in rulesets))
    problems += _own(owners, "format", ((origin, form.name) for origin, form in formats))
    _refuse(problems)
    return Plugins(
        readers=MappingProxyType({reader.name: reader for _, reader in readers}),
        rulesets=MappingProxyType({ruleset.name: ruleset for _, ruleset in rulesets}),
        formats=MappingProxyType({form.name: form for _, form in formats}),
        loaded=tuple(origins.values()),
        origins=MappingProxyType(owners),
        listeners=_listeners(manager, origins),
        engines=MappingProxyType({engine.name: engine for _, engine in engines}),
    )


def _ask(
    manager: pluggy.PluginManager, origins: Mapping[str, Origin], hook: str, kind: type[Any], problems: list[Problem]
) -> list[tuple[Origin, Any]]:
    """Call one hook of every plugin, one by one, so that each value keeps its owner."""
    values: list[tuple[Origin, Any]] = []
    for origin, impl in _implementations(manager, origins, hook):
        try:
            given: Any = impl.function()
        except Exception as error:  # noqa: BLE001  (foreign code: whatever it raises is told)
            problems.append(_problem(origin, f"the hook {hook} failed: {_told(error)}"))
            continue
        wrong = [value for value in given if not isinstance(value, kind)] if isinstance(given, list) else [given]
        if wrong:
            what = f"{type(wrong[0]).__name__} {wrong[0]!r:.60}" if isinstance(given, list) else type(given).__name__
            problems.append(_problem(origin, f"the hook {hook} must give a list of {kind.__name__}, not {what}"))
        else:
            values += [(origin, value) for value in given]
    return values


def _implementations(
    manager: pluggy.PluginManager, origins: Mapping[str, Origin], hook: str
) -> list[tuple[Origin, pluggy.HookImpl]]:
    """Give the implementations in the order of registration: pluggy's own order is the reverse."""
    found = {impl.plugin_name: impl for impl in getattr(manager.hook, hook).get_hookimpls()}
    return [(origin, found[name]) for name, origin in origins.items() if name in found]


def _listeners(
    manager: pluggy.PluginManager, origins: Mapping[str, Origin]
) -> tuple[tuple[Origin, Callable[[AuditRecord], None]], ...]:
    found = _implementations(manager, origins, "qmscheck_audit_finished")
    return tuple((origin, partial(_tell, impl)) for origin, impl in found)


def _tell(impl: pluggy.HookImpl, record: AuditRecord) -> None:
    """Call a hook with the arguments that it names, as pluggy does: it may name none."""
    impl.function(*[record] * len(impl.argnames))


def _odd_reader(origin: Origin, reader: Reader) -> Iterable[Problem]:
    """Find what would make the choice of a reader by suffix, or its options, mean something else."""
    suffixes: object = reader.suffixes
    if not isinstance(suffixes, tuple):
        yield _problem(origin, f"the suffixes of reader '{reader.name}' must be a tuple: ('.csv',)")
        return
    for suffix in reader.suffixes:
        if suffix != "/" and not (suffix.startswith(".") and len(suffix) > 1 and suffix == suffix.lower()):
            yield _problem(
                origin, f"the suffix '{suffix}' of reader '{reader.name}' must be lower case and start with a dot"
            )
    for option in sorted(_PLAN_KEYS & set(reader.options)):
        yield _problem(origin, f"the option '{option}' of reader '{reader.name}' is a key that every [[source]] has")


def _own(owners: dict[tuple[Kind, str], Origin], kind: Kind, named: Iterable[tuple[Origin, str]]) -> Iterable[Problem]:
    """Give every name its owner; a name given twice names both owners."""
    for origin, name in named:
        first = owners.get((kind, name))
        owners.setdefault((kind, name), origin)
        if kind != "suffix" and not _NAME.fullmatch(str(name)):
            yield _problem(origin, f"{name!r} is no name for a {kind}", "use lower-case letters, digits, dots, dashes")
        elif first is origin:
            yield _problem(origin, f"gives the {kind} '{name}' twice")
        elif first is not None:
            hint = f"switch one off: -p no:{first.name} or -p no:{origin.name}"
            yield Problem("", 0, 0, f"the {kind} '{name}' is given by {first} and by {origin}", hint)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise QmscheckError(*problems)


def _problem(origin: Origin, message: str, hint: str | None = None) -> Problem:
    return Problem(str(origin), 0, 0, message, hint)


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _listed(names: Iterable[str]) -> str:
    return f"there are {', '.join(sorted(names))}"
