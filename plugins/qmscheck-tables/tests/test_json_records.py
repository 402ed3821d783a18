from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qmscheck_tables import json_records
from qmscheck_tables.headings import name_columns

from qmscheck import Extract, QmscheckError, Unread


def test_lines_are_numbered_as_in_the_file(bench):
    path = bench.write('{"id": 1, "text": "a"}\n\n{"id": 2, "owner": "Ann"}\n', "a.jsonl")
    extract = bench.extract(path, "json")
    assert extract.columns == ("id", "text", "owner")
    assert bench.rows(extract) == {1: ("1", "a", None), 3: ("2", None, "Ann")}


def test_a_bad_line_is_skipped_with_its_row_and_is_not_the_end(bench):
    path = bench.write('{"id": 1}\n{"id": \n[1]\n{"id": 4}\n{"id": "\\ud800"}', "a.ndjson")
    extract = bench.extract(path, "json")
    assert bench.rows(extract) == {1: ("1",), 4: ("4",), 5: ("�",)}
    assert [skipped.row for skipped in extract.skipped] == [2, 3]


def test_objects_become_dotted_columns_and_lists_are_joined(bench):
    record = {
        "via": {"channel": "web", "at": {"h": 3}},
        "tags": ["a", 2, None],
        "steps": [{"n": 1}],
        "none": {},
        "no": [],
    }
    extract = bench.extract(bench.write(json.dumps([record]), "a.json"), "json")
    assert extract.columns == ("via.channel", "via.at.h", "tags", "steps", "steps.n", "none", "no")
    assert bench.rows(extract) == {1: ("web", "3", "a; 2; ", '[{"n":1}]', "1", None, None)}


JIRA = {
    "startAt": 0,
    "issues": [
        {"key": "C-1", "fields": {"status": {"name": "Done"}, "labels": ["a", "b"], "components": [
            {"name": "Web", "lead": {"name": "Ann"}}, {"name": "Shop"}]}},
        {"key": "C-2", "fields": {"status": {"name": "Open"}, "labels": [], "components": []}},
    ],
}  # fmt: skip


def column(bench, extract, name):
    at = extract.columns.index(name)
    return [row[at] for row in bench.rows(extract).values()]


def test_issues_of_jira_have_dotted_columns_and_joined_lists(bench):
    extract = bench.extract(bench.write(json.dumps(JIRA), "a.json"), "json", records="issues")
    assert column(bench, extract, "fields.status.name") == ["Done", "Open"]
    extract = bench.extract(bench.write(json.dumps(JIRA), "a.json"), "json")
    assert column(bench, extract, "fields.components.name") == ["Web; Shop", None]
    extract = bench.extract(bench.write(json.dumps(JIRA), "a.json"), "json")
    assert column(bench, extract, "fields.components.lead.name") == ["Ann", None]


ZENDESK = {"tickets": [
    {"id": 7, "via": {"channel": "web"}, "custom_fields": [{"id": 360001, "value": "yes"}, {"id": 360002, "value": None}]},
    {"id": 8, "custom_fields": [{"id": 360001, "value": ["a", "b"]}, {"id": 360001, "value": "c"}, {"no": 1}, 5]},
]}  # fmt: skip


def test_custom_fields_of_zendesk_are_columns_by_their_key_where_the_plan_says_so(bench):
    path = bench.write(json.dumps(ZENDESK), "a.json")
    extract = bench.extract(path, "json", records="tickets", keyed=("custom_fields",))
    assert column(bench, extract, "custom_fields[360001]") == ["yes", "a; b; c"]
    extract = bench.extract(path, "json", records="tickets", keyed="custom_fields")
    assert column(bench, extract, "custom_fields[360002]") == [None, None]
    plain = bench.extract(path, "json", records="tickets")
    assert "custom_fields[360001]" not in plain.columns
    assert column(bench, plain, "custom_fields.id")[0] == "360001; 360002"


def test_cases_of_salesforce_are_read_page_after_page(bench):
    page = (
        '{{"totalSize": 2, "records": [{{"attributes": {{"type": "Case"}}, "CaseNumber": "{}", "IsClosed": true}}]}}\n'
    )
    path = bench.write(page.format("00001") + page.format("00002"), "a.jsonl")
    extract = bench.extract(path, "json", records="records")
    assert extract.columns == ("attributes.type", "CaseNumber", "IsClosed")
    assert bench.rows(extract) == {1: ("Case", "00001", "true"), 2: ("Case", "00002", "true")}


