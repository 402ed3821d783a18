"""Evidence in an engine, for as long as it is needed; and whether the files are still whole and the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from qmscheck import evidence
from qmscheck.cache import Cache
from qmscheck.criteria import Criteria
from qmscheck.engine import EngineError, Means
from qmscheck.engine.several import Others
from qmscheck.errors import Problem, QmscheckError
from qmscheck.evidence import Ahead, Gathered, SourceMistake
from qmscheck.evidence.personal import Hidden
from qmscheck.hookspecs import OWN_ENGINE, EngineKind, Opening
from qmscheck.model import AuditPlan
from qmscheck.plan import PlanFile
from qmscheck.plugins import Plugins
from qmscheck.sql.sieve import Sieve

if TYPE_CHECKING:
    from qmscheck.engine import Engine

__all__ = ["check_unchanged", "check_whole", "evidence_of", "whole_files"]


@contextmanager
def evidence_of(  # noqa: PLR0913  (all but four are left out by most)
    planfile: PlanFile,
    asked: Criteria,
    wanted: Mapping[str, Collection[str]],
    plugins: Plugins,
    *,
    plan: AuditPlan | None = None,
    sieves: Mapping[str, Sieve] | None = None,
    known: Cache | None = None,
    threads: int | None = None,
    told: Callable[[str], None] = lambda _text: None,
    ahead: Ahead | None = None,
    hidden: Hidden | None = None,
    means: Means | None = None,
    codes: bool = False,
) -> Iterator[tuple[Engine, Gathered]]:
    """Read what the plan names of the `wanted` columns, by table, into an engine, which is closed and gone at the end.

    `plan` stands in place of that of the file; large tables are put through `sieves`; `codes` counts what each code for
    nothing took away. Raises QmscheckError for a plan
    that names what a source does not have.
    """
    used = plan or planfile.plan
    with nullcontext(ahead) if ahead is not None else evidence.begin_ahead(used, plugins.readers) as begun:
        means = means or Means()
        memory = None if means.memory is None else max(means.memory - begun.memory, means.memory // 2)
        opening = Opening(begun.scratch, threads, memory, known, on_stop=means.on_stop)
        veil = hidden.veil if hidden is not None else _unveiled
        engine = _own_engine(plugins).open(opening)  # heavy, and readers may work meanwhile
        others = Others(plugins.engines, opening, veil)
        try:
            veil(engine)
            gathered = evidence.gather(
                used,
                asked.ruleset,
                wanted,
                plugins.readers,
                engine,
                begun,
                told,
                lambda number, mistake: _located(planfile, number, mistake),
                sieves,
                None if hidden is None else hidden.needs,
                others,
                codes=codes,
            )
            yield engine, gathered
        finally:
            others.close()
            engine.close()


def _unveiled(_engine: Engine) -> None:
    """Hide nothing."""


def _own_engine(plugins: Plugins) -> EngineKind:
    """Give the engine of every source that names no other. Raises QmscheckError where it is switched off."""
    found = plugins.engines.get(OWN_ENGINE)
    if found is None:
        problem = Problem("", 0, 0, f"the engine '{OWN_ENGINE}' is switched off", "leave the plugin 'engine' on")
        raise QmscheckError(problem)
    return found


def _located(planfile: PlanFile, number: int, mistake: SourceMistake) -> Problem:
    return planfile.problem(("source", number, *mistake.key.split(".")), mistake.message, mistake.hint)


def check_unchanged(gathered: Gathered) -> None:
    """Refuse to tell of evidence that is no longer there. Raises QmscheckError for each file that was written since."""
    message = "it was written while it was audited: what was judged is not what is there now"
    hint = "audit again when nobody writes in it"
    problems = [Problem(locator, 0, 0, message, hint) for locator in gathered.changed()]
    if problems:
        raise QmscheckError(*problems)


@contextmanager
def whole_files(gathered: Gathered) -> Iterator[None]:
    """Where the engine gives up, tell of the file that made it so, if there is one."""
    try:
        yield
    except EngineError:
        check_whole(gathered)
        raise


def check_whole(gathered: Gathered) -> None:
    """Where a rule cannot be evaluated: refuse evidence that is damaged inside, which is no fault of a rule.

    Raises QmscheckError for each such file.
    """
    hint = "it was damaged on its way, or when it was written: export or fetch it again"
    problems = [
        Problem(locator, 0, 0, f"the file is damaged inside: the column '{heading}' cannot be read to its end", hint)
        for locator, heading in gathered.damaged()
    ]
    if problems:
        raise QmscheckError(*problems)
