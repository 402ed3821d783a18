"""The evidence traps that auditors know: each is shown by an example, a test, or a case of the corpus; none is forgotten.

The list stands in `traps.toml` beside the ruleset. Those that take several tables at once are laid here, in one small firm.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import shared

from qmscheck import record
from qmscheck.cli import main
from qmscheck.model import AuditRecord, Ruleset, Verdict

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[2]

#: How many traps there are: none is to vanish.
_TRAPS = 45
_KEYS = ({"number", "trap", "auditor", "shown"}, {"number", "trap", "reading", "auditor", "shown"})
_PLACES = ({"rule", "example", "verdict"}, {"test"}, {"corpus"})


# ---------------------------------------------------------------- the list


def test_no_trap_is_without_an_entry() -> None:
    assert [entry["number"] for entry in _traps()] == list(range(1, _TRAPS + 1))
    assert [entry["trap"] for entry in _traps() if set(entry) not in _KEYS or entry.get("reading") is False] == []
    assert len({entry["trap"] for entry in _traps()}) == _TRAPS


def test_each_trap_says_where_it_is_shown_and_what_an_auditor_says_of_it() -> None:
    wrong = [e["trap"] for e in _traps() if not (e["shown"] and e["auditor"].endswith("."))]
    assert wrong == []
    assert [place for place in _shown() if set(place) not in _PLACES] == []


def test_each_example_that_is_named_exists_and_has_the_verdict_that_is_told() -> None:
    """A title may go on after the words that are named."""
    known = {r.id: [(e.title or "", e.verdict.value) for e in r.example] for r in _ruleset().rules.values()}
    named = [place for place in _shown() if "rule" in place]
    wrong = [
        (place["rule"], place["example"])
        for place in named
        if not any(t.startswith(place["example"]) and v == place["verdict"] for t, v in known.get(place["rule"], ()))
    ]
    assert wrong == []


def test_each_test_that_is_named_exists() -> None:
    assert [place["test"] for place in _shown() if "test" in place and not _is_a_test(place["test"])] == []


def test_each_case_of_the_corpus_that_is_named_exists_and_is_of_a_trap_of_reading() -> None:
    """`tests/test_corpus.py` audits each case and holds its verdict against the one that an auditor would give."""
    corpus = "".join(path.read_text("utf-8") for path in sorted((_ROOT / "tests" / "corpus").glob("*.py")))
    assert [place["corpus"] for place in _shown() if "corpus" in place and f'"{place["corpus"]}"' not in corpus] == []
    assert [e["trap"] for e in _traps() if any("corpus" in p for p in e["shown"]) and not e.get("reading")] == []
    assert [e["trap"] for e in _traps() if any("rule" in p for p in e["shown"]) and e.get("reading")] == []


def test_traps_are_short_enough_to_be_read_aloud() -> None:
    texts = [str(e[key]) for e in _traps() for key in ("trap", "auditor") if key in e]
    assert [t for t in texts if not t.strip() or len(t) > 200] == []


def _is_a_test(name: str) -> bool:
    path, _, function = name.partition("::")
    file = _ROOT / path
    return (
        file.is_file()
        and re.search(rf"^def {re.escape(function)}\(", file.read_text("utf-8"), re.MULTILINE) is not None
    )


def _shown() -> list[dict[str, str]]:
    return [place for entry in _traps() for place in entry["shown"]]


@cache
def _traps() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads((_HERE.parent / "traps.toml").read_text("utf-8"))["trap"])


def _ruleset() -> Ruleset:
    return shared.iso9001().ruleset


# ---------------------------------------------------------------- one firm that fell into all of them


def _lines(header: str, rows: Iterable[str]) -> str:
    return "\n".join([header, *rows, ""])


_COMPLAINTS = _lines(
    "complaint_id,received_on,closed_on,status,owner,customer_id,order_id,category,site",
    [
        "C1,2026-03-02,2026-03-09,closed,Kim,K1,A1,late,Leeds",
        "C2,2026-03-04,2026-03-11,closed,Kim,K1,A1,late,Leeds",  # the same case, by mail
        "C3,2026-04-10,2026-04-09,closed,Kim,K2,A2,damaged,Leeds",  # closed before it came in
        "C4,2026-05-05,,open,all,K3,A3,wrong,Leeds",
        "C5,2026-05-06,,open,Ali,K4,A4,wrong,Leeds",  # Ali left
        "C6,2026-07-20,,open,Kim,K5,A5,late,Leeds",  # after the day of the audit
    ],
)
_ROLES = "role,assigned_on,ended_on\nKim,2020-01-01,\nAli,2020-01-01,2026-02-28\n"
_CREDITS = _lines(
    "credit_id,order_id,reason,site",
    ["G1,A1,quality,Leeds", *(f"G{i},B{i},quality,Brno" for i in range(2, 9))],
)
_CAPA = _lines(
    "capa_id,source_type,source_id,cause,action,owner,opened_on,due_on,done_on,checked_on,checked_by,effectiveness_result",
    [
        f"M{i},complaint,C1,Human error,Talk to the person,Kim,2026-01-05,2026-01-10,2026-01-08,2026-01-08,Kim,effective"
        for i in range(1, 31)
    ],
)
_WAVES = _lines(
    "wave,started_on,completed,question_set_id,scale_min,scale_max",
    ["2025,2025-09-01,50,Q1,1,5", "2026,2026-03-01,50,Q2,1,5", "NPS,2026-03-01,50,Q2,1,5"],
)
_SURVEYS = _lines(
    "response_id,wave,customer_id,question,answered_on,score,respondent_domain",
    [
        # 40 of 50 answers of one customer; five by colleagues
        *(
            f"a{i},2025,{'K1' if i <= 40 else f'K{i}'},satisfaction,2025-09-{i % 20 + 1:02},4,{'pumps.example' if i > 45 else 'k.example'}"
            for i in range(1, 51)
        ),
        # all in one night, some of them on another scale
        *(f"b{i},2026,K{i},satisfaction,2026-03-20,{9 if i > 40 else 5},k.example" for i in range(1, 51)),
        # a net promoter score from marks of 1 to 5
        *(f"c{i},NPS,K{i},recommend,2026-03-{i % 20 + 1:02},5,k.example" for i in range(1, 51)),
    ],
)
_ORDERS = _lines(
    "order_id,order_date,accepted_on,status,channel,product,value",
    ["A1,2026-02-02,2026-02-02,delivered,web,Pump,90", "A2,2026-02-03,2026-02-03,cancelled,phone,Pump,90"],
)
_REVIEWS = "review_id,order_id,reviewed_on,reviewer_role,result,capacity_ok\nR1,A9,2026-02-01,Sales,ok,true\n"
_DELIVERIES = _lines(
    "delivery_id,order_id,promised_on,delivered_on,qty_ordered,qty_delivered",
    [f"D{i},A{i},2026-03-{i % 28 + 1:02},2026-03-{i % 28 + 1:02},10,5" for i in range(1, 41)],
)
_TABLES = {
    "complaints": _COMPLAINTS,
    "roles": _ROLES,
    "sites": "site\nLeeds\nBrno\n",
    "credit_notes": _CREDITS,
    "capa": _CAPA,
    "survey_waves": _WAVES,
    "surveys": _SURVEYS,
    "orders": _ORDERS,
    "contract_reviews": _REVIEWS,
    "deliveries": _DELIVERIES,
    "tickets": "ticket_id,type,received_on\n",  # a header, and nothing under it
    "returns": "return_id,order_id,cause,received_on\nT1,A1,customer choice,2026-03-02\n",  # filtered out to the last one
}
_MINUTES = """---
title: Management review {year}
approved_by: Managing director
approved_on: {year}-03-02
---
# Management review

