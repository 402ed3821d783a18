"""What a rule may ask of the records: the parts of its forms."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from qmscheck.model.words import MeasureKind, Name, Noun, Text

__all__ = ["Base", "Exposure", "Match", "Measure", "Reaction", "Signal", "TooFew", "Trend", "Within"]


class Match(Noun):
    """The other side of `has` and `lacks`: a record of `table` with the same keys that satisfies `where`.

    `on` is a list of columns of the same name on both sides, or a table `{ this_column = "other_column" }`.
    """

    table: Name
    on: Annotated[tuple[Name, ...], Field(min_length=1)] | Annotated[Mapping[Name, Name], Field(min_length=1)]
    where: str | None = None

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(column of the table walked, column of the other table)."""
        return tuple(self.on.items()) if isinstance(self.on, Mapping) else tuple((c, c) for c in self.on)


class Exposure(Noun):
    """What a rate is counted against: the records of another table, or the sum of a number in them.

    `per` is the number of units that the rate is given for (complaints per 100 orders: 100); `on` their date, which a
    series needs.
    """

    table: Name
    where: str | None = None
    sum: str | None = None
    per: Annotated[int, Field(ge=1)] = 1
    on: str | None = None


class Within(Noun):
    """Cases that are closed within a limit, in whole `days` or `hours`. A blank `closed` is a case still open."""

    opened: Text
    closed: Text
    days: int | Name | None = None
    hours: int | Name | None = None


class Measure(Noun):
    """A statistic of the records in scope: exactly one of its kinds. Expressions read one record.

    `scale` are the least and the greatest value that is an answer; any other is unreadable. `at` is the percentile
    (0.9), `to` the sum below a ratio, `unit` the word for what is measured.
    """

    share: str | None = None
    mean: str | None = None
    median: str | None = None
    percentile: str | None = None
    nps: str | None = None
    ratio: str | None = None
    rate: Exposure | None = None
    within: Within | None = None
    at: float | None = None
    to: str | None = None
    scale: tuple[float, float] | None = None
    unit: Text | None = None

    @property
    def kind(self) -> MeasureKind:
        """The one kind; `criteria` has checked that there is just one."""
        return self.kinds[0]

    @property
    def kinds(self) -> tuple[MeasureKind, ...]:
        """The kinds that are given."""
        return tuple(kind for kind in get_args(MeasureKind) if getattr(self, kind) is not None)


class Trend(Noun):
    """A series by whole periods that must not fall, or not rise, by more than a tolerance per year.

    `on` is the date of a record; `since` the first day on which the register is complete; `test` the test by ranks
    (default: seasonal for months, else yue-wang, which minds that a period resembles the one before it).
    """

    on: Text
    by: Literal["month", "quarter", "year"]
    must_not: Literal["fall", "rise"]
    by_more_than: int | float | Name | None = None
    test: Literal["mann-kendall", "yue-wang", "hamed-rao", "pre-whitened", "seasonal"] | None = None
    since: dt.date | Name | None = None


class Reaction(Noun):
    """A record of another table, dated `on`, that answers a signal within `days` after the end of its period."""

    table: Name
    on: Text
    days: int | Name
    where: str | None = None


class Signal(Noun):
    """A control chart by whole periods, or of the days between records (`between`).

    The first `baseline` points set the limits and stay. `watch` says which side asks a question.
    """

    on: Text
    by: Literal["month", "quarter", "year"] = "month"
    chart: Literal["xmr", "p", "u", "laney-p", "laney-u", "between"] | None = None
    baseline: Annotated[int, Field(ge=1)] = 12
    watch: Literal["high", "low", "both"] = "both"
    since: dt.date | Name | None = None
    reaction: Reaction | None = None


class Base(Noun):
    """What a sample was drawn from, or who was asked: the records of a table, or a number of them.

    `mix` is a column by which both are compared (`{ own = "other" }` where the names differ); `answered` the date of an
    answer, for early against late ones.
    """

    table: Name | None = None
    where: str | None = None
    number: int | Name | None = None
    mix: Name | Mapping[Name, Name] | None = None
    answered: Name | None = None


class TooFew(Noun):
    """Says what decides where the records of a statistic are too few to show anything.

    Of `up_to` records (a parameter) or fewer the full list says more than a figure: `instead` is the rule of the same
    obligation that judges each of them.
    """

    up_to: Name
    instead: Text
