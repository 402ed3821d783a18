"""Which table of a folder is which declared table: by the columns that fit, by the names of file and sheet, by keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import PurePosixPath

from qmscheck.model import Ruleset, TableSpec
from qmscheck.proposal.matching import ASK, SURE, Asked, Fit, Join, Names, fits_of, known_words
from qmscheck.proposal.names import alike, words
from qmscheck.proposal.seen import Table
from qmscheck.proposal.shapes import Shape

__all__ = ["Choice", "Known", "Look", "choose"]

#: How much is asked of a choice before it is proposed, and before it is asked about.
_SURE, _ASK = 0.42, 0.33
#: A second table takes so many new columns, and so much of what it declares; and there are no more of them.
_NEW, _SEVERAL, _HALF, _NEARLY_ALL, _CALLED, _MOST_SECONDS = 2, 6, 0.45, 0.8, 0.95, 2
_CLOSE = 0.02
_TRIED = 8
_NUMBER = frozenset({"@number"})
_ALIKE = 0.2


@dataclass(frozen=True, slots=True)
class Look:
    """A table that was seen, with the shapes of its columns."""

    table: Table
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A table that was seen, as a declared one: how sure, which columns, and why. `rivals` would do as well."""

    look: Look
    name: str
    score: float
    fits: tuple[Fit, ...]
    why: tuple[str, ...]
    likeness: float = 0.0
    rivals: tuple[str, ...] = ()
    second: bool = False

    @property
    def sure(self) -> bool:
        """True where it is proposed, and not asked: one column alone says too little, unless the file is called so."""
        columns = sum(1 for fit in self.fits if fit.sure)
        enough = columns > 1 or (columns == 1 and self.likeness >= _NEARLY_ALL)
        return self.score >= _SURE and not self.rivals and enough


@dataclass(frozen=True, slots=True)
class Known:
    """Where the values of a declared table's key are: the view and its column."""

    view: str
    column: str
    label: str
    cut: bool


#: Counts the distinct values of a column, and those that are known: (view, column, known) -> join.
Joined = Callable[[str, str, Known], Join]


def choose(ruleset: Ruleset, looks: Sequence[Look], joined: Joined) -> tuple[tuple[Choice, ...], ...]:
    """Choose for each table that was seen, in order, the declared table it is likeliest to be; nothing where none fits.

    A list may hold the records of a second table, too, in columns that the first has no use for.

    It is done twice: once by names and shapes, then with what joins to the keys of what was found.
    """
    names = Names.of(ruleset)
    plain = {name: spec for name, spec in ruleset.tables.items() if name not in _OF_READERS}
    first = [_best(names, plain, look, {}) for look in looks]
    keys = dict(_keys(ruleset, first))
    again = []
    for look, before in zip(looks, first, strict=True):
        joins = {choice.name: dict(_joins(names, ruleset, choice, keys, joined)) for choice in before}
        again.append(_best(names, {choice.name: plain[choice.name] for choice in before}, look, joins))
    decided = [_decided(choices) for choices in again]
    held = {choice.name for choice in decided if choice is not None and choice.sure}
    pairs = zip(decided, again, strict=True)
    return tuple(_with_seconds(ruleset, best, choices, held) if best else () for best, choices in pairs)


#: From which likeness on a file is called as a table is, and what that takes from every other table: a sheet of
#: customers is not one of customer groups.
_EXACTLY, _OTHERWISE = 0.8, 0.15
#: Tables that readers of documents fill, and no file of records.
_OF_READERS = frozenset({"documents", "passages"})


def _with_seconds(
    ruleset: Ruleset, best: Choice, choices: Sequence[Choice], held: Collection[str]
) -> tuple[Choice, ...]:
    """Add what else a table is likely to be: each line of a list of orders may tell of a review and a delivery, too.

    What another file holds is not looked for in this one, unless it is called so.
    """
    found = [best]
    for other in choices:
        if other.name == best.name or other.name in best.rivals:
            continue
        spec = ruleset.tables[other.name]
        also = _with_key(ruleset, best, other)
        named = also.likeness >= _CALLED
        keyed = {fit.column for fit in also.fits if fit.sure} >= set(spec.keys)
        free = named or not (other.name in held or _speaks_otherwise(other, spec))
        if keyed and free and _tells_more(best, also, spec):
            found.append(replace(also, second=True, score=max(also.score, _SURE), rivals=()))
    return tuple(found[: 1 + _MOST_SECONDS])


