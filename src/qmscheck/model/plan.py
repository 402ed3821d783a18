"""The plan of an audit: which records, where, read how, against what and as of when."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field

from qmscheck.model.gate_settings import GateSettings
from qmscheck.model.words import Grade, GradeText, Name, Noun, OriginText, Scalar, Text

__all__ = [
    "AuditPlan",
    "CaseBegin",
    "CaseOrder",
    "Cases",
    "ColumnMapping",
    "NotApplicable",
    "Option",
    "ParameterValue",
    "Period",
    "Provenance",
    "Source",
]


class Period(Noun):
    """The days that the audit looks at, both included."""

    from_: dt.date = Field(alias="from")
    to: dt.date

    model_config = ConfigDict(populate_by_name=True)


class ParameterValue(Noun):
    """A plan's value for a parameter, with the right to set it."""

    value: Scalar
    origin: OriginText
    ref: str | None = None


class NotApplicable(Noun):
    """An obligation that a named person declared not applicable."""

    reason: Text
    by: Text
    on: dt.date


class ColumnMapping(Noun):
    """How a declared column is read from a real one (docs/sources.md). A declared `format` is for text cells.

    `from_` names one heading, or several of which a file has one. `optional`: not every file has it. `show` says that a
    personal column is shown: it is read as it stands. `day` says that a month (`format = "%Y-%m"`) is read as its first
    day.
    """

    from_: Text | Annotated[tuple[Text, ...], Field(min_length=1)] = Field(alias="from")
    format: str | tuple[str, ...] | None = None
    day: Literal["first"] | None = None
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


Option: TypeAlias = str | int | bool | tuple[str, ...] | Mapping[str, str | int | bool]
"""What a `[[source]]` may say to its reader: one value, a list of texts, or a table of settings."""


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
    options: Mapping[str, Option] = Field(default_factory=dict)
    line: int = 0
    provenance: Provenance | None = None


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
    fail_on: GradeText | None = Grade.MAJOR
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
