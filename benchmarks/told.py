"""What was measured, as a table of Markdown: seconds, memory and the three ratios to a reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from fresh import Cost, paired

__all__ = ["heading", "ratios", "table", "target"]

_HEAD = "| candidate | wall median s | wall min s | CPU median s | peak memory MiB | ratio paired | min/min | CPU |"


def heading(title: str) -> None:
    """Print a title between empty lines."""
    print(f"\n{title}\n")


def table(costs: Mapping[str, Sequence[Cost]], reference: str) -> None:
    """Print one line for each candidate, with its ratios to the reference; a candidate has a cost for each round."""
    print(_HEAD)
    print("| --- " * _HEAD.count(" | ") + "| --- |")
    for name, ones in costs.items():
        wall, least = median(c.wall for c in ones), min(c.wall for c in ones)
        cpu, memory = median(c.cpu for c in ones), max(c.memory for c in ones)
        told = ratios(paired(ones, costs[reference]))
        print(f"| {name} | {wall:.2f} | {least:.2f} | {cpu:.2f} | {memory:.0f} | {told} |")


def ratios(three: Sequence[float]) -> str:
    """Give ratios as cells of a table."""
    return " | ".join(f"{ratio:.2f}" for ratio in three)


def target(said: str, value: float, *, most: float | None = None, least: float | None = None) -> bool:
    """Print whether a value is at most, or at least, what it should be; tell whether it is missed."""
    missed = (most is not None and value > most) or (least is not None and value < least)
    bounds = [f"at most {most:g}"] if most is not None else []
    bounds += [f"at least {least:g}"] if least is not None else []
    print(f"target: {said} {value:.2f}, {' and '.join(bounds)}: {'missed' if missed else 'met'}")
    return missed
