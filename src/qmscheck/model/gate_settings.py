"""What a plan says of the gate: which conditions are asked, and with which numbers (domain report 7.2)."""

from typing import Annotated

from pydantic import Field

from qmscheck.model.words import Grade, GradeText, Noun, Origin, OriginText, Share, Text

__all__ = [
    "AttestationsSetting",
    "Certification",
    "ConcentrationSetting",
    "DecidedSetting",
    "GateSetting",
    "GateSettings",
    "ResponsesSetting",
    "WaiversSetting",
]


class GateSetting(Noun):
    """One condition of the gate as the plan wants it: asked, or turned off with a reason; whose numbers they are."""

    on: bool = True
    why: Text | None = None
    origin: OriginText = Origin.CONVENTION
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

    up_to: GradeText = Grade.MINOR


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
