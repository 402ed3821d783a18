"""What the conditions of the gate look at, and what a condition says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qmscheck.judge.gate.decided import Decided
from qmscheck.model import (
    AuditPlan,
    ConditionState,
    Expiring,
    Finding,
    GateSettings,
    Grade,
    Limit,
    ObligationResult,
    Ruleset,
    Verdict,
)

__all__ = ["GRAVE", "Said", "Seen", "judged", "obligations", "tagged"]

_OUTSIDE = {Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}

#: What needs a response, and may not be concentrated: a minor that becomes a major must not count for less.
GRAVE = frozenset({Grade.MINOR, Grade.MAJOR})


@dataclass(frozen=True)
class Seen:
    """What the conditions look at: the plan and its ruleset, findings and decisions as they are on a day, what of the
    evidence of the audit before is gone or was altered.
    """

    plan: AuditPlan
    ruleset: Ruleset
    decided: Decided
    expiring: tuple[Expiring, ...] = ()
    altered: tuple[Limit, ...] = ()

    @property
    def day(self) -> dt.date:
        """The day on which the gate is looked at."""
        return self.decided.day

    @property
    def settings(self) -> GateSettings:
        """What the plan says of the conditions, else their defaults."""
        return self.plan.gate or GateSettings()

    @property
    def applicable(self) -> list[ObligationResult]:
        """The obligations that were to be examined."""
        return [o for o in self.decided.obligations if o.verdict not in _OUTSIDE]

    def is_core(self, obligation: str) -> bool:
        """Tell whether an obligation is in the core list; a ruleset that names none has only core."""
        whole = not any(o.core for o in self.ruleset.obligations.values())
        return whole or self.ruleset.obligations[obligation].core

    @property
    def made_good(self) -> frozenset[str]:
        """The rules whose fails another way of meeting their obligation makes good."""
        return frozenset(rule for o in self.decided.obligations for rule in o.made_good)

    @property
    def grave(self) -> list[ObligationResult]:
        """The obligations of which something is open that is minor or graver."""
        return [o for o in self.decided.obligations if self.decided.counted.get(o.fingerprint) in GRAVE]


@dataclass(frozen=True)
class Said:
    """What a condition found."""

    state: ConditionState
    detail: str
    decided_by: Sequence[str] = ()


def judged(wrong: Sequence[str], told: str, fine: str, names: Sequence[str] | None = None) -> Said:
    """Say that a condition is not met because of what is `wrong` (or its `names`), or that all is `fine`."""
    if wrong:
        return Said(ConditionState.NOT_MET, told, wrong if names is None else names)
    return Said(ConditionState.MET, fine)


def tagged(seen: Seen, tag: str) -> Iterable[Finding]:
    """Give the findings of the rules that a ruleset names for a condition."""
    rules = seen.ruleset.rules
    return (f for f in seen.decided.findings if rules[f.rule].gate == tag)


def obligations(number: int) -> str:
    """Write a number of obligations."""
    return "1 obligation" if number == 1 else f"{number} obligations"
