"""The nouns of the product. They read nothing, write nothing and decide nothing.

Library of this room: pydantic. Three families share it: what a ruleset says (Ask), what the plan says, and
what an audit found (the audit record, from which its JSON Schema is derived). Annotations are evaluated as they are
read: as texts, which pydantic evaluates one by one, they make the import a tenth longer.
"""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Aggregation",
    "Attestation",
    "AttestationWarning",
    "AttestationsSetting",
    "AuditException",
    "AuditPlan",
    "AuditRecord",
    "Base",
    "BoundTable",
    "Candidate",
    "Certification",
    "Change",
    "ColumnMapping",
    "ColumnSpec",
    "ConcentrationSetting",
    "ConditionResult",
    "ConditionState",
    "DecidedSetting",
    "Decision",
    "DecisionKind",
    "DecisionState",
    "DecisionsUsed",
    "Equivalent",
    "Evidence",
    "EvidenceFile",
    "EvidenceSeen",
    "Example",
    "Expiring",
    "Exposure",
    "Final",
    "Finding",
    "Force",
    "Form",
    "Gate",
    "GateDay",
    "GateResult",
    "GateSetting",
    "GateSettings",
    "Grade",
    "GradeStep",
    "Inference",
    "Limit",
    "Location",
    "Match",
    "Measure",
    "MeasureKind",
    "Measured",
    "MixPart",
    "NotApplicable",
    "Obligation",
    "ObligationOverlay",
    "ObligationResult",
    "Origin",
    "ParameterOverlay",
    "ParameterSpec",
    "ParameterUse",
    "ParameterValue",
    "Period",
    "PlanUsed",
    "Point",
    "Previous",
    "Reach",
    "Reaction",
    "ResponsesSetting",
    "RouteResult",
    "Rule",
    "Ruleset",
    "RulesetChange",
    "RulesetHeader",
    "RulesetUsed",
    "Series",
    "Share",
    "Signal",
    "SignedAnswer",
    "SkippedRow",
    "Source",
    "SourcePlace",
    "Stratum",
    "TableSpec",
    "Tally",
    "TooFew",
    "Tool",
    "Trend",
    "Unit",
    "UnreadableCell",
    "Verdict",
    "WaiversSetting",
    "Within",
]


class Noun(BaseModel):
    """A frozen value that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


# ---------------------------------------------------------------- words (design section 2)


class Force(StrEnum):
    """How binding an obligation is; caps how grave a finding can be."""

    REQUIREMENT = "requirement"
    IMPLIED = "implied"
    GUIDANCE = "guidance"
    PRINCIPLE = "principle"


class Origin(StrEnum):
    """Who set a threshold. A breach of a convention is at most an opportunity."""

    OWN_PROCEDURE = "own-procedure"
    CONTRACT = "contract"
    LAW = "law"
    SCHEME = "scheme"
    CONVENTION = "convention"


class Verdict(StrEnum):
    """What can be said of a rule or an obligation. Never compared by its letters: see `judge`."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    INSUFFICIENT = "insufficient"
    MANUAL = "manual"
    NOT_APPLICABLE = "not-applicable"
    ERROR = "error"
    NOT_SELECTED = "not-selected"


class Grade(StrEnum):
    """How grave a fail is."""

    MAJOR = "major"
    MINOR = "minor"
    OPPORTUNITY = "opportunity"


#: What a person decided of a finding: a grade, or that it is none.
Final = Grade | Literal["none"]


class DecisionKind(StrEnum):
    """What a person may decide about a finding, or about an obligation."""

    GRADE = "grade"
    WAIVER = "waiver"
    RISK = "risk"
    NOT_APPLICABLE = "not-applicable"
    RESPONSE = "response"


class DecisionState(StrEnum):
    """What becomes of an entry on a day. Only `in-force` has an effect."""

    IN_FORCE = "in-force"
    FUTURE = "future"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    ORPHANED = "orphaned"
    CONTRADICTORY = "contradictory"
    EXPIRED = "expired"
    STALE = "stale"
    IDLE = "idle"


class GateResult(StrEnum):
    """The one word for a pipeline."""

    READY = "READY"
    NOT_READY = "NOT READY"
    CANNOT_TELL = "CANNOT TELL"


