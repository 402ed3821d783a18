"""The words of the product, and the base of its nouns.

Library of this package: pydantic. Annotations are evaluated as they are read: as texts, which pydantic evaluates one by
one, they make the import a tenth longer.
"""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "GRAVITY",
    "ColumnType",
    "ConditionState",
    "DecisionKind",
    "DecisionState",
    "Final",
    "FinalText",
    "Fingerprint",
    "Force",
    "ForceText",
    "Form",
    "GateResult",
    "Grade",
    "GradeText",
    "Inference",
    "KindText",
    "MeasureKind",
    "Name",
    "Noun",
    "Origin",
    "OriginText",
    "ParameterType",
    "Route",
    "Scalar",
    "Share",
    "Text",
    "Touched",
    "Verdict",
    "VerdictText",
    "parted",
    "plain",
]


class Noun(BaseModel):
    """A frozen value that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


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


#: From grave to harmless. Verdicts are never compared by their letters.
GRAVITY = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.INSUFFICIENT,
    Verdict.MANUAL,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
    Verdict.NOT_SELECTED,
)


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
ForceText = Annotated[Force, Field(strict=False)]
OriginText = Annotated[Origin, Field(strict=False)]
VerdictText = Annotated[Verdict, Field(strict=False)]
GradeText = Annotated[Grade, Field(strict=False)]
ColumnType = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
ParameterType = Literal["text", "integer", "number", "boolean", "date"]
Scalar = bool | int | float | str | dt.date | dt.datetime
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]
Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
KindText = Annotated[DecisionKind, Field(strict=False)]
FinalText = GradeText | Literal["none"]
Form = Literal["must", "has", "lacks", "unique", "query", "trend", "signal", "measure", "count"]
MeasureKind = Literal["share", "mean", "median", "percentile", "nps", "ratio", "rate", "within"]
Inference = Literal["census", "random-sample", "judgement-sample", "self-selected", "process"]
#: The name of one of several lawful ways to meet an obligation.
Route = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=63)]
#: What makes a breach graver than its number of records.
Touched = Literal["law", "safety"]


def plain(value: Any) -> str:
    """Write a scalar as a person would read it in a sentence."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def parted(purpose: str) -> tuple[str, str]:
    """Part the purpose of a table into what belongs in it, and who gives it: nothing where it does not say."""
    holds, _, giver = purpose.partition("Given by: ")
    return holds.strip().removesuffix("."), giver.strip().removesuffix(".")
