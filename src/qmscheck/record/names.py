"""What each name in the audit record holds: the one source of the JSON Schema's descriptions and of docs/record.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from qmscheck import model

__all__ = ["MEANINGS", "rows", "schema", "table"]

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "AuditRecord.schema_version": "Version of this form; a new one only when a name changes its meaning or goes",
        "AuditRecord.tool": "What ran",
        "AuditRecord.as_of": "The date of the audit, the only clock of every rule",
        "AuditRecord.plan": "The part of the plan that shaped the result",
        "AuditRecord.rulesets": "The criteria, with digests",
        "AuditRecord.evidence": "The evidence manifest: one entry per source as it was read",
        "AuditRecord.obligations": "What was asked, with the verdict on each",
        "AuditRecord.findings": "One finding per rule",
        "AuditRecord.gate": "The one word, and what decided it",
        "AuditRecord.limits": "What was not examined, and why",
        "AuditRecord.decisions_file": "The decisions file that was read, or null",
        "AuditRecord.decisions": "Every entry of it, with its state on the day of the audit; one on a finding has "
        "its fingerprint",
        "DecisionsUsed.path": "The file, relative to the plan's folder",
        "DecisionsUsed.sha256": "SHA-256 of it",
        "DecisionsUsed.entries": "How many entries it has",
        "Decision.kind": "`grade`, `waiver`, `risk` (accepted), `not-applicable` or `response`",
        "Decision.by": "Who decided",
        "Decision.role": "In which role",
        "Decision.on": "On which day; an entry dated after the audit does not count yet",
        "Decision.why": "The reason, or null for a response",
        "Decision.fingerprint": "The finding, or the obligation as a whole, that it is about; null for not-applicable",
        "Decision.rule": "The rule of that finding, for the reader, or null",
        "Decision.obligation": "The obligation, or null",
        "Decision.from": "The proposal that the person saw, or null; where it is another now, the entry is stale",
        "Decision.to": "The final grade, `none` for no finding, or null",
        "Decision.until": "Last day on which it counts, or null",
        "Decision.key": "The one record that it is about, or null",
        "Decision.unit": "The one unit that it is about, or null",
        "Decision.withdrawn": "Whether it only takes back the entry before it",
        "Decision.correction": "Response: what was put right at once, or null",
        "Decision.cause": "Response: why it happened, or null",
        "Decision.action": "Response: what keeps it from happening again, or null",
        "Decision.owner": "Response: whose action it is, or null",
        "Decision.due": "Response: by when, or null",
        "Decision.verified_on": "Response: when somebody saw that it works, or null",
        "Decision.verified_by": "Response: who saw that, or null",
        "Decision.location": "Where the entry stands",
        "Decision.state": "`in-force`, or why it has no effect: future, superseded, withdrawn, orphaned, "
        "contradictory, expired, stale, or idle (the finding is no fail now)",
        "Unit.column": "The stratum column",
        "Unit.value": "Its value",
        "AuditRecord.previous": "The record of the audit before, or null where none was given",
        "AuditRecord.aggregations": "Minor findings that together may be one major: questions to the auditor",
        "Tool.name": "`qmscheck`",
        "Tool.version": "Its version",
        "PlanUsed.organization": "Who is audited",
        "PlanUsed.scope": "What of it is audited",
        "PlanUsed.period": "The days that the audit looks at",
        "PlanUsed.planned_audit": "The day on which evidence must still be fresh, or null",
        "PlanUsed.fail_on": "The grade from which a fail closes the gate, or null for none",
        "PlanUsed.select": "What `--select` chose; empty for everything",
        "PlanUsed.ignore": "What `--ignore` left out",
        "Period.from": "First day, included",
        "Period.to": "Last day, included",
        "RulesetUsed.id": "Name of the ruleset",
        "RulesetUsed.title": "Its title",
        "RulesetUsed.standard": "The standard that it audits",
        "RulesetUsed.edition": "The edition of that standard",
        "RulesetUsed.version": "Version of the ruleset itself",
        "RulesetUsed.digest": "SHA-256 over its files",
        "RulesetUsed.unverified": "What of it nobody could check, if its authors say so",
        "RulesetUsed.changes": "What it changed of the rulesets before it",
        "RulesetChange.kind": "What is changed: `obligation` or `parameter`",
        "RulesetChange.id": "Its name",
        "RulesetChange.key": "Which of its keys",
        "RulesetChange.was": "What the ruleset before says",
        "RulesetChange.now": "What was used",
        "RulesetChange.why": "Why, in the words of the later ruleset",
        "RulesetChange.place": "The line that changes it",
        "RulesetChange.loosens": "Whether a breach may weigh less by it: force, grade or origin",
        "Evidence.table": "The table asked for",
        "Evidence.source": "The path or name as the plan gives it",
        "Evidence.locator": "What was read, relative to the plan's folder",
        "Evidence.sha256": "SHA-256 of what was read, or null where nothing was",
        "Evidence.files": "Its files, by path, where it is a folder; else empty",
        "EvidenceFile.path": "File, relative to the plan's folder",
        "EvidenceFile.sha256": "SHA-256 of the file, or null where it could not be read again",
        "Evidence.reader": "The reader that brought it, or null",
        "Evidence.rows_read": "Records taken",
        "Evidence.rows_skipped": "Rows that were not taken as records",
        "Evidence.columns": "Declared column to the real column it was read from",
        "Evidence.unmapped_columns": "Real columns that were not read",
        "Evidence.missing_columns": "Declared columns that the source does not have",
        "Evidence.unreadable_count": "Filled cells that cannot be read as their type, all of them",
        "Evidence.unreadable": "Where they are; may be fewer than the count",
        "Evidence.notes": "What the reader guessed, in sentences",
        "Evidence.status": "`read`, or why it was not",
        "Evidence.detail": "More on the status, or null",
        "SkippedRow.path": "File of the row",
        "SkippedRow.row": "Row number as the opening program counts, or null",
        "SkippedRow.reason": "Why it is no record",
        "SkippedRow.sheet": "Sheet of the row, or null",
        "UnreadableCell.location": "Where the cell is",
        "UnreadableCell.column": "The declared column",
        "UnreadableCell.expected": "The type that was expected",
        "ObligationResult.id": "Name of the obligation",
        "ObligationResult.title": "What it is about",
        "ObligationResult.clauses": "Clauses of the standard",
        "ObligationResult.force": "How binding it is",
        "ObligationResult.statement": "What is asked, in own words",
        "ObligationResult.verdict": "The gravest of its findings: fail, error, insufficient, manual, pass, "
        "not-applicable or not-selected",
        "ObligationResult.grade": "Of a fail: the gravest proposed grade, else null",
        "ObligationResult.final_grade": "The grade when persons have decided all of it (`none`: no finding), else null",
        "ObligationResult.lifted_until": "Last day until which waivers or accepted risks lift all of it, or null",
        "ObligationResult.fingerprint": "Name of the obligation as a whole, for decisions about it",
        "ObligationResult.reason": "What decided the verdict",
        "ObligationResult.question": "What only a person can decide, or null",
        "ObligationResult.independent": "Whether the question is for a person who has no part in the work",
        "ObligationResult.attestation": "The answer that a person gave, or null",
        "ObligationResult.recommendation": "Who does what to close it",
        "ObligationResult.findings": "Ids of its rules",
        "ObligationResult.undecided": "What is still open: rule ids, and `question` where a person has to answer",
        "ObligationResult.routes": "The lawful ways that were tried, where there are several; empty where there is one",
        "ObligationResult.aside": "Rules that play no part: of other ways than the one that carries, or comes nearest",
        "RouteResult.name": "Name of the way",
        "RouteResult.verdict": "The gravest verdict of its rules; `insufficient` where one of them judged nothing",
        "RouteResult.carries": "Whether all of its rules pass: one such way is enough, the first one counts",
        "RouteResult.rules": "Its rules; those of the obligation that belong to no way belong to all",
        "RouteResult.claimed": "Whether the plan has a source of a table that only this way reads (or it has no such "
        "table); one that is not claimed plays no part while another is",
        "RouteResult.lacks": "Those of them that do not pass",
        "Attestation.answer": "`yes`, `partly`, `no`, or as written",
        "Attestation.statement": "What the person said, or null",
        "Attestation.references": "Documents and records that the person looked at, or null",
        "Attestation.by": "Who, or null",
        "Attestation.role": "In which role, or null",
        "Attestation.on": "When, or null",
        "Attestation.valid_until": "Last day on which it counts, or null",
        "Attestation.independent_of": "Work that the person has no part in, or null",
        "Attestation.seen": "Files that the person saw, by path; empty where no digest was kept",
        "Attestation.stale": "Whether one of them is no longer what the person saw",
        "Attestation.expired": "Whether its last day is over",
        "Attestation.doubt": "Why it is not relied on; null where it decides the question",
        "Attestation.warnings": "What a reader should know of it; a warning changes no verdict",
        "Attestation.location": "Where it is written, or null",
        "EvidenceSeen.path": "File, relative to the plan's folder",
        "EvidenceSeen.sha256": "SHA-256 of the file as the person saw it",
        "EvidenceSeen.state": "`same`, `changed` or `gone`",
        "AttestationWarning.kind": "`own-work` (the person is the owner or author of the records), `not-independent` "
        "(an independent person is asked for and the answer does not say so) or `not-checkable` (no digest was kept)",
        "AttestationWarning.detail": "In a sentence, without a name",
        "Finding.rule": "Id of the rule",
        "Finding.obligation": "Id of the obligation that it tests",
        "Finding.title": "What the rule asks, in one line",
        "Finding.form": "Form of the rule: must, has, lacks, unique, query, count, measure, trend or signal",
        "Finding.table": "The table that it walks",
        "Finding.tables": "Every table that the rule reads",
        "Finding.criterion": "The condition, as the ruleset writes it",
        "Finding.verdict": "The verdict of this rule",
        "Finding.reason": "Why this verdict",
        "Finding.proposed_grade": "Of a fail: the grade that the engine proposes, else null",
        "Finding.grade_why": "Why that grade, or null",
        "Finding.final_grade": "The grade that a person decided (`none`: no finding); null: the proposal counts",
        "Finding.lifted_until": "Last day until which waivers or accepted risks lift the finding, or null",
        "Finding.grade_steps": "From the obligation's own grade to the proposed one; empty without a grade",
        "Finding.statement": "The fact, with figures",
        "Finding.calculation": "How the figures were compared with what is asked",
        "Finding.recommendation": "Who does what, where the rule says it more exactly than its obligation, or null",
        "Finding.to_pass": "The smallest change that would turn the verdict, or null",
        "Finding.change": "The same in figures, for a fail of records; else null",
        "Change.kind": "`meet`: so many more records must meet the rule; `new-key`: need a key of their own; "
        "`count-more`, `count-fewer`: so many more, or fewer, must count",
        "Change.records": "How many records must change, at least",
        "Change.of": "Of how many: records in scope, or the number asked for",
        "Change.unit": "Of a condition on dates: days, working days or hours, else null",
        "Change.nearest": "By how many units the nearest record misses it, or null",
        "Change.worst": "By how many the worst does, or null",
        "Change.measured": "Of how many records that is known, or null",
        "Change.candidates": "The nearest records; the exceptions list the others",
        "Candidate.key": "Key of the record",
        "Candidate.misses_by": "By how many units it misses the condition",
        "Finding.since": "Against the audit before: `new`, `repeated`, `closed`, `not-shown` (to be closed), or null",
        "Finding.instead": "The rule that judged each record, where they are too few for a statistic "
        "(the verdict is then `not-applicable`), or null",
        "Finding.fingerprint": "Name of this finding that stays the same from audit to audit",
        "Finding.tally": "What was counted, or null where nothing could be",
        "Finding.measured": "The statistic against its target, where the rule measures one, else null. Figures are "
        "rounded to six decimals; shares are 0 to 1",
        "Finding.series": "The statistic by period, of a trend or a control chart, else null",
        "Finding.strata": "The tally for each value of each stratum column",
        "Finding.exceptions": "Located records that do not meet the rule, cannot be read, or are quoted",
        "Finding.exceptions_total": "How many there are in all; the list may hold fewer",
        "Finding.parameters": "Parameters that the rule used",
        "GradeStep.criterion": "What fired: default, whole, partial, isolated, share, stratum, law, safety, escape, "
        "repeat, adopted, force or origin",
        "GradeStep.effect": "What it did to the grade: start, keep, lower, raise or cap",
        "GradeStep.grade": "The grade after this step",
        "GradeStep.why": "The step in a sentence",
        "GradeStep.cases": "Records not shown to be met, or null",
        "GradeStep.beyond": "Those of them that are more than the rule allows, or null",
        "GradeStep.of": "What both are counted against: records in scope, or the number asked for; or null",
        "GradeStep.share": "The share that was compared with the parameter, 0 to 1, or null",
        "GradeStep.stratum": "The stratum in which it fired, or null",
        "GradeStep.parameter": "The parameter that it was compared with, or the convention that caps; or null",
        "Previous.name": "Name of its file",
        "Previous.sha256": "SHA-256 of that file: records form a chain",
        "Previous.as_of": "The date of that audit",
        "Previous.organization": "Who was audited",
        "Previous.differs": "In what it differs from this audit, in sentences: what is compared may not be alike",
        "Aggregation.clauses": "The clauses that all of them are about",
        "Aggregation.obligations": "Their obligations",
        "Aggregation.findings": "The rules whose findings they are",
        "Aggregation.question": "What the auditor is asked",
        "Aggregation.parameter": "From how many on it is asked",
        "Measured.statistic": "share, mean, median, percentile, nps, ratio, rate or within (a limit, with open cases)",
        "Measured.unit": "Its unit; empty for a share",
        "Measured.value": "The statistic of what can be read; null where there is none, or too few records for one",
        "Measured.worst": "What the records certainly leave possible, on the bad side; null: without bound",
        "Measured.best": "The same on the good side",
        "Measured.interval": "What sampling leaves possible beyond that; null where the records are all there is",
        "Measured.n": "Records",
        "Measured.base": "Records that they were drawn from, where that is declared, else null",
        "Measured.exposure": "Of a rate: what the events are counted against, else null",
        "Measured.inference": "What the records stand for: census, random-sample, judgement-sample, self-selected or "
        "process",
        "Measured.bound": "`at least` or `at most`",
        "Measured.target": "The target, in the unit of the statistic",
        "Measured.standing": "`met`, `missed` or `not shown`",
        "Measured.enough": "Where it is not shown: how many records (of a rate: how much exposure) would show it, if "
        "it stayed as it is; null where no number would",
        "Measured.mix": "Groups of those who answered beside those of the base",
        "Measured.notes": "What else is to be known of it, in sentences",
        "MixPart.group": "The group, or null for blank",
        "MixPart.records": "Records of it",
        "MixPart.base": "Records of it in the base",
        "Reach.low": "Lower end, or null for none",
        "Reach.high": "Upper end, or null for none",
        "Reach.method": "Name of the formula",
        "Reach.confidence": "Confidence, 0 to 1",
        "Reach.sides": "2: both ends hold together; 1: each by itself",
        "Series.by": "month, quarter or year; record for a chart of days between records",
        "Series.statistic": "What is charted: count, share, mean, nps, rate or days between",
        "Series.method": "The test or the chart; empty where there were too few points for one",
        "Series.points": "The whole periods, in order",
        "Series.gaps": "Periods without a record or a value",
        "Series.paradox": "Where the whole moves one way and no unit does: shares and mix (Simpson); null where not so",
        "Series.left_out": "Periods that are not whole, or do not make a whole year, and why",
        "Series.slope": "Of a trend: median slope per year, in the unit of the statistic, else null",
        "Series.interval": "Its interval, or null",
        "Series.p": "Chance of a trend as far from none, if there were none, or null",
        "Series.centre": "Centre line of a chart at its last point, or null",
        "Series.baseline": "How many points set the limits of a chart, or null",
        "Point.period": "2026-03, 2026-Q1 or 2026; the day of the record in a chart of days between records",
        "Point.records": "Records in it",
        "Point.value": "The statistic, or null for a gap",
        "Point.low": "Lower limit of a chart, or null",
        "Point.high": "Upper limit of a chart, or null",
        "Point.signal": "What it asks after the baseline, or null",
        "Point.reaction": "Day of the reaction to it, or null",
        "Tally.population": "Records in scope",
        "Tally.met": "Records that meet the rule; of a statistic or a series: those with a value",
        "Tally.unmet": "Records that do not",
        "Tally.unreadable": "Records of which it cannot be told",
        "Tally.interval": "Share met, 0 to 1: at worst and at best; null where nothing is in scope",
        "Stratum.column": "The stratum column",
        "Stratum.value": "Its value, or null for blank",
        "Stratum.tally": "What was counted there",
        "Stratum.figure": "The statistic there (of a percentile: the share on the good side of the target), or null",
        "Stratum.interval": "What sampling leaves possible there at the rule's own confidence, or null",
        "Stratum.standing": "`met`, `missed` (after Holm's correction for the number of units), `not shown` or `not "
        "assessable` (fewer records than the minimum); null where units were not judged",
        "AuditException.key": "Key of the record",
        "AuditException.state": "`unmet`, `unreadable` or `quoted`",
        "AuditException.location": "Where a person can see it",
        "AuditException.quote": "The passage, for `quoted`, else null",
        "Location.path": "File, relative to the plan's folder",
        "Location.sheet": "Sheet of a workbook, or null",
        "Location.row": "Row as the opening program counts (first line of a CSV file is 1), or null",
        "Location.column": "Heading of the column in the file, or null",
        "Location.cell": "A1 name of the cell in a workbook, or null",
        "Location.page": "Page, from 1, or null",
        "Location.heading": "Path of headings, or null",
        "Location.paragraph": "Paragraph, from 1, or null",
        "ParameterUse.name": "Name of the parameter",
        "ParameterUse.value": "The value in force",
        "ParameterUse.origin": "Whose number it is: own-procedure, contract, law, scheme or convention",
        "ParameterUse.ref": "Where it is written down, or null",
        "ParameterUse.title": "What it is",
        "Gate.result": "The worse of today and the planned audit: `READY`, `NOT READY` or `CANNOT TELL`",
        "Gate.scope": "What the word covers",
        "Gate.conditions": "Every condition as of the audit, with its state",
        "Gate.today": "The word as of the audit",
        "Gate.at_audit": "The same on the day of the planned audit, if nothing is done; null where none is planned",
        "Gate.expiring": "What holds today and will have run out by then, the earliest first",
        "GateDay.on": "The day of the planned audit",
        "GateDay.result": "The word on that day",
        "GateDay.conditions": "Every condition on that day (as in `gate.conditions`)",
        "Expiring.kind": "`evidence`, `answer`, `waiver`, `risk`, `not-applicable` or `response`",
        "Expiring.id": "The rule or the obligation",
        "Expiring.on": "The first day on which it no longer holds",
        "Expiring.detail": "What it is",
        "ConditionResult.id": "Name of the condition",
        "ConditionResult.title": "What it asks",
        "ConditionResult.number": "Its number in the list of conditions, R1 to R12, or null",
        "ConditionResult.state": "`met`, `not-met`, `undecided`, `not-asked` or `off` (turned off by the plan)",
        "ConditionResult.parameters": "Its numbers, and whose they are",
        "ConditionResult.detail": "What was found",
        "ConditionResult.decided_by": "Ids of the obligations or rules that decided it",
        "Limit.kind": "`source`, `table`, `file`, `obligation` or `rule`",
        "Limit.id": "Which one",
        "Limit.reason": "Why, in one word",
        "Limit.detail": "Why, in a sentence",
    }
)

# Nouns that stand in more than one place: described once, under their own name.
_SHARED = {"Location": "location", "Tally": "tally", "Reach": "reach"}


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of the audit record, as it is written."""
    found = model.AuditRecord.model_json_schema(by_alias=True, mode="serialization")
    definitions = found.pop("$defs")
    for noun, definition in {**definitions, "AuditRecord": found}.items():
        for field, part in definition.get("properties", {}).items():
            part["description"] = MEANINGS[f"{noun}.{field}"].replace("`", "")
            part.pop("title", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "title": "Audit record",
        "$defs": definitions,
    }


