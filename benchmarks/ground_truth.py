"""Say each figure that is known of public data once more, by plan, ruleset and audit, and compare.

`python benchmarks/ground_truth.py [--evidence FOLDER] [NAME...]`: for each folder of `tests/truth`, its plan and rules
are audited over the folder of the same name in FOLDER (default: `../shared/evidence`), and each figure of
`[ground_truth]` in its PROVENANCE.toml is held against what the rules say. Nothing is computed here but rounding.

Exit 0: every figure is as expected; 1: some differ, or a figure is neither said nor explained; 2: no such folder.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmscheck import plan, plugins
from qmscheck.audit import conduct
from qmscheck.model import AuditRecord, Finding, Stratum, Tally
from qmscheck.plan import Overrides

_TREE = Path(__file__).parents[1]
_TRUTH = _TREE / "tests" / "truth"
_AS_OF = dt.date(2026, 11, 22)


@dataclass(frozen=True)
class Figure:
    """A figure by name: what PROVENANCE.toml says, what the rules say, and which. Without a rule: why not."""

    name: str
    expected: object
    found: object
    said_by: str
    why_not: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is as expected, or there is a reason why no rule says it."""
        return bool(self.why_not) or self.found == self.expected


def figures(evidence: Path, name: str, expected: Mapping[str, object] | None = None) -> list[Figure]:
    """Audit a folder by the plan and the rules of that name; give its figures in the order of PROVENANCE.toml."""
    known = tomllib.loads((_TRUTH / name / "figures.toml").read_text("utf-8"))
    truth = expected or tomllib.loads((evidence / "PROVENANCE.toml").read_text("utf-8"))["ground_truth"]
    said, not_said = known["figures"], known.get("not_said", {})
    record = _audited(evidence, name)
    return [_figure(record, one, value, said, not_said) for one, value in truth.items()]


def _figure(
    record: AuditRecord, name: str, value: object, said: Mapping[str, str | list[str]], not_said: Mapping[str, str]
) -> Figure:
    if name in not_said:
        return Figure(name, value, None, "", not_said[name])
    if name not in said:
        return Figure(name, value, "neither said nor explained", "")
    ways = said[name]
    if not isinstance(ways, str):  # a list: each of its entries is said by a rule
        return Figure(name, value, [_joined(record, way) for way in ways], "; ".join(w.partition(".")[0] for w in ways))
    found = [_as_expected(_joined(record, way), value) for way in ways.split(" = ")]
    same = all(one == found[0] for one in found)
    return Figure(name, value, found[0] if same else found, ways)


def _as_expected(found: object, expected: object) -> object:
    """Write what was found as the other is written: so many decimals; names in any order."""
    if isinstance(expected, float) and isinstance(found, int | float):
        return round(float(found), len(repr(expected).partition(".")[2]))
    if isinstance(expected, int) and isinstance(found, float) and found.is_integer():
        return int(found)
    if isinstance(expected, str) and sorted(str(found).replace(",", "").split()) == sorted(
        expected.replace(",", "").split()
    ):
        return expected
    return found


def _joined(record: AuditRecord, way: str) -> object:
    """Read one figure, or several that are told in one line."""
    parts = [_value(record, part) for part in way.split(" + ")]
    if len(parts) == 1:
        return parts[0]
    return " ".join(f"{part:g}" if isinstance(part, float) else str(part) for part in parts)


def _value(record: AuditRecord, way: str) -> object:
    """Read `RULE.figure`: population, met, unmet, percent, value, keys, verdict ...; `of UNIT` asks for one unit.

    `RULE.says TEXT` is the text where some record satisfies the rule, which holds what the text says; `always` where
    all do; `once` where one does; `found` where a query finds some.
    """
    rule, _, asked = way.partition(".")
    finding = record.finding(f"T.{rule}")
    how, _, text = asked.partition(" ")
    if how in _SAYING:
        return _said(finding, how, text)
    asked, _, unit = asked.partition(" of ")
    if unit:
        return _of(next(s.tally for s in finding.strata if s.value == unit), asked)
    match asked.split():
        case ["keys"]:
            return ", ".join(sorted({_key(e.key or "") for e in finding.exceptions}))
        case ["names"]:
            return sorted(Path(e.key or "").name for e in finding.exceptions)
        case ["verdict"]:
            return finding.verdict.value
        case ["value", *how]:
            assert finding.measured is not None, finding.reason
            value = finding.measured.value or 0.0
            return {"as percent": 100 * value, "negated": -value, "": value}[" ".join(how)]
        case ["worst" | "best" as end, *share]:
            one = _end(finding, end)
            return _of(one.tally, "percent") if share else int(one.value or 0)
        case _:
            assert isinstance(finding.tally, Tally), finding.reason
            return _of(finding.tally, asked)


