"""What the values of a column are: dates in which form, numbers, words of a closed list, codes that mean missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from qmscheck.engine import Engine
from qmscheck.proposal.dates import Dates, dates_of
from qmscheck.proposal.figures import NO_FIGURES, Figures, figures_of
from qmscheck.proposal.names import plain
from qmscheck.proposal.seen import Column, Table, Value
from qmscheck.sql.codes import CODES

__all__ = ["Shape", "meaning", "shapes_of", "spellings"]

_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_FREE_TEXT = 40
#: Days from 1900 on, from 1954 to 2064; those from 1904 on lie four years later.
_SERIAL = range(20_000, 60_000)
_DIGIT, _FEW_WORDS = re.compile(r"\d"), 3
_CODE = re.compile(r"[^\W\d_]{0,8}[-/. ]?\d[\w./-]{0,16}")
_PERSONAL = MappingProxyType(
    dict.fromkeys(("name", "firstname", "lastname", "surname", "vorname", "nachname", "ansprechpartner"), "a name")
    | dict.fromkeys(("email", "mail", "emailaddress"), "an e-mail address")
    | dict.fromkeys(("phone", "telephone", "mobile", "telefon", "handy", "tel"), "a telephone number")
    | dict.fromkeys(("address", "street", "adresse", "strasse", "anschrift"), "an address")
    | dict.fromkeys(("birthdate", "dateofbirth", "geburtsdatum", "geburtstag"), "a date of birth")
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A column with what its values are. `missing` are codes for nothing in it; `known` counts the other cells."""

    column: Column
    dates: Dates
    missing: tuple[Value, ...]
    figures: Figures = NO_FIGURES

    @property
    def known(self) -> int:
        """The cells that say something."""
        return self.column.filled - sum(value.count for value in self.missing)

    @property
    def telling(self) -> tuple[Value, ...]:
        """The commonest values that say something."""
        codes = {value.text for value in self.missing}
        return tuple(value for value in self.column.top if value.text not in codes)

    def share(self, cells: int) -> float:
        """Tell which part of the cells that say something so many are."""
        return min(1.0, cells / self.known) if self.known > 0 else 0.0

    @property
    def numbers(self) -> int:
        """The cells that read as a number, in the way that reads most; codes are none."""
        return max(self.column.numbers, self.column.commas, self.figures.read)

    @property
    def integers(self) -> int:
        """The cells that read as a whole number, or as a number with its unit or its thousands."""
        return max(self.column.integers, self.figures.read)

    @property
    def serial(self) -> bool:
        """True of whole numbers that may be days as a spreadsheet counts them, of this time."""
        telling = self.telling
        return bool(telling) and all(v.text.isdigit() and int(v.text) in _SERIAL for v in telling)

    @property
    def words(self) -> int:
        """The cells that hold one of its few commonest words: what is written in place of a date or a number."""
        return sum(
            value.count
            for value in [v for v in self.telling if v.count > 1 and v.text.isascii() and not _DIGIT.search(v.text)][
                :_FEW_WORDS
            ]
        )

    @property
    def letters(self) -> float:
        """The mean length of its cells."""
        return self.column.letters / self.column.filled if self.column.filled else 0.0

    @property
    def personal(self) -> str | None:
        """Say what of a person it seems to hold, by its heading or by its values; None where it seems to hold none."""
        if any(_MAIL.fullmatch(value.text) for value in self.column.top[:5]):
            return "an e-mail address"
        return _PERSONAL.get(plain(self.column.heading))

    @property
    def coded(self) -> bool:
        """True of a column of short codes with digits, such as numbers of records."""
        telling = self.telling
        return bool(telling) and sum(1 for v in telling if _CODE.fullmatch(v.text)) >= 0.9 * len(telling)

    @property
    def free_text(self) -> bool:
        """True of a column of sentences."""
        return self.letters > _FREE_TEXT and self.column.distinct * 2 > self.column.filled


def shapes_of(engine: Engine, table: Table) -> tuple[Shape, ...]:
    """Look at the values of each column of a table."""
    return tuple(_shape(engine, table.view, column) for column in table.columns)


def _shape(engine: Engine, view: str, column: Column) -> Shape:
    dates = dates_of(engine, view, column)
    missing = tuple(value for value in column.top if value.text.casefold() in CODES)
    known = tuple(value for value in column.top if value not in missing)
    figures = NO_FIGURES if dates.read or dates.question else figures_of(engine, view, replace(column, top=known))
    return Shape(column, dates, missing, figures)


def spellings(values: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Give every way to write a word of a closed list, without case and signs, and the declared word that it means: the
    word itself before what other systems write for one.
    """
    last_first = list(values.items())[::-1]  # of two words that are written the same way, the first counts
    others = {_squeezed(other): word for word, many in last_first for other in many}
    return others | {_squeezed(word): word for word, _ in last_first}


def meaning(text: str, known: Mapping[str, str]) -> str | None:
    """Give the declared word that a value means, by the `spellings` of a closed list."""
    word = known.get(_squeezed(text))
    if word is not None:
        return word
    numbered = re.sub(r"^\d+ ?[-\u2013.:)] ?", "", text)  # as in "2 - Medium"
    return meaning(numbered, known) if numbered != text else None


@lru_cache(maxsize=20_000)
def _squeezed(text: str) -> str:
    """Write a word as words are compared; each column is held against the closed lists of all tables."""
    return plain(text) or text.strip().casefold()
