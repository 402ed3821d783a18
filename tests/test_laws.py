"""The laws of design section 11, as properties: over both examples, one alteration at a time, and over made-up records.

An alteration can only change the rules that read what was altered, so only those are judged again, and of them only
those that did not pass: the law asks whether one of them passes now. That this shortcut gives what a whole audit gives
is a test of its own.

Tables, sources and columns are many: of each, a part is drawn with a fixed seed, and `QMSCHECK_LAWS=all` takes them all
(some minutes).
"""

from __future__ import annotations

import copy
import datetime as dt
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from extracts import Alter, Example, blanked, emptied, opened
from firm import GOOD, audit, verdicts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qmscheck import criteria, evidence
from qmscheck.audit.asked import _rulesets, in_force, values, wanted_columns, with_answers
from qmscheck.criteria import Criteria
from qmscheck.engine.embedded import Embedded
from qmscheck.errors import Problem
from qmscheck.extracts import Extract, Skipped
from qmscheck.judge import Bench
from qmscheck.judge.counting.scan import count
from qmscheck.judge.finding.findings import Case, finding
from qmscheck.judge.gate.decided import decide
from qmscheck.judge.gate.seen import Seen
from qmscheck.judge.gate.word import gate
from qmscheck.judge.obligations.answers import answers
from qmscheck.judge.obligations.folding import fold
from qmscheck.model import AuditPlan, AuditRecord, Finding, Gate, GateResult, Grade, ObligationResult, Verdict
from qmscheck.sql.select import columns_read

pytestmark = pytest.mark.unmeasured

_T = TypeVar("_T")
_TABLES = 8
_SOURCES = 8
_DRAWN_COLUMNS = 24


@dataclass(frozen=True)
class Again:
    """What the rules say that were judged again, and every obligation and the gate with them."""

    findings: tuple[Finding, ...]
    obligations: tuple[ObligationResult, ...]
    gate: Gate


@dataclass(frozen=True)
class Subject:
    """An example with its criteria, ready to be judged in part."""

    example: Example
    asked: Criteria

    def open_rules(self, table: str, column: str | None = None) -> list[str]:
        """Name the rules that did not pass and read the table, or that column of it."""
        found = []
        for one in self.example.record.findings:
            reads = columns_read([self.asked.tests[one.rule]]).get(table, frozenset())
            if one.verdict is not Verdict.PASS and (reads if column is None else column in reads):
                found.append(one.rule)
        return found

    def again(self, rules: list[str], plan: AuditPlan, alter: Alter) -> Again:
        """Judge some rules, and then every obligation, on altered evidence."""
        tests = {r: self.asked.tests[r] for r in rules}
        wanted = wanted_columns(plan, self.asked, frozenset(rules))
        read = {*wanted} | ({"documents"} if "passages" in wanted else set())
        needed = plan.model_copy(update={"sources": tuple(s for s in plan.sources if s.table in read)})
        with tempfile.TemporaryDirectory() as folder:
            engine = Embedded(Path(folder), 1)
            try:
                readers = self.example.replayed(alter).readers
                gathered = evidence.gather(
                    needed,
                    self.asked.ruleset,
                    wanted,
                    readers,
                    engine,
                    evidence.Ahead(Path(folder), {}),
                    _quiet,
                    _mistaken,
                )
                params = in_force(plan, self.asked)
                named = values(plan.as_of, plan, self.asked, params)
                bench = Bench(
                    plan,
                    self.asked.ruleset,
                    self.asked.tests,
                    gathered.tables,
                    engine,
                    named,
                    params,
                    frozenset(self.asked.tests),
                )
                return self._judged(tests, bench)
            finally:
                engine.close()

    def _judged(self, tests: dict[str, object], bench: Bench) -> Again:
        counted = count({r: self.asked.tests[r] for r in tests}, bench, _quiet)
        obligations = self.asked.ruleset.obligations
        rules = self.asked.ruleset.rules
        fresh = {
            r: finding(Case(rules[r], obligations[rules[r].obligation], self.asked.tests[r], counted[r]), bench)
            for r in tests
        }
        whole = [fresh.get(f.rule, f) for f in self.example.record.findings]
        given = answers(bench)
        folded = tuple(fold(o, [f for f in whole if f.obligation == o.id], given, bench) for o in obligations.values())
        decided = decide(whole, folded, (), bench.values.as_of)
        return Again(tuple(fresh.values()), decided.obligations, gate(Seen(bench.plan, bench.ruleset, decided)))


