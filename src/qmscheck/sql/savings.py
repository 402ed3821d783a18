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
    condition finds are judged in full. `strictest`: of conditions that must all hold of such a record, those that
    follow from others are left out.
    `at_once`: populations and shares of a large table are counted in one scan, without the state of each record.
    `shapes`: a sieve looks for patterns of fixed shape letter by letter. `entries`: a sieve asks lists and patterns of
    each entry of a dictionary. `blanks`: blank keys are looked for among what a sieve kept, where it keeps them all.
    """

    shared: bool = True
    words_first: bool = True
    by_exception: bool = True
    strictest: bool = True
    at_once: bool = True
    shapes: bool = True
    entries: bool = True
    blanks: bool = True


ALL = Savings()
NAIVE = Savings(
    shared=False,
    words_first=False,
    by_exception=False,
    strictest=False,
    at_once=False,
    shapes=False,
    entries=False,
    blanks=False,
)
