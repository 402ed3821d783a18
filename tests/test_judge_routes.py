"""Where there are several lawful ways to meet an obligation, one complete way is enough, and no incomplete one is."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path
from typing import Any

import pytest
from firm import GOOD, RULESET, audit
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.errors import QmscheckError
from qmscheck.hookspecs import RenderOptions
from qmscheck.model import AuditRecord, Grade, ObligationResult, Verdict
from qmscheck.report import human, order
from qmscheck.report.explain import explain


def routed(**routes: str) -> str:
    """Give rules of the made-up firm a route each: A_1_owner = "book"."""
    text = RULESET
    for rule, route in routes.items():
        name = rule.replace("_", "-", 1).replace("_", ".", 1).replace("_", "-")
        text = text.replace(f'id = "{name}"', f'id = "{name}"\nroute = "{route}"')
    return text


LETTERS = routed(A_2_letter="letters", A_2_in_time="book", A_2_recent="letters")
OWNERS = routed(A_1_owner="owners", A_1_once="numbers")


def firm(index: int | None = None, **cells: Any) -> dict[str, list[dict[str, Any]]]:
    records = copy.deepcopy(GOOD)
    if index is not None:
        records["complaints"][index] |= cells
    return records


def obligation(record: AuditRecord, name: str) -> ObligationResult:
    return next(o for o in record.obligations if o.id == name)


def test_one_complete_way_is_enough_and_the_record_says_what_the_other_lacks(tmp_path: Path) -> None:
    record = audit(tmp_path, firm(1, owner=None), ruleset=OWNERS)
    found = obligation(record, "A-1")
    assert (found.verdict, found.reason) == (Verdict.PASS, "All rules are met. The route numbers carries.")
    assert [(r.name, r.verdict.value, r.carries, r.lacks) for r in found.routes] == [
        ("owners", "fail", False, ("A-1.owner",)),
        ("numbers", "pass", True, ()),
    ]
    assert record.finding("A-1.owner").verdict is Verdict.FAIL
    assert found.aside == ("A-1.owner",)
    assert found.undecided == ()


def test_a_way_that_another_one_makes_good_is_not_reported_as_not_met(tmp_path: Path) -> None:
    record = audit(tmp_path, firm(1, owner=None), ruleset=OWNERS)
    assert order.blocks(record, Verdict.FAIL) == []
    text = human.render(record, RenderOptions(width=100, color=False, verbose=0))
    assert "NOT MET" not in text
    told = explain(record, "A-1")
    assert "route       owners: does not carry (not met); it lacks A-1.owner" in told
    assert "route       numbers: carries" in told


def test_if_no_way_carries_the_nearest_one_gives_the_grade(tmp_path: Path) -> None:
    records = firm(1, owner=None)
    for complaint in records["complaints"]:
        complaint["id"] = "C1"
    found = obligation(audit(tmp_path, records, ruleset=OWNERS), "A-1")
    assert (found.verdict, found.grade) == (Verdict.FAIL, Grade.MINOR)
    assert found.reason == "Not met by A-1.owner. No route carries: owners lacks A-1.owner; numbers lacks A-1.once."


def test_while_one_way_is_undecided_the_obligation_is(tmp_path: Path) -> None:
    records = firm(1, answered="2026-10-30")
    records["answers"] = []
    own = LETTERS.replace('origin = "convention"', 'origin = "law"\nref = "L"')
    record = audit(tmp_path, records, ruleset=own)
    assert record.finding("A-2.in-time").verdict is Verdict.FAIL
    found = obligation(record, "A-2")
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.reason.endswith("No route carries: letters lacks A-2.letter, A-2.recent; book lacks A-2.in-time.") or (
        found.reason.endswith("No route carries: book lacks A-2.in-time; letters lacks A-2.letter, A-2.recent.")
    )


def test_a_way_that_nobody_claims_to_go_excuses_nothing_and_hinders_nothing(tmp_path: Path) -> None:
    """Only the letters need the table `answers`: without a source of it, the book alone decides."""
    records = firm(1, answered="2026-10-30")
    del records["answers"]
    found = obligation(audit(tmp_path, records, ruleset=LETTERS), "A-2")
    assert {r.name: r.claimed for r in found.routes} == {"letters": False, "book": True}
    assert (found.verdict, found.undecided) == (Verdict.FAIL, ())
    assert found.reason.endswith("book lacks A-2.in-time; letters is not claimed.") or found.reason.endswith(
        "letters is not claimed; book lacks A-2.in-time."
    )
    assert found.aside == ("A-2.letter", "A-2.recent")


def test_a_claimed_way_carries_without_the_one_that_is_not(tmp_path: Path) -> None:
    records = firm()
    del records["answers"]
    record = audit(tmp_path, records, ruleset=LETTERS)
    found = obligation(record, "A-2")
    assert (found.verdict, found.undecided) == (Verdict.PASS, ())
    told = explain(record, "A-2")
    assert "route       letters: not claimed, as no source is named of what only this way needs" in told
    assert "route       book: carries" in told


def test_where_no_way_is_claimed_all_of_them_count(tmp_path: Path) -> None:
    found = obligation(audit(tmp_path, {"attestations": firm()["attestations"]}, ruleset=LETTERS), "A-2")
    assert found.verdict is Verdict.INSUFFICIENT
    assert {*found.undecided} >= {"A-2.in-time"}


def test_a_source_without_records_claims_a_way_and_decides_nothing(tmp_path: Path) -> None:
    records = firm(1, answered="2026-10-30")
    records["answers"] = []
    found = obligation(audit(tmp_path, records, ruleset=LETTERS), "A-2")
    assert [r.claimed for r in found.routes] == [True, True]
    assert found.verdict is Verdict.INSUFFICIENT


def test_a_rule_without_a_route_belongs_to_all(tmp_path: Path) -> None:
    own = routed(A_2_letter="letters", A_2_in_time="book")
    records = firm()
    for letter in records["answers"]:
        letter["sent"] = "2024-01-01"
    assert obligation(audit(tmp_path, records, ruleset=own), "A-2").verdict is Verdict.FAIL


def test_a_way_that_found_nothing_to_judge_does_not_carry(tmp_path: Path) -> None:
    records = firm()
    for complaint in records["complaints"]:
        complaint |= {"state": "open", "id": "C9"}
    found = obligation(audit(tmp_path, records, ruleset=LETTERS), "A-2")
    assert found.verdict is Verdict.INSUFFICIENT
    assert not any(r.carries for r in found.routes)


def test_a_way_of_which_a_part_was_left_out_does_not_carry(tmp_path: Path) -> None:
    whole = obligation(audit(tmp_path, ruleset=LETTERS, ignore=("A-2.recent", "A-2.in-time")), "A-2")
    assert whole.verdict is not Verdict.PASS
    assert [r.carries for r in whole.routes] == [False, False]
    one = obligation(audit(tmp_path, ruleset=LETTERS, ignore=("A-2.in-time",)), "A-2")
    assert one.verdict is Verdict.PASS  # the letters are complete by themselves


def test_a_person_who_says_no_is_heard_whatever_carries(tmp_path: Path) -> None:
    records = firm()
    records["attestations"][0]["answer"] = "no"
    assert obligation(audit(tmp_path, records, ruleset=LETTERS), "A-2").verdict is Verdict.FAIL


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_taking_evidence_away_makes_no_way_carry_and_without_a_source_no_obligation_passes_that_did_not(
    data: st.DataObject,
) -> None:
    """Undecided is what missing evidence gives everywhere; anything better than before is not."""
    bad = {"owner": None, "answered": "2026-10-30"}
    cells = data.draw(st.sets(st.sampled_from(sorted(bad)), min_size=1))
    records = firm(data.draw(st.integers(0, 2)), **{cell: bad[cell] for cell in cells})
    if data.draw(st.booleans()):
        records["answers"] = records["answers"][:1]
    table = data.draw(st.sampled_from(["complaints", "answers"]))
    less = copy.deepcopy(records)
    how = data.draw(st.sampled_from(["gone", "gone", "empty", "blank"]))
    if how == "gone":
        del less[table]
    elif how == "empty":
        less[table] = []
    else:
        column = data.draw(st.sampled_from(sorted(less[table][0].keys() - {"letter"})))
        for record in less[table]:
            record[column] = None
    for ruleset in (LETTERS, OWNERS):
        before, after = _obligations(records, ruleset), _obligations(less, ruleset)
        for name, found in after.items():
            assert _carrying(found) <= _carrying(before[name])
            if how == "gone":
                assert found.verdict is not Verdict.PASS or before[name].verdict is Verdict.PASS


def _obligations(records: dict[str, list[dict[str, Any]]], ruleset: str) -> dict[str, ObligationResult]:
    with tempfile.TemporaryDirectory() as folder:
        return {o.id: o for o in audit(Path(folder), records, ruleset=ruleset).obligations}


def _carrying(found: ObligationResult) -> set[str]:
    return {route.name for route in found.routes if route.carries}


@pytest.mark.parametrize(
    ("ruleset", "message"),
    [
        (routed(A_1_owner="owners"), "'owners' is the only route of obligation 'A-1'"),
        (routed(A_2_letter="letters", A_2_recent="letters", A_2_in_time="leters"), "the route 'leters' of obligation"),
        (routed(A_1_owner="Owners", A_1_once="numbers"), "route"),
    ],
)
def test_slips_in_routes_are_refused_at_their_place(tmp_path: Path, ruleset: str, message: str) -> None:
    with pytest.raises(QmscheckError) as error:
        audit(tmp_path, ruleset=ruleset)
    assert message in str(error.value)
    assert "firm.toml:" in str(error.value)


def test_a_slip_in_a_route_hints_at_the_other_name(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match=r"did you mean 'letters'\?"):
        audit(tmp_path, ruleset=routed(A_2_letter="letters", A_2_recent="letters", A_2_in_time="leters"))


def test_a_way_that_a_person_had_to_read_says_so_and_no_way_is_said_to_lack_anything(tmp_path: Path) -> None:
    other = (
        RULESET[RULESET.index('[[rule]]\nid = "A-3.sorry"') :]
        .replace("A-3.sorry", "A-3.grief")
        .replace("'sorry')", "'sorry') and sent is null")
    )
    ruleset = (RULESET + other).replace('id = "A-3.sorry"', 'id = "A-3.sorry"\nroute = "letters"')
    ruleset = ruleset.replace('id = "A-3.grief"', 'id = "A-3.grief"\nroute = "calls"').replace(
        "letters say sorry.", "letters."
    )
    found = obligation(audit(tmp_path, firm(), ruleset=ruleset), "A-3")
    assert found.verdict is Verdict.PASS, found
    assert found.reason.endswith("The route letters carries with the answer of a person, who had to read A-3.sorry."), (
        found.reason
    )
