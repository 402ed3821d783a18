"""English or German."""

from __future__ import annotations

from qmscheck_documents.language import language_of


def test_small_words_tell_the_language() -> None:
    assert language_of("The customer is informed of the result and of the date.") == "en"
    assert language_of("Der Kunde wird über das Ergebnis und die Maßnahmen informiert.") == "de"
    assert language_of("ISO 9001") is None
