"""Two tables that grow document by document, and what of the files cannot be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qmscheck_documents.asking import COMPARED, DOCUMENTS, PASSAGES, Examined
from qmscheck_documents.found import Found

from qmscheck import UNREADABLE, Rows

ANSWER = Examined(
    document=["qms/a.md", "A title", "policy", *(None for _ in DOCUMENTS[3 : -len(COMPARED)])],
    lines=[1, 3],
    on_pages=[None, 2],
    headings=[None, "A title"],
    cells=[None, "A1:B1"],
    roles=["heading", "text"],
    texts=["A title", "We answer."],
    languages=["en", None],
    sketch=[],
    scanned=[],
    has_text=True,
    notes=["qms/a.md: a guess"],
    unread=[],
)


def found(*answers: Examined) -> Found:
    tables = Found()
    for number, answer in enumerate(answers):
        tables.add(Path(f"{number}.md"), answer)
    tables.finish([(None,) * len(COMPARED)] * len(answers))
    return tables


def test_nothing_was_found_where_no_file_was_read() -> None:
    assert list(found().extracts(Path("qms"))) == []
    assert list(found().unread()) == []


def test_a_document_and_each_of_its_passages_are_a_record_with_its_place() -> None:
    documents, passages = found(ANSWER).extracts(Path("qms"))
    assert (documents.columns, passages.columns, passages.worded) == (DOCUMENTS, PASSAGES, "text")
    assert (documents.notes, documents.marked, documents.files) == (("qms/a.md: a guess",), False, (Path("0.md"),))
    assert isinstance(passages.content, Rows)
    (batch,) = passages.content.batches
    assert list(zip(*batch.columns, strict=True)) == [
        ("qms/a.md#1", "qms/a.md", "A title", "policy", None, None, "1", None, "heading", "A title"),
        ("qms/a.md#2", "qms/a.md", "A title", "policy", "2", "A title", "2", "A1:B1", "text", "We answer."),
    ]
    assert (batch.rows, batch.pages, batch.headings) == ([1, 3], [None, 2], [None, "A title"])
    assert (batch.paragraphs, batch.paths, batch.languages) == ([1, 2], ["qms/a.md"] * 2, ["en", None])


def test_many_passages_come_in_batches() -> None:
    columns = {name: getattr(ANSWER, name) * 2500 for name in ("lines", "on_pages", "headings", "cells", "roles")}
    many = replace(ANSWER, **columns, texts=ANSWER.texts * 2500, languages=ANSWER.languages * 2500)
    content = list(found(many).extracts(Path("qms")))[1].content
    assert isinstance(content, Rows)
    assert [len(batch.columns[0]) for batch in content.batches] == [4000, 1000]


def test_what_of_a_file_cannot_be_read_is_named_by_page_or_as_a_whole() -> None:
    scan = replace(ANSWER, scanned=[1, 2], has_text=False)
    mixed = replace(ANSWER, scanned=[2], unread=[("corrupt", "A part is lost.")])
    told = [(one.path.name, one.reason, one.page, one.detail) for one in found(scan, mixed).unread()]
    assert told == [
        ("0.md", "no-text-layer", None, "The file is a scan: it shows pictures of text, which cannot be read."),
        ("1.md", "no-text-layer", 2, "The page is a scan: it shows a picture, which cannot be read."),
        ("1.md", "corrupt", None, "A part is lost."),
    ]


def test_what_a_document_is_like_stands_in_its_last_columns() -> None:
    tables = found(ANSWER, ANSWER)
    tables.finish([("qms/b.md", 0.95, None, 0.0), (None, None, None, None)])
    assert list(tables.documents[-len(COMPARED) :]) == [
        ["qms/b.md", None], ["0.95", None], [None, None], ["0", None],
    ]  # fmt: skip


def test_a_cell_that_cannot_be_read_marks_its_table() -> None:
    doubtful = replace(ANSWER, document=[ANSWER.document[0], UNREADABLE, *ANSWER.document[2:]])
    assert next(found(doubtful).extracts(Path("qms"))).marked


def test_the_columns_of_both_tables_are_named_where_authors_of_rulesets_read_of_them() -> None:
    told = Path(__file__).parents[3].joinpath("docs", "documents.md").read_text("utf-8")
    head = told.partition("## Formats")[0]
    assert [name for name in (*DOCUMENTS, *PASSAGES) if f"`{name}`" not in head] == []
