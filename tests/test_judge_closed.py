"""What was closed stays as it was; what vanished or was changed is told, and a person has to explain it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest
from folders import audited
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_privacy_key import RULESET

from qmscheck import record as record_room
from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord

RULES = (
    RULESET.replace('key = "id"\n', 'key = "id"\nclosed = "closed_on"\n')
    .replace(
        'owner = { type = "text", sensitivity = "personal" }',
        'owner = { type = "text", sensitivity = "personal" }\nclosed_on = { type = "date" }\nstate = { type = "text" }',
    )
    .replace('must = "owner is not null"', 'must = "owner is not null and (closed_on is null or state is not null)"')
)
SOURCE = '[[source]]\ntable = "log"\npath = "log.csv"\n'
THEN, NOW = dt.date(2026, 6, 1), dt.date(2026, 11, 20)
HEAD = "id,owner,closed_on,state\n"
ROWS = {
    "1": "1,Anna,2026-01-05,solved",
    "2": "2,Bob,2026-05-31,rejected",
    "3": "3,Carl,,open",
    "4": "4,Dora,2026-07-01,solved",
}


def audit(
    folder: Path, rows: Mapping[str, str], day: dt.date, *, after: bool = False, ruleset: str = RULES
) -> AuditRecord:
    (folder / "log.csv").write_text(HEAD + "\n".join(rows.values()) + "\n", "utf-8")
    previous = 'previous = "before.json"\n' if after else ""
    return audited(folder, ruleset, previous + SOURCE, as_of=day)


def twice(folder: Path, before: Mapping[str, str], after: Mapping[str, str], **more: str) -> AuditRecord:
    first = audit(folder, before, THEN)
    (folder / "before.json").write_text(record_room.write(first), "utf-8")
    return audit(folder, after, NOW, after=True, **more)  # type: ignore[arg-type]


def told(found: AuditRecord) -> list[str]:
    return [f"{x.id}: {x.reason}: {x.detail}" for x in found.limits if "closed" in x.reason or x.reason == "vanished"]


def gate(found: AuditRecord) -> tuple[str, str]:
    (kept,) = [c for c in found.gate.conditions if c.id == "kept"]
    return kept.state.value, kept.detail


def test_a_record_keeps_a_digest_of_each_closed_record_and_no_personal_column(tmp_path: Path) -> None:
    (sealed,) = audit(tmp_path, ROWS, THEN).closed
    assert (sealed.table, sealed.closed, sealed.by, sealed.records) == ("log", "closed_on", "key", 2)
    assert sealed.columns == ("closed_on", "id", "state")
    assert list(sealed.seals) == ["1", "2"]
    assert all(len(seal) == 16 for seal in sealed.seals.values())


def test_what_was_closed_and_is_as_it_was_meets_the_condition(tmp_path: Path) -> None:
    found = twice(tmp_path, ROWS, {**ROWS, "3": "3,Carl,2026-08-01,solved", "5": "5,Eve,2026-09-01,solved"})
    assert (told(found), gate(found)) == ([], ("met", "they are"))


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"1": "1,Anna,2026-01-05,rejected"}, "1 changed (1)"),
        ({"1": "1,Anna,2026-01-06,solved", "2": "2,Bob,2026-05-31,solved"}, "2 changed (1, 2)"),
        ({"2": "2,Bob,,open"}, "1 no longer there as closed (2)"),
        ({"2": "2,Bob,2026-08-31,rejected"}, "1 no longer there as closed (2)"),
        ({"6": "6,Fay,2026-02-01,solved"}, "1 there now as closed before that day, and not there then (6)"),
    ],
)
def test_a_closed_record_that_changed_is_named_and_the_gate_cannot_tell(
    tmp_path: Path, change: dict[str, str], detail: str
) -> None:
    found = twice(tmp_path, ROWS, {**ROWS, **change})
    assert told(found) == [f"log: closed records changed: {detail}, since 2026-06-01"]
    assert gate(found) == ("undecided", "log: closed records differ, or cannot be compared")
    assert found.gate.result.value == "CANNOT TELL"


def test_another_owner_of_a_closed_record_is_no_change(tmp_path: Path) -> None:
    assert told(twice(tmp_path, ROWS, {**ROWS, "1": "1,Zoe,2026-01-05,solved"})) == []


def test_a_source_that_vanished_keeps_the_gate_from_telling(tmp_path: Path) -> None:
    audit(tmp_path, ROWS, THEN)
    more = SOURCE + SOURCE.replace("log.csv", "old.csv")
    (tmp_path / "old.csv").write_text(HEAD + "9,Zoe,2025-12-01,solved\n")
    (tmp_path / "before.json").write_text(record_room.write(audited(tmp_path, RULES, more, as_of=THEN)))
    (tmp_path / "old.csv").unlink()
    found = audit(tmp_path, ROWS, NOW, after=True)
    assert sorted(told(found)) == [
        "log: closed records changed: 1 no longer there as closed (9), since 2026-06-01",
        "old.csv: vanished: 1 row of log were read from it on 2026-06-01, and nothing is now",
    ]
    assert gate(found)[0] == "undecided"
    assert gate(found)[1].startswith("1 of its sources vanished")


def test_other_columns_than_then_cannot_be_compared(tmp_path: Path) -> None:
    other = RULES.replace("(closed_on is null or state is not null)", "(closed_on is null or id is not null)").replace(
        '\nstate = { type = "text" }', ""
    )
    found = twice(tmp_path, ROWS, ROWS, ruleset=other)
    assert told(found) == [
        "log: closed records not compared: whether the 2 closed then are as they were cannot be told: other columns are read"
    ]


def test_of_many_records_groups_of_keys_are_sealed(tmp_path: Path) -> None:
    rows = {str(i): f"{i},Anna,2026-01-05,solved" for i in range(600)}
    (sealed,) = audit(tmp_path, rows, THEN).closed
    assert (sealed.by, sealed.records, len(sealed.seals) <= 256) == ("group", 600, True)
    found = twice(tmp_path, rows, {**rows, "77": "77,Anna,2026-01-05,rejected"})
    assert told(found) == [
        "log: closed records changed: of 600 closed then and 600 now, at least 1 differ, since 2026-06-01"
    ]
    assert told(twice(tmp_path, rows, dict(reversed(rows.items())))) == [], "their order says nothing"


def test_a_first_audit_is_not_asked(tmp_path: Path) -> None:
    assert "kept" not in [c.id for c in audit(tmp_path, ROWS, THEN).gate.conditions]


def test_closed_names_a_date_of_the_table(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match=r"'state' is no date of table 'log'"):
        audit(tmp_path, ROWS, THEN, ruleset=RULES.replace('closed = "closed_on"', 'closed = "state"'))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["1", "2"]), st.sampled_from(["", "solved", "rejected", "x\x1fy", "="]))
def test_every_change_of_a_closed_record_is_noticed_and_no_other(tmp_path: Path, key: str, state: str) -> None:
    cells = ROWS[key].split(",")
    changed = {**ROWS, key: ",".join([*cells[:3], state])}
    assert bool(told(twice(tmp_path, ROWS, changed))) is (state != cells[3])


def test_a_table_that_was_emptied_is_told(tmp_path: Path) -> None:
    first = audit(tmp_path, ROWS, THEN)
    (tmp_path / "before.json").write_text(record_room.write(first), "utf-8")
    (tmp_path / "log.csv").write_text(HEAD)
    found = audited(tmp_path, RULES, 'previous = "before.json"\n' + SOURCE, as_of=NOW)
    assert told(found) == ["log: closed records changed: none of the 2 closed then is there, since 2026-06-01"]
    assert gate(found)[0] == "undecided"


def test_a_table_that_no_ruleset_asks_for_any_more_is_not_compared_and_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "before.json").write_text(record_room.write(audit(tmp_path, ROWS, THEN)), "utf-8")
    (tmp_path / "other.csv").write_text("id,owner\n1,Anna\n")
    other = RULESET.replace("[table.log", "[table.other").replace('each = "log"', 'each = "other"')
    found = audited(tmp_path, other, 'previous = "before.json"\n' + SOURCE.replace("log", "other"), as_of=NOW)
    assert "log: closed records not compared" in " ".join(told(found))


def test_a_plan_may_turn_the_condition_off_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "before.json").write_text(record_room.write(audit(tmp_path, ROWS, THEN)), "utf-8")
    off = '[gate]\nkept = { on = false, why = "the tool was changed in July" }\n'
    (tmp_path / "log.csv").write_text(HEAD + "1,Anna,2026-01-05,rejected\n")
    found = audited(tmp_path, RULES, 'previous = "before.json"\n' + off + SOURCE, as_of=NOW)
    assert gate(found) == ("off", "the tool was changed in July")
    assert len(told(found)) == 1, "it stays a limit"
