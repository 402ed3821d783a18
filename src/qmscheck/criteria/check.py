"""What must hold between the entries of a ruleset before any evidence is touched; rules become checked tests."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from qmscheck.criteria.entries import Entries, Entry
from qmscheck.criteria.grading import SHAPES, check_limit, check_share
from qmscheck.criteria.routes import check_routes
from qmscheck.criteria.rules import compile_rule
from qmscheck.criteria.scalars import fits
from qmscheck.criteria.targets import hints
from qmscheck.criteria.too_few import check_too_few
from qmscheck.errors import Problem, did_you_mean
from qmscheck.model import (
    EXAMPLE_DAY,
    ColumnSpec,
    Force,
    Grade,
    Noun,
    Obligation,
    Origin,
    ParameterSpec,
    ParameterType,
    Rule,
    Scalar,
    TableSpec,
    Verdict,
    named_parameters,
)
from qmscheck.slips import without_quotes
from qmscheck.sql.expression import Scope
from qmscheck.sql.kinds import Kind
from qmscheck.sql.select import RowTest
from qmscheck.toml import Document

__all__ = ["Checked", "check", "scope_of"]

#: Words by which a recommendation says who acts; in English and German, as parts of words.
_ROLES = (
    "manager", "management", "owner", "director", "officer", "lead", "head of", "team", "supervisor", "sales",
    "quality", "service", "auditor", "department", "buyer", "purchas", "planner", "finance", "controller",
    "engineer", "secretary", "leitung", "leiter", "beauftragt", "verantwortlich", "vertrieb", "qualität",
    "geschäftsführ", "abteilung", "compliance", "legal", "author", "reviewer", "approver", "chair", "operator",
    "staff", "employee", "personnel", "account", "desk", "clerk", "workshop", "warehouse", "technician", "dispatcher",
    "coordinator", "assistant", "inspector", "representative", "the board", "committee", "administrator", "specialist",
    "expert", "foreman", "nurse", "doctor", "president", "whoever", "responsible", "production", "logistics",
    "werkstatt", "lager", "einkauf", "meister", "sachbearbeit", "vorstand", "technik", "kundendienst", "mitarbeit",
    "disponent", "produktion", "versand", "buchhaltung", "inhaber",
)  # fmt: skip


@dataclass
class Checked:
    """Each rule as a test of records, by rule id; and what was used on the way."""

    tests: dict[str, RowTest] = field(default_factory=dict)
    params: set[str] = field(default_factory=set)
    terms: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)


def check(entries: Entries) -> Checked:
    """Check all entries against each other; mistakes are added to their documents."""
    checked = Checked()
    scope = scope_of(entries)
    for name, spec, entry in entries.params.good():
        _check_parameter(name, spec, entry)
        check_limit(name, spec, entry)
    for name, table, table_entry in entries.tables.good():
        _check_table(name, table, table_entry)
    for name, family, term_entry in entries.terms.good():
        _check_term(name, family, term_entry)
    ruled = {rule.obligation for rule in entries.rules.nouns().values()}
    for _, obligation, obligation_entry in entries.obligations.good():
        _check_obligation(obligation, obligation_entry, ruled)
    for name, rule, rule_entry in entries.rules.good():
        known = entries.obligations.entries
        if rule.obligation not in known:
            hint = did_you_mean(rule.obligation, known)
            rule_entry.problem(f"there is no obligation '{rule.obligation}'", hint, "obligation")
        _check_grade(rule, rule_entry, entries)
        check_share(rule, rule_entry, entries)
        test = compile_rule(rule, rule_entry, entries, scope)
        _check_scopes(rule, test, rule_entry)
        _note_use(rule, test, checked)
        if test is not None:
            checked.tests[name] = test
        _check_examples(rule, rule_entry, entries)
    if len(checked.tests) < sum(_rules_in(document) for document in entries.documents):
        _note_words(entries, checked)
    _drop_what_follows(entries)
    check_routes(entries)
    check_too_few(entries)
    _check_unused(entries, checked)
    if entries.documents and not entries.obligations.entries:
        first = entries.documents[0]
        first.add(Problem(first.name, 1, 1, "the ruleset has no obligation: nothing would be audited"))
    return checked


def _drop_what_follows(entries: Entries) -> None:
    """Leave out that a table or parameter is not there which is: the mistake in it is told already."""
    broken = [
        f"there is no {what} '{name}'"
        for what, kept in (("table", entries.tables), ("parameter", entries.params))
        for name, entry in kept.entries.items()
        if entry.noun is None
    ]
    for document in entries.documents if broken else ():
        document.problems[:] = [p for p in document.problems if p.message not in broken]


def scope_of(entries: Entries) -> Scope:
    """Give the names that expressions of rules may use."""
    return Scope(
        tables={name: {c: Kind(s.type) for c, s in t.columns.items()} for name, t in entries.tables.nouns().items()},
        default=None,
        params={name: kind for name, entry in entries.params.entries.items() if (kind := _parameter_kind(entry))},
        terms=frozenset(entries.terms.entries),
        words={
            name: {c: tuple(s.values) for c, s in t.columns.items() if s.values}
            for name, t in entries.tables.nouns().items()
        },
    )


def _check_parameter(name: str, spec: ParameterSpec, entry: Entry[ParameterSpec]) -> None:
    for key in ("default", "min", "max"):
        value = getattr(spec, key)
        if value is not None and not fits(value, spec.type):
            entry.problem(f"'{key}' of parameter '{name}' is not of type {spec.type}", without_quotes(value), key)
            return
        if isinstance(value, float) and not math.isfinite(value):
            entry.problem(f"'{key}' of parameter '{name}' is not a number to compare with", None, key)
            return
    if spec.type in {"integer", "number", "date"}:
        low, high = spec.min, spec.max
        if low is not None and high is not None and low > high:  # type: ignore[operator]
            entry.problem(f"'min' of parameter '{name}' is above its 'max'", None, "min")
        elif _outside(spec.default, spec):
            bounds = " and ".join(f"{key} is {b}" for key, b in (("min", low), ("max", high)) if b is not None)
            entry.problem(f"the default of parameter '{name}' is outside its own bounds", f"its {bounds}", "default")
    elif spec.min is not None or spec.max is not None:
        entry.problem(
            f"parameter '{name}' is {spec.type} and has no bounds", None, "min" if spec.min is not None else "max"
        )
    if spec.origin is not Origin.CONVENTION and not spec.ref:
        entry.problem(
            f"parameter '{name}' has the origin {spec.origin}, and no 'ref' says where", 'add ref = "..."', "origin"
        )


def _outside(value: Scalar, spec: ParameterSpec) -> bool:
    if spec.type not in {"integer", "number", "date"}:
        return False
    low, high = (bound if fits(bound, spec.type) else None for bound in (spec.min, spec.max))
    return (low is not None and value < low) or (high is not None and value > high)  # type: ignore[operator]


def _check_term(name: str, family: Mapping[str, tuple[str, ...]], entry: Entry[Mapping[str, tuple[str, ...]]]) -> None:
    """Refuse words that would be found everywhere, and families that would be found nowhere."""
    if not any(family.values()):
        entry.problem(f"term family '{name}' has no words", 'en = ["customer*"]')
    for language, words in family.items():
        if not re.fullmatch(r"[a-z]{2}", language):
            entry.problem(f"'{language}' should be a language code of two letters", None, language, key=True)
        for i, word in enumerate(words):
            if not any(character.isalnum() for character in word):
                entry.problem(f"'{word}' holds no letter and no digit: it would be found everywhere", None, language, i)
            elif "*" in word.rstrip("*"):
                entry.problem(f"in '{word}' the * stands before the end", "* allows any ending", language, i)


def _check_table(name: str, table: TableSpec, entry: Entry[TableSpec]) -> None:
    if not table.keys or len(set(table.keys)) < len(table.keys):
        entry.problem(f"the key of table '{name}' names each of its columns once, and at least one", None, "key")
    if table.closed is not None:
        spec = table.columns.get(table.closed)
        if spec is None or spec.type not in {"date", "timestamp"}:
            entry.problem(
                f"'{table.closed}' is no date of table '{name}'", "name the date when a record is closed", "closed"
            )
    for key in table.keys:
        if key not in table.columns:
            entry.problem(
                f"table '{name}' has no column '{key}' for its key",
                did_you_mean(key, table.columns) or f"its columns are {', '.join(table.columns)}",
                "key",
            )
    seen: dict[str, str] = {}
    for column, spec in table.columns.items():
        for synonym in spec.synonyms:
            other = seen.setdefault(synonym.casefold(), column)
            if other != column:
                entry.problem(
                    f"the synonym '{synonym}' is given to '{other}' and to '{column}'", None, "columns", column
                )
        _check_values(column, spec, entry)


def _check_values(column: str, spec: ColumnSpec, entry: Entry[TableSpec]) -> None:
    """A closed list of words is one of text, and each way to write one means one of them."""
    if spec.values and spec.type != "text":
        entry.problem(f"'{column}' is of type {spec.type}: only text has a list of 'values'", None, "columns", column)
    seen: dict[str, str] = {}
    for word, others in spec.values.items():
        for written in (word, *others):
            other = seen.setdefault(written.casefold(), word)
            if other != word:
                entry.problem(f"'{written}' is given to '{other}' and to '{word}'", None, "columns", column, "values")


def _check_obligation(obligation: Obligation, entry: Entry[Obligation], ruled: Iterable[str]) -> None:
    advisory = obligation.force in {Force.GUIDANCE, Force.PRINCIPLE}
    if advisory and not obligation.adopted_by and obligation.grade is not Grade.OPPORTUNITY:
        message = f"the grade {obligation.grade} is above the cap of force {obligation.force}, which is opportunity"
        entry.problem(message, "or name in 'adopted_by' the own document that makes it binding", "grade")
    if not any(role in obligation.recommendation.lower() for role in _ROLES):
        hint = "begin with a role: 'The quality manager ...', 'Sales ...'"
        entry.problem("the recommendation does not say who acts", hint, "recommendation")
    if obligation.id not in set(ruled) and not obligation.question:
        entry.problem(f"obligation '{obligation.id}' has no rule and no question: nothing could ever decide it")


def _check_scopes(rule: Rule, test: RowTest | None, entry: Entry[Rule]) -> None:
    """Refuse a `where` that neither a record nor a parameter decides: every record is meant, or none."""
    match = rule.has or rule.lacks
    inner = "has" if rule.has is not None else "lacks"
    given = [(("where",), rule.where), ((inner, "where"), match.where if match is not None else None)]
    for loc, text in given:
        found = next((e for e in (test.expressions if test is not None else ()) if e.text == text), None)
        if found is not None and not found.columns and not found.params:
            entry.problem("the condition reads no column: it says the same of every record", None, *loc)


def _check_grade(rule: Rule, entry: Entry[Rule], entries: Entries) -> None:
    """A rule may be less grave than its obligation, not more."""
    found = entries.obligations.entries.get(rule.obligation)
    whole = found.noun if found is not None else None
    order = (Grade.MAJOR, Grade.MINOR, Grade.OPPORTUNITY)
    if rule.grade is not None and whole is not None and order.index(rule.grade) < order.index(whole.grade):
        message = f"the grade {rule.grade} is above that of its obligation, {whole.grade}"
        entry.problem(message, "raise the obligation's grade, or lower this one", "grade")


def _check_examples(rule: Rule, entry: Entry[Rule], entries: Entries) -> None:
    """Check that examples give declared tables and columns, and values of their types."""
    for i, example in enumerate(rule.example):
        if example.verdict is Verdict.NOT_SELECTED:
            entry.problem("no rule can give the verdict 'not-selected' of itself", None, "example", i, "verdict")
        if example.planned_audit is not None and example.planned_audit < (example.as_of or EXAMPLE_DAY):
            message = f"the planned audit ({example.planned_audit}) lies before the date of this one"
            entry.problem(message, f"as_of is {EXAMPLE_DAY} where none is given", "example", i, "planned_audit")
        for table, records in example.given.items():
            spec = entries.tables.entries.get(table)
            if spec is None:
                hint = did_you_mean(table, entries.tables.entries)
                entry.problem(f"there is no table '{table}'", hint, "example", i, "given", table, key=True)
            elif spec.noun is not None:
                for j, record in enumerate(records):
                    _check_record(record, spec.noun, entry, ("example", i, "given", table, j))
        for name, value in example.params.items():
            _check_given_parameter(name, value, entry, entries, ("example", i, "params", name))
            for hint in hints(rule, name, value):
                message = f"with '{name}' = {value} the rule would say nothing of the records"
                entry.problem(message, hint, "example", i, "params", name)


def _check_given_parameter(
    name: str, value: Scalar, entry: Entry[Rule], entries: Entries, loc: tuple[str | int, ...]
) -> None:
    param = entries.params.entries.get(name)
    if param is None:
        entry.problem(f"there is no parameter '{name}'", did_you_mean(name, entries.params.entries), *loc, key=True)
    elif param.noun is not None and not fits(value, param.noun.type):
        entry.problem(f"'{name}' is not of type {param.noun.type}", None, *loc)
    elif param.noun is not None and _outside(value, param.noun):
        entry.problem(f"'{name}' is outside the bounds of the parameter", None, *loc)


def _check_record(
    record: Mapping[str, object], spec: TableSpec, entry: Entry[Rule], loc: tuple[str | int, ...]
) -> None:
    for column, value in record.items():
        declared = spec.columns.get(column)
        if declared is None:
            entry.problem(f"there is no column '{column}'", did_you_mean(column, spec.columns), *loc, column, key=True)
        elif not isinstance(value, str) and not fits(value, declared.type):
            entry.problem(f"'{column}' is not of type {declared.type}", None, *loc, column)


def _note_use(rule: Rule, test: RowTest | None, checked: Checked) -> None:
    """Remember what a rule uses."""
    checked.params.update(re.findall(r"\{param\.(\w+)", rule.statement))
    checked.params.update([*named_parameters(rule), *([rule.escalate_share] if rule.escalate_share else [])])
    checked.params.update([rule.too_few.up_to] if rule.too_few is not None else [])
    match = rule.has or rule.lacks
    checked.tables.update([rule.table, *([match.table] if match is not None else [])])
    if test is None:
        return
    checked.tables.update(o.table for o in (test.statistic.others if test.statistic is not None else ()))
    for expression in test.expressions:
        checked.params.update(expression.params)
        checked.terms.update(expression.terms)
        checked.tables.update(expression.tables)


def _rules_in(document: Document) -> int:
    found = document.value.get("rule", [])
    return len(found) if isinstance(found, list) else 1


def _note_words(entries: Entries, checked: Checked) -> None:
    """Take for used what a rule names that is broken itself: its own mistake is told, and that is enough."""
    words = {word for d in entries.documents for word in re.findall(r"\w+", str(d.value.get("rule")))}
    for used in (checked.params, checked.terms, checked.tables):
        used.update(words)


def _parameter_kind(entry: Entry[ParameterSpec]) -> Kind | None:
    """Give the type of a parameter, also of one that has mistakes elsewhere: they are told once."""
    if entry.noun is not None:
        return Kind(entry.noun.type)
    raw = entry.document.value.get("param", {}).get(entry.loc[-1])
    named = raw.get("type") if isinstance(raw, Mapping) else None
    return Kind(named) if isinstance(named, str) and named in get_args(ParameterType) else None


def _check_unused(entries: Entries, checked: Checked) -> None:
    """Refuse what no rule uses: it is a slip, or asks an organisation for records that nobody looks at."""
    kinds: tuple[tuple[str, Mapping[str, Entry[Noun]], set[str]], ...] = (
        ("parameter", entries.params.entries, checked.params | {*SHAPES}),  # type: ignore[assignment]
        ("term family", entries.terms.entries, checked.terms),
        ("table", entries.tables.entries, checked.tables | {"attestations"}),
    )
    for what, named, used in kinds:
        for name, entry in named.items():
            if name not in used:
                entry.problem(f"{what} '{name}' is used by no rule", "use it or remove it", key=True)
