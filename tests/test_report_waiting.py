"""What was not handed over, the rules that wait for it, and what to do about a finding."""

from __future__ import annotations

from records import undecided_record

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import AuditRecord, Finding, Limit, Tally, Verdict
from qmscheck.report import human, page, waiting

TICKETS = Limit(
    kind="table",
    id="tickets",
    reason="no source",
    detail="Messages of customers, one line each. Given by: service, from the ticket tool.",
)
SITES = Limit(kind="table", id="sites", reason="no source", detail="Where the firm works, one line per site.")
NOTHING = Tally(population=0, met=0, unmet=0, unreadable=0, interval=None)
ADVICE = "Head of service: enter these tickets as complaints."


def _open(rule: str, table: str, *others: str, tally: Tally = NOTHING, verdict: Verdict | None = None) -> Finding:
    (asked,) = undecided_record().findings
    return asked.model_copy(
        update={
            "rule": rule,
            "title": f"Title of {rule}",
            "table": table,
            "tables": (table, *others),
            "tally": tally,
            "verdict": verdict or Verdict.INSUFFICIENT,
            "recommendation": ADVICE,
            "to_pass": None,
        }
    )


def _record(*findings: Finding) -> AuditRecord:
    record = undecided_record()
    return record.model_copy(update={"findings": findings, "limits": (*record.limits, SITES, TICKETS)})


def _text(*findings: Finding, verbose: int = 0) -> str:
    return human.render(_record(*findings), RenderOptions(width=80, verbose=verbose, color=False))


def test_rules_that_wait_for_one_table_stand_together_each_in_a_line() -> None:
    text = _text(_open("CF-9.1.2-1.b", "complaints", "tickets"), _open("CF-9.1.2-1.a", "tickets"))
    assert (
        "  Not handed over: tickets\n"
        "    From     service, from the ticket tool\n"
        "    Open     Title of CF-9.1.2-1.b (CF-9.1.2-1.b)\n"
        "             Title of CF-9.1.2-1.a (CF-9.1.2-1.a)\n"
    ) in text
    assert ADVICE not in text
    assert "0 records" not in text


def test_a_rule_that_waits_for_two_tables_names_who_gives_which() -> None:
    assert (
        "  Not handed over: sites, tickets\n"
        "    From     Where the firm works, one line per site. (sites)\n"
        "             service, from the ticket tool (tickets)\n"
    ) in _text(_open("CF-9.1.2-1.a", "tickets", "sites"))


def test_rules_that_met_records_stand_before_those_that_wait_and_whole() -> None:
    text = _text(
        _open("CF-9.1.2-1.a", "tickets"),
        _open("CF-9.1.2-1.b", "complaints", tally=Tally(population=3, met=2, unmet=1, unreadable=0, interval=None)),
    )
    assert text.index("Rule     CF-9.1.2-1.b") < text.index("Not handed over: tickets")
    assert f"Do       {ADVICE}" in text


def test_more_words_tell_a_waiting_rule_whole_and_what_to_hand_over() -> None:
    text = _text(_open("CF-9.1.2-1.a", "tickets"), verbose=1)
    assert "Rule     CF-9.1.2-1.a" in text
    assert "Do       Hand over the table 'tickets', and name it in the plan." in text
    assert ADVICE not in text


def test_the_page_does_not_advise_to_mend_what_nobody_saw() -> None:
    text = page.render(_record(_open("CF-9.1.2-1.a", "tickets", "sites")), RenderOptions())
    assert "Hand over the tables &#39;sites&#39; and &#39;tickets&#39;, and name them in the plan." in text
    assert ADVICE not in text


def test_a_recommendation_stands_only_where_something_was_seen() -> None:
    unmet = Tally(population=3, met=2, unmet=1, unreadable=0, interval=None)
    unread = Tally(population=3, met=2, unmet=0, unreadable=1, interval=None)
    record = _record()
    assert waiting.advice(record, _open("r", "complaints", tally=unmet)) == ADVICE
    assert waiting.advice(record, _open("r", "complaints", tally=unread)) is None
    assert waiting.advice(record, _open("r", "complaints")) is None
    assert waiting.advice(record, _open("r", "tickets", verdict=Verdict.FAIL)) == ADVICE


def test_a_table_with_a_source_is_not_waited_for() -> None:
    examined, waits = waiting.apart(_record(), [_open("r", "complaints")])
    assert ([f.rule for f in examined], waits) == (["r"], [])
