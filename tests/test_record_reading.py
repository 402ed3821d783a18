"""The audit record is written the same everywhere, and what is read is a record or a located error."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records import full_record, ready_record, undecided_record

from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord
from qmscheck.record import digest, read, write

FULL = full_record()
TEXT = write(FULL)


def _refused(text: str) -> str:
    with pytest.raises(QmscheckError) as caught:
        read(text, "record.json")
    return str(caught.value)


def _changed(**changes: object) -> str:
    return json.dumps({**json.loads(TEXT), **changes})


@pytest.mark.parametrize("record", [FULL, ready_record(), undecided_record()], ids=lambda r: r.gate.result.value)
def test_what_is_written_reads_back_as_the_same_record(record: AuditRecord) -> None:
    assert read(write(record), "record.json") == record


def test_the_text_is_canonical() -> None:
    assert TEXT.endswith("}\n")
    assert not TEXT.endswith("\n\n")
    assert "Brünn" in TEXT
    assert '"from": "2025-11-01"' in TEXT
    assert "from_" not in TEXT
    assert list(json.loads(TEXT)) == sorted(json.loads(TEXT))
    assert write(read(TEXT, "record.json")) == TEXT


@given(st.text(), st.integers(0, len(FULL.findings)))
def test_findings_written_one_by_one_are_the_text_that_all_at_once_give(text: str, many: int) -> None:
    said = f'{text}\n  "findings": []\n{text}'
    findings = tuple(f.model_copy(update={"statement": said}) for f in FULL.findings[:many])
    record = FULL.model_copy(update={"findings": findings, "tool": FULL.tool.model_copy(update={"name": said})})
    whole = json.dumps(record.model_dump(mode="json", by_alias=True), indent=2, sort_keys=True, ensure_ascii=False)
    assert write(record) == f"{whole}\n"


def test_the_order_of_mappings_does_not_matter() -> None:
    evidence = FULL.evidence[0]
    turned = evidence.model_copy(update={"columns": dict(reversed(list(evidence.columns.items())))})
    assert write(FULL.model_copy(update={"evidence": (turned, *FULL.evidence[1:])})) == TEXT


def test_a_date_as_a_parameter_is_written_the_same_after_reading() -> None:
    finding = FULL.finding("CF-9.1.2-1.asked")
    for value in (dt.date(2026, 1, 2), dt.datetime(2026, 1, 2, 3, 4), True, 0.1, "2026", 7):  # noqa: DTZ001
        use = finding.parameters[0].model_copy(update={"value": value})
        changed = finding.model_copy(update={"parameters": (use,)})
        findings = tuple(changed if f.rule == changed.rule else f for f in FULL.findings)
        text = write(FULL.model_copy(update={"findings": findings}))
        assert write(read(text, "record.json")) == text


def test_the_digest_is_that_of_the_file() -> None:
    assert digest(FULL) == hashlib.sha256(TEXT.encode("utf-8")).hexdigest()
    assert digest(FULL) != digest(ready_record())


def test_a_byte_order_mark_is_no_trouble() -> None:
    assert read("\ufeff" + TEXT, "record.json") == FULL


def test_bad_json_is_named_by_line_and_column() -> None:
    message = _refused('{\n  "schema_version": "1",\n  "tool" 3\n}')
    assert message.startswith("record.json:3:10: not valid JSON: ")
    assert '3 |   "tool" 3' in message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "record.json:1:1: not valid JSON"),
        ("[]", "does not hold a JSON object"),
        ("{}", "it has no 'schema_version'"),
        ('{"schema_version": NaN}', "NaN is no number in JSON"),
        ('{"schema_version": 1e999}', "1e999 is too large a number"),
        (f'{{"schema_version": {"1" * 5000}}}', "not valid JSON"),
        ('{"a": 1, "a": 2}', "the key 'a' stands twice"),
        ("[" * 200_000, "nested too deeply"),
        ('{"schema_version": "1", "tool": "\\ud800"}', "not valid JSON"),
    ],
)
def test_what_is_no_record_is_refused_plainly(text: str, told: str) -> None:
    assert told in _refused(text)


@pytest.mark.parametrize("version", ["2", 1, None])
def test_another_schema_version_is_said_first(version: object) -> None:
    message = _refused(json.dumps({"schema_version": version, "unknown": 1}))
    assert f'an audit record of schema version {json.dumps(version)}; this qmscheck reads version "1"' in message
    assert "unknown" not in message


def test_a_value_that_does_not_fit_is_named_by_its_json_path() -> None:
    value = json.loads(TEXT)
    value["findings"][1]["tally"]["met"] = "many"
    value["findings"][2]["verdict"] = "perhaps"
    del value["gate"]["result"]
    value["tool"]["colour"] = "red"
    message = _refused(json.dumps(value))
    assert "findings[1].tally.met should be" in message
    assert "findings[2].verdict should be 'pass', 'fail'" in message
    assert "gate.result is missing" in message
    assert "tool.colour is not known" in message


def test_a_union_is_one_problem_and_not_one_per_branch() -> None:
    value = json.loads(TEXT)
    value["findings"][1]["parameters"][0]["value"] = {"a": 1}
    message = _refused(json.dumps(value))
    assert message.count("findings[1].parameters[0].value") == 1


def test_many_problems_are_counted_and_not_all_listed() -> None:
    message = _refused(_changed(limits=[3] * 100))
    assert "81 more places do not fit" not in message
    assert "80 more places do not fit" in message


def test_a_finding_without_its_obligation_is_refused() -> None:
    message = _refused(_changed(obligations=json.loads(TEXT)["obligations"][1:]))
    assert "findings[0].obligation 'CF-P-01' is not in obligations" in message


def test_an_obligation_that_names_a_missing_rule_is_refused() -> None:
    message = _refused(_changed(findings=json.loads(TEXT)["findings"][1:]))
    assert "obligations[0].findings names 'CF-P-01.named', which is not in findings" in message


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_text_is_a_record_or_a_located_error(draw: st.DataObject) -> None:
    text = write(undecided_record())
    at = draw.draw(st.integers(0, len(text)))
    end = draw.draw(st.integers(at, min(len(text), at + 40)))
    text = text[:at] + draw.draw(st.text(max_size=8)) + text[end:]
    try:
        record = read(text, "record.json")
    except QmscheckError as error:
        assert error.problems[0].path == "record.json"  # noqa: PT017  (either outcome is right)
    else:
        assert read(write(record), "again.json") == record