@pytest.fixture(scope="module", params=["repair-shop", "pump-maker"])
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    example = opened(request.param, tmp_path_factory.mktemp(request.param))
    return Subject(
        example, with_answers(criteria.load(_rulesets(example.planfile, example.plugins)), example.planfile.plan)
    )


def test_evidence_from_memory_gives_the_record_that_the_files_give(subject: Subject) -> None:
    again = subject.example.audited(subject.example.replayed(lambda e: e))
    assert again == subject.example.record


def test_judging_in_part_gives_what_a_whole_audit_gives(subject: Subject) -> None:
    def alter(extract: Extract) -> Extract:
        return emptied(extract) if extract.table == "complaints" else extract

    whole = subject.example.audited(subject.example.replayed(alter))
    rules = subject.open_rules("complaints")
    part = subject.again(rules, subject.example.planfile.plan, alter)
    assert rules
    assert [whole.finding(r) for r in rules] == list(part.findings)


def test_no_table_that_is_emptied_makes_anything_pass(subject: Subject) -> None:
    for table in _drawn(_tables(subject), _TABLES):
        again = subject.again(
            subject.open_rules(table),
            subject.example.planfile.plan,
            lambda e, table=table: emptied(e) if e.table == table else e,  # type: ignore[misc]
        )
        assert_nothing_better(subject, again, f"{table} emptied")


def test_no_source_whose_evidence_is_gone_makes_anything_pass(subject: Subject) -> None:
    """The plan still names the source, and nothing is there."""
    plan = subject.example.planfile.plan
    for number, source in _drawn(list(enumerate(plan.sources)), _SOURCES):
        gone = source.model_copy(update={"path": f"gone/{number}.csv", "reader": None, "options": {}})
        altered = plan.model_copy(update={"sources": tuple(gone if s is source else s for s in plan.sources)})
        again = subject.again(_open_rules_of(subject, source.table), altered, lambda e: e)
        assert_nothing_better(subject, again, f"source {number + 1} ({source.table}) gone")


def test_no_source_taken_out_of_the_plan_makes_anything_pass(subject: Subject) -> None:
    """But where several sources bring one table, taking one out is a smaller register and not a missing one: that is
    seen by comparing records, not within one.
    """
    plan = subject.example.planfile.plan
    tables = [s.table for s in plan.sources]
    for number, source in _drawn(list(enumerate(plan.sources)), _SOURCES):
        left = plan.model_copy(update={"sources": tuple(s for s in plan.sources if s is not source)})
        again = subject.again(_open_rules_of(subject, source.table), left, lambda e: e)
        assert again.gate.result is not GateResult.READY
        if tables.count(source.table) == 1:
            assert_nothing_better(subject, again, f"source {number + 1} ({source.table}) removed")


def test_no_column_that_is_blanked_makes_anything_pass(subject: Subject) -> None:
    judged = 0
    for table, column, headings in _drawn(list(_columns(subject)), _DRAWN_COLUMNS):
        rules = subject.open_rules(table, column)
        if rules or table == "attestations":
            again = subject.again(rules, subject.example.planfile.plan, _blanking(table, headings))
            assert_nothing_better(subject, again, f"{table}.{column} blanked")
            judged += 1
    assert judged > _DRAWN_COLUMNS // 3


def assert_nothing_better(subject: Subject, again: Again, what: str) -> None:
    """Compare with the unaltered audit: nothing passes that did not, and the gate is not READY."""
    record = subject.example.record
    better = [f.rule for f in again.findings if f.verdict is Verdict.PASS]
    passed = {o.id for o in record.obligations if o.verdict is Verdict.PASS}
    better += [o.id for o in again.obligations if o.verdict is Verdict.PASS and o.id not in passed]
    assert not better, f"{what}: {better} pass now"
    assert record.gate.result is not GateResult.READY
    assert again.gate.result is not GateResult.READY, what


def _drawn(whole: Sequence[_T], number: int) -> Sequence[_T]:
    """Draw some, the same each time; all of them where the environment asks for it."""
    if len(whole) <= number or os.environ.get("QMSCHECK_LAWS") == "all":
        return whole
    return random.Random(11).sample(whole, number)


def _tables(subject: Subject) -> list[str]:
    return sorted({e.table for e in subject.example.record.evidence})


