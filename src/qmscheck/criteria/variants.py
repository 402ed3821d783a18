"""Variants of a rule, checked as the rule itself was: a test of each that an author could have written by mistake."""

from __future__ import annotations

from qmscheck.criteria.check import scope_of
from qmscheck.criteria.entries import Entries, Entry
from qmscheck.criteria.kept import Criteria
from qmscheck.criteria.rules import compile_rule
from qmscheck.model import Rule
from qmscheck.sql.select import RowTest
from qmscheck.toml import Document

__all__ = ["Workshop"]


class Workshop:
    """The entries of checked criteria, ready to check further rules against them."""

    def __init__(self, asked: Criteria) -> None:
        """Take the entries over; they have no places, for they stand in no file."""
        ruleset, nowhere = asked.ruleset, Document("", "", {})
        self._entries = Entries()
        for name, param in ruleset.params.items():
            self._entries.params.add(name, Entry(param, nowhere, ("param", name)), "parameter")
        for name, family in ruleset.terms.items():
            self._entries.terms.add(name, Entry(family, nowhere, ("term", name)), "term family")
        for name, table in ruleset.tables.items():
            self._entries.tables.add(name, Entry(table, nowhere, ("table", name)), "table")
        self._scope = scope_of(self._entries)

    def test(self, rule: Rule) -> RowTest | None:
        """Check a rule; give it as a test, or None where it would be refused."""
        return compile_rule(rule, Entry(rule, Document("", "", {}), ("rule", 0)), self._entries, self._scope)
