"""The inventory of a plan: the path of an audit up to its evidence, and what it would miss."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import NoReturn

import pytest
from folders import HEADER

from qmscheck import plan, plugins
from qmscheck.engine import EngineError
from qmscheck.errors import QmscheckError
from qmscheck.inventory import Inventory, Missing, Newest, taking
from qmscheck.plan import Overrides

TODAY = dt.date(2026, 11, 20)
RULES = """
[table.notes]
purpose = "Notes"
key = "id"
[table.notes.columns]
id = { type = "text" }
owner = { type = "text" }
written = { type = "date" }
seen = { type = "timestamp" }
spare = { type = "text" }
[table.visits]
purpose = "Visits"
key = "id"
[table.visits.columns]
id = { type = "text" }

[[rule]]
id = "T.1"
obligation = "T"
title = "Written"
each = "notes"
must = "written < as_of() and seen < as_of()"
statement = "{unmet} of {population}."

[[rule]]
id = "T.2"
obligation = "T"
title = "Owned"
each = "notes"
must = "owner <> ''"
statement = "{unmet} of {population}."

[[rule]]
id = "T.3"
obligation = "T"
title = "Visited"
each = "visits"
must = "id <> ''"
statement = "{unmet} of {population}."
"""
PASSAGES = """
[table.documents]
purpose = "Documents"
key = "path"
[table.documents.columns]
path = { type = "text" }
[table.passages]
purpose = "Passages"
key = "passage_id"
[table.passages.columns]
passage_id = { type = "text" }
text = { type = "text" }

[[rule]]
id = "T.4"
obligation = "T"
title = "Said"
each = "passages"
must = "text <> ''"
statement = "{unmet} of {population}."