def test_lists_on_the_way_to_the_records_are_put_together(bench):
    path = bench.write('{"pages": [{"issues": [{"id": 1}]}, {"other": 1}, {"issues": [{"id": 2}, 3]}]}', "a.json")
    extract = bench.extract(path, "json", records="pages.issues")
    assert bench.rows(extract) == {1: ("1",), 2: ("2",)}
    assert [(s.row, s.lost) for s in extract.skipped] == [(3, True)]


@pytest.mark.parametrize("text", ['{"a": [1]}\n{"b": 1}\n', '{"pages": [{"b": 1}]}', '[{"a": {"b": 2}}]'])
def test_a_path_that_leads_to_no_list_is_told(bench, text):
    assert bench.refused(bench.write(text, "a.json"), "json", records="a.c").reason == "no-such-table"
    assert bench.refused(bench.write(text, "a.json"), "json", records="pages.c").reason == "no-such-table"


def test_a_page_that_is_no_json_is_lost_and_told(bench):
    path = bench.write('{"r": [{"id": 1}]}\n{"r": [\n{"r": [{"id": 2}]}\n', "a.jsonl")
    extract = bench.extract(path, "json", records="r")
    assert bench.rows(extract) == {1: ("1",), 2: ("2",)}
    assert [(s.row, s.lost) for s in extract.skipped] == [(2, True)]


def test_a_document_over_several_lines_that_is_called_lines_is_read_too(bench):
    path = bench.write('{\n"r": [\n{"id": 1}\n]\n}\n', "a.jsonl")
    assert bench.rows(bench.extract(path, "json", records="r")) == {1: ("1",)}


def test_a_wrong_list_of_keyed_paths_stops_the_audit(bench):
    with pytest.raises(QmscheckError, match="keyed must be a list of texts"):
        bench.read(bench.write("[{}]", "a.json"), "json", keyed=5)


def test_a_dotted_name_and_an_object_do_not_overwrite_each_other(bench):
    extract = bench.extract(bench.write('[{"a.b": 1, "a": {"b": 2}}]', "a.json"), "json")
    assert extract.columns == ("a.b", "a.b (2)")
    assert bench.rows(extract) == {1: ("1", "2")}


def test_values_are_written_as_in_every_reader(bench):
    extract = bench.extract(
        bench.write('[{"a": true, "b": 2.0, "c": 1.5, "d": null, "e": "2026-01-02"}]', "a.json"), "json"
    )
    assert bench.rows(extract) == {1: ("true", "2", "1.5", None, "2026-01-02")}


def test_the_only_list_of_objects_inside_a_document_is_found(bench):
    path = bench.write('{"meta": {"n": 2}, "result": {"complaints": [{"id": 1}, {"id": 2}]}}', "a.json")
    assert bench.rows(bench.extract(path, "json")) == {1: ("1",), 2: ("2",)}


def test_several_lists_are_ambiguous_until_the_plan_chooses(bench):
    path = bench.write('{"a": [{"id": 1}], "b": {"c": [{"id": 2}]}}', "a.json")
    refused = bench.refused(path, "json")
    assert refused.reason == "ambiguous"
    assert "b.c" in refused.detail
    assert bench.rows(bench.extract(path, "json", records="b.c")) == {1: ("2",)}
    assert bench.refused(path, "json", records="b.d").reason == "no-such-table"


def test_an_entry_that_is_no_object_is_skipped_with_its_number(bench):
    extract = bench.extract(bench.write('[{"id": 1}, 5, {"id": 3}]', "a.json"), "json")
    assert bench.rows(extract) == {1: ("1",), 3: ("3",)}
    assert [skipped.row for skipped in extract.skipped] == [2]


def test_lines_are_recognised_in_a_file_called_json(bench):
    assert bench.rows(bench.extract(bench.write('{"id": 1}\n{"id": 2}\n', "a.json"), "json")) == {1: ("1",), 2: ("2",)}


def test_a_document_is_recognised_in_a_file_called_jsonl(bench):
    assert bench.rows(bench.extract(bench.write('[\n{"id": 1},\n{"id": 2}\n]', "a.jsonl"), "json")) in (
        {1: ("1",), 2: ("2",)},
        {3: ("2",)},
    )


def test_a_byte_order_mark_is_no_part_of_the_first_name(bench):
    assert bench.extract(bench.write(b'\xef\xbb\xbf{"id": 1}\n', "a.jsonl"), "json").columns == ("id",)
    assert bench.extract(bench.write(b'\xef\xbb\xbf[{"id": 1}]\n', "a.json"), "json").columns == ("id",)


