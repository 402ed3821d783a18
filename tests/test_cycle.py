"""A full cycle of an internal audit: questions out, a form filled wrongly and then rightly, decisions, time, READY and back.

It is played on a copy of `examples/repair-shop`, of which one audit looks at orders, release, goals and complaints. The
golden `repair-shop.cycle.txt` holds every step with the gate's word, what decided it, and all that is refused.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from qmscheck import record as record_room
from qmscheck.cli import main
from qmscheck.model import AuditRecord
from qmscheck.persons import form_sheets, interview
from qmscheck.persons.sheets import Cell
from qmscheck.report import readiness

GOLDEN = Path(__file__).parent / "goldens" / "repair-shop.cycle.txt"
EXAMPLE = Path(__file__).parents[1] / "examples" / "repair-shop"

SCOPE = """planned_audit = 2026-12-15
select = ["CF-4.2-a1", "CF-6.2.1-1", "CF-8.2.3-1", "CF-8.6-1", "CF-9.1.2-2", "CF-10.2-a1"]
"""
GATE = """[gate]
sequence = { on = false, why = "Internal audit and management review are looked at in an audit of their own." }

"""
#: Said only until that day has come.
_CLOCK = "note: the date of the audit"
AUDITOR = ["--by", "M. Brandt", "--role", "lead auditor"]
OWNER = ["--by", "J. Seidl", "--role", "quality manager"]
GOOD: Mapping[str, Cell] = {
    "answer": "yes",
    "statement": "Talked with the owner and read three of them.",
    "references": "QM/Listen.xlsx",
    "by": "M. Brandt",
    "role": "lead auditor",
    "on": dt.date(2026, 11, 20),
    "valid_until": dt.date(2027, 6, 30),
    "independent_of": "workshop and service",
}
WRONG: Mapping[str, Mapping[str, Cell]] = {
    "CF-6.2.1-1": {**GOOD, "answer": "perhaps", "valid_until": None},
    "CF-10.2-a1": {**GOOD, "statement": None, "on": dt.date(2027, 1, 5)},
}
MINORS = (
    "CF-8.2.3-1.reviewed",
    "CF-8.6-1.released",
    "CF-6.2.1-1.measurable",
    "CF-6.2.1-1.assigned",
    "CF-10.2-a1.acknowledged",
    "CF-10.2-a1.answered",
)


@dataclass
class Cycle:
    """A copy of the shop, and what was done and seen so far."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    told: list[str] = field(default_factory=list)

    def step(self, title: str) -> None:
        """Begin a step of the cycle."""
        self.told += ["", f"== {title}", ""]

    def run(self, *args: str, shown: bool = True) -> int:
        """Run a command as a person would; tell its call, what it said and its exit code."""
        code = main(list(args))
        said = self.capsys.readouterr()
        self.told.append("$ qmscheck " + " ".join(f"'{a}'" if " " in a else a for a in args))
        lines = (said.out + said.err).splitlines() if shown else []
        self.told += [f"  {line}" for line in lines if not line.startswith(_CLOCK)]
        self.told.append(f"  exit {code}")
        return code

    def audit(self, *options: str) -> tuple[str, AuditRecord]:
        """Audit, and tell why the gate has its word."""
        code = main(["audit", "shop", "-q", "-o", "json:record.json", *options])
        self.capsys.readouterr()
        found = record_room.read((self.folder / "record.json").read_text("utf-8"), "record.json")
        self.told.append("$ qmscheck audit shop " + " ".join(options))
        self.told += [f"  {found.gate.result.value} (exit {code})", f"  {readiness.reason(found)}"]
        self.told += [f"  runs out: {readiness.runs_out(one)}" for one in found.gate.expiring]
        return found.gate.result.value, found


