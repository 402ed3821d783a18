"""Which criteria were used, and what one ruleset changed of another: what the record keeps of them."""

from typing import Literal

from qmscheck.model.words import Noun

__all__ = ["RulesetChange", "RulesetUsed"]


class RulesetChange(Noun):
    """What a ruleset changed of one before it. `loosens` tells that a breach may weigh less by it."""

    kind: Literal["obligation", "parameter"]
    id: str
    key: str
    was: str
    now: str
    why: str
    place: str
    loosens: bool


class RulesetUsed(Noun):
    """Which criteria ran, with the digest of their files, and what they changed of those before."""

    id: str
    title: str
    standard: str
    edition: str
    version: str
    digest: str
    unverified: str | None = None
    changes: tuple[RulesetChange, ...] = ()
