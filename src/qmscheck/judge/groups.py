"""Groups of people that are too small to be shown, and groups that are a person: what of a finding is left out.

A figure about three people is a figure about each of them (domain report 8.3). Small groups are shown together, and
with the next larger one where they would still be fewer: else they would follow from the rest.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qmscheck.judge.limits import limit
from qmscheck.model import Finding, Stratum, TableSpec, Tally

if TYPE_CHECKING:
    from qmscheck.judge import Bench

__all__ = ["PERSONAL", "SMALL", "guarded", "smallest"]

PERSONAL, SMALL = "(personal)", "(small groups, together)"


def _is_of_people(table: TableSpec) -> bool:
    """Tell whether a record of the table is about a person: its key is personal."""
    return any(table.columns[key].is_personal for key in table.keys)


def smallest(table: str, bench: Bench) -> int:
    """Give the number of records from which a group of a table is shown."""
    return int(str(limit("smallest_group", bench).value)) if _is_of_people(bench.ruleset.tables[table]) else 0


def guarded(finding: Finding, bench: Bench) -> Finding:
    """Leave out of a finding the groups that are a person, and show small groups of people together."""
    persons = sorted(
        {s.value for s in finding.strata if s.value is not None and bench.mask.is_person(s.value)},
        key=len,
        reverse=True,
    )
    if persons:
        text = finding.model_dump_json()
        for name in persons:
            text = text.replace(json.dumps(name, ensure_ascii=False)[1:-1], PERSONAL)
        finding = Finding.model_validate_json(text)
    least = smallest(finding.table, bench)
    columns = dict.fromkeys(stratum.column for stratum in finding.strata)
    shown = tuple(
        part for column in columns for part in _shown([s for s in finding.strata if s.column == column], least)
    )
    if shown == finding.strata:
        return finding
    used = finding.parameters
    if any(stratum.value == SMALL for stratum in shown):
        used = (*used, limit("smallest_group", bench))
    return finding.model_copy(update={"strata": shown, "parameters": used})


def _shown(strata: Sequence[Stratum], least: int) -> list[Stratum]:
    """Put the groups of one column together that are not shown by themselves."""
    persons = [s for s in strata if s.value == PERSONAL]
    strata = [s for s in strata if s.value != PERSONAL] + ([_together(persons, PERSONAL)] if persons else [])
    small = [s for s in strata if s.tally.population < least]
    if not small:
        return list(strata)
    rest = [s for s in strata if s.tally.population >= least]
    while rest and sum(s.tally.population for s in small) < least:
        next_ = min(rest, key=lambda s: (s.tally.population, s.value or ""))
        rest.remove(next_)
        small.append(next_)
    return [*rest, _together(small, SMALL)]


def _together(strata: Sequence[Stratum], name: str) -> Stratum:
    """Add the counts of some groups up."""
    population, met, unmet, unreadable = (
        sum(getattr(s.tally, part) for s in strata) for part in ("population", "met", "unmet", "unreadable")
    )
    interval = (met / population, (met + unreadable) / population) if population else None
    tally = Tally(population=population, met=met, unmet=unmet, unreadable=unreadable, interval=interval)
    judged = any(s.standing is not None for s in strata)
    return Stratum(column=strata[0].column, value=name, tally=tally, standing="not assessable" if judged else None)
