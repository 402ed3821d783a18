"""Who answered: the mix of respondents against the base, and early against late answers. Neither changes a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

from qmscheck.engine import counts
from qmscheck.judge.counting.scan import flags
from qmscheck.judge.measuring.estimates import Asked, Numbers
from qmscheck.judge.measuring.numbers import summed
from qmscheck.judge.measuring.reading import figure, level
from qmscheck.model import MixPart
from qmscheck.sql import measures as sql
from qmscheck.statistics.differences import newcombe

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.finding.findings import Case

__all__ = ["compared"]


def compared(case: Case, bench: Bench, asked: Asked) -> tuple[tuple[MixPart, ...], tuple[str, ...]]:
    """Give the groups side by side, and sentences on the largest difference and on late answers."""
    statistic = case.test.statistic
    if statistic is None:
        return (), ()
    mix: tuple[MixPart, ...] = ()
    told: list[str] = []
    if statistic.group is not None and statistic.base is not None and statistic.base.group is not None:
        values, flagged = bench.values, flags(bench)
        own = bench.at(case.test.table).rows(sql.groups(case.test, values, flagged))
        base = bench.at(statistic.base.table).rows(sql.groups_of(statistic.base, values, flagged))
        mix = _sides(own, base)
        told.append(_largest(mix))
    if statistic.answered is not None and asked.kind in {"share", "mean", "nps"}:
        rows = bench.at(case.test.table).rows(sql.halves(case.test, bench.values, flags(bench)))
        told.append(_halves(case, asked, [row for row in rows if row[0] is not None]))
    return mix, tuple(t for t in told if t)


def _sides(own: Sequence[Sequence[object]], base: Sequence[Sequence[object]]) -> tuple[MixPart, ...]:
    left, right = ({_name(row[0]): counts(row[1:])[0] for row in side} for side in (own, base))
    names = sorted({*left, *right}, key=lambda name: (name is None, name or ""))
    return tuple(MixPart(group=n, records=left.get(n, 0), base=right.get(n, 0)) for n in names)


def _largest(mix: Sequence[MixPart]) -> str:
    """Name the group whose share among the records differs most from its share in the base."""
    n, whole = sum(p.records for p in mix), sum(p.base for p in mix)
    if not n or not whole:
        return ""
    part = max(mix, key=lambda p: abs(Fraction(p.records, n) - Fraction(p.base, whole)))
    own, base = Fraction(part.records, n), Fraction(part.base, whole)
    name = part.group if part.group is not None else "(blank)"
    return (
        f"The mix differs most for {name}: {figure(own, 'share', '')} of those who answered, "
        f"{figure(base, 'share', '')} of the base."
    )


def _halves(case: Case, asked: Asked, rows: Sequence[Sequence[object]]) -> str:
    """Compare the earlier with the later half of the answers; those of one day stay together."""
    days = [summed(row[1:], 0) for row in rows]
    if not days:
        return ""
    whole, seen = sum(d.n for d in days), list(accumulate(d.n for d in days))
    cut = next(place for place, n in enumerate(seen, 1) if 2 * n >= whole)
    first, last = (_together(half) for half in (days[:cut], days[cut:]))
    if not last.n:
        return "All answers are of one day, so early and late ones cannot be compared."
    if asked.kind == "share":
        gap = newcombe(last.hits, last.n, first.hits, first.n, confidence=case.rule.confidence)
        ends = f"{figure(gap.low, 'share', '')} to {figure(gap.high, 'share', '')}"
        told = [figure(Fraction(h.hits, h.n), "share", "") for h in (first, last)]
        return (
            f"Early answers {told[0]} ({first.hits} of {first.n}), late ones {told[1]} ({last.hits} of {last.n}): "
            f"difference {ends} ({gap.method}, {level(gap)})."
        )
    if asked.kind == "nps":
        told = [figure(Fraction(100 * (h.up - h.down), h.n), "nps", "points") for h in (first, last)]
    else:
        told = [figure(h.total / h.n, "mean", "") for h in (first, last)]
    return f"Early answers {told[0]} (n = {first.n}), late ones {told[1]} (n = {last.n})."


def _together(parts: Sequence[Numbers]) -> Numbers:
    return Numbers(
        n=sum(p.n for p in parts),
        unknown=0,
        hits=sum(p.hits for p in parts),
        total=sum((p.total for p in parts), Fraction(0)),
        up=sum(p.up for p in parts),
        down=sum(p.down for p in parts),
    )


def _name(cell: object) -> str | None:
    return None if cell is None else str(cell)
