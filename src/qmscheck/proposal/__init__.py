"""Look at a folder of unknown files and propose a plan: which table and which column is which, how cells are read.

Nothing is guessed silently: each proposal has its reasons, and what is unsure becomes a question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from qmscheck.engine import Engine
from qmscheck.model import Ruleset
from qmscheck.proposal.choosing import Choice, Known, Look, choose
from qmscheck.proposal.events import events_of
from qmscheck.proposal.looking import Looking, look, paths_of
from qmscheck.proposal.mapping import Mapped, mapped
from qmscheck.proposal.matching import Join
from qmscheck.proposal.merging import merged
from qmscheck.proposal.proposed import Proposed
from qmscheck.proposal.seen import Document, Lost
from qmscheck.proposal.shapes import shapes_of
from qmscheck.sql.profile import joined

__all__ = ["Looking", "Mapped", "Proposal", "Proposed", "propose"]

#: The share of records that makes two tables the same, and columns beside the key that are compared.
_SAME, _BESIDE = 0.9, 4
#: Columns that are compared where no key is known, and records that are too few to tell.
_TOGETHER, _FEW = 3, 5


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a folder."""

    tables: tuple[Proposed, ...]
    folders: tuple[str, ...]
    documents: tuple[Document, ...]
    lost: tuple[Lost, ...]


def propose(looking: Looking, ruleset: Ruleset, passed: Callable[[str, Mapping[str, str]], bool]) -> Proposal:
    """Look at a folder, but for what is `passed`, and propose what is what."""
    seen = look(looking, passed)
    engine = looking.engine
    looking.told("comparing columns")
    looks = [Look(table, shapes_of(engine, table)) for table in seen.tables]
    chosen = choose(ruleset, looks, lambda view, column, known: _join(engine, view, column, known))
    tables: list[Proposed] = []
    for one, choices in zip(looks, chosen, strict=True):
        tables.extend(_proposed(engine, ruleset, choice) for choice in choices)
        if not choices:
            tables.append(Proposed(one.table, "", sure=False, score=0.0, columns=(), why=(), rest=one.shapes))
    once = _once(engine, ruleset, tables)
    together = merged(once, lambda pattern: paths_of(looking.folder, pattern))
    return Proposal(together, seen.folders, seen.documents, seen.lost)


def _proposed(engine: Engine, ruleset: Ruleset, choice: Choice) -> Proposed:
    taken = {fit.at for fit in choice.fits}
    return Proposed(
        choice.look.table,
        choice.name,
        choice.sure,
        choice.score,
        mapped(engine, choice, ruleset.tables[choice.name]),
        choice.why,
        choice.rivals,
        second=choice.second,
        rest=tuple(shape for at, shape in enumerate(choice.look.shapes) if at not in taken),
        events=None if choice.second else events_of(engine, choice, ruleset.tables[choice.name]),
    )


def _join(engine: Engine, view: str, column: str, known: Known) -> Join:
    ((distinct, found),) = engine.rows(joined(view, [column], known.view, [known.column]))
    return Join(known.label, int(str(distinct)), int(str(found)), known.cut)


def _once(engine: Engine, ruleset: Ruleset, tables: Sequence[Proposed]) -> list[Proposed]:
    """Propose records once: of two tables with the same keys, the one that fits better, and ask about the other."""
    found = list(tables)
    by_score = sorted(range(len(found)), key=lambda at: (-found[at].score, found[at].table.label))
    for place, at in enumerate(by_score):
        for better in by_score[:place]:
            one, other = found[at], found[better]
            if one.name and one.name == other.name and not other.again and _same(engine, ruleset, one, other):
                found[at] = replace(one, sure=False, again=other.table.label)
                break
    return found


def _same(engine: Engine, ruleset: Ruleset, one: Proposed, other: Proposed) -> bool:
    """Tell whether two tables hold nearly the same records: the same keys, and the same beside them.

    Running numbers are the same in many lists, so the keys alone tell nothing. Where no key is known, several columns
    together are held against each other, if hardly two records have the same in them.
    """
    mine, theirs = _places(one), _places(other)
    both = [name for name in mine if name in theirs]
    keys = [name for name in ruleset.tables[one.name].keys if name in both]
    beside = [name for name in both if name not in keys]
    if keys:
        return any(_shared(engine, one, other, [*keys, name]) for name in beside[:_BESIDE])
    return len(beside) >= _TOGETHER and _shared(engine, one, other, beside, telling=True)


def _shared(engine: Engine, one: Proposed, other: Proposed, names: Sequence[str], *, telling: bool = False) -> bool:
    """Tell whether nearly all of what some columns of one table hold together stands in the other, or the other way.

    With `telling` they must tell the records apart, too.
    """
    mine, theirs = ([_places(each)[name] for name in names] for each in (one, other))
    pairs = ((one, mine, other, theirs), (other, theirs, one, mine))
    for first, columns, second, keys in pairs:
        ((distinct, found),) = engine.rows(joined(first.table.view, columns, second.table.view, keys))
        apart = not telling or int(str(distinct)) >= max(_FEW, _SAME * first.table.rows)
        if apart and int(str(found)) > 1 and int(str(found)) >= _SAME * int(str(distinct)):
            return True
    return False


def _places(one: Proposed) -> dict[str, str]:
    """Give the columns in the engine, by declared column."""
    by_heading = {column.heading: column.name for column in one.table.columns}
    return {column.column: by_heading[column.heading] for column in one.columns if column.heading in by_heading}
