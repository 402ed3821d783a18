"""The plan held against the criteria: every name and value, before any evidence is touched."""

from __future__ import annotations

from collections.abc import Iterator

from qmscheck import criteria
from qmscheck.criteria import Criteria
from qmscheck.errors import Problem, QmscheckError, did_you_mean
from qmscheck.model import ColumnMapping, ColumnSpec, Origin, Ruleset, Source
from qmscheck.plan import PlanFile
from qmscheck.slips import without_quotes
from qmscheck.sql.days import format_mistake, is_month
from qmscheck.sql.figures import Spelling, spelling_mistake
from qmscheck.toml import Loc

__all__ = ["check_plan"]


def check_plan(planfile: PlanFile, asked: Criteria) -> None:
    """Check the names and values of the plan against the criteria. Raises QmscheckError with all mistakes."""
    ruleset = asked.ruleset
    problems = [*_parameter_mistakes(planfile, ruleset), *_source_mistakes(planfile, ruleset)]
    for name in planfile.plan.not_applicable:
        if name not in ruleset.obligations:
            hint = did_you_mean(name, ruleset.obligations) or f"obligations: {', '.join(ruleset.obligations)}"
            message = f"there is no obligation '{name}'"
            problems.append(planfile.problem(("not_applicable", name), message, hint, key=True))
    if problems:
        raise QmscheckError(*problems)


def _parameter_mistakes(planfile: PlanFile, ruleset: Ruleset) -> Iterator[Problem]:
    for name, given in planfile.plan.params.items():
        spec = ruleset.params.get(name)
        loc = ("params", name)
        if spec is None:
            hint = did_you_mean(name, ruleset.params) or f"parameters: {', '.join(ruleset.params) or 'none'}"
            yield planfile.problem(loc, f"no ruleset has a parameter '{name}'", hint, key=True)
        elif not criteria.fits(given.value, spec.type):
            yield planfile.problem((*loc, "value"), f"'{name}' is of type {spec.type}", without_quotes(given.value))
        elif (spec.min is not None and given.value < spec.min) or (spec.max is not None and given.value > spec.max):  # type: ignore[operator]
            bounds = " and ".join(f"at {w} {b}" for w, b in (("least", spec.min), ("most", spec.max)) if b is not None)
            yield planfile.problem((*loc, "value"), f"'{name}' must be {bounds}")
        elif given.origin is not Origin.CONVENTION and not given.ref:
            message = f"'{name}' has the origin {given.origin}, and no 'ref' says where"
            yield planfile.problem((*loc, "origin"), message, 'add ref = "..."')
        else:
            for rule, within in criteria.needless(ruleset, name, given.value):
                message = f"with '{name}' = {given.value} the rule {rule} would say nothing of the records"
                yield planfile.problem((*loc, "value"), message, within)


def _source_mistakes(planfile: PlanFile, ruleset: Ruleset) -> Iterator[Problem]:
    for i, source in enumerate(planfile.plan.sources):
        table = ruleset.tables.get(source.table)
        if table is None:
            hint = did_you_mean(source.table, ruleset.tables) or f"tables: {', '.join(ruleset.tables)}"
            yield planfile.problem(("source", i, "table"), f"no ruleset asks for a table '{source.table}'", hint)
            continue
        yield from _case_mistakes(planfile, i, source)
        for column, mapping in source.columns.items():
            loc = ("source", i, "columns", column)
            if column not in table.columns:
                hint = did_you_mean(column, table.columns) or f"columns: {', '.join(table.columns)}"
                yield planfile.problem(loc, f"table '{source.table}' has no column '{column}'", hint, key=True)
            elif table.columns[column].is_personal and mapping.take in {"min", "max"}:
                message = f"'{column}' is personal, and the least or greatest of names says nothing"
                yield planfile.problem((*loc, "take"), message, "take the first or the last")
            elif mapping.show and (mistake := _not_to_be_shown(table.columns[column])) is not None:
                yield planfile.problem((*loc, "show"), f"'{column}' {mistake}")
            yield from _spelling_mistakes(planfile, loc, mapping, source.zone)
            if column in table.columns:
                yield from _word_mistakes(planfile, loc, mapping, table.columns[column])


def _case_mistakes(planfile: PlanFile, i: int, source: Source) -> Iterator[Problem]:
    """Check how a log of events is to become cases; only then may a column say which event counts."""
    for form in source.cases.order.formats if source.cases is not None else ():
        mistake = format_mistake(form, source.zone)
        if mistake is not None:
            yield planfile.problem(("source", i, "cases", "order", "format"), mistake)
    for column, mapping in source.columns.items():
        if mapping.take is not None and source.cases is None:
            hint = 'write [source.cases], with key = "..." and order = { from = "..." }'
            loc = ("source", i, "columns", column, "take")
            yield planfile.problem(loc, "'take' is for a log of events, and the source is none", hint)


def _spelling_mistakes(planfile: PlanFile, loc: Loc, mapping: ColumnMapping, zone: str | None) -> Iterator[Problem]:
    for form in mapping.formats:
        mistake = format_mistake(form, zone, months=mapping.day is not None)
        if mistake is not None:
            yield planfile.problem((*loc, "format"), mistake)
    if mapping.day is not None and not any(map(is_month, mapping.formats)):
        hint = 'it is for a format such as "%Y-%m"; else leave it out'
        yield planfile.problem((*loc, "day"), "'day' says which day stands for a month, and no format is one", hint)
    mistake = spelling_mistake(Spelling(mapping.decimal, mapping.thousands, mapping.units))
    if mistake is not None:
        yield planfile.problem((*loc, "unit" if "unit" in mistake or "%" in mistake else "thousands"), mistake)


def _word_mistakes(planfile: PlanFile, loc: Loc, mapping: ColumnMapping, spec: ColumnSpec) -> Iterator[Problem]:
    """What a word of a file means is one of the column's closed list, or nothing (a blank)."""
    for given, meant in mapping.values.items():
        if spec.values and meant.strip() and meant not in spec.values:
            turned = given in spec.values
            hint = f'the word of the file stands first: "{meant}" = "{given}"' if turned else None
            hint = hint or did_you_mean(meant, spec.values) or f"its words: {', '.join(spec.values)}"
            yield planfile.problem((*loc, "values", given), f"'{meant}' is no word of '{loc[-1]}'", hint)


def _not_to_be_shown(spec: ColumnSpec) -> str | None:
    if spec.sensitivity == "special":
        return "may hold data of a special category (health and the like, GDPR Art. 9), and is never shown"
    return None if spec.is_personal else "is not personal: it is shown without being asked"
