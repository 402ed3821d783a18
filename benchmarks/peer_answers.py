"""The answers of a peer against the known ones, rule by rule: equal, known to differ, or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from audited import Answers
from peer_tools import Peer

__all__ = ["SHARES", "Told", "compared"]

SHARES = {"share.answered": 0.95, "share.acknowledged": 0.9, "share.satisfied": 0.6, "share.effort": 0.8}
"""The least share of each rule that has one, as in `complaints.toml`."""


@dataclass(frozen=True, slots=True)
class Told:
    """How many counts and verdicts are as known, and a line for every rule that the tool cannot say, counts otherwise
    for a known reason, or gets wrong.
    """

    equal: int
    verdicts: int
    unable: tuple[str, ...]
    explained: tuple[str, ...]
    unexplained: tuple[str, ...]


def compared(peer: Peer, told: Mapping[str, int | bool], known: Answers, counted: Mapping[str, int]) -> Told:
    """Compare what a peer told (records not met, or a verdict) with population and met of every rule.

    `counted` has the count that a rule must have where the peer is known to count otherwise.
    """
    equal = verdicts = 0
    unable, explained, unexplained = [], [], [f"{rule}: there is no such rule" for rule in sorted(told.keys() - known)]
    for rule, (population, met) in known.items():
        unmet, answer = population - met, told.get(rule)
        if answer is None and rule in peer.unable:
            unable.append(f"{rule}: cannot be said ({peer.unable[rule]}); known count {unmet:,}")
        elif isinstance(answer, bool) and answer == (met >= SHARES.get(rule, 1) * population):
            verdicts += 1
        elif answer == unmet and not isinstance(answer, bool):
            equal += 1
        elif rule in peer.otherwise and not isinstance(answer, bool) and counted.get(rule, answer) == answer:
            line = f"{rule}: counts otherwise ({peer.otherwise[rule].reason}): {answer:,}; known count {unmet:,}"
            explained.append(line)
        else:
            unexplained.append(f"{rule}: {answer}; known count {unmet:,}")
    return Told(equal, verdicts, tuple(unable), tuple(explained), tuple(unexplained))
