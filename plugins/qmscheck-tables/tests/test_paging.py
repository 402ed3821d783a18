"""A page of several says so, in the ways of the services that people export from."""

from __future__ import annotations

import json

import pytest
from qmscheck_tables.paging import ALONE, Pages, pages_of, together

from qmscheck import Extract


@pytest.mark.parametrize(
    ("document", "pages"),
    [
        ({"startAt": 0, "maxResults": 50, "total": 300, "issues": []}, Pages(300)),  # Jira
        ({"isLast": False, "nextPageToken": "x", "issues": []}, Pages(more=True)),  # Jira, newer
        ({"tickets": [], "count": 250, "next_page": "https://firm.example/2"}, Pages(250, more=True)),  # Zendesk
        ({"tickets": [], "count": 2, "next_page": None}, Pages(2)),
        ({"tickets": [], "meta": {"has_more": True}, "links": {"next": "x"}}, Pages(more=True)),
        ({"totalSize": 2, "done": True, "records": []}, Pages(2)),  # Salesforce
        ({"totalSize": 2000, "done": False, "nextRecordsUrl": "/q", "records": []}, Pages(2000, more=True)),
        ({"@odata.count": 7, "@odata.nextLink": "x", "value": []}, Pages(7, more=True)),
        ({"total": 5000, "orders": []}, ALONE),  # a sum of money
        ({"count": 3, "items": []}, ALONE),
        ({"totalSize": True, "done": 1, "next": "", "records": []}, ALONE),
        ({"totalSize": -1}, ALONE),
        ([1], ALONE),
        (None, ALONE),
    ],
)
def test_what_a_page_says(document: object, pages: Pages) -> None:
    assert pages_of(document) == pages


def test_pages_in_one_file_lack_nothing_where_one_of_them_is_the_last() -> None:
    assert together([Pages(3, more=True), Pages(3)]) == Pages(3)
    assert together([Pages(more=True), Pages(more=True)]) == Pages(more=True)
    assert together([]) == ALONE


def test_a_document_and_lines_of_pages_hand_over_what_they_say(bench) -> None:
    page = {"totalSize": 5, "done": False, "nextRecordsUrl": "/q", "records": [{"Id": "1"}]}
    found = bench.extract(bench.write(json.dumps(page), "a.json"), "json")
    assert isinstance(found, Extract)
    assert (found.total, found.more) == (5, True)

    last = page | {"done": True, "nextRecordsUrl": None, "records": [{"Id": "2"}]}
    lines = bench.write(f"{json.dumps(page)}\n{json.dumps(last)}\n", "b.jsonl")
    both = bench.extract(lines, "json", records="records")
    assert (both.total, both.more) == (5, False)

    plain = bench.extract(bench.write('[{"a": 1}]', "c.json"), "json")
    assert (plain.total, plain.more) == (None, False)
