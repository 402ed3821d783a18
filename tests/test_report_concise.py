"""The report of one line per finding, for grep and editors."""

from __future__ import annotations

from records import LONG_PATH, full_record, ready_record

from qmscheck.hookspecs import RenderOptions
from qmscheck.model import Location
from qmscheck.report.concise import render

FULL = full_record()


def _lines(verbose: int = 0) -> list[str]:
    return render(FULL, RenderOptions(width=20, verbose=verbose)).splitlines()


def test_each_finding_that_is_not_met_or_open_is_one_line_with_its_first_place() -> None:
    lines = _lines()
    assert lines[0] == f"{LONG_PATH}:2: CF-8.2.1-c2.owner [major] 312 of 312 complaints have no owner."
    assert lines[3] == "evidence/processes.xlsx:9: CF-P-01.named [opportunity] 1 of 12 processes names nobody."
    assert len(lines) == 8


def test_a_page_stands_for_the_row_and_the_table_for_a_place() -> None:
    lines = _lines()
    assert lines[4].startswith("complaints: CF-8.2.3-1.reviewed-first [error] The engine refused the rule")
    assert lines[5].startswith("complaints: CF-9.1.2-1.asked [insufficient] Only 3 records are in scope")
    assert lines[6].startswith("evidence/qms/Handbuch Kundenorientierung.docx:4: CF-5.1.2-1.policy [manual] 2 of 410")


def test_a_place_without_a_row_is_its_path() -> None:
    finding = FULL.finding("CF-P-01.named")
    first = finding.exceptions[0]
    bare = first.model_copy(update={"location": first.location.model_copy(update={"row": None, "cell": None})})
    record = FULL.model_copy(update={"findings": (finding.model_copy(update={"exceptions": (bare,)}),)})
    assert "evidence/processes.xlsx: CF-P-01.named [opportunity]" in render(record, RenderOptions())


def test_a_row_of_a_table_in_a_document_is_named() -> None:
    finding = FULL.finding("CF-P-01.named")
    place = Location(path="qms/policy.docx", heading="Approval", paragraph=7, cell="table 2, row 5")
    exceptions = (finding.exceptions[0].model_copy(update={"location": place}),)
    record = FULL.model_copy(update={"findings": (finding.model_copy(update={"exceptions": exceptions}),)})
    assert "qms/policy.docx (table 2, row 5): CF-P-01.named [opportunity]" in render(record, RenderOptions())


def test_the_last_line_holds_the_gate_and_the_counts_gravest_first() -> None:
    assert _lines()[-1] == (
        "NOT READY: 9 obligations: 3 not met, 1 the audit could not run this, 1 cannot be told, 1 a person decides, "
        "1 met, 1 not applicable, 1 not selected"
    )
    assert render(ready_record(), RenderOptions()) == "READY: 1 obligation: 1 met\n"


def test_passes_are_listed_only_on_request() -> None:
    assert not [line for line in _lines() if "[pass]" in line]
    assert len([line for line in _lines(verbose=1) if "[pass]" in line]) == 2
    assert "8.5.3: CF-8.5.3-1 [not-applicable] No customer property is held (Quality manager, 2026-10-01)." in _lines(1)


def test_quiet_is_the_last_line_alone() -> None:
    assert _lines(verbose=-1) == _lines()[-1:]


def test_an_obligation_that_fails_without_a_failed_rule_has_a_line() -> None:
    text = render(FULL.model_copy(update={"findings": ()}), RenderOptions())
    assert "8.2.1 c: CF-8.2.1-c2 [major] " in text


def test_a_line_break_in_the_evidence_does_not_break_a_line() -> None:
    finding = FULL.finding("CF-P-01.named").model_copy(update={"statement": "one\ntwo\r\nthree"})
    lines = render(FULL.model_copy(update={"findings": (finding,)}), RenderOptions()).splitlines()
    assert any(line.endswith("[opportunity] one two  three") for line in lines)