class ConditionState(StrEnum):
    """What becomes of a condition of the gate. `not-asked` and `off` close nothing, and are never shown as met."""

    MET = "met"
    NOT_MET = "not-met"
    UNDECIDED = "undecided"
    NOT_ASKED = "not-asked"
    OFF = "off"


# In TOML an enum is its text; everything else stays strict.
_ForceText = Annotated[Force, Field(strict=False)]
_OriginText = Annotated[Origin, Field(strict=False)]
_VerdictText = Annotated[Verdict, Field(strict=False)]
_GradeText = Annotated[Grade, Field(strict=False)]

ColumnType = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
ParameterType = Literal["text", "integer", "number", "boolean", "date"]
Scalar = bool | int | float | str | dt.date | dt.datetime
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]
Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
_KindText = Annotated[DecisionKind, Field(strict=False)]
_FinalText = _GradeText | Literal["none"]


Form = Literal["must", "has", "lacks", "unique", "query", "trend", "signal", "measure", "count"]
_FORMS: tuple[Form, ...] = ("must", "has", "lacks", "unique", "query", "trend", "signal", "measure")
MeasureKind = Literal["share", "mean", "median", "percentile", "nps", "ratio", "rate", "within"]
Inference = Literal["census", "random-sample", "judgement-sample", "self-selected", "process"]


# ---------------------------------------------------------------- Ask: a ruleset (design section 6)


class RulesetHeader(Noun):
    """What a ruleset says about itself; stands once. `unverified` says what of it nobody could check, and is repeated
    in every report.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    title: Text
    standard: Text
    edition: Text
    version: Text
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    license: str | None = None
    reviewed_by: str | None = None
    unverified: Text | None = None


class ParameterSpec(Noun):
    """A typed, bounded value that a plan may set; `origin` says whose number the default is.

    `loosens` says which way a change makes it easier to meet (of a boolean, up is true); None where its use tells.
    """

    type: ParameterType
    default: Scalar
    title: Text
    origin: _OriginText
    ref: str | None = None
    min: int | float | dt.date | None = None
    max: int | float | dt.date | None = None
    loosens: Literal["up", "down"] | None = None


class ColumnSpec(Noun):
    """A typed column of a record asked for.

    `person` says that its cells name who answers for the record (owner) or who made or approved it (author);
    `optional` that a source without it lacks nothing. `values` is its closed list of words, each with what other
    systems write for it: `qmscheck init` proposes from them what a plan maps.
    """

    type: ColumnType
    title: str | None = None
    synonyms: tuple[str, ...] = ()
    values: Mapping[Text, tuple[Text, ...]] = Field(default_factory=dict)
    sensitivity: Literal["public", "internal", "personal", "special"] = "internal"
    person: Literal["owner", "author"] | None = None
    optional: bool = False

    @property
    def is_personal(self) -> bool:
        """True of what is never printed: data about persons, of special categories (GDPR Art. 9), too."""
        return self.sensitivity in {"personal", "special"}


class TableSpec(Noun):
    """Records asked for, as on an auditor's request list. `key` names the column(s) that identify a record, `closed`
    the date from which on a record is settled and should not change.

    `synonyms` are what files and sheets with such records are called.
    """

    purpose: Text
    synonyms: tuple[Text, ...] = ()
    key: Name | tuple[Name, ...]
    closed: Name | None = None
    columns: Mapping[Name, ColumnSpec] = Field(min_length=1)

    @property
    def keys(self) -> tuple[str, ...]:
        """The key columns, always as a tuple."""
        return (self.key,) if isinstance(self.key, str) else self.key


#: The name of one of several lawful ways to meet an obligation.
Route = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=63)]
#: What makes a breach graver than its number of records.
Touched = Literal["law", "safety"]


class Obligation(Noun):
    """One thing that the standard, or the organisation itself, asks.

    `independent` says that its question is for a person who has no part in the work.
    `touches` says that law or safety asks for it too; `adopted_by` names the own document that makes guidance binding.
    """

    id: Text
    title: Text
    force: _ForceText
    clauses: Annotated[tuple[Text, ...], Field(min_length=1)]
    doc_info: Literal["maintain", "retain", "none"]
    statement: Text
    grade: _GradeText
    grade_why: Text
    recommendation: Text
    question: str | None = None
    independent: bool = False
    adopted_by: str | None = None
    touches: tuple[Touched, ...] = ()
    core: bool = False


class ObligationOverlay(Noun):
    """What a later ruleset changes of an obligation, and why."""

    why: Text
    force: _ForceText | None = None
    clauses: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    grade: _GradeText | None = None


class ParameterOverlay(Noun):
    """What a later ruleset changes of a parameter, within its bounds, and why."""

    why: Text
    default: Scalar | None = None
    origin: _OriginText | None = None
    ref: Text | None = None


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


class Example(Noun):
    """Hand-made records and the verdict that the rule must give on them."""

    verdict: _VerdictText
    given: Mapping[Name, tuple[Mapping[str, Scalar], ...]] = Field(default_factory=dict)
    title: str | None = None
    as_of: dt.date | None = None
    params: Mapping[Name, Scalar] = Field(default_factory=dict)
    unmet: int | None = None


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
    grade: _GradeText | None = None
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


class RulesetChange(Noun):
    """What a ruleset changed of one before it. `loosens` tells that a breach may weigh less by it."""

    kind: Literal["obligation", "parameter"]
    id: str
    key: str
    was: str
    now: str
    why: str
    place: str
    loosens: bool


class RulesetUsed(Noun):
    """Which criteria ran, with the digest of their files, and what they changed of those before."""

    id: str
    title: str
    standard: str
    edition: str
    version: str
    digest: str
    unverified: str | None = None
    changes: tuple[RulesetChange, ...] = ()


class Ruleset(Noun):
    """Audit criteria, whole and checked: one ruleset, or several put together. Mappings keep the order of the files."""

    used: tuple[RulesetUsed, ...]
    params: Mapping[str, ParameterSpec]
    terms: Mapping[str, Mapping[str, tuple[str, ...]]]
    tables: Mapping[str, TableSpec]
    obligations: Mapping[str, Obligation]
    rules: Mapping[str, Rule]


# ---------------------------------------------------------------- the plan (design section 5)


class Period(Noun):
    """The days that the audit looks at, both included."""

    from_: dt.date = Field(alias="from")
    to: dt.date

    model_config = ConfigDict(populate_by_name=True)


class ParameterValue(Noun):
    """A plan's value for a parameter, with the right to set it."""

    value: Scalar
    origin: _OriginText
    ref: str | None = None


