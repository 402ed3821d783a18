"""The words, the order and the figures that all reports share."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import full_record

from qmscheck.model import (
    GRAVITY,
    Attestation,
    AttestationWarning,
    Decision,
    EvidenceSeen,
    Grade,
    GradeStep,
    Limit,
    Location,
    Origin,
    ParameterUse,
    Tally,
    Verdict,
)
from qmscheck.report import counts, order, persons, places, wording

FULL = full_record()


def test_every_verdict_and_grade_has_its_rank_and_its_words() -> None:
    assert set(GRAVITY) == set(Verdict) == set(wording.PLAIN) == set(wording.MEANINGS)
    assert GRAVITY[:5] == (
        Verdict.FAIL,
        Verdict.ERROR,
        Verdict.INSUFFICIENT,
        Verdict.MANUAL,
        Verdict.PASS,
    )
    assert set(wording.GRADES) == set(Grade)


def test_obligations_come_gravest_first_and_never_by_letters() -> None:
    found = [(o.verdict.value, o.grade and o.grade.value) for o in order.by_gravity(FULL)]
    assert found == [
        ("fail", "major"),
        ("fail", "minor"),
        ("fail", "opportunity"),
        ("error", None),
        ("insufficient", None),
        ("manual", None),
        ("pass", None),
        ("not-applicable", None),
        ("not-selected", None),
    ]


def test_every_finding_and_obligation_stands_under_some_verdict() -> None:
    blocks = order.blocks(FULL, *GRAVITY)
    assert {b.obligation.id for b in blocks} == {o.id for o in FULL.obligations}
    assert sorted(f.rule for b in blocks for f in b.findings) == sorted(f.rule for f in FULL.findings)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.5, "50 %"),
        (0.125, "12.5 %"),
        (1 / 3, "33.3 %"),
        (0.9996, "99.96 %"),
        (0.99996, "99.996 %"),
        (0.0004, "0.04 %"),
        (1 - 1e-15, "just under 100 %"),
        (1e-15, "just over 0 %"),
    ],
)
def test_a_share_is_written_in_percent(share: float, text: str) -> None:
    assert counts.percent(share) == text


@given(population=st.integers(2, 10**7), data=st.data())
def test_what_is_not_all_never_reads_as_100_percent_and_what_is_something_never_as_0(
    population: int, data: st.DataObject
) -> None:
    met = data.draw(st.integers(1, population - 1))
    assert counts.percent(met / population) not in {"100 %", "0 %"}


def test_figures_show_all_parts_of_a_tally() -> None:
    tally = Tally(population=10, met=6, unmet=3, unreadable=1, interval=(0.6, 0.7))
    assert counts.figures(tally) == "10 records: 6 met, 3 not met, 1 unreadable (60 % to 70 % met)"
    assert counts.figures(Tally(population=1, met=1, unmet=0, unreadable=0, interval=None)) == (
        "1 record: 1 met, 0 not met"
    )
    assert counts.figures(None) == "nothing was counted"


def test_of_records_of_which_nothing_is_known_no_share_is_told() -> None:
    tally = Tally(population=193, met=0, unmet=0, unreadable=193, interval=(0.0, 1.0))
    assert counts.figures(tally) == "193 records: 0 met, 0 not met, 193 unreadable"


def test_a_place_names_file_sheet_cell_column_page_and_heading() -> None:
    assert places.place(Location(path="a.xlsx", sheet="S", row=3, cell="B3", column="Owner")) == (
        "a.xlsx, sheet “S”, cell B3, column “Owner”"
    )
    assert places.place(Location(path="a.docx", page=0, heading="1 > 2", paragraph=4)) == (
        "a.docx, page 0, under “1 > 2”, paragraph 4"
    )
    assert places.place(Location(path="a.docx", heading="1", paragraph=4, cell="table 2, row 5")) == (
        "a.docx, under “1”, table 2, row 5"
    )
    assert places.place(Location(path="a.xlsx", heading="S", row=4, paragraph=2, cell="B4:D4")) == (
        "a.xlsx, under “S”, cells B4:D4"
    )
    assert places.place(Location(path="a.md", row=12, paragraph=4, cell="table 2, row 5")) == "a.md, row 12"
    assert places.place(Location(path="a.csv")) == "a.csv"
    assert places.within(Location(path="a.csv"), "a.csv") == "somewhere in it"
    assert places.within(Location(path="b.csv", row=2), "a.csv") == "b.csv, row 2"
    assert places.within(Location(path="a.csv", sheet="S", row=2), "a.csv") == "sheet “S”, row 2"


def test_an_answer_by_nobody_is_said_to_be_so() -> None:
    bare = Attestation(answer="no", statement=None, by=None, role=None, on=None, valid_until=None, location=None)
    assert persons.answered(bare, FULL.as_of) == "“no”, by nobody named"


def test_limits_are_grouped_by_kind_and_nothing_stands_twice() -> None:
    found = order.unexamined(FULL)
    assert [kind for kind, _, _ in found] == ["source", "file", "obligation", "obligation", "rule", "rule"]
    assert len({(kind, name) for kind, name, _ in found}) == len(found)
    bare = FULL.model_copy(update={"limits": (Limit(kind="table", id="t", reason="no-source", detail=""),)})
    assert ("table", "t", "no-source") in order.unexamined(bare)


def test_a_timestamp_reads_the_same_before_and_after_json() -> None:
    assert wording.value(dt.datetime(2026, 1, 2, 3, 4)) == "2026-01-02T03:04:00"  # noqa: DTZ001
    assert wording.value(dt.date(2026, 1, 2)) == "2026-01-02"
    assert wording.value(True) == "yes"


@given(st.text())
def test_clean_text_is_one_printable_line(text: str) -> None:
    cleaned = wording.clean(text)
    assert len(cleaned.splitlines()) <= 1
    assert all(c.isprintable() or c in "\u00a0\u200c\u200d" for c in cleaned)


def test_clean_text_shows_what_it_does_not_obey() -> None:
    assert wording.clean("a\x1b[0m\tb\u202ec\u2003d\U000e0001") == "a\\x1b[0m b\\u202ec d\\ue0001"
    assert wording.clean("Brünn, 東京 👩‍🔧") == "Brünn, 東京 👩‍🔧"


# ---------------------------------------------------------------- decisions


def _entry(kind: str, **given: object) -> Decision:
    signed: dict[str, object] = {"by": "Ada", "role": "QM", "on": dt.date(2026, 11, 20), "why": "seen"}
    return Decision.model_validate(signed | {"kind": kind, "fingerprint": "0" * 16} | given)


def test_a_decision_says_what_who_when_and_why() -> None:
    assert persons.decision(_entry("grade", **{"from": "minor"}, to="none", rule="A-1.x")) == (
        "grade no finding in place of minor (A-1.x), Ada (QM), 2026-11-20: seen"
    )
    assert persons.decision(_entry("risk", until=dt.date(2027, 1, 1), why=None)) == (
        "risk accepted until 2027-01-01 (0000000000000000), Ada (QM), 2026-11-20"
    )


def test_what_was_decided_of_a_finding_stands_beside_it_with_what_does_not_count_and_why() -> None:
    record = full_record()
    mark = record.findings[0].fingerprint
    entries = (
        _entry("grade", to="major", **{"from": "major"}, fingerprint=mark, state="in-force"),
        _entry("waiver", fingerprint=mark, until=dt.date(2026, 11, 1), state="expired"),
        _entry("waiver", fingerprint=mark, state="superseded"),
        _entry("waiver", state="in-force"),
    )
    told = persons.decisions(record.model_copy(update={"decisions": entries}), mark)
    assert [line.partition(" (")[0] for line in told] == ["grade major confirmed", "expired: waived until 2026-11-01"]
    assert record.decided(mark) == ()
    assert record.model_copy(update={"decisions": entries}).decided(mark) == entries[:1]


def test_the_short_form_names_final_grade_and_proposal() -> None:
    finding = full_record().findings[0]
    assert persons.decided(finding, finding.proposed_grade) == ""
    none = finding.model_copy(update={"final_grade": "none"})
    assert persons.decided(none, Grade.MINOR) == "final: no finding, proposed: minor"
    both = finding.model_copy(update={"final_grade": Grade.MAJOR, "lifted_until": dt.date(2027, 1, 1)})
    assert persons.decided(both, None) == "final: major, proposed: nothing; waived or accepted until 2027-01-01"


def test_an_answer_that_is_stale_names_what_changed_and_a_caution_is_no_lack_of_digests() -> None:
    was = (
        EvidenceSeen(path="log.csv", sha256="0", state="changed"),
        EvidenceSeen(path="b.csv", sha256="0", state="gone"),
        EvidenceSeen(path="c.csv", sha256="0"),
    )
    bare = Attestation(
        answer="yes", statement=None, by=None, role=None, on=None, valid_until=None, location=None, seen=was, stale=True
    )
    told = persons.answered(bare, FULL.as_of)
    assert told == "“yes”, by nobody named; stale: log.csv has changed, b.csv is gone"
    warnings = tuple(AttestationWarning(kind=k, detail=k) for k in ("own-work", "not-independent", "not-checkable"))
    assert persons.cautions(bare.model_copy(update={"warnings": warnings})) == ["own-work", "not-independent"]


def test_a_report_says_what_raised_a_grade_and_nothing_where_nothing_did() -> None:
    finding = full_record().finding("CF-8.2.1-c2.owner")
    assert wording.raised(finding) is None
    steps = (
        GradeStep(criterion="partial", effect="lower", grade=Grade.MINOR, why="A partial breach (1 of 9): minor."),
        GradeStep(criterion="law", effect="raise", grade=Grade.MAJOR, why="A requirement of law is touched: major."),
    )
    assert (
        wording.raised(finding.model_copy(update={"grade_steps": steps})) == "A requirement of law is touched: major."
    )


def test_a_step_of_grading_names_whose_number_it_was_compared_with() -> None:
    whose = ParameterUse(name="escalate_share", value=0.2, origin=Origin.CONTRACT, ref="K-1", title="Share")
    step = GradeStep(criterion="share", effect="raise", grade=Grade.MAJOR, why="Large: major.", parameter=whose)
    assert wording.grade_step(step) == "Large: major. [escalate_share = 0.2 (contract, K-1)]"
    capped = step.model_copy(update={"criterion": "origin", "effect": "cap"})
    assert wording.grade_step(capped) == "Large: major."
