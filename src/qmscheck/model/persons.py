"""What persons say: decisions about findings, and answers to questions."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from qmscheck.model.evidence import Location
from qmscheck.model.words import DecisionState, FinalText, Fingerprint, GradeText, KindText, Name, Noun, Text

__all__ = ["Attestation", "AttestationWarning", "Decision", "DecisionsUsed", "EvidenceSeen", "SignedAnswer", "Unit"]


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

    kind: KindText
    by: Text
    role: Text
    on: dt.date
    why: Text | None = None
    fingerprint: Fingerprint | None = None
    rule: Text | None = None
    obligation: Text | None = None
    from_: GradeText | None = Field(default=None, alias="from")
    to: FinalText | None = None
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
