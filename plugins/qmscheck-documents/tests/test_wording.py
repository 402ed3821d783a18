"""Text as rules compare it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from qmscheck_documents.wording import decoded, joined, normalised


def test_invisible_characters_go_and_look_alikes_become_plain() -> None:
    assert normalised("Kun\u00adden\u00a0zu\ufeff  frie\u2011den\ufb01t\ufffe\n x\u200b") == "Kunden zu frie-denfit x"


def test_an_umlaut_of_two_characters_becomes_one() -> None:
    assert normalised("Qualita\u0308t") == "Qualität"


def test_a_word_divided_at_a_line_end_becomes_whole() -> None:
    assert joined("Kun\ufffedenzufriedenheit") == "Kundenzufriedenheit"
    assert joined("custo-\nmer satisfaction") == "customer satisfaction"


@given(st.lists(st.text(st.characters(exclude_characters="-\u2010\u00ad\ufffe\n"))))
def test_lines_without_a_hyphen_are_joined_by_a_space(lines: list[str]) -> None:
    assert joined("\n".join(lines)) == normalised("\n".join(lines)) == normalised(" ".join(lines))


def test_a_hyphen_that_belongs_to_the_words_stays() -> None:
    assert joined("Kunden\ufffeund Lieferanten") == "Kunden- und Lieferanten"
    assert joined("ISO\ufffe9001") == "ISO-9001"
    assert joined("Kunden-\nund Lieferanten") == "Kunden- und Lieferanten"


def test_a_text_file_of_another_encoding_says_so() -> None:
    found = decoded("Die Qualität der Größe überprüfen wir für jeden Kunden; Maßnahmen folgen.".encode("cp1252"))
    assert found is not None
    assert found == ("Die Qualität der Größe überprüfen wir für jeden Kunden; Maßnahmen folgen.", "cp1252")


def test_bytes_with_nul_are_not_text() -> None:
    assert decoded(b"a\0b") is None
    assert decoded("Kunde".encode("utf-16")) == ("Kunde", None)
