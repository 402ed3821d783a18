"""How a column that was chosen is to be read: date format, decimal comma, words, codes for nothing; and what to ask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from qmscheck.engine import Engine
from qmscheck.model import ColumnSpec, TableSpec
from qmscheck.proposal.choosing import Choice, Look
from qmscheck.proposal.dates import unread
from qmscheck.proposal.matching import Fit
from qmscheck.proposal.seen import Value
from qmscheck.proposal.shapes import Shape, meaning
from qmscheck.sql.days import SERIALS
from qmscheck.sql.figures import Spelling
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn

__all__ = ["Mapped", "mapped"]

_MOST_WORDS, _LISTED, _LONGEST = 24, 6, 40
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})*")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A declared column with its heading, and how its cells are read.

    `why` are the reasons, `questions` what a person must decide. `sure` tells that it is proposed, and not asked.
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
    decimal: str = "."
    personal: bool = False
    questions: tuple[str, ...] = ()


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
        return _numbered(engine, look, shape, kind, found)
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


def _numbered(engine: Engine, look: Look, shape: Shape, kind: Kind, found: Mapped) -> Mapped:
    """Choose the decimal sign that some cell proves; ask where every cell can be read with both."""
    texts = [value for value in shape.telling if any(sign in value.text for sign in ".,")]
    either = texts and all(_THOUSANDS.fullmatch(value.text) for value in texts)
    comma = shape.column.commas > shape.column.numbers
    if either and kind is Kind.NUMBER:
        sign = _THOUSANDS.fullmatch(texts[0].text)
        told = f"is the '{sign[1] if sign else ','}' in {_at(texts[0])} for decimals or for thousands?"
        found = replace(found, questions=(*found.questions, f'{told} If the comma is for decimals: decimal = ","'))
    elif comma:
        proof = next((value for value in texts if "," in value.text), None)
        why = f"decimal comma, as in {_at(proof)}" if proof else "decimal comma"
        found = replace(found, decimal=",", why=(*found.why, why))
    spelling = Spelling(decimal=found.decimal if found.decimal != "." else None)
    column = MappedColumn("n", kind, "n", spelling=spelling, missing=("", *found.missing))
    return _with_odd(engine, look, shape, column, found, "a number" if kind is Kind.NUMBER else "a whole number")


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
    for value in shape.column.top[:_MOST_WORDS]:
        word = meaning(value.text, spec.values)
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