class NotApplicable(Noun):
    """An obligation that a named person declared not applicable."""

    reason: Text
    by: Text
    on: dt.date


class ColumnMapping(Noun):
    """How a declared column is read from a real one (docs/sources.md). A declared `format` is for text cells.

    `from_` names one heading, or several of which a file has one. `optional`: not every file has it. `show` says that a
    personal column is shown: it is read as it stands.
    """

    from_: Text | Annotated[tuple[Text, ...], Field(min_length=1)] = Field(alias="from")
    format: str | tuple[str, ...] | None = None
    values: Mapping[str, str] = Field(default_factory=dict)
    missing: tuple[str, ...] | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Literal[",", ".", "'", " ", ""] | None = None
    unit: Text | tuple[Text, ...] = ()
    percent: Literal["fraction", "number"] | None = None
    join: str | None = None
    optional: bool = False
    take: Literal["first", "last", "first filled", "last filled", "min", "max", "count"] | None = None
    show: bool = False

    model_config = ConfigDict(populate_by_name=True)

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings that the column may have in a file."""
        return (self.from_,) if isinstance(self.from_, str) else self.from_

    @property
    def units(self) -> tuple[str, ...]:
        """What may stand beside a number."""
        return (self.unit,) if isinstance(self.unit, str) else self.unit

    @property
    def formats(self) -> tuple[str, ...]:
        """The declared date formats, strptime codes."""
        return () if self.format is None else (self.format,) if isinstance(self.format, str) else self.format


class CaseOrder(Noun):
    """What the events of a case are put in order by: a time or a number, by its heading."""

    from_: Text = Field(alias="from")
    type: Literal["timestamp", "number"] = "timestamp"
    format: str | tuple[str, ...] | None = None

    model_config = ConfigDict(populate_by_name=True)

    @property
    def formats(self) -> tuple[str, ...]:
        """The declared date formats, strptime codes."""
        return () if self.format is None else (self.format,) if isinstance(self.format, str) else self.format


class CaseBegin(Noun):
    """What the first event of a case has under a heading: a case without it is not known from its beginning."""

    from_: Text = Field(alias="from")
    value: Text

    model_config = ConfigDict(populate_by_name=True)


class Cases(Noun):
    """How a log of events becomes one record for each case. `key` is the heading of what names a case."""

    key: Text
    order: CaseOrder
    begins: CaseBegin | None = None


class Provenance(Noun):
    """Where a source comes from, as the plan says (domain report 6.4). `period` are the days that it is about.

    `reliability`: A system export with an audit log, B controlled document, C uncontrolled sheet, D what the person
    responsible says, E copy without origin. `owner` is a role.
    """

    extracted_on: dt.date | None = None
    owner: Text | None = None
    period: Period | None = None
    method: Literal["examine", "interview", "observe", "analyse"] | None = None
    reliability: Literal["A", "B", "C", "D", "E"] | None = None


class Source(Noun):
    """Where the records of one table are. `options` are the reader's own keys (sheet, delimiter, query, ...); `zone` is
    the time zone of the audit, None where the plan declares none. `engine` is the name of what holds and judges the
    records.
    """

    table: Name
    path: str | None = None
    reader: str | None = None
    engine: str = "duckdb"
    missing: tuple[str, ...] = ("",)
    zone: str | None = None
    cases: Cases | None = None
    columns: Mapping[Name, ColumnMapping] = Field(default_factory=dict)
    options: Mapping[str, str | int | bool | tuple[str, ...]] = Field(default_factory=dict)
    line: int = 0
    provenance: Provenance | None = None


class GateSetting(Noun):
    """One condition of the gate as the plan wants it: asked, or turned off with a reason; whose numbers they are."""

    on: bool = True
    why: Text | None = None
    origin: _OriginText = Origin.CONVENTION
    ref: str | None = None


class ResponsesSetting(GateSetting):
    """Responses to minor findings: done within so many days after they were written."""

    days: Annotated[int, Field(ge=0, le=3660)] = 90


class ConcentrationSetting(GateSetting):
    """Open minors: so many on one requirement are too many, and at most so many requirements may have one."""

    per_requirement: Annotated[int, Field(ge=1)] = 3
    total: Annotated[int, Field(ge=0)] = 10


class DecidedSetting(GateSetting):
    """The share of the requirements that must be decided: of the core list, and of the rest."""

    core: Share = 1.0
    rest: Share = 0.9


class AttestationsSetting(GateSetting):
    """Answers of persons: valid for so many months after they were given."""

    months: Annotated[int, Field(ge=1, le=120)] = 12


class WaiversSetting(GateSetting):
    """Waivers and accepted risks: the gravest finding that one may lift."""

    up_to: _GradeText = Grade.MINOR


class Certification(Noun):
    """What the planned certification is about; the audit must have been about the same."""

    rulesets: Annotated[tuple[Text, ...], Field(min_length=1)]
    edition: Text
    scope: Text


class GateSettings(Noun):
    """The conditions of the gate (domain 7.2, R1 to R12) and what the plan says of each."""

    fails: GateSetting = GateSetting()
    responses: ResponsesSetting = ResponsesSetting()
    concentration: ConcentrationSetting = ConcentrationSetting()
    decided: DecidedSetting = DecidedSetting()
    errors: GateSetting = GateSetting()
    freshness: GateSetting = GateSetting()
    attestations: AttestationsSetting = AttestationsSetting()
    sequence: GateSetting = GateSetting()
    repeats: GateSetting = GateSetting()
    operation: GateSetting = GateSetting()
    scope: GateSetting = GateSetting()
    waivers: WaiversSetting = WaiversSetting()
    kept: GateSetting = GateSetting()
    certification: Certification | None = None


class AuditPlan(Noun):
    """What to audit, against what, and as of when. `root` is the folder that paths are relative to."""

    root: str
    file: str | None
    organization: str
    scope: str
    rulesets: tuple[str, ...]
    as_of: dt.date
    period: Period
    planned_audit: dt.date | None = None
    fail_on: _GradeText | None = Grade.MAJOR
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    max_exceptions: Annotated[int, Field(ge=1)] = 1000
    params: Mapping[str, ParameterValue] = Field(default_factory=dict)
    not_applicable: Mapping[str, NotApplicable] = Field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    decisions: str | None = None
    previous: str | None = None
    gate: GateSettings | None = None
    attestations: str | None = None
    timezone: str | None = None
    pseudonym_key: str | None = None
    trusted: tuple[str, ...] = ()


# ---------------------------------------------------------------- Fetch: a table as it was bound


class SourcePlace(Noun):
    """Where the records of one extract stand.

    `columns` gives each declared column its heading and its sheet column (0 = A).
    """

    path: str
    sheet: str | None
    columns: Mapping[str, tuple[str, int]]


class BoundTable(Noun):
    """A declared table after its sources were read: a relation of the same name in the engine.

    `lost` counts rows that are records and could not be taken apart; `flags` are the columns with unreadable cells;
    `absent` the declared columns that no source has, `blank` those without a value in any record. `problem` says why
    the table cannot be relied on at all; it is not `sourced` where the plan names no source. Where the table was
    sieved, `doubtful` is a relation with the same columns, and with all records of it that may be unmet or unreadable
    in a rule of `sieved`; of its columns with `few` values each value was asked once. `short`
    says why its sources cannot show what holds for all of the period.
    """

    name: str
    rows: int
    lost: int
    flags: frozenset[str]
    absent: frozenset[str]
    blank: frozenset[str]
    places: tuple[SourcePlace, ...]
    problem: str | None = None
    sourced: bool = True
    doubtful: str = ""
    few: tuple[str, ...] = ()
    sieved: frozenset[str] = frozenset()
    short: str | None = None


# ---------------------------------------------------------------- the audit record (design section 8)


class Tool(Noun):
    """What ran."""

    name: str
    version: str


class PlanUsed(Noun):
    """The part of the plan that shaped the result."""

    organization: str
    scope: str
    period: Period
    planned_audit: dt.date | None
    fail_on: Grade | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]


class Location(Noun):
    """Where evidence was seen, so that a person can open it. `path` is relative to the plan's folder.

    `row` counts as the program that opens the file does (first line of a CSV file is row 1); `column` is the
    column's own heading; `cell` its A1 name in a workbook; `page` counts from 1; `heading` is a path of headings.
    """

    path: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    cell: str | None = None
    page: int | None = None
    heading: str | None = None
    paragraph: int | None = None


class Unit(Noun):
    """A unit of the organisation, as a stratum of a finding names it: the value of a column."""

    column: Name
    value: Text


class Decision(Noun):
    """One entry of the decisions file: who decided what, when and why. Entries are added, never changed.

    It is about a finding (`fingerprint`; `rule` is for the reader), or, where it is `not-applicable`, about an
    `obligation`. `from_` is the proposal that the person saw, `to` the final grade. A waiver, and an accepted risk, has
    a last day (`until`), and may be of one record (`key`) or of one `unit` only. `withdrawn` takes back the entry
    before it. A response says what the organisation does about the finding. `location` is where the entry stands,
    `state` what becomes of it on the day of the audit.
    """

    kind: _KindText
    by: Text
    role: Text
    on: dt.date
    why: Text | None = None
    fingerprint: Fingerprint | None = None
    rule: Text | None = None
    obligation: Text | None = None
    from_: _GradeText | None = Field(default=None, alias="from")
    to: _FinalText | None = None
    until: dt.date | None = None
    key: Text | None = None
    unit: Unit | None = None
    withdrawn: bool = False
    correction: Text | None = None
    cause: Text | None = None
    action: Text | None = None
    owner: Text | None = None
    due: dt.date | None = None
    verified_on: dt.date | None = None
    verified_by: Text | None = None
    location: Location | None = None
    state: Annotated[DecisionState, Field(strict=False)] | None = None

    model_config = ConfigDict(populate_by_name=True)

    @property
    def about(self) -> tuple[str, ...]:
        """What the entry decides: a later entry about the same takes the place of an earlier one."""
        unit = (self.unit.column, self.unit.value) if self.unit else ()
        return (self.kind, self.fingerprint or self.obligation or "", self.key or "", *unit)


class DecisionsUsed(Noun):
    """The file of decisions that the audit read."""

    path: str
    sha256: str
    entries: int


class SkippedRow(Noun):
    """A row that was not taken as a record, and why."""

    path: str
    row: int | None
    reason: str
    sheet: str | None = None


class UnreadableCell(Noun):
    """A filled cell that cannot be read as its declared type. Its value is not copied."""

    location: Location
    column: str
    expected: str


class EvidenceFile(Noun):
    """One of the files of a source that has several. `sha256` is None where it could not be read again."""

    path: str
    sha256: str | None


class Evidence(Noun):
    """One source as it was read. `status` is `read`, or why it was not.

    `files` are given where the source is a folder: its own `sha256` is that of their list. `engine` holds and judges
    the records, and is asked in `dialect`.
    """

    table: str
    source: str
    locator: str
    engine: str = "duckdb"
    dialect: str = "duckdb"
    sha256: str | None
    files: tuple[EvidenceFile, ...] = ()
    reader: str | None
    rows_read: int
    rows_skipped: tuple[SkippedRow, ...]
    columns: Mapping[str, str]
    unmapped_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    unreadable_count: int
    unreadable: tuple[UnreadableCell, ...]
    notes: tuple[str, ...]
    status: str
    detail: str | None = None
    provenance: Provenance | None = None


class ClosedRecords(Noun):
    """What the closed records of a table say, as digests, so that the next audit can tell whether one was changed.

    `seals` are by the key of a record or, where there are many, by the first two digits of the digest of the key.
    """

    table: str
    closed: str
    columns: tuple[str, ...]
    records: int
    by: Literal["key", "group"]
    seals: Mapping[str, str]


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


class Change(Noun):
    """The smallest change that would turn a fail.

    `kind`: so many `records` (of `of`) must meet the rule (`meet`), need a key of their own (`new-key`), or must count
    more or fewer. Of a condition on dates: by how many `unit`s the `nearest` and the `worst` of `measured` records miss
    it, and the nearest `candidates`.
    """

    kind: Literal["meet", "new-key", "count-more", "count-fewer"]
    records: int
    of: int
    unit: str | None = None
    nearest: float | None = None
    worst: float | None = None
    measured: int | None = None
    candidates: tuple[Candidate, ...] = ()


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


class EvidenceSeen(Noun):
    """A file, or a folder of documents, as a person saw it who attests, and whether it is still the same."""

    path: str
    sha256: str
    state: Literal["same", "changed", "gone"] = "same"

    @property
    def stale(self) -> bool:
        """True where the evidence is not what the person saw."""
        return self.state != "same"


class AttestationWarning(Noun):
    """What a reader of an answer should know. It changes no verdict."""

    kind: Literal["own-work", "not-independent", "not-checkable"]
    detail: str


class Previous(Noun):
    """The record of the audit before: which one, and in what it differs from this audit."""

    name: str
    sha256: str
    as_of: dt.date
    organization: str
    differs: tuple[str, ...]


class Aggregation(Noun):
    """Minor findings on one requirement that together may be one major: a question to the auditor, never a verdict."""

    clauses: tuple[str, ...]
    obligations: tuple[str, ...]
    findings: tuple[str, ...]
    question: str
    parameter: ParameterUse


class SignedAnswer(Noun):
    """An answer as it stands in the file of attestations, which is only ever added to.

    `question` is the question as it was asked, `form` the form that it came in, `seen` what the person saw.
    """

    obligation: Text
    question: Text
    answer: Literal["yes", "partly", "no"]
    statement: Text
    references: tuple[Text, ...] = ()
    by: Text
    role: Text
    on: dt.date
    valid_until: dt.date
    independent_of: str | None = None
    form: str | None = None
    seen: tuple[EvidenceSeen, ...] = ()


class Attestation(Noun):
    """A person's answer to an obligation's question: evidence that is read, dated, and can grow stale.

    `stale` tells that a file of `seen` is no longer what the person saw, `expired` that `valid_until` is over. `doubt`
    says why the answer is not relied on; None where it decides the question.
    """

    answer: str
    statement: str | None
    references: str | None = None
    by: str | None
    role: str | None
    on: dt.date | None
    valid_until: dt.date | None
    independent_of: str | None = None
    seen: tuple[EvidenceSeen, ...] = ()
    stale: bool = False
    expired: bool = False
    doubt: str | None = None
    warnings: tuple[AttestationWarning, ...] = ()
    location: Location | None


class RouteResult(Noun):
    """One of several lawful ways to meet an obligation. It `carries` when all its rules pass; else it `lacks` some.

    It is `claimed` where the plan has a source of a table that no rule outside it reads, or where it has no such table.
    """

    name: str
    verdict: Verdict
    carries: bool
    rules: tuple[str, ...]
    lacks: tuple[str, ...]
    claimed: bool = True


class ObligationResult(Noun):
    """An obligation with the gravest of its findings. `findings` are rule ids; `reason` says what decided it.

    `undecided` names what is still open, whatever the verdict: rule ids, and `question` where a person has to answer.
    `aside` are the rules that play no part: those of other routes than the one that carries, or comes nearest.
    """

    id: str
    title: str
    clauses: tuple[str, ...]
    force: Force
    statement: str
    verdict: Verdict
    grade: Grade | None
    final_grade: Final | None = None
    lifted_until: dt.date | None = None
    fingerprint: str = ""
    reason: str
    question: str | None
    independent: bool = False
    attestation: Attestation | None
    recommendation: str
    findings: tuple[str, ...]
    undecided: tuple[str, ...]
    routes: tuple[RouteResult, ...] = ()
    aside: tuple[str, ...] = ()

    @property
    def made_good(self) -> frozenset[str]:
        """The rules of other ways than the one that carries: whatever is wrong with them, it makes good."""
        carrying = next((route for route in self.routes if route.carries), None)
        others = (route for route in self.routes if carrying is not None and route.name != carrying.name)
        return frozenset(rule for route in others for rule in route.rules)

    @property
    def excused(self) -> frozenset[str]:
        """The rules whose fails are nobody's: another way makes them good, or nobody claims to go theirs."""
        named = any(route.claimed for route in self.routes)
        unclaimed = frozenset(r for route in self.routes if named and not route.claimed for r in route.rules)
        return self.made_good | unclaimed


