"""What of a rule's conditions is evaluated in another way than it is written, in words: for people who ask why."""

from __future__ import annotations

from collections.abc import Iterator

from qmscheck.sql.functions import Values
from qmscheck.sql.regex import words_needed
from qmscheck.sql.select import RowTest
from qmscheck.sql.trees import exp

__all__ = ["rewritten"]


def rewritten(test: RowTest, values: Values) -> Iterator[str]:
    """Say what was rewritten, one line for each place."""
    for expression in test.expressions:
        for node in expression.tree.find_all(exp.Anonymous):
            if str(node.this).lower() != "matches":
                continue
            text, regex = node.expressions
            words = words_needed(regex.name) if values.savings.words_first else ()
            if words:
                yield f"matches({text.name}, '{regex.name}') only where the text holds {' or '.join(words)}"