_SAYING = frozenset({"says", "always", "once", "found"})


def _said(finding: Finding, how: str, text: str) -> object:
    """Give a text, or a number, where the rule that stands for it holds; else None."""
    tally = finding.tally
    assert isinstance(tally, Tally), finding.reason
    holds = {
        "says": tally.met > 0,
        "always": tally.met == tally.population > 0,
        "once": tally.met == 1,
        "found": bool(finding.exceptions),
    }[how]
    return (int(text) if text.isdigit() else text) if holds else None


def _key(text: str) -> str:
    """Write a moment to the minute, as PROVENANCE.toml does."""
    return text[:16] if len(text) > len("2026-01-01 00:00") and text[10] in " T" else text


def _of(tally: Tally, asked: str) -> float:
    if asked in {"any", "none"}:
        return (tally.met > 0) is (asked == "any")
    if asked == "all":
        return tally.met == tally.population > 0
    if asked == "percent":
        return 100 * tally.met / tally.population
    if asked == "second":  # of records that stand twice, the second one
        return tally.unmet / 2
    return float(getattr(tally, asked))


def _end(finding: Finding, end: str) -> Stratum:
    order = sorted(finding.strata, key=lambda s: s.tally.met / s.tally.population)
    return order[0] if end == "worst" else order[-1]


def _audited(evidence: Path, name: str) -> AuditRecord:
    """Audit a folder: it is `evidence` below a folder that holds the plan and the rules; `tree` is `tests/evidence`."""
    with tempfile.TemporaryDirectory(prefix="qmscheck-truth-") as place:
        folder = Path(place)
        (folder / "evidence").symlink_to(evidence.resolve(), target_is_directory=True)
        (folder / "tree").symlink_to(_TREE / "tests" / "evidence", target_is_directory=True)
        rules = (_TRUTH / "head.toml").read_text("utf-8") + (_TRUTH / name / "rules.toml").read_text("utf-8")
        (folder / "asked.toml").write_text(rules, "utf-8")
        head = '[audit]\norganization = "O"\nscope = "S"\nrulesets = ["asked.toml"]\n'
        head += f"as_of = {_AS_OF}\nmax_exceptions = 50\n\n"
        sources = (_TRUTH / name / "plan.toml").read_text("utf-8")
        for packed in evidence.glob("*.gz"):  # a copy in the tree is packed
            sources = sources.replace(f'"evidence/{packed.stem}"', f'"evidence/{packed.name}"')
        (folder / "qmscheck.toml").write_text(head + sources, "utf-8")
        found = plugins.load()
        return conduct(plan.read(folder, found.readers, Overrides(today=_AS_OF), found.rulesets), found)


def _table(name: str, known: list[Figure]) -> Iterator[str]:
    said = [one for one in known if not one.why_not]
    right = sum(one.holds for one in said)
    yield f"\n{name}: {right} of {len(said)} figures as expected, {len(known) - len(said)} not said by a rule"
    for one in known:
        mark = "-" if one.why_not else "ok" if one.holds else "DIFFERS"
        told = one.why_not or f"{one.found}  ({one.said_by})"
        yield f"  {mark:8}{one.name:57} {str(one.expected)[:40]:24} {told}"


def main(words: list[str]) -> int:
    """Print the table of each folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--evidence", type=Path, default=_TREE.parent / "shared" / "evidence")
    parser.add_argument("names", nargs="*", metavar="NAME")
    given: Any = parser.parse_args(words)
    if not given.evidence.is_dir():
        sys.stderr.write(f"There is no folder {os.path.relpath(given.evidence)}: nothing was compared.\n")
        return 2
    whole = True
    for name in given.names or sorted(p.parent.name for p in given.evidence.glob("*/PROVENANCE.toml")):
        if not (_TRUTH / name).is_dir():
            print(f"\n{name}: no rules in tests/truth")
            whole = False
            continue
        known = figures(given.evidence / name, name)
        whole = whole and all(one.holds for one in known)
        print("\n".join(_table(name, known)), flush=True)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
