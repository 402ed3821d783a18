"""What findings come to: obligations, the gate and its conditions."""

import datetime as dt
from typing import Literal

from qmscheck.model.findings import ParameterUse
from qmscheck.model.persons import Attestation
from qmscheck.model.words import ConditionState, Final, Force, GateResult, Grade, Noun, Verdict

__all__ = ["Aggregation", "ConditionResult", "Expiring", "Gate", "GateDay", "ObligationResult", "RouteResult"]


class Aggregation(Noun):
    """Minor findings on one requirement that together may be one major: a question to the auditor, never a verdict."""

    clauses: tuple[str, ...]
    obligations: tuple[str, ...]
    findings: tuple[str, ...]
    question: str
    parameter: ParameterUse


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
