"""How well `qmscheck init` proposes: the share of columns proposed right, for folders of which the truth is known.

`uv run python benchmarks/init_truth.py [NAME ...]` runs it on a copy of each folder named in `truth/*.toml`, without
the plan that may lie there, and prints one line for each. `-v` shows every column that is not right.

What is counted: each column of the truth. It is *right* where init proposes that heading for that column of that
table; *asked* where that very mapping stands commented out with a question; *wrong* where another heading is proposed;
*missed* where nothing is. A date format is wrong where one is proposed, without a question, that is not the true one.
*Surplus* is what is proposed and not in the truth.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli

from qmscheck import criteria, plugins
from qmscheck.engine.embedded import Embedded
from qmscheck.proposal import Looking, Mapped, Proposal, propose

__all__ = ["Counted", "counted", "truths"]

ROOT = Path(__file__).resolve().parent.parent
_TRUTH = Path(__file__).parent / "truth"
_AS_OF = dt.date(2026, 11, 20)


@dataclass
class Counted:
    """What became of the columns of one folder."""

    name: str
    columns: int = 0
    right: int = 0
    asked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    dates: int = 0
    dates_right: int = 0
    dates_asked: list[str] = field(default_factory=list)
    dates_wrong: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of columns proposed right."""
        return self.right / self.columns if self.columns else 0.0

    def line(self) -> str:
        """Write the counts as a row of the table."""
        return (
            f"| {self.name} | {self.columns} | {self.right} | {self.share:.1%} | {len(self.asked)} | {len(self.wrong)} "
            f"| {len(self.missed)} | {len(self.surplus)} | {self.dates} | {self.dates_right} | {len(self.dates_asked)} "
            f"| {len(self.dates_wrong)} |"
        )


def truths(names: Sequence[str] = ()) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the truth of each folder, by its name."""
    for path in sorted(_TRUTH.glob("*.toml")):
        with path.open("rb") as file:
            truth = tomli.load(file)
        if "folder" in truth and (not names or path.stem in names):
            yield path.stem, truth


def counted(name: str, truth: Mapping[str, Any], *, small: bool = False) -> Counted:
    """Propose for a copy of a folder, or of the small cut of it that is kept for tests, and compare with its truth."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / name
        _copied(truth, copy, small=small)
        there = [table for table in truth["table"] if any(copy.glob(table["file"]))]
        proposal = _proposal(copy, truth["ruleset"], Path(place))
    found = Counted(name)
    for table in there:
        _count(found, table, proposal)
    _surplus(found, there, proposal)
    return found


def _copied(truth: Mapping[str, Any], copy: Path, *, small: bool) -> None:
    """Copy a folder without what init must not see; `small` is a folder of cuts, or the cut of each file."""
    source = truth.get("small") if small else truth["folder"]
    if isinstance(source, str):
        shutil.copytree(ROOT / source, copy, ignore=shutil.ignore_patterns(*truth.get("hidden", ())))
        return
    copy.mkdir()
    for name, path in (source or {}).items():
        shutil.copyfile(ROOT / path, copy / name)


def _proposal(folder: Path, ruleset: str, place: Path) -> Proposal:
    known = plugins.load(())
    path = known.rulesets[ruleset].path if ruleset in known.rulesets else _TRUTH / ruleset
    asked = criteria.load([(ruleset, path)])
    engine = Embedded(place)
    try:
        return propose(
            Looking(folder, known.readers, engine, place, _AS_OF), asked.ruleset, lambda _path, _options: False
        )
    finally:
        engine.close()


def _count(found: Counted, table: Mapping[str, Any], proposal: Proposal) -> None:
    """Count the columns of one table of the truth."""
    inside = table.get("inside", "")
    same = [
        one
        for one in proposal.tables
        if one.name == table["is"]
        and _is_of(one.table.path, one.table.paths, table["file"])
        and (not inside or inside in {one.table.sheet, *one.table.options.values()})
    ]
    columns: dict[str, tuple[Mapped, bool]] = {}
    for one in same:
        proposed = one.sure or (bool(one.again) and table.get("again", False))
        columns |= {column.column: (column, proposed) for column in one.columns}
    for column, heading in table["columns"].items():
        found.columns += 1
        place = f"{table['file']} [{inside}] {table['is']}.{column} = {heading}"
        given, sure = columns.get(column, (None, False))
        if given is None:
            found.missed.append(place)
        elif heading not in given.headings:
            (found.wrong if given.sure and sure else found.missed).append(f"{place}: proposed {given.heading}")
        elif not (given.sure and sure):
            found.asked.append(f"{place} ({given.score:.2f})")
        else:
            found.right += 1
        if given is not None and heading in given.headings:
            _count_dates(found, place, given, table.get("formats", {}).get(column))


def _count_dates(found: Counted, place: str, given: Mapped, wanted: object) -> None:
    """Compare the date format of a column with its truth; one that starts with the year needs none."""
    forms = [wanted] if isinstance(wanted, str) else list(wanted or [])  # type: ignore[call-overload]
    needed = {str(form) for form in forms if not str(form).startswith("%Y-")}
    if needed or given.formats or given.either:
        found.dates += 1
        if given.either:
            found.dates_asked.append(f"{place}: {given.either}")
        elif set(given.formats) == needed:
            found.dates_right += 1
        else:
            found.dates_wrong.append(f"{place}: proposed {given.formats}, not {sorted(needed)}")


def _surplus(found: Counted, tables: Sequence[Mapping[str, Any]], proposal: Proposal) -> None:
    """Name what is proposed, and is not in the truth: the plan would read it, and a person must take it out."""
    for one in proposal.tables:
        if not one.sure:
            continue
        of = [t for t in tables if t["is"] == one.name and _is_of(one.table.path, one.table.paths, t["file"])]
        known = {column for t in of for column in t["columns"]}
        found.surplus += [
            f"{one.table.label} {one.name}.{column.column} = {column.heading}"
            for column in one.columns
            if column.sure and column.column not in known
        ]


def _is_of(path: str, paths: Sequence[str], file: str) -> bool:
    return path == file or file in paths or any(Path(each).match(file) for each in paths)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each folder; give 1 where fewer than 90 % are right or a date format is wrong."""
    known = [name for name, _ in truths()]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="*", help=f"a folder whose truth is known: {', '.join(known)} (default: all)")
    parser.add_argument("-v", dest="verbose", action="store_true", help="show every column that is not right")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.name if name not in known]:
        parser.error(f"there is no truth of {', '.join(unknown)}")
    print("| folder | columns | right | share | asked | wrong | missed | surplus | dates | right | asked | wrong |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    bad = False
    for name, truth in truths(given.name):
        small = not (ROOT / truth["folder"]).is_dir()
        if small:
            print(f"{name} is not here: its small cut is taken")
        found = counted(name, truth, small=small)
        bad |= found.share < 0.9 or bool(found.dates_wrong)
        print(found.line(), flush=True)
        if given.verbose:
            for kind in ("asked", "wrong", "missed", "surplus", "dates_asked", "dates_wrong"):
                for place in getattr(found, kind):
                    print(f"    {kind}: {place}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
