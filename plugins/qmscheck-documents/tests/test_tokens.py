"""Every word of a long document is found, once, and at its place: a token of its own stands in each paragraph and cell."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_documents import Row, hard_word, lines, pdf, records, word

PAGES = 49
_TOKEN = re.compile(r"\bTOK\d{5}\b")


class Tokens:
    """Tokens, each with the place that it was put at."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}

    def at(self, place: str) -> str:
        token = f"TOK{len(self.places):05}"
        self.places[token] = place
        return token


def sentence(tokens: Tokens, place: str) -> str:
    draw = random.Random(len(tokens.places))
    words = draw.choices(["records", "orders", "persons", "answers", "dates", "claims", "goods", "talks"], k=9)
    words.insert(draw.randrange(9), tokens.at(place))
    return f"Here {' '.join(words)} are kept."


def long_pdf(tokens: Tokens) -> bytes:
    """Write pages with a heading, paragraphs of two lines, entries of a list and a table of three columns."""
    pages = []
    for number in range(1, PAGES + 1):
        place = str(number)
        shown = [lines(f"{tokens.at(place)} Chapter {number}", size=18, top=720)]
        top = 690
        for _ in range(4):
            shown.append(
                lines(sentence(tokens, place), f"and {sentence(tokens, place).lower().replace('tok', 'TOK')}", top=top)
            )
            top -= 44
        shown.append(lines(*(f"- {sentence(tokens, place)}" for _ in range(3)), top=top, step=22))
        top -= 66
        for _ in range(4):
            shown += [lines(tokens.at(place), top=top).replace(" 72 ", f" {left} ") for left in (72, 240, 400)]
            top -= 22
        shown.append(lines(f"Procedure 7, page {number}", top=40))
        pages.append("\n".join(shown))
    return pdf(pages)


def long_word(tokens: Tokens) -> bytes:
    """Write chapters and sections, with the like."""

    def build(document: Any) -> None:
        for chapter in range(1, 25):
            title = f"Chapter {chapter}"
            document.add_heading(title, 1)
            document.add_paragraph(sentence(tokens, title))
            for section in (1, 2):
                named = f"Section {chapter}.{section}"
                place = f"{title} > {named}"
                document.add_heading(named, 2)
                for _ in range(4):
                    document.add_paragraph(sentence(tokens, place))
                for style in ["List Bullet"] * 3:
                    document.add_paragraph(sentence(tokens, place), style=style)
                table = document.add_table(4, 3)
                for row in range(4):
                    for column in range(3):
                        cell = table.cell(row, column)
                        cell.text = (
                            f"Kind {column}" if row == 0 else tokens.at(f"{place} @ row {row + 1} Kind {column}")
                        )

    return word(build)


def found(passages: list[Row]) -> Iterator[tuple[str, Row]]:
    for row in passages:
        for token in _TOKEN.findall(str(row["text"])):
            yield token, row


def test_in_a_pdf_of_49_pages_every_token_is_found_on_its_page(tmp_path: Path) -> None:
    tokens = Tokens()
    (tmp_path / "long.pdf").write_bytes(long_pdf(tokens))
    documents, passages = records(tmp_path)
    assert documents[0]["pages"] == str(PAGES)
    assert len(tokens.places) == PAGES * 24
    seen = [(token, row["page"]) for token, row in found(passages)]
    assert sorted(seen) == sorted(tokens.places.items())


def test_in_a_long_word_file_every_token_is_found_under_its_headings_and_in_its_row_and_column(tmp_path: Path) -> None:
    tokens = Tokens()
    (tmp_path / "long.docx").write_bytes(long_word(tokens))
    _, passages = records(tmp_path)
    seen = {}
    for token, row in found(passages):
        assert token not in seen
        label = re.search(rf"(Kind \d): {token}", str(row["text"]))
        cell = f" @ {str(row['cell']).partition(' ')[2].partition(' ')[2]} {label[1]}" if label else ""
        seen[token] = f"{row['heading']}{cell}"
    assert seen == tokens.places


WANTED = [
    "PLAIN",
    "INSERTED",
    "MOVEDTO",
    "SDTINLINE",
    "SIMPLEFIELD",
    "COMPLEXFIELD",
    "SHOWN",
    "TEXTBOX",
    "HYPERLINK",
    "BROKEN",
    "SOFTHYPHEN",
    "NON-BREAKING",
    "SDTBLOCK",
    "MERGED",
    "CELLONE",
    "CELLTHREE",
    "NESTED",
    "REMARKED",
    "COMMENT",
    "HEADER",
    "FOOTER",
    "FOOTNOTE",
]


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    path = tmp_path_factory.mktemp("hard") / "hard.docx"
    path.write_bytes(hard_word())
    return records(path)[1]


@pytest.mark.parametrize("token", WANTED)
def test_what_a_reader_of_word_sees_is_read_once(hard: list[Row], token: str) -> None:
    assert sum(str(row["text"]).count(token) for row in hard) == 1


@pytest.mark.parametrize("token", ["DELETED", "MOVEDFROM", "FIELDCODE", "HIDDEN"])
def test_what_a_reader_of_word_does_not_see_is_not_read(hard: list[Row], token: str) -> None:
    assert not any(token in str(row["text"]) for row in hard)


def test_what_is_no_statement_of_the_organisation_is_told_apart(hard: list[Row]) -> None:
    told = {str(row["text"]): row["role"] for row in hard}
    assert {text: role for text, role in told.items() if role != "content"} == {
        "____": "placeholder",
        "MERGED": "table",
        "CELLONE; (table); CELLTHREE": "table",
        "Ann: COMMENT": "comment",
        "HEADER": "header_footer",
        "FOOTER": "header_footer",
    }
