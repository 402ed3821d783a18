"""What a plan whose tables can be read may still have wrong: days, files and names that do not go together."""

from __future__ import annotations

import os
from dataclasses import replace

from qmscheck.errors import did_you_mean
from qmscheck.model import AuditPlan, Source
from qmscheck.plan.draft import Draft, is_replaced
from qmscheck.plan.sources import check_path
from qmscheck.privacy.key import REFERENCES

__all__ = ["check"]

#: What one source of a folder of documents brings.
_PAPERS = ("documents", "passages")


def check(draft: Draft, plan: AuditPlan) -> None:
    """Note in the document of the draft what does not go together."""
    _check_dates(draft, plan)
    _check_twice(draft, plan)
    _check_key(draft, plan.pseudonym_key)
    _check_trusted(draft, plan)
    _check_named(draft, "decisions", plan.decisions)
    _check_named(draft, "attestations", plan.attestations)
    if not is_replaced(("audit", "previous"), draft.replaced):
        hint = "write the record of the audit before there, or take the key out"
        _check_named(draft, "previous", plan.previous, hint)


def _check_dates(draft: Draft, plan: AuditPlan) -> None:
    period, as_of = plan.period, plan.as_of
    if period.from_ > period.to:
        draft.refuse(("audit", "period"), f"the period ends ({period.to}) before it begins ({period.from_})")
    elif period.from_ > as_of:
        draft.refuse(("audit", "period"), f"the period begins ({period.from_}) after the audit's date ({as_of})")
    for at, source in enumerate(plan.sources):
        day = source.provenance.extracted_on if source.provenance is not None else None
        if day is not None and day > as_of:
            message = f"it was extracted ({day}) after the date of the audit ({as_of})"
            draft.refuse(("source", at, "extracted_on"), message)
    if plan.planned_audit is not None and plan.planned_audit < as_of:
        message = f"the planned audit ({plan.planned_audit}) lies before the date of this one ({as_of})"
        draft.refuse(("audit", "planned_audit"), message, "name the next planned audit, or take the key out")


def _check_twice(draft: Draft, plan: AuditPlan) -> None:
    """Refuse a second source of one folder of documents: each brings both tables, so each file would count twice.

    Sources of other tables may name one file twice, and take other columns of it: see `evidence.tables`.
    """
    read: dict[str, Source] = {}
    for at, source in enumerate(plan.sources):
        if source.table not in _PAPERS or source.path is None:
            continue
        path = os.path.normpath(source.path)
        other = read.setdefault(repr((path, source.reader, sorted(source.options.items()))), source)
        if other is not source:
            which = f"the source of line {other.line}" if other.line else "another source"
            hint = "leave one of the two out: a folder of documents brings both documents and passages"
            draft.refuse(("source", at), f"reads what {which} reads: each file would count twice", hint)


def _check_trusted(draft: Draft, plan: AuditPlan) -> None:
    """Whoever trusts a ruleset names one of this audit; the command line may have put others in their place."""
    if is_replaced(("audit", "rulesets"), draft.replaced):
        return
    for number, name in enumerate(plan.trusted):
        if name not in plan.rulesets:
            hint = did_you_mean(name, plan.rulesets) or f"rulesets: {', '.join(plan.rulesets)}"
            where = (*draft.base, "audit", "trusted", number)
            draft.document.add(draft.document.problem(where, f"'{name}' is no ruleset of this plan", hint))


def _check_key(draft: Draft, reference: str | None) -> None:
    """The key of pseudonyms is referred to, and never stands in a plan: plans are shared."""
    if reference is None:
        return
    where = ("audit", "pseudonym_key")
    kind, _, name = reference.partition(":")
    if f"{kind}:" not in REFERENCES or not name.strip():
        hint = 'write "env:NAME" or "file:PATH", or take the key out: then you have one of your own'
        problem = draft.document.problem((*draft.base, *where), "'pseudonym_key' should say where the key is", hint)
        draft.document.add(replace(problem, frame=None))
    elif kind == "file":
        check_path(draft, where, name)


def _check_named(
    draft: Draft, key: str, name: str | None, hint: str = "make an empty file of that name, or take the key out"
) -> None:
    """A file of decisions or attestations that the plan names is there, or somebody has taken it away."""
    if name is None:
        return
    where = ("audit", key)
    before = len(draft.document.problems)
    check_path(draft, where, name)
    if len(draft.document.problems) == before and not os.path.isfile(draft.root / name):  # noqa: PTH113
        draft.refuse(where, f"there is no file '{name}'", hint)