def _speaks_otherwise(other: Choice, spec: TableSpec) -> bool:
    """Tell whether some column would be one of words of a closed list of which it has none: the state of an issue is
    not that of a requirement.
    """
    asked = [(other.look.shapes[fit.at], spec.columns[fit.column]) for fit in other.fits if fit.sure]
    return any(column.values and shape.known > 0 and not known_words(shape, column)[0] for shape, column in asked)


def _with_key(ruleset: Ruleset, best: Choice, other: Choice) -> Choice:
    """Let the key of a table stand for that of another one of which each record is about one of its records."""
    keys, mine = ruleset.tables[other.name].keys, ruleset.tables[best.name].keys
    if len(keys) != 1 or len(mine) != 1 or any(fit.column == keys[0] for fit in other.fits):
        return other
    about = next((fit for fit in other.fits if fit.column == mine[0] and fit.sure), None)
    own = next((fit for fit in best.fits if fit.column == mine[0] and fit.sure), None)
    if about is None or own is None or about.at != own.at:
        return other
    why = f"each line is one of the {best.name}, so its number will do"
    return replace(other, fits=(*other.fits, replace(about, column=keys[0], why=(why,))))


def _tells_more(best: Choice, other: Choice, spec: TableSpec) -> bool:
    """Tell whether a second table takes columns that the first has no use for, or is what the file is called."""
    used = {fit.at for fit in best.fits if fit.sure}
    sure = [fit for fit in other.fits if fit.sure]
    new = sum(1 for fit in sure if fit.at not in used and fit.column not in spec.keys)
    half = len(sure) >= _HALF * len(spec.columns)
    bare = any(fit.column in spec.keys and words(_heading(other, fit)) == _NUMBER for fit in sure)
    return (
        (new >= _NEW and half and not bare)  # a bare number is that of the first
        or (new >= 1 and len(sure) >= max(_SEVERAL, _NEARLY_ALL * len(spec.columns)))  # a small table fits many lists
        or (other.likeness >= _CALLED and half)
    )


def _heading(choice: Choice, fit: Fit) -> str:
    return choice.look.table.columns[fit.at].heading


def _decided(choices: Sequence[Choice]) -> Choice | None:
    """Take the best; name the others that would do as well."""
    if not choices or choices[0].score < _ASK:
        return None
    best = choices[0]
    rivals = tuple(one.name for one in choices[1:] if one.score >= best.score - _CLOSE)
    return replace(best, rivals=rivals)


def _best(
    names: Names,
    tables: Mapping[str, TableSpec],
    look: Look,
    joins: Mapping[str, Mapping[tuple[int, str], Join]],
) -> list[Choice]:
    """Score the declared tables that a rough look finds likely, best first."""
    called = _called(look.table)
    rough = sorted(tables, key=lambda name: (-_rough(names, name, tables[name], look, called), name))[:_TRIED]
    exact = {name for name in names.tables if _likeness(called[:1], name, names.tables[name])[0] >= _EXACTLY}
    choices = [_choice(names, name, tables[name], look, called, joins.get(name, {})) for name in rough]
    choices = [
        replace(one, score=one.score - _OTHERWISE) if exact and one.name not in exact else one for one in choices
    ]
    return sorted(choices, key=lambda choice: (-choice.score, choice.name))


def _called(table: Table) -> tuple[tuple[str, float], ...]:
    """Give the names that a table goes by, the innermost first, each with its weight."""
    path = PurePosixPath(table.path)
    stem = path.name.split(".")[0]
    inner = [(table.sheet, 1.0)] if table.sheet else []
    weight = 0.8 if table.options else 1.0  # of the only table of a file, the file is a name as good as its own
    return (*inner, (stem, weight), *((part, 0.4) for part in path.parts[:-1][-1:]))


