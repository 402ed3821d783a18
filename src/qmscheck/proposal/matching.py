"""Which column of a file is which declared column: every pair is scored, and the best total is taken.

A score is what two names have in common, raised or lowered by whether the values fit: the type, the words of a closed
list, values that occur once in a key, values that are known in another table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

from qmscheck.model import ColumnSpec, Ruleset, TableSpec
from qmscheck.proposal.assignment import best_total
from qmscheck.proposal.names import Words, alike, covered, own_name, plain, stems, words
from qmscheck.proposal.shapes import Shape, meaning, spellings
from qmscheck.sql.kinds import Kind

__all__ = ["ASK", "SURE", "Asked", "Fit", "Join", "Names", "fits_of", "known_words"]

#: Scores from which on a column is proposed, and asked about.
SURE, ASK = 0.56, 0.42
#: What names count: the declared one, a synonym, the title; and a bare number as the name of a key.
_NAME, _SYNONYM, _TITLE, _BARE = 1.0, 0.98, 0.64, 0.8
_BY_NAME, _BY_VALUES, _BY_JOIN, _JOINED = 0.85, 0.46, 0.48, 0.15
#: How near a score is as good, and what an assignment at the edge of a question is worth beside none.
_CLOSE, _EDGE = 0.03, 0.04
#: What it is worth that a heading is a name to the letter: `Issue key` is called so, `Issue id` is only like it.
_EXACT = 0.005
#: Shares of cells: nearly all, most, some, enough to be seen.
_NEARLY_ALL, _MOST, _SOME, _SEEN = 0.9, 0.5, 0.4, 0.05
_FEW, _LONG, _MANY = 4, 30, 3
#: So few letters are a mark, and no word.
_MARK = 2
_NUMBER = frozenset({"@number"})
#: What a heading says that is like no name of the ruleset: exports have many that nobody asks for.
_FITS_NONE = 0.15
#: What the numbers of the lines of an order are called; such a number has fewer digits than this.
_LINES, _DIGITS = frozenset({"item", "line", "position", "pos", "zeile"}), 6


@dataclass(frozen=True, slots=True)
class Named:
    """One name of a declared column: its own, a synonym, or its title, which counts less."""

    column: str
    words: Words
    weight: float
    told: str


@dataclass(frozen=True, slots=True)
class Join:
    """Values of a column that are known in another table: `known` of `distinct`, in the key of `label`."""

    label: str
    distinct: int
    known: int
    cut: bool = False

    @property
    def share(self) -> float:
        """The part of its values that is known there."""
        return self.known / self.distinct if self.distinct else 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """A column of a file (by its place) as a declared column: how sure, and why. `rival` is as good a choice; where it
    is `exact`, the heading is a name of the column to the letter.
    """

    at: int
    column: str
    score: float
    why: tuple[str, ...]
    rival: str = ""
    exact: bool = False

    @property
    def sure(self) -> bool:
        """True where it is proposed, and not asked."""
        return self.score >= SURE and not self.rival


@dataclass(frozen=True, slots=True)
class Heading:
    """How alike a heading is to the names of declared columns: by table and column with the name that is, and by table
    that of its best column. `rarity` is how much it says of its table, up to 1.
    """

    scores: Mapping[str, Mapping[str, tuple[float, str]]]
    best: Mapping[str, float]
    rarity: float

    @classmethod
    def of(cls, scores: Mapping[str, Mapping[str, tuple[float, str]]]) -> Heading:
        """Weigh a heading: one that fits many tables says little, and one that fits none less."""
        best = {table: max((s for s, _ in columns.values()), default=0.0) for table, columns in scores.items()}
        fitting = sum(1 for score in best.values() if score >= SURE)
        liked = max(best.values(), default=0.0) >= ASK
        return cls(scores, best, 1.0 / sqrt(max(1, fitting)) if liked else _FITS_NONE)


@dataclass
class Names:
    """The names of all declared columns, by table, found by the beginnings of their words."""

    tables: Mapping[str, TableSpec]
    by_stem: dict[str, dict[str, list[Named]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    known: dict[str, Heading] = field(default_factory=dict)

    @classmethod
    def of(cls, ruleset: Ruleset) -> Names:
        """Gather the names of a ruleset."""
        names = cls(ruleset.tables)
        for table, spec in ruleset.tables.items():
            for column, declared in spec.columns.items():
                for named in _named(column, declared):
                    for stem in stems(named.words):
                        names.by_stem[stem][table].append(named)
        return names

    def heading(self, text: str) -> Heading:
        """Hold a heading against the names of all columns: once, for it is asked of each declared table."""
        if text not in self.known:
            self.known[text] = Heading.of(self._scores(words(own_name(text))))
        return self.known[text]

    def _scores(self, asked: Words) -> dict[str, dict[str, tuple[float, str]]]:
        found: dict[str, dict[str, tuple[float, str]]] = defaultdict(dict)
        for stem in sorted(stems(asked)):  # of names that are alike, always the same one is told
            for table, many in self.by_stem.get(stem, {}).items():
                best = found[table]
                for named in many:
                    score = named.weight * _likeness(asked, named)
                    if score > best.get(named.column, (0.0, ""))[0]:
                        best[named.column] = (score, named.told)
        return found


def _named(column: str, spec: ColumnSpec) -> Iterable[Named]:
    yield Named(column, words(column), _NAME, "its name")
    for synonym in spec.synonyms:
        yield Named(column, words(synonym), _SYNONYM, f"the synonym '{synonym}'")
    if spec.title:
        yield Named(column, words(spec.title), _TITLE, "its title")


def _likeness(asked: Words, named: Named) -> float:
    return covered(asked, named.words) if named.weight == _TITLE else alike(asked, named.words)


@dataclass(frozen=True, slots=True)
class Asked:
    """A declared table that the columns of a file are held against, with what joins: by place and declared column."""

    names: Names
    table: str
    rows: int
    joins: Mapping[tuple[int, str], Join] = field(default_factory=dict)

    @property
    def spec(self) -> TableSpec:
        """The declared table."""
        return self.names.tables[self.table]


def fits_of(asked: Asked, shapes: Sequence[Shape]) -> tuple[Fit, ...]:
    """Give each column of a file its declared column, so that the total of the scores is best. In order of the file."""
    targets = list(asked.spec.columns)
    scored = [[_fit(asked, at, shape, target) for target in targets] for at, shape in enumerate(shapes)]
    worth = [[fit.score - ASK + _EDGE if fit.score >= ASK else 0.0 for fit in row] for row in scored]
    chosen = [scored[at][to] for at, to in best_total(worth) if worth[at][to] > 0]
    taken = {fit.at: fit for fit in chosen}
    return tuple(_with_rival(fit, scored, targets, taken) for fit in sorted(chosen, key=lambda f: f.at))


def _with_rival(fit: Fit, scored: Sequence[Sequence[Fit]], targets: Sequence[str], taken: Mapping[int, Fit]) -> Fit:
    """Note another column of the file that would do as well, and is surely nothing else."""
    to = targets.index(fit.column)
    for at, row in enumerate(scored):
        if fit.exact and not row[to].exact:
            continue
        if at != fit.at and row[to].score >= fit.score - _CLOSE:
            other = taken.get(at)
            if other is None or other.score < SURE:
                return replace(fit, rival=str(at))
    return fit


def _fit(asked: Asked, at: int, shape: Shape, target: str) -> Fit:
    """Score one column of a file as one declared column."""
    spec = asked.spec.columns[target]
    named, told = asked.names.heading(shape.column.heading).scores.get(asked.table, {}).get(target, (0.0, ""))
    key = asked.spec.keys == (target,)
    if key and named < _BARE and words(shape.column.heading) == _NUMBER:
        named, told = _BARE, "a bare number, as keys are called"
    elif named < _BARE and words(shape.column.heading) == _NUMBER:
        named = 0.0  # a bare number names what the line is about, and nothing else
    if _counts_lines(shape) and not words(target) & _LINES:
        named = 0.0  # Order Item 10, 20, 30: neither what was ordered nor how much
    if named < _BARE and _names_each(shape, spec):
        named = 0.0
    join = asked.joins.get((at, target))
    by_values = _by_values(shape, spec, join)
    if not named and not by_values[0]:
        return Fit(at, target, 0.0, ())
    number = target in asked.spec.keys or target.endswith("_id")
    factor, added, why = _typed(shape, spec, number=number)
    score, why = _BY_NAME * named * factor + added, [told, *why]
    for more, reason in (_unique(shape, asked.rows) if key else (0.0, ""), _joined(join)):
        score += more
        why += [reason] if reason else []
    if by_values[0] > score:
        score, why = by_values[0], [by_values[1]]
    exact = plain(own_name(shape.column.heading)) in {plain(name) for name in (target, *spec.synonyms)}
    score += _EXACT if exact else 0.0
    return Fit(at, target, max(0.0, min(1.0, score)), tuple(filter(None, why)), exact=exact)


def _names_each(shape: Shape, spec: ColumnSpec) -> bool:
    """Tell a column that names each record, where a word of a closed list is asked for: none of its values is one."""
    column = shape.column
    several = column.distinct > max(_FEW, len(spec.values)) and column.distinct * 2 > column.filled
    return bool(spec.values) and several and not known_words(shape, spec)[0]


def _counts_lines(shape: Shape) -> bool:
    """Tell a column that numbers the lines of each order: called so, and its values are 1, 2, 3 or 10, 20, 30 ... again
    and again.
    """
    column = shape.column
    if not words(column.heading) & _LINES or not column.whole or column.distinct >= column.filled:
        return False
    given = [value.text.strip() for value in column.top]
    if not all(text.isdecimal() and len(text) < _DIGITS for text in given):
        return False
    numbers = {int(text) for text in given}
    return any(numbers == {step * n for n in range(1, len(numbers) + 1)} for step in (1, 10, 100))


def _joined(join: Join | None) -> tuple[float, str]:
    """Say what a join adds; a name of a record that is known nowhere speaks against it."""
    if join is None or not join.distinct:
        return 0.0, ""
    told = f"{join.known} of its {join.distinct} values stand in {join.label}"
    if join.share < _MOST:
        return (0.0 if join.cut else -0.1), told
    return _JOINED * join.share, told


def _by_values(shape: Shape, spec: ColumnSpec, join: Join | None) -> tuple[float, str]:
    """Score a column whose name says nothing by its values: keys of another table, or words of the closed list."""
    if join is not None and join.share >= _NEARLY_ALL and join.distinct >= _MANY:
        return _BY_JOIN + _JOINED * join.share, f"{join.known} of its {join.distinct} values stand in {join.label}"
    if not spec.values or shape.share(shape.column.booleans) >= _NEARLY_ALL:
        return 0.0, ""
    found, share = known_words(shape, spec)
    if share < _NEARLY_ALL or found < 2:  # noqa: PLR2004  (one word may be anything)
        return 0.0, ""
    if all(len(value.text.strip()) <= _MARK for value in shape.telling):
        return 0.0, ""  # A, B, C or 1, 2, 3 grade anything
    return (_BY_VALUES + 0.05 * min(found, _FEW)) * share, "its values are words of the closed list"


def known_words(shape: Shape, spec: ColumnSpec) -> tuple[int, float]:
    """Count the words of the closed list that stand in a column, and the share of its cells that are such words."""
    known = spellings(spec.values)
    telling = [(value.count, meaning(value.text, known)) for value in shape.telling]
    cells = sum(count for count, word in telling if word is not None)
    return len({word for _, word in telling} - {None}), cells / (sum(count for count, _ in telling) or 1)


def _typed(shape: Shape, spec: ColumnSpec, *, number: bool) -> tuple[float, float, list[str]]:
    """Say how the values fit the declared type: a factor, what is added, and why."""
    if shape.known <= 0:
        return 1.0, 0.0, ["it has no values"]
    kind = Kind(spec.type)
    if kind is Kind.TEXT:
        return _text(shape, spec, number=number)
    column = shape.column
    cells = {Kind.INTEGER: shape.integers, Kind.NUMBER: shape.numbers, Kind.BOOLEAN: column.booleans}
    share = shape.share(cells.get(kind, shape.dates.read))
    if kind.temporal and shape.serial:
        return 1.0, 0.0, ["its numbers may be days of a spreadsheet"]
    if share >= _SEEN and kind is not Kind.BOOLEAN:
        share = shape.share(int(share * shape.known) + shape.words)
    if share >= _NEARLY_ALL:
        return 1.0, 0.06 if kind is Kind.BOOLEAN else 0.1, [f"reads as {kind}"]
    if share >= _SOME:
        return 1.0, 0.0, [f"{share:.0%} reads as {kind}"]
    if column.distinct <= _FEW and not kind.temporal:  # words for yes and no, or for how often
        return 0.9, 0.0, [f"little reads as {kind}"]
    return 0.35, 0.0, [f"little reads as {kind}"]


def _text(shape: Shape, spec: ColumnSpec, *, number: bool) -> tuple[float, float, list[str]]:
    if shape.share(shape.dates.read) >= _NEARLY_ALL:
        return 0.35, 0.0, ["it holds dates"]
    if spec.values:
        found, share = known_words(shape, spec)
        if share >= _MOST:
            return 1.0, 0.05 + 0.12 * share, ["its values are words of the closed list"]
        return (1.0, 0.0, []) if found else (0.9, 0.0, [])
    if number:
        return (
            (0.45, 0.0, ["it holds sentences"]) if shape.letters > _LONG else (1.0, 0.08 if shape.coded else 0.02, [])
        )
    return (1.0, -0.06, []) if shape.coded and shape.column.distinct == shape.column.filled else (1.0, 0.04, [])


def _unique(shape: Shape, rows: int) -> tuple[float, str]:
    """Say whether the values are those of a key."""
    column = shape.column
    if column.filled and column.distinct == column.filled and column.filled * 2 > min(rows, column.filled * 2):
        return 0.06, "each value stands once"
    if column.filled and column.distinct * 2 < column.filled:
        return -0.2, "values stand more than once"
    return 0.0, ""
