"""Tables drawn into the pages of PDF files: words in cells, and the lines around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from made_documents import lines

__all__ = ["bars", "boxes", "cells", "ruled", "strokes", "text_at"]

Span = tuple[int, int]


def text_at(x: float, y: float, *words: str, size: int = 10, step: int = 12) -> str:
    """Show lines of text one below the other, the first at a point."""
    shown = lines(*words, size=size, top=int(y), step=step)
    return shown.replace(" Tf 72 ", f" Tf {x:g} ")


def strokes(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Draw a grid of strokes over the whole of it."""
    drawn = [f"{xs[0]} {y} m {xs[-1]} {y} l S" for y in ys] + [f"{x} {ys[0]} m {x} {ys[-1]} l S" for x in xs]
    return "\n".join(drawn)


def bars(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Draw the same grid as bars of half a point, piece by piece, as word processors do."""
    drawn = [f"{a} {y} {b - a} 0.5 re f" for y in ys for a, b in pairwise(xs)]
    drawn += [f"{x} {min(a, b)} 0.5 {abs(b - a)} re f" for x in xs for a, b in pairwise(ys)]
    return "\n".join(drawn)


def boxes(xs: Sequence[float], ys: Sequence[float]) -> str:
    """Draw a box around each cell, all in one path."""
    drawn = [f"{a} {min(c, d)} {b - a} {abs(d - c)} re" for a, b in pairwise(xs) for c, d in pairwise(ys)]
    return "\n".join([*drawn, "S"])


def cells(
    grid: Sequence[Sequence[str]], xs: Sequence[float], ys: Sequence[float], order: Sequence[Span] | None = None
) -> str:
    """Show the words of a grid; `\\n` in a cell begins a new line. `order` is the order in which the cells are written."""
    places = order or [(r, c) for r, row in enumerate(grid) for c in range(len(row))]
    shown = [text_at(xs[c] + 4, ys[r] - 12, *grid[r][c].split("\n")) for r, c in places if grid[r][c]]
    return "\n".join(shown)


def ruled(
    grid: Sequence[Sequence[str]],
    *,
    left: float = 72,
    top: float = 700,
    width: float = 110,
    height: float = 20,
    drawn: Callable[[Sequence[float], Sequence[float]], str] = strokes,
    merged: Mapping[Span, Span] | None = None,
) -> str:
    """Draw a table. `merged` gives for the first cell of some that are merged how many rows and columns they are."""
    columns = max(map(len, grid))
    xs = [left + width * n for n in range(columns + 1)]
    ys = [top - height * n for n in range(len(grid) + 1)]
    if merged is None:
        return drawn(xs, ys) + "\n" + cells(grid, xs, ys)
    covered = {
        (r + dr, c + dc): (r, c) for (r, c), (rows, cols) in merged.items() for dr in range(rows) for dc in range(cols)
    }
    shown = [cells(grid, xs, ys)]
    for r in range(len(grid)):
        for c in range(columns):
            lead = covered.get((r, c), (r, c))
            if lead == (r, c):
                rows, cols = merged.get((r, c), (1, 1))
                shown.append(f"{xs[c]} {ys[r + rows]} {xs[c + cols] - xs[c]} {ys[r] - ys[r + rows]} re S")
    return "\n".join(shown)
