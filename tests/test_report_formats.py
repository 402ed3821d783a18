"""What all report formats keep: they are listed cheaply, deterministic, and lose nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest
from records import full_record, ready_record, undecided_record

from qmscheck.hookspecs import RenderOptions, ReportFormat
from qmscheck.model import AuditRecord
from qmscheck.record import read, write
from qmscheck.report import qmscheck_report_formats

FORMATS = {one.name: one for one in qmscheck_report_formats()}
RECORDS = [full_record(), ready_record(), undecided_record()]


def test_the_built_in_formats_are_named_once() -> None:
    assert list(FORMATS) == ["human", "concise", "json", "html"]
    assert [one.suffix for one in FORMATS.values()] == [".txt", ".txt", ".json", ".html"]


def test_listing_the_formats_loads_none_of_them() -> None:
    code = "import sys, qmscheck.report as r; r.qmscheck_report_formats(); print({'rich', 'jinja2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_json_is_the_record_itself() -> None:
    assert FORMATS["json"].render(RECORDS[0], RenderOptions(width=10, verbose=-1)) == write(RECORDS[0])


@pytest.mark.unmeasured
@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.gate.result.value)
@pytest.mark.parametrize("one", FORMATS.values(), ids=lambda f: f.name)
def test_a_report_is_the_same_twice_and_after_the_record_was_read_back(one: ReportFormat, record: AuditRecord) -> None:
    again = read(write(record), "record.json")
    for verbose in (-1, 0, 1, 2):
        options = RenderOptions(verbose=verbose)
        assert one.render(record, options) == one.render(record, options) == one.render(again, options)


@pytest.mark.parametrize("record", RECORDS, ids=lambda r: r.gate.result.value)
@pytest.mark.parametrize("one", FORMATS.values(), ids=lambda f: f.name)
def test_a_report_is_text_that_ends_with_one_line_end(one: ReportFormat, record: AuditRecord) -> None:
    text = one.render(record, RenderOptions())
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert record.gate.result.value in text


@pytest.mark.parametrize("name", ["human", "concise", "html"])
def test_no_control_or_direction_character_of_the_evidence_is_obeyed(name: str) -> None:
    text = FORMATS[name].render(full_record(), RenderOptions(verbose=2))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[31mred" in text


@pytest.mark.parametrize("name", ["human", "concise", "html"])
def test_a_record_of_nothing_still_gives_a_report(name: str) -> None:
    nothing = undecided_record().model_copy(update={"obligations": (), "findings": (), "evidence": (), "limits": ()})
    gate = nothing.gate.model_copy(update={"conditions": ()})
    text = FORMATS[name].render(nothing.model_copy(update={"gate": gate}), RenderOptions(verbose=2))
    assert "CANNOT TELL" in text


@pytest.mark.parametrize("name", ["human", "html"])
def test_there_is_no_single_score(name: str) -> None:
    text = FORMATS[name].render(full_record(), RenderOptions(verbose=2)).lower()
    assert "overall" not in text
    assert "compliance rate" not in text
    assert text.count("score") == {"human": 1, "html": 2}[name]  # the rule's own criterion, and that there is none
