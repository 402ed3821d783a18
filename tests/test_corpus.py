"""A corpus of evidence that deceives or breaks readers: each has the verdict that an auditor would give, and a golden
says with which words and at which place (`QMSCHECK_UPDATE_GOLDENS=1` writes it anew).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from corpus.case import RULESET, Case
from corpus.documents import CASES as DOCUMENTS
from corpus.tables import CASES as TABLES
from firm import AS_OF

from qmscheck import plan, plugins
from qmscheck.audit import conduct
from qmscheck.model import AuditException, AuditRecord, Location
from qmscheck.plan import Overrides

CASES = (*TABLES, *DOCUMENTS)
GOLDENS = Path(__file__).parent / "goldens" / "corpus"


def audited(case: Case, folder: Path) -> AuditRecord:
    case.make(folder)
    (folder / "asked.toml").write_text(RULESET, "utf-8")
    rules = ", ".join(f'"{rule}"' for rule in case.rules)
    head = '[audit]\norganization = "O"\nscope = "S"\nrulesets = ["asked.toml"]\nperiod = { from = 2026-01-01, to = 2026-10-31 }\n'
    (folder / "qmscheck.toml").write_text(f"{head}select = [{rules}]\n{case.audit}{case.sources}", "utf-8")
    found = plugins.load()
    planfile = plan.read(folder, found.readers, Overrides(today=AS_OF), found.rulesets)
    return conduct(planfile, found, threads=1)


def told(case: Case, record: AuditRecord) -> str:
    """Tell what a reader of the record needs: verdicts, places, and what could not be read."""
    lines = [case.title, f"  gate: {record.gate.result.value}"]
    for finding in record.findings:
        if finding.rule in case.rules:
            lines.append(f"  {finding.rule}: {finding.verdict.value}. {finding.statement}")
            lines += [f"    {_exception(one)}" for one in finding.exceptions[:3]]
    for entry in record.evidence:
        lines.append(
            f"  {entry.locator}: {entry.status}, {entry.rows_read} records"
            + (f"; {entry.detail}" if entry.detail else "")
        )
        lines += [f"    note: {note}" for note in entry.notes]
        lines += [f"    skipped: row {one.row}: {one.reason}" for one in entry.rows_skipped[:3]]
        lines += [
            f"    unreadable: {_place(one.location)}: {one.column} is no {one.expected}" for one in entry.unreadable[:3]
        ]
    lines += [
        f"  limit: {one.kind} {one.id}: {one.reason}: {one.detail}"
        for one in record.limits
        if one.kind in {"source", "file"}
    ]
    return "\n".join(lines) + "\n"


def _exception(one: AuditException) -> str:
    return f"{one.key}: {one.state}, at {_place(one.location)}"


def _place(place: Location) -> str:
    parts = [place.path, place.sheet, place.cell or (f"row {place.row}" if place.row else None), place.column]
    parts += [f"page {place.page}" if place.page else None, place.heading]
    return ", ".join(part for part in parts if part)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title.replace(" ", "-"))
def test_a_trap_gets_the_verdict_that_an_auditor_would_give(case: Case, tmp_path: Path) -> None:
    record = audited(case, tmp_path)
    found = {f.rule: f.verdict.value for f in record.findings if f.rule in case.rules}
    text = told(case, record)
    assert found == dict(case.verdicts), text
    assert str(tmp_path) not in text
    golden = GOLDENS / f"{case.title.replace(' ', '-').replace(',', '')}.txt"
    if os.environ.get("QMSCHECK_UPDATE_GOLDENS"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


def test_each_golden_of_the_corpus_has_its_case() -> None:
    names = {f"{case.title.replace(' ', '-').replace(',', '')}.txt" for case in CASES}
    assert {path.name for path in GOLDENS.iterdir()} == names
