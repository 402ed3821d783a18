"""Plant defects in the perfect firm, one at a time, and say what is found: `python examples/defects.py [--every N]`.

Recall is the share of defects that the rules meant for them found. Precision is the share of the rules that failed,
those left out that look at the same thing, that were meant. Both are printed, with each defect that was not found and
each false alarm; so is how many rules were left out, and what precision is with them as false alarms. The exit code
is 1 where one of the two is below 0.97, where the firm without a defect fails, or where a rule that is declared to
look at the same thing saw nothing of it: then its reason is no more than an excuse.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from make_perfect_firm import make

from qmscheck import plan, plugins
from qmscheck.audit import conduct
from qmscheck.model import AuditRecord, Verdict
from qmscheck.plan import Overrides
from qmscheck.plugins import Plugins

__all__ = ["Defect", "Found", "Summary", "audited", "defects", "planted", "summary"]

_GOOD = 0.97


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong; see `planted_defects.toml` for what its parts mean."""

    name: str
    table: str
    must: tuple[str, ...]
    may: tuple[str, ...]
    where: Mapping[str, Sequence[str]]
    set: Mapping[str, str]
    drop: bool
    edits: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Found:
    """What an audit found of one defect: the rules that failed; `whole` where every rule was judged."""

    defect: Defect
    failed: frozenset[str]
    whole: bool

    @property
    def missed(self) -> frozenset[str]:
        """The rules that had to fail and did not."""
        return frozenset(self.defect.must) - self.failed

    @property
    def false_alarms(self) -> frozenset[str]:
        """The rules that failed and have nothing to do with the defect."""
        return self.failed - {*self.defect.must, *self.defect.may}

    @property
    def beside(self) -> frozenset[str]:
        """The rules that look at the same thing from another side, and failed as declared."""
        return self.failed & {*self.defect.may}

    @property
    def excuses(self) -> frozenset[str]:
        """The rules that are declared to look at the same thing, and saw nothing of it."""
        return frozenset(self.defect.may) - self.failed


@dataclass(frozen=True)
class Summary:
    """Recall and precision over some defects. In `strict` precision the rules `beside` are false alarms."""

    defects: int
    whole: int
    recall: float
    precision: float
    beside: int
    strict: float


def defects() -> tuple[Defect, ...]:
    """Read the defects of `planted_defects.toml`, in their order."""
    listed = tomllib.loads((Path(__file__).parent / "planted_defects.toml").read_text("utf-8"))["defect"]
    return tuple(
        Defect(
            name=one["name"],
            table=one["table"],
            must=tuple(one["must"]),
            may=tuple(one.get("may", {})),
            where={k: [v] if isinstance(v, str) else v for k, v in one.get("where", {}).items()},
            set=one.get("set", {}),
            drop=one.get("drop", False),
            edits=tuple((old, new) for old, new in one.get("edits", ())),
        )
        for one in listed
    )


def audited(folder: Path, found: Plugins, select: Sequence[str] = (), cache: Path | None = None) -> AuditRecord:
    """Audit a folder, by all rules or by some. `cache` is a folder that remembers what the ruleset says."""
    overrides = Overrides(today=dt.date(2026, 11, 1), select=tuple(select))
    return conduct(plan.read(folder, found.readers, overrides, found.rulesets), found, cache=cache)


def planted(
    folder: Path, chosen: Sequence[Defect], whole: AuditRecord, found: Plugins, nth: int = 10
) -> Iterator[Found]:
    """Plant each defect in a copy of the firm in `folder`, and audit it.

    `whole` is the audit of the firm without a defect; it says which rules read which tables. By the rules that read the
    altered table all defects are judged, each `nth` by all rules.
    """
    for number, defect in enumerate(chosen):
        every = number % nth == 0
        reading = {f.rule for f in whole.findings if defect.table in {f.table, *f.tables}}
        if defect.table == "documents":
            reading |= {f.rule for f in whole.findings if "passages" in {f.table, *f.tables}}
        with tempfile.TemporaryDirectory() as place:
            copy = Path(place) / "firm"
            shutil.copytree(folder, copy)
            _plant(copy, defect)
            select = () if every else sorted(reading | set(defect.must))
            record = audited(copy, found, select, Path(place).parent / "qmscheck-defects")
        failed = frozenset(f.rule for f in record.findings if f.verdict is Verdict.FAIL)
        yield Found(defect, failed, every)


