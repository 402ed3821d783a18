"""What a ruleset says: header, parameters, tables, obligations, and what a later one changes."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from qmscheck.model.rules import Rule
from qmscheck.model.used import RulesetUsed
from qmscheck.model.words import (
    ColumnType,
    ForceText,
    GradeText,
    Name,
    Noun,
    OriginText,
    ParameterType,
    Scalar,
    Text,
    Touched,
)

__all__ = [
    "ColumnSpec",
    "Obligation",
    "ObligationOverlay",
    "ParameterOverlay",
    "ParameterSpec",
    "Ruleset",
    "RulesetHeader",
    "TableSpec",
]


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
    origin: OriginText
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


class Obligation(Noun):
    """One thing that the standard, or the organisation itself, asks.

    `independent` says that its question is for a person who has no part in the work.
    `touches` says that law or safety asks for it too; `adopted_by` names the own document that makes guidance binding.
    """

    id: Text
    title: Text
    force: ForceText
    clauses: Annotated[tuple[Text, ...], Field(min_length=1)]
    doc_info: Literal["maintain", "retain", "none"]
    statement: Text
    grade: GradeText
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
    force: ForceText | None = None
    clauses: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    grade: GradeText | None = None


class ParameterOverlay(Noun):
    """What a later ruleset changes of a parameter, within its bounds, and why."""

    why: Text
    default: Scalar | None = None
    origin: OriginText | None = None
    ref: Text | None = None


class Ruleset(Noun):
    """Audit criteria, whole and checked: one ruleset, or several put together. Mappings keep the order of the files."""

    used: tuple[RulesetUsed, ...]
    params: Mapping[str, ParameterSpec]
    terms: Mapping[str, Mapping[str, tuple[str, ...]]]
    tables: Mapping[str, TableSpec]
    obligations: Mapping[str, Obligation]
    rules: Mapping[str, Rule]
