"""A plan of scans as text: what is read, by which scan, and what is not done because it need not be."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from qmscheck.judge.counting.planner import Scan, ScanPlan, Way
from qmscheck.sql.functions import Values
from qmscheck.sql.rewritten import rewritten
from qmscheck.sql.select import RowTest

__all__ = ["plan_text"]

_WIDTH = 100
_LABEL = 11
_INDENT = " " * (4 + _LABEL)

_WAYS = {
    Way.FETCHED: "every record is fetched once, with the states of all rules, and counted and listed from that",
    Way.KEPT: "the state of every record is computed once and kept; exceptions are fetched from there",
    Way.WALKED: "every record is judged",
    Way.SOUGHT: "only records that may be unmet or unreadable are judged in full",
}


def plan_text(plan: ScanPlan, tests: Mapping[str, RowTest], values: Values) -> str:
    """Write a plan for people: tables in the order of their first scan, each scan with its rules and what it saves."""
    number = sum(len(scan.rules) for scan in plan.scans)
    most = f"at most {plan.width} rules in one, {plan.abreast} at the same time"
    lines = [f"{_many(number, 'rule')} in {_many(len(plan.scans), 'scan')}, {most}"]
    for table in dict.fromkeys((scan.table, scan.dialect) for scan in plan.scans):
        scans = [(n, scan) for n, scan in enumerate(plan.scans, 1) if (scan.table, scan.dialect) == table]
        lines += ["", f"{table[0]} ({_many(scans[0][1].records, 'record')}, {table[1]})"]
        for n, scan in scans:
            lines.append(f"  scan {n}: {_many(len(scan.rules), 'rule')}")
            lines += _scan_lines(scan, tests, values)
    if plan.left_out:
        told = f"a table has no record, or is with another engine: {', '.join(plan.left_out)}"
        lines += ["", *_wrapped("no scan", told)]
    return "\n".join(lines) + "\n"


def _scan_lines(scan: Scan, tests: Mapping[str, RowTest], values: Values) -> Iterator[str]:
    """Write what stands below a scan: label and text of each line, folded."""
    yield from _wrapped("rules", ", ".join(scan.rules))
    for table, columns in scan.reads:
        yield from _wrapped("reads", f"{table}: {', '.join(columns)}")
    yield from _wrapped("how", _how(scan))
    yield from _wrapped("late", _late(scan))
    if scan.layers:
        yield from _wrapped("strata", f"counted for each value of {', '.join(scan.layers)}")
    for text, number in scan.scopes:
        yield from _wrapped("shared", f"{text}: the scope of {number} rules, evaluated once for each record")
    scoped = sum(tests[rule].scope is not None and tests[rule].must is not None for rule in scan.rules)
    if scoped:
        yield from _wrapped("short", f"{_many(scoped, 'condition')} looked at only where the scope holds")
    for told in dict.fromkeys(t for rule in scan.rules for t in rewritten(tests[rule], values)):
        yield from _wrapped("rewritten", told)


def _how(scan: Scan) -> str:
    """Say how the scan comes to its counts."""
    if scan.way is not Way.SOUGHT:
        return _WAYS[scan.way]
    where = "found while the file was read" if scan.sieved else "found by a cheap condition first"
    if scan.there:
        where = "found by their cells as they lie there, before any is read"
    if scan.filled:
        where += "; blank keys are among what was found while the file was read"
    sought = _WAYS[Way.SOUGHT] + (f", {where}" if scan.few else ", found by judging all of them once")
    if not scan.walked:
        return sought
    return f"{sought} ({_many(len(scan.sought), 'rule')}); of {_many(len(scan.walked), 'rule')}, {_WAYS[Way.WALKED]}"


def _late(scan: Scan) -> str:
    if scan.way is Way.FETCHED:
        return "nothing more is asked for exceptions"
    if scan.sought:
        told = "keys and places are fetched at once, of as many exceptions as are shown"
        return told if not scan.walked else f"{told}; of what is not sought, only for a verdict that needs them"
    return "keys and places are fetched only for rules that a verdict needs them of"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _wrapped(label: str, text: str) -> Sequence[str]:
    """Fold a text behind its label."""
    first = f"    {label:<{_LABEL}}"
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False
    )