def _open_rules_of(subject: Subject, table: str) -> list[str]:
    """Name the open rules of everything that a source brings: a folder of documents brings their passages too."""
    tables = [table, "passages"] if table == "documents" else [table]
    return sorted({rule for t in tables for rule in subject.open_rules(t)})


def _columns(subject: Subject) -> Iterator[tuple[str, str, set[str]]]:
    """Give every mapped column: table, column and its headings in all files of the table."""
    found: dict[tuple[str, str], set[str]] = {}
    for entry in subject.example.record.evidence:
        for column, heading in entry.columns.items():
            found.setdefault((entry.table, column), set()).add(heading)
    for (table, column), headings in sorted(found.items()):
        yield table, column, headings


def _blanking(table: str, headings: set[str]) -> Alter:
    def alter(extract: Extract) -> Extract:
        for number, heading in enumerate(extract.columns):
            if extract.table == table and heading in headings:
                extract = blanked(extract, number)
        return extract

    return alter


# ---------------------------------------------------------------- made-up records

_DAYS = st.one_of(
    st.none(),
    st.dates(dt.date(2026, 4, 1), dt.date(2027, 2, 1)).map(str),
    st.sampled_from(["?", "31.02.2026", "soon"]),
)
_NAMES = st.one_of(st.none(), st.sampled_from(["Ada", "Bob", "Änne"]))
_IDS = st.one_of(st.none(), st.sampled_from(["C1", "C2", "C3", "C4"]))
_COMPLAINT = st.fixed_dictionaries(
    {
        "id": _IDS,
        "owner": _NAMES,
        "site": st.sampled_from([None, "N", "S"]),
        "received": _DAYS,
        "answered": _DAYS,
        "state": st.sampled_from([None, "open", "closed"]),
    }
)
_ANSWER = st.fixed_dictionaries(
    {
        "letter": st.text("LM123", max_size=2),
        "id": _IDS,
        "sent": _DAYS,
        "body": st.sampled_from([None, "Sorry.", "No."]),
    }
)
_ATTESTATION = st.fixed_dictionaries(
    {
        "obligation": st.sampled_from([None, "A-1", "A-2", "A-3"]),
        "answer": st.sampled_from([None, "yes", "yes", "partly", "no", "perhaps"]),
        "statement": st.sampled_from([None, "Seen.", "Seen."]),
        "by": _NAMES,
        "on": _DAYS,
        "valid_until": _DAYS,
    }
)
_FIRM = st.fixed_dictionaries(
    {
        "complaints": st.lists(_COMPLAINT, max_size=5),
        "answers": st.lists(_ANSWER, max_size=4),
        "attestations": st.lists(_ATTESTATION, max_size=4),
    }
)
_LOST = st.integers(0, 1).map(lambda n: {"complaints": [Skipped(9, "more cells than the heading has", lost=True)] * n})

few = settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],  # to shrink a failure takes minutes of audits
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

Firm = dict[str, list[dict[str, Any]]]


@few
@given(firm=_FIRM, lost=_LOST)
def test_every_record_is_one_of_three_and_every_exception_has_a_place(tmp_path: Path, firm: Firm, lost: Any) -> None:
    """Laws 1, 2, 3 and 6."""
    record = audit(tmp_path, firm, skipped=lost)
    assert len(record.findings) == 6
    assert len(record.obligations) == 3
    for one in record.findings:
        assert one.tally is not None
        tally = one.tally
        assert min(tally.met, tally.unmet, tally.unreadable) >= 0
        assert tally.met + tally.unmet + tally.unreadable == tally.population
        for stratum in one.strata:
            assert stratum.tally.met + stratum.tally.unmet + stratum.tally.unreadable == stratum.tally.population
        assert one.verdict is not Verdict.PASS or (firm[one.table] and tally.population)
        assert len(one.exceptions) <= one.exceptions_total
        for exception in one.exceptions:
            assert exception.location.path == f"{one.table}.x"
            assert exception.location.row in range(2, 2 + len(firm[one.table]))
    shown = {f for o in record.obligations for f in o.findings}
    assert shown == {f.rule for f in record.findings}


@few
@given(firm=_FIRM, choice=st.data())
def test_a_cell_that_becomes_unreadable_makes_nothing_pass(tmp_path: Path, firm: Firm, choice: st.DataObject) -> None:
    """Law 7, from a firm that may or may not be in order."""
    firm = _in_order(firm) if choice.draw(st.booleans()) else firm | {"complaints": [*firm["complaints"], _BAD]}
    table = choice.draw(st.sampled_from(sorted(t for t in firm if firm[t])))
    worse: Firm = copy.deepcopy(firm)
    record = choice.draw(st.sampled_from(worse[table]))
    days = sorted(set(record) & {"received", "answered", "sent", "on", "valid_until"})
    record[choice.draw(st.sampled_from(days))] = "cannot be read"
    assert_not_better(_audited(tmp_path, firm), _audited(tmp_path, worse))


