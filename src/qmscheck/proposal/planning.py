"""The one path of `qmscheck init`: the plan that is there, the criteria, a look at the folder, and the plan written."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from qmscheck import criteria, plan
from qmscheck.cache import Cache
from qmscheck.engine.embedded import Embedded
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.plan import Overrides, PlanFile
from qmscheck.plugins import Plugins
from qmscheck.proposal import Looking, Proposal, propose
from qmscheck.proposal.keeping import known_to, written
from qmscheck.proposal.limits import limits
from qmscheck.proposal.origin import named
from qmscheck.proposal.writing import plan_text

__all__ = ["PLAN", "Planned", "planned"]

#: The file that is written.
PLAN = "qmscheck.toml"


@dataclass(frozen=True, slots=True)
class Planned:
    """What was proposed, and the plan with it. `before` is the text that was there, None for a new plan."""

    path: Path
    proposal: Proposal
    rulesets: tuple[str, ...]
    text: str
    before: str | None

    @property
    def changed(self) -> bool:
        """True where the file was written."""
        return self.text != self.before


def planned(
    folder: Path,
    rulesets: Sequence[str],
    plugins: Plugins,
    today: dt.date,
    *,
    sources: Sequence[str] = (),
    known: Cache | None = None,
    told: Callable[[str], None] = lambda _text: None,
) -> Planned:
    """Look at a folder, and at the `sources` that are named beside it, and write its plan: a new one, or what is new
    behind the one that is there.

    Raises QmscheckError, and writes nothing, where the plan that is there is not understood, or what would be written
    is no plan.
    """
    path = folder / PLAN
    before = _before(folder)
    overrides = Overrides(today)
    there = None if before is None else plan.read(path, plugins.readers, overrides, plugins.rulesets, plugins.engines)
    names = _names(folder, rulesets, there, plugins)
    also = named(sources, Path(os.path.abspath(folder)), plugins.readers)  # noqa: PTH100  (links stay as they are)
    told("reading the rulesets")
    asked = criteria.load([(name, _place(folder, name, plugins)) for name in names], known)
    with tempfile.TemporaryDirectory(prefix="qmscheck-") as scratch:
        engine = Embedded(Path(scratch))
        try:
            looking = Looking(folder, plugins.readers, engine, Path(scratch), today, told, also=also)
            proposal = propose(looking, asked.ruleset, known_to(there.plan if there else None, before or ""))
        finally:
            engine.close()
    organization = Path(os.path.abspath(folder)).name or "not stated"  # noqa: PTH100  (links stay as they are)
    own = limits(proposal, asked.ruleset, asked.tests)
    text = plan_text(proposal, asked.ruleset, organization=organization, rulesets=names, before=before, asked=own)
    if text != before:
        written(
            path, text, lambda beside: plan.read(beside, plugins.readers, overrides, plugins.rulesets, plugins.engines)
        )
    return Planned(path, proposal, tuple(names), text, before)


def _before(folder: Path) -> str | None:
    """Give the text of the plan that is there. Raises QmscheckError where it is not one that can be added to."""
    shown = folder.as_posix()
    if not folder.is_dir():
        raise QmscheckError(Problem(shown, 0, 0, "there is no such folder"))
    path, shared = folder / PLAN, folder / "pyproject.toml"
    if not os.path.lexists(path):
        if shared.exists() and plan.is_plan(shared):
            hint = f"move it into {PLAN}: what is proposed is written there"
            raise QmscheckError(Problem(shared.as_posix(), 0, 0, "the plan is [tool.qmscheck] of this file", hint))
        return None
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise QmscheckError(Problem(path.as_posix(), 0, 0, f"cannot be read: {error.strerror or error}")) from None
    except UnicodeDecodeError:
        raise QmscheckError(Problem(path.as_posix(), 0, 0, "is not UTF-8, as TOML is")) from None


def _names(folder: Path, rulesets: Sequence[str], there: PlanFile | None, plugins: Plugins) -> list[str]:
    """Name the rulesets as the plan will: those of the plan, those that were asked for, or the only one installed."""
    if there is not None:
        if rulesets:
            hint = "change its rulesets in the plan, or write a plan for another folder"
            raise QmscheckError(Problem((folder / PLAN).as_posix(), 0, 0, "names its rulesets already", hint))
        return list(there.plan.rulesets)
    installed = ", ".join(sorted(plugins.rulesets)) or "none"
    whole = [n for n in plugins.rulesets if not any(n.startswith(f"{other}-") for other in plugins.rulesets)]
    if not rulesets and len(whole) == 1:  # what is called after it is laid over it
        return whole
    if not rulesets:
        raise QmscheckError(Problem("", 0, 0, "against which ruleset?", f"--ruleset NAME; installed: {installed}"))
    found = []
    for name in rulesets:
        if name not in plugins.rulesets and not os.path.exists(name):  # noqa: PTH110  (false, too, for what can be no name)
            hint = did_you_mean(name, plugins.rulesets) or f"installed: {installed}; or give a path"
            raise QmscheckError(Problem("", 0, 0, f"there is no ruleset '{name}': no installed one, no path", hint))
        found.append(name if name in plugins.rulesets else Path(os.path.relpath(name, folder)).as_posix())
    return found


def _place(folder: Path, name: str, plugins: Plugins) -> Path:
    installed = plugins.rulesets.get(name)
    return installed.path if installed is not None else folder / name
