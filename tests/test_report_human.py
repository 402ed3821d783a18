"""The report for a person: gravest first, whole at every width, calm."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from records import LONG_PATH, full_record, ready_record, undecided_record

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import AuditException, AuditRecord, Location, Stratum, Tally, Verdict
from qmscheck.report.human import render

FULL = full_record()
RECORDS = [FULL, ready_record(), undecided_record()]


def _text(record: AuditRecord = FULL, *, width: int = 80, verbose: int = 0, color: bool = False) -> str:
    return render(record, RenderOptions(width=width, verbose=verbose, color=color))


def _squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.gate.result.value)
def test_the_first_line_is_the_gate_word(record: AuditRecord) -> None:
    lines = _text(record).split("\n")
    assert lines[0] == record.gate.result.value
    assert lines[1] == "Marlow Pumps Ltd"
    assert "2026-11-20" in "\n".join(lines[:9])
    assert "iso9001-customer-focus" in "\n".join(lines[:9])


def test_the_sections_stand_in_the_order_in_which_a_person_asks() -> None:
    headings = re.findall(r"^([A-Z][A-Z ]{2,})(?::.*)?$", _text(), flags=re.MULTILINE)
    assert headings == [
        "NOT READY",
        "WHAT DECIDED IT",
        "NOT MET",
        "THE AUDIT COULD NOT RUN THIS",
        "CANNOT BE TOLD",
        "A PERSON DECIDES",
        "MET",
        "WHAT WAS NOT EXAMINED",
        "WHAT TO KNOW OF THE EVIDENCE",
        "COUNT",
    ]


def test_a_heading_counts_as_the_count_at_the_end_does() -> None:
    """An obligation that is met another way, or open, has failed rules and is not counted as not met."""
    text = _text(FULL.model_copy(update={"obligations": tuple(
        o.model_copy(update={"verdict": Verdict.INSUFFICIENT, "grade": None}) if o.id == "CF-P-01" else o
        for o in FULL.obligations
    )}), width=100)  # fmt: skip
    assert "NOT MET: 2 obligations (1 major, 1 minor), and single rules of 1 other obligation\n" in text
    assert re.search(r"not met +2 ", text)


def test_a_heading_of_single_rules_only_says_so() -> None:
    text = _text(FULL.model_copy(update={"obligations": tuple(
        o.model_copy(update={"verdict": Verdict.MANUAL, "grade": None}) for o in FULL.obligations
    )}))  # fmt: skip
    assert "\nNOT MET: single rules of 3 obligations\n" in text


def test_fails_come_gravest_first_by_obligation_and_by_rule() -> None:
    text = _text()
    order = [text.index(f"Rule     {rule}\n") for rule in (
        "CF-8.2.1-c2.owner", "CF-8.2.1-c2.acknowledged", "CF-9.1.2-2.hostile", "CF-P-01.named",
    )]  # fmt: skip
    assert order == sorted(order)


@pytest.mark.parametrize("width", [10, 40, 60, 80, 100, 160, 400])
@pytest.mark.parametrize("verbose", [-1, 0, 1, 2])
def test_no_line_is_longer_than_the_width(width: int, verbose: int) -> None:
    assert max(map(len, _text(width=width, verbose=verbose).split("\n"))) <= max(width, 50)


@pytest.mark.parametrize("width", [10, 40, 80, 160])
def test_no_path_key_or_figure_is_cropped_at_any_width(width: int) -> None:
    text = _text(width=width, verbose=2)
    assert "…" not in text
    squeezed = _squeezed(text)
    assert _squeezed(LONG_PATH) in squeezed
    for finding in FULL.findings:
        for exception in finding.exceptions:
            if exception.state != "quoted" and exception.key.isprintable():
                assert _squeezed(exception.key) in squeezed
        if finding.verdict not in {Verdict.NOT_APPLICABLE, Verdict.NOT_SELECTED}:
            assert finding.fingerprint in squeezed


def test_a_path_with_blanks_is_folded_at_the_end_of_the_line_and_not_at_a_blank() -> None:
    lines = [line.strip() for line in _text().split("\n")]
    start = lines.index(next(line for line in lines if line.startswith("Where    evidence/Vertrieb & Service/")))
    assert "".join([lines[start].removeprefix("Where    "), *lines[start + 1 : start + 3]]).startswith(LONG_PATH)


def test_the_first_exceptions_are_shown_with_how_many_more() -> None:
    text = _text()
    assert "cell F2, column “Verantwortlich”  R-2026-00002" in text
    assert "R-2026-00006" in text
    assert "R-2026-00007" not in text
    assert "and 307 more\n" in text
    assert "row 15, column “Date received”  C-15  (cannot be read)" in text
    assert "and 6 more (the record does not list them)" in text


def test_more_words_show_all_exceptions_and_the_figures_of_passes() -> None:
    text = _text(verbose=1)
    assert "R-2026-00301" in text
    assert "and 12 more (the record does not list them)" in text
    assert "20000 records: 19999 met, 1 not met (99.995 % met)" in text
    assert "20000 records" not in _text(verbose=0)


def test_most_words_show_criterion_parameters_and_calculation() -> None:
    text = _text(verbose=2, width=160)
    assert "Asked    working_days(received_on, acknowledged_on) <= param('ack_days')" in text
    assert "ack_days = 2 (own procedure, QP-14 4.2): Working days to acknowledge a complaint" in text
    assert "Sum      share met = 301 of 312; asked for: all" in text


def test_few_words_give_one_line_per_obligation_that_is_not_met_or_open() -> None:
    text = _text(verbose=-1, width=160)
    assert "  major         CF-8.2.1-c2  Every complaint is recorded, owned and acknowledged in time\n" in text
    assert "  manual        CF-5.1.2-1" in text
    assert "CF-4.2-a1" not in text
    assert "R-2026" not in text


def test_what_to_do_stands_once_per_obligation_or_with_its_rule() -> None:
    text = _text(width=160)
    assert text.count("The quality manager sets CF-8.2.1-c2 right with the process owner before the next review.") == 1
    assert "To pass  312 more complaints need an owner." in text


def test_an_obligation_that_fails_without_a_failed_rule_says_why_and_what_to_do() -> None:
    obligation = FULL.obligations[1].model_copy(update={"reason": "J. Müller attested no on 2026-11-03."})
    text = _text(FULL.model_copy(update={"obligations": (obligation,), "findings": ()}))
    assert "Why      J. Müller attested no on 2026-11-03." in text
    assert "Do       The quality manager sets CF-8.2.1-c2 right" in text


def test_a_second_rule_of_the_same_obligation_points_to_the_advice_above() -> None:
    findings = tuple(
        f.model_copy(update={"recommendation": None}) for f in FULL.findings if f.obligation == "CF-8.2.1-c2"
    )
    text = _text(FULL.model_copy(update={"findings": findings}))
    assert text.count("Do       as above") == 1


def test_questions_without_an_answer_wait_for_a_person_whatever_the_verdict() -> None:
    section = _text().partition("A PERSON DECIDES")[2].partition("\nMET")[0]
    assert "Pick five complaints: who owns each" in section
    assert "“Die Geschäftsführung richtet alle Prozesse" in section
    assert "page 4, under “5 Führung > 5.1 Verpflichtung”, paragraph 3" in section
    assert "Ask a production lead" not in section


def test_an_obligation_without_a_question_can_still_wait_for_a_person() -> None:
    manual = FULL.obligations[2].model_copy(update={"question": None})
    text = _text(FULL.model_copy(update={"obligations": (manual,)}))
    assert "Ask " not in text
    assert "“Die Geschäftsführung richtet alle Prozesse" in text


def test_an_answer_that_did_not_decide_is_shown_with_the_question() -> None:
    answer = FULL.obligations[3].attestation
    manual = FULL.obligations[2].model_copy(update={"attestation": answer})
    text = _text(FULL.model_copy(update={"obligations": (manual,), "findings": ()}), width=160)
    assert "Answer   “yes”, by J. Müller (Internal auditor), on 2026-11-03, valid until 2027-11-03" in text


def test_an_answer_that_expired_stands_among_the_questions_and_says_so() -> None:
    passed = FULL.obligations[3]
    assert passed.attestation is not None
    answer = passed.attestation.model_copy(update={"valid_until": FULL.as_of - dt.timedelta(days=1)})
    failed = passed.model_copy(update={"verdict": Verdict.FAIL, "attestation": answer})
    text = _text(FULL.model_copy(update={"obligations": (failed,), "findings": ()}), width=160)
    section = text.partition("A PERSON DECIDES")[2]
    assert "Answer   “yes”, by J. Müller (Internal auditor), on 2026-11-03, expired on 2026-11-19" in section
    assert "valid until" not in text


def test_a_document_that_is_itself_the_record_is_named_once() -> None:
    place = Location(path="qms/policy.docx")
    exception = AuditException(key="qms/policy.docx", state="unmet", location=place)
    finding = FULL.finding("CF-P-01.named").model_copy(update={"exceptions": (exception,), "exceptions_total": 1})
    text = _text(FULL.model_copy(update={"findings": (finding,)}))
    assert text.count("qms/policy.docx") == 1
    unread = finding.model_copy(update={"exceptions": (exception.model_copy(update={"state": "unreadable"}),)})
    assert "qms/policy.docx\n               (cannot be read)\n" in _text(
        FULL.model_copy(update={"findings": (unread,)})
    )


def test_of_a_number_of_records_the_others_are_not_called_not_met() -> None:
    finding = FULL.finding("CF-P-01.named").model_copy(update={"form": "count"})
    text = _text(FULL.model_copy(update={"findings": (finding,)}))
    assert "Count    12 records: 11 count, 1 does not\n" in text


def test_rules_that_are_met_inside_an_obligation_that_is_not_are_not_called_its_success() -> None:
    section = _text().partition("\nMET:")[2].partition("WHAT WAS")[0]
    assert re.search(r"^  CF-4\.2-a1 +External customers", section, flags=re.MULTILINE)
    after = section.partition("of obligations that are not met as a whole:")[2]
    assert "CF-8.2.1-c2.logged" in after
    assert "CF-4.2-a1" not in after


def test_everything_that_was_not_examined_is_listed() -> None:
    section = _squeezed(_text().partition("WHAT WAS NOT EXAMINED")[2])
    for limit in FULL.limits:
        assert _squeezed(limit.id) in section
        assert _squeezed(limit.detail) in section
    assert "CF-8.5.3-1,notapplicable:Nocustomerpropertyisheld" in section
    assert "CF-8.2.1-c2.reopened" in section
    assert section.count("CF-P-02,") == 1


def test_what_is_wrong_with_the_evidence_has_its_places() -> None:
    section = _text().partition("WHAT TO KNOW OF THE EVIDENCE")[2]
    assert "row 15, column “Date received”: should be date (%d/%m/%Y) for received_on" in section
    assert "and 2 more" in section
    assert "row 118: 3 cells where 9 are expected" in section
    assert "columns that were not read: Priority, Comment <b>internal</b>" in section
    assert "not read: missing. No file has this name" in section
    assert "sha256" not in section
    assert "sha256" in _text(verbose=1)


def test_many_strata_are_cut_with_how_many_more() -> None:
    finding = FULL.finding("CF-8.2.1-c2.owner")
    strata = tuple(finding.strata[0].model_copy(update={"value": f"S{n}"}) for n in range(9))
    record = FULL.model_copy(update={"findings": (finding.model_copy(update={"strata": strata}),)})
    assert "site S4: " in _text(record)
    assert "site S5: " not in _text(record)
    assert "and 4 more" in _text(record)
    assert "site S8: " in _text(record, verbose=1)


def test_parts_of_records_of_which_nothing_is_known_are_left_out() -> None:
    (asked,) = undecided_record().findings
    unread = Tally(population=12, met=0, unmet=0, unreadable=12, interval=(0.0, 1.0))
    part = Stratum(column="site", value="Brno", tally=unread)
    record = undecided_record().model_copy(
        update={"findings": (asked.model_copy(update={"tally": unread, "strata": (part,)}),)}
    )
    assert "Brno" not in _text(record)
    assert "site Brno: 12 records" in _text(record, verbose=1)


def test_the_counts_add_up_to_all() -> None:
    rows = re.findall(r"^  ([a-z][a-z ]+?) {2,}(\d+) +(\d+)$", _text().partition("COUNT\n")[2], flags=re.MULTILINE)
    assert rows[-1] == ("all", "9", "11")
    assert sum(int(o) for _, o, _ in rows[:-1]) == 9
    assert sum(int(r) for _, _, r in rows[:-1]) == 11


def test_colour_is_only_written_when_asked_for_and_changes_no_word() -> None:
    plain, colored = _text(verbose=2), _text(verbose=2, color=True)
    assert "\x1b[" not in plain
    assert "\x1b[" in colored
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [line.rstrip() for line in stripped.split("\n")] == plain.split("\n")


def test_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _text(color=True)
    for name, value in {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "20", "FORCE_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert _text(color=True) == before
    assert "\x1b[" not in _text()


def test_no_line_has_blanks_at_its_end() -> None:
    assert [line for line in _text(verbose=2).split("\n") if line != line.rstrip()] == []


def test_text_that_looks_like_markup_is_printed_as_it_is() -> None:
    finding = FULL.finding("CF-P-01.named").model_copy(update={"statement": "[bold]1[/bold] of :smile: [/red]"})
    assert "[bold]1[/bold] of :smile: [/red]" in _text(FULL.model_copy(update={"findings": (finding,)}))


def test_a_long_id_stands_on_a_line_of_its_own() -> None:
    obligation = FULL.obligations[3].model_copy(update={"id": "CF-" + "x" * 100})
    text = _text(FULL.model_copy(update={"obligations": (obligation,), "findings": ()}))
    assert max(map(len, text.split("\n"))) <= 80
    assert "\n    External customers and customer groups are identified\n" in text
    assert "CF-" + "x" * 100 in _squeezed(text)
