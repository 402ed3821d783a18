"""Which rules an audit judges: what `select` and `ignore` leave."""

from __future__ import annotations

from qmscheck.criteria import Criteria
from qmscheck.errors import QmscheckError, did_you_mean
from qmscheck.model import Ruleset
from qmscheck.plan import PlanFile

__all__ = ["selected_rules"]


def selected_rules(planfile: PlanFile, asked: Criteria) -> frozenset[str]:
    """Give the rules that select and ignore leave. A name that fits nothing is a mistake, not a smaller audit."""
    plan, ruleset = planfile.plan, asked.ruleset
    rules = ruleset.rules.values()

    def fits(name: str) -> set[str]:
        found = {r.id for r in rules if name in {r.id, r.obligation}}
        if not found and name[:1].isdigit():
            clauses = {o.id for o in ruleset.obligations.values() if any(_within(c, name) for c in o.clauses)}
            found = {r.id for r in rules if r.obligation in clauses}
        if not found:
            found = {
                r.id for r in rules if r.id.startswith((f"{name}.", f"{name}-")) or r.obligation.startswith(f"{name}-")
            }
        return found

    problems = []
    chosen: dict[str, set[str]] = {"select": set(), "ignore": set()}
    for key, names in (("select", plan.select), ("ignore", plan.ignore)):
        for i, name in enumerate(names):
            found = fits(name)
            chosen[key] |= found
            if not found:
                hint = did_you_mean(name, [*ruleset.rules, *ruleset.obligations]) or _as_in(ruleset)
                problems.append(
                    planfile.problem(("audit", key, i), f"'{name}' names no rule, obligation or clause", hint)
                )
    if problems:
        raise QmscheckError(*problems)
    everything = {r.id for r in rules}
    left = (chosen["select"] if plan.select else everything) - chosen["ignore"]
    if not left:
        raise QmscheckError(planfile.problem(("audit", "ignore"), "select and ignore leave no rule to judge"))
    return frozenset(left)


def _as_in(ruleset: Ruleset) -> str:
    rule = next(iter(ruleset.rules.values()))
    clause = ruleset.obligations[rule.obligation].clauses[0]
    return f"as in {rule.id} (a rule), {rule.obligation} (an obligation) or {clause} (a clause)"


def _within(clause: str, wanted: str) -> bool:
    return clause == wanted or clause.startswith((f"{wanted}.", f"{wanted} "))