def summary(results: Sequence[Found]) -> Summary:
    """Count recall and precision."""
    meant = sum(len(set(one.defect.must) & one.failed) for one in results)
    alarms = sum(len(one.false_alarms) for one in results)
    beside = sum(len(one.beside) for one in results)
    return Summary(
        defects=len(results),
        whole=sum(one.whole for one in results),
        recall=sum(not one.missed for one in results) / len(results),
        precision=meant / (meant + alarms) if meant + alarms else 0,
        beside=beside,
        strict=meant / (meant + alarms + beside) if meant + alarms + beside else 0,
    )


def _plant(folder: Path, defect: Defect) -> None:
    """Alter the records of a folder. Raises ValueError where nothing was altered: then there is no defect."""
    if defect.edits:
        (name,) = defect.where["path"]
        text = (folder / name).read_text("utf-8")
        for old, new in defect.edits:
            if old not in text:
                raise ValueError(f"{defect.name}: {old!r} is not in {name}")
            text = text.replace(old, new)
        (folder / name).write_text(text, "utf-8")
        return
    path = folder / "records" / f"{defect.table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    altered = [_altered(head, row, defect) for row in rows]
    if altered == rows:
        raise ValueError(f"{defect.name}: no record of {defect.table} was altered")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *(row for row in altered if row is not None)])


def _altered(head: Sequence[str], row: list[str], defect: Defect) -> list[str] | None:
    if not all(row[head.index(column)] in wanted for column, wanted in defect.where.items()):
        return row
    if defect.drop:
        return None
    changed = list(row)
    for column, cell in defect.set.items():
        changed[head.index(column)] = cell
    return changed


def _main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--every", type=int, default=1, help="plant only each Nth defect")
    every = asked.parse_args().every
    found = plugins.load()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "firm"
        make(folder)
        whole = audited(folder, found)
        failed = [f.rule for f in whole.findings if f.verdict is Verdict.FAIL]
        passed = sum(o.verdict is Verdict.PASS for o in whole.obligations)
        print(f"without a defect: {passed} of {len(whole.obligations)} obligations pass,", end=" ")
        print(f"{len(failed)} of {len(whole.findings)} rules fail {' '.join(failed)}".rstrip(), flush=True)
        results = []
        for one in planted(folder, defects()[::every], whole, found):
            results.append(one)
            for said in _wrong(one):
                print(said, flush=True)
    all_of_them = summary(results)
    print(f"{all_of_them.defects} defects, {all_of_them.whole} of them against all rules:", end=" ")
    print(f"recall {all_of_them.recall:.3f}, precision {all_of_them.precision:.3f}", end=" ")
    print(f"({all_of_them.strict:.3f} with the {all_of_them.beside} declared to look at the same thing)")
    excused = any(one.excuses for one in results)
    return int(bool(failed) or excused or min(all_of_them.recall, all_of_them.precision) < _GOOD)


def _wrong(one: Found) -> Iterator[str]:
    """Say what an audit of one defect did not find, found wrongly, and was declared to find beside it and did not."""
    lists = (
        ("not found by", one.missed),
        ("false alarm:", one.false_alarms),
        ("declared, and did not fail:", one.excuses),
    )
    for said, rules in lists:
        if rules:
            yield f"{one.defect.name}: {said} {' '.join(sorted(rules))}"


if __name__ == "__main__":
    sys.exit(_main())