def rows() -> list[tuple[str, str]]:
    """Give every path of the record with what it holds; a shared noun comes at the end, under its own name."""
    shared = [(name, getattr(model, noun)) for noun, name in _SHARED.items()]
    return [*_walk(model.AuditRecord, ""), *(row for name, noun in shared for row in _walk(noun, f"{name}."))]


def table() -> str:
    """Write the rows as the table of docs/record.md."""
    return "\n".join(["| Path | Holds |", "|---|---|", *(f"| `{path}` | {holds} |" for path, holds in rows())]) + "\n"


def _walk(noun: type[BaseModel], prefix: str) -> Iterator[tuple[str, str]]:
    for name, field in noun.model_fields.items():
        written = field.alias or name
        inner, many = _inner(field.annotation)
        path = f"{prefix}{written}{'[]' if many else ''}"
        shared = _SHARED.get(inner.__name__) if inner else None
        yield path, MEANINGS[f"{noun.__name__}.{written}"] + (f" (a `{shared}`, below)" if shared else "")
        if inner and not shared:
            yield from _walk(inner, f"{path}.")


def _inner(annotation: object) -> tuple[type[BaseModel] | None, bool]:
    """Find the noun inside an annotation, and whether there are many of it."""
    many = get_origin(annotation) is tuple and Ellipsis in get_args(annotation)
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and get_origin(part) is None and issubclass(part, BaseModel):
            return part, many
    return None, many
