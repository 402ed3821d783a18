"""The entries of ruleset files, each with its noun, its file and its place, and the mistakes found so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from qmscheck.cache import Cache
from qmscheck.errors import Problem, did_you_mean
from qmscheck.model import Name, Obligation, ParameterSpec, Rule, RulesetHeader, TableSpec, Text
from qmscheck.toml import Document, Loc, shape

__all__ = ["Entries", "Entry", "Kept", "gather"]

T = TypeVar("T")

#: What an overlay can change, as the key says it.
_LAID = {"obligation": "obligation", "parameter": "param"}
_TOP = ("ruleset", "param", "term", "table", "obligation", "rule", "overlay")


@dataclass(frozen=True)
class Entry(Generic[T]):
    """A noun and where it stands. `noun` is None where it did not fit; its name is known all the same."""

    noun: T | None
    document: Document
    loc: Loc

    def problem(self, message: str, hint: str | None = None, *loc: str | int, key: bool = False) -> None:
        """Add a mistake at a key of the entry."""
        self.document.add(self.document.problem(self.loc + loc, message, hint, key=key))


@dataclass
class Kept(Generic[T]):
    """The entries of one kind by name, in the order of the files."""

    entries: dict[str, Entry[T]] = field(default_factory=dict)

    def nouns(self) -> dict[str, T]:
        """Give the nouns that fit."""
        return {name: e.noun for name, e in self.entries.items() if e.noun is not None}

    def good(self) -> Iterator[tuple[str, T, Entry[T]]]:
        """Walk the entries whose noun fits."""
        for name, entry in self.entries.items():
            if entry.noun is not None:
                yield name, entry.noun, entry

    def add(self, name: str, entry: Entry[T], what: str, own: Sequence[Document] = ()) -> None:
        """Keep an entry; a second one of the same name is a mistake that names the first, and what to do.

        `own` are the files of the ruleset that the entry is of.
        """
        first = self.entries.get(name)
        if first is None:
            self.entries[name] = entry
            return
        place = first.document.place(first.loc)
        loc: Loc = ("id",) if isinstance(entry.loc[-1], int) else ()
        hint = f"the first is at {first.document.name}:{place.line}"
        if first.document not in own:
            lay = "" if what not in _LAID else f', or lay over it: [overlay.{_LAID[what]}."{name}"]'
            hint += f", in an earlier ruleset: begin the names of this one with a prefix of its own{lay}"
        entry.problem(f"{what} '{name}' stands twice", hint, *loc)


@dataclass
class Entries:
    """Everything that the files hold; `own` are those of the ruleset that is read now.

    `cache` remembers expressions that were found right before.
    """

    params: Kept[ParameterSpec] = field(default_factory=Kept)
    terms: Kept[Mapping[str, tuple[str, ...]]] = field(default_factory=Kept)
    tables: Kept[TableSpec] = field(default_factory=Kept)
    obligations: Kept[Obligation] = field(default_factory=Kept)
    rules: Kept[Rule] = field(default_factory=Kept)
    documents: list[Document] = field(default_factory=list)
    own: Sequence[Document] = ()
    cache: Cache | None = None

    @property
    def problems(self) -> list[Problem]:
        """Every mistake found so far, in all files."""
        return [p for d in self.documents for p in d.problems]


def gather(documents: Sequence[Document], entries: Entries) -> RulesetHeader | None:
    """Take the entries of one ruleset's files; give its header."""
    headers: list[Entry[RulesetHeader]] = []
    entries.own = documents
    for document in documents:
        entries.documents.append(document)
        for key, value in document.value.items():
            if key not in _TOP:
                inside = "write [[rule.example]], below its rule" if key in {"example", "examples"} else None
                hint = inside or did_you_mean(key, _TOP) or f"a ruleset has {', '.join(_TOP)}"
                document.add(document.problem((key,), f"unknown key '{key}'", hint, key=True))
            elif key == "ruleset":
                headers.append(Entry(document.check(RulesetHeader, value, (key,)), document, (key,)))
            elif key in {"obligation", "rule"}:
                _listed(document, key, value, entries)
            elif key != "overlay":  # that is laid over what earlier rulesets hold: see `overlays`
                _named(document, key, value, entries)
    if not headers:
        first = documents[0]
        first.add(
            Problem(first.name, 1, 1, "the ruleset has no [ruleset] header", "it stands once, in any of the files")
        )
        return None
    for second in headers[1:]:
        second.problem("the [ruleset] header stands once", f"the first is in {headers[0].document.name}")
    return headers[0].noun


def _listed(document: Document, key: str, value: Any, entries: Entries) -> None:
    """Take `[[obligation]]` or `[[rule]]`."""
    if not isinstance(value, list):
        document.add(document.problem((key,), f"write [[{key}]] with two brackets", key=True))
        return
    for i, one in enumerate(value):
        loc: Loc = (key, i)
        name = one.get("id") if isinstance(one, Mapping) else None
        shown = name if isinstance(name, str) and name else f"#{i + 1}"
        if key == "rule":
            entries.rules.add(shown, Entry(document.check(Rule, one, loc), document, loc), "rule", entries.own)
        else:
            entries.obligations.add(
                shown, Entry(document.check(Obligation, one, loc), document, loc), "obligation", entries.own
            )


def _named(document: Document, key: str, value: Any, entries: Entries) -> None:
    """Take `[param.x]`, `[term.x]` or `[table.x]`."""
    if not isinstance(value, Mapping):
        document.add(document.problem((key,), f"write [{key}.name]", key=True))
        return
    for name, one in value.items():
        loc: Loc = (key, name)
        if document.check(_NAME, name, loc) is None:
            continue
        if key == "param":
            entries.params.add(
                name, Entry(document.check(ParameterSpec, one, loc), document, loc), "parameter", entries.own
            )
        elif key == "table":
            entries.tables.add(name, Entry(document.check(TableSpec, one, loc), document, loc), "table", entries.own)
        else:
            entries.terms.add(name, Entry(document.check(_TERM, one, loc), document, loc), "term family", entries.own)


_NAME = shape(Name)
#: The words of a term family, by language.
_TERM = shape(Mapping[str, tuple[Text, ...]])
