"""A rule: one machine test of one obligation, with its examples."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from qmscheck.model.forms import Base, Match, Measure, Signal, TooFew, Trend
from qmscheck.model.words import (
    Form,
    GradeText,
    Inference,
    Name,
    Noun,
    Route,
    Scalar,
    Text,
    Touched,
    Verdict,
    VerdictText,
)

__all__ = ["EXAMPLE_DAY", "Equivalent", "Example", "ExampleResult", "Rule", "named_parameters"]

_FORMS: tuple[Form, ...] = ("must", "has", "lacks", "unique", "query", "trend", "signal", "measure")
#: The date of the audit in an example that names none.
EXAMPLE_DAY = dt.date(2026, 6, 30)


class Example(Noun):
    """Hand-made records and the verdict that the rule must give on them. `audit_date()` gives `planned_audit`."""

    verdict: VerdictText
    given: Mapping[Name, tuple[Mapping[str, Scalar], ...]] = Field(default_factory=dict)
    title: str | None = None
    as_of: dt.date | None = None
    planned_audit: dt.date | None = None
    params: Mapping[Name, Scalar] = Field(default_factory=dict)
    unmet: int | None = None


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example of a rule: what it must give and what it gave. `number` counts from 1."""

    rule: str
    number: int
    title: str | None
    expected: Verdict
    got: Verdict
    message: str
    ok: bool


class Equivalent(Noun):
    """A change of a rule that no example can notice, as `qmscheck ruleset mutate` names it, and why none can."""

    change: Text
    why: Text


class Rule(Noun):
    """One machine test of one obligation. It has exactly one form: see `form`.

    `each` with `must`, `has`, `lacks`, `unique`, `query`, `measure`, `trend` or `signal`; or `count`. `at_least` and
    `at_most` are shares (0 to 1) for `each`, numbers of records for `count`, and in the unit of the statistic for
    `measure`; a text names the parameter that holds the bound. `grade` is the grade of this rule if nothing is met,
    where it is less grave than that of its obligation. `touches` is as with an obligation; `escape` says that an unmet
    record is nonconforming supply that reached customers without reaction; `escalate_share` names the parameter from
    which share a partial breach counts as a whole one. `route` is the lawful way that the rule is part of, where there
    are several. `inference` says what the records stand for. `gate`
    names the condition of the gate that asks for this rule. `every_stratum`
    says that each unit must reach what is asked, and not only the whole. `too_few` names the rule that judges each
    record where they are too few for a statistic. `equivalent` lists changes of the rule that no example can notice.
    """

    id: Text
    obligation: Text
    title: Text
    statement: Text
    each: Name | None = None
    where: str | None = None
    must: str | None = None
    has: Match | None = None
    lacks: Match | None = None
    unique: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    query: str | None = None
    count: Name | None = None
    measure: Measure | None = None
    trend: Trend | None = None
    signal: Signal | None = None
    at_least: int | float | Name | None = None
    at_most: int | float | Name | None = None
    min_population: Annotated[int, Field(ge=1)] = 1
    on_zero: Literal["insufficient", "fail", "manual", "not-applicable"] = "insufficient"
    conclusive: bool = True
    grade: GradeText | None = None
    route: Route | None = None
    touches: tuple[Touched, ...] = ()
    escape: bool = False
    escalate_share: Name | None = None
    strata: tuple[Name, ...] = ()
    every_stratum: bool = False
    inference: Inference = "census"
    confidence: float = 0.95
    sides: Literal["one", "two"] = "two"
    min_sample: Annotated[int, Field(ge=1)] = 10
    base: Base | None = None
    too_few: TooFew | None = None
    recommendation: str | None = None
    gate: Literal["responses", "sequence", "operation"] | None = None
    example: tuple[Example, ...] = ()
    equivalent: tuple[Equivalent, ...] = ()

    @property
    def table(self) -> str:
        """The table that the rule walks."""
        return self.each or self.count or ""

    @property
    def form(self) -> Form:
        """The one form of the rule; `criteria` has checked that there is just one.

        `measure` beside `trend` or `signal` says of what the series is made.
        """
        for name in _FORMS:
            if getattr(self, name) is not None:
                return name
        return "count"


def named_parameters(rule: Rule) -> tuple[str, ...]:
    """Give the parameters that keys of a rule name, each once: bounds, limits, dates; not those inside expressions."""
    series, measure = rule.trend or rule.signal, rule.measure
    within = measure.within if measure is not None else None
    reaction = rule.signal.reaction if rule.signal is not None else None
    given = (
        *(rule.at_least, rule.at_most),
        rule.base.number if rule.base is not None else None,
        *((within.days, within.hours) if within is not None else ()),
        series.since if series is not None else None,
        rule.trend.by_more_than if rule.trend is not None else None,
        reaction.days if reaction is not None else None,
    )
    return tuple(dict.fromkeys(name for name in given if isinstance(name, str)))
