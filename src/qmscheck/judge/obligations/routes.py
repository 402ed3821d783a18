"""Several lawful ways to meet one obligation: one complete way is enough, and nothing that is missing completes one.

A route carries when every rule of it passes. What is undecided, left out or not applicable does not carry it, so that
taking evidence away never makes one carry. A way that the organisation does not claim to go, because the plan names no
source of what only that way needs, excuses nothing and hinders nothing (docs/decisions/0020).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from qmscheck.judge.finding.grades import SEVERITY
from qmscheck.model import GRAVITY, Finding, RouteResult, Rule, Verdict

__all__ = ["deciding", "routes", "told"]


def routes(rules: Iterable[Rule], findings: Sequence[Finding], sourced: Collection[str]) -> tuple[RouteResult, ...]:
    """Give every route of an obligation's rules, in their order: its verdict, and which of its rules it lacks.

    `sourced` are the tables that the plan names a source of.
    """
    found: dict[str, list[str]] = {}
    for rule in rules:
        if rule.route is not None:
            found.setdefault(rule.route, []).append(rule.id)
    by_rule = {f.rule: f for f in findings}
    given = tuple(_route(name, own, [by_rule[r] for r in own if r in by_rule]) for name, own in found.items())
    return tuple(route.model_copy(update={"claimed": _claimed(route, findings, sourced)}) for route in given)


def deciding(
    rules: Collection[Rule], findings: Sequence[Finding], given: Sequence[RouteResult]
) -> tuple[Sequence[Finding], tuple[str, ...]]:
    """Give the findings that decide an obligation, and the rules that play no part in it.

    Those are the rules of all, and those of the first route that carries; where none does, those of the route that
    comes nearest. While one route is undecided, the obligation is, whatever the others say. Ways that nobody claims to
    go play no part.
    """
    if not given:
        return findings, ()
    best = max([route for route in given if route.claimed] or given, key=lambda route: _nearness(route, findings))
    aside = tuple(r.id for r in rules if r.route is not None and r.route != best.name)
    return [f for f in findings if f.rule not in aside], aside


def told(given: Sequence[RouteResult], *, met: bool) -> str:
    """Say which route carries, or what each of them lacks; of an obligation that is `met`, which a person let carry."""
    for route in given:
        if route.carries:
            return f" The route {route.name} carries."
    for route in given:
        if met and route.verdict is Verdict.MANUAL:
            read = ", ".join(route.lacks)
            return f" The route {route.name} carries with the answer of a person, who had to read {read}."
    told_ = [f"{r.name} lacks {', '.join(r.lacks)}" if r.claimed else f"{r.name} is not claimed" for r in given]
    lacking = "; ".join(told_)
    return f" No route carries: {lacking}." if given else ""


def _claimed(route: RouteResult, findings: Sequence[Finding], sourced: Collection[str]) -> bool:
    """Tell whether the plan names a source of a table that only this way reads; true of a way without such a table."""
    own = {table for f in findings if f.rule in route.rules for table in f.tables}
    others = {table for f in findings if f.rule not in route.rules for table in f.tables}
    return not own - others or bool((own - others) & {*sourced})


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
