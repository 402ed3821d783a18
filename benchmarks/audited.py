"""The audit of the fifty rules as a command, and what its record answers; the evidence that it reads."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from fresh import Command, run

__all__ = ["Answers", "audit", "differences", "evidence", "of_record"]

_HERE = Path(__file__).parent

Answers = Mapping[str, tuple[int, int]]
"""By rule: the records in its population, and those that meet it."""


def evidence(folder: Path, rows: int, formats: Iterable[str]) -> Path:
    """Give the folder with the evidence of so many complaints, and make in it what is not there yet."""
    place = folder / f"qmscheck-benchmark-{rows}"
    missing = [suffix for suffix in formats if not (place / f"{suffix}.toml").exists()]
    if missing:
        run(Command((sys.executable, str(_HERE / "evidence.py"), str(rows), str(place), *missing)))
    return place


def audit(plan: Path, record: Path, *more: str, rules: Path = _HERE / "complaints.toml") -> Command:
    """Give the command that audits a plan anew by some rules, whatever the plan says, and writes its record."""
    line = (
        sys.executable,
        "-m",
        "qmscheck",
        "audit",
        str(plan),
        "-q",
        "--anew",
        "--isolation",
        "never",
        "--ruleset",
        str(rules),
    )
    written = ("--output-format", "json", "--output-file", str(record))
    return Command((*line, *written, *more), expected=(0, 1, 3))


def of_record(record: Path, prefix: str = "B-1.") -> Answers:
    """Read the answers from a record; a rule with records that could not be read has none."""
    found: dict[str, tuple[int, int]] = {}
    for finding in json.loads(record.read_text("utf-8"))["findings"]:
        tally = finding["tally"]
        if tally is not None and not tally["unreadable"]:
            found[finding["rule"].removeprefix(prefix)] = tally["population"], tally["met"]
    return found


def differences(audited: Answers, known: Answers, other: str = "by hand") -> list[str]:
    """Tell where two answers differ, rule by rule."""
    rules = sorted(audited.keys() | known.keys())
    return [f"{r}: audit {audited.get(r)}, {other} {known.get(r)}" for r in rules if audited.get(r) != known.get(r)]
