"""What the examples of rules noticed of changes, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qmscheck.mutation import Mutated

__all__ = ["fine", "told"]


def fine(found: Sequence[Mutated], at_least: float) -> bool:
    """Tell whether enough changes are noticed, every example holds, and every declared change is what it says."""
    noticed, all_ = _numbers(found)
    return noticed >= at_least * all_ and not any(one.failing or one.stale for one in found)


def told(found: Sequence[Mutated], at_least: float, *, show: bool) -> str:
    """Write what survived by rule, then the share by obligation and in all."""
    return "\n".join([*_by_rule(found, show=show), *_by_obligation(found, at_least)]) + "\n"


def _by_rule(found: Sequence[Mutated], *, show: bool) -> Iterator[str]:
    for one in found:
        yield from (
            f"FAILED {one.rule} example {n}: it fails without any change; see qmscheck ruleset test"
            for n in one.failing
        )
        yield from (
            f"STALE {one.rule}: declared equivalent, and it is noticed or no change: {change}" for change in one.stale
        )
        yield from (f"SURVIVED {one.rule}: {change}" for change in one.survived)
        if show:
            yield from (f"declared {one.rule}: {change}" for change in one.declared)
            yield from (f"noticed {one.rule}: {change}" for change in one.noticed)


def _by_obligation(found: Sequence[Mutated], at_least: float) -> Iterator[str]:
    for obligation in dict.fromkeys(one.obligation for one in found):
        yield _line(obligation, [one for one in found if one.obligation == obligation])
    yield f"{_line('in all', found)}; at least {at_least * 100:g} % asked for"


def _line(name: str, found: Sequence[Mutated]) -> str:
    noticed, all_ = _numbers(found)
    declared = sum(len(one.declared) for one in found)
    more = f", {declared} more declared equivalent" if declared else ""
    return f"{name}: {noticed} of {all_} changes noticed{_share(noticed, all_)}{more}"


def _share(noticed: int, all_: int) -> str:
    """Write a share that is never rounded up: 94.99 % is not 95."""
    return f" ({noticed * 1000 // all_ / 10:.1f} %)" if all_ else ""


def _numbers(found: Sequence[Mutated]) -> tuple[int, int]:
    noticed = sum(len(one.noticed) for one in found)
    return noticed, noticed + sum(len(one.survived) for one in found)