@pytest.fixture
def cycle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cycle:
    shutil.copytree(EXAMPLE, tmp_path / "shop")
    plan = tmp_path / "shop" / "qmscheck.toml"
    text = plan.read_text("utf-8").replace("period = {", SCOPE + "period = {", 1)
    plan.write_text(text.replace("[not_applicable]", GATE + "[not_applicable]", 1), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Cycle(tmp_path, capsys)


@pytest.mark.unmeasured
def test_a_full_cycle_goes_to_ready_and_back_for_the_right_reasons(cycle: Cycle) -> None:
    cycle.step("1. The first audit")
    word, first = cycle.audit()
    assert word == "NOT READY"

    _questions(cycle, first)
    _decisions(cycle)
    _time_passes(cycle)

    text = "\n".join(cycle.told).lstrip("\n") + "\n"
    assert str(cycle.folder) not in text
    if os.environ.get("QMSCHECK_UPDATE_GOLDENS"):
        GOLDEN.write_text(text, "utf-8")
    assert text == GOLDEN.read_text("utf-8")


def _questions(cycle: Cycle, first: AuditRecord) -> None:
    cycle.step("2. The questions that it left open, as a form")
    assert cycle.run("interview", "shop", "-o", "form.xlsx") == 0

    cycle.step("3. The form, filled with mistakes: each is refused at its cell, and nothing is taken over")
    form = interview.form(first)
    (cycle.folder / "form.xlsx").write_bytes(form_sheets.write(form, WRONG))
    assert cycle.run("interview", "shop", "--read", "form.xlsx") == 2
    assert not (cycle.folder / "shop" / "attestations.toml").exists()
    assert cycle.audit()[0] == "NOT READY"

    cycle.step("4. The form, filled rightly: nothing is undecided any more, and what is not met still is not")
    (cycle.folder / "form.xlsx").write_bytes(form_sheets.write(form, dict.fromkeys(WRONG, GOOD)))
    assert cycle.run("interview", "shop", "--read", "form.xlsx") == 0
    word, second = cycle.audit()
    assert word == "NOT READY"
    assert [c.state.value for c in second.gate.conditions if c.id == "decided"] == ["met"]


def _decisions(cycle: Cycle) -> None:
    cycle.step("5. A decision without a last day is refused, and nothing is written")
    late = ["decisions", "add", "waiver", "CF-10.2-a1.open-in-time", "shop", "--on", "2026-11-20"]
    assert cycle.run(*late, *AUDITOR, "--why", "Part from abroad.") == 2
    assert not (cycle.folder / "shop" / "decisions.toml").exists()

    cycle.step(
        "6. The auditor decides: a major becomes a minor, one late case is waived; the firm responds to the rest"
    )
    why = "Phone orders of known spare parts, all made good; no customer was promised what could not be done."
    grade = ["decisions", "add", "grade", "CF-8.2.3-1.reviewed", "shop", "--to", "minor", "--on", "2026-11-20"]
    assert cycle.run(*grade, *AUDITOR, "--why", why, shown=False) == 0
    assert cycle.audit()[0] == "NOT READY"
    waived = [*late, *AUDITOR, "--why", "Part from abroad; the customer knows.", "--until", "2026-12-20"]
    assert cycle.run(*waived, shown=False) == 0
    for rule in MINORS:
        response = ["--correction", "Put right", "--cause", "No field for it", "--action", "Field made mandatory"]
        call = ["decisions", "add", "response", rule, "shop", "--on", "2026-11-20", *OWNER, *response]
        assert cycle.run(*call, "--owner", "Head of service", "--due", "2026-12-18", shown=False) == 0
    word, third = cycle.audit()
    assert word == "READY"
    assert {f.verdict.value for f in third.findings if f.lifted_until} == {"fail"}
    cycle.run("decisions", "lint", "shop")


def _time_passes(cycle: Cycle) -> None:
    cycle.step("7. The certification is put off to March: the word is that of the worse day")
    plan = cycle.folder / "shop" / "qmscheck.toml"
    plan.write_text(
        plan.read_text("utf-8").replace("planned_audit = 2026-12-15", "planned_audit = 2027-03-01"), "utf-8"
    )
    word, later = cycle.audit()
    assert word == "NOT READY"
    assert later.gate.today is not None
    plan.write_text(
        plan.read_text("utf-8").replace("planned_audit = 2027-03-01", "planned_audit = 2026-12-15"), "utf-8"
    )

    cycle.step("8. It is December the 22nd: a waiver has expired, responses are overdue, and nobody has looked")
    plan.write_text(
        plan.read_text("utf-8").replace("planned_audit = 2026-12-15", "planned_audit = 2026-12-22"), "utf-8"
    )
    assert cycle.audit("--as-of", "2026-12-22")[0] == "NOT READY"
    assert cycle.run("decisions", "lint", "shop", "--as-of", "2026-12-22") == 1

    cycle.step("9. Somebody has looked: verified by another person, and the late case is waived anew")
    verified = ["--verified-on", "2026-12-21", "--verified-by", "M. Brandt"]
    for rule in MINORS:
        call = ["decisions", "add", "response", rule, "shop", "--record", "record.json", "--on", "2026-12-22"]
        assert cycle.run(*call, *OWNER, *verified, shown=False) == 0
    again = ["decisions", "add", "waiver", "CF-10.2-a1.open-in-time", "shop", "--record", "record.json"]
    again += ["--on", "2026-12-22", "--until", "2027-01-31", *AUDITOR, "--why", "The part has been sent."]
    assert cycle.run(*again, shown=False) == 0
    assert cycle.audit("--as-of", "2026-12-22")[0] == "READY"
    assert cycle.run("decisions", "lint", "shop", "--as-of", "2026-12-22") == 0
