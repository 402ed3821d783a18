"""Limits of time that the organisation may set itself, and that decide verdicts of rules whose records are proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from qmscheck.model import Origin, ParameterSpec, Ruleset
from qmscheck.proposal import Proposal
from qmscheck.sql.select import RowTest, columns_read

__all__ = ["MOST", "Limit", "limits"]

#: So many are asked for: who reads more states none.
MOST = 12

#: Where a reader finds what a document is, it gives every column of these.
_OF_DOCUMENTS = ("documents", "passages")

#: A condition on the time between two records is one on how fast the organisation works.
_BETWEEN = {"working days", "hours"}


class Limit(NamedTuple):
    """A parameter, and the first rule that it decides."""

    name: str
    spec: ParameterSpec
    rule: str


def limits(proposal: Proposal, ruleset: Ruleset, tests: Mapping[str, RowTest]) -> tuple[Limit, ...]:
    """Give the limits, at most `MOST`, how fast the organisation works first, else as the rules stand.

    A rule counts whose columns are all proposed. A number that a law, a contract or a scheme sets is nobody's to state.
    """
    given: dict[str, set[str]] = {}
    for one in proposal.tables:
        if one.sure and one.name:
            given.setdefault(one.name, set()).update(column.column for column in one.columns if column.sure)
    if proposal.folders:
        given.update({name: set(ruleset.tables[name].columns) for name in _OF_DOCUMENTS if name in ruleset.tables})
    found: dict[str, tuple[bool, Limit]] = {}
    for rule, test in tests.items():
        read = columns_read((test,))
        if test.margin is None or test.must is None or not ruleset.rules[rule].conclusive:
            continue
        if all(columns <= given.get(table, set()) for table, columns in read.items()):
            for name in test.must.params:
                spec = ruleset.params[name]
                if spec.origin in {Origin.CONVENTION, Origin.OWN_PROCEDURE} and spec.type in {"integer", "number"}:
                    found.setdefault(name, (test.margin not in _BETWEEN, Limit(name, spec, rule)))
    return tuple(limit for _, limit in sorted(found.values(), key=lambda one: one[0]))[:MOST]
