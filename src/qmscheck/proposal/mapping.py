"""How a column that was chosen is to be read: date format, decimal comma, words, codes for nothing; and what to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from qmscheck.engine import Engine
from qmscheck.model import ColumnSpec, TableSpec
from qmscheck.proposal.choosing import Choice, Look
from qmscheck.proposal.dates import unread
from qmscheck.proposal.figures import Figures, unit_asked, unit_of
from qmscheck.proposal.matching import Fit
from qmscheck.proposal.names import words
from qmscheck.proposal.seen import Value
from qmscheck.proposal.shapes import Shape, meaning, spellings
from qmscheck.sql.days import SERIALS
from qmscheck.sql.figures import PLAIN, Spelling
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn

__all__ = ["Mapped", "mapped"]

_MOST_WORDS, _LISTED, _LONGEST = 24, 6, 40
#: What says that a column is asked for in per cent.
_PERCENT = frozenset({"percent", "pct", "percentage", "prozent"})


@dataclass(frozen=True, slots=True)
class Mapped:
    """A declared column with its heading, and how its cells are read.

    `why` are the reasons, `questions` what a person must decide, `either` and `spellings` the formats of dates and the
    spellings of numbers to choose from. `sure` tells that it is proposed, and not asked. `others` are
    headings that it has in other files of the register; `optional` that some file lacks it.
    """

    column: str
    heading: str
    sure: bool
    score: float
    why: tuple[str, ...]
    formats: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    spelling: Spelling = PLAIN
    spellings: tuple[Spelling, ...] = ()
    personal: bool = False
    questions: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    optional: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """All headings that it has, in one file or another."""
        return (self.heading, *self.others)

    @property
    def decimal(self) -> str:
        """The mark before the fraction of a number."""
        return self.spelling.mark


def mapped(engine: Engine, choice: Choice, spec: TableSpec) -> tuple[Mapped, ...]:
    """Say of each column of a choice how it is read, in the order in which the ruleset declares them."""
    order = list(spec.columns)
    fits = sorted(choice.fits, key=lambda fit: order.index(fit.column))
    return tuple(_mapped(engine, choice.look, fit, spec.columns[fit.column]) for fit in fits)


def _mapped(engine: Engine, look: Look, fit: Fit, spec: ColumnSpec) -> Mapped:
    shape = look.shapes[fit.at]
    found = Mapped(
        fit.column,
        shape.column.heading,
        fit.sure,
        fit.score,
        fit.why,
        missing=tuple(value.text for value in shape.missing),
        personal=spec.sensitivity == "personal" or spec.person is not None,
        questions=_rivals(look, fit),
    )
    if shape.known <= 0:
        return found
    kind = Kind(spec.type)
    if kind.temporal:
        return _dated(engine, look, shape, kind, found)
    if kind.numeric:
        return _numbered(engine, look, shape, spec, found)
    if kind is Kind.BOOLEAN:
        return _with_odd(
            engine, look, shape, MappedColumn("b", kind, "b", missing=("", *found.missing)), found, "yes or no"
        )
    return _worded(shape, spec, found) if spec.values else found


def _rivals(look: Look, fit: Fit) -> tuple[str, ...]:
    if not fit.rival:
        return ()
    return (f"'{look.table.columns[int(fit.rival)].heading}' would do as well: which of the two is it?",)


def _dated(engine: Engine, look: Look, shape: Shape, kind: Kind, found: Mapped) -> Mapped:
    dates = shape.dates
    found = replace(found, formats=dates.formats, either=dates.either, why=(*found.why, *dates.why))
    if dates.question:
        return replace(found, questions=(*found.questions, dates.question))
    if not dates.read and shape.serial:
        told = f"does {_at(shape.telling[0])} count days as a spreadsheet does, from 1900 or from 1904?"
        return replace(found, questions=(*found.questions, told), either=SERIALS)
    column = MappedColumn("d", kind, "d", formats=dates.formats, missing=("", *found.missing))
    return _with_odd(engine, look, shape, column, found, "a date")


def _numbered(engine: Engine, look: Look, shape: Shape, spec: ColumnSpec, found: Mapped) -> Mapped:
    """Write numbers as the cells prove it; ask where they can be read twice, and what a sign of per cent means."""
    figures, kind = _whole(shape.figures, Kind(spec.type)), Kind(spec.type)
    found = replace(found, spelling=figures.spelling, why=(*found.why, *figures.why), spellings=figures.either)
    if figures.question:
        found = replace(found, questions=(*found.questions, figures.question))
    if figures.percent is not None:
        found = _percent(found, spec, figures.percent)
    asked = unit_asked(found.column)
    if asked and figures.units and unit_of(figures.units[0]) != asked:
        told = f"its numbers are in '{figures.units[0]}', and {found.column} is asked for: they would be read as such"
        found = replace(found, questions=(*found.questions, told))
    tried = found.spellings[0] if found.spellings else found.spelling
    column = MappedColumn("n", kind, "n", spelling=tried, missing=("", *found.missing))
    return _with_odd(engine, look, shape, column, found, "a number" if kind is Kind.NUMBER else "a whole number")


def _whole(figures: Figures, kind: Kind) -> Figures:
    """Read `1.234` as 1234 where whole numbers are asked for."""
    if kind is not Kind.INTEGER or figures.whole is None:
        return figures
    return replace(figures, spelling=figures.whole, question="", either=(), why=("whole numbers: no decimals",))


def _percent(found: Mapped, spec: ColumnSpec, sign: Value) -> Mapped:
    """Read 12 % as 12 or as 0.12 where the ruleset says which; else ask."""
    names = words(" ".join([found.column, spec.title or ""]))
    if names & _PERCENT:
        why = f"per cent, as in {_at(sign)}: it is asked for in per cent"
        return replace(found, why=(*found.why, why))
    both = tuple(replace(found.spelling, percent=how) for how in ("number", "fraction"))
    told = f"does {_at(sign)} count as the number itself, or as a hundredth of it?"
    plain = replace(found.spelling, percent=None)
    return replace(found, spelling=plain, spellings=both, questions=(*found.questions, told))


def _with_odd(engine: Engine, look: Look, shape: Shape, column: MappedColumn, found: Mapped, what: str) -> Mapped:
    """Ask about values that the mapping cannot read: codes for nothing, or mistakes."""
    codes = {code.casefold() for code in found.missing}
    odd = [
        v for v in unread(engine, look.table.view, shape.column, column, _MOST_WORDS) if v.text.casefold() not in codes
    ]
    if not odd:
        return found
    if shape.free_text or shape.personal:
        return replace(found, questions=(*found.questions, f"{len(odd)} or more of its values are not {what}"))
    more = f" and {len(odd) - _LISTED} more" if len(odd) > _LISTED else ""
    told = (
        f"{', '.join(map(_at, odd[:_LISTED]))}{more}: not {what}. Does it mean that nothing is known (missing = [...])?"
    )
    return replace(found, questions=(*found.questions, told))


def _worded(shape: Shape, spec: ColumnSpec, found: Mapped) -> Mapped:
    """Map the words of the file to those of the closed list; ask about the others."""
    codes = {code.casefold() for code in found.missing}
    values: dict[str, str] = {}
    unknown: list[Value] = []
    known = spellings(spec.values)
    for value in shape.column.top[:_MOST_WORDS]:
        word = meaning(value.text, known)
        if word is None:
            if value.text.casefold() not in codes:
                unknown.append(value)
        elif word != value.text:
            values[value.text] = word
    kept = tuple(code for code in found.missing if code not in values)
    found = replace(found, values=values, missing=kept)
    if not unknown:
        return found
    if shape.free_text or shape.personal:  # what persons wrote is not repeated
        return replace(
            found, questions=(*found.questions, f"which of these do its words mean: {', '.join(spec.values)}?")
        )
    shown = ", ".join(f"'{_short(value.text)}'" for value in unknown[:_LISTED])
    more = " ..." if len(unknown) > _LISTED or not shape.column.whole else ""
    told = f"what does {shown}{more} mean? One of: {', '.join(spec.values)}"
    return replace(found, questions=(*found.questions, told))


def _at(value: Value) -> str:
    return f"'{_short(value.text)}'" + (f" in row {value.row}" if value.row is not None else "")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "\u2026"