Customer satisfaction was good, and complaints were as few as in the year before.

The objectives were reached, and the managing director thanked everybody for the work.
"""
_POLICY = """---
title: Quality policy
status: approved
approved_by: Office assistant
approved_on: 2026-01-05
---
# Quality policy

<Company Name> puts customers first, keeps to the requirements that apply, and improves every day in all that it does.
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> AuditRecord:
    folder = tmp_path_factory.mktemp("traps")
    for name, text in _TABLES.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    papers = folder / "papers"
    papers.mkdir()
    (papers / "policy.md").write_text(_POLICY, "utf-8")
    for year in (2025, 2026):
        (papers / f"management review minutes {year}.md").write_text(_MINUTES.format(year=year), "utf-8")
    sources = "".join(f'[[source]]\ntable = "{name}"\npath = "{name}.csv"\n' for name in _TABLES)
    (folder / "qmscheck.toml").write_text(
        '[audit]\norganization = "All traps Ltd"\nscope = "All"\nrulesets = ["iso9001"]\nas_of = 2026-06-30\n'
        "period = { from = 2025-07-01, to = 2026-06-30 }\n"
        '[params]\nown_mail_domain = { value = "pumps.example", origin = "own-procedure", ref = "IT-1" }\n'
        f'{sources}[[source]]\ntable = "documents"\npath = "papers"\n',
        "utf-8",
    )
    main(["audit", str(folder), "-q", "--no-cache", "-o", f"json:{folder / 'record.json'}"])
    return record.read((folder / "record.json").read_text("utf-8"), "record.json")


def _told(found: AuditRecord, rule: str) -> tuple[str, int]:
    finding = found.finding(rule)
    assert finding.tally is not None
    return finding.verdict.value, finding.tally.unmet


@pytest.mark.parametrize(
    ("rule", "unmet"),
    [
        ("CF-8.2.1-c2.date-order", 1),
        ("CF-8.2.1-c2.no-future", 1),
        ("CF-8.2.1-c2.owner", 1),
        ("CF-8.2.1-c2.twice", 2),
    ],
)
def test_a_register_with_impossible_dates_no_owners_and_doubles_is_not_in_order(
    found: AuditRecord, rule: str, unmet: int
) -> None:
    assert _told(found, rule) == ("fail", unmet)