class ConditionResult(Noun):
    """One condition of the gate and what decided it; `number` is that of the domain report."""

    id: str
    title: str
    state: ConditionState
    detail: str
    decided_by: tuple[str, ...]
    number: str | None = None
    parameters: tuple[ParameterUse, ...] = ()


class GateDay(Noun):
    """The gate as it will be on a day if nothing is done."""

    on: dt.date
    result: GateResult
    conditions: tuple[ConditionResult, ...]


class Expiring(Noun):
    """Something that holds today and will not on the day of the planned audit. `on` is the first day without it."""

    kind: Literal["evidence", "answer", "waiver", "risk", "not-applicable", "response"]
    id: str
    on: dt.date
    detail: str


class Gate(Noun):
    """The one word, and the conditions that decided it.

    `today` and `conditions` are as of the audit. Where an audit is planned, `at_audit` is the same on that day, and the
    word is the worse of both; `expiring` says what will have run out by then.
    """

    result: GateResult
    scope: str
    conditions: tuple[ConditionResult, ...]
    today: GateResult | None = None
    at_audit: GateDay | None = None
    expiring: tuple[Expiring, ...] = ()


class Limit(Noun):
    """Something that was not examined, and why."""

    kind: Literal["source", "table", "file", "obligation", "rule"]
    id: str
    reason: str
    detail: str


