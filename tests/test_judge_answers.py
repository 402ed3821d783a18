"""Answers of persons as evidence: what makes one stale, expired or doubtful, and what a reader is warned of."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from firm import GOOD, RULESET, audit, verdicts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmscheck.model import Attestation, AuditRecord, Source

_DIGEST = hashlib.sha256(b"as seen").hexdigest()


def attested(record: AuditRecord, obligation: str = "A-2") -> Attestation:
    (answer,) = [o.attestation for o in record.obligations if o.id == obligation]
    assert answer is not None
    return answer


def answered(**changes: Any) -> dict[str, list[dict[str, Any]]]:
    firm = copy.deepcopy(GOOD)
    firm["attestations"][0].update(changes)
    return firm


def seen(*pairs: tuple[str, str]) -> str:
    return json.dumps(list(pairs))


def test_an_answer_about_evidence_that_is_still_the_same_counts(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"as seen")
    record = audit(tmp_path, answered(seen=seen(("log.csv", _DIGEST))))
    answer = attested(record)
    assert (answer.stale, answer.expired, answer.doubt) == (False, False, None)
    assert [(s.path, s.sha256, s.state) for s in answer.seen] == [("log.csv", _DIGEST, "same")]
    assert verdicts(record)["A-2"] == "pass"


@pytest.mark.parametrize(("now", "state", "told"), [(b"changed", "changed", "has changed"), (None, "gone", "is gone")])
def test_an_answer_is_stale_when_what_was_seen_changes_or_vanishes_and_names_the_file(
    tmp_path: Path, now: bytes | None, state: str, told: str
) -> None:
    if now is not None:
        (tmp_path / "log.csv").write_bytes(now)
    record = audit(tmp_path, answered(seen=seen(("log.csv", _DIGEST))))
    answer = attested(record)
    assert (answer.stale, answer.seen[0].state) == (True, state)
    assert answer.doubt == f"The answer is stale (Auditor, 2026-10-01): log.csv {told}."
    (found,) = [o for o in record.obligations if o.id == "A-2"]
    assert (found.verdict.value, found.reason) == ("manual", answer.doubt)
    assert found.undecided == ("question",)


def test_of_many_changed_files_three_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    record = audit(tmp_path, answered(seen=seen(*((f"{n}.csv", _DIGEST) for n in "edcba"))))
    doubt = attested(record).doubt
    assert doubt is not None
    assert doubt.endswith("a.csv is gone; b.csv is gone; c.csv is gone; and 2 more.")


def test_of_two_answers_of_one_day_that_say_the_same_one_that_is_not_stale_counts(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"as seen")
    rows = [{"seen": seen(("log.csv", digest))} for digest in ("0", _DIGEST, "1")]
    for order in (rows, rows[::-1]):
        firm = answered(**order[0])
        firm["attestations"] += [firm["attestations"][0] | more for more in order[1:]]
        assert verdicts(audit(tmp_path, firm))["A-2"] == "pass"
        firm["attestations"][-1]["answer"] = "partly"
        assert verdicts(audit(tmp_path, firm))["A-2"] == "fail"


def test_a_no_stays_a_no_when_the_evidence_changes(tmp_path: Path) -> None:
    record = audit(tmp_path, answered(answer="no", seen=seen(("log.csv", _DIGEST))))
    assert attested(record).stale
    assert verdicts(record)["A-2"] == "fail"


def test_a_file_outside_the_folder_of_the_plan_is_never_looked_at(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"as seen")
    inner = tmp_path / "firm"
    inner.mkdir()
    record = audit(inner, answered(seen=seen(("../log.csv", _DIGEST))))
    assert attested(record).seen[0].state == "gone"


@pytest.mark.parametrize("text", ["nonsense", "[1]", '[["a"]]', '{"a": 1}', "7", '[["a", 1]]'])
def test_a_list_of_what_was_seen_that_cannot_be_read_helps_nobody(tmp_path: Path, text: str) -> None:
    record = audit(tmp_path, answered(seen=text))
    assert attested(record).doubt == "The list of what was seen cannot be read (Auditor, 2026-10-01)."
    assert verdicts(record)["A-2"] == "manual"


def test_an_expired_answer_says_so_and_does_not_count(tmp_path: Path) -> None:
    answer = attested(audit(tmp_path, answered(valid_until="2026-11-19")))
    assert (answer.expired, answer.doubt is None) == (True, False)


def test_a_yes_that_does_not_say_what_was_seen_does_not_count(tmp_path: Path) -> None:
    record = audit(tmp_path, answered(statement="  "))
    assert attested(record).doubt == "The answer 'yes' does not say what was seen (Auditor, 2026-10-01)."
    assert verdicts(record)["A-2"] == "manual"


def test_an_answer_to_another_wording_of_the_question_does_not_count(tmp_path: Path) -> None:
    assert verdicts(audit(tmp_path, answered(question="Was  the answer\nfair?")))["A-2"] == "pass"
    record = audit(tmp_path, answered(question="Was the answer quick?"))
    assert attested(record).doubt == "The question has changed since it was answered (Auditor, 2026-10-01)."


def test_an_answer_to_what_no_ruleset_has_is_listed(tmp_path: Path) -> None:
    """A slip in a name must not look like an answer that counts."""
    stray = GOOD["attestations"][0] | {"obligation": "A-22"}
    record = audit(tmp_path, GOOD | {"attestations": [*GOOD["attestations"], stray]})
    (limit,) = [one for one in record.limits if one.id == "A-22"]
    assert (limit.kind, limit.reason) == ("obligation", "unknown")
    assert limit.detail == "The attestations hold an answer to it, and no ruleset has such an obligation."
    assert not [one for one in audit(tmp_path, GOOD).limits if one.reason == "unknown"]


@pytest.mark.parametrize("cell", ["\u200b", "\u3164", "\u00ad \u2060"])
def test_an_answer_that_says_nothing_visible_does_not_count(tmp_path: Path, cell: str) -> None:
    record = audit(tmp_path, answered(statement=cell))
    assert attested(record).doubt == "The answer 'yes' does not say what was seen (Auditor, 2026-10-01)."
    unsigned = audit(tmp_path, answered(by=cell, role=cell))
    assert attested(unsigned).doubt == "The answer to the question is not signed or not dated."


def test_without_a_digest_an_answer_counts_and_says_that_it_cannot_be_checked(tmp_path: Path) -> None:
    record = audit(tmp_path)
    assert [w.kind for w in attested(record).warnings] == ["not-checkable"]
    assert verdicts(record)["A-2"] == "pass"


@pytest.mark.parametrize(
    ("who", "detail"),
    [
        (
            {"by": "ada "},
            "The person who answered, or that role, is named as the owner in 2 of 3 records of complaints (owner).",
        ),
        (
            {"by": " A\u200bda"},
            "The person who answered, or that role, is named as the owner in 2 of 3 records of complaints (owner).",
        ),
        (
            {"by": None, "role": "BOB"},
            "The person who answered, or that role, is named as the owner in 1 of 3 records of complaints (owner).",
        ),
    ],
)
def test_a_person_who_owns_the_records_is_warned_of_without_a_name(tmp_path: Path, who: Any, detail: str) -> None:
    ruleset = RULESET.replace('owner = { type = "text" }', 'owner = { type = "text", person = "owner" }')
    record = audit(tmp_path, answered(**who), ruleset=ruleset)
    assert [w.detail for w in attested(record).warnings if w.kind == "own-work"] == [detail]
    assert verdicts(record)["A-2"] == "pass"


def test_several_who_answered_are_told_apart_by_obligation_and_day(tmp_path: Path) -> None:
    ruleset = RULESET.replace('owner = { type = "text" }', 'owner = { type = "text", person = "owner" }')
    firm = {
        "attestations": [
            *answered(by="Ada")["attestations"],
            *answered(by="Bob", on="2026-09-01")["attestations"],
            *answered(by="Bob", obligation="A-1")["attestations"],
        ]
    }
    details = {
        o.id: [w.detail for w in o.attestation.warnings if w.kind == "own-work"]
        for o in audit(tmp_path, answered() | firm, ruleset=ruleset).obligations
        if o.attestation is not None
    }
    told = "The person who answered, or that role, is named as the owner in {} of 3 records of complaints (owner)."
    assert details == {"A-1": [told.format(1)], "A-2": [told.format(2)], "A-3": []}


def test_nobody_is_warned_of_where_the_person_owns_nothing_or_the_table_is_empty(tmp_path: Path) -> None:
    ruleset = RULESET.replace('owner = { type = "text" }', 'owner = { type = "text", person = "author" }')
    for firm in (answered(by="Eve"), answered(by="Ada") | {"complaints": []}):
        assert "own-work" not in [w.kind for w in attested(audit(tmp_path, firm, ruleset=ruleset)).warnings]


def test_a_question_for_an_independent_person_warns_where_independence_is_not_stated(tmp_path: Path) -> None:
    ruleset = RULESET.replace(
        'question = "Was the answer fair?"', 'question = "Was the answer fair?"\nindependent = true'
    )
    record = audit(tmp_path, ruleset=ruleset)
    assert [w.kind for w in attested(record).warnings] == ["not-independent", "not-checkable"]
    record = audit(tmp_path, answered(independent_of="Service"), ruleset=ruleset)
    assert attested(record).independent_of == "Service"
    assert [w.kind for w in attested(record).warnings] == ["not-checkable"]


def test_a_ruleset_need_not_declare_the_table_of_answers(tmp_path: Path) -> None:
    start = RULESET.index("[table.attestations]")
    ruleset = RULESET[:start] + RULESET[RULESET.index("[[obligation]]") :]
    assert verdicts(audit(tmp_path, ruleset=ruleset))["A-2"] == "pass"
    without = {table: rows for table, rows in GOOD.items() if table != "attestations"}
    record = audit(tmp_path, without, ruleset=ruleset, sources=[Source(table=t, reader="given") for t in without])
    assert verdicts(record)["A-2"] == "manual"
    assert not [limit for limit in record.limits if limit.id == "attestations"]


def test_a_ruleset_may_declare_fewer_columns_or_other_types_than_the_product_reads(tmp_path: Path) -> None:
    ruleset = RULESET.replace('role = { type = "text" }\non = { type = "date" }', 'on = { type = "text" }')
    assert verdicts(audit(tmp_path, ruleset=ruleset))["A-2"] == "pass"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.fixed_dictionaries(
        {},
        optional={
            "by": st.sampled_from([None, "Ada"]),
            "role": st.sampled_from([None, "Auditor"]),
            "on": st.sampled_from([None, "2026-11-20", "2026-11-21", "never"]),
            "statement": st.sampled_from([None, " ", "Seen."]),
            "valid_until": st.sampled_from([None, "2026-11-19", "2026-11-20", "always"]),
            "seen": st.sampled_from([None, "x", seen(("log.csv", _DIGEST)), seen(("log.csv", "0"))]),
            "question": st.sampled_from([None, "Was the answer fair?", "What?"]),
            "answer": st.sampled_from([None, "yes", " Yes ", "no", "maybe"]),
        },
    )
)
def test_whatever_is_missing_old_or_changed_never_passes(tmp_path: Path, changes: dict[str, Any]) -> None:
    (tmp_path / "log.csv").write_bytes(b"as seen")
    record = audit(tmp_path, answered(**changes))
    row = answered(**changes)["attestations"][0]
    good = (
        (row.get("answer") or "").strip().lower() == "yes"
        and (row.get("by") or row.get("role"))
        and row["on"] in {"2026-10-01", "2026-11-20"}
        and (row["statement"] or "").strip()
        and row["valid_until"] in {"2027-10-01", "2026-11-20"}
        and row.get("seen") in {None, seen(("log.csv", _DIGEST))}
        and row.get("question") in {None, "Was the answer fair?"}
    )
    assert (verdicts(record)["A-2"] == "pass") == bool(good)
