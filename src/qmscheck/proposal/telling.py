"""What `qmscheck init` says on the screen: what is proposed, what is asked, what nothing fits, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qmscheck.hookspecs import RenderOptions
from qmscheck.proposal import Proposed
from qmscheck.proposal.papers import doubt
from qmscheck.proposal.planning import Planned
from qmscheck.report.layout import Line, heading, printed, unbroken

__all__ = ["told_of"]


def told_of(made: Planned, options: RenderOptions) -> str:
    """Write the screen. Nothing of the records stands in it: names of files and columns only."""
    return printed(_lines(made), options)


def _lines(made: Planned) -> Iterator[Line]:
    path = unbroken(made.path.as_posix())
    if not made.changed:
        yield Line(f"{path} is as it was: nothing is new here.", style="bold")
        return
    done = "is written" if made.before is None else "has more"
    yield Line(f"{path} {done}: a proposal to be finished.", style="bold")
    tables = made.proposal.tables
    yield from _section("Proposed", [_proposed(one) for one in tables if one.sure])
    papers = made.proposal.folders
    doubtful = {paper for paper in papers if doubt(paper, made.proposal.documents) is not None}
    asked = [_asked(one) for one in tables if one.name and not one.sure]
    yield from _section("Asked", [*asked, *([_document(paper)] for paper in papers if paper in doubtful)])
    yield from _section("Nothing fits", [[Line(unbroken(one.table.label), 2)] for one in tables if not one.name])
    yield from _section("Documents", [[_document(paper)] for paper in papers if paper not in doubtful])
    lost = [[Line(f"{unbroken(one.label)}: {one.reason}", 2)] for one in made.proposal.lost]
    yield from _section("Not read", lost)
    yield Line()
    yield Line()
    yield Line('Next: answer what begins with "# ?" in the plan; then: qmscheck evidence, qmscheck audit.')


def _document(path: str) -> Line:
    return Line(unbroken(path), 2)


def _section(title: str, entries: Sequence[Iterable[Line]]) -> Iterator[Line]:
    if entries:
        yield from heading(title, str(len(entries)))
        for lines in entries:
            yield from lines


def _proposed(one: Proposed) -> Iterator[Line]:
    columns = [column for column in one.columns if column.sure]
    yield Line(unbroken(one.table.label), 2)
    total = len(one.table.columns)
    asked = sum(1 for column in one.columns if not column.sure)
    questions = sum(len(column.questions) for column in columns)
    told = f"{one.name}: {len(columns)} of its {total} columns"
    told += f", {asked} asked" if asked else ""
    told += f", {questions} question{'s' if questions > 1 else ''} about values" if questions else ""
    yield Line(told, 4, style="dim")


def _asked(one: Proposed) -> Iterator[Line]:
    why = f"{one.name}?"
    if one.again:
        why = f"{one.name}, as in {unbroken(one.again)}?"
    elif one.rivals:
        why = f"{one.name}, or {' or '.join(one.rivals)}?"
    yield Line(unbroken(one.table.label), 2)
    yield Line(why, 4, style="dim")