[[rule]]
id = "T.5"
obligation = "T"
title = "There"
each = "documents"
must = "path <> ''"
statement = "{unmet} of {population}."
"""


def source(path: str, more: str = "", table: str = "notes") -> str:
    return f'\n[[source]]\ntable = "{table}"\npath = "{path}"\n{more}'


def take(folder: Path, sources: str, rules: str = RULES, **files: str) -> Inventory:
    (folder / "rules.toml").write_text(HEADER + rules, "utf-8")
    head = '[audit]\norganization = "Firm"\nscope = "S"\nrulesets = ["rules.toml"]\n'
    (folder / "qmscheck.toml").write_text(head + sources, "utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    found = plugins.load()
    planfile = plan.read(folder, found.readers, Overrides(today=TODAY), found.rulesets, found.engines)
    return taking.take(planfile, found)


NOTES = "id,owner,written,seen\n1,Ann,2026-10-01,2026-10-05 10:00:00\n2,Bob,2026-12-24,2026-10-04 10:00:00\n"


def test_the_newest_day_is_one_that_is_not_after_the_audit(tmp_path: Path) -> None:
    taken = take(tmp_path, source("a.csv"), a=NOTES)
    (seen,) = taken.sources
    assert seen.newest == Newest("seen", dt.date(2026, 10, 5), 46)
    assert (taken.organization, taken.as_of, taken.rulesets) == ("Firm", TODAY, ("rules.toml",))
    assert (seen.evidence.rows_read, seen.evidence.unmapped_columns) == (2, ())


def test_each_file_of_a_table_has_its_own_newest_day_and_one_without_days_has_none(tmp_path: Path) -> None:
    taken = take(
        tmp_path,
        source("a.csv") + source("b.csv") + source("c.csv"),
        a=NOTES,
        b="id,owner,written,seen\n3,Ann,2025-01-01,\n",
        c="id,owner,written,seen\n4,Ann,2027-01-01,\n",
    )
    newest = {seen.evidence.locator: seen.newest for seen in taken.sources}
    assert newest["a.csv"] == Newest("seen", dt.date(2026, 10, 5), 46)
    assert newest["b.csv"] == Newest("written", dt.date(2025, 1, 1), 688)
    assert newest["c.csv"] is None


def test_of_a_file_with_two_sources_the_newest_day_of_both_is_told(tmp_path: Path) -> None:
    older = 'missing = ["", "2026-10-05 10:00:00", "2026-10-04 10:00:00"]\n'
    taken = take(tmp_path, source("a.csv", older) + source("a.csv"), a=NOTES)
    assert {seen.newest for seen in taken.sources} == {Newest("seen", dt.date(2026, 10, 5), 46)}


def test_a_day_that_was_planned_makes_no_register_new(tmp_path: Path) -> None:
    """What was due yesterday shows nothing of the last two years: the newest day is one on which something happened."""
    rules = RULES.replace("written = {", "review_due = {").replace("seen = {", "last_seen = {")
    rules = rules.replace("written < as_of() and seen <", "review_due < as_of() and last_seen <")
    late = "id,owner,review_due,last_seen\n1,Ann,2026-11-19,2024-01-01 10:00:00\n"
    (seen,) = take(tmp_path, source("a.csv"), rules=rules, a=late).sources
    assert seen.newest == Newest("last_seen", dt.date(2024, 1, 1), 1054)
    (seen,) = take(tmp_path, source("a.csv"), rules=rules, a="id,owner,review_due\n1,Ann,2026-11-19\n").sources
    assert seen.newest == Newest("review_due", dt.date(2026, 11, 19), 1, planned=True)


def test_a_table_without_records_or_days_has_no_newest_day(tmp_path: Path) -> None:
    taken = take(tmp_path, source("a.csv") + source("v.csv", table="visits"), a="id,owner,written,seen\n", v="id\n1\n")
    assert [seen.newest for seen in taken.sources] == [None, None]


def test_a_column_that_a_rule_reads_and_the_source_lacks_is_told_with_who_needs_it(tmp_path: Path) -> None:
    (seen,) = take(tmp_path, source("a.csv"), a="id,written,seen\n1,2026-10-01,2026-10-01\n").sources
    assert seen.lacks == {"owner": ("T",)}  # nobody reads `spare`


def test_tables_that_rules_read_and_the_plan_does_not_name_are_missing(tmp_path: Path) -> None:
    taken = take(tmp_path, source("a.csv"), a=NOTES)
    assert taken.missing == (Missing("visits", "Visits", ("T",)),)
    assert not taken.limits


def test_a_table_that_the_source_of_another_delivers_is_not_missing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ann answers.", "utf-8")
    missing = take(tmp_path, source("a.txt", table="documents"), RULES + PASSAGES).missing
    assert [one.table for one in missing] == ["notes", "visits"]


def test_a_file_that_is_not_there_is_a_source_that_cannot_be_read(tmp_path: Path) -> None:
    taken = take(tmp_path, source("none.csv"))
    (seen,) = taken.sources
    assert (seen.evidence.status, seen.newest) == ("missing", None)
    assert [(limit.kind, limit.reason) for limit in taken.limits] == [("source", "missing")]


def test_the_list_within_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"all": [{"id": "1", "owner": "Ann", "written": "2026-10-01", "seen": ""}]}')
    (seen,) = take(tmp_path, source("a.json", 'records = "all"\n')).sources
    assert (seen.inside, seen.evidence.rows_read) == ("all", 1)


def test_the_member_of_an_archive_is_named_and_what_is_read_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr("b.json", '{"all": [{"id": "1", "owner": "Ann", "written": "2026-10-01", "seen": ""}]}')
    (seen,) = take(tmp_path, source("a.zip", 'member = "b.json"\nrecords = "all"\n')).sources
    assert (seen.inside, seen.evidence.rows_read) == ("b.json, all", 1)


def test_a_plan_with_a_mistake_is_refused_as_an_audit_would(tmp_path: Path) -> None:
    mistake = '[source.columns]\nowner = "Nobody"\n'
    with pytest.raises(QmscheckError, match="Nobody"):
        take(tmp_path, source("a.csv", mistake), a=NOTES)


class Refusing:
    """An engine that answers nothing."""

    def rows(self, _statement: object) -> NoReturn:
        raise EngineError("it cannot say that")


def test_only_an_engine_beside_our_own_may_be_unable_to_say_what_is_newest() -> None:
    own, other = Refusing(), Refusing()
    assert taking._asked(other, own, None) == []  # type: ignore[arg-type]
    with pytest.raises(EngineError):
        taking._asked(own, own, None)  # type: ignore[arg-type]


def test_what_was_found_in_documents_is_remembered_for_the_next_look(tmp_path: Path) -> None:
    (tmp_path / "QM").mkdir()
    (tmp_path / "QM" / "policy.md").write_text("# Quality policy\n\nWe live customer focus.\n", "utf-8")
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    first = take(tmp_path, source("QM", table="documents"), RULES + PASSAGES)
    found = plugins.load()
    planfile = plan.read(tmp_path, found.readers, Overrides(today=TODAY), found.rulesets, found.engines)
    assert taking.take(planfile, found, cache=cache) == first
    kept = [one for one in cache.rglob("*") if one.is_file() and one.parent.name == "documents"]
    assert len(kept) == 1
    assert taking.take(planfile, found, cache=cache) == first