@few
@given(firm=_FIRM, ordered=st.booleans())
def test_a_bad_record_makes_nothing_pass(tmp_path: Path, firm: Firm, ordered: bool) -> None:
    """Law 7: a complaint that nobody owns and nobody answered comes in, then a person's no."""
    firm = _in_order(firm) if ordered else firm
    worse: Firm = firm | {"complaints": [*firm["complaints"], _BAD]}
    after = _audited(tmp_path, worse)
    assert not {"A-1.owner", "A-2.in-time", "A-1", "A-2"} & {n for n, v in verdicts(after).items() if v == "pass"}
    assert after.gate.result is not GateResult.READY
    worst = _audited(tmp_path, firm | {"attestations": [*firm["attestations"], _NO]})
    assert_not_better(_audited(tmp_path, firm), worst)
    assert verdicts(worst)["A-2"] != "pass"


@few
@given(firm=_FIRM, choice=st.data())
def test_less_evidence_makes_nothing_pass(tmp_path: Path, firm: Firm, choice: st.DataObject) -> None:
    """Law 7: records of the other table of a match, a table, a source or a column go."""
    firm = _in_order(firm) if choice.draw(st.booleans()) else firm
    before = _audited(tmp_path, firm)
    table = choice.draw(st.sampled_from(sorted(firm)))
    less: Firm = copy.deepcopy(firm)
    match choice.draw(st.sampled_from(["empty", "remove", "blank", "letters"])):
        case "empty":
            less[table] = []
        case "remove":
            del less[table]
        case "blank":
            column = choice.draw(st.sampled_from(sorted(_COLUMNS[table])))
            less[table] = [record | {column: None} for record in less[table]]
        case _:
            keep = choice.draw(st.integers(0, len(less["answers"])))
            less["answers"] = less["answers"][:keep]
    assert_not_better(before, _audited(tmp_path, less))


@few
@given(firm=_FIRM, seed=st.randoms(use_true_random=False))
def test_the_order_of_records_changes_no_verdict_and_no_figure(tmp_path: Path, firm: Firm, seed: random.Random) -> None:
    """Law 4, for findings: only rows may differ."""
    other: Firm = {table: seed.sample(records, len(records)) for table, records in firm.items()}
    assert _told(audit(tmp_path, firm)) == _told(audit(tmp_path, other))


def _audited(tmp_path: Path, firm: Firm) -> AuditRecord:
    """Audit with the strictest gate: where slight fails do not count, to know of one is better than to know nothing."""
    return audit(tmp_path, firm, fail_on=Grade.OPPORTUNITY)


def assert_not_better(before: AuditRecord, after: AuditRecord) -> None:
    old, new = verdicts(before), verdicts(after)
    assert not {name for name in new if new[name] == "pass" and old[name] != "pass"}
    assert after.gate.result is not GateResult.READY or before.gate.result is GateResult.READY


def _in_order(firm: Firm) -> Firm:
    """Put the good firm beside the random records of one table at a time: most random firms never pass anything."""
    return {t: [*GOOD[t], *(firm[t] if t == "attestations" else [])] for t in GOOD}


def _told(record: AuditRecord) -> object:
    return (
        [
            (f.model_copy(update={"exceptions": ()}), sorted((e.key, e.state, e.quote or "") for e in f.exceptions))
            for f in record.findings
        ],
        [o.model_copy(update={"attestation": None}) for o in record.obligations],
        record.gate,
    )


_BAD = {"id": "C1", "owner": None, "received": "2026-05-01", "answered": None, "state": "closed"}
_NO = {"obligation": "A-2", "answer": "no", "by": "Auditor", "on": "2026-11-20"}
_COLUMNS = {
    "complaints": ["id", "owner", "site", "received", "answered", "state"],
    "answers": ["letter", "id", "sent", "body"],
    "attestations": ["obligation", "answer", "statement", "by", "on", "valid_until"],
}


def _quiet(_text: str) -> None:
    """Tell nobody."""


def _mistaken(_number: int, mistake: evidence.SourceMistake) -> Problem:
    raise mistake
