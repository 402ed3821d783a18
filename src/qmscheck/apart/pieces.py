"""Pieces of an audit that another process may be asked for: a draw, a look at the evidence, tests of the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from qmscheck.apart.works import Hears, OfPlan
from qmscheck.errors import Problem, QmscheckError

if TYPE_CHECKING:
    from qmscheck.criteria import Criteria
    from qmscheck.engine import Means
    from qmscheck.inventory import Inventory
    from qmscheck.model import ExampleResult
    from qmscheck.mutation import Mutated
    from qmscheck.persons.samples import Asked, Draw
    from qmscheck.plugins import Plugins

__all__ = ["Changes", "Drawing", "Examples", "Look"]

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class _OfNames:
    """Work on rulesets alone: nothing but the command line says whose they are. `places` are names with their paths."""

    places: tuple[tuple[str, Path], ...]
    select: tuple[str, ...]

    @property
    def rulesets(self) -> Sequence[str]:
        """The names as given."""
        return tuple(name for name, _ in self.places)

    @property
    def trusted(self) -> Sequence[str]:
        """None: there is no plan."""
        return ()

    def problem(self, number: int, message: str, hint: str) -> Problem:
        """Name the ruleset."""
        return Problem(self.places[number][0], 0, 0, message, hint)

    def asked(self, hears: Hears) -> Criteria:
        """Load the criteria, and check the selection against them. Raises QmscheckError with all mistakes."""
        from qmscheck import criteria  # noqa: PLC0415
        from qmscheck.criteria.chosen import check_names  # noqa: PLC0415

        hears.step("reading the rulesets")
        found = criteria.load(self.places)
        check_names(found, self.select)
        return found


@dataclass(frozen=True, slots=True)
class Drawing(OfPlan):
    """The draw of a sample."""

    noun: ClassVar[str] = "draw"
    narrower: ClassVar[str] = "draw of fewer records"

    drawn: Asked
    threads: int | None = None
    cache: Path | None = None

    def here(self, plugins: Plugins, hears: Hears, means: Means) -> Draw:
        """Draw it."""
        from qmscheck.sampling.drawing import draw  # noqa: PLC0415

        return draw(
            self.planfile,
            plugins,
            self.drawn,
            progress=hears.step,
            means=means,
            threads=self.threads,
            cache=self.cache,
        )

    def answer(self, plugins: Plugins, hears: Hears, means: Means) -> str:
        """Write the draw."""
        from qmscheck.persons.samples import Draw  # noqa: PLC0415

        return _written(Draw, self.here(plugins, hears, means))

    def read(self, text: str) -> Draw:
        """Read the draw."""
        from qmscheck.persons.samples import Draw  # noqa: PLC0415

        return _read(Draw, text)


@dataclass(frozen=True, slots=True)
class Look(OfPlan):
    """A look at the evidence."""

    noun: ClassVar[str] = "look at the evidence"
    narrower: ClassVar[str] = "name fewer sources"

    cache: Path | None = None

    def here(self, plugins: Plugins, hears: Hears, means: Means) -> Inventory:
        """Look."""
        from qmscheck.inventory.taking import take  # noqa: PLC0415

        return take(self.planfile, plugins, cache=self.cache, told=hears.step, means=means)

    def answer(self, plugins: Plugins, hears: Hears, means: Means) -> str:
        """Write what was seen."""
        from qmscheck.inventory import Inventory  # noqa: PLC0415

        return _written(Inventory, self.here(plugins, hears, means))

    def read(self, text: str) -> Inventory:
        """Read what was seen."""
        from qmscheck.inventory import Inventory  # noqa: PLC0415

        return _read(Inventory, text)


@dataclass(frozen=True, slots=True)
class Examples(_OfNames):
    """The examples of rules, each judged."""

    noun: ClassVar[str] = "test of examples"
    narrower: ClassVar[str] = "narrow it down with --select"

    def here(self, _plugins: Plugins, hears: Hears, means: Means) -> tuple[ExampleResult, ...]:
        """Judge them."""
        from qmscheck import testing  # noqa: PLC0415

        return tuple(testing.run(self.asked(hears), self.select, told=hears.step, means=means))

    def answer(self, plugins: Plugins, hears: Hears, means: Means) -> str:
        """Write the results."""
        from qmscheck.model import ExampleResult  # noqa: PLC0415

        return _written(tuple[ExampleResult, ...], self.here(plugins, hears, means))

    def read(self, text: str) -> tuple[ExampleResult, ...]:
        """Read the results."""
        from qmscheck.model import ExampleResult  # noqa: PLC0415

        return _read(tuple[ExampleResult, ...], text)


@dataclass(frozen=True, slots=True)
class Changes(_OfNames):
    """Changes of rules, and what the examples notice of them."""

    noun: ClassVar[str] = "test of changes"
    narrower: ClassVar[str] = "narrow it down with --select"

    def here(self, _plugins: Plugins, hears: Hears, means: Means) -> tuple[Mutated, ...]:
        """Change them."""
        from qmscheck.mutation.noticing import run  # noqa: PLC0415

        return tuple(run(self.asked(hears), self.select, told=hears.step, means=means))

    def answer(self, plugins: Plugins, hears: Hears, means: Means) -> str:
        """Write what was noticed."""
        from qmscheck.mutation import Mutated  # noqa: PLC0415

        return _written(tuple[Mutated, ...], self.here(plugins, hears, means))

    def read(self, text: str) -> tuple[Mutated, ...]:
        """Read what was noticed."""
        from qmscheck.mutation import Mutated  # noqa: PLC0415

        return _read(tuple[Mutated, ...], text)


def _written(kind: type[Found], found: Found) -> str:
    from pydantic import TypeAdapter  # noqa: PLC0415  (not needed by an audit)
    from pydantic_core import to_json  # noqa: PLC0415

    return to_json(TypeAdapter(kind).dump_python(found, mode="json", by_alias=True)).decode()


def _read(kind: type[Found], text: str) -> Found:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415  (as above)

    try:
        return TypeAdapter(kind).validate_json(text, strict=True)
    except ValidationError as error:
        first: Mapping[str, object] = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise QmscheckError(Problem("the answer of the other process", 0, 0, f"is none: {first['msg']}")) from None
