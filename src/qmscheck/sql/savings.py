"""The ways in which statements save work. Each is exact; no user turns one off.

Tests do, to compare what each gives with the naive plan, which judges every record of every rule in full.
"""

from __future__ import annotations

from dataclasses import dataclass

from qmscheck.cache import Fingerprinted

__all__ = ["ALL", "NAIVE", "Savings"]


@dataclass(frozen=True)
class Savings(Fingerprinted):
    """Which ways are used.

    `shared`: what several rules have in common is evaluated once for each record. `words_first`: literal words are
    looked for before a pattern that needs one of them. `by_exception`: of a large table, only records that a cheap
    condition finds are judged in full. `proven`: conditions on a column of few values are asked of each value once.
    """

    shared: bool = True
    words_first: bool = True
    by_exception: bool = True
    proven: bool = True


ALL = Savings()
NAIVE = Savings(shared=False, words_first=False, by_exception=False, proven=False)
