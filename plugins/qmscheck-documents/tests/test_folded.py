"""Passages that are folded while files are read, and unfolded some thousand at a time."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qmscheck_documents import folded
from qmscheck_documents.asking import COMPARED, DOCUMENTS, PASSAGES, Examined
from qmscheck_documents.folded import Folded, Piece

#: A worker gives texts without line breaks; half a character of a broken file may be among them.
WORDS = st.text(st.characters(exclude_characters="\n"), max_size=5)
MAYBE = st.none() | st.sampled_from(["", "a", "b"])
ROWS = st.tuples(
    st.integers(0, 2), st.none() | st.integers(1, 3), MAYBE, MAYBE, WORDS, WORDS, st.sampled_from(["en", None])
)


def answer(rows: list[tuple[Any, ...]]) -> Examined:
    lines, pages, headings, cells, roles, texts, languages = map(list, zip(*rows, strict=True)) if rows else [[]] * 7
    no_cells: list[str | None] = [None for _ in DOCUMENTS[: -len(COMPARED)]]
    return Examined(no_cells, lines, pages, headings, cells, roles, texts, languages, [], [], True, [], [])


def columns_of(names: list[str]) -> list[list[str | None]]:
    """Give the table of documents of these names."""
    told = {"path": names, "title": [f"Title of {name}" for name in names], "kind": ["policy"] * len(names)}
    return [list(told.get(column, [None] * len(names))) for column in DOCUMENTS]


@given(st.lists(st.lists(ROWS, max_size=7), max_size=4), st.integers(1, 6))
def test_what_is_unfolded_is_what_was_added_whatever_is_folded_together(
    documents: list[list[tuple[Any, ...]]], together: int
) -> None:
    passages = Folded()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(folded, "_TOGETHER", together)
        for number, rows in enumerate(documents):
            passages.add(number, answer(rows))
        passages.fold()
    names = [f"{number}.md" for number in range(len(documents))]
    expected = [
        (name, place, *row) for name, rows in zip(names, documents, strict=True) for place, row in enumerate(rows, 1)
    ]
    batches = list(passages.batches(columns_of(names)))
    assert [len(batch.columns[0]) for batch in batches[:-1]] == [together] * (len(batches) - 1)
    told = [dict(zip(PASSAGES, cells, strict=True)) for batch in batches for cells in zip(*batch.columns, strict=True)]
    assert told == [
        {
            "passage_id": f"{name}#{place}", "document": name, "document_title": f"Title of {name}",
            "document_kind": "policy", "page": None if page is None else str(page), "heading": heading,
            "paragraph": str(place), "cell": cell, "role": role, "text": text,
        }
        for name, place, _, page, heading, cell, role, text, _ in expected
    ]  # fmt: skip
    for field, place in {
        "paths": 0,
        "paragraphs": 1,
        "rows": 2,
        "pages": 3,
        "headings": 4,
        "cells": 5,
        "languages": 8,
    }.items():
        assert list(chain.from_iterable(getattr(batch, field) for batch in batches)) == [row[place] for row in expected]


def test_the_same_in_a_row_is_held_once() -> None:
    passages = Folded()
    for number in range(2):
        passages.add(number, answer([(0, 1, "Scope", None, "text", "We answer.", "en")] * 1000))
    passages.fold()
    assert passages.pieces == [
        Piece(
            of=[(0, 1, 1000), (1, 1, 1000)],
            lines=([0], [2000]),
            pages=([1], [2000]),
            headings=(["Scope"], [2000]),
            cells=([None], [2000]),
            roles=(["text"], [2000]),
            languages=(["en"], [2000]),
        )
    ]
    assert sum(map(len, passages.texts)) < 1000


def test_words_are_inflated_only_some_pieces_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folded, "_TOGETHER", 1)
    inflated: list[bytes] = []

    def inflate(body: bytes) -> bytes:
        inflated.append(body)
        return b"words"

    monkeypatch.setattr(folded, "inflated", inflate)
    passages = Folded()
    passages.add(0, answer([(0, None, None, None, "text", f"{number}", "en") for number in range(50)]))
    coming = passages.batches(columns_of(["a.md"]))
    assert next(coming).columns[-1] == ["words"]
    assert 1 <= len(inflated) <= 4
    assert len(list(coming)) == 49
    assert inflated == passages.texts


def test_a_document_without_passages_leaves_no_trace() -> None:
    passages = Folded()
    passages.add(0, answer([]))
    passages.fold()
    assert passages == Folded()
    assert list(passages.batches(columns_of(["a.md"]))) == []


def test_half_a_character_survives() -> None:
    passages = Folded()
    passages.add(0, answer([(0, None, None, None, "text", "a\ud800b", "en")]))
    passages.fold()
    (batch,) = passages.batches(columns_of(["a.md"]))
    assert batch.columns[-1] == ["a\ud800b"]