def test_many_records_come_in_batches(bench):
    extract = bench.extract(bench.write("".join(f'{{"id": {n}}}\n' for n in range(11_000)), "a.jsonl"), "json")
    assert [len(batch.rows) for batch in extract.content.batches] == [5000, 5000, 1000]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"[]", "empty"),
        (b"[1, 2]", "unsupported"),
        (b'{"id": 1}', "unsupported"),
        (b'[{"id": 1}, {"id"', "corrupt"),
        (b"[" * 100_000, "corrupt"),
        (b'[{"n": ' + b"9" * 5000 + b"}]", "corrupt"),
        ('[{"id": 1}]'.encode("utf-16"), "corrupt"),
        (b"version https://git-lfs.github.com/spec/v1\n", "lfs-pointer"),
        (json.dumps([{str(n): n for n in range(6000)}]).encode(), "too-large"),
    ],
)
def test_what_holds_no_records_is_told(bench, content, reason):
    assert bench.refused(bench.write(content, "a.json"), "json").reason == reason


def test_a_wrong_option_stops_the_audit(bench):
    with pytest.raises(QmscheckError, match="records"):
        bench.read(bench.write("[]", "a.json"), "json", records=1)


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(exclude_categories=()), max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=80), VALUES.map(json.dumps), st.lists(VALUES.map(json.dumps), max_size=4).map("\n".join)
    ),
    st.sampled_from(["a.json", "a.jsonl"]),
)
def test_any_bytes_are_records_or_told(bench, content, name):
    outcome = bench.read(bench.write(content, name), "json")
    assert isinstance(outcome, Extract | Unread)
    if isinstance(outcome, Extract):
        bench.rows(outcome)


def test_the_lists_of_a_document_are_listed(bench):
    two = {"a": [{"id": 1}], "result": {"b": [{"id": 2}]}, "n": [1, 2]}
    held = bench.holds(bench.write(json.dumps(two), "a.json"), "json")
    assert held == {"a": {"records": "a"}, "result.b": {"records": "result.b"}}
    assert bench.extract(bench.folder / "a.json", "json", **held["result.b"]).columns == ("id",)
    assert bench.holds(bench.write('{"posts": [{"id": 1}]}', "b.json"), "json") == {"posts": {}}


@pytest.mark.parametrize(
    ("text", "name", "held"),
    [
        ('[{"id": 1}]', "a.json", {"": {}}),
        ('{"id": 1}\n{"id": 2}', "a.json", {"": {}}),
        ('{"id": 1}', "a.jsonl", {"": {}}),
        ('{"id": 1}', "a.json", {}),
        ('{"id": ', "a.json", {}),
        (" \n", "a.json", {}),
        ("", "a.json", {}),
    ],
)
def test_lines_and_bare_lists_are_one_table_and_what_is_no_json_is_none(bench, text, name, held):
    assert bench.holds(bench.write(text, name), "json") == held


SCALARS = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text("aü.\ud83d 1", max_size=3)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "a.b", "ü"]), inner, max_size=3)
    ),
    max_leaves=6,
)
RECORDS = st.lists(
    st.dictionaries(st.sampled_from(["id", "a", "a.b", "b", "ü", "\ud83d"]), VALUES, min_size=1, max_size=4),
    min_size=1,
    max_size=12,
)


def plainly(record, place="", depth=0):
    """Write a record as cells, one value after another, with nothing remembered of other records."""
    cells = {}
    for name, value in record.items():
        full = place + name
        if isinstance(value, dict) and value and depth < 16:
            inner = plainly(value, f"{full}.", depth + 1)
        else:
            inner = {json_records._mended(full): json_records._cell(value, PLAINLY)}
            if isinstance(value, list) and any(isinstance(entry, dict) for entry in value) and depth < 16:
                inner |= json_records._listed_cells(value, PLAINLY, full, depth)
        for column, text in inner.items():
            cells[column if column not in cells else f"{column} (2)"] = text
    return cells


PLAINLY = json_records._Writing(frozenset(), comma=False)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(RECORDS)
def test_records_of_one_form_have_the_columns_and_cells_that_each_has_by_itself(bench, records):
    path = bench.write("\n".join(json.dumps(record) for record in records) + "\n", "a.jsonl")
    cells = [plainly(json.loads(json.dumps(record))) for record in records]
    extract = bench.read(path, "json")
    assert isinstance(extract, Extract)
    assert extract.columns == name_columns(list(dict.fromkeys(name for row in cells for name in row)))
    (batch,) = extract.content.batches
    assert [list(column) for column in batch.columns] == [
        [row.get(name) for row in cells] for name in dict.fromkeys(name for row in cells for name in row)
    ]