def _likeness(called: Sequence[tuple[str, float]], name: str, spec: TableSpec) -> tuple[float, str]:
    """Tell how alike the names of a file are to those of a declared table, and by which."""
    best = (0.0, "")
    for text, weight in called:
        given = frozenset(word for word in words(text) if not word.isdigit())
        for known in (name, *spec.synonyms):
            score = weight * alike(given, words(known))
            if score > best[0]:
                best = (score, f"'{text}' is like '{known}'")
    return best


def _rough(names: Names, name: str, spec: TableSpec, look: Look, called: Sequence[tuple[str, float]]) -> float:
    """Tell roughly how well a declared table fits: the best name of each column."""
    total = 0.0
    for shape in look.shapes:
        heading = names.heading(shape.column.heading)
        total += heading.best.get(name, 0.0) * heading.rarity
    return total / sqrt(len(spec.columns) + 4) + 1.5 * _likeness(called, name, spec)[0]


def _choice(
    names: Names,
    name: str,
    spec: TableSpec,
    look: Look,
    called: Sequence[tuple[str, float]],
    joins: Mapping[tuple[int, str], Join],
) -> Choice:
    """Score one declared table."""
    fits = fits_of(Asked(names, name, look.table.rows, joins), look.shapes)
    weights = [names.heading(shape.column.heading).rarity for shape in look.shapes]
    whole = sum(weights) or 1.0
    headings = sum(weights[fit.at] * fit.score for fit in fits) / whole
    declared = sum(fit.score for fit in fits) / len([c for c in spec.columns.values() if not c.optional])
    likeness, told = _likeness(called, name, spec)
    keyed = {fit.column for fit in fits if fit.score >= ASK} >= set(spec.keys)
    both = 2 * headings * declared / (headings + declared) if fits else 0.0
    sure = sum(1 for fit in fits if fit.sure)
    size = 0.02 * min(sure, 8)  # what has few columns fits many lists
    score = 0.6 * both + 0.24 * likeness + size + (0.06 if keyed else 0.0)
    why = [f"{sure} of its {len(look.shapes)} columns fit"] + ([told] if told and likeness >= 0.3 else [])  # noqa: PLR2004
    return Choice(look, name, score, fits, tuple(why), likeness)


def _keys(ruleset: Ruleset, found: Sequence[Sequence[Choice]]) -> Iterator[tuple[str, Known]]:
    """Give the keys of the tables that were found, by the declared column: what other tables name records by."""
    best: dict[str, tuple[float, Known]] = {}
    for choices in found:
        choice = _decided(choices)
        if choice is None or choice.score < _SURE:
            continue
        keys = ruleset.tables[choice.name].keys
        for fit in choice.fits:
            if keys == (fit.column,) and fit.score >= SURE and choice.score > best.get(fit.column, (0.0,))[0]:
                table = choice.look.table
                cut = any("rows" in note and "looked at" in note for note in table.notes)
                known = Known(table.view, table.columns[fit.at].name, f"{choice.name} ({table.label})", cut)
                best[fit.column] = (choice.score, known)
    for column, (_, known) in best.items():
        yield column, known


def _joins(
    names: Names, ruleset: Ruleset, choice: Choice, keys: Mapping[str, Known], joined: Joined
) -> Iterator[tuple[tuple[int, str], Join]]:
    """Look up, for columns that may name records of another table, how many of their values are known there.

    A column may by its name; or, in a table that is likely, because nothing else is sure of it or of the declared one.
    """
    spec, look = ruleset.tables[choice.name], choice.look
    sure = {fit.at for fit in choice.fits if fit.sure}
    filled = {fit.column for fit in choice.fits if fit.sure}
    for at, shape in enumerate(look.shapes):
        scores = names.heading(shape.column.heading).scores.get(choice.name, {})
        for target in spec.columns:
            known = keys.get(target)
            if known is None or known.view == look.table.view or spec.keys == (target,):
                continue
            named = scores.get(target, (0.0, ""))[0] > _ALIKE
            free = choice.score >= _ASK and at not in sure and target not in filled and not shape.dates.read
            if (named or free) and shape.known and not shape.free_text:
                yield (at, target), joined(look.table.view, shape.column.name, known)
