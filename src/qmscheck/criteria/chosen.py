"""The rules and obligations that somebody names on the command line."""

from __future__ import annotations

from collections.abc import Collection

from qmscheck.criteria import Criteria
from qmscheck.errors import Problem, QmscheckError, did_you_mean

__all__ = ["check_names"]


def check_names(asked: Criteria, select: Collection[str]) -> None:
    """Refuse a misspelt name: it would run fewer examples and say that none failed. Raises QmscheckError."""
    known = [*asked.ruleset.rules, *asked.ruleset.obligations]
    problems = [
        Problem("", 0, 0, f"--select: there is no rule or obligation '{name}'", did_you_mean(name, known))
        for name in select
        if name not in known
    ]
    if problems:
        raise QmscheckError(*problems)
