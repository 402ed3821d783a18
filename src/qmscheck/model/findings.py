"""A finding: what a rule counted, measured and concluded, and what would turn it."""

import datetime as dt
from typing import Literal

from qmscheck.model.evidence import Location
from qmscheck.model.words import Final, Grade, Noun, Origin, Scalar, Share, Verdict

__all__ = [
    "AuditException",
    "Candidate",
    "Change",
    "Finding",
    "GradeStep",
    "Lacking",
    "Measured",
    "MixPart",
    "ParameterUse",
    "Point",
    "Reach",
    "Series",
    "Stratum",
    "Tally",
]


class Tally(Noun):
    """What a rule counted. `met + unmet + unreadable == population`; `interval` is the share met, worst and best."""

    population: int
    met: int
    unmet: int
    unreadable: int
    interval: tuple[float, float] | None


class Reach(Noun):
    """An interval that the records do not refute, and how it was made. None: that end has no bound."""

    low: float | None
    high: float | None
    method: str
    confidence: float
    sides: int


class Stratum(Noun):
    """The tally of one value of a stratum column; `value` is None where the column is blank.

    `figure` is the statistic there, `interval` what sampling leaves of it at the corrected confidence, `standing` how
    the unit stands to the target.
    """

    column: str
    value: str | None
    tally: Tally
    figure: float | None = None
    interval: Reach | None = None
    standing: Literal["met", "missed", "not shown", "not assessable"] | None = None


class MixPart(Noun):
    """One group among the records and in the base that they come from."""

    group: str | None
    records: int
    base: int


class Measured(Noun):
    """A statistic against its target.

    `value` is the statistic of what could be read; `worst` and `best` what the records leave possible;
    `interval` adds what sampling leaves possible. `enough` is the number of records (of a rate: the exposure) that
    would show it, if the statistic held.
    """

    statistic: str
    unit: str
    value: float | None
    worst: float | None
    best: float | None
    interval: Reach | None
    n: int
    base: int | None
    exposure: float | None
    inference: str
    bound: Literal["at least", "at most"]
    target: float
    standing: Literal["met", "missed", "not shown"]
    enough: float | None
    mix: tuple[MixPart, ...]
    notes: tuple[str, ...]


class Point(Noun):
    """One period of a series; `value` is None for a gap. `low` and `high` are the limits of a chart."""

    period: str
    records: int
    value: float | None
    low: float | None = None
    high: float | None = None
    signal: str | None = None
    reaction: str | None = None


class Series(Noun):
    """A statistic by period, and what was found in it. `slope` is per year, with its interval.

    `paradox` says, with shares and mix, where the whole moves one way and no unit does (Simpson).
    """

    by: str
    statistic: str
    method: str
    points: tuple[Point, ...]
    gaps: tuple[str, ...]
    left_out: tuple[str, ...]
    slope: float | None
    interval: Reach | None
    p: float | None
    centre: float | None
    baseline: int | None
    paradox: str | None = None


class ParameterUse(Noun):
    """A parameter that a rule used, with the value in force and who set it."""

    name: str
    value: Scalar
    origin: Origin
    ref: str | None
    title: str


class GradeStep(Noun):
    """One step from an obligation's own grade to the proposed one: the criterion that fired, and its figures.

    `cases` of `of` records are not shown to be met, `beyond` of them more than is allowed. `share` (0 to 1) was
    compared with `parameter`; `stratum` is where. `grade` is the grade after the step, `why` says it in a sentence.
    """

    criterion: Literal[
        "default",
        "whole",
        "partial",
        "isolated",
        "share",
        "stratum",
        "law",
        "safety",
        "escape",
        "repeat",
        "adopted",
        "force",
        "origin",
    ]
    effect: Literal["start", "keep", "lower", "raise", "cap"]
    grade: Grade
    why: str
    cases: int | None = None
    beyond: int | None = None
    of: int | None = None
    share: Share | None = None
    stratum: str | None = None
    parameter: ParameterUse | None = None


class AuditException(Noun):
    """A record that does not meet the rule (`unmet`) or of which it cannot be told (`unreadable`)."""

    key: str
    state: Literal["unmet", "unreadable", "quoted"]
    location: Location
    quote: str | None = None


class Candidate(Noun):
    """A record that misses a condition by so much."""

    key: str
    misses_by: float


class Lacking(Noun):
    """A condition that unmet records of a rule do not hold: in plain words, where there are any, and the column judged.

    It does not hold in so many `records`, in `blank` of them because the cell is blank.
    """

    condition: str | None
    column: str
    title: str | None
    records: int
    blank: int


class Change(Noun):
    """The smallest change that would turn a fail.

    `kind`: so many `records` (of `of`) must meet the rule (`meet`), need a key of their own (`new-key`), or must count
    more or fewer. Of a condition on dates: by how many `unit`s the `nearest` and the `worst` of `measured` records miss
    it, and the nearest `candidates`. Of a condition of several parts: those that some unmet records lack (`lacking`).
    """

    kind: Literal["meet", "new-key", "count-more", "count-fewer"]
    records: int
    of: int
    unit: str | None = None
    nearest: float | None = None
    worst: float | None = None
    measured: int | None = None
    candidates: tuple[Candidate, ...] = ()
    lacking: tuple[Lacking, ...] = ()


class Finding(Noun):
    """A rule's verdict, with all that is needed to recompute and to act on it.

    `instead` names the rule that judged each record, where they were too few for a statistic.
    """

    rule: str
    obligation: str
    title: str
    form: str
    table: str
    tables: tuple[str, ...] = ()
    criterion: str
    verdict: Verdict
    reason: str
    proposed_grade: Grade | None
    grade_why: str | None
    final_grade: Final | None = None
    lifted_until: dt.date | None = None
    grade_steps: tuple[GradeStep, ...] = ()
    statement: str
    calculation: str
    recommendation: str | None
    to_pass: str | None
    change: Change | None = None
    since: Literal["new", "repeated", "closed", "not-shown"] | None = None
    instead: str | None = None
    fingerprint: str
    tally: Tally | None
    measured: Measured | None = None
    series: Series | None = None
    strata: tuple[Stratum, ...]
    exceptions: tuple[AuditException, ...]
    exceptions_total: int
    parameters: tuple[ParameterUse, ...]
