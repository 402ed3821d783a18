"""What a folder came to, written and read: the same tables, whatever stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from qmscheck_documents.asking import COMPARED, DOCUMENTS, Examined
from qmscheck_documents.found import Found
from qmscheck_documents.whole import Whole, packed, unpacked

#: A worker gives texts without line breaks; half a character of a broken file may be among them.
WORDS = st.text(st.characters(exclude_characters="\n"), max_size=5)
MAYBE = st.none() | WORDS


@st.composite
def documents(draw: st.DrawFn) -> Examined:
    number = draw(st.integers(0, 4))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=number, max_size=number))

    return Examined(
        document=[draw(WORDS), *(draw(MAYBE) for _ in DOCUMENTS[1 : -len(COMPARED)])],
        lines=column(st.integers(0, 9)),
        on_pages=column(st.none() | st.integers(1, 3)),
        headings=column(MAYBE),
        cells=column(MAYBE),
        roles=column(st.sampled_from(["text", "heading"])),
        texts=column(WORDS),
        languages=column(st.sampled_from(["en", None])),
        sketch=[],
        scanned=draw(st.lists(st.integers(1, 3), max_size=2)),
        has_text=draw(st.booleans()),
        notes=draw(st.lists(WORDS, max_size=1)),
        unread=draw(st.lists(st.tuples(WORDS, WORDS), max_size=1)),
    )


@given(st.lists(documents(), max_size=5), st.sets(st.integers(0, 8), max_size=3))
def test_what_is_written_is_what_is_read(answers: list[Examined], refused: set[int]) -> None:
    found = Found()
    for number, answer in enumerate(answers):
        found.add(Path(f"{number}.md"), answer)
    found.finish([("a", 1.0, None, None)] * len(answers))
    whole = Whole(found, tuple(sorted(refused)))
    assert unpacked(packed(whole), asked(found.seen, refused)) == whole


def asked(seen: list[Path], refused: set[int]) -> list[Path | None]:
    """Put files that were refused between those that were read."""
    left, files = list(seen), list[Path | None]()
    while left or len(files) <= max(refused, default=-1):
        files.append(Path("refused") if len(files) in refused else left.pop(0) if left else None)
    return files
