"""The best total: each row gets one column at most, and the sum of what is chosen is as large as it can be.

The Hungarian method with potentials (H. W. Kuhn 1955, J. Munkres 1957), in time of the cube of the size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

__all__ = ["best_total"]


def best_total(scores: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Give pairs (row, column) with the largest sum of scores. Every row, or every column, is in one pair."""
    if not scores or not scores[0]:
        return []
    if len(scores) > len(scores[0]):
        turned = [list(column) for column in zip(*scores, strict=True)]
        return sorted((row, column) for column, row in best_total(turned))
    chosen = _least([[-score for score in row] for row in scores])
    return sorted((row, column) for column, row in chosen.items())


def _least(costs: Sequence[Sequence[float]]) -> dict[int, int]:
    """Give each row a column of its own (by column) so that the sum of costs is least; no more rows than columns."""
    width = len(costs[0])
    search = _Search(costs, [0.0] * len(costs), [0.0] * (width + 1), [None] * (width + 1))
    for row in range(len(costs)):
        search.owner[width] = row  # a column beside the table, from which the search starts
        at, back = search.free_column()
        while at != width:
            search.owner[at] = search.owner[back[at]]
            at = back[at]
    return {column: row for column, row in enumerate(search.owner[:width]) if row is not None}


@dataclass
class _Search:
    """The state of the method: what was taken off each row and each column, and which row owns a column."""

    costs: Sequence[Sequence[float]]
    of_row: list[float]
    of_column: list[float]
    owner: list[int | None]

    def free_column(self) -> tuple[int, list[int]]:
        """Find the nearest column without an owner from the row that waits beside the table, and the way back."""
        width = len(self.costs[0])
        least, back, seen = [inf] * width, [width] * width, [False] * (width + 1)
        at = width
        while (row := self.owner[at]) is not None:
            seen[at] = True
            for column in (c for c in range(width) if not seen[c]):
                cost = self.costs[row][column] - self.of_row[row] - self.of_column[column]
                if cost < least[column]:
                    least[column], back[column] = cost, at
            following = min((c for c in range(width) if not seen[c]), key=lambda c: (least[c], c))
            self._shift(least, seen, least[following])
            at = following
        return at, back

    def _shift(self, least: list[float], seen: Sequence[bool], step: float) -> None:
        """Take the step off all that was seen, so that the next column costs nothing more."""
        for column, was_seen in enumerate(seen):
            owner = self.owner[column]
            if was_seen and owner is not None:
                self.of_row[owner] += step
                self.of_column[column] -= step
            elif column < len(least) and not was_seen:
                least[column] -= step
