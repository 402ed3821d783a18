"""Tests of examples: a rule is changed as by mistake, and one of its own examples must notice.

Each change (`changes`) is checked like any rule; what would be refused is no mistake that an author could ship. All
changes of a rule are judged together on each example, whose records are read once.
`noticing` does it; here is what it finds.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Mutated"]


@dataclass(frozen=True, slots=True)
class Mutated:
    """What the examples of a rule noticed of its changes. The four lists share nothing.

    `failing` are the numbers of examples that the rule itself fails: they notice nothing. `survived` are the changes
    that nothing notices, `declared` those of them that the author says no example can notice. `stale` are declared
    changes that do not survive, or are none.
    """

    rule: str
    obligation: str
    noticed: tuple[str, ...]
    survived: tuple[str, ...]
    declared: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    failing: tuple[int, ...] = ()