@pytest.mark.unmeasured
def test_an_open_complaint_of_somebody_who_left_or_of_all_has_no_owner_who_is_there(found: AuditRecord) -> None:
    finding = found.finding("CF-8.2.1-c2.owner-active")
    assert sorted(e.key for e in finding.exceptions) == ["C4", "C5"]


def test_a_site_without_complaints_and_with_credit_notes_is_no_content_site(found: AuditRecord) -> None:
    """Silence alone is a hint; money given back for quality without a complaint is a finding, and names the site."""
    assert _told(found, "CF-8.2.1-c2.sites") == ("fail", 1)
    notes = found.finding("CF-8.2.1-c3.credit-notes")
    assert notes.verdict is Verdict.FAIL
    assert {s.value: (s.tally.population, s.tally.unmet) for s in notes.strata} == {"Brno": (7, 7), "Leeds": (1, 0)}
    assert next(o for o in found.obligations if o.id == "CF-8.2.1-c3").verdict is Verdict.FAIL


def test_a_header_without_lines_and_a_list_that_is_filtered_out_pass_nothing(found: AuditRecord) -> None:
    assert found.finding("CF-8.2.1-c3.marked-tickets").verdict is Verdict.INSUFFICIENT
    assert found.finding("CF-8.2.1-c3.returns").verdict is not Verdict.PASS


def test_human_error_thirty_times_is_no_cause(found: AuditRecord) -> None:
    assert _told(found, "CF-10.2-b1.cause-not-person") == ("fail", 30)


@pytest.mark.parametrize("rule", ["CF-10.2-d1.waited", "CF-10.2-d1.other-eyes"])
def test_an_effect_that_the_doer_checked_on_the_same_day_was_not_checked(found: AuditRecord, rule: str) -> None:
    assert _told(found, rule) == ("fail", 30)


def test_forty_of_fifty_answers_of_one_customer_are_one_voice(found: AuditRecord) -> None:
    finding = found.finding("CF-9.1.2-4.many-voices")
    assert (finding.verdict, [e.key for e in finding.exceptions]) == (Verdict.FAIL, ["2025"])


def test_answers_of_colleagues_are_no_answers_of_customers(found: AuditRecord) -> None:
    assert _told(found, "CF-9.1.2-2.from-outside") == ("fail", 5)


def test_answers_of_one_night_are_questioned(found: AuditRecord) -> None:
    finding = found.finding("CF-9.1.2-2.not-one-day")
    assert (finding.verdict, [e.key for e in finding.exceptions]) == (Verdict.FAIL, ["2026"])


def test_marks_of_another_scale_and_other_questions_are_not_compared(found: AuditRecord) -> None:
    assert _told(found, "CF-9.1.2-2.on-scale") == ("fail", 10)
    assert _told(found, "CF-9.1.2-1.stable") == ("fail", 2)


def test_a_net_promoter_score_from_marks_of_one_to_five_is_none(found: AuditRecord) -> None:
    assert _told(found, "CF-9.1.2-6.recommend-scale") == ("fail", 50)
    way = next(r for o in found.obligations for r in o.routes if r.name == "recommendation")
    assert not way.carries


def test_deliveries_that_all_came_to_the_day_are_questioned_and_parts_are_not_whole(found: AuditRecord) -> None:
    assert _told(found, "CF-5.1.2-a3.first-promise") == ("fail", 40)
    assert _told(found, "CF-5.1.2-a3.on-time") == ("fail", 40)


def test_orders_of_a_web_shop_and_orders_cancelled_after_acceptance_need_a_review(found: AuditRecord) -> None:
    assert _told(found, "CF-8.2.3-1.reviewed") == ("fail", 2)


def test_a_policy_with_a_blank_for_the_name_of_the_firm_is_nobodys(found: AuditRecord) -> None:
    assert _told(found, "CF-5.2-1.no-blanks") == ("fail", 1)


def test_a_policy_that_an_assistant_approved_is_not_shown_to_be_that_of_top_management(found: AuditRecord) -> None:
    """Titles are not known to a machine: the auditor is asked, and nothing passes before."""
    assert found.finding("CF-5.2-1.signed").verdict is Verdict.INSUFFICIENT


def test_minutes_copied_from_last_year_are_no_minutes(found: AuditRecord) -> None:
    assert _told(found, "CF-9.3-1.minutes-own-words") == ("fail", 2)


def test_nothing_of_all_this_is_ready(found: AuditRecord) -> None:
    assert found.gate.result.value == "NOT READY"


@pytest.mark.parametrize("reason", ["", 'reason = " ", '])
def test_not_applicable_without_a_reason_is_refused_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], reason: str
) -> None:
    (tmp_path / "qmscheck.toml").write_text(
        '[audit]\norganization = "A shop"\nscope = "All"\nrulesets = ["iso9001"]\n\n[not_applicable]\n'
        f'"CF-8.5.3-1" = {{ {reason}by = "QM", on = 2026-01-01 }}\n',
        "utf-8",
    )
    assert main(["audit", str(tmp_path), "-q"]) == 2
    said = capsys.readouterr().err
    assert "qmscheck.toml:7:" in said
    assert "reason" in said