class AuditRecord(Noun):
    """Everything one audit found. Every report is a view of it."""

    schema_version: Literal["1"]
    tool: Tool
    as_of: dt.date
    plan: PlanUsed
    rulesets: tuple[RulesetUsed, ...]
    evidence: tuple[Evidence, ...]
    obligations: tuple[ObligationResult, ...]
    findings: tuple[Finding, ...]
    gate: Gate
    limits: tuple[Limit, ...]
    decisions_file: DecisionsUsed | None = None
    decisions: tuple[Decision, ...] = ()
    aggregations: tuple[Aggregation, ...] = ()
    previous: Previous | None = None
    closed: tuple[ClosedRecords, ...] = ()

    def decided(self, fingerprint: str) -> tuple[Decision, ...]:
        """Give the decisions in force on a finding, in the order of the file."""
        return tuple(d for d in self.decisions if d.fingerprint == fingerprint and d.state is DecisionState.IN_FORCE)

    def finding(self, rule: str) -> Finding:
        """Give the finding of a rule id. Raises KeyError where the record has none."""
        for finding in self.findings:
            if finding.rule == rule:
                return finding
        raise KeyError(rule)

    def count(self, verdict: Verdict) -> int:
        """Count the obligations with this verdict."""
        return sum(result.verdict is verdict for result in self.obligations)


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


def plain(value: Any) -> str:
    """Write a scalar as a person would read it in a sentence."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
