"""What another process may be asked to do, and how its answer is written and read back: an audit, and `pieces` of one.

Work is a value that goes in as a pickle, which only the child reads; what it finds comes back as JSON and is read with
all checks, as from a stranger. The rooms that do the work, and the nouns that come back, are imported where it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from qmscheck import record as record_room
from qmscheck.errors import Problem

if TYPE_CHECKING:
    from qmscheck.engine import Means
    from qmscheck.model import AuditRecord
    from qmscheck.plan import PlanFile
    from qmscheck.plugins import Plugins

__all__ = ["Audit", "Hears", "OfPlan", "Work"]

Found_co = TypeVar("Found_co", covariant=True)
Found = TypeVar("Found")


def _nobody(_text: str) -> None:
    """Hear nothing."""


@dataclass(frozen=True, slots=True)
class Hears:
    """Who is told meanwhile: each step, what the user should know, and how rules are counted (None: nobody asks)."""

    step: Callable[[str], None] = _nobody
    note: Callable[[str], None] = _nobody
    plan: Callable[[str], None] | None = None


class Work(Protocol[Found_co]):
    """One kind of work. `noun` says what it is, `narrower` how to ask for less of it."""

    noun: ClassVar[str]
    narrower: ClassVar[str]

    @property
    def rulesets(self) -> Sequence[str]:
        """The names of the criteria that it evaluates."""

    @property
    def trusted(self) -> Sequence[str]:
        """Those of them that whoever asks calls their own."""

    def problem(self, number: int, message: str, hint: str) -> Problem:
        """Say something of a ruleset, at the place that names it."""

    def here(self, plugins: Plugins, hears: Hears, means: Means) -> Found_co:
        """Do it in this process."""

    def answer(self, plugins: Plugins, hears: Hears, means: Means) -> str:
        """Do it, and write down what was found."""

    def read(self, text: str) -> Found_co:
        """Read what `answer` wrote. Raises QmscheckError for what is no such answer."""


@dataclass(frozen=True, slots=True)
class OfPlan:
    """Work that a plan asks for, with its criteria."""

    planfile: PlanFile

    @property
    def rulesets(self) -> Sequence[str]:
        """The names in the plan."""
        return self.planfile.plan.rulesets

    @property
    def trusted(self) -> Sequence[str]:
        """Those that the plan trusts."""
        return self.planfile.plan.trusted

    def problem(self, number: int, message: str, hint: str) -> Problem:
        """Point into the plan."""
        return self.planfile.problem(("audit", "rulesets", number), message, hint)


@dataclass(frozen=True, slots=True)
class Audit(OfPlan):
    """A whole audit."""

    noun: ClassVar[str] = "audit"
    narrower: ClassVar[str] = "narrow it down with --select and --ignore"

    threads: int | None = None
    cache: Path | None = None

    def here(self, plugins: Plugins, hears: Hears, means: Means) -> AuditRecord:
        """Conduct it."""
        from qmscheck.audit import conduct  # noqa: PLC0415

        return conduct(
            self.planfile,
            plugins,
            threads=self.threads,
            progress=hears.step,
            cache=self.cache,
            noted=hears.note,
            means=means,
            planned=hears.plan,
        )

    def answer(self, plugins: Plugins, hears: Hears, means: Means) -> str:
        """Write the record."""
        return record_room.write(self.here(plugins, hears, means))

    def read(self, text: str) -> AuditRecord:
        """Read the record, with all checks of one from a stranger."""
        return record_room.read(text, "the record of the other process")
