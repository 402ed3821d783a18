"""Several lawful ways to meet one obligation: one complete way is enough, and nothing that is missing completes one.

A route carries when every rule of it passes. What is undecided, left out or not applicable does not carry it, so that
taking evidence away never makes one carry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from qmscheck.judge.grades import SEVERITY
from qmscheck.judge.verdicts import GRAVITY
from qmscheck.model import Finding, RouteResult, Rule, Verdict

__all__ = ["deciding", "routes", "told"]


def routes(rules: Iterable[Rule], findings: Sequence[Finding]) -> tuple[RouteResult, ...]:
    """Give every route of an obligation's rules, in their order: its verdict, and which of its rules it lacks."""
    found: dict[str, list[str]] = {}
    for rule in rules:
        if rule.route is not None:
            found.setdefault(rule.route, []).append(rule.id)
    by_rule = {f.rule: f for f in findings}
    return tuple(_route(name, own, [by_rule[r] for r in own if r in by_rule]) for name, own in found.items())


def deciding(
    rules: Collection[Rule], findings: Sequence[Finding], given: Sequence[RouteResult]
) -> tuple[Sequence[Finding], frozenset[str]]:
    """Give the findings that decide an obligation, and the rules that play no part in it.

    Those are the rules of all, and those of the first route that carries; where none does, those of the route that
    comes nearest. While one route is undecided, the obligation is, whatever the others say.
    """
    if not given:
        return findings, frozenset()
    best = max(given, key=lambda route: _nearness(route, findings))
    aside = frozenset(r.id for r in rules if r.route is not None and r.route != best.name)
    return [f for f in findings if f.rule not in aside], aside


def told(given: Sequence[RouteResult]) -> str:
    """Say which route carries, or what each of them lacks."""
    for route in given:
        if route.carries:
            return f" The route {route.name} carries."
    lacking = "; ".join(f"{route.name} lacks {', '.join(route.lacks)}" for route in given)
    return f" No route carries: {lacking}." if given else ""


def _route(name: str, own: Sequence[str], findings: Sequence[Finding]) -> RouteResult:
    lacks = tuple(r for r in own if not any(f.rule == r and f.verdict is Verdict.PASS for f in findings))
    known = [f.verdict for f in findings]
    if len(findings) < len(own) or Verdict.NOT_APPLICABLE in known:
        known.append(Verdict.INSUFFICIENT)  # some of it was left out, or found nothing to judge
    verdict = min(known, key=GRAVITY.index)
    return RouteResult(name=name, verdict=verdict, carries=not lacks, rules=tuple(own), lacks=lacks)


def _nearness(route: RouteResult, findings: Sequence[Finding]) -> tuple[bool, int, int, int]:
    """Order routes: one that carries, then the less grave verdict, then the slighter fail, then fewer rules missing."""
    grades = [f.proposed_grade for f in findings if f.rule in route.rules and f.proposed_grade is not None]
    slight = min((SEVERITY.index(g) for g in grades), default=len(SEVERITY))
    return route.carries, GRAVITY.index(route.verdict), slight, -len(route.lacks)
